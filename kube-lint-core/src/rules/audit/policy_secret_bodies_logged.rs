//! `audit/policy-secret-bodies-logged`.

use crate::{
    analysis::audit::{Decision, Request, Rules, Target, covers},
    diagnostic::Severity,
    inventory::Inventory,
    model::{AuditLevel, AuditPolicy, AuditRule},
    object::{Kind, Object, Text},
    rule::{Check, Reporter, declare_rule},
    yaml::Node,
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds rules of an audit policy by which the bodies of requests or responses with Secrets, tokens of
    /// ServiceAccounts or token reviews are logged, and, as a warning, those with ConfigMaps. The policy is
    /// gone through as the API server does it, where the first rule that matches decides, for a person and
    /// a ServiceAccount of no special rights.
    ///
    /// ## Why is this bad?
    ///
    /// Whoever reads the log, its backups or the system it is sent to, reads the Secrets.
    ///
    /// ## What to do
    ///
    /// Log these resources with `level: Metadata`, in a rule before all that log bodies.
    "audit/policy-secret-bodies-logged" {
        summary: "audit policy that logs the content of Secrets",
        severity: Error,
        since: "0.1.0",
        check: Check::Object(&[Kind::AuditPolicy], check),
    }
}

/// A resource whose bodies hold secrets.
struct Sensitive {
    group: &'static str,
    resource: &'static str,
    subresource: &'static str,
    named: &'static str,
    is_namespaced: bool,
    /// Verbs whose request has the secret in its body.
    requests: &'static [&'static str],
    /// Verbs whose response has it.
    responses: &'static [&'static str],
    severity: Severity,
}

const WRITES: &[&str] = &["create", "update", "patch"];
const ALL: &[&str] = &[
    "get",
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
];

const SENSITIVE: &[Sensitive] = &[
    Sensitive {
        group: "",
        resource: "secrets",
        subresource: "",
        named: "Secrets",
        is_namespaced: true,
        requests: WRITES,
        responses: ALL,
        severity: Severity::Error,
    },
    // The request asks for a token, the response holds it.
    Sensitive {
        group: "",
        resource: "serviceaccounts",
        subresource: "token",
        named: "tokens of ServiceAccounts",
        is_namespaced: true,
        requests: &[],
        responses: &["create"],
        severity: Severity::Error,
    },
    Sensitive {
        group: "authentication.k8s.io",
        resource: "tokenreviews",
        subresource: "",
        named: "token reviews",
        is_namespaced: false,
        requests: &["create"],
        responses: &["create"],
        severity: Severity::Error,
    },
    Sensitive {
        group: "",
        resource: "configmaps",
        subresource: "",
        named: "ConfigMaps",
        is_namespaced: true,
        requests: WRITES,
        responses: ALL,
        severity: Severity::Warning,
    },
];

/// Users of no special rights; no policy names them.
const REQUESTERS: [(&str, &[&str]); 2] = [
    ("kube-lint:someone", &["system:authenticated"]),
    (
        "system:serviceaccount:kube-lint:someone",
        &[
            "system:serviceaccounts",
            "system:serviceaccounts:kube-lint",
            "system:authenticated",
        ],
    ),
];

fn check(object: &Object<'_>, _inventory: &Inventory<'_>, reporter: &mut Reporter<'_>) {
    let policy = AuditPolicy::new(object);
    let rules = Rules::of(&policy);
    for (number, rule) in policy.rules().enumerate() {
        let Some(level) = rule.level().filter(|it| *it >= AuditLevel::Request) else {
            continue;
        };
        let logged: Vec<_> = SENSITIVE
            .iter()
            .filter(|it| is_logged(&rules, number, &rule, level, it))
            .collect();
        if !logged.is_empty() {
            report(&rule, level, &logged, reporter);
        }
    }
}

/// Whether a request that falls under `rule` has a secret in the bodies that it logs.
fn is_logged(
    rules: &Rules<'_>,
    number: usize,
    rule: &AuditRule<'_>,
    level: AuditLevel,
    what: &Sensitive,
) -> bool {
    let verbs = match level {
        AuditLevel::RequestResponse => what.responses,
        _ => what.requests,
    };
    let namespaces = candidates(rule.texts("namespaces"), "kube-lint-some-namespace");
    let names = rule.resources().flat_map(|it| it.resource_names());
    let names = candidates(names, "kube-lint-some-name");
    let decides = |user: &str, groups: &[&str], verb: &str, target: Target<'_>| {
        let request = Request {
            user,
            groups,
            verb,
            target,
        };
        matches!(rules.decide(&request), Decision::Rule(it, _) if it == number)
    };
    verbs.iter().any(|verb| {
        let namespaces = namespaces.iter().filter(|it| what.may_be_in(it, verb));
        let mut places = namespaces.flat_map(|namespace| {
            let names = names.iter().filter(|it| what.may_be_named(it, verb));
            names.map(|name| target(what, namespace, name))
        });
        places.any(|target| {
            let mut requesters = REQUESTERS.iter();
            requesters.any(|(user, groups)| decides(user, groups, verb, target))
        })
    })
}

impl Sensitive {
    /// Whether a request with `verb` for this resource can be for that namespace: none is for what has
    /// none, and for all namespaces at once.
    fn may_be_in(&self, namespace: &str, verb: &str) -> bool {
        if self.is_namespaced {
            !namespace.is_empty() || matches!(verb, "list" | "watch")
        } else {
            namespace.is_empty()
        }
    }

    /// Whether a request with `verb` can have that name in its path or field selector
    /// (`RequestInfoFactory.NewRequestInfo` in `k8s.io/apiserver`).
    fn may_be_named(&self, name: &str, verb: &str) -> bool {
        match verb {
            "list" | "watch" => true,
            "create" | "deletecollection" if self.subresource.is_empty() => name.is_empty(),
            _ => !name.is_empty(),
        }
    }
}

/// Texts of a rule, of each a few, with one that stands for all others and the empty one.
fn candidates<'a>(texts: impl Iterator<Item = Text<'a>>, other: &'static str) -> Vec<&'a str> {
    let texts = texts.map(|it| it.value).take(30);
    texts.chain([other, ""]).collect()
}

fn target<'q>(what: &Sensitive, namespace: &'q str, name: &'q str) -> Target<'q> {
    Target::Resource {
        group: what.group,
        resource: what.resource,
        subresource: what.subresource,
        namespace,
        name,
    }
}

fn report(
    rule: &AuditRule<'_>,
    level: AuditLevel,
    logged: &[&Sensitive],
    reporter: &mut Reporter<'_>,
) {
    let Some(node) = rule.node().get("level") else {
        return;
    };
    let names: Vec<_> = logged.iter().map(|it| it.named).collect();
    let bodies = match level {
        AuditLevel::RequestResponse => "requests and responses",
        _ => "requests",
    };
    let severity = logged.iter().map(|it| it.severity).max();
    let finding = reporter.report(
        node,
        format!(
            "the audit log gets the bodies of {bodies} with {}",
            list(&names)
        ),
    );
    finding
        .severity(severity.unwrap_or(Severity::Error))
        .here("bodies are logged at this level")
        .help("put a rule before it that logs these resources with `level: Metadata`");
    for what in logged {
        if let Some(token) = resource_of(rule, what) {
            finding.label(token, format!("matches {}", what.named));
        }
    }
}

/// `a, b and c`.
fn list(names: &[&str]) -> String {
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// The word in `resources` by which `rule` matches, if there is one.
fn resource_of<'a>(rule: &AuditRule<'a>, what: &Sensitive) -> Option<Node<'a>> {
    let full = match what.subresource {
        "" => what.resource.to_owned(),
        sub => format!("{}/{sub}", what.resource),
    };
    let target = target(what, "", "");
    let entries = rule
        .resources()
        .filter(|it| it.resource_names().next().is_some() || covers(it, target));
    let mut words = entries.flat_map(|it| it.resources());
    words.find(|it| it.value == full).map(|it| it.node)
}

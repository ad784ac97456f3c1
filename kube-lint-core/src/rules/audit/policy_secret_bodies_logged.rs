//! `audit/policy-secret-bodies-logged`.

use crate::{
    analysis::audit::{Decision, Request, Target, covers, decide},
    diagnostic::Severity,
    inventory::Inventory,
    model::{AuditLevel, AuditPolicy, AuditRule},
    object::{Kind, Object},
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
        requests: &[],
        responses: &["create"],
        severity: Severity::Error,
    },
    Sensitive {
        group: "authentication.k8s.io",
        resource: "tokenreviews",
        subresource: "",
        named: "token reviews",
        requests: &["create"],
        responses: &["create"],
        severity: Severity::Error,
    },
    Sensitive {
        group: "",
        resource: "configmaps",
        subresource: "",
        named: "ConfigMaps",
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
    for (number, rule) in policy.rules().enumerate() {
        let Some(level) = rule.level().filter(|it| *it >= AuditLevel::Request) else {
            continue;
        };
        let logged: Vec<_> = SENSITIVE
            .iter()
            .filter(|it| is_logged(&policy, number, &rule, level, it))
            .collect();
        if !logged.is_empty() {
            report(&rule, level, &logged, reporter);
        }
    }
}

/// Whether a request that falls under `rule` has a secret in the bodies that it logs.
fn is_logged(
    policy: &AuditPolicy<'_>,
    number: usize,
    rule: &AuditRule<'_>,
    level: AuditLevel,
    what: &Sensitive,
) -> bool {
    let verbs = match level {
        AuditLevel::RequestResponse => what.responses,
        _ => what.requests,
    };
    let namespaces = limited_to(rule, "namespaces");
    let mut names: Vec<_> = rule
        .resources()
        .flat_map(|it| it.resource_names())
        .map(|it| it.value)
        .collect();
    names.push("kube-lint-some-name");
    let decides = |request: &Request<'_>| matches!(decide(policy, request), Decision::Rule(it, _) if it == number);
    REQUESTERS.iter().any(|(user, groups)| {
        verbs.iter().any(|verb| {
            namespaces.iter().any(|namespace| {
                names.iter().any(|name| {
                    let target = target(what, namespace, name);
                    decides(&Request {
                        user,
                        groups,
                        verb,
                        target,
                    })
                })
            })
        })
    })
}

/// The texts that limit a rule, or one that stands for all others.
fn limited_to<'a>(rule: &AuditRule<'a>, field: &str) -> Vec<&'a str> {
    let mut texts: Vec<_> = rule.texts(field).map(|it| it.value).collect();
    if texts.is_empty() {
        texts.push("kube-lint-some-namespace");
    }
    texts
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

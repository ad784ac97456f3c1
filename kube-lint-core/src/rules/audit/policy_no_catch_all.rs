//! `audit/policy-no-catch-all`.

use crate::{
    analysis::audit::{Decision, Request, Rules, Target},
    diagnostic::Applicability,
    inventory::Inventory,
    model::AuditPolicy,
    object::{Kind, Object},
    rule::{Check, Reporter, declare_rule},
    yaml::NewValue,
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds audit policies that some request gets past: a resource of an API group that no rule names, or a
    /// path such as `/healthz`. The policy is gone through as the API server does it, for a user that no rule
    /// names.
    ///
    /// ## Why is this bad?
    ///
    /// A request that no rule matches is not logged at all. The next custom resource, or the next verb,
    /// leaves no trace.
    ///
    /// ## What to do
    ///
    /// End the policy with a rule that has a level and nothing else.
    "audit/policy-no-catch-all" {
        summary: "audit policy that some requests get past",
        severity: Warning,
        since: "0.1.0",
        fix: Safe,
        check: Check::Object(&[Kind::AuditPolicy], check),
    }
}

const USERS: [(&str, &[&str]); 2] = [
    ("kube-lint:someone", &["system:authenticated"]),
    ("system:anonymous", &["system:unauthenticated"]),
];

const TARGETS: [(Target<'static>, &str); 3] = [
    (
        resource("kube-lint-some-namespace"),
        "resources in a namespace",
    ),
    (resource(""), "resources outside of namespaces"),
    (
        Target::Path("/kube-lint/some/path"),
        "paths that are no resources",
    ),
];

const fn resource(namespace: &'static str) -> Target<'static> {
    Target::Resource {
        group: "kube-lint.invalid",
        resource: "things",
        subresource: "",
        namespace,
        name: "thing",
    }
}

/// What may limit a rule.
const LIMITS: [&str; 6] = [
    "users",
    "userGroups",
    "verbs",
    "resources",
    "namespaces",
    "nonResourceURLs",
];

fn check(object: &Object<'_>, _inventory: &Inventory<'_>, reporter: &mut Reporter<'_>) {
    if object.is_partial() {
        return;
    }
    let policy = AuditPolicy::new(object);
    let Some(last) = policy.rules().last() else {
        return;
    };
    let rules = Rules::of(&policy);
    let gets_past = |target: Target<'_>| {
        USERS.iter().any(|(user, groups)| {
            let request = Request {
                user,
                groups,
                verb: "kube-lint-some-verb",
                target,
            };
            matches!(rules.decide(&request), Decision::NoRule)
        })
    };
    let missed: Vec<_> = TARGETS
        .iter()
        .filter(|it| gets_past(it.0))
        .map(|it| it.1)
        .collect();
    if missed.is_empty() {
        return;
    }
    let limits = last.node().fields().map(|it| it.0);
    let mut limits = limits.filter(|key| {
        let name = key.text().unwrap_or_default();
        LIMITS.contains(&name) && last.is_limited_by(name)
    });
    let finding = reporter.report(
        limits.next().unwrap_or(last.node()),
        "requests that no rule of this audit policy matches are not logged",
    );
    finding
        .here("the last rule does not match all that is left")
        .help(format!(
            "add a last rule `- level: Metadata`; what gets past so far: {}",
            missed.join(", ")
        ));
    let last = NewValue::Field("level", "Metadata");
    let edits = object.root().get("rules").and_then(|it| it.with_item(last));
    finding.fix(
        Applicability::Safe,
        "add a last rule `- level: Metadata`",
        edits,
    );
}

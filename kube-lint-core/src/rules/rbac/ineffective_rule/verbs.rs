//! Verbs that no request has.

use crate::{
    analysis::rbac::is_built_in_group, diagnostic::Severity, model::PolicyRule, nearest,
    object::Text,
};

use super::{Flaw, Mend, words};

/// The verbs of requests for resources (`RequestInfoFactory` in
/// `apiserver/pkg/endpoints/request/requestinfo.go`).
const STANDARD: [&str; 8] = [
    "create",
    "delete",
    "deletecollection",
    "get",
    "list",
    "patch",
    "update",
    "watch",
];

/// Verbs that the API server asks for besides, and the resources that it asks for: `pkg/registry/rbac`,
/// `pkg/certauthorization`, `apiserver/pkg/endpoints/filters/impersonation`.
const SPECIAL: [(&str, &[&str]); 6] = [
    ("approve", &["signers"]),
    ("attest", &["signers"]),
    ("bind", &["roles", "clusterroles"]),
    ("escalate", &["roles", "clusterroles"]),
    (
        "impersonate",
        &["users", "groups", "serviceaccounts", "uids", "userextras"],
    ),
    ("sign", &["signers"]),
];

/// What people write for the verbs that there are, as other systems call them.
const MEANT: [(&str, &str); 13] = [
    ("add", "create"),
    ("all", "*"),
    ("apply", "patch"),
    ("edit", "update"),
    ("exec", "create"),
    ("modify", "update"),
    ("post", "create"),
    ("put", "update"),
    ("read", "get"),
    ("remove", "delete"),
    ("replace", "update"),
    ("view", "get"),
    ("write", "update"),
];

/// The verbs of `rule` that match no request.
pub(super) fn flaws<'a>(rule: &PolicyRule<'a>) -> Vec<Flaw<'a>> {
    if rule.resources().next().is_none() {
        return Vec::new();
    }
    rule.verbs().filter_map(|it| flaw(rule, it)).collect()
}

fn flaw<'a>(rule: &PolicyRule<'a>, verb: Text<'a>) -> Option<Flaw<'a>> {
    if let Some((_, takers)) = SPECIAL.iter().find(|it| it.0 == verb.value) {
        return special_flaw(rule, verb, takers);
    }
    if STANDARD.contains(&verb.value) {
        return None;
    }
    let mut known = STANDARD.into_iter().chain(SPECIAL.map(|it| it.0));
    let same = known.find(|it| it.eq_ignore_ascii_case(verb.value));
    let meant = same.or_else(|| meant(rule, verb.value))?;
    let is_there = rule.verbs().any(|it| it.value == meant);
    Some(Flaw {
        at: verb,
        what: "is no verb".to_owned(),
        help: if is_there {
            format!("remove it: `{meant}` is there")
        } else {
            format!("write `{meant}` if that is meant")
        },
        severity: if is_there {
            Severity::Info
        } else {
            Severity::Warning
        },
        is_guess: false,
        mend: Some(if is_there {
            Mend::Remove
        } else {
            Mend::Write {
                text: meant.to_owned(),
                is_clear: same.is_some(),
            }
        }),
    })
}

/// What `verb` is written for; other programs ask for verbs of their own, on resources of their own.
fn meant(rule: &PolicyRule<'_>, verb: &str) -> Option<&'static str> {
    let is_own = rule.api_groups().all(|it| is_built_in_group(it.value));
    if !is_own {
        return None;
    }
    let named = MEANT.iter().find(|it| it.0 == verb).map(|it| it.1);
    let is_known = matches!(verb, "*" | "use" | "proxy") || verb.contains(':');
    let near = || {
        let mut verbs = STANDARD.into_iter();
        verbs.find(|it| nearest::distance(it, verb, 1).is_some())
    };
    named.or_else(|| if is_known { None } else { near() })
}

fn special_flaw<'a>(rule: &PolicyRule<'a>, verb: Text<'a>, takers: &[&str]) -> Option<Flaw<'a>> {
    let is_taken = |it: Text<'_>| {
        let resource = it.value.split('/').next().unwrap_or_default();
        resource == "*" || takers.contains(&resource)
    };
    let is_own = rule.api_groups().all(|it| is_built_in_group(it.value));
    if !is_own || rule.resources().any(is_taken) {
        return None;
    }
    let takers = words::list(takers.iter().copied());
    Some(Flaw {
        at: verb,
        what: format!("is asked for on {takers} only"),
        help: format!("grant `{}` on {takers}, or remove it", verb.value),
        severity: Severity::Warning,
        is_guess: false,
        mend: None,
    })
}

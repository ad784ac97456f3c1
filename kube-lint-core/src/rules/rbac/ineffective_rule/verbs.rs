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

/// The modes of `impersonate:<mode>` and `impersonate-on:<mode>:<verb>`, and the resources of
/// `authentication.k8s.io` that the former is asked for on, there.
const MODES: [(&str, &[&str]); 4] = [
    ("arbitrary-node", &["nodes"]),
    ("associated-node", &["nodes"]),
    ("serviceaccount", &["serviceaccounts"]),
    ("user-info", &["users", "groups", "uids", "userextras"]),
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
    if let Some(mode) = verb.value.strip_prefix("impersonate:") {
        return whom_flaw(rule, verb, mode);
    }
    if let Some(deed) = verb.value.strip_prefix("impersonate-on:") {
        return deed_flaw(verb, deed);
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

/// What is wrong with `impersonate:` and `mode`.
fn whom_flaw<'a>(rule: &PolicyRule<'a>, verb: Text<'a>, mode: &str) -> Option<Flaw<'a>> {
    let Some((_, takers)) = MODES.iter().find(|it| it.0 == mode) else {
        let meant = nearest_mode(mode).map(|it| format!("impersonate:{it}"));
        return Some(mode_flaw(verb, meant));
    };
    let mut groups = rule.api_groups();
    if groups.any(|it| it.value == "authentication.k8s.io" || it.value == "*") {
        return special_flaw(rule, verb, takers);
    }
    Some(Flaw {
        at: verb,
        what: "is asked for in the API group `authentication.k8s.io` only".to_owned(),
        help: "write that API group".to_owned(),
        severity: Severity::Warning,
        is_guess: false,
        mend: None,
    })
}

/// What is wrong with `impersonate-on:` and `deed`, a mode and a verb.
fn deed_flaw<'a>(verb: Text<'a>, deed: &str) -> Option<Flaw<'a>> {
    let (mode, done) = deed.split_once(':').unwrap_or((deed, ""));
    let is_mode = MODES.iter().any(|it| it.0 == mode);
    let is_done = !matches!(done, "" | "*");
    if is_mode && is_done {
        return None;
    }
    let done = if is_done { done } else { "get" };
    let meant = nearest_mode(mode).map(|it| format!("impersonate-on:{it}:{done}"));
    Some(mode_flaw(verb, meant))
}

fn nearest_mode(mode: &str) -> Option<&'static str> {
    let mut modes = MODES.iter().map(|it| it.0);
    modes.find(|it| nearest::distance(it, mode, nearest::limit(mode)).is_some())
}

fn mode_flaw(verb: Text<'_>, meant: Option<String>) -> Flaw<'_> {
    let modes = "`user-info`, `serviceaccount`, `arbitrary-node` and `associated-node`";
    Flaw {
        at: verb,
        what: "is no verb".to_owned(),
        help: match meant {
            Some(meant) => format!("write `{meant}` if that is meant"),
            None => format!("write one of the modes {modes}, and one verb behind `impersonate-on`"),
        },
        severity: Severity::Warning,
        is_guess: false,
        mend: None,
    }
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

//! `rbac/resourcenames-ineffective`.

use crate::{
    analysis::rbac::{Rbac, Request},
    diagnostic::{Applicability, Severity},
    inventory::Inventory,
    model::PolicyRule,
    object::{Kind, Object, Text},
    rule::{Check, Finding, Reporter, declare_rule},
};

use super::words;

declare_rule! {
    /// ## What it does
    ///
    /// Finds rules of roles whose `resourceNames` do not limit what their author thought.
    ///
    /// Names that hold patterns such as `web-*` are an error: there are none, but for the `signers` of
    /// certificates. So is an empty name, which stands for the requests that have no name. Names together
    /// with `create` or `deletecollection` are a warning, and so are names of every resource. With `list` and
    /// `watch` it is info.
    ///
    /// ## Why is this bad?
    ///
    /// The names are compared as they are with that of the request. A request to create an object has none,
    /// nor has one to delete all of them: both are refused (what server-side apply creates is the
    /// exception). One to list or watch has one only where the client asks for it, by the field selector
    /// `metadata.name`. And an empty name in the list lets all of these through.
    ///
    /// ## What to do
    ///
    /// Write the names out. Move `create` and `deletecollection` to a rule without names, or remove them; ask
    /// for `list` and `watch` only if the client sets the field selector.
    "rbac/resourcenames-ineffective" {
        summary: "`resourceNames` do not limit what they seem to",
        severity: Error,
        since: "0.1.0",
        fix: Safe,
        check: Check::Object(&[Kind::Role, Kind::ClusterRole], check),
    }
}

fn check(object: &Object<'_>, inventory: &Inventory<'_>, reporter: &mut Reporter<'_>) {
    let rules = Rbac::new(inventory).own_rules(object);
    for rule in rules.iter().filter(|it| it.is_limited_by_name()) {
        let name = words::named(inventory, object);
        let verbs = rule.verbs().filter(|it| is_nameless(rule, it.value));
        let verbs = verbs.filter(|it| !is_granted_without_names(&rules, rule, it.value));
        let verbs: Vec<_> = verbs.collect();
        let is_told = report_empty(&name, rule, reporter)
            || report_patterns(&name, rule, reporter)
            || report_unnamed(&name, &rules, rule, &verbs, reporter);
        if !is_told {
            report_lists(&name, rule, &verbs, reporter);
            report_every_resource(&name, rule, reporter);
        }
    }
}

/// Whether other rules of the role grant `verb` on objects of any name, so that its author knew.
fn is_granted_without_names(rules: &[PolicyRule<'_>], rule: &PolicyRule<'_>, verb: &str) -> bool {
    let groups: Vec<_> = rule.api_groups().map(|it| it.value).collect();
    let mut resources = rule.resources().map(|it| it.value);
    resources.all(|resource| {
        let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
        groups.iter().all(|group| {
            let request = Request {
                verb,
                group,
                resource,
                subresource,
                name: "",
            };
            let mut others = rules.iter().filter(|it| !it.is_limited_by_name());
            others.any(|it| request.is_allowed_by(it))
        })
    })
}

/// The API server compares the empty name of a request with those of the rule (`ResourceNameMatches` in
/// `pkg/apis/rbac/v1/evaluation_helpers.go`).
fn report_empty(subject: &str, rule: &PolicyRule<'_>, reporter: &mut Reporter<'_>) -> bool {
    let Some(empty) = rule.resource_names().find(|it| it.value.is_empty()) else {
        return false;
    };
    let what = words::resources(rule);
    let verbs: Vec<_> = rule.verbs().map(|it| it.value).collect();
    let opened = verbs.iter().copied().filter(|it| is_nameless(rule, it));
    let opened: Vec<_> = opened.collect();
    let message = if verbs.contains(&"*") {
        format!(
            "{subject} names {what} by an empty name, which lets every request without a name through"
        )
    } else if opened.is_empty() {
        format!("{subject} names {what} by an empty name, which no object has")
    } else {
        let opened = words::list(opened);
        format!("{subject} names {what} by an empty name, which grants {opened} on all of them")
    };
    reporter
        .report(empty.node, message)
        .here("the name of requests without one")
        .help("remove the empty name");
    true
}

fn report_patterns(subject: &str, rule: &PolicyRule<'_>, reporter: &mut Reporter<'_>) -> bool {
    let mut patterns = rule.resource_names().filter(|it| is_pattern(rule, it));
    let Some(first) = patterns.next() else {
        return false;
    };
    let what = words::resources(rule);
    let message = format!(
        "{subject} names {what} by the pattern `{}`, which no name is compared with",
        first.value
    );
    let finding = reporter.report(first.node, message);
    finding
        .here("grants only what is called so to the letter")
        .help("write the names out, or leave `resourceNames` out if all are meant");
    for it in patterns {
        finding.label(it.node, "this too");
    }
    true
}

/// Whether `name` can only be meant as a pattern: no object is called so.
fn is_pattern(rule: &PolicyRule<'_>, name: &Text<'_>) -> bool {
    let is_about = |resource: &str| rule.resources().any(|it| it.value == resource);
    // Users and groups may be called anything, and all signers of a domain are `example.com/*`
    // (`IsAuthorizedForSignerName` in `pkg/registry/certificates`).
    // The verbs of constrained impersonation ask for `*` when they ask for many
    // (`apiserver/pkg/endpoints/filters/impersonation`).
    let is_constrained = rule.verbs().any(|it| it.value.contains(':'));
    if is_constrained || is_about("signers") && name.value.ends_with("/*") {
        return false;
    }
    let is_named_freely = ["users", "groups", "uids"].into_iter().any(is_about)
        || rule
            .resources()
            .any(|it| it.value.starts_with("userextras/"));
    let marks: &[char] = if is_named_freely {
        &['*']
    } else {
        &['*', '?', '[', ']', '^', '$', '|', '\\']
    };
    name.value.contains(marks)
}

/// Verbs that names take away instead of limiting them.
fn report_unnamed(
    subject: &str,
    rules: &[PolicyRule<'_>],
    rule: &PolicyRule<'_>,
    verbs: &[Text<'_>],
    reporter: &mut Reporter<'_>,
) -> bool {
    let refused = verbs.iter().filter(|it| is_refused(rule, it.value));
    let refused: Vec<_> = refused.copied().collect();
    let Some((first, rest)) = refused.split_first() else {
        return false;
    };
    let verbs: Vec<_> = refused.iter().map(|it| it.value).collect();
    let message = format!(
        "{subject} grants {} on {} of certain names, but requests to do so have none",
        words::list(verbs.iter().copied()),
        words::resources(rule),
    );
    let finding = reporter.report(first.node, message);
    finding
        .here("refused")
        .help(format!(
            "grant {} in a rule without `resourceNames`, or not at all",
            words::list(verbs)
        ))
        .severity(Severity::Warning);
    for it in rest {
        finding.label(it.node, "refused too");
    }
    fix(finding, rules, rule, &refused);
    true
}

/// Removes the verbs that are `refused`, where the finding is gone then; `rules` are all those of the role.
fn fix(
    finding: &mut Finding,
    rules: &[PolicyRule<'_>],
    rule: &PolicyRule<'_>,
    refused: &[Text<'_>],
) {
    let has = |rule: &PolicyRule<'_>, verbs: &[&str]| {
        let mut granted = rule.verbs();
        granted.any(|it| verbs.contains(&it.value))
    };
    let is_whole = |it: Text<'_>| !it.value.contains(['/', '*']);
    if has(rule, &["list", "watch"]) || !rule.resources().all(is_whole) {
        return;
    }
    // What is created by server-side apply or by an update has a name, and `create` is asked for besides
    // (`withAuthorization` in `apiserver/pkg/endpoints/handlers`).
    let may_create_by_name = |it: &PolicyRule<'_>| has(it, &["patch", "update", "*"]);
    let applicability = if rules.iter().any(may_create_by_name) {
        Applicability::Unsafe
    } else {
        Applicability::Safe
    };
    let nodes: Vec<_> = refused.iter().map(|it| it.node).collect();
    let verbs = rule.node().get("verbs");
    let edits = verbs.and_then(|it| it.without_items(&nodes));
    let removed = words::list(refused.iter().map(|it| it.value));
    finding.fix(applicability, format!("remove {removed}"), edits);
}

/// Whether requests by `verb` never have a name (`RequestInfoFactory` in
/// `apiserver/pkg/endpoints/request/requestinfo.go`). Those for a part of an object, `pods/exec` say, have
/// the object's.
fn is_refused(rule: &PolicyRule<'_>, verb: &str) -> bool {
    let is_whole = |it: Text<'_>| !it.value.contains('/') && it.value != "*";
    match verb {
        "deletecollection" => true,
        "create" => rule.resources().any(is_whole),
        _ => false,
    }
}

/// Whether requests by `verb` may have no name.
fn is_nameless(rule: &PolicyRule<'_>, verb: &str) -> bool {
    matches!(verb, "list" | "watch") || is_refused(rule, verb)
}

fn report_lists(
    subject: &str,
    rule: &PolicyRule<'_>,
    verbs: &[Text<'_>],
    reporter: &mut Reporter<'_>,
) {
    let mut lists = verbs
        .iter()
        .filter(|it| matches!(it.value, "list" | "watch"));
    let Some(first) = lists.next() else {
        return;
    };
    let rest: Vec<_> = lists.collect();
    let names = std::iter::once(first.value).chain(rest.iter().map(|it| it.value));
    let message = format!(
        "{subject} grants {} on {} of certain names, which holds for clients that ask by name only",
        words::list(names),
        words::resources(rule),
    );
    let finding = reporter.report(first.node, message);
    finding
        .help("remove it, unless the client sets the field selector `metadata.name`")
        .severity(Severity::Info);
    for it in rest {
        finding.label(it.node, "this too");
    }
}

fn report_every_resource(subject: &str, rule: &PolicyRule<'_>, reporter: &mut Reporter<'_>) {
    let Some(all) = rule.resources().find(|it| it.value == "*") else {
        return;
    };
    let names = words::list(rule.resource_names().map(|it| it.value));
    let message = format!("{subject} covers whatever is called {names}, of every resource");
    reporter
        .report(all.node, message)
        .help("list the resources that have these names")
        .severity(Severity::Warning);
}

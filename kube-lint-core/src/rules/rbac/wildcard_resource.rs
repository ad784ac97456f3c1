//! `rbac/wildcard-resource`.

use crate::{
    analysis::rbac::{Rbac, is_built_in_group},
    diagnostic::Severity,
    inventory::Inventory,
    model::PolicyRule,
    object::{Kind, Object, Text},
    rule::{Check, Reporter, declare_rule},
};

use super::words;

declare_rule! {
    /// ## What it does
    ///
    /// Finds rules of roles that cover every resource of a built-in API group, or a part of every resource
    /// that gives power: `exec`, `attach`, `token`, `proxy`, `approval`, `status`.
    ///
    /// It is info where the API groups are those of custom resources only, and for named resources of every
    /// API group, since custom resources may have the same name.
    ///
    /// ## Why is this bad?
    ///
    /// `*` covers subresources such as `pods/exec` and `serviceaccounts/token`, and every resource that a
    /// later version of Kubernetes brings.
    ///
    /// ## What to do
    ///
    /// List the resources that are used.
    "rbac/wildcard-resource" {
        summary: "role covers every resource of an API group",
        severity: Warning,
        since: "0.1.0",
        supersedes: ["rbac/portforward-proxy"],
        check: Check::Object(&[Kind::Role, Kind::ClusterRole], check),
    }
}

/// Subresources that give power over their object, whatever it is.
const SENSITIVE: [&str; 6] = [
    "*/approval",
    "*/attach",
    "*/exec",
    "*/proxy",
    "*/status",
    "*/token",
];

fn check(object: &Object<'_>, inventory: &Inventory<'_>, reporter: &mut Reporter<'_>) {
    for rule in Rbac::new(inventory).own_rules(object) {
        if rule.verbs().next().is_none() || rule.api_groups().next().is_none() {
            continue;
        }
        let mut resources = rule.resources();
        let wide = resources.find(|it| it.value == "*" || SENSITIVE.contains(&it.value));
        match wide {
            Some(resource) => check_resource(object, &rule, resource, inventory, reporter),
            None => check_group(object, &rule, inventory, reporter),
        }
    }
}

fn check_resource<'a>(
    object: &Object<'a>,
    rule: &PolicyRule<'a>,
    resource: Text<'a>,
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let name = words::named(inventory, object);
    let what = match resource.value.split_once('/') {
        Some((_, part)) => format!("`{part}` of every resource"),
        None => "every resource".to_owned(),
    };
    let groups: Vec<_> = rule.api_groups().map(|it| it.value).collect();
    let built_in: Vec<_> = groups
        .iter()
        .copied()
        .filter(|it| is_built_in_group(it))
        .collect();
    let of_all = groups.contains(&"*");
    let of = if of_all {
        "of every API group".to_owned()
    } else if built_in.is_empty() {
        format!("of {}, custom resources only", words::list(groups))
    } else {
        format!("of {}", words::groups(&built_in))
    };
    let finding = reporter.report(resource.node, format!("{name} covers {what} {of}"));
    finding
        .here("every resource, now and later")
        .help("list the resources that are used");
    if !of_all && built_in.is_empty() {
        finding.severity(Severity::Info);
    }
}

fn check_group<'a>(
    object: &Object<'a>,
    rule: &PolicyRule<'a>,
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let Some(group) = rule.api_groups().find(|it| it.value == "*") else {
        return;
    };
    let resources: Vec<_> = rule.resources().map(|it| it.value).collect();
    if resources.is_empty() {
        return;
    }
    let name = words::named(inventory, object);
    let resources = words::list(resources);
    let message = format!("{name} covers {resources} of every API group, custom ones too");
    reporter
        .report(group.node, message)
        .here("every API group")
        .help("name the API groups")
        .severity(Severity::Info);
}

//! `rbac/wildcard-verb`.

use crate::{
    analysis::rbac::{Rbac, is_built_in_group},
    diagnostic::Severity,
    inventory::Inventory,
    model::PolicyRule,
    object::{Kind, Object},
    rule::{Check, Reporter, declare_rule},
};

use super::words;

declare_rule! {
    /// ## What it does
    ///
    /// Finds rules of roles whose verbs are `*` on named resources.
    ///
    /// It is info where all the API groups of the rule are those of custom resources, as of an operator's own,
    /// and where the rule is limited to objects of certain names.
    ///
    /// ## Why is this bad?
    ///
    /// `*` grants every verb there is and ever will be, the special ones among them: `escalate`, `bind`,
    /// `impersonate`, `approve`, `sign`, and `deletecollection`, which deletes all objects at once.
    ///
    /// ## What to do
    ///
    /// List the verbs that the program uses.
    "rbac/wildcard-verb" {
        summary: "role grants every verb on named resources",
        severity: Warning,
        since: "0.1.0",
        check: Check::Object(&[Kind::Role, Kind::ClusterRole], check),
    }
}

fn check(object: &Object<'_>, inventory: &Inventory<'_>, reporter: &mut Reporter<'_>) {
    for rule in Rbac::new(inventory).own_rules(object) {
        check_rule(object, &rule, inventory, reporter);
    }
}

fn check_rule<'a>(
    object: &Object<'a>,
    rule: &PolicyRule<'a>,
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let Some(verb) = rule.verbs().find(|it| it.value == "*") else {
        return;
    };
    let resources: Vec<_> = rule.resources().map(|it| it.value).collect();
    let groups: Vec<_> = rule.api_groups().map(|it| it.value).collect();
    if resources.is_empty() || resources.contains(&"*") || groups.is_empty() {
        return;
    }
    let name = words::named(inventory, object);
    let mut message = format!("{name} grants every verb on {}", words::list(resources));
    let is_custom = !groups.iter().any(|it| *it == "*" || is_built_in_group(it));
    if is_custom {
        let groups = words::list(groups);
        message = format!("{message}, custom resources of {groups}");
    } else if rule.is_limited_by_name() {
        message.push_str(", but only of certain names");
    }
    let finding = reporter.report(verb.node, message);
    finding
        .here("every verb, now and later")
        .help("list the verbs that are used");
    words::label_bindings(finding, Rbac::new(inventory), object);
    if is_custom || rule.is_limited_by_name() {
        finding.severity(Severity::Info);
    }
}

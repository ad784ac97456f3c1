//! `rbac/wildcard-verb`.

use crate::{
    inventory::Inventory,
    model::Role,
    object::{Kind, Object},
    rule::{Check, Reporter, declare_rule},
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds rules of roles whose verbs are `*` on named resources.
    ///
    /// ## Why is this bad?
    ///
    /// `*` grants every verb there is and ever will be, the special ones among them: `escalate`, `bind`,
    /// `impersonate`, `approve`, `sign`.
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

fn check(object: &Object<'_>, _inventory: &Inventory<'_>, reporter: &mut Reporter<'_>) {
    for rule in Role::new(object).rules() {
        let Some(verb) = rule.verbs().find(|it| it.value == "*") else {
            continue;
        };
        reporter.report(verb.node, "every verb is granted");
    }
}

//! `rbac/ineffective-rule`.

mod mend;
mod resources;
mod scope;
mod verbs;

use crate::{
    analysis::rbac::Rbac,
    diagnostic::{Confidence, Severity},
    inventory::Inventory,
    model::PolicyRule,
    object::{Kind, Object, Text},
    rule::{Check, Reporter, declare_rule},
    yaml::Node,
};

use super::words;
use mend::Mend;

declare_rule! {
    /// ## What it does
    ///
    /// Finds rules of roles that grant nothing, in whole or in part.
    ///
    /// The API server refuses roles with a rule that has no verbs, or neither resources with their API groups
    /// nor URLs, or both; and with URLs in a `Role`. That is an error. What it takes although it never matches
    /// is a warning:
    ///
    /// - resources that the API groups of the rule do not have: `deployments` of the core group, `secret`,
    ///   `Pod`, `ingresses` of `extensions` since 1.22;
    /// - `pods/*`, where only `*` and `*/log` mean several, and parts such as `pods/logs`;
    /// - verbs that no request has: `Get`, `read`, `escalate` on Pods;
    /// - URLs with a `*` that is not their end, or without a slash in front;
    /// - what lies in no namespace, in a `Role`; in a `ClusterRole` that only `RoleBindings` bind, it is info.
    ///
    /// It is info for what Kubernetes has given up altogether, and where the verb that is meant is there too.
    /// Resources of API groups that are not Kubernetes' own are left alone, and so is what another rule of
    /// the role grants as it was meant.
    ///
    /// ## Why is this bad?
    ///
    /// The program is refused what its author thought to have granted. The usual way out is `*`.
    ///
    /// ## What to do
    ///
    /// Write the plural in lower case, the API group that has it, and verbs as the API has them.
    "rbac/ineffective-rule" {
        summary: "rule of a role can never match",
        severity: Error,
        since: "0.1.0",
        fix: Safe,
        check: Check::Object(&[Kind::Role, Kind::ClusterRole], check),
    }
}

/// What is wrong with an entry of a rule.
struct Flaw<'a> {
    at: Text<'a>,
    /// Behind the entry in a message, `is no verb` say.
    what: String,
    help: String,
    severity: Severity,
    /// Whether nothing tells what was meant instead, so that the entry may come from elsewhere.
    is_guess: bool,
    mend: Option<Mend>,
}

fn check(object: &Object<'_>, inventory: &Inventory<'_>, reporter: &mut Reporter<'_>) {
    let rules = Rbac::new(inventory).own_rules(object);
    for rule in &rules {
        if report_refused(object, rule, inventory, reporter) {
            continue;
        }
        let flaws = resources::flaws(&rules, rule, inventory);
        report(object, rule, &flaws, inventory, reporter);
        report(object, rule, &verbs::flaws(rule), inventory, reporter);
    }
    scope::check(object, &rules, inventory, reporter);
}

/// Reports the first of `flaws`, the others as labels.
fn report<'a>(
    object: &Object<'a>,
    rule: &PolicyRule<'a>,
    flaws: &[Flaw<'a>],
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let Some((first, others)) = flaws.split_first() else {
        return;
    };
    let named = words::named(inventory, object);
    let message = format!(
        "{named} grants nothing by `{}`, which {}",
        first.at.value, first.what
    );
    let finding = reporter.report(first.at.node, message);
    finding.help(&first.help).severity(first.severity);
    if first.is_guess {
        finding.confidence(Confidence::Medium);
    }
    for it in others {
        finding.label(it.at.node, format!("`{}` {}", it.at.value, it.what));
    }
    mend::mend(finding, rule, flaws);
}

/// Reports what the API server refuses (`ValidatePolicyRule` in `pkg/apis/rbac/validation`).
fn report_refused<'a>(
    object: &Object<'a>,
    rule: &PolicyRule<'a>,
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) -> bool {
    let node = rule.node();
    if !node.is_mapping() {
        return false;
    }
    let list = |field: &str| node.get(field).filter(|it| !is_empty(*it));
    let is_without = |field: &str| match node.get(field) {
        Some(list) => is_empty(list),
        None => inventory.lacks(object, node, field),
    };
    let urls = list("nonResourceURLs");
    let (at, what, help) = if let Some(urls) = urls.filter(|_| object.kind() == Kind::Role) {
        let help = "grant it by a ClusterRole and a ClusterRoleBinding";
        (urls, "`nonResourceURLs` in a Role".to_owned(), help)
    } else if let Some(resources) = urls.and(list("resources").or_else(|| list("apiGroups"))) {
        let what = "a rule with resources and `nonResourceURLs`".to_owned();
        (resources, what, "make two rules of it")
    } else {
        let needed: &[&str] = match urls {
            Some(_) => &["verbs"],
            None => &["verbs", "apiGroups", "resources"],
        };
        let Some(field) = needed.iter().copied().find(|it| is_without(it)) else {
            return false;
        };
        let help = match field {
            "apiGroups" => "write `apiGroups`; that of the core group is `\"\"`",
            _ => "write what is granted, or remove the rule",
        };
        (node, format!("a rule without `{field}`"), help)
    };
    let named = words::named(inventory, object);
    reporter
        .report(
            at.key().unwrap_or(at),
            format!("{named} is refused by the API server: {what}"),
        )
        .help(help);
    true
}

fn is_empty(list: Node<'_>) -> bool {
    list.is_null() || list.is_sequence() && list.items().next().is_none()
}

//! `network/egress-rules-ignored`.

use crate::{
    diagnostic::Applicability,
    inventory::Inventory,
    model::{Direction, Match, NetworkPolicy},
    object::{Kind, Object},
    rule::{Check, Reporter, declare_rule},
    yaml::NewValue,
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds policies with `egress` rules whose `policyTypes` do not list `Egress`, and policies with
    /// `ingress` rules whose `policyTypes` do not list `Ingress`.
    ///
    /// A policy without `policyTypes` is not meant: there egress rules make it one for egress as well.
    ///
    /// ## Why is this bad?
    ///
    /// The rules are accepted and ignored: the Pods are not isolated in that direction, and everything is
    /// allowed instead of what the rules list.
    ///
    /// ## What to do
    ///
    /// Add the type. From then on only what the rules list is allowed, so list DNS among the egress rules.
    "network/egress-rules-ignored" {
        summary: "rules of a direction that policyTypes leaves out",
        severity: Error,
        since: "0.1.0",
        fix: Unsafe,
        check: Check::Object(&[Kind::NetworkPolicy], check),
    }
}

fn check(object: &Object<'_>, inventory: &Inventory<'_>, reporter: &mut Reporter<'_>) {
    if object.is_partial() || inventory.is_patched(object, &["spec", "policyTypes"]) {
        return;
    }
    let policy = NetworkPolicy::new(object);
    let Some(types) = policy.policy_types() else {
        return;
    };
    for direction in Direction::ALL {
        let has_rules = policy.rules(direction).next().is_some();
        let Some(rules) = policy.rules_node(direction).filter(|_| has_rules) else {
            continue;
        };
        if policy.isolates(direction) != Match::No {
            continue;
        }
        let (field, policy_type) = (direction.field(), direction.policy_type());
        let name = inventory.display(object);
        let message = format!(
            "the `{field}` rules of policy `{name}` are ignored: `policyTypes` leaves out {policy_type}"
        );
        let finding = reporter.report(rules.key().unwrap_or(rules), message);
        finding.label(types, format!("without {policy_type}"));
        finding.help(match direction {
            Direction::Egress => {
                "add `Egress` to `policyTypes`, and a rule for DNS if there is none"
            }
            Direction::Ingress => "add `Ingress` to `policyTypes`",
        });
        // It isolates Pods that are not isolated now.
        let edits = types.with_item(NewValue::Text(policy_type));
        let message = format!("add `{policy_type}` to `policyTypes`");
        finding.fix(Applicability::Unsafe, message, edits);
    }
}

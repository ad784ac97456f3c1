//! `network/policytypes-implicit`.

use crate::{
    diagnostic::{Applicability, Severity},
    inventory::Inventory,
    model::{Direction, NetworkPolicy},
    object::{Kind, Object},
    rule::{Check, Reporter, declare_rule},
    yaml::{NewValue, Node},
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds NetworkPolicies without `policyTypes`. The default is Ingress, and Egress only where there
    /// are egress rules. It is a warning where that is likely not what the policy was written for: egress
    /// rules without a word of ingress, `egress: []`, or no rules at all.
    ///
    /// ## Why is this bad?
    ///
    /// A policy that only has egress rules denies all ingress as well. `egress: []` without types denies
    /// no egress. A policy without rules looks as if it did nothing, and denies all ingress.
    ///
    /// ## What to do
    ///
    /// Write the types that are meant.
    "network/policytypes-implicit" {
        summary: "policy leaves its types to the default",
        severity: Warning,
        since: "0.1.0",
        fix: Safe,
        check: Check::Object(&[Kind::NetworkPolicy], check),
    }
}

fn check(object: &Object<'_>, inventory: &Inventory<'_>, reporter: &mut Reporter<'_>) {
    let policy = NetworkPolicy::new(object);
    let fields = ["policyTypes", "ingress", "egress"];
    let is_patched = |field| inventory.is_patched(object, &["spec", field]);
    if object.is_partial() || policy.policy_types().is_some() || fields.into_iter().any(is_patched)
    {
        return;
    }
    let name = inventory.display(object);
    let ingress = policy.rules_node(Direction::Ingress);
    let has_ingress = policy.rules(Direction::Ingress).next().is_some();
    let has_egress = policy.rules(Direction::Egress).next().is_some();
    match policy.rules_node(Direction::Egress) {
        Some(egress) if !egress.is_sequence() => {}
        Some(egress) if has_egress && !has_ingress => {
            let message = format!(
                "policy `{name}` denies all ingress too: it has `egress` rules and no `policyTypes`"
            );
            let finding = reporter.report(egress.key().unwrap_or(egress), message);
            finding.help("write `policyTypes: [Egress]`, or both types if no ingress is meant");
        }
        Some(egress) if !has_egress => {
            let message = format!(
                "policy `{name}` denies no egress: `egress: []` means nothing without `policyTypes`"
            );
            let finding = reporter.report(egress.key().unwrap_or(egress), message);
            finding.help("add `Egress` to `policyTypes`, or leave `egress` out");
        }
        None if ingress.is_none() && !is_meant_to_deny(object) => {
            let message =
                format!("policy `{name}` has no rules and no `policyTypes`: it denies all ingress");
            let finding = reporter.report(head(object), message);
            finding.help("write `policyTypes: [Ingress]` if that is meant");
        }
        _ => {
            let default = if has_egress {
                "Ingress and Egress"
            } else {
                "Ingress"
            };
            let message = format!("policy `{name}` leaves `policyTypes` to the default: {default}");
            let finding = reporter.report(head(object), message);
            finding.severity(Severity::Info);
            let (help, types): (_, &[_]) = if has_egress {
                (
                    "write `policyTypes: [Ingress, Egress]`",
                    &["Ingress", "Egress"],
                )
            } else {
                ("write `policyTypes: [Ingress]`", &["Ingress"])
            };
            finding.help(help);
            let spec = object.spec();
            let types = NewValue::Texts(types);
            let edits =
                spec.and_then(|it| it.with_field(it.get("podSelector"), "policyTypes", types));
            finding.fix(Applicability::Safe, help, edits);
        }
    }
}

/// The key `spec`, in which the field is left out.
fn head<'a>(object: &Object<'a>) -> Node<'a> {
    let spec = object.spec().and_then(Node::key);
    spec.unwrap_or_else(|| object.head())
}

/// Whether the name says that the policy denies, so that nobody takes it for one that does nothing.
fn is_meant_to_deny(object: &Object<'_>) -> bool {
    let name = object.name().map_or("", |it| it.value);
    ["deny", "isolat", "block"]
        .iter()
        .any(|it| name.contains(it))
}

//! Rules of a role that another rule of it covers.

use std::slice;

use crate::{
    analysis::rbac::{Rbac, covers},
    inventory::Inventory,
    model::PolicyRule,
    object::Object,
    rule::Reporter,
};

use super::words;

pub(super) fn check<'a>(role: &Object<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    if role.is_partial() || inventory.is_patched(role, &["rules"]) {
        return;
    }
    let rules = Rbac::new(inventory).own_rules(role);
    let covered = rules.iter().enumerate().filter_map(|(index, rule)| {
        let owner = owner(&rules, index)?;
        Some((rule, owner))
    });
    let covered: Vec<_> = covered.collect();
    let Some((first, owner)) = covered.first() else {
        return;
    };
    let name = words::named(inventory, role);
    let what = match covered.len() {
        1 => "a rule that another one covers".to_owned(),
        number => format!("{number} rules that others cover"),
    };
    let finding = reporter.report(first.node(), format!("{name} has {what}"));
    finding
        .here("adds nothing")
        .help("remove what adds nothing")
        .label(owner.node(), "covers it");
    for (rule, _) in covered.iter().skip(1) {
        finding.label(rule.node(), "adds nothing either");
    }
}

/// The rule that covers the one at `index`: of equal ones the first stays.
fn owner<'r, 'a>(rules: &'r [PolicyRule<'a>], index: usize) -> Option<&'r PolicyRule<'a>> {
    let rule = rules.get(index).filter(|it| grants(it))?;
    let mut others = rules.iter().enumerate();
    let found = others.find(|(other, owner)| {
        let is_other = *other != index && covers(slice::from_ref(owner), rule);
        is_other && (*other < index || !covers(slice::from_ref(rule), owner))
    });
    found.map(|(_, owner)| owner)
}

/// Whether it grants anything at all.
fn grants(rule: &PolicyRule<'_>) -> bool {
    let is_about = |has_resources: bool| {
        if has_resources {
            rule.api_groups().next().is_some()
        } else {
            rule.non_resource_urls().next().is_some()
        }
    };
    rule.verbs().next().is_some() && is_about(rule.resources().next().is_some())
}

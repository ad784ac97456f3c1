//! The rules; this list is written by `cargo bless`.

mod network;
mod rbac;

use crate::rule::Rule;

/// Every rule, sorted by id.
pub static RULES: &[&Rule] = &[
    &network::allow_all_ingress::RULE,
    &network::egress_rules_ignored::RULE,
    &network::ipblock_invalid::RULE,
    &network::namespace_without_policy::RULE,
    &network::peer_and_or_confusion::RULE,
    &network::policy_selects_nothing::RULE,
    &network::policytypes_implicit::RULE,
    &network::workload_not_selected::RULE,
    &rbac::wildcard_verb::RULE,
];

/// The rule of that id.
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.id == id)
}

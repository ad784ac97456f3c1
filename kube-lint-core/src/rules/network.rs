//! Rules of the family `network`; this list is written by `cargo bless`.

pub(crate) mod allow_all_ingress;
pub(crate) mod egress_rules_ignored;
pub(crate) mod ipblock_invalid;
pub(crate) mod namespace_without_policy;
pub(crate) mod peer_and_or_confusion;
pub(crate) mod policy_selects_nothing;
pub(crate) mod policytypes_implicit;
mod words;
pub(crate) mod workload_not_selected;

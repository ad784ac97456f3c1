//! Rules of the family `rbac`; this list is written by `cargo bless`.

pub(crate) mod aggregation_hijack;
pub(crate) mod audit_trail_delete;
pub(crate) mod bind_verb;
pub(crate) mod binding_broad_group;
pub(crate) mod binding_unauthenticated;
pub(crate) mod builtin_admin_edit_clusterwide;
pub(crate) mod cluster_admin_binding;
pub(crate) mod critical_configmap_write;
pub(crate) mod cross_namespace_subject;
pub(crate) mod dangling_or_invalid_subject;
pub(crate) mod dangling_roleref;
pub(crate) mod escalate_verb;
pub(crate) mod ineffective_rule;
pub(crate) mod namespace_label_write;
pub(crate) mod networkpolicy_write;
pub(crate) mod nodes_proxy;
pub(crate) mod portforward_proxy;
mod powers;
pub(crate) mod read_secrets_unscoped;
pub(crate) mod resourcenames_ineffective;
pub(crate) mod system_masters;
mod tampering;
pub(crate) mod token_request;
pub(crate) mod wildcard_everything;
pub(crate) mod wildcard_resource;
pub(crate) mod wildcard_verb;
mod words;

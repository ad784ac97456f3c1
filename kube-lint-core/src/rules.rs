//! The rules; this list is written by `cargo bless`.

mod audit;
mod manifest;
mod network;
mod rbac;
mod secrets;
mod service_accounts;

use crate::rule::Rule;

/// Every rule, sorted by id.
pub static RULES: &[&Rule] = &[
    &audit::policy_invalid::RULE,
    &audit::policy_no_catch_all::RULE,
    &audit::policy_secret_bodies_logged::RULE,
    &manifest::boolean_word::RULE,
    &manifest::duplicate_key::RULE,
    &manifest::duplicate_object::RULE,
    &manifest::ignored_content::RULE,
    &manifest::invalid_name::RULE,
    &manifest::removed_api_version::RULE,
    &manifest::syntax_error::RULE,
    &manifest::unknown_field::RULE,
    &manifest::unreadable_file::RULE,
    &manifest::unused_suppression::RULE,
    &manifest::wrong_type::RULE,
    &network::allow_all_ingress::RULE,
    &network::egress_rules_ignored::RULE,
    &network::ipblock_invalid::RULE,
    &network::namespace_without_policy::RULE,
    &network::peer_and_or_confusion::RULE,
    &network::policy_selects_nothing::RULE,
    &network::policytypes_implicit::RULE,
    &network::workload_not_selected::RULE,
    &rbac::aggregation_hijack::RULE,
    &rbac::audit_trail_delete::RULE,
    &rbac::bind_verb::RULE,
    &rbac::binding_broad_group::RULE,
    &rbac::binding_unauthenticated::RULE,
    &rbac::builtin_admin_edit_clusterwide::RULE,
    &rbac::cluster_admin_binding::RULE,
    &rbac::clusterrolebinding_should_be_rolebinding::RULE,
    &rbac::create_workloads::RULE,
    &rbac::cross_namespace_subject::RULE,
    &rbac::dangling_or_invalid_subject::RULE,
    &rbac::dangling_roleref::RULE,
    &rbac::ephemeral_containers::RULE,
    &rbac::escalate_verb::RULE,
    &rbac::ineffective_rule::RULE,
    &rbac::nodes_proxy::RULE,
    &rbac::pod_exec_attach::RULE,
    &rbac::portforward_proxy::RULE,
    &rbac::privilege_escalation_path::RULE,
    &rbac::read_secrets_unscoped::RULE,
    &rbac::resourcenames_ineffective::RULE,
    &rbac::system_masters::RULE,
    &rbac::token_request::RULE,
    &rbac::unused_role::RULE,
    &rbac::wildcard_everything::RULE,
    &rbac::wildcard_resource::RULE,
    &rbac::wildcard_verb::RULE,
    &secrets::data_encoding::RULE,
    &secrets::env_literal_secret::RULE,
    &secrets::key_missing::RULE,
    &secrets::plaintext_committed::RULE,
    &secrets::private_key_committed::RULE,
    &secrets::ref_missing::RULE,
    &secrets::type_malformed::RULE,
    &service_accounts::automount_default_account::RULE,
    &service_accounts::cloud_identity_risky::RULE,
    &service_accounts::control_plane_identity_reuse::RULE,
    &service_accounts::default_bound::RULE,
    &service_accounts::default_used::RULE,
    &service_accounts::deprecated_field::RULE,
    &service_accounts::image_pull_secret_risk::RULE,
    &service_accounts::legacy_token_secret::RULE,
    &service_accounts::missing::RULE,
    &service_accounts::projected_token_lifetime::RULE,
    &service_accounts::secrets_field::RULE,
    &service_accounts::shared_by_workloads::RULE,
    &service_accounts::token_automounted_unneeded::RULE,
    &service_accounts::token_secret_mounted::RULE,
];

/// The rule of that id.
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.id == id)
}

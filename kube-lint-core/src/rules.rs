//! The rules; this list is written by `cargo bless`.

mod rbac;

use crate::rule::Rule;

/// Every rule, sorted by id.
pub static RULES: &[&Rule] = &[
    &rbac::binding_unauthenticated::RULE,
    &rbac::cluster_admin_binding::RULE,
    &rbac::dangling_roleref::RULE,
    &rbac::read_secrets_unscoped::RULE,
    &rbac::system_masters::RULE,
    &rbac::wildcard_everything::RULE,
    &rbac::wildcard_resource::RULE,
    &rbac::wildcard_verb::RULE,
];

/// The rule of that id.
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.id == id)
}

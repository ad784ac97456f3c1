//! The rules; this list is written by `cargo bless`.

mod audit;
mod manifest;
mod rbac;

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
    &manifest::wrong_type::RULE,
    &rbac::wildcard_verb::RULE,
];

/// The rule of that id.
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.id == id)
}

//! The rules; this list is written by `cargo bless`.

mod rbac;
mod secrets;

use crate::rule::Rule;

/// Every rule, sorted by id.
pub static RULES: &[&Rule] = &[
    &rbac::wildcard_verb::RULE,
    &secrets::data_encoding::RULE,
    &secrets::env_literal_secret::RULE,
    &secrets::key_missing::RULE,
    &secrets::plaintext_committed::RULE,
    &secrets::private_key_committed::RULE,
    &secrets::ref_missing::RULE,
    &secrets::type_malformed::RULE,
];

/// The rule of that id.
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.id == id)
}

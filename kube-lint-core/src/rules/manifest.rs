//! Rules of the family `manifest`; this list is written by `cargo bless`.

pub(crate) mod boolean_word;
pub(crate) mod duplicate_key;
pub(crate) mod duplicate_object;
pub(crate) mod ignored_content;
pub(crate) mod invalid_name;
mod naming;
pub(crate) mod removed_api_version;
pub(crate) mod syntax_error;
pub(crate) mod unknown_field;
pub(crate) mod unreadable_file;
pub(crate) mod unused_suppression;
pub(crate) mod wrong_type;

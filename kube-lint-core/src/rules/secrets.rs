//! Rules of the family `secrets`; this list is written by `cargo bless`.

pub(crate) mod data_encoding;
pub(crate) mod env_literal_secret;
pub(crate) mod key_missing;
pub(crate) mod plaintext_committed;
pub(crate) mod private_key_committed;
pub(crate) mod ref_missing;
pub(crate) mod type_malformed;
mod wording;

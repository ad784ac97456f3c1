//! What is a credential, where it stands, and which bytes of a document must never be shown.

mod encrypted;
mod entry;
mod formats;
mod key_names;
mod known_values;
mod masking;
mod private_key;
mod registry;
mod structured;
mod surroundings;
mod value;

use aho_corasick::{AhoCorasick, MatchKind};

pub use encrypted::{is_encrypted, is_encrypted_file};
pub use entry::{entry_credential, is_object_name, is_only_private_key, is_stand_in};
pub use formats::{Format, format_of};
pub use key_names::{is_password, is_public, is_sensitive};
pub use masking::{after_keys, is_doubtful, sensitive};
pub use private_key::{KeyKind, PrivateKey, may_hold_private_key, private_key};
pub use registry::{RegistryUser, registry_users};
pub use structured::{Leaf, credentials_in};
pub use surroundings::{Purpose, purpose};
pub use value::{Credential, credential, is_harmless};

/// Finds any of some words in one pass over a text.
fn any_of<W: AsRef<[u8]>>(words: impl IntoIterator<Item = W>) -> AhoCorasick {
    let words: Vec<_> = words.into_iter().collect();
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostFirst)
        .build(words)
        .expect("a few short words make a small automaton")
}

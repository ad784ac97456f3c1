//! What is a credential, where it stands, and which bytes of a document must never be shown.

mod encrypted;
mod formats;
mod key_names;
mod known_values;
mod masking;
mod private_key;
mod structured;
mod value;

pub use encrypted::{is_encrypted, is_encrypted_file};
pub use formats::{Format, format_of};
pub use key_names::{is_password, is_public, is_sensitive};
pub use masking::{after_keys, sensitive};
pub use private_key::{KeyKind, PrivateKey, may_hold_private_key, private_key};
pub use structured::{Leaf, credentials_in};
pub use value::{Credential, credential, is_harmless};

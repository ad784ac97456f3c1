//! Entries of Secrets: what a value is once decoded.

use crate::{
    inventory::Inventory,
    model::SecretEntry,
    object::{Kind, is_template},
};

use super::{
    key_names::{is_password, is_public},
    private_key::KeyKind,
    structured::credentials_in,
    value::{Credential, credential, is_placeholder},
};

/// The credential that the entry of a Secret holds, in its whole value or in a field of the file that
/// the value is; `None` where it certainly holds none, or is filled in later.
pub fn entry_credential(entry: &SecretEntry<'_>) -> Option<Credential> {
    let key = entry.key().text()?;
    let written = entry.value().text()?;
    if is_template(key) || is_template(written) {
        return None;
    }
    let bytes = entry.bytes()?;
    let Ok(text) = std::str::from_utf8(&bytes) else {
        return binary(key, &bytes);
    };
    let text = text.trim();
    if text.contains('\n') || text.starts_with(['{', '[']) || is_setting(text) {
        return of_file(key, text);
    }
    let found = credential(key, text)?;
    let is_certain = found != Credential::Other || !is_public(key);
    is_certain.then_some(found)
}

/// A file of one line, or a connection string: `ENABLED=false`, `Server=db;Password=…`.
fn is_setting(text: &str) -> bool {
    text.split_once('=').is_some_and(|(name, value)| {
        let is_name = name
            .bytes()
            .all(|it| it.is_ascii_alphabetic() || it == b'_');
        name.len() >= 4 && is_name && !value.trim_matches('=').is_empty()
    })
}

/// A file is judged by its fields.
fn of_file(key: &str, text: &str) -> Option<Credential> {
    if let Some(found @ Credential::PrivateKey(_)) = credential(key, text) {
        return Some(found);
    }
    if is_public(key) {
        return None;
    }
    (!credentials_in(text).is_empty()).then_some(Credential::File)
}

/// Bytes that are no text: a key store, or key material.
fn binary(key: &str, bytes: &[u8]) -> Option<Credential> {
    const PUBLIC: [&str; 5] = [".der", ".cer", ".crt", ".png", ".gz"];
    let lower = key.to_ascii_lowercase();
    let is_public = PUBLIC.iter().any(|it| lower.ends_with(it));
    (bytes.len() >= 16 && !is_public).then_some(Credential::Binary)
}

/// Whether `value` is the name of an object that the manifests define, where it stands under a key
/// that is not one for passwords.
pub fn is_object_name(inventory: &Inventory<'_>, key: &str, value: &str) -> bool {
    const KINDS: [Kind; 7] = [
        Kind::Secret,
        Kind::ConfigMap,
        Kind::Service,
        Kind::ServiceAccount,
        Kind::Deployment,
        Kind::StatefulSet,
        Kind::Namespace,
    ];
    let mut kinds = KINDS.iter();
    !is_password(key) && kinds.any(|kind| !inventory.definitions_of(*kind, value).is_empty())
}

/// Whether a value that was not called a credential stands for one.
pub fn is_stand_in(text: &str) -> bool {
    is_template(text) || is_placeholder(text) || super::is_encrypted(text)
}

/// Whether the entry is no more than a private key, so that a rule about private keys says all.
pub fn is_only_private_key(credential: Credential) -> bool {
    matches!(credential, Credential::PrivateKey(key) if key.kind != KeyKind::Age || key.is_whole)
}

//! As whom a Secret for pulling images logs in.

use crate::{
    model::{Secret, SecretEntry, decode_base64},
    yaml::{Document, Limits, Node},
};

/// A user of a registry whose name says what its password is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RegistryUser {
    /// The password is the key of a Google service account, which does not end.
    GoogleKey,
    /// The password is a token of AWS or Google that ends after hours.
    ShortLived,
}

/// The users as whom `secret` logs in to registries, where their names say what their passwords are; none
/// where it is no Secret for pulling images, or is broken.
pub fn registry_users(secret: &Secret<'_>) -> Vec<RegistryUser> {
    let (key, path) = match secret.kind().map(|it| it.value) {
        Some("kubernetes.io/dockerconfigjson") => (".dockerconfigjson", &["auths"][..]),
        Some("kubernetes.io/dockercfg") => (".dockercfg", &[][..]),
        _ => return Vec::new(),
    };
    let Some(document) = secret.entry(key).and_then(|it| json(&it)) else {
        return Vec::new();
    };
    let registries = document.root().and_then(|it| it.at(path));
    let logins = registries.into_iter().flat_map(Node::fields);
    let users = logins.filter_map(|(_, login)| user(login));
    users.filter_map(|it| known(&it)).collect()
}

fn json(entry: &SecretEntry<'_>) -> Option<Document> {
    let text = String::from_utf8(entry.bytes()?.into_owned()).ok()?;
    let document = Document::parse_text(&text, &Limits::default());
    document.error().is_none().then_some(document)
}

/// `username`, else what stands before the colon in `auth`.
fn user(login: Node<'_>) -> Option<String> {
    if let Some(user) = login.get("username").and_then(Node::str) {
        return Some(user.to_owned());
    }
    let auth = decode_base64(login.get("auth")?.str()?)?;
    let user = auth.split(|it| *it == b':').next()?;
    String::from_utf8(user.to_vec()).ok()
}

fn known(user: &str) -> Option<RegistryUser> {
    match user {
        "_json_key" | "_json_key_base64" => Some(RegistryUser::GoogleKey),
        "AWS" | "oauth2accesstoken" => Some(RegistryUser::ShortLived),
        _ => None,
    }
}

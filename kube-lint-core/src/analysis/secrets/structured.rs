//! Files within values: the credentials among the fields of a configuration file.

use crate::yaml::{Document, Limits, Node};

use super::{
    encrypted::is_encrypted,
    key_names::{is_reference, is_sensitive},
    value::{Credential, credential},
};

/// A field of a file that holds a credential.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Leaf {
    /// Name of the field.
    pub key: String,
    /// What its value is.
    pub credential: Credential,
}

/// Files over this many bytes are read line by line.
const MAX_PARSED_BYTES: usize = 1 << 20;

/// The credentials in a text of several fields, of which each is judged by its name: YAML, JSON, or
/// lines of `key = value` and `key: value`.
pub fn credentials_in(text: &str) -> Vec<Leaf> {
    if is_encrypted(text) {
        return Vec::new();
    }
    of_tree(text).unwrap_or_else(|| of_lines(text))
}

/// The fields of a text that is a mapping or a list from its beginning to its end.
fn of_tree(text: &str) -> Option<Vec<Leaf>> {
    if text.len() > MAX_PARSED_BYTES {
        return None;
    }
    let document = Document::parse_text(text, &Limits::default());
    let root = document.root()?;
    let is_collection = root.is_mapping() || root.is_sequence();
    if document.error().is_some() || document.dropped().is_some() || !is_collection {
        return None;
    }
    let leaves = root.descendants().filter_map(leaf);
    Some(leaves.collect())
}

fn leaf(node: Node<'_>) -> Option<Leaf> {
    let text = node.text()?;
    let key = node.key().and_then(Node::text);
    // A key is no value, an item of a list has no name.
    let key = match key {
        Some("value") => name_beside(node).unwrap_or("value"),
        Some(key) => key,
        None if node.parent()?.is_mapping() => return None,
        None => "",
    };
    judge(key, text)
}

/// `name` of the mapping in which `value` stands.
fn name_beside(value: Node<'_>) -> Option<&str> {
    value.parent()?.get("name")?.text()
}

/// `auth` of a `.dockerconfigjson` is user and password in base64.
fn judge(key: &str, value: &str) -> Option<Leaf> {
    if is_reference(key) {
        return None;
    }
    let login = (key == "auth")
        .then(|| crate::model::decode_base64(value))
        .flatten()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    let credential = match login.as_deref().and_then(|it| it.split_once(':')) {
        Some((_, password)) => credential("password", password),
        None => credential(key, value),
    }?;
    let tells = credential != Credential::Other || is_sensitive(key);
    tells.then(|| Leaf {
        key: key.to_owned(),
        credential,
    })
}

fn of_lines(text: &str) -> Vec<Leaf> {
    text.split(['\n', ';'])
        .filter_map(|line| {
            let (key, value) = assignment(line)?;
            judge(key, value)
        })
        .collect()
}

/// Key and value of a line such as `export KEY="value"` or `key: value`.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    if line.starts_with(['#', ';']) || line.starts_with("//") {
        return None;
    }
    let line = line.strip_prefix("export ").unwrap_or(line);
    let at = line.find(['=', ':'])?;
    let (key, value) = line.split_at_checked(at)?;
    let key = key.trim_matches(['"', '\'', ' ', '\t', '-']);
    let value = value.trim_start_matches(['=', ':', ' ', '\t']);
    let value = value.trim_end_matches([',', ';', ' ']);
    let value = value.trim_matches(['"', '\'']);
    let is_name = !key.is_empty() && !key.contains(' ');
    is_name.then_some((key, value))
}

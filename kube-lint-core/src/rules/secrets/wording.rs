//! Words that messages of this family share.

use crate::yaml::Node;

/// The kind of an object as words: `cron job`.
pub(super) fn noun(kind: &str) -> String {
    let mut words = String::with_capacity(kind.len() + 2);
    let mut is_small = false;
    for character in kind.chars() {
        if character.is_uppercase() && is_small {
            words.push(' ');
        }
        is_small = character.is_lowercase();
        words.extend(character.to_lowercase());
    }
    words
}

/// The name of a field in backticks; in a document that does not parse, where a value may stand in the
/// place of a name, `what`.
pub(super) fn name_or(node: Node<'_>, what: &str) -> String {
    let name = node.text().filter(|_| node.document().error().is_none());
    name.map_or_else(|| what.to_owned(), |it| format!("`{it}`"))
}

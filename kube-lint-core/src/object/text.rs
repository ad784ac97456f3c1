//! Scalars that are what they say, and those that a template engine will replace.

use crate::yaml::Node;

/// A string of a manifest and where it stands; its text is known, not a template.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Text<'a> {
    /// The string as kubectl reads it.
    pub value: &'a str,
    /// Where it stands.
    pub node: Node<'a>,
}

impl<'a> Text<'a> {
    /// The string of `node`; `None` where it is not a string, or only after a template engine ran.
    pub fn of(node: Node<'a>) -> Option<Self> {
        let value = node.str()?;
        (!is_template(value)).then_some(Self { value, node })
    }
}

/// The known string in the field `key` of the mapping `node`.
pub fn text<'a>(node: Node<'a>, key: &str) -> Option<Text<'a>> {
    Text::of(node.get(key)?)
}

/// The known strings in the list `key` of the mapping `node`.
pub fn texts<'a>(node: Node<'a>, key: &str) -> impl Iterator<Item = Text<'a>> + use<'a> {
    let list = node.get(key);
    list.into_iter().flat_map(Node::items).filter_map(Text::of)
}

/// Whether text holds the marks of a template: `{{…}}`, `${…}`, `$(…)`, `<…>` or `__NAME__`.
///
/// Nothing may be concluded from such a scalar.
///
/// ```
/// use kube_lint_core::object::is_template;
///
/// assert!(is_template("{{ .Values.name }}"));
/// assert!(is_template("$(POD_NAMESPACE)"));
/// assert!(is_template("__IMAGE__"));
/// assert!(!is_template("system:serviceaccount"));
/// ```
pub fn is_template(text: &str) -> bool {
    // Almost no text has any of these; no search that has to be prepared is as quick on a name.
    let seen = text.bytes().fold(0, |seen, it| {
        seen | match it {
            b'{' | b'$' | b'<' => 2,
            b'_' => 1,
            _ => 0,
        }
    });
    match seen {
        0 => false,
        1 => has_underscored_word(text),
        _ => has_marks(text),
    }
}

fn has_marks(text: &str) -> bool {
    text.contains("{{")
        || text.contains("${")
        || text.contains("$(")
        || text
            .split_once('<')
            .is_some_and(|(_, rest)| rest.contains('>'))
        || has_underscored_word(text)
}

/// `__NAME__` with at least one character between.
fn has_underscored_word(text: &str) -> bool {
    if !text.as_bytes().windows(2).any(|it| it == b"__") {
        return false;
    }
    let Some((_, rest)) = text.split_once("__") else {
        return false;
    };
    rest.trim_start_matches('_')
        .split_once("__")
        .is_some_and(|(word, _)| is_word(word))
}

fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || it == b'_')
}

//! Which objects a kustomization changes, and in which fields.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use crate::{object::Object, yaml::Node};

/// A change to objects that a kustomization makes.
#[derive(Clone, Debug)]
pub(crate) struct Patch<'a> {
    pub(crate) target: Target<'a>,
    pub(crate) change: Change<'a>,
}

/// Which objects a patch is for; an absent field matches every object.
///
/// Names and kinds are regular expressions in kustomize's `target`; whatever is more than a word is
/// taken to match, so that nothing is concluded from a field that might be patched.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Target<'a> {
    group: Option<&'a str>,
    kind: Option<&'a str>,
    name: Option<&'a str>,
}

/// What a patch changes.
#[derive(Clone, Debug)]
pub(crate) enum Change<'a> {
    /// Unknown fields.
    Anything,
    /// The fields that this mapping has.
    Merge(Node<'a>),
    /// The fields at these JSON pointers.
    Pointers(Vec<&'a str>),
}

impl<'a> Patch<'a> {
    /// The patch that a partial object is.
    pub(crate) fn of_object(object: &Object<'a>) -> Option<Self> {
        Some(Self {
            target: Target::of_object(object.root())?,
            change: Change::Merge(object.root()),
        })
    }

    /// A patch of unknown content.
    pub(crate) fn of_anything(target: Target<'a>) -> Self {
        Self {
            target,
            change: Change::Anything,
        }
    }
}

impl<'a> Target<'a> {
    /// Reads a `target` of a kustomization.
    pub(crate) fn new(node: Node<'a>) -> Self {
        let field = |key| node.get(key).and_then(Node::str);
        Self {
            group: field("group"),
            kind: field("kind"),
            name: field("name"),
        }
    }

    /// The object that a strategic merge patch names itself.
    pub(crate) fn of_object(root: Node<'a>) -> Option<Self> {
        Some(Self {
            group: None,
            kind: Some(root.get("kind")?.str()?),
            name: root.at(&["metadata", "name"]).and_then(Node::str),
        })
    }

    /// Whether `object` may be meant.
    pub(crate) fn matches(&self, object: &Object<'_>) -> bool {
        let name = object.name().map_or("", |it| it.value);
        meets(self.kind, object.kind_name())
            && meets(self.group, object.group())
            && (name.is_empty() || meets(self.name, name))
    }
}

/// Whether the pattern is absent, is `word`, or is more than a word.
fn meets(pattern: Option<&str>, word: &str) -> bool {
    pattern.is_none_or(|it| it == word || it.contains(['*', '.', '|', '(', '[', '+', '^', '$']))
}

impl<'a> Change<'a> {
    /// Reads the text of a patch: a list of JSON 6902 operations, or a strategic merge patch.
    pub(crate) fn new(root: Node<'a>) -> Self {
        if root.is_sequence() {
            let pointers = root.items().filter_map(|it| it.get("path")?.str());
            Self::Pointers(pointers.collect())
        } else if root.is_mapping() {
            Self::Merge(root)
        } else {
            Self::Anything
        }
    }
}

/// The fields of one object that patches may give it or change.
#[derive(Debug, Default)]
pub(crate) struct Changed<'a> {
    fields: FxHashMap<Cow<'a, str>, Self>,
    /// Whether all below may be changed.
    is_open: bool,
}

impl<'a> Changed<'a> {
    /// Adds what a patch changes.
    pub(crate) fn add(&mut self, change: &Change<'a>) {
        match change {
            Change::Anything => self.is_open = true,
            Change::Merge(root) => self.merge(*root),
            Change::Pointers(pointers) => pointers.iter().for_each(|it| self.point(it)),
        }
    }

    /// Whether a patch may give the object the field at `path`, or change it.
    pub(crate) fn touches(&self, path: &[&str]) -> bool {
        let Some((first, rest)) = path.split_first() else {
            return true;
        };
        let touches = |it: &Self| it.touches(rest);
        self.is_open || self.fields.get(*first).is_some_and(touches)
    }

    /// Adds the fields of `node`, those of all items where it is a list.
    fn merge(&mut self, node: Node<'a>) {
        // Copies of copies could be more than anybody can walk through.
        if self.is_open || node.target() != node || node.get("$patch").is_some() {
            self.is_open = true;
            return;
        }
        node.items().for_each(|it| self.merge(it));
        for (key, value) in node.fields() {
            if let Some(key) = key.key_text() {
                self.fields.entry(key).or_default().merge(value);
            }
        }
    }

    /// Adds the fields that a JSON pointer goes through.
    fn point(&mut self, pointer: &'a str) {
        let parts = pointer.split('/').skip(1);
        let parts = parts.filter(|it| it.parse::<u32>().is_err() && *it != "-");
        let at = parts.fold(self, |at, part| {
            at.fields.entry(Cow::Borrowed(part)).or_default()
        });
        at.is_open = true;
    }
}

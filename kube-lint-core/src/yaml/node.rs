//! Nodes of a document: cheap to copy, questions answered as kubectl would.

use std::{
    borrow::Cow,
    hash::{Hash, Hasher},
    iter::FusedIterator,
    ptr,
};

use crate::span::{Place, Span};

use super::{
    document::Document,
    fields::Fields,
    resolve::Scalar,
    tree::{NO_PARENT, NodeData, NodeId, Style, flag},
};

/// A value or a key of a [`Document`].
///
/// Questions about the content (`get`, `items`, `str` and so on) see through an alias; questions
/// about the text (`span`, `style`, `parent`) are about the alias itself.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    document: &'a Document,
    id: u32,
}

impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && ptr::eq(self.document, other.document)
    }
}

impl Eq for Node<'_> {}

impl Hash for Node<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (ptr::from_ref(self.document), self.id).hash(state);
    }
}

impl std::fmt::Debug for Node<'_> {
    /// Leaves out the text, which may be a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Node({} {:?} {:?})", self.id, self.style(), self.span())
    }
}

impl<'a> Node<'a> {
    pub(super) fn new(document: &'a Document, id: u32) -> Self {
        Self { document, id }
    }

    pub(super) fn data(self) -> NodeData {
        self.document.tree().get(self.id)
    }

    /// The document that holds the node.
    pub fn document(self) -> &'a Document {
        self.document
    }

    /// The node's id in its document.
    pub fn id(self) -> NodeId {
        NodeId(self.id)
    }

    /// The node's text, in bytes of the document.
    ///
    /// A block scalar goes from its `|` or `>` to the end of its last line, a block collection from
    /// its first key or dash to the end of its last value, an alias is the `*name`. Anchors and tags
    /// are left out. A value that is left empty has an empty span behind the colon or dash.
    pub fn span(self) -> Span {
        self.data().span
    }

    /// The node's text, in bytes of the file.
    pub fn place(self) -> Place {
        self.document.place(self.span())
    }

    /// The line of the file in which the node begins, from 1.
    pub fn line(self) -> u32 {
        let text = self.document.text().as_bytes();
        let before = text.get(..self.span().range().start).unwrap_or_default();
        let breaks = memchr::memchr_iter(b'\n', before).count();
        self.document.first_line() + u32::try_from(breaks).unwrap_or(u32::MAX)
    }

    /// The node as it is written.
    pub fn source(self) -> &'a str {
        self.document.source(self.span())
    }

    /// The collection that holds the node.
    pub fn parent(self) -> Option<Self> {
        let parent = self.data().parent;
        (parent != NO_PARENT).then(|| Self::new(self.document, parent))
    }

    /// The key of a mapping's value; `None` for anything else.
    pub fn key(self) -> Option<Self> {
        let is_value = self.data().flags & flag::VALUE != 0;
        is_value.then(|| Self::new(self.document, self.id - 1))
    }

    /// The value of a mapping's key; `None` for anything else.
    pub fn value(self) -> Option<Self> {
        let mapping = self.parent().filter(|it| it.is_mapping());
        let is_key = mapping.is_some() && self.key().is_none();
        is_key.then(|| Self::new(self.document, self.data().next))
    }

    /// How the node is written.
    pub fn style(self) -> Style {
        self.data().style
    }

    /// The node itself, or what it stands for if it is an alias.
    #[must_use]
    pub fn target(self) -> Self {
        Self::new(self.document, self.document.tree().resolved(self.id))
    }

    /// Whether this is a mapping or an alias of one.
    pub fn is_mapping(self) -> bool {
        matches!(
            self.target().style(),
            Style::BlockMapping | Style::FlowMapping
        )
    }

    /// Whether this is a sequence or an alias of one.
    pub fn is_sequence(self) -> bool {
        matches!(
            self.target().style(),
            Style::BlockSequence | Style::FlowSequence
        )
    }

    /// Whether this is a scalar or an alias of one.
    pub fn is_scalar(self) -> bool {
        matches!(
            self.target().style(),
            Style::Plain
                | Style::SingleQuoted
                | Style::DoubleQuoted
                | Style::Literal
                | Style::Folded
        )
    }

    /// The keys and values of a mapping as kubectl reads them: an alias is followed, `<<` merged, and
    /// of equal keys only the last one counts. Nothing for anything but a mapping.
    pub fn fields(self) -> Fields<'a> {
        Fields::of(self.target())
    }

    /// The keys and values of a mapping as they are written, `<<` and overwritten ones too.
    pub fn entries(self) -> Entries<'a> {
        let target = self.target();
        let is_mapping = matches!(target.style(), Style::BlockMapping | Style::FlowMapping);
        Entries(Items::children(target, is_mapping))
    }

    /// The items of a sequence; nothing for anything else.
    pub fn items(self) -> Items<'a> {
        let target = self.target();
        let is_sequence = matches!(target.style(), Style::BlockSequence | Style::FlowSequence);
        Items::children(target, is_sequence)
    }

    /// The value that kubectl sees for `key` in a mapping.
    pub fn get(self, key: &str) -> Option<Self> {
        let mapping = self.target();
        let odd = flag::MERGES | flag::DUPLICATES | flag::ODD_KEYS;
        if mapping.data().flags & odd == 0 {
            let mut entries = mapping.entries();
            return entries.find_map(|(it, value)| it.has_text(key).then_some(value));
        }
        let mut fields = mapping.fields();
        fields.find_map(|(it, value)| (it.key_text().as_deref() == Some(key)).then_some(value))
    }

    /// The value at the end of a path of keys.
    pub fn at(self, path: &[&str]) -> Option<Self> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// What kubectl takes a scalar for; `None` for collections.
    pub fn scalar(self) -> Option<Scalar<'a>> {
        let id = self.target().id;
        self.document.tree().scalar(self.document.text(), id)
    }

    /// The text of a scalar, whatever its type: without quotes and escapes, lines joined as the style
    /// demands.
    pub fn text(self) -> Option<&'a str> {
        self.target().own_text()
    }

    fn own_text(self) -> Option<&'a str> {
        self.document.tree().text(self.document.text(), self.id)
    }

    /// Whether its own text is `text`.
    fn has_text(self, text: &str) -> bool {
        let tree = self.document.tree();
        tree.has_text(self.document.text(), self.id, text)
    }

    /// The value of a scalar that kubectl reads as a string.
    pub fn str(self) -> Option<&'a str> {
        match self.scalar()? {
            Scalar::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The value of a scalar that kubectl reads as a boolean: `yes` and `on` too.
    pub fn bool(self) -> Option<bool> {
        match self.scalar()? {
            Scalar::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The value of a scalar that kubectl reads as a whole number of at most 64 bits with sign.
    pub fn integer(self) -> Option<i64> {
        match self.scalar()? {
            Scalar::Int(value) => Some(value),
            _ => None,
        }
    }

    /// Whether kubectl reads the node as null.
    pub fn is_null(self) -> bool {
        self.scalar() == Some(Scalar::Null)
    }

    /// The key that kubectl makes of this node when it writes the mapping as JSON: `on` becomes
    /// `true` and `0x10` becomes `16`. `None` where it refuses.
    pub fn key_text(self) -> Option<Cow<'a, str>> {
        self.document.tree().key_text(self.document.text(), self.id)
    }

    /// Whether this is a key `<<` whose value is merged into the mapping.
    pub fn is_merge_key(self) -> bool {
        self.data().flags & flag::MERGE_KEY != 0
    }

    /// Span of the node's tag (`!!int`), if it has one.
    pub fn tag(self) -> Option<Span> {
        self.document.tree().tag(self.id).map(|(_, span)| span)
    }

    /// Every node below this one in the order of the text, keys too; aliases are not followed.
    pub fn descendants(self) -> Descendants<'a> {
        Descendants {
            document: self.document,
            at: self.id + 1,
            end: self.data().next,
        }
    }
}

/// The items of a sequence, see [`Node::items`].
#[derive(Clone, Debug)]
pub struct Items<'a> {
    document: &'a Document,
    at: u32,
    end: u32,
}

impl<'a> Items<'a> {
    /// What lies directly below a node, if it is wanted.
    fn children(node: Node<'a>, wanted: bool) -> Self {
        Self {
            document: node.document,
            at: node.id + 1,
            end: if wanted { node.data().next } else { 0 },
        }
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Node<'a>> {
        if self.at >= self.end {
            return None;
        }
        let node = Node::new(self.document, self.at);
        self.at = node.data().next;
        Some(node)
    }
}

impl FusedIterator for Items<'_> {}

/// The keys and values of a mapping as written, see [`Node::entries`].
#[derive(Clone, Debug)]
pub struct Entries<'a>(Items<'a>);

impl<'a> Iterator for Entries<'a> {
    type Item = (Node<'a>, Node<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        Some((self.0.next()?, self.0.next()?))
    }
}

impl FusedIterator for Entries<'_> {}

/// The nodes below a node, see [`Node::descendants`].
#[derive(Clone, Debug)]
pub struct Descendants<'a> {
    document: &'a Document,
    at: u32,
    end: u32,
}

impl<'a> Iterator for Descendants<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Node<'a>> {
        if self.at >= self.end {
            return None;
        }
        let node = Node::new(self.document, self.at);
        self.at += 1;
        Some(node)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.end.saturating_sub(self.at) as usize;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Descendants<'_> {}
impl FusedIterator for Descendants<'_> {}

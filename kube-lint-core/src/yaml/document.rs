//! A document: its text and the arena of nodes that stand for byte ranges of it.

use std::fmt;

use crate::span::{FileId, Place, Span, narrow};

use super::{
    build::Builder,
    json,
    node::Node,
    quick, read,
    split::Chunk,
    text,
    tree::{NodeId, Tree},
};

/// How much work a document may ask for before it is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// Collections within one another, aliases followed. kubectl stops at 10,000; a manifest has
    /// about 20.
    pub depth: u32,
    /// Nodes after every alias is replaced by what it stands for. kubectl's own limit on the share of
    /// aliases holds as well.
    pub expanded_nodes: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 1_000,
            expanded_nodes: 20_000_000,
        }
    }
}

/// Why kubectl refuses a document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SyntaxError {
    /// Where, in bytes of the document.
    pub span: Span,
    /// What is wrong: lower case, no full stop, and never any text of the document, which may be a
    /// secret.
    pub message: String,
    /// What sort of fault it is.
    pub kind: SyntaxErrorKind,
}

/// The sorts of [`SyntaxError`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum SyntaxErrorKind {
    /// The text is not YAML.
    Syntax,
    /// Nested too deep, or grown too large by its aliases.
    Limit,
    /// YAML that JSON, and so kubectl, cannot hold: a mapping as a key, `.inf`, `!!int` of a word.
    Unsupported,
}

/// A manifest's text, its nodes, comments and the error that ended it, if any.
///
/// Every [`Span`] counts bytes from the start of the document; [`place`](Self::place) turns it into a
/// place in the file.
pub struct Document {
    file: FileId,
    offset: u32,
    first_line: u32,
    text: Box<str>,
    tree: Tree,
    json: bool,
}

impl Document {
    /// Reads the first YAML document of a chunk, as kubectl does; JSON is read as JSON.
    ///
    /// Never fails: what is read before an error is kept, well formed.
    pub fn parse(file: FileId, chunk: Chunk<'_>, limits: &Limits) -> Self {
        let (tree, json) = parse(chunk.text, *limits);
        Self {
            file,
            offset: chunk.offset,
            first_line: chunk.first_line,
            text: chunk.text.into(),
            tree,
            json,
        }
    }

    /// Reads a text that is no part of a run: it is in no file and starts at its own beginning.
    pub fn parse_text(text: &str, limits: &Limits) -> Self {
        let chunk = Chunk {
            offset: 0,
            first_line: 1,
            text,
        };
        Self::parse(FileId::NONE, chunk, limits)
    }

    /// The outermost node; `None` where there is nothing but blanks and comments.
    pub fn root(&self) -> Option<Node<'_>> {
        (!self.tree.nodes.is_empty()).then(|| Node::new(self, 0))
    }

    /// The file that the text comes from.
    pub fn file(&self) -> FileId {
        self.file
    }

    /// The text as in the file.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Byte of the file at which the text begins.
    pub fn offset(&self) -> u32 {
        self.offset
    }

    /// The bytes of the file that the text is.
    pub fn span(&self) -> Span {
        Span::new(
            self.offset,
            self.offset.saturating_add(narrow(self.text.len())),
        )
    }

    /// 1-based line of the file at which the text begins.
    pub fn first_line(&self) -> u32 {
        self.first_line
    }

    /// The node with this id of this document. An id of another document gives some node or other,
    /// one that answers as an empty scalar where there is none.
    pub fn node(&self, id: NodeId) -> Node<'_> {
        Node::new(self, id.0)
    }

    /// Why the document could not be read to its end, or is refused by kubectl.
    pub fn error(&self) -> Option<&SyntaxError> {
        self.tree.error.as_ref()
    }

    /// Content that kubectl ignores in silence: it reads only the first YAML document of a chunk.
    pub fn dropped(&self) -> Option<Span> {
        self.tree.dropped
    }

    /// The comments in the order of the text, each from its `#` up to the line break.
    pub fn comments(&self) -> impl ExactSizeIterator<Item = Span> + '_ {
        self.tree.comments.iter().copied()
    }

    /// The nodes that carry an anchor, each with the span of its `&name`.
    pub fn anchors(&self) -> impl ExactSizeIterator<Item = (Node<'_>, Span)> + '_ {
        let anchors = self.tree.anchors.iter();
        anchors.map(|&(node, span)| (Node::new(self, node), span))
    }

    /// The aliases, each with the node that it stands for.
    pub fn aliases(&self) -> impl ExactSizeIterator<Item = (Node<'_>, Node<'_>)> + '_ {
        let aliases = self.tree.aliases.iter();
        aliases.map(|&(alias, target)| (Node::new(self, alias), Node::new(self, target)))
    }

    /// Where a span of this document is in its file.
    pub fn place(&self, span: Span) -> Place {
        Place {
            file: self.file,
            span: span.shifted(self.offset),
        }
    }

    /// Whether the document is written in JSON.
    pub fn is_json(&self) -> bool {
        self.json
    }

    pub(super) fn tree(&self) -> &Tree {
        &self.tree
    }

    pub(super) fn source(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }
}

impl fmt::Debug for Document {
    /// Leaves out the text, which may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("file", &self.file)
            .field("offset", &self.offset)
            .field("first_line", &self.first_line)
            .field("nodes", &self.tree.nodes.len())
            .field("error", &self.tree.error)
            .finish_non_exhaustive()
    }
}

fn parse(text: &str, limits: Limits) -> (Tree, bool) {
    if json::is_candidate(text)
        && let Some(tree) = json::read(Builder::new(text, limits), text)
    {
        return (tree, true);
    }
    let control = text::control_character(text);
    if control.is_none()
        && let Some(tree) = quick::read(text, limits)
    {
        return (tree, false);
    }
    let readable = match control {
        Some(at) => text::lines_before(text, at),
        None => text,
    };
    let mut tree = read::read(text, readable, limits);
    if let Some(at) = control
        && tree.error.is_none()
        && tree.dropped.is_none()
    {
        tree.error = Some(SyntaxError {
            span: text::character(text, at),
            message: "control characters are not allowed".to_owned(),
            kind: SyntaxErrorKind::Syntax,
        });
    }
    (tree, false)
}

//! The arena of a document: nodes that stand for byte ranges of its text.

use std::borrow::Cow;

use crate::span::{Span, narrow};

use super::{
    document::SyntaxError,
    resolve::{self, Scalar, Tag},
};

/// A node of one document; ids grow in the order of the text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct NodeId(pub(super) u32);

/// How a node is written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Style {
    /// A scalar without quotes, the empty one too.
    Plain,
    /// `'text'`
    SingleQuoted,
    /// `"text"`
    DoubleQuoted,
    /// A block scalar that keeps its line breaks: `|`.
    Literal,
    /// A block scalar whose lines are joined: `>`.
    Folded,
    /// `{key: value}`
    FlowMapping,
    /// `key: value`
    BlockMapping,
    /// `[item]`
    FlowSequence,
    /// `- item`
    BlockSequence,
    /// `*name`
    Alias,
}

/// One node of the arena; children follow their parent, `next` is the index behind the last of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct NodeData {
    pub(super) span: Span,
    pub(super) next: u32,
    /// [`NO_PARENT`] for the root.
    pub(super) parent: u32,
    pub(super) style: Style,
    pub(super) flags: u8,
}

pub(super) const NO_PARENT: u32 = u32::MAX;

/// Flags of [`NodeData`]; they say which of the side tables to ask, so that almost no node is looked
/// up there.
pub(super) mod flag {
    /// The text differs from the source: see `Tree::decoded`.
    pub(in super::super) const DECODED: u8 = 1;
    /// Has a tag: see `Tree::tags`.
    pub(in super::super) const TAGGED: u8 = 2;
    /// The value of a mapping's entry; its key is the node before.
    pub(in super::super) const VALUE: u8 = 4;
    /// A mapping with a `<<` that merges.
    pub(in super::super) const MERGES: u8 = 8;
    /// A mapping with one key twice.
    pub(in super::super) const DUPLICATES: u8 = 16;
    /// A mapping with a key that kubectl does not take as it is written: `on`, `0x10`, an alias.
    pub(in super::super) const ODD_KEYS: u8 = 32;
    /// A key that is a merge.
    pub(in super::super) const MERGE_KEY: u8 = 64;
}

/// The nodes of a document and what only few of them have; every table is in the order of the nodes.
#[derive(Default)]
pub(super) struct Tree {
    pub(super) nodes: Vec<NodeData>,
    /// Text of the nodes in `decoded_at`.
    pub(super) decoded: String,
    pub(super) decoded_at: Vec<(u32, Span)>,
    pub(super) comments: Vec<Span>,
    /// Node and its `&name`.
    pub(super) anchors: Vec<(u32, Span)>,
    /// Alias and its target.
    pub(super) aliases: Vec<(u32, u32)>,
    pub(super) tags: Vec<(u32, Tag, Span)>,
    /// `!!binary` nodes and their content.
    pub(super) binaries: Vec<(u32, String)>,
    pub(super) error: Option<SyntaxError>,
    pub(super) dropped: Option<Span>,
}

impl Tree {
    /// Removes the last node, a leaf, with all that belongs to it.
    pub(super) fn pop(&mut self) {
        self.nodes.pop();
        let node = narrow(self.nodes.len());
        pop_of(&mut self.decoded_at, |it| it.0 == node);
        pop_of(&mut self.anchors, |it| it.0 == node);
        pop_of(&mut self.aliases, |it| it.0 == node);
        pop_of(&mut self.tags, |it| it.0 == node);
        pop_of(&mut self.binaries, |it| it.0 == node);
    }

    pub(super) fn get(&self, node: u32) -> NodeData {
        self.nodes.get(node as usize).copied().unwrap_or(NodeData {
            span: Span::empty(0),
            next: node.saturating_add(1),
            parent: NO_PARENT,
            style: Style::Plain,
            flags: 0,
        })
    }

    /// The node that an alias stands for; the node itself where it is no alias.
    pub(super) fn resolved(&self, node: u32) -> u32 {
        if self.get(node).style != Style::Alias {
            return node;
        }
        find(&self.aliases, node, |it| it.0).map_or(node, |it| it.1)
    }

    pub(super) fn tag(&self, node: u32) -> Option<(Tag, Span)> {
        find(&self.tags, node, |it| it.0).map(|it| (it.1, it.2))
    }

    /// The text of a scalar; `source` is the text of the document.
    pub(super) fn text<'a>(&'a self, source: &'a str, node: u32) -> Option<&'a str> {
        let data = self.get(node);
        if data.flags & flag::DECODED != 0 {
            let span = find(&self.decoded_at, node, |it| it.0)?.1;
            return self.decoded.get(span.range());
        }
        let written = source.get(data.span.range())?;
        match data.style {
            Style::Plain => Some(written),
            Style::SingleQuoted | Style::DoubleQuoted => {
                written.get(1..written.len().saturating_sub(1))
            }
            _ => None,
        }
    }

    /// Whether [`text`](Self::text) is `sought`: almost always the bytes of the source tell.
    pub(super) fn has_text(&self, source: &str, node: u32, sought: &str) -> bool {
        let data = self.get(node);
        let quotes = match data.style {
            _ if data.flags & flag::DECODED != 0 => {
                return self.text(source, node) == Some(sought);
            }
            Style::Plain => 0,
            Style::SingleQuoted | Style::DoubleQuoted => 1,
            _ => return false,
        };
        let written = data.span.range();
        let inner = written.start + quotes..written.end.saturating_sub(quotes);
        source.as_bytes().get(inner) == Some(sought.as_bytes())
    }

    /// A scalar as kubectl reads it; a value that it refuses is a string.
    pub(super) fn scalar<'a>(&'a self, source: &'a str, node: u32) -> Option<Scalar<'a>> {
        let text = self.text(source, node)?;
        let data = self.get(node);
        if data.flags & flag::TAGGED == 0 {
            return Some(match data.style {
                Style::Plain => resolve::plain(text),
                _ => Scalar::Str(text),
            });
        }
        if let Some((_, content)) = find(&self.binaries, node, |it| it.0) {
            return Some(Scalar::Str(content));
        }
        let tagged = self
            .tag(node)
            .and_then(|(tag, _)| resolve::tagged(tag, text));
        Some(tagged.unwrap_or(Scalar::Str(text)))
    }

    /// The JSON key that kubectl makes of a scalar or of an alias of one.
    pub(super) fn key_text<'a>(&'a self, source: &'a str, node: u32) -> Option<Cow<'a, str>> {
        resolve::key(self.scalar(source, self.resolved(node))?)
    }
}

fn find<T>(table: &[T], node: u32, key: impl Fn(&T) -> u32) -> Option<&T> {
    let at = table.binary_search_by_key(&node, key).ok()?;
    table.get(at)
}

fn pop_of<T>(table: &mut Vec<T>, belongs: impl Fn(&T) -> bool) {
    if table.last().is_some_and(belongs) {
        table.pop();
    }
}

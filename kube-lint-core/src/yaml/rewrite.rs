//! Edits that change a node and leave every other byte as it is: style, comments and indentation.
//!
//! Each is `None` where that cannot be done: an alias stands for the node elsewhere, a comment would go with
//! it, nothing would be left, or it is written in a way that is too rare to be worth the care.

use rustc_hash::FxHashSet;

use crate::{
    edit::Edit,
    span::{FileId, Span, narrow},
};

use super::{
    node::Node,
    resolve::{self, Scalar},
    tree::{Style, flag},
};

/// A value that is to be written.
#[derive(Clone, Copy, Debug)]
pub enum NewValue<'t> {
    /// `false`
    Bool(bool),
    /// A string.
    Text(&'t str),
    /// `[a, b]`
    Texts(&'t [&'t str]),
    /// A mapping with one field that holds a string.
    Field(&'t str, &'t str),
}

impl<'a> Node<'a> {
    /// The entries of a mapping or sequence as they are written, each from its key, dash or first character
    /// to the end of its value; nothing for a scalar.
    pub fn parts(self) -> impl Iterator<Item = Span> + use<'a> {
        let node = self.target();
        let is_block = node.style() == Style::BlockSequence;
        let mut before = node.span().start();
        let items = node.items().map(move |item| {
            let span = item.span();
            let start = if is_block {
                dash(node.document().text(), before, span.start())
            } else {
                span.start()
            };
            before = span.end();
            Span::new(start, span.end())
        });
        let entries = node.entries();
        let entries = entries.map(|(key, value)| {
            let end = value.span().end().max(key.span().end());
            Span::new(key.span().start(), end)
        });
        entries.chain(items)
    }

    /// Makes a scalar, a key perhaps, the string `text` or the boolean, quoted as before where it was.
    pub fn rewritten(self, value: NewValue<'_>) -> Option<Vec<Edit>> {
        let is_free = self.may_be_edited() && self.tag().is_none() && !self.is_settled_key();
        if !is_free || self.span().is_empty() {
            return None;
        }
        let written = match (value, self.style()) {
            (_, Style::Plain) => value.written(self.is_json_like())?,
            (NewValue::Text(text), Style::SingleQuoted) => single_quoted(text)?,
            (NewValue::Text(text), Style::DoubleQuoted) => double_quoted(text)?,
            _ => return None,
        };
        Some(vec![self.edit(self.span(), written)])
    }

    /// Puts quotes around a scalar that has none, a key perhaps; its text is in no edit.
    pub fn quoted(self) -> Option<Vec<Edit>> {
        let is_odd = |it: char| matches!(it, '"' | '\\') || it.is_control();
        let is_plain = self.style() == Style::Plain && self.tag().is_none();
        let is_there = is_plain && !self.span().is_empty();
        if !is_there || !self.may_be_edited() || self.source().contains(is_odd) {
            return None;
        }
        let ends = [self.span().start(), self.span().end()];
        let edits = ends.map(|at| self.edit(Span::empty(at), "\"".to_owned()));
        Some(edits.into())
    }

    /// Takes bytes of the document out of a scalar.
    pub fn without_bytes(self, span: Span) -> Option<Vec<Edit>> {
        let is_within = self.is_scalar() && self.span().contains(span) && self.may_be_edited();
        is_within.then(|| vec![self.edit(span, String::new())])
    }

    /// Takes `items` out of a sequence; one at least must be left.
    pub fn without_items(self, items: &[Self]) -> Option<Vec<Edit>> {
        self.without(self.items(), items)
    }

    /// Takes the entries with `values` out of a mapping; one at least must be left.
    pub fn without_entries(self, values: &[Self]) -> Option<Vec<Edit>> {
        self.without(self.entries().map(|it| it.1), values)
    }

    /// Adds an item to the end of a sequence that has some.
    pub fn with_item(self, item: NewValue<'_>) -> Option<Vec<Edit>> {
        let last = self.parts().last()?;
        if self.ends_in_block_scalar() {
            return None;
        }
        let content = if self.style() == Style::BlockSequence {
            format!("- {}", item.written_in_block()?)
        } else {
            item.written(self.is_json_like())?
        };
        self.with_part_behind(last, &content)
    }

    /// Adds a field to a mapping that has none of that name: behind the one with `sibling` as its value,
    /// behind the last where there is none.
    pub fn with_field(
        self,
        sibling: Option<Self>,
        key: &str,
        value: NewValue<'_>,
    ) -> Option<Vec<Edit>> {
        if self.is_settled() || self.get(key).is_some() {
            return None;
        }
        let is_json = self.is_json_like();
        let values: Vec<_> = self.entries().map(|it| it.1).collect();
        let number = match sibling {
            Some(sibling) => values.iter().position(|it| *it == sibling)?,
            None => values.len().checked_sub(1)?,
        };
        let key = NewValue::Text(key).written(is_json)?;
        let content = format!("{key}: {}", value.written(is_json)?);
        if values.get(number)?.ends_in_block_scalar() {
            return None;
        }
        self.with_part_behind(self.parts().nth(number)?, &content)
    }

    fn edit(self, span: Span, replacement: String) -> Edit {
        Edit {
            place: self.document().place(span),
            replacement,
        }
    }

    /// Whether the node is in a file, and where it stands is the one place where it counts: no alias can
    /// stand for it.
    fn may_be_edited(self) -> bool {
        let document = self.document();
        let anchors = &document.tree().anchors;
        let is_anchored =
            |it: Node<'_>| anchors.binary_search_by_key(&it.id().0, |it| it.0).is_ok();
        let mut ancestors = std::iter::successors(Some(self), |it| it.parent());
        document.file() != FileId::NONE
            && document.error().is_none()
            && self.style() != Style::Alias
            && !ancestors.any(is_anchored)
    }

    /// Whether other entries of the mapping count instead of some that are written.
    fn is_settled(self) -> bool {
        self.data().flags & (flag::MERGES | flag::DUPLICATES) != 0
    }

    fn is_settled_key(self) -> bool {
        self.value().is_some() && self.parent().is_some_and(Node::is_settled)
    }

    /// Whether all of the document is written as JSON is, so that strings have quotes.
    fn is_json_like(self) -> bool {
        let root = self.document().root();
        let mapping = root.filter(|it| it.style() == Style::FlowMapping);
        let first = mapping.and_then(|it| it.entries().next());
        first.is_some_and(|it| it.0.style() == Style::DoubleQuoted)
    }

    /// Whether blank lines behind it may belong to it.
    fn ends_in_block_scalar(self) -> bool {
        self.descendants().last().unwrap_or(self).is_block_scalar()
    }

    fn is_block_scalar(self) -> bool {
        matches!(self.style(), Style::Literal | Style::Folded)
    }

    fn is_block(self) -> bool {
        matches!(self.style(), Style::BlockMapping | Style::BlockSequence)
    }

    /// Takes out those of the `values` of the parts that are among `unwanted`.
    fn without(self, values: impl Iterator<Item = Self>, unwanted: &[Self]) -> Option<Vec<Edit>> {
        if !self.may_be_edited() || self.is_settled() || self.is_adorned() {
            return None;
        }
        let unwanted: FxHashSet<_> = unwanted.iter().map(|it| it.id()).collect();
        let is_kept: Vec<_> = values.map(|it| !unwanted.contains(&it.id())).collect();
        if !is_kept.contains(&true) {
            return None;
        }
        let parts: Vec<_> = self.parts().collect();
        let mut edits = Vec::new();
        let mut first = 0;
        for run in is_kept.chunk_by(|one, other| one == other) {
            let next = first + run.len();
            if run.first() == Some(&false) {
                let span = self.run(&parts, first, next)?;
                edits.push(self.edit(span, String::new()));
            }
            first = next;
        }
        Some(edits)
    }

    /// Whether anchors, tags, question marks or block scalars make it unclear where the parts begin and end.
    fn is_adorned(self) -> bool {
        let document = self.document();
        let (first, next) = (self.id().0, self.data().next);
        let anchors = &document.tree().anchors;
        let at = anchors.partition_point(|it| it.0 < first);
        let is_anchored = anchors.get(at).is_some_and(|it| it.0 < next);
        let is_explicit = |it: Span| {
            self.before(it.start())
                .trim_end_matches([' ', '\t'])
                .ends_with('?')
        };
        let is_odd = |it: Node<'_>| it.tag().is_some() || it.is_block_scalar();
        is_anchored || self.descendants().any(is_odd) || self.parts().any(is_explicit)
    }

    /// The bytes that go with the parts from `first` up to `next`.
    fn run(self, parts: &[Span], first: usize, next: usize) -> Option<Span> {
        let start = parts.get(first)?.start();
        let before = first.checked_sub(1).and_then(|it| parts.get(it));
        let span = match (parts.get(next), before) {
            (Some(kept), _) => Span::new(start, kept.start()),
            (None, Some(before)) if self.is_block() => {
                let end = parts.last()?.end();
                Span::new(self.line_end(before.end())?, self.line_end(end)?)
            }
            (None, before) => Span::new(before?.end(), parts.last()?.end()),
        };
        let is_explained = self.is_block() && self.has_comment_above(start);
        let comments = &self.document().tree().comments;
        let comment = comments.get(comments.partition_point(|it| it.end() <= span.start()));
        let takes_one = comment.is_some_and(|it| it.start() < span.end());
        (!is_explained && !takes_one).then_some(span)
    }

    /// Adds `content` behind one of the parts.
    fn with_part_behind(self, part: Span, content: &str) -> Option<Vec<Edit>> {
        if !self.may_be_edited() || part.is_empty() {
            return None;
        }
        let column = self.column(part.start());
        let (at, text) = if self.is_block() {
            let separator = format!("{}{}", self.line_break(), " ".repeat(column?));
            (self.line_end(part.end())?, separator + content)
        } else if let (Some(column), true) = (column, self.is_first_on_its_line(part)) {
            let indent = " ".repeat(column);
            (
                part.end(),
                format!(",{}{indent}{content}", self.line_break()),
            )
        } else {
            (part.end(), format!(", {content}"))
        };
        Some(vec![self.edit(Span::empty(at), text)])
    }

    /// How many blanks stand before what begins at `at` on its line, dashes counted for blanks; `None` where
    /// something else does.
    fn column(self, at: u32) -> Option<usize> {
        let before = self.before(at);
        let rest = before.trim_end_matches([' ', '-']);
        let is_all = matches!(rest, "" | "\u{feff}") || rest.ends_with('\n');
        is_all.then(|| before.len() - rest.len())
    }

    fn is_first_on_its_line(self, part: Span) -> bool {
        let before = self.before(part.start());
        before.trim_end_matches(' ').ends_with('\n') && part.start() > self.span().start()
    }

    fn before(self, at: u32) -> &'a str {
        self.document()
            .text()
            .get(..at as usize)
            .unwrap_or_default()
    }

    /// Where the line ends on which a part ends, if nothing but a comment follows there.
    fn line_end(self, end: u32) -> Option<u32> {
        let behind = self.document().text().get(end as usize..)?;
        let rest = behind.split('\n').next().unwrap_or_default();
        let line = rest.strip_suffix('\r').unwrap_or(rest);
        let is_at_end = !self.before(end).ends_with('\n');
        let is_free = matches!(line.trim_start().as_bytes().first(), None | Some(b'#'));
        (is_at_end && is_free && !line.contains('\r')).then(|| end + narrow(line.len()))
    }

    /// The line break of the document.
    fn line_break(self) -> &'static str {
        let first = self.document().text().split_once('\n');
        match first {
            Some((line, _)) if line.ends_with('\r') => "\r\n",
            _ => "\n",
        }
    }

    /// Whether the line above the one that holds `at` is nothing but a comment.
    fn has_comment_above(self, at: u32) -> bool {
        let above = self.before(at).rsplit('\n').nth(1);
        above.is_some_and(|it| it.trim_start().starts_with('#'))
    }
}

impl NewValue<'_> {
    /// As it stands in a flow collection, or behind a key.
    fn written(self, is_json: bool) -> Option<String> {
        Some(match self {
            Self::Bool(value) => value.to_string(),
            Self::Text(text) if is_json || !is_plain(text) => double_quoted(text)?,
            Self::Text(text) => text.to_owned(),
            Self::Texts(texts) => {
                let texts = texts.iter().map(|it| Self::Text(it).written(is_json));
                format!("[{}]", texts.collect::<Option<Vec<_>>>()?.join(", "))
            }
            Self::Field(key, text) => {
                let key = Self::Text(key).written(is_json)?;
                format!("{{{key}: {}}}", Self::Text(text).written(is_json)?)
            }
        })
    }

    /// As it stands behind the dash of a block.
    fn written_in_block(self) -> Option<String> {
        match self {
            Self::Field(key, text) => {
                let text = Self::Text(text).written(false)?;
                Some(format!("{}: {text}", Self::Text(key).written(false)?))
            }
            _ => self.written(false),
        }
    }
}

/// Whether YAML reads the text without quotes as this string, wherever it stands.
fn is_plain(text: &str) -> bool {
    let is_usual =
        |it: char| it.is_ascii_alphanumeric() || matches!(it, '.' | '_' | '/' | '-' | ':');
    text.starts_with(|it: char| it.is_ascii_alphanumeric())
        && text.chars().all(is_usual)
        && !text.ends_with(':')
        && resolve::plain(text) == Scalar::Str(text)
}

fn single_quoted(text: &str) -> Option<String> {
    let is_readable = !text.chars().any(char::is_control);
    is_readable.then(|| format!("'{}'", text.replace('\'', "''")))
}

fn double_quoted(text: &str) -> Option<String> {
    let is_readable = !text.chars().any(char::is_control);
    is_readable.then(|| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// The dash between the end of one item and the start of the next.
fn dash(text: &str, from: u32, to: u32) -> u32 {
    let between = text.get(Span::new(from, to).range()).unwrap_or_default();
    let mut at = from;
    for line in between.split_inclusive(['\n', '\r']) {
        let content = line.trim_start();
        if content.starts_with('-') {
            return at + narrow(line.len() - content.len());
        }
        at += narrow(line.len());
    }
    to
}

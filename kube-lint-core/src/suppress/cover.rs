//! What a comment is about: a line, and all that begins on it.

use memchr::{memchr2, memrchr2};

use crate::{
    span::Span,
    yaml::{Document, Node, NodeId, Style},
};

use super::{is_passed_over, is_separator};

/// The lines of a document, and where what begins on them ends.
pub(super) struct Lines<'a> {
    text: &'a str,
    /// Entries of mappings, items of lists and objects, in order of their beginning.
    parts: Vec<Span>,
    /// The line asked for last, and what begins on it: comments above a line come in rows.
    last: Option<(Span, Span)>,
    /// A line, and the next below it with content, found for a comment before.
    next: Option<(Span, Option<Span>)>,
}

impl<'a> Lines<'a> {
    /// The lines of `document`, in which `objects` begin.
    pub(super) fn of(document: &'a Document, objects: &[NodeId]) -> Self {
        let mut parts = Vec::new();
        if let Some(root) = document.root() {
            parts.push(root.span());
            parts.extend(objects.iter().map(|it| document.node(*it).span()));
            add_parts(root, &mut parts);
            root.descendants().for_each(|it| add_parts(it, &mut parts));
        }
        parts.sort_unstable();
        Self {
            text: document.text(),
            parts,
            last: None,
            next: None,
        }
    }

    /// What the comment at `comment` is about: what begins on its own line, or, where it stands alone
    /// there, on the next line with content; `None` where there is none.
    pub(super) fn covered_by(&mut self, comment: Span) -> Option<Span> {
        let mut line = self.line(comment.start());
        if self.before(comment).trim().is_empty() {
            line = self.next_line(line)?;
        }
        if let Some((_, covered)) = self.last.filter(|it| it.0 == line) {
            return Some(covered);
        }
        let covered = self.begun_on(line);
        self.last = Some((line, covered));
        Some(covered)
    }

    /// Whether the comment at `comment` stands behind a `---`.
    pub(super) fn is_separator(&self, comment: Span) -> bool {
        is_separator(self.before(comment))
    }

    /// What stands before a comment on its line.
    fn before(&self, comment: Span) -> &'a str {
        let line = self.line(comment.start());
        let before = Span::new(line.start(), comment.start());
        let before = self.text.get(before.range()).unwrap_or_default();
        before.trim_start_matches('\u{feff}')
    }

    /// The line that holds byte `at`, without its break.
    fn line(&self, at: u32) -> Span {
        let bytes = self.text.as_bytes();
        let at = (at as usize).min(bytes.len());
        let before = bytes.get(..at).unwrap_or_default();
        let behind = bytes.get(at..).unwrap_or_default();
        let start = memrchr2(b'\n', b'\r', before).map_or(0, |it| it + 1);
        let end = memchr2(b'\n', b'\r', behind).map_or(bytes.len(), |it| at + it);
        Span::between(start, end)
    }

    /// The next line below `line` that holds more than a comment.
    fn next_line(&mut self, line: Span) -> Option<Span> {
        let is_between = |above: Span, below: Option<Span>| {
            above.start() <= line.start() && below.is_none_or(|it| line.end() < it.start())
        };
        match self.next {
            Some((above, below)) if is_between(above, below) => below,
            _ => {
                let below = self.find_next_line(line);
                self.next = Some((line, below));
                below
            }
        }
    }

    fn find_next_line(&self, mut line: Span) -> Option<Span> {
        while (line.end() as usize) < self.text.len() {
            line = self.line(line.end() + 1);
            let text = self.text.get(line.range()).unwrap_or_default();
            if !is_passed_over(text) && !is_separator(text) {
                return Some(line);
            }
        }
        None
    }

    /// From the beginning of `line` to the end of all that begins on it.
    ///
    /// That is one range: what goes on below the line holds the line's end.
    fn begun_on(&self, line: Span) -> Span {
        let first = self.parts.partition_point(|it| it.start() < line.start());
        let parts = self.parts.iter().skip(first);
        let begun = parts.take_while(|it| it.start() < line.end());
        let end = begun.map(|it| it.end()).max().unwrap_or_default();
        Span::new(line.start(), end.max(line.end()))
    }
}

/// Adds what begins with `node` itself, or with what it holds.
fn add_parts(node: Node<'_>, parts: &mut Vec<Span>) {
    match node.style() {
        Style::BlockMapping | Style::FlowMapping => {
            for (key, value) in node.entries() {
                parts.push(Span::new(key.span().start(), value.span().end()));
                parts.extend(own_line(value));
            }
        }
        Style::BlockSequence | Style::FlowSequence => parts.extend(node.parts()),
        _ => {}
    }
}

/// A value that may begin below its key. A block collection does so with its first entry or item,
/// which is then meant, and not the whole.
fn own_line(value: Node<'_>) -> Option<Span> {
    let is_block = matches!(value.style(), Style::BlockMapping | Style::BlockSequence);
    (!is_block).then(|| value.span())
}

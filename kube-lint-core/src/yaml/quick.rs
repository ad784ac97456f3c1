//! Reads the YAML that almost all manifests are made of, many times faster than a full parser.
//!
//! Block mappings and sequences, scalars of every style, plain flow collections and comments. What
//! it accepts means the same to libyaml and to granit; at anything else, errors included, it gives up
//! and [`read`](super::read) starts over.

mod flow;
mod scalar;

use memchr::{memchr, memchr_iter, memmem};

use crate::span::Span;

use super::{
    build::{Builder, Leaf, Stop},
    document::Limits,
    quoted, text,
    tree::{Style, Tree},
};

/// Collections within one another; deeper ones are left to the full parser.
const DEPTH: usize = 64;

/// Reads a text without control characters; `None` where it is unusual.
pub(super) fn read(text: &str, limits: Limits) -> Option<Tree> {
    let bytes = text.as_bytes();
    let unusual = memchr(b'\r', bytes).is_some()
        || !text.is_ascii()
            && (text.contains('\u{feff}') || text::old_breaks(text).next().is_some());
    if unusual {
        return None;
    }
    let mut scanner = Scanner {
        text,
        bytes,
        at: 0,
        line: (1, 0),
        builder: Builder::new(text, limits),
        open: Vec::with_capacity(DEPTH),
        pending: None,
        scratch: String::new(),
    };
    match scanner.document() {
        Ok(()) => Some(scanner.builder.finish()),
        Err(Halt) => None,
    }
}

/// Something that only the full parser reads, or judges.
struct Halt;

impl From<Stop> for Halt {
    fn from(_: Stop) -> Self {
        Self
    }
}

/// An open block collection.
#[derive(Clone, Copy)]
struct Level {
    /// Column of its keys or dashes.
    indent: usize,
    is_sequence: bool,
}

/// A key with its colon.
struct Key {
    start: usize,
    end: usize,
    style: Style,
}

struct Scanner<'t> {
    text: &'t str,
    bytes: &'t [u8],
    /// The start of the next line.
    at: usize,
    /// The line at hand, whose end is asked for again and again.
    line: (usize, usize),
    builder: Builder<'t>,
    open: Vec<Level>,
    /// Behind the colon or dash whose value has not come yet.
    pending: Option<usize>,
    scratch: String,
}

impl Scanner<'_> {
    fn document(&mut self) -> Result<(), Halt> {
        let mut separated = false;
        while let Some((start, indent)) = self.next_line()? {
            if indent == 0 && self.is_marker(start) {
                if separated || !self.open.is_empty() || self.byte(start) != Some(b'-') {
                    return Err(Halt);
                }
                separated = true;
                self.builder.skip_to(start + 3);
                self.end_line(start + 3)?;
                continue;
            }
            self.line(start, indent)?;
        }
        if self.open.is_empty() {
            return Err(Halt);
        }
        self.settle();
        while !self.open.is_empty() {
            self.close();
        }
        Ok(())
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    fn slice(&self, start: usize, end: usize) -> &'_ str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// The next line with content: its first byte that is not blank, and the column.
    fn next_line(&mut self) -> Result<Option<(usize, usize)>, Halt> {
        loop {
            let start = self.skip_spaces(self.at);
            match self.byte(start) {
                None => return Ok(None),
                Some(b'\n') => self.at = start + 1,
                Some(b'#') => self.comment(start),
                Some(b'\t') => return Err(Halt),
                Some(_) => {
                    self.line = (1, 0);
                    self.line = (start, self.line_end(start));
                    return Ok(Some((start, start - self.at)));
                }
            }
        }
    }

    fn skip_spaces(&self, from: usize) -> usize {
        let rest = self.bytes.get(from..).unwrap_or_default();
        let length = rest.iter().position(|byte| *byte != b' ');
        from + length.unwrap_or(rest.len())
    }

    fn line_end(&self, from: usize) -> usize {
        if self.line.0 <= from && from <= self.line.1 {
            return self.line.1;
        }
        let rest = self.bytes.get(from..).unwrap_or_default();
        memchr(b'\n', rest).map_or(self.bytes.len(), |at| from + at)
    }

    /// A comment up to the end of its line, and on to the next.
    fn comment(&mut self, start: usize) {
        let end = self.line_end(start);
        self.builder.comment(Span::between(start, end));
        self.at = end + 1;
    }

    /// Whether a line in the first column is `---`, `...` or a directive.
    fn is_marker(&self, start: usize) -> bool {
        let rest = self.bytes.get(start..).unwrap_or_default();
        rest.starts_with(b"---") || rest.starts_with(b"...") || rest.starts_with(b"%")
    }

    /// Goes to the next line; only blanks and a comment may be left of this one.
    fn end_line(&mut self, from: usize) -> Result<(), Halt> {
        let at = self.skip_spaces(from);
        match self.byte(at) {
            None => self.at = at,
            Some(b'\n') => self.at = at + 1,
            Some(b'#') if at > from => self.comment(at),
            Some(_) => return Err(Halt),
        }
        Ok(())
    }

    fn is_blank_at(&self, at: usize) -> bool {
        matches!(self.byte(at), None | Some(b' ' | b'\n'))
    }

    fn is_dash(&self, at: usize) -> bool {
        self.byte(at) == Some(b'-') && self.is_blank_at(at + 1)
    }

    /// The column that the lines of a scalar or flow collection must be deeper than.
    fn indent(&self) -> usize {
        self.open.last().map_or(0, |level| level.indent)
    }

    fn line(&mut self, start: usize, indent: usize) -> Result<(), Halt> {
        let is_dash = self.is_dash(start);
        if self.pending.is_some() {
            let owner = self.open.last().ok_or(Halt)?;
            let same_column = is_dash && !owner.is_sequence && indent == owner.indent;
            if indent > owner.indent || same_column {
                self.pending = None;
                return self.node(start, indent);
            }
            self.settle();
        }
        while let Some(level) = self.open.last() {
            let is_deeper = level.indent > indent;
            if !is_deeper && (level.indent < indent || !level.is_sequence || is_dash) {
                break;
            }
            self.close();
        }
        match self.open.last() {
            None if indent == 0 && self.builder.is_empty() => self.node(start, 0),
            Some(level) if level.indent == indent && level.is_sequence && is_dash => {
                self.item(start, indent)
            }
            Some(level) if level.indent == indent && !level.is_sequence && !is_dash => {
                let key = self.key(start)?.ok_or(Halt)?;
                self.entry(&key)
            }
            _ => Err(Halt),
        }
    }

    /// Gives the pending key or dash an empty value.
    fn settle(&mut self) {
        if let Some(at) = self.pending.take() {
            self.scalar(at, at, Style::Plain, None);
        }
    }

    fn close(&mut self) {
        self.open.pop();
        self.builder.close(self.builder.end());
    }

    fn push(&mut self, start: usize, indent: usize, style: Style) -> Result<(), Halt> {
        if self.open.len() >= DEPTH {
            return Err(Halt);
        }
        let is_sequence = style == Style::BlockSequence;
        let end = start + usize::from(is_sequence);
        self.builder.open(style, Span::between(start, end), None)?;
        self.open.push(Level {
            indent,
            is_sequence,
        });
        Ok(())
    }

    /// A value that starts a line, or follows a dash.
    fn node(&mut self, start: usize, indent: usize) -> Result<(), Halt> {
        if self.is_dash(start) {
            self.push(start, indent, Style::BlockSequence)?;
            return self.item(start, indent);
        }
        if let Some(key) = self.key(start)? {
            self.push(start, indent, Style::BlockMapping)?;
            return self.entry(&key);
        }
        if self.open.is_empty() {
            return Err(Halt);
        }
        self.value(start)
    }

    fn item(&mut self, dash: usize, indent: usize) -> Result<(), Halt> {
        let start = self.skip_spaces(dash + 1);
        if self.is_left_empty(start) {
            self.pending = Some(dash + 1);
            return self.end_line(dash + 1);
        }
        self.node(start, indent + (start - dash))
    }

    fn entry(&mut self, key: &Key) -> Result<(), Halt> {
        let decoded = self.quoted_text(key.start, key.end, key.style)?;
        self.scalar(key.start, key.end, key.style, decoded.as_deref());
        let colon = key.end;
        let start = self.skip_spaces(colon + 1);
        if self.is_left_empty(start) {
            self.pending = Some(colon + 1);
            return self.end_line(colon + 1);
        }
        if self.is_dash(start) {
            return Err(Halt);
        }
        self.value(start)
    }

    fn is_left_empty(&self, at: usize) -> bool {
        matches!(self.byte(at), None | Some(b'\n' | b'#'))
    }

    /// Adds a scalar; `decoded` is its text where that is not the source.
    fn scalar(&mut self, start: usize, end: usize, style: Style, decoded: Option<&str>) {
        let source = self.text.get(start..end).unwrap_or_default();
        let text = match (decoded, style) {
            (Some(decoded), _) => decoded,
            (None, Style::Plain) => source,
            (None, _) => source
                .get(1..source.len().saturating_sub(1))
                .unwrap_or_default(),
        };
        self.builder.scalar(&Leaf {
            span: Span::between(start, end),
            style,
            text,
            decoded: decoded.is_some(),
            tag: None,
        });
    }

    /// The key at `start`, if a colon with a blank behind it ends one on this line.
    fn key(&self, start: usize) -> Result<Option<Key>, Halt> {
        let key = match self.byte(start) {
            Some(quote @ (b'"' | b'\'')) => self.quoted_key(start, quote),
            Some(b'{' | b'[' | b'|' | b'>') => return Ok(None),
            _ => self.plain_key(start)?,
        };
        // Longer ones are an error for libyaml.
        match key {
            Some(key) if key.end - key.start > 1_000 => Err(Halt),
            key => Ok(key),
        }
    }

    fn quoted_key(&self, start: usize, quote: u8) -> Option<Key> {
        let end = quoted::end(self.bytes, start)?;
        let style = if quote == b'"' {
            Style::DoubleQuoted
        } else {
            Style::SingleQuoted
        };
        let is_key = self.byte(end) == Some(b':') && self.is_blank_at(end + 1);
        let one_line = memchr(b'\n', self.bytes.get(start..end)?).is_none();
        (is_key && one_line).then_some(Key { start, end, style })
    }

    fn plain_key(&self, start: usize) -> Result<Option<Key>, Halt> {
        if !self.starts_plain(start) {
            return Err(Halt);
        }
        let end = self.line_end(start);
        let line = self.bytes.get(start..end).unwrap_or_default();
        let ends_key = |at: &usize| self.is_blank_at(start + at + 1);
        let Some(length) = memchr_iter(b':', line).find(ends_key) else {
            return Ok(None);
        };
        let key = line.get(..length).unwrap_or_default();
        if memmem::find(key, b" #").is_some() {
            return Ok(None);
        }
        if key.ends_with(b" ") || memchr(b'\t', key).is_some() {
            return Err(Halt);
        }
        Ok(Some(Key {
            start,
            end: start + length,
            style: Style::Plain,
        }))
    }

    /// Whether a plain scalar may start here in a block collection, beyond doubt.
    fn starts_plain(&self, at: usize) -> bool {
        match self.byte(at) {
            Some(b'-' | b':' | b'?') => matches!(self.byte(at + 1), Some(b'!'..=b'~')),
            Some(byte) => {
                byte.is_ascii_alphanumeric() || b"_./$(<=^~;+\\)".contains(&byte) || byte >= 0x80
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests;

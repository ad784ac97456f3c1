//! Scalars of block collections.

use memchr::{memchr, memchr2_iter};

use crate::yaml::{quoted, tree::Style};

use super::{Halt, Scanner};

/// What ends a line of a plain scalar.
struct Segment {
    /// Behind its last byte.
    end: usize,
    /// The `#` of a comment on the same line.
    comment: Option<usize>,
}

impl Scanner<'_> {
    /// The value at `start`, which is no block collection.
    pub(super) fn value(&mut self, start: usize) -> Result<(), Halt> {
        match self.byte(start) {
            Some(b'"') => self.quoted(start, Style::DoubleQuoted),
            Some(b'\'') => self.quoted(start, Style::SingleQuoted),
            Some(b'|') => self.block_scalar(start, Style::Literal),
            Some(b'>') => self.block_scalar(start, Style::Folded),
            Some(b'{' | b'[') => self.flow(start),
            _ if self.starts_plain(start) => self.plain(start),
            _ => Err(Halt),
        }
    }

    fn quoted(&mut self, start: usize, style: Style) -> Result<(), Halt> {
        let end = quoted::end(self.bytes, start).ok_or(Halt)?;
        let source = self.slice(start, end);
        let mut lines = source.split('\n').skip(1);
        let indent = self.indent();
        let is_deeper = |line: &str| {
            let content = line.trim_start_matches(' ');
            content.is_empty() || line.len() - content.len() > indent && !content.starts_with('\t')
        };
        if !lines.all(is_deeper) {
            return Err(Halt);
        }
        let decoded = self.quoted_text(start, end, style)?;
        self.scalar(start, end, style, decoded.as_deref());
        self.end_line(end)
    }

    /// The text of a quoted scalar, if it is not simply what stands between the quotes.
    pub(super) fn quoted_text(
        &self,
        start: usize,
        end: usize,
        style: Style,
    ) -> Result<Option<String>, Halt> {
        let source = self.slice(start, end);
        let inner = source
            .get(1..source.len().saturating_sub(1))
            .unwrap_or_default();
        let plain = match style {
            Style::DoubleQuoted => memchr::memchr2(b'\\', b'\n', inner.as_bytes()).is_none(),
            Style::SingleQuoted => memchr::memchr2(b'\'', b'\n', inner.as_bytes()).is_none(),
            _ => true,
        };
        if plain {
            return Ok(None);
        }
        if style == Style::DoubleQuoted && quoted::refused_escape(source).is_some() {
            return Err(Halt);
        }
        quoted::decode(source).map(Some).ok_or(Halt)
    }

    fn plain(&mut self, start: usize) -> Result<(), Halt> {
        let indent = self.indent();
        let mut line_end = self.line_end(start);
        let mut segment = self.segment(start, line_end)?;
        let mut text = std::mem::take(&mut self.scratch);
        text.clear();
        while segment.comment.is_none() {
            let Some((next, blank)) = self.continuation(line_end, indent)? else {
                break;
            };
            if text.is_empty() {
                text.push_str(self.slice(start, segment.end));
            }
            match blank {
                0 => text.push(' '),
                more => text.extend(std::iter::repeat_n('\n', more)),
            }
            line_end = self.line_end(next);
            segment = self.segment(next, line_end)?;
            text.push_str(self.slice(next, segment.end));
        }
        let decoded = (!text.is_empty()).then_some(text.as_str());
        self.scalar(start, segment.end, Style::Plain, decoded);
        self.scratch = text;
        match segment.comment {
            Some(comment) => self.comment(comment),
            None => self.at = line_end + 1,
        }
        Ok(())
    }

    /// The part of a plain scalar on one line.
    fn segment(&self, start: usize, line_end: usize) -> Result<Segment, Halt> {
        let line = self.bytes.get(start..line_end).unwrap_or_default();
        let mut content = line;
        let mut comment = None;
        for at in memchr2_iter(b':', b'#', line) {
            if line.get(at) == Some(&b':') {
                if matches!(line.get(at + 1), None | Some(b' ' | b'\t')) {
                    return Err(Halt);
                }
            } else if let Some(b' ' | b'\t') = at.checked_sub(1).and_then(|at| line.get(at)) {
                content = line.get(..at).unwrap_or_default();
                comment = Some(start + at);
                break;
            }
        }
        let last = content
            .iter()
            .rposition(|byte| !matches!(byte, b' ' | b'\t'));
        Ok(Segment {
            end: start + last.map_or(0, |at| at + 1),
            comment,
        })
    }

    /// The next line of a plain scalar that goes on behind `line_end`, and how many blank lines come
    /// before it.
    fn continuation(&self, line_end: usize, indent: usize) -> Result<Option<(usize, usize)>, Halt> {
        let mut line = line_end + 1;
        let mut blank = 0;
        loop {
            let start = self.skip_spaces(line);
            match self.byte(start) {
                Some(b'\n') => {
                    blank += 1;
                    line = start + 1;
                }
                Some(b'\t') => return Err(Halt),
                Some(byte) if byte != b'#' && start - line > indent => {
                    return Ok(Some((start, blank)));
                }
                _ => return Ok(None),
            }
        }
    }

    fn block_scalar(&mut self, start: usize, style: Style) -> Result<(), Halt> {
        let outer = self.indent();
        let given = self.byte(start + 1).filter(|it| matches!(it, b'1'..=b'9'));
        let chomping = start + 1 + usize::from(given.is_some());
        let strips = self.byte(chomping) == Some(b'-');
        self.end_line(chomping + usize::from(strips))?;
        let mut text = std::mem::take(&mut self.scratch);
        text.clear();
        let mut block = Block {
            indent: given.map(|digit| outer + usize::from(digit - b'0')),
            started: false,
            blank: 0,
            end: start,
        };
        while self.at < self.bytes.len() && self.block_line(&mut block, outer, style, &mut text)? {}
        if !block.started || text.ends_with([' ', '\t']) {
            return Err(Halt);
        }
        if !strips {
            text.push('\n');
        }
        self.scalar(start, block.end, style, Some(&text));
        self.scratch = text;
        Ok(())
    }

    /// Takes one line of a block scalar; `false` where it ends.
    fn block_line(
        &mut self,
        block: &mut Block,
        outer: usize,
        style: Style,
        text: &mut String,
    ) -> Result<bool, Halt> {
        let start = self.skip_spaces(self.at);
        let indent = start - self.at;
        let first = self.byte(start);
        if matches!(first, None | Some(b'\n')) {
            // Blanks beyond the indentation would be text.
            if indent > block.indent.unwrap_or(outer + 1) {
                return Err(Halt);
            }
            block.blank += 1;
            self.at = start + 1;
            return Ok(true);
        }
        let is_first = !block.started;
        let is_given = block.indent.is_some();
        let inner = *block.indent.get_or_insert(indent);
        block.started = true;
        if indent < inner || indent <= outer {
            return if first == Some(b'\t') || is_first {
                Err(Halt)
            } else {
                Ok(false)
            };
        }
        let content = self.at + inner;
        let more_indented = matches!(self.byte(content), Some(b' ' | b'\t'));
        if more_indented && (style == Style::Folded || is_first && !is_given) {
            return Err(Halt);
        }
        let breaks = match (is_first, block.blank, style) {
            (false, 0, Style::Folded) => {
                text.push(' ');
                0
            }
            (false, blank, Style::Literal) => blank + 1,
            (_, blank, _) => blank,
        };
        text.extend(std::iter::repeat_n('\n', breaks));
        let rest = self.bytes.get(content..).unwrap_or_default();
        block.end = content + memchr(b'\n', rest).unwrap_or(rest.len());
        text.push_str(self.slice(content, block.end));
        block.blank = 0;
        self.at = block.end + 1;
        Ok(true)
    }
}

/// What is known of a block scalar so far.
struct Block {
    /// Column of its text, once it is known.
    indent: Option<usize>,
    /// Whether there is text yet.
    started: bool,
    /// Blank lines since the last text.
    blank: usize,
    /// Behind the last text.
    end: usize,
}

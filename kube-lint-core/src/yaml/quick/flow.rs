//! Flow collections without surprises.

use crate::{
    span::Span,
    yaml::{build::Next, quoted, tree::Style},
};

use super::{DEPTH, Halt, Scanner};

impl Scanner<'_> {
    /// The flow collection at `start` and the end of its last line.
    pub(super) fn flow(&mut self, start: usize) -> Result<(), Halt> {
        let mut depth = 0;
        let mut at = start;
        // Whether a comma or the end must come next.
        let mut complete = false;
        loop {
            at = self.skip_flow_blanks(at)?;
            match (self.byte(at), self.builder.innermost().map(|it| it.0)) {
                (Some(b'}'), Some(Style::FlowMapping))
                | (Some(b']'), Some(Style::FlowSequence))
                    if depth > 0 && self.builder.next() != Next::Value =>
                {
                    at += 1;
                    self.builder.close(at);
                    depth -= 1;
                    complete = true;
                    if depth == 0 {
                        return self.end_line(at);
                    }
                }
                (Some(b','), _) if complete => {
                    at += 1;
                    complete = false;
                }
                (Some(byte @ (b'{' | b'[')), _) if !complete && depth < DEPTH => {
                    let is_mapping = byte == b'{';
                    let style = if is_mapping {
                        Style::FlowMapping
                    } else {
                        Style::FlowSequence
                    };
                    self.builder.open(style, Span::between(at, at + 1), None)?;
                    depth += 1;
                    at += 1;
                }
                _ if complete => return Err(Halt),
                _ => {
                    complete = self.builder.next() != Next::Key;
                    at = self.flow_scalar(at)?;
                    if !complete {
                        at = self.flow_colon(at)?;
                    }
                }
            }
        }
    }

    /// Passes over blanks, comments and line breaks inside a flow collection; the lines must be
    /// deeper than what holds it.
    fn skip_flow_blanks(&mut self, from: usize) -> Result<usize, Halt> {
        let mut at = self.skip_spaces(from);
        if self.byte(at) == Some(b'#') && at == from {
            return Err(Halt);
        }
        loop {
            match self.byte(at) {
                Some(b'#') => {
                    self.comment(at);
                    at = self.at - 1;
                }
                Some(b'\n') => {
                    let line = at + 1;
                    at = self.skip_spaces(line);
                    let blank = matches!(self.byte(at), Some(b'\n' | b'#'));
                    if !blank && at - line <= self.indent() {
                        return Err(Halt);
                    }
                }
                Some(b'\t') | None => return Err(Halt),
                Some(_) => return Ok(at),
            }
        }
    }

    fn flow_scalar(&mut self, start: usize) -> Result<usize, Halt> {
        let (end, style) = match self.byte(start) {
            Some(b'"') => (
                quoted::end(self.bytes, start).ok_or(Halt)?,
                Style::DoubleQuoted,
            ),
            Some(b'\'') => (
                quoted::end(self.bytes, start).ok_or(Halt)?,
                Style::SingleQuoted,
            ),
            _ => (self.flow_plain(start)?, Style::Plain),
        };
        if end - start > 1_000 || self.slice(start, end).contains('\n') {
            return Err(Halt);
        }
        let decoded = self.quoted_text(start, end, style)?;
        self.scalar(start, end, style, decoded.as_deref());
        Ok(end)
    }

    /// The end of a plain scalar of harmless characters.
    fn flow_plain(&self, start: usize) -> Result<usize, Halt> {
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let signed = self.byte(start) == Some(b'-');
        if !self.starts_plain(start)
            || matches!(self.byte(start), Some(b':' | b'?'))
            || signed && !self.byte(start + 1).is_some_and(is_word)
        {
            return Err(Halt);
        }
        let rest = self.bytes.get(start..).unwrap_or_default();
        let mut end = 0;
        for (at, byte) in rest.iter().enumerate() {
            match byte {
                b',' | b'[' | b']' | b'{' | b'}' | b'\n' => return Ok(start + end),
                b' ' => continue,
                b':' if rest.get(at + 1).is_some_and(u8::is_ascii_alphanumeric) => {}
                b':' if matches!(rest.get(at + 1), Some(b' ')) => return Ok(start + end),
                b':' | b'#' | b'\t' | b'"' | b'\'' | b'?' => return Err(Halt),
                _ => {}
            }
            end = at + 1;
        }
        Err(Halt)
    }

    /// Behind the colon that follows a key.
    fn flow_colon(&self, at: usize) -> Result<usize, Halt> {
        let is_colon = self.byte(at) == Some(b':') && self.byte(at + 1) == Some(b' ');
        if is_colon { Ok(at + 1) } else { Err(Halt) }
    }
}

//! Reads JSON strictly and without a YAML parser, as kubectl does before it tries YAML.

use crate::span::{Span, narrow};
use memchr::memchr3_iter;

use super::{
    build::{Builder, Leaf, Next, Stop},
    document::Limits,
    quoted,
    tree::{Style, Tree},
};

/// Whether kubectl would try the text as JSON first (`GuessJSONStream`).
pub(super) fn is_candidate(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

/// Where the brace at the start of the text is closed, if it were JSON.
pub(super) fn brackets_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    let mut behind = 0;
    for at in memchr3_iter(b'{', b'}', b'"', bytes) {
        if at < behind {
            continue;
        }
        match bytes.get(at)? {
            b'{' => depth += 1,
            b'}' => depth = depth.checked_sub(1)?,
            _ => behind = quoted::end(bytes, at)?,
        }
        if depth == 0 {
            return Some(at + 1);
        }
    }
    None
}

/// Whether the text is one JSON value that kubectl could read.
pub(super) fn is_json(text: &str) -> bool {
    let tree = read(Builder::new(text, Limits::default()), text);
    tree.is_some_and(|tree| tree.error.is_none() && tree.dropped.is_none())
}

/// Reads the first JSON value; `None` where the text is not JSON.
pub(super) fn read(builder: Builder<'_>, text: &str) -> Option<Tree> {
    let mut reader = Reader {
        builder,
        bytes: text.as_bytes(),
        text,
        at: 0,
        scratch: String::new(),
    };
    match reader.document() {
        Err(Fault::NotJson) => None,
        // What stopped the reader is in the tree.
        Ok(()) | Err(Fault::Stop) => Some(reader.builder.finish()),
    }
}

enum Fault {
    NotJson,
    Stop,
}

impl From<Stop> for Fault {
    fn from(_: Stop) -> Self {
        Self::Stop
    }
}

struct Reader<'t> {
    builder: Builder<'t>,
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    /// The decoded text of a string with escapes.
    scratch: String,
}

impl Reader<'_> {
    fn document(&mut self) -> Result<(), Fault> {
        self.value()?;
        while let Some((style, items)) = self.builder.innermost() {
            let is_mapping = style == Style::FlowMapping;
            let end = if is_mapping { b'}' } else { b']' };
            let byte = self.peek();
            if byte == Some(end) {
                self.at += 1;
                self.builder.close(self.at);
                continue;
            }
            if items > 0 {
                self.expect(b',')?;
            }
            if is_mapping {
                self.key()?;
            }
            self.value()?;
        }
        if self.peek().is_some() {
            let start = narrow(self.at);
            self.builder.drop_from(start);
        }
        Ok(())
    }

    /// The next byte that is not blank; stays there.
    fn peek(&mut self) -> Option<u8> {
        while let Some(byte) = self.bytes.get(self.at) {
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Some(*byte);
            }
            self.at += 1;
        }
        None
    }

    fn expect(&mut self, byte: u8) -> Result<(), Fault> {
        if self.peek() != Some(byte) {
            return Err(Fault::NotJson);
        }
        self.at += 1;
        Ok(())
    }

    fn key(&mut self) -> Result<(), Fault> {
        if self.peek() != Some(b'"') {
            return Err(Fault::NotJson);
        }
        self.string()?;
        self.expect(b':')
    }

    fn value(&mut self) -> Result<(), Fault> {
        match self.peek() {
            Some(b'{') => self.open(Style::FlowMapping),
            // A list is no manifest; at the top kubectl would not even try JSON.
            Some(b'[') if self.builder.next() != Next::Root => self.open(Style::FlowSequence),
            Some(b'"') => self.string(),
            Some(_) => self.word(),
            None => Err(Fault::NotJson),
        }
    }

    fn open(&mut self, style: Style) -> Result<(), Fault> {
        let start = Span::between(self.at, self.at + 1);
        self.builder.open(style, start, None)?;
        self.at += 1;
        Ok(())
    }

    /// A number, `true`, `false` or `null`.
    fn word(&mut self) -> Result<(), Fault> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest
            .iter()
            .position(|byte| !matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'+' | b'-' | b'.' | b'E'))
            .unwrap_or(rest.len());
        let end = self.at + length;
        let word = self.text.get(self.at..end).unwrap_or_default();
        if !matches!(word, "true" | "false" | "null") && !is_number(word) {
            return Err(Fault::NotJson);
        }
        self.add(end, Style::Plain, word, false);
        Ok(())
    }

    fn add(&mut self, end: usize, style: Style, text: &str, decoded: bool) {
        self.builder.scalar(&Leaf {
            span: Span::between(self.at, end),
            style,
            text,
            decoded,
            tag: None,
        });
        self.at = end;
    }

    fn string(&mut self) -> Result<(), Fault> {
        let start = self.at + 1;
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.clear();
        let mut from = start;
        let mut at = start;
        loop {
            match self.bytes.get(at).ok_or(Fault::NotJson)? {
                b'"' => break,
                b'\\' => {
                    scratch.push_str(self.text.get(from..at).unwrap_or_default());
                    let escaped = self.text.get(at + 1..).unwrap_or_default();
                    let (character, length) = unescape(escaped).ok_or(Fault::NotJson)?;
                    scratch.push(character);
                    at += 1 + length;
                    from = at;
                }
                0..0x20 => return Err(Fault::NotJson),
                _ => at += 1,
            }
        }
        let tail = self.text.get(from..at).unwrap_or_default();
        if from == start {
            self.add(at + 1, Style::DoubleQuoted, tail, false);
        } else {
            scratch.push_str(tail);
            self.add(at + 1, Style::DoubleQuoted, &scratch, true);
        }
        self.scratch = scratch;
        Ok(())
    }
}

/// The character that an escape stands for and the escape's length without the backslash. Halves of
/// surrogate pairs become replacement characters, as in Go.
fn unescape(text: &str) -> Option<(char, usize)> {
    let character = match text.as_bytes().first()? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unescape_unicode(text),
        _ => return None,
    };
    Some((character, 1))
}

fn unescape_unicode(text: &str) -> Option<(char, usize)> {
    let high = code_unit(text)?;
    let pair = text
        .get(5..)
        .and_then(|rest| rest.strip_prefix('\\'))
        .and_then(code_unit)
        .filter(|low| matches!(high, 0xd800..0xdc00) && matches!(low, 0xdc00..0xe000));
    Some(match pair {
        Some(low) => {
            let code = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
            (char::from_u32(code)?, 11)
        }
        None => (
            char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER),
            5,
        ),
    })
}

/// The code unit of `uXXXX`.
fn code_unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix('u')?.get(..4)?;
    let hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    hexadecimal.then(|| u32::from_str_radix(digits, 16).ok())?
}

/// A number of JSON's grammar that a double can hold.
fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let exponent = exponent.map(|it| it.strip_prefix(['+', '-']).unwrap_or(it));
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(digits)
        && text.parse().is_ok_and(f64::is_finite)
}

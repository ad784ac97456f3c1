//! Texts to quote from: masked excerpts with a line index.

use crate::span::{Position, Span, narrow};

/// Where the lines of a text begin, and how many characters come before each block of it, so that a
/// column deep in a long line is found without counting from its start.
#[derive(Clone, Debug)]
pub(crate) struct LineIndex {
    starts: Box<[u32]>,
    blocks: Box<[u32]>,
}

/// Bytes between two counts of characters.
const BLOCK: usize = 1 << 10;

impl LineIndex {
    pub(crate) fn new(text: &str) -> Self {
        let breaks = memchr::memchr_iter(b'\n', text.as_bytes());
        let starts = std::iter::once(0)
            .chain(breaks.map(|at| narrow(at + 1)))
            .collect();
        let mut counted = 0;
        let blocks = text.as_bytes().chunks(BLOCK).map(|block| {
            let before = counted;
            counted += characters(block);
            before
        });
        Self {
            starts,
            blocks: blocks.collect(),
        }
    }

    /// Characters that begin before byte `at` of `text`.
    fn characters_before(&self, text: &str, at: u32) -> u32 {
        let at = at as usize;
        let block = (at / BLOCK).min(self.blocks.len().saturating_sub(1));
        let before = self.blocks.get(block).copied().unwrap_or(0);
        let rest = text.as_bytes().get(block * BLOCK..at);
        before + rest.map_or(0, characters)
    }

    /// The 0-based line that holds byte `at`.
    fn line(&self, at: u32) -> usize {
        self.starts.partition_point(|&start| start <= at) - 1
    }

    fn start(&self, line: usize) -> u32 {
        self.starts.get(line).copied().unwrap_or(u32::MAX)
    }

    /// 1-based position of byte `at` of `text`, where the text's first line has the number
    /// `first_line`.
    pub(crate) fn position(&self, text: &str, first_line: u32, at: u32) -> Position {
        let line = self.line(at);
        let before = self.characters_before(text, self.start(line));
        let column = self.characters_before(text, at).saturating_sub(before);
        Position {
            line: first_line + narrow(line),
            column: 1 + column,
        }
    }
}

/// Characters that begin in these bytes.
fn characters(bytes: &[u8]) -> u32 {
    let starts = bytes.iter().filter(|&&byte| byte & 0xC0 != 0x80).count();
    narrow(starts)
}

/// A part of a file, ready to be shown: every character of a secret value is masked, every control
/// character but the line break and the tab is blanked, each by a character of as many bytes, so that
/// bytes and columns are those of the file.
#[derive(Clone, Debug)]
pub struct Excerpt {
    offset: u32,
    first_line: u32,
    text: Box<str>,
    lines: LineIndex,
}

impl Excerpt {
    /// `text` begins at byte `offset` and line `first_line` of its file; `secrets` are spans of
    /// `text`.
    pub(crate) fn new(offset: u32, first_line: u32, text: &str, secrets: &[Span]) -> Self {
        let text = masked(text, secrets);
        let lines = LineIndex::new(&text);
        Self {
            offset,
            first_line,
            text,
            lines,
        }
    }

    /// The masked text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Byte of the file at which the text begins.
    pub fn offset(&self) -> u32 {
        self.offset
    }

    /// 1-based line of the file at which the text begins.
    pub fn first_line(&self) -> u32 {
        self.first_line
    }

    /// The bytes of the file that the text stands for.
    pub fn span(&self) -> Span {
        let length = narrow(self.text.len());
        Span::new(self.offset, self.offset.saturating_add(length))
    }

    /// Position of byte `at` of the file.
    pub fn position(&self, at: u32) -> Position {
        let at = at.saturating_sub(self.offset);
        self.lines.position(&self.text, self.first_line, at)
    }

    /// 1-based column of byte `at` of the file in UTF-16 code units, by which JavaScript and the Language
    /// Server Protocol count.
    pub fn utf16_column(&self, at: u32) -> u32 {
        let Position { line, column } = self.position(at);
        let start = self.line(line).map_or(0, Span::start) as usize;
        let end = at.saturating_sub(self.offset) as usize;
        // Characters of four bytes, which begin with such a byte, are two units.
        let before = self.text.as_bytes().get(start..end).unwrap_or_default();
        let pairs = before.iter().filter(|&&byte| byte >= 0xF0).count();
        column + narrow(pairs)
    }

    /// Byte range in [`text`](Self::text) of the 1-based line `line` of the file, without its line
    /// break; `None` where the excerpt does not hold that line.
    pub fn line(&self, line: u32) -> Option<Span> {
        let index = line.checked_sub(self.first_line)? as usize;
        let start = *self.lines.starts.get(index)?;
        let end = match self.lines.starts.get(index + 1) {
            Some(next) => next - 1,
            None => u32::try_from(self.text.len()).ok()?,
        };
        Some(Span::new(start, end))
    }
}

/// A copy of `text` in which no character of `secrets` and no control character is left, each of the
/// others at the byte and in the column where it was.
fn masked(text: &str, secrets: &[Span]) -> Box<str> {
    let mut hidden = vec![false; text.len()];
    for secret in secrets {
        let end = hidden.len().min(secret.end() as usize);
        let bytes = hidden.get_mut(secret.start() as usize..end);
        bytes.into_iter().flatten().for_each(|it| *it = true);
    }
    let mut shown = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        let length = character.len_utf8();
        let mut bytes = hidden.iter().skip(at).take(length);
        let is_secret = bytes.any(|&it| it);
        shown.push(match character {
            '\n' => '\n',
            _ if is_secret && character != '\r' => mask(length),
            '\t' => '\t',
            _ if is_unprintable(character) => blank(length),
            _ => character,
        });
    }
    shown.into_boxed_str()
}

/// What stands for a secret character of that many bytes; all are as wide as one column.
const fn mask(length: usize) -> char {
    match length {
        1 => '*',
        2 => '×',
        3 => '∗',
        _ => '𝕏',
    }
}

/// What stands for an unprintable character of that many bytes; none has four.
const fn blank(length: usize) -> char {
    match length {
        1 => ' ',
        2 => '\u{a0}',
        3 => '\u{2002}',
        _ => mask(length),
    }
}

/// Whether a terminal might act on the character instead of showing it: control characters and the
/// marks that turn the direction of writing.
pub(crate) fn is_unprintable(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// `text` with every control character, and every mark that turns the direction of
/// writing, as an escape: for messages and paths.
pub fn printable(text: &str) -> String {
    if text.bytes().all(|it| matches!(it, b' '..=b'~')) {
        return text.to_owned();
    }
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if is_unprintable(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masking_keeps_bytes_characters_and_line_breaks() {
        let text = "password: süß\n  more\nnext: 1\n";
        let secret = Span::new(10, 22);
        let excerpt = Excerpt::new(100, 7, text, &[secret]);
        assert_eq!(excerpt.text(), "password: *××\n******\nnext: 1\n");
        assert_eq!(excerpt.text().len(), text.len());
    }

    #[test]
    fn positions_count_characters_from_one() {
        let excerpt = Excerpt::new(100, 7, "ä: ü\nb: c\n", &[]);
        assert_eq!(excerpt.position(100), Position { line: 7, column: 1 });
        assert_eq!(excerpt.position(104), Position { line: 7, column: 4 });
        assert_eq!(excerpt.position(107), Position { line: 8, column: 1 });
    }

    #[test]
    fn positions_hold_far_into_a_long_line() {
        let text = format!("ä\n{}", "ö".repeat(3_000));
        let excerpt = Excerpt::new(0, 1, &text, &[]);
        let at = 3 + 2 * 2_500;
        let expected = Position {
            line: 2,
            column: 2_501,
        };
        assert_eq!(excerpt.position(at), expected);
    }

    #[test]
    fn control_characters_never_survive() {
        let excerpt = Excerpt::new(0, 1, "a\u{1b}[31m\u{9b}b\n", &[]);
        assert_eq!(excerpt.text(), "a [31m\u{a0}b\n");
        assert_eq!(printable("a\u{1b}[31m"), "a\\u{1b}[31m");
    }
}

//! Questions about the bytes of a text that need no parser.

use crate::span::Span;

/// The first character that go-yaml's reader refuses (`readerc.go`, "control characters are not
/// allowed").
pub(super) fn control_character(text: &str) -> Option<usize> {
    let mut start = 0;
    for block in text.as_bytes().chunks(64) {
        if block
            .iter()
            .fold(false, |seen, &byte| seen | suspicious(byte))
        {
            let found = block
                .iter()
                .enumerate()
                .find(|&(at, &byte)| suspicious(byte) && is_refused(text, start + at));
            if let Some((at, _)) = found {
                return Some(start + at);
            }
        }
        start += block.len();
    }
    None
}

/// Bytes with which a refused character may begin.
fn suspicious(byte: u8) -> bool {
    matches!(byte, 0..=8 | 0xb | 0xc | 0xe..=0x1f | 0x7f | 0xc2 | 0xef)
}

fn is_refused(text: &str, at: usize) -> bool {
    let character = text.get(at..).and_then(|rest| rest.chars().next());
    matches!(
        character,
        Some(
            '\0'..='\u{8}'
            | '\u{b}'
            | '\u{c}'
            | '\u{e}'..='\u{1f}'
            | '\u{7f}'..='\u{84}'
            | '\u{86}'..='\u{9f}'
            | '\u{fffe}'
            | '\u{ffff}',
        )
    )
}

/// Characters that break a line in YAML 1.1 and not in YAML 1.2: U+0085, U+2028 and U+2029.
pub(super) fn old_breaks(text: &str) -> impl Iterator<Item = usize> + '_ {
    let bytes = if text.is_ascii() {
        &[]
    } else {
        text.as_bytes()
    };
    memchr::memchr2_iter(0xc2, 0xe2, bytes).filter(|&at| {
        matches!(
            bytes.get(at..),
            Some([0xc2, 0x85, ..] | [0xe2, 0x80, 0xa8 | 0xa9, ..])
        )
    })
}

/// Whether the text goes over several lines.
pub(super) fn has_line_breaks(text: &str) -> bool {
    memchr::memchr2(b'\n', b'\r', text.as_bytes()).is_some() || old_breaks(text).next().is_some()
}

/// Whether a line may end elsewhere than at a line feed.
pub(super) fn has_odd_breaks(text: &str) -> bool {
    let bytes = text.as_bytes();
    let lone = |at: usize| bytes.get(at + 1) != Some(&b'\n');
    memchr::memchr_iter(b'\r', bytes).any(lone) || old_breaks(text).next().is_some()
}

/// The whole lines before the one that holds byte `at`.
pub(super) fn lines_before(text: &str, at: usize) -> &str {
    let before = text.as_bytes().get(..at).unwrap_or_default();
    let end = memchr::memrchr(b'\n', before).map_or(0, |line_break| line_break + 1);
    text.get(..end).unwrap_or_default()
}

/// The span of the character that holds byte `at`; empty at a line break and at the end.
pub(super) fn character(text: &str, at: usize) -> Span {
    let at = (0..=at.min(text.len()))
        .rev()
        .find(|it| text.is_char_boundary(*it));
    let at = at.unwrap_or_default();
    let next = text.get(at..).and_then(|rest| rest.chars().next());
    let length = match next {
        None | Some('\n' | '\r') => 0,
        Some(character) => character.len_utf8(),
    };
    Span::between(at, at + length)
}

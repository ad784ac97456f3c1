//! Quoted scalars as libyaml reads them (`scannerc.go`, `yaml_parser_scan_flow_scalar`).

use memchr::{memchr, memchr2};

use super::text;

/// One past the quote that closes the scalar that opens at `start`.
pub(super) fn end(bytes: &[u8], start: usize) -> Option<usize> {
    let quote = *bytes.get(start)?;
    if !matches!(quote, b'"' | b'\'') {
        return None;
    }
    let mut at = start + 1;
    loop {
        let rest = bytes.get(at..)?;
        if quote == b'"' {
            at += memchr2(b'"', b'\\', rest)?;
            if bytes.get(at) == Some(&b'"') {
                return Some(at + 1);
            }
        } else {
            at += memchr(b'\'', rest)?;
            if bytes.get(at + 1) != Some(&b'\'') {
                return Some(at + 1);
            }
        }
        at += 2;
    }
}

/// The text of a quoted scalar; `None` where an escape is none that libyaml knows.
pub(super) fn decode(source: &str) -> Option<String> {
    let double = source.starts_with('"');
    let inner = source.get(1..source.len().checked_sub(1)?)?;
    let mut decoded = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            _ if is_blank(first) => fold(rest, &mut decoded),
            '\\' if double => escape(rest, &mut decoded)?,
            '\'' if !double => {
                decoded.push('\'');
                2
            }
            _ => {
                decoded.push(first);
                first.len_utf8()
            }
        };
        rest = rest.get(length..)?;
    }
    Some(decoded)
}

/// Blanks and the line breaks of YAML 1.1.
fn is_blank(character: char) -> bool {
    matches!(
        character,
        ' ' | '\t' | '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// Passes over blanks and line breaks: one break becomes a blank, each further one stays.
fn fold(rest: &str, decoded: &mut String) -> usize {
    let length = rest.len() - rest.trim_start_matches(is_blank).len();
    let blanks = rest.get(..length).unwrap_or_default();
    let mut breaks = line_breaks(blanks);
    match (breaks.next(), breaks.next()) {
        (None, _) => decoded.push_str(blanks),
        (Some('\n'), None) => decoded.push(' '),
        (Some('\n'), Some(second)) => decoded.push(second),
        (Some(first), second) => {
            decoded.push(first);
            decoded.extend(second);
        }
    }
    decoded.extend(breaks);
    length
}

/// The line breaks among blanks as libyaml keeps them: all are line feeds but for the separators of
/// lines and paragraphs.
fn line_breaks(blanks: &str) -> impl Iterator<Item = char> + '_ {
    let mut previous = ' ';
    blanks.chars().filter_map(move |it| {
        let before = std::mem::replace(&mut previous, it);
        match it {
            '\n' if before == '\r' => None,
            '\n' | '\r' | '\u{85}' => Some('\n'),
            '\u{2028}' | '\u{2029}' => Some(it),
            _ => None,
        }
    })
}

/// Reads the escape at the start of `rest` and gives its length.
fn escape(rest: &str, decoded: &mut String) -> Option<usize> {
    let code = *rest.as_bytes().get(1)?;
    let digits = match code {
        b'x' => 2,
        b'u' => 4,
        b'U' => 8,
        b'\n' | b'\r' => {
            let blanks = rest.get(1..)?;
            let skipped = blanks.len() - blanks.trim_start_matches(is_blank).len();
            decoded.extend(line_breaks(blanks.get(..skipped)?).skip(1));
            return Some(1 + skipped);
        }
        _ => {
            decoded.push(simple_escape(code)?);
            return Some(2);
        }
    };
    let digits = rest.get(2..2 + digits)?;
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    decoded.push(char::from_u32(u32::from_str_radix(digits, 16).ok()?)?);
    Some(2 + digits.len())
}

fn simple_escape(code: u8) -> Option<char> {
    Some(match code {
        b'0' => '\0',
        b'a' => '\u{7}',
        b'b' => '\u{8}',
        b't' | b'\t' => '\t',
        b'n' => '\n',
        b'v' => '\u{b}',
        b'f' => '\u{c}',
        b'r' => '\r',
        b'e' => '\u{1b}',
        b' ' => ' ',
        b'"' => '"',
        b'\'' => '\'',
        b'\\' => '\\',
        b'N' => '\u{85}',
        b'_' => '\u{a0}',
        b'L' => '\u{2028}',
        b'P' => '\u{2029}',
        _ => return None,
    })
}

/// The first escape of a double-quoted scalar that YAML 1.2 has and libyaml refuses: `\/`, or half of
/// a surrogate pair.
pub(super) fn refused_escape(source: &str) -> Option<usize> {
    let bytes = source.as_bytes();
    let mut from = 0;
    while let Some(step) = memchr(b'\\', bytes.get(from..)?) {
        let at = from + step;
        let surrogate = || {
            let digits = source.get(at + 2..at + 6)?;
            let code = u32::from_str_radix(digits, 16).ok()?;
            matches!(code, 0xd800..0xe000).then_some(())
        };
        match bytes.get(at + 1)? {
            b'/' => return Some(at),
            b'u' if surrogate().is_some() => return Some(at),
            _ => from = at + 2,
        }
    }
    None
}

/// The place of an escape in the document.
pub(super) fn escape_span(source: &str, start: u32, at: usize) -> crate::span::Span {
    let length = text::character(source, at + 1).len() + 1;
    let at = start + u32::try_from(at).unwrap_or(0);
    crate::span::Span::new(at, at + length)
}

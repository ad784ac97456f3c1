//! Secrets in text that is no tree: comments, scripts, files within values.

use crate::{
    analysis::secrets::{
        formats::holds_token,
        key_names::{is_reference, is_sensitive},
        private_key::may_hold_private_key,
        value::{entropy, is_words},
    },
    span::{Span, narrow},
};

/// Spans, counted from `start`, of what stands behind a sensitive name and `=` or `:` on each line of
/// `text`, or on deeper lines below it.
pub(super) fn assignments(text: &str, start: u32) -> Vec<Span> {
    let mut hidden = Vec::new();
    let mut from = start;
    // Indentation of the name whose value goes on below it.
    let mut open: Option<usize> = None;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end_matches(['\n', '\r']);
        let indent = content.len() - content.trim_start().len();
        let is_blank = content.len() == indent;
        if open.is_some_and(|it| it >= indent && !is_blank) {
            open = None;
        }
        let at = if open.is_some() {
            Some(indent)
        } else {
            value_at(content)
        };
        if let Some(at) = at {
            hidden.push(Span::new(from + narrow(at), from + narrow(content.len())));
        }
        if open.is_none() && ends_open(content) {
            open = Some(indent);
        }
        from += narrow(line.len());
    }
    hidden
}

/// Byte of `line` at which the value of the first sensitive name begins.
fn value_at(line: &str) -> Option<usize> {
    values(line).find(|&at| {
        let value = line.get(at..).unwrap_or_default();
        !is_harmless_rest(value)
    })
}

/// Whether the value of a sensitive name goes on below the line.
pub(super) fn ends_open(line: &str) -> bool {
    values(line).any(|at| {
        let rest = line.get(at..).unwrap_or_default().trim();
        rest.is_empty() || rest.starts_with(['|', '>', '"', '\'', '&', '!'])
    })
}

/// Bytes of `line` behind a sensitive name and `=` or `:`.
fn values(line: &str) -> impl Iterator<Item = usize> {
    let marks = memchr::memchr2_iter(b'=', b':', line.as_bytes());
    let named = marks.filter(|&at| {
        let name = name_before(line, at);
        !is_reference(name)
            && (is_sensitive(name) || matches!(name, "value" | "data" | "stringData"))
    });
    named.map(|at| at + 1)
}

/// The word that ends before byte `at`, without quotes and blanks around it.
fn name_before(line: &str, at: usize) -> &str {
    let before = line.get(..at).unwrap_or_default();
    let before = before.trim_end_matches([' ', '"', '\'', '\t']);
    let begin = before
        .rfind(|it: char| !it.is_alphanumeric() && !matches!(it, '_' | '-' | '.' | '/'))
        .map_or(0, |it| it + 1);
    before.get(begin..).unwrap_or_default()
}

/// Nothing, a boolean, a number, the beginning of a block.
fn is_harmless_rest(value: &str) -> bool {
    let value = value.trim().trim_end_matches([',', ';', '}']);
    value.is_empty()
        || matches!(value, "true" | "false" | "null" | "{" | "[" | "~")
        || value.bytes().all(|it| it.is_ascii_digit())
}

/// Whether some line of `text` sets a sensitive name.
pub(super) fn has_secret_line(text: &str) -> bool {
    text.lines().any(|line| value_at(line).is_some())
}

/// Whether what may be a URL with a password stands in `text`.
pub(super) fn holds_secret_url(text: &str) -> bool {
    memchr::memmem::find_iter(text.as_bytes(), b"://").any(|at| {
        let rest = text.get(at + 3..).unwrap_or_default();
        let line = rest.lines().next().unwrap_or_default();
        let userinfo = line.rsplit_once('@').map_or("", |(userinfo, _)| userinfo);
        userinfo.contains(':')
    })
}

/// Whether a comment holds something that looks like a credential.
pub(super) fn is_suspicious(comment: &str) -> bool {
    may_hold_private_key(comment)
        || holds_token(comment)
        || holds_secret_url(comment)
        || comment
            .split(|it: char| {
                it.is_whitespace() || matches!(it, '"' | '\'' | '`' | ',' | '(' | ')' | '=')
            })
            .any(is_unusual)
}

/// Whether a word is made of letters and digits mixed as no word of a language is.
fn is_unusual(word: &str) -> bool {
    let word = word.trim_matches(['.', ':', ';', '#']);
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let letters = word.bytes().filter(u8::is_ascii_alphabetic).count();
    word.len() >= 8
        && digits > 0
        && letters > 0
        && !is_words(word)
        && !word.contains("://")
        && entropy(word) >= 2.5
}

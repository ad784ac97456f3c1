//! Tells the kind of a manifest from the shape of its lines, so that most text is never parsed.

use memchr::{memchr, memchr_iter, memmem, memrchr};

use super::{
    resolve::{self, Scalar},
    text::has_odd_breaks,
};

/// What a document is, as far as its first-level lines tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Peek<'a> {
    /// Value of `apiVersion`.
    pub api_version: &'a str,
    /// Value of `kind`.
    pub kind: &'a str,
}

/// The kind of a chunk without parsing it; `None` where the shape is unusual, so that it must be
/// parsed.
///
/// If kubectl can read the document, it sees the same `apiVersion` and `kind`. The argument: all
/// lines that start in the first column are plain keys, dashes or comments, so the root is a block
/// mapping, and each of its keys starts such a line. One of them says `kind` and one `apiVersion`, so
/// there is no other. Both lines are keys: they are not inside a quoted scalar, because the last quote
/// before them cannot have opened one; they are not inside a flow collection, because their value is
/// followed by another line in the first column without a comma; block scalars are indented.
pub fn peek(chunk: &str) -> Option<Peek<'_>> {
    if has_odd_breaks(chunk) {
        return None;
    }
    let text = chunk.strip_prefix('\u{feff}').unwrap_or(chunk);
    let bytes = text.as_bytes();
    let mut found = Found::default();
    let line_starts = std::iter::once(0).chain(memchr_iter(b'\n', bytes).map(|at| at + 1));
    for start in line_starts {
        let Some(first) = bytes.get(start) else { break };
        if *first == b' ' {
            if found.is_settled() || is_blank_or_comment(line_at(text, start)) {
                continue;
            }
            return None;
        }
        found.first_column(text, start)?;
    }
    Some(Peek {
        api_version: found.api_version?,
        kind: found.kind?,
    })
}

#[derive(Default)]
struct Found<'a> {
    api_version: Option<&'a str>,
    kind: Option<&'a str>,
    separated: bool,
    started: bool,
    /// The last line gave a value that an indented line would continue.
    complete: bool,
}

impl<'a> Found<'a> {
    /// Whether an indented line may follow.
    fn is_settled(&self) -> bool {
        self.started && !self.complete
    }

    /// Takes a line that starts in the first column.
    fn first_column(&mut self, text: &'a str, start: usize) -> Option<()> {
        let line = line_at(text, start);
        match line.as_bytes() {
            [] | [b'#', ..] => return Some(()),
            [b'-', b'-', b'-', rest @ ..] => {
                let clean = rest.is_empty() || rest.starts_with(b" ");
                let first = !self.started && !self.separated;
                self.separated = true;
                let only = is_blank_or_comment(line.get(3..)?);
                return (clean && first && only).then_some(());
            }
            [b'-'] | [b'-', b' ', ..] => {
                self.complete = false;
                return self.started.then_some(());
            }
            _ => {}
        }
        let (key, value) = plain_key(line)?;
        self.started = true;
        let field = match key {
            "kind" => &mut self.kind,
            "apiVersion" => &mut self.api_version,
            _ => {
                self.complete = false;
                return Some(());
            }
        };
        if field.is_some() || may_be_quoted(text.as_bytes().get(..start)?) {
            return None;
        }
        *field = Some(simple_value(value)?);
        self.complete = true;
        Some(())
    }
}

/// The line that starts at `start`, without its line break.
fn line_at(text: &str, start: usize) -> &str {
    let rest = text.get(start..).unwrap_or_default();
    let end = memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
    let line = rest.get(..end).unwrap_or_default();
    line.strip_suffix('\r').unwrap_or(line)
}

fn is_blank_or_comment(line: &str) -> bool {
    let content = line.trim_start_matches(' ');
    content.is_empty() || content.starts_with('#')
}

/// Splits `word: value` and `word:`.
fn plain_key(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(':')?;
    let plain = key.starts_with(|first: char| first.is_ascii_alphanumeric()) && is_word(key);
    (plain && (value.is_empty() || value.starts_with(' '))).then_some((key, value))
}

fn is_word(text: &str) -> bool {
    let in_word = |byte: u8| byte.is_ascii_alphanumeric() || b"._/-".contains(&byte);
    text.bytes().all(in_word)
}

/// A word that is a string for kubectl, quoted or not, with nothing but a comment behind it.
fn simple_value(value: &str) -> Option<&str> {
    let value = value.trim_start_matches(' ');
    let end = value.find(' ').unwrap_or(value.len());
    let (token, rest) = value.split_at_checked(end)?;
    if !is_blank_or_comment(rest) {
        return None;
    }
    let unquoted = ['"', '\'']
        .into_iter()
        .find_map(|quote| token.strip_prefix(quote)?.strip_suffix(quote));
    let word = match unquoted {
        Some(word) => word,
        None if matches!(resolve::plain(token), Scalar::Str(_)) => token,
        None => return None,
    };
    let starts_plain = word.starts_with(|first: char| first.is_ascii_alphanumeric());
    (starts_plain && is_word(word)).then_some(word)
}

/// Whether a quoted scalar may be open at the end of these bytes.
///
/// If one is, then the last quote of its sort is the one that opened it or is escaped. A quote behind
/// a letter, a digit or a full stop is neither.
fn may_be_quoted(before: &[u8]) -> bool {
    [b'"', b'\''].into_iter().any(|quote| {
        let Some(at) = memrchr(quote, before) else {
            return false;
        };
        let previous = at.checked_sub(1).and_then(|at| before.get(at));
        !previous.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'.')
    })
}

/// A `CustomResourceDefinition` that [`peek`] recognised, without the `versions` of its `spec`: what
/// is left keeps the group, the names, the scope and the conversion, and is a hundredth of the text.
///
/// `None` where the shape is unusual. Only the text before the cut keeps its offsets.
pub fn without_versions(chunk: &str) -> Option<String> {
    const KEY: &[u8] = b"\n  versions:";
    let bytes = chunk.as_bytes();
    let start = memmem::find(bytes, KEY)? + 1;
    let block = start + KEY.len() - 1;
    if memmem::find(bytes.get(block..)?, KEY).is_some()
        || !is_blank_or_comment(line_at(chunk, block))
        || !follows_spec(chunk.get(..start)?)
        || may_be_quoted(bytes.get(..start)?)
    {
        return None;
    }
    let end = block_end(chunk, block)?;
    let mut rest = String::with_capacity(start + chunk.len() - end);
    rest.push_str(chunk.get(..start)?);
    rest.push_str(chunk.get(end..)?);
    Some(rest)
}

/// Whether the last key in the first column is `spec`.
fn follows_spec(before: &str) -> bool {
    let mut lines = before
        .rsplit('\n')
        .map(|line| line.strip_suffix('\r').unwrap_or(line));
    let first_column = lines.find(|line| !line.is_empty() && !line.starts_with([' ', '#']));
    first_column.is_some_and(|line| line.trim_end_matches(' ') == "spec:")
}

/// Where the block that belongs to the key before `from` ends: at a plain key that is not deeper.
fn block_end(chunk: &str, from: usize) -> Option<usize> {
    let bytes = chunk.as_bytes();
    let breaks = memchr_iter(b'\n', bytes.get(from..)?);
    for start in breaks.map(|at| from + at + 1) {
        let inside = match bytes.get(start..)? {
            [b' ', b' ', b' ' | b'-', ..] | [] => true,
            _ => is_blank_or_comment(line_at(chunk, start)),
        };
        if inside {
            continue;
        }
        let line = line_at(chunk, start);
        let is_key = plain_key(line.strip_prefix("  ").unwrap_or(line)).is_some();
        let closed = !may_be_quoted(bytes.get(..start)?) && ends_value(chunk.get(from..start)?);
        return (is_key && closed).then_some(start);
    }
    Some(chunk.len())
}

/// Whether the last line with content cannot be followed by a key of a flow collection.
fn ends_value(text: &str) -> bool {
    let has_content = |line: &&str| !is_blank_or_comment(line);
    let last = text.lines().rev().find(has_content).map(str::trim_end);
    last.is_none_or(|line| !line.contains('#') && !line.ends_with(['{', '[', ',', '?']))
}

//! What is wrong with a configuration file or a baseline, and where.

use std::fmt;

use crate::{
    source::{Excerpt, printable},
    span::{Position, Span, narrow},
};

/// A configuration file or a baseline that cannot be used.
#[derive(Clone, Debug)]
pub struct ConfigError {
    message: String,
    path: String,
    start: Position,
    span: Span,
    // Boxed: the error travels in every `Result` of the reader.
    excerpt: Box<Excerpt>,
}

impl ConfigError {
    /// What `serde_yaml` has against `text`.
    pub(crate) fn of_yaml(path: &str, text: &str, error: &serde_yaml::Error) -> Self {
        let message = error.to_string();
        let Some(location) = error.location() else {
            return Self::new(path, text, &message, 1, 1);
        };
        let (line, column) = (location.line(), location.column());
        let place = format!(" at line {line} column {column}");
        let message = message.strip_suffix(&place).unwrap_or(&message);
        Self::new(path, text, message, line, column)
    }

    /// `line` and `column` are 1-based, the column in characters.
    fn new(path: &str, text: &str, message: &str, line: usize, column: usize) -> Self {
        let span = word_at(text, line, column);
        let excerpt = Box::new(Excerpt::new(0, 1, text, &[]));
        Self {
            message: printable(message),
            path: printable(path),
            start: excerpt.position(span.start()),
            span,
            excerpt,
        }
    }

    /// What is wrong, with the nearest valid word where there is one.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The file, as it was named.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The first character that is wrong.
    pub fn start(&self) -> Position {
        self.start
    }

    /// The bytes that are wrong.
    pub fn span(&self) -> Span {
        self.span
    }

    /// The text of the file.
    pub fn excerpt(&self) -> &Excerpt {
        &self.excerpt
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Position { line, column } = self.start;
        write!(f, "{}:{line}:{column}: {}", self.path, self.message)
    }
}

impl std::error::Error for ConfigError {}

/// The bytes of the key or value that begins at that place.
fn word_at(text: &str, line: usize, column: usize) -> Span {
    let mut offset = 0;
    let mut lines = text.split_inclusive('\n');
    for skipped in lines.by_ref().take(line.saturating_sub(1)) {
        offset += skipped.len();
    }
    let line = lines.next().unwrap_or_default().trim_end();
    let skipped = line.chars().take(column.saturating_sub(1));
    let indent = skipped.map(char::len_utf8).sum();
    let rest = line.get(indent..).unwrap_or_default();
    let start = narrow(offset + indent);
    let length = narrow(word_length(rest));
    Span::new(start, start.saturating_add(length))
}

/// Bytes up to what ends a YAML scalar on its line, at least one character where there is one.
fn word_length(rest: &str) -> usize {
    if let Some(quote @ ('"' | '\'')) = rest.chars().next() {
        let inside = rest.get(1..).unwrap_or_default();
        return inside.find(quote).map_or(rest.len(), |at| at + 2);
    }
    let colon = rest
        .find(": ")
        .or_else(|| rest.strip_suffix(':').map(str::len));
    let ends = [colon, rest.find(" #"), rest.find([',', ']', '}'])];
    let end = ends.into_iter().flatten().min().unwrap_or(rest.len());
    let first = rest.chars().next().map_or(0, char::len_utf8);
    rest.get(..end)
        .map_or(end, |it| it.trim_end().len())
        .max(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, line: usize, column: usize) -> &str {
        text.get(word_at(text, line, column).range()).unwrap()
    }

    #[test]
    fn a_place_covers_its_word() {
        let text = "exlude: [a b, 'c, d']\r\nü: x # why\nlast:\n";
        assert_eq!(marked(text, 1, 1), "exlude");
        assert_eq!(marked(text, 1, 10), "a b");
        assert_eq!(marked(text, 1, 15), "'c, d'");
        assert_eq!(marked(text, 2, 4), "x");
        assert_eq!(marked(text, 3, 1), "last");
        assert_eq!(marked(text, 3, 6), "");
        assert_eq!(marked(text, 9, 9), "");
        assert_eq!(marked("", 1, 1), "");
    }
}

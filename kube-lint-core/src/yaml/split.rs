//! Cuts a file into the documents that kubectl reads one by one.

use std::iter::FusedIterator;

use memchr::{memchr, memchr_iter, memmem};

use crate::span::{Span, narrow};

use super::json;

/// The text of one document in a file, separators left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk<'a> {
    /// Bytes from the start of the file.
    pub offset: u32,
    /// 1-based line of the file.
    pub first_line: u32,
    /// The document, line breaks as in the file.
    pub text: &'a str,
}

/// What [`split`] finds in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// A document, perhaps an empty one.
    Chunk(Chunk<'a>),
    /// A line that starts with `---` and goes on with something else than a comment: kubectl gives
    /// up the file there. Always the last piece.
    BadSeparator {
        /// The offending line without its line break, in bytes of the file.
        span: Span,
        /// 1-based line of the offending line.
        first_line: u32,
        /// The document that was being collected; kubectl loses it together with the rest. May be
        /// empty.
        before: Chunk<'a>,
        /// What follows the offending line and is never read.
        rest: Chunk<'a>,
    },
}

/// Splits a file as kubectl's `YAMLReader` does
/// (`k8s.io/apimachinery/pkg/util/yaml/decoder.go`, `YAMLReader.Read`).
///
/// Every line that starts with `---` is a separator, even inside a block scalar. A separator that
/// comes when nothing was collected yet belongs to the document that it starts. Line breaks and a
/// byte order mark are kept; [`Document::parse`](super::Document::parse) reads them as kubectl does.
///
/// A file that starts with `{` may instead hold JSON values one after the other; each is a document
/// (`YAMLOrJSONDecoder`).
///
/// The text must be shorter than 4 GiB.
pub fn split(text: &str) -> Pieces<'_> {
    debug_assert!(u32::try_from(text.len()).is_ok(), "spans are 32 bits wide");
    Pieces {
        text,
        at: 0,
        line: 1,
        json: json::is_candidate(text),
    }
}

/// The pieces of a file, see [`split`].
#[derive(Clone, Debug)]
pub struct Pieces<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    /// Whether JSON values may follow without separators.
    json: bool,
}

impl<'a> Pieces<'a> {
    /// The next JSON value, if it is followed by something else than a separator or the end.
    fn json_value(&mut self) -> Option<Chunk<'a>> {
        let rest = self.text.get(self.at..).filter(|_| self.json)?;
        self.json = false;
        let end = json::brackets_end(rest)?;
        let (value, behind) = rest.split_at_checked(end)?;
        let next = behind.trim_start();
        if next.is_empty() || next.starts_with("---") || !json::is_json(value) {
            return None;
        }
        self.json = next.starts_with('{');
        let blank = behind.len() - next.len();
        let blanks = behind.as_bytes().get(..blank).unwrap_or_default();
        let end = self.at + end + memchr(b'\n', blanks).map_or(blank, |at| at + 1);
        let chunk = self.chunk(end);
        self.advance(end);
        Some(chunk)
    }

    fn chunk(&self, end: usize) -> Chunk<'a> {
        Chunk {
            offset: narrow(self.at),
            first_line: self.line,
            text: self.text.get(self.at..end).unwrap_or_default(),
        }
    }

    /// Goes on behind byte `end` of the text.
    fn advance(&mut self, end: usize) {
        let passed = self.text.as_bytes().get(self.at..end).unwrap_or_default();
        self.line += narrow(memchr_iter(b'\n', passed).count());
        self.at = end;
    }

    /// Start of the first line at or after `from` that starts with `---`.
    fn separator(&self, from: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        if from == self.at && bytes.get(from..)?.starts_with(b"---") {
            return Some(from);
        }
        memmem::find(bytes.get(from..)?, b"\n---").map(|at| from + at + 1)
    }

    fn line_end(&self, from: usize) -> usize {
        let rest = self.text.as_bytes().get(from..).unwrap_or_default();
        memchr(b'\n', rest).map_or(self.text.len(), |at| from + at)
    }

    /// Whether only blanks or a comment follow the `---` at `from`.
    fn is_clean(&self, from: usize, end: usize) -> bool {
        let rest = self.text.get(from + 3..end).unwrap_or_default().trim();
        rest.is_empty() || rest.starts_with('#')
    }

    fn bad(&mut self, separator: usize, end: usize) -> Piece<'a> {
        let before = self.chunk(separator);
        self.advance(separator);
        let first_line = self.line;
        let line = self.text.get(separator..end).unwrap_or_default();
        let length = line.strip_suffix('\r').unwrap_or(line).len();
        self.advance(self.text.len().min(end + 1));
        let rest = self.chunk(self.text.len());
        self.at = self.text.len();
        Piece::BadSeparator {
            span: Span::new(narrow(separator), narrow(separator + length)),
            first_line,
            before,
            rest,
        }
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        if self.at == self.text.len() {
            return None;
        }
        if let Some(chunk) = self.json_value() {
            return Some(Piece::Chunk(chunk));
        }
        let mut from = self.at;
        loop {
            let Some(separator) = self.separator(from) else {
                let chunk = self.chunk(self.text.len());
                self.at = self.text.len();
                return Some(Piece::Chunk(chunk));
            };
            let end = self.line_end(separator);
            if !self.is_clean(separator, end) {
                return Some(self.bad(separator, end));
            }
            if separator > self.at {
                let chunk = self.chunk(separator);
                self.advance(self.text.len().min(end + 1));
                return Some(Piece::Chunk(chunk));
            }
            // The separator's own line break may be the one before the next separator.
            from = end;
        }
    }
}

impl FusedIterator for Pieces<'_> {}

//! Texts that kubectl reads and granit does not, changed byte for byte so that both read the same.
//!
//! kubectl's YAML is 1.1 as libyaml understands it, granit's is 1.2. Where they part on real
//! manifests, a copy of the text is parsed in which some bytes are replaced; its length stays, so
//! that every span still holds. The text of a scalar that was changed is read from the original.

use std::borrow::Cow;

use crate::span::Span;

use super::{quoted, text};

/// The bytes to replace.
#[derive(Default)]
pub(super) struct Patches {
    replaced: Vec<(usize, u8)>,
    /// Scalars whose text must be read from the original, in no order.
    changed: Vec<Span>,
}

impl Patches {
    /// What is known before parsing: line breaks of YAML 1.1 that are none in YAML 1.2.
    pub(super) fn of(text: &str) -> Self {
        let mut patches = Self::default();
        for at in text::old_breaks(text) {
            let length = if text.as_bytes().get(at) == Some(&0xc2) {
                2
            } else {
                3
            };
            let blanks = (at..at + length - 1).map(|at| (at, b' '));
            patches.replaced.extend(blanks);
            patches.replaced.push((at + length - 1, b'\n'));
        }
        patches
    }

    pub(super) fn len(&self) -> usize {
        self.replaced.len()
    }

    /// The text with the bytes replaced.
    pub(super) fn apply<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.replaced.is_empty() {
            return text.into();
        }
        let mut bytes = text.as_bytes().to_vec();
        for &(at, byte) in &self.replaced {
            if let Some(place) = bytes.get_mut(at) {
                *place = byte;
            }
        }
        // Only whole characters are replaced.
        String::from_utf8(bytes).map_or_else(|_| text.into(), Cow::Owned)
    }

    /// The colon at `at` belongs to the plain scalar before it, though a bracket or comma follows:
    /// libyaml ends a plain scalar in a flow collection only at a colon with a blank behind it.
    pub(super) fn colon(&mut self, at: usize) {
        self.replace(at, b'x');
        self.changed.push(text::span(at, at + 1));
    }

    /// The quoted scalar at `start` may go on in lines that are not indented, as in libyaml: it
    /// becomes one line.
    pub(super) fn join_lines(&mut self, text: &str, start: usize) {
        self.quoted(text, start, |bytes, at| {
            matches!(bytes.get(at), Some(b'\n' | b'\r')).then_some(b' ')
        });
    }

    /// The double-quoted scalar at `start` may hold `\'`, as in libyaml.
    pub(super) fn escaped_apostrophes(&mut self, text: &str, start: usize) {
        self.quoted(text, start, |bytes, at| {
            let next = bytes.get(at + 1);
            (bytes.get(at) == Some(&b'\\') && next == Some(&b'\'')).then_some(b'x')
        });
    }

    fn quoted(&mut self, text: &str, start: usize, replace: impl Fn(&[u8], usize) -> Option<u8>) {
        let bytes = text.as_bytes();
        let Some(end) = quoted::end(bytes, start) else {
            return;
        };
        for at in start..end {
            if let Some(byte) = replace(bytes, at) {
                self.replace(at, byte);
            }
        }
        self.changed.push(text::span(start, end));
    }

    fn replace(&mut self, at: usize, byte: u8) {
        if !self.replaced.contains(&(at, byte)) {
            self.replaced.push((at, byte));
        }
    }

    /// Whether the text of the scalar at `span` was changed.
    pub(super) fn touch(&self, span: Span) -> bool {
        self.changed.iter().any(|it| span.contains(*it))
    }
}

//! Texts that kubectl reads and granit does not, changed byte for byte so that both read the same.
//!
//! kubectl's YAML is 1.1 as libyaml understands it, granit's is 1.2. Where they part on real
//! manifests, a copy of the text is parsed in which some bytes are replaced; its length stays, so
//! that every span still holds. The text of a scalar that was changed is read from the original.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use crate::span::Span;

use super::{quoted, text};

/// The bytes to replace.
#[derive(Default)]
pub(super) struct Patches {
    replaced: BTreeMap<usize, u8>,
    /// Start and end of scalars whose text must be read from the original.
    changed: BTreeSet<(u32, u32)>,
}

impl Patches {
    /// What is known before parsing: line breaks of YAML 1.1 that are none in YAML 1.2.
    pub(super) fn of(text: &str) -> Self {
        let mut patches = Self::default();
        for at in text::old_breaks(text) {
            let last = at
                + if text.as_bytes().get(at) == Some(&0xc2) {
                    1
                } else {
                    2
                };
            patches.replaced.extend((at..last).map(|at| (at, b' ')));
            patches.replaced.insert(last, b'\n');
        }
        patches
    }

    /// How many scalars are mended; grows whenever there is something new to try.
    pub(super) fn scalars(&self) -> usize {
        self.changed.len()
    }

    /// The text with the bytes replaced.
    pub(super) fn apply<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.replaced.is_empty() {
            return text.into();
        }
        let mut bytes = text.as_bytes().to_vec();
        for (&at, &byte) in &self.replaced {
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
        self.replaced.insert(at, b'x');
        self.change(at, at + 1);
    }

    /// The quoted scalar at `start` is read by [`quoted::decode`]: libyaml lets it go on in lines that
    /// are not indented, and knows `\'`.
    pub(super) fn quoted(&mut self, text: &str, start: usize) {
        let Some(end) = quoted::end(text.as_bytes(), start) else {
            return;
        };
        self.replaced
            .extend((start + 1..end - 1).map(|at| (at, b'x')));
        self.change(start, end);
    }

    fn change(&mut self, start: usize, end: usize) {
        let span = Span::between(start, end);
        self.changed.insert((span.start(), span.end()));
    }

    /// Whether the text of the scalar at `span` was changed.
    pub(super) fn touch(&self, span: Span) -> bool {
        let inside = self.changed.range((span.start(), 0)..(span.end(), 0));
        inside.into_iter().any(|&(_, end)| end <= span.end())
    }
}

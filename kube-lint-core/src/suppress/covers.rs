//! The directives that cover a place, found without a look at each.

use crate::span::Span;

use super::Directive;

/// What the directives of a file cover, as a balanced tree: the middle of a range is its root.
#[derive(Debug)]
pub(super) struct Covers<'d> {
    /// In order of their beginning.
    parts: Vec<(Span, &'d Directive)>,
    /// For each part, where the last of the range of which it is the root ends.
    ends: Vec<u32>,
}

impl<'d> Covers<'d> {
    pub(super) fn of(directives: &'d [Directive]) -> Self {
        let parts = directives.iter();
        let parts = parts.flat_map(|it| it.covers.iter().map(move |span| (*span, it)));
        let mut parts: Vec<_> = parts.collect();
        parts.sort_by_key(|it| it.0);
        let ends = vec![0; parts.len()];
        let mut covers = Self { parts, ends };
        covers.note_ends(0, covers.parts.len());
        covers
    }

    /// The directives that cover `span`, each with what it covers there.
    pub(super) fn at(&self, span: Span) -> Vec<(Span, &'d Directive)> {
        let mut found = Vec::new();
        self.collect(0, self.parts.len(), span, &mut found);
        found
    }

    /// Where the last part of the range ends.
    fn note_ends(&mut self, from: usize, to: usize) -> u32 {
        let root = usize::midpoint(from, to);
        let Some(part) = self.parts.get(root).filter(|_| from < to) else {
            return 0;
        };
        let own = part.0.end();
        let sides = [self.note_ends(from, root), self.note_ends(root + 1, to)];
        let end = sides.into_iter().fold(own, u32::max);
        self.ends[root] = end;
        end
    }

    fn collect(&self, from: usize, to: usize, at: Span, found: &mut Vec<(Span, &'d Directive)>) {
        let root = usize::midpoint(from, to);
        if from >= to || self.ends[root] < at.end() {
            return;
        }
        self.collect(from, root, at, found);
        let part = self.parts[root];
        if part.0.start() > at.start() {
            return;
        }
        if part.0.contains(at) {
            found.push(part);
        }
        self.collect(root + 1, to, at, found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::{FileId, Place};

    fn directive(covers: &[Span]) -> Directive {
        Directive {
            place: Place {
                file: FileId::new(0),
                span: Span::empty(0),
            },
            names: Vec::new(),
            reason: None,
            covers: covers.to_vec(),
            is_partial: false,
        }
    }

    #[test]
    fn what_covers_a_place_is_what_a_look_at_each_finds() {
        let mut directives = vec![directive(&[]), directive(&[Span::new(0, u32::MAX)])];
        for (start, length) in (0..60).map(|it| (it * 7 % 31, it * 11 % 13)) {
            let span = Span::new(start, start + length);
            directives.push(directive(&[span, Span::new(length, 2 * length)]));
        }
        let covers = Covers::of(&directives);
        for start in 0..45 {
            for end in start..45 {
                let span = Span::new(start, end);
                let all = directives.iter().flat_map(|it| &it.covers);
                let mut expected: Vec<_> = all.filter(|it| it.contains(span)).copied().collect();
                expected.sort_unstable();
                let found = covers.at(span).into_iter().map(|it| it.0);
                assert_eq!(found.collect::<Vec<_>>(), expected, "{span:?}");
            }
        }
        assert!(Covers::of(&[]).at(Span::empty(0)).is_empty());
    }
}

//! Those who read the Secrets of some place, on top of those who read more.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::{analysis::rbac::Principal, yaml::Node};

use super::{Reader, ReadingWay, rights::Right, targets::Targets};

/// Readers, each subject once and in the most direct way.
#[derive(Default)]
pub(super) struct Audience<'h, 'a> {
    /// Who reads here whatever is added.
    pub(super) below: Option<Rc<Self>>,
    /// In whose name others read what is added here.
    pub(super) targets: Targets<'h, 'a>,
    ways: FxHashMap<&'h Principal<'a>, ReadingWay>,
    /// Those added here, in order of directness.
    added: Vec<(&'h Principal<'a>, ReadingWay, Node<'a>)>,
    /// How many read in each way, those below among them.
    pub(super) counts: [usize; ReadingWay::ALL.len()],
}

impl<'h, 'a> Audience<'h, 'a> {
    /// Those of `below`, to add others to.
    pub(super) fn over(below: Rc<Self>) -> Self {
        Self {
            counts: below.counts,
            below: Some(below),
            targets: Targets::default(),
            ways: FxHashMap::default(),
            added: Vec::new(),
        }
    }

    /// Adds the holder of `right`, unless it reads as directly already; ways must not become more direct
    /// from one call to the next.
    pub(super) fn add(&mut self, right: &Right<'h, 'a>, way: ReadingWay) {
        let Some(at) = right.place() else { return };
        let principal = &right.holding.principal;
        let known = self.way_of(principal);
        if known.is_some_and(|it| it <= way) {
            return;
        }
        if let Some(known) = known {
            self.counts[known as usize] -= 1;
        }
        self.counts[way as usize] += 1;
        self.ways.insert(principal, way);
        self.added.push((principal, way, at));
    }

    fn way_of(&self, principal: &Principal<'a>) -> Option<ReadingWay> {
        let own = self.ways.get(principal).copied();
        own.or_else(|| self.below.as_ref()?.way_of(principal))
    }

    /// The first of them, the most direct first; `most` at most.
    pub(super) fn nearest(&self, most: usize) -> Vec<Reader<'a>> {
        let mut found = Vec::new();
        let mut next = Some(self);
        while let Some(audience) = next {
            let added = audience.added.iter();
            let valid = added.filter(|(principal, way, _)| self.way_of(principal) == Some(*way));
            found.extend(
                valid
                    .take(most)
                    .map(|(_, way, at)| Reader { way: *way, at: *at }),
            );
            next = audience.below.as_deref();
        }
        found.sort_by_key(|it| it.way);
        found.truncate(most);
        found
    }
}

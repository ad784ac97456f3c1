//! Those who read the Secrets of some place, on top of those who read more.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::{analysis::rbac::Principal, object::Namespace, yaml::Node};

use super::{Reader, ReadingWay, rights::Right, targets::Targets};

/// A subject, so that those which may be one are found to be.
#[derive(PartialEq, Eq, Hash)]
enum Who<'h, 'a> {
    Account(Namespace<'a>, &'h str),
    /// The account of that name in some namespace.
    SomeAccount(&'h str),
    Other(&'h Principal<'a>),
}

impl<'h, 'a> Who<'h, 'a> {
    /// What to keep a subject under.
    fn names(principal: &'h Principal<'a>) -> Vec<Self> {
        match principal {
            Principal::ServiceAccount { namespace, name } => {
                let namespace = namespace.name().map_or(Namespace::Unset, Namespace::Named);
                vec![Self::Account(namespace, name), Self::SomeAccount(name)]
            }
            Principal::User(_) | Principal::Group(_) => vec![Self::Other(principal)],
        }
    }

    /// What to look a subject up by: accounts whose namespaces may be one count once.
    fn sought(principal: &'h Principal<'a>) -> Vec<Self> {
        match principal {
            Principal::ServiceAccount { namespace, name } => match namespace.name() {
                Some(_) => [*namespace, Namespace::Unset]
                    .map(|it| Self::Account(it, name))
                    .into(),
                None => vec![Self::SomeAccount(name)],
            },
            Principal::User(_) | Principal::Group(_) => vec![Self::Other(principal)],
        }
    }
}

/// Readers, each subject once and in the most direct way.
#[derive(Default)]
pub(super) struct Audience<'h, 'a> {
    /// Who reads here whatever is added.
    pub(super) below: Option<Rc<Self>>,
    /// In whose name others read what is added here.
    pub(super) targets: Targets<'h, 'a>,
    ways: FxHashMap<Who<'h, 'a>, ReadingWay>,
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
        for who in Who::names(principal) {
            let own = self.ways.entry(who).or_insert(way);
            *own = way.min(*own);
        }
        self.added.push((principal, way, at));
    }

    fn way_of(&self, principal: &'h Principal<'a>) -> Option<ReadingWay> {
        let sought = Who::sought(principal).into_iter();
        let own = sought.filter_map(|it| self.ways.get(&it)).min();
        own.copied()
            .or_else(|| self.below.as_ref()?.way_of(principal))
    }

    /// The first of them, the most direct first; `most` at most.
    pub(super) fn nearest(&self, most: usize) -> Vec<Reader<'a>> {
        let mut found = Vec::new();
        let mut next = Some(self);
        while let Some(audience) = next {
            let added = audience.added.iter();
            let valid = added.filter(|it| self.way_of(it.0) == Some(it.1));
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

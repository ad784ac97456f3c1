//! What somebody may do by a binding, to all objects or to those of certain names.

use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::{
    analysis::rbac::{
        Allowance, Deed, Held, Holding, HoldingBinding, Holdings, Place, Power, WAYS, Way,
    },
    object::{Namespace, ObjectId, Relation},
    yaml::Node,
};

use super::vicinity::Near;

/// A right that somebody holds by a binding.
#[derive(Clone)]
pub(super) struct Right<'h, 'a> {
    pub(super) holding: &'h Holding<'a>,
    /// The names of the objects; `None` for all.
    pub(super) names: Option<Vec<&'a str>>,
}

/// Rights by where they hold, and by their bindings.
pub(super) struct Rights<'h, 'a> {
    /// Sorted by where they hold, then by binding.
    all: Vec<Right<'h, 'a>>,
    by_scope: FxHashMap<Namespace<'a>, Range<usize>>,
    by_binding: FxHashMap<ObjectId, Vec<usize>>,
}

impl<'h, 'a> Rights<'h, 'a> {
    pub(super) fn new(mut all: Vec<Right<'h, 'a>>) -> Self {
        all.sort_by_key(|it| (it.holding.scope, it.binding()));
        let mut by_scope: FxHashMap<_, Range<usize>> = FxHashMap::default();
        let mut by_binding: FxHashMap<_, Vec<_>> = FxHashMap::default();
        for (number, right) in all.iter().enumerate() {
            let range = by_scope.entry(right.holding.scope);
            range.or_insert(number..number).end = number + 1;
            if let Some(binding) = right.binding() {
                by_binding.entry(binding).or_default().push(number);
            }
        }
        // Two that are not known are not one.
        by_scope.remove(&Namespace::Unknown);
        Self {
            all,
            by_scope,
            by_binding,
        }
    }

    /// Those that hold in `scope` and nowhere else, by bindings that count there.
    pub(super) fn over(&self, scope: Namespace<'a>, near: &Near) -> Vec<&Right<'h, 'a>> {
        if scope == Namespace::Cluster {
            let near = near.bindings().flat_map(|it| self.of_binding(it));
            return near.filter(|it| it.holding.scope == scope).collect();
        }
        let all = self.within(scope).iter();
        all.filter(|it| it.counts(scope, near)).collect()
    }

    /// Those of the bindings that the API server makes itself.
    pub(super) fn built_in(&self, scope: Namespace<'a>) -> impl Iterator<Item = &Right<'h, 'a>> {
        // They have no number, and come first.
        let all = self.within(scope).iter();
        all.take_while(|it| it.binding().is_none())
    }

    pub(super) fn of_binding(&self, binding: ObjectId) -> impl Iterator<Item = &Right<'h, 'a>> {
        let numbers = self.by_binding.get(&binding).into_iter().flatten();
        numbers.map(|it| &self.all[*it])
    }

    fn within(&self, scope: Namespace<'a>) -> &[Right<'h, 'a>] {
        let range = self.by_scope.get(&scope).cloned();
        range.map_or(&[], |it| &self.all[it])
    }
}

/// The rights to one of `deeds`, in order of the bindings.
pub(super) fn of<'h, 'a>(holdings: &'h Holdings<'a>, deeds: &[Deed]) -> Vec<Right<'h, 'a>> {
    let mut numbers: FxHashMap<*const Holding<'a>, usize> = FxHashMap::default();
    let mut rights: Vec<Right<'h, 'a>> = Vec::new();
    let ways = WAYS.iter().filter(|it| deeds.contains(&it.deed));
    for request in ways.flat_map(Way::requests) {
        for held in holdings.who(&Power::Resource(request), Place::Anywhere) {
            let number = numbers.entry(std::ptr::from_ref(held.holding));
            let number = *number.or_insert(rights.len());
            match rights.get_mut(number) {
                Some(right) => right.widen(names(&held)),
                None => rights.push(Right {
                    holding: held.holding,
                    names: names(&held),
                }),
            }
        }
    }
    rights
}

fn names<'a>(held: &Held<'_, 'a>) -> Option<Vec<&'a str>> {
    match held.allowance {
        Allowance::Whole => None,
        Allowance::Named => Some(held.rule.resource_names().map(|it| it.value).collect()),
    }
}

impl<'a> Right<'_, 'a> {
    fn widen(&mut self, names: Option<Vec<&'a str>>) {
        match (&mut self.names, names) {
            (Some(own), Some(names)) => own.extend(names),
            (own, None) => *own = None,
            (None, Some(_)) => {}
        }
    }

    pub(super) fn is_for_all(&self) -> bool {
        self.names.is_none()
    }

    /// Whether it holds in `namespace`.
    pub(super) fn is_over(&self, namespace: Namespace<'a>) -> bool {
        let scope = self.holding.scope;
        scope == Namespace::Cluster || scope.compare(namespace) == Relation::Same
    }

    /// Whether the binding is one of the cluster, where `scope` is the namespace asked about.
    pub(super) fn counts(&self, scope: Namespace<'a>, near: &Near) -> bool {
        let is_inside = scope.name().is_some() && self.holding.scope == scope;
        let binding = self.binding();
        binding.is_some_and(|it| is_inside && !near.is_all() || near.has(it))
    }

    /// The binding, where it is one of the input.
    fn binding(&self) -> Option<ObjectId> {
        match self.holding.binding {
            HoldingBinding::Defined { object, .. } => Some(object.id()),
            HoldingBinding::BuiltIn(_) => None,
        }
    }

    /// The subject in the binding; `None` in those that the API server makes itself.
    pub(super) fn place(&self) -> Option<Node<'a>> {
        match self.holding.binding {
            HoldingBinding::Defined { subject, .. } => {
                Some(subject.name().map_or(subject.node(), |it| it.node))
            }
            HoldingBinding::BuiltIn(_) => None,
        }
    }
}

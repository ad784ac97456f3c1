//! What somebody may do by a binding, to all objects or to those of certain names.

use rustc_hash::FxHashMap;

use crate::{
    analysis::rbac::{
        Allowance, Deed, Held, Holding, HoldingBinding, Holdings, Place, Power, WAYS, Way,
    },
    yaml::Node,
};

/// A right that somebody holds by a binding.
pub(super) struct Right<'h, 'a> {
    pub(super) holding: &'h Holding<'a>,
    /// The names of the objects; `None` for all.
    pub(super) names: Option<Vec<&'a str>>,
}

/// The rights to one of `deeds`, in order of the bindings.
pub(super) fn rights<'h, 'a>(holdings: &'h Holdings<'a>, deeds: &[Deed]) -> Vec<Right<'h, 'a>> {
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

    /// Whether it is for certain names, `name` among them.
    pub(super) fn is_for(&self, name: &str) -> bool {
        self.names.as_ref().is_some_and(|it| it.contains(&name))
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

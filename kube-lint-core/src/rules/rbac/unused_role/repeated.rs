//! Bindings that give a subject a role which it has by another binding.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    analysis::rbac::{Holding, HoldingBinding, Holdings, Principal},
    inventory::{ClosedWorld, Inventory},
    model::Subject,
    object::{Kind, Namespace, Object, ObjectId},
    rule::Reporter,
};

use super::{Whole, words};

/// A role that somebody has.
#[derive(PartialEq, Eq, Hash)]
struct Gift<'h, 'a> {
    world: ClosedWorld,
    principal: &'h Principal<'a>,
    kind: Kind,
    /// Of a `Role`.
    namespace: Option<Namespace<'a>>,
    name: &'h str,
}

/// A binding that is not needed for some of its subjects.
struct Repeated<'a> {
    binding: Object<'a>,
    /// Each with the binding that gives it the role already.
    subjects: Vec<(Subject<'a>, Object<'a>)>,
}

/// Reports those that are not among `idle`.
pub(super) fn check<'a>(
    holdings: &Holdings<'a>,
    idle: &FxHashSet<ObjectId>,
    whole: &Whole<'_, 'a>,
    reporter: &mut Reporter<'_>,
) {
    // Those that hold everywhere come first.
    let mut given: FxHashMap<Gift<'_, 'a>, Vec<&Holding<'a>>> = FxHashMap::default();
    let mut repeated: BTreeMap<ObjectId, Repeated<'a>> = BTreeMap::new();
    for holding in holdings.all() {
        let Some((gift, binding, subject)) = gift(holding, whole) else {
            continue;
        };
        let earlier = given.entry(gift).or_default();
        let other = earlier.iter().find_map(|it| instead(it, holding));
        match other {
            Some(other) if !idle.contains(&binding.id()) => {
                let entry = repeated.entry(binding.id());
                let entry = entry.or_insert_with(|| Repeated {
                    binding,
                    subjects: Vec::new(),
                });
                entry.subjects.push((subject, other));
            }
            _ => earlier.push(holding),
        }
    }
    for it in repeated.values() {
        report(it, whole.inventory, reporter);
    }
}

fn gift<'h, 'a>(
    holding: &'h Holding<'a>,
    whole: &Whole<'_, 'a>,
) -> Option<(Gift<'h, 'a>, Object<'a>, Subject<'a>)> {
    let HoldingBinding::Defined {
        object, subject, ..
    } = holding.binding
    else {
        return None;
    };
    let is_certain = match &holding.principal {
        Principal::ServiceAccount { namespace, .. } => *namespace != Namespace::Unknown,
        Principal::User(_) | Principal::Group(_) => true,
    };
    if holding.scope == Namespace::Unknown || !is_certain {
        return None;
    }
    let kind = holding.role.kind();
    let gift = Gift {
        world: whole.world_of(&object)?,
        principal: &holding.principal,
        kind,
        namespace: (kind == Kind::Role).then_some(holding.scope),
        name: &holding.role_name,
    };
    Some((gift, object, subject))
}

/// The binding of `earlier`, where it gives all that `holding` gives and is another object.
fn instead<'a>(earlier: &Holding<'a>, holding: &Holding<'a>) -> Option<Object<'a>> {
    let HoldingBinding::Defined { object, .. } = earlier.binding else {
        return None;
    };
    let is_wider = earlier.scope == Namespace::Cluster && holding.scope != Namespace::Cluster;
    let is_other = earlier.binding_name != holding.binding_name;
    (is_wider || earlier.scope == holding.scope && is_other).then_some(object)
}

fn report<'a>(repeated: &Repeated<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    let Some((first, other)) = repeated.subjects.first() else {
        return;
    };
    let binding = words::named(inventory, &repeated.binding);
    let subjects: Vec<_> = repeated.subjects.iter().map(|it| it.0).collect();
    let who = words::subjects(inventory, &repeated.binding, &subjects);
    let by = words::named(inventory, other);
    let at = first.name().map_or(first.node(), |it| it.node);
    let finding = reporter.report(
        at,
        format!("{binding} gives {who} a role that they have by {by}"),
    );
    finding.help("remove it, or the other one");
    for (_, other) in &repeated.subjects {
        finding.label(other.head(), "gives it already");
    }
    words::label_subjects(finding, subjects.get(1..).unwrap_or_default(), "and here");
}

//! What a `ClusterRole` with an `aggregationRule` grants.
//!
//! As `pkg/controller/clusterroleaggregation` does it: the rules of every other `ClusterRole` that a
//! selector matches replace its own; where none matches, its own stay.

use rustc_hash::FxHashSet;

use crate::{
    inventory::Inventory,
    model::{LabelSelector, Labels, PolicyRule, Role},
    object::{Kind, Object},
    units::UnitKind,
    yaml::Node,
};

use super::{BoundRole, BuiltInRole, built_in};

/// The rules that `role` grants in the end.
pub(super) fn rules<'a>(inventory: &Inventory<'a>, role: BoundRole<'a>) -> Vec<PolicyRule<'a>> {
    let candidates = match role {
        BoundRole::Defined(object) => visible_from(inventory, &object),
        BoundRole::BuiltIn(_) if selectors(role).is_some() => everywhere(inventory),
        BoundRole::BuiltIn(_) => Vec::new(),
    };
    let (mut seen, mut rules) = (FxHashSet::default(), Vec::new());
    collect(inventory, role, &candidates, &mut seen, &mut rules, 0);
    rules
}

/// Whether aggregation replaces the rules in the manifest of `role`.
pub(super) fn replaces_rules<'a>(inventory: &Inventory<'a>, role: &Object<'a>) -> bool {
    let bound = BoundRole::Defined(*role);
    selectors(bound).is_some()
        && visible_from(inventory, role)
            .into_iter()
            .any(|it| selects(inventory, bound, it))
}

/// The aggregated roles, of the input and built in, whose rules those of `role` become.
pub(super) fn aggregating<'a>(inventory: &Inventory<'a>, role: &Object<'a>) -> Vec<BoundRole<'a>> {
    if role.kind() != Kind::ClusterRole || role.is_partial() {
        return Vec::new();
    }
    let defined = inventory.bindings().aggregated().iter();
    let defined = defined.filter(|it| is_near(inventory, role, it));
    let candidates = with_built_in(defined, built_in().aggregated());
    let mut found: Vec<BoundRole<'a>> = Vec::new();
    let mut queue = vec![BoundRole::Defined(*role)];
    while let Some(selected) = queue.pop() {
        for it in &candidates {
            let is_known = found.iter().any(|known| is_same(*known, *it));
            if !is_known && selects(inventory, *it, selected) {
                found.push(*it);
                queue.push(*it);
            }
        }
    }
    found
}

/// How many aggregated roles may stand behind each other; those that every cluster has are three.
const MAX_DEPTH: usize = 16;

fn collect<'a>(
    inventory: &Inventory<'a>,
    role: BoundRole<'a>,
    candidates: &[BoundRole<'a>],
    seen: &mut FxHashSet<&'a str>,
    rules: &mut Vec<PolicyRule<'a>>,
    depth: usize,
) {
    seen.extend(role.name());
    let mut is_replaced = false;
    if selectors(role).is_some() && depth < MAX_DEPTH {
        for candidate in candidates {
            if !selects(inventory, role, *candidate) {
                continue;
            }
            let before = rules.len();
            let is_seen = candidate.name().is_some_and(|it| seen.contains(it));
            if !is_seen {
                collect(inventory, *candidate, candidates, seen, rules, depth + 1);
            }
            is_replaced |= is_seen || rules.len() > before;
        }
    }
    if !is_replaced {
        match role {
            BoundRole::Defined(object) => rules.extend(Role::new(&object).rules()),
            BoundRole::BuiltIn(known) => {
                let own = known.rules().map(|it| PolicyRule::new(it.node()));
                rules.extend(own);
            }
        }
    }
}

/// The `ClusterRole`s that are certainly applied where `role` is, and the built-in ones.
fn visible_from<'a>(inventory: &Inventory<'a>, role: &Object<'a>) -> Vec<BoundRole<'a>> {
    let defined = inventory.of_kind(Kind::ClusterRole);
    let defined = defined.filter(|it| is_near(inventory, role, it));
    with_built_in(defined, built_in().roles())
}

/// Whether both are applied together, or lie in one folder where no kustomization says more.
pub fn is_near<'a>(inventory: &Inventory<'a>, one: &Object<'a>, other: &Object<'a>) -> bool {
    let mut is_alone = true;
    for unit in inventory.units_of(one.id()) {
        if inventory.member(unit.id, other.id()).is_some() {
            return true;
        }
        is_alone &= unit.kind == UnitKind::File;
    }
    is_alone && inventory.folder(one.file()) == inventory.folder(other.file())
}

fn everywhere<'a>(inventory: &Inventory<'a>) -> Vec<BoundRole<'a>> {
    with_built_in(inventory.of_kind(Kind::ClusterRole), built_in().roles())
}

/// `defined`, and those of the built-in roles that none of them stands for.
fn with_built_in<'i, 'a: 'i>(
    defined: impl Iterator<Item = &'i Object<'a>>,
    built_in: &'static [BuiltInRole],
) -> Vec<BoundRole<'a>> {
    let mut roles: Vec<_> = defined
        .filter(|it| !it.is_partial())
        .map(|it| BoundRole::Defined(*it))
        .collect();
    let names: FxHashSet<_> = roles.iter().filter_map(|it| it.name()).collect();
    let missing = built_in.iter().filter(|it| it.kind == Kind::ClusterRole);
    let missing: Vec<_> = missing.filter(|it| !names.contains(it.name)).collect();
    roles.extend(missing.into_iter().map(BoundRole::BuiltIn));
    roles
}

fn is_same(one: BoundRole<'_>, other: BoundRole<'_>) -> bool {
    one.name().is_some() && one.name() == other.name()
}

fn selectors(role: BoundRole<'_>) -> Option<Node<'_>> {
    match role {
        BoundRole::Defined(object) => object.at(&["aggregationRule", "clusterRoleSelectors"]),
        BoundRole::BuiltIn(known) => known.selectors(),
    }
}

/// Whether a selector of `role` matches the labels of `other`.
fn selects<'a>(inventory: &Inventory<'a>, role: BoundRole<'a>, other: BoundRole<'a>) -> bool {
    let Some(selectors) = selectors(role) else {
        return false;
    };
    if is_same(role, other) {
        return false;
    }
    let labels = labels(inventory, other);
    let selectors = selectors.items().filter(|it| it.is_mapping());
    let mut selectors = selectors.map(|it| LabelSelector::new(Some(it)));
    selectors.any(|it| it.matches(&labels).is_certain())
}

fn labels<'a>(inventory: &Inventory<'a>, role: BoundRole<'a>) -> Labels<'a> {
    let object = match role {
        BoundRole::BuiltIn(known) => return Labels::of(known.labels()),
        BoundRole::Defined(object) => object,
    };
    let mut labels = Labels::of(object.at(&["metadata", "labels"]));
    let unit = inventory.units_of(object.id()).next();
    let member = unit.and_then(|it| inventory.member(it.id, object.id()));
    for added in member.into_iter().flat_map(|it| &it.labels) {
        labels.set(added.key, Some(added.value));
    }
    labels
}

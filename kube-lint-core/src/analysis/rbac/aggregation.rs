//! What a `ClusterRole` with an `aggregationRule` grants.
//!
//! As `pkg/controller/clusterroleaggregation` does it: the rules of every other `ClusterRole` that a
//! selector matches replace its own; where none matches, its own stay.

use rustc_hash::FxHashSet;

use crate::{
    inventory::{Inventory, selectors_in},
    model::{LabelSelector, Labels, PolicyRule, Role},
    object::{Kind, Object},
    units::UnitKind,
};

use super::{BoundRole, BuiltInRole, built_in};

/// The rules that `role` grants in the end.
pub(super) fn rules<'a>(inventory: &Inventory<'a>, role: BoundRole<'a>) -> Vec<PolicyRule<'a>> {
    let (mut seen, mut rules) = (FxHashSet::default(), Vec::new());
    View::of(inventory, role).collect(role, &mut seen, &mut rules, 0);
    rules
}

/// Whether aggregation replaces the rules in the manifest of `role`.
pub(super) fn replaces_rules<'a>(inventory: &Inventory<'a>, role: &Object<'a>) -> bool {
    let role = BoundRole::Defined(*role);
    let view = View::of(inventory, role);
    // Most ask for no other roles.
    selectors(role).is_some() && view.selected_by(role).next().is_some()
}

/// The aggregated roles, of the input and built in, whose rules those of `role` become.
pub(super) fn aggregating<'a>(inventory: &Inventory<'a>, role: &Object<'a>) -> Vec<BoundRole<'a>> {
    if role.kind() != Kind::ClusterRole || role.is_partial() {
        return Vec::new();
    }
    let start = BoundRole::Defined(*role);
    let view = View::of(inventory, start);
    let mut names = FxHashSet::default();
    // Roles with the same labels are selected by the same.
    let mut followed = FxHashSet::default();
    let mut found = Vec::new();
    let mut queue = vec![start];
    while let Some(selected) = queue.pop() {
        let labels = view.labels(selected);
        if !followed.insert(labels.pairs().collect::<Vec<_>>()) {
            continue;
        }
        for it in view.selecting(selected, &labels) {
            if it.name().is_some_and(|it| names.insert(it)) {
                found.push(it);
                queue.push(it);
            }
        }
    }
    found
}

/// How many aggregated roles may stand behind each other; those that every cluster has are three.
const MAX_DEPTH: usize = 16;

/// The `ClusterRole`s that are certainly applied where one of them is, and the built-in ones.
struct View<'i, 'a> {
    inventory: &'i Inventory<'a>,
    /// `None` for a role that is built in, which is everywhere.
    from: Option<Object<'a>>,
}

impl<'i, 'a> View<'i, 'a> {
    fn of(inventory: &'i Inventory<'a>, role: BoundRole<'a>) -> Self {
        let from = match role {
            BoundRole::Defined(object) => Some(object),
            BoundRole::BuiltIn(_) => None,
        };
        Self { inventory, from }
    }

    fn collect(
        &self,
        role: BoundRole<'a>,
        seen: &mut FxHashSet<&'a str>,
        rules: &mut Vec<PolicyRule<'a>>,
        depth: usize,
    ) {
        seen.extend(role.name());
        let mut is_replaced = false;
        let is_followed = selectors(role).is_some() && depth < MAX_DEPTH;
        for candidate in is_followed
            .then(|| self.selected_by(role))
            .into_iter()
            .flatten()
        {
            let before = rules.len();
            let is_seen = candidate.name().is_some_and(|it| seen.contains(it));
            if !is_seen {
                self.collect(candidate, seen, rules, depth + 1);
            }
            is_replaced |= is_seen || rules.len() > before;
        }
        if is_replaced {
            return;
        }
        match role {
            BoundRole::Defined(object) => rules.extend(Role::new(&object).rules()),
            BoundRole::BuiltIn(known) => {
                let own = known.rules().map(|it| PolicyRule::new(it.node()));
                rules.extend(own);
            }
        }
    }

    fn sees(&self, role: &Object<'a>) -> bool {
        let is_near = |from: Object<'a>| is_near(self.inventory, &from, role);
        !role.is_partial() && self.from.is_none_or(is_near)
    }

    /// The other roles that a selector of `role` matches, those of the input first.
    fn selected_by(&self, role: BoundRole<'a>) -> impl Iterator<Item = BoundRole<'a>> {
        let selectors = selectors(role).unwrap_or_default();
        let defined = self.inventory.aggregation().selected_by(&selectors);
        let defined = defined.into_iter().map(|it| self.inventory.object(it));
        let defined = defined.filter(|it| self.sees(it));
        let is_selected = move |it: &&BuiltInRole| {
            it.kind == Kind::ClusterRole
                && is_selected(&selectors, &Labels::of(it.labels()))
                && !self.replaces(it, |_| true)
        };
        let built_in = built_in().roles().iter().filter(is_selected);
        defined
            .map(|it| BoundRole::Defined(*it))
            .chain(built_in.map(BoundRole::BuiltIn))
            .filter(move |it| !is_same(role, *it))
    }

    /// The other roles of which a selector matches `role`, which has `labels`, those of the input first.
    fn selecting(&self, role: BoundRole<'a>, labels: &Labels<'a>) -> Vec<BoundRole<'a>> {
        let aggregation = self.inventory.aggregation();
        let defined = aggregation.selecting(labels).filter(|it| self.sees(it));
        let selects = |it: &&BuiltInRole| {
            let selectors = it.selectors().map(selectors_in).unwrap_or_default();
            it.kind == Kind::ClusterRole
                && is_selected(&selectors, labels)
                && !self.replaces(it, |other| aggregation.aggregates(other.id()))
        };
        let built_in = built_in().aggregated().iter().filter(selects);
        defined
            .map(BoundRole::Defined)
            .chain(built_in.map(BoundRole::BuiltIn))
            .filter(|it| !is_same(role, *it))
            .collect()
    }

    /// Whether a role of the input that `counts` stands for the built-in one.
    fn replaces(&self, known: &BuiltInRole, counts: impl Fn(&Object<'a>) -> bool) -> bool {
        let named = self.inventory.definitions_of(Kind::ClusterRole, known.name);
        let named = named.into_iter().filter(|it| it.name == known.name);
        let mut objects = named.filter_map(|it| self.inventory.defining_object(it));
        objects.any(|it| counts(it) && self.sees(it))
    }

    fn labels(&self, role: BoundRole<'a>) -> Labels<'a> {
        match role {
            BoundRole::BuiltIn(known) => Labels::of(known.labels()),
            BoundRole::Defined(object) => {
                let labels = self.inventory.aggregation().labels(object.id());
                labels.cloned().unwrap_or_else(Labels::unknown)
            }
        }
    }
}

/// Whether both are applied together, or lie in one folder where no kustomization says more; in an
/// inventory of one cluster all are.
pub fn is_near<'a>(inventory: &Inventory<'a>, one: &Object<'a>, other: &Object<'a>) -> bool {
    if inventory.is_one_cluster() {
        return true;
    }
    let mut is_alone = true;
    for unit in inventory.units_of(one.id()) {
        if inventory.member(unit.id, other.id()).is_some() {
            return true;
        }
        is_alone &= unit.kind == UnitKind::File;
    }
    is_alone && inventory.folder(one.file()) == inventory.folder(other.file())
}

fn is_same(one: BoundRole<'_>, other: BoundRole<'_>) -> bool {
    one.name().is_some() && one.name() == other.name()
}

/// What `role` asks for in its `aggregationRule`.
fn selectors(role: BoundRole<'_>) -> Option<Vec<LabelSelector<'_>>> {
    let list = match role {
        BoundRole::Defined(object) => object.at(&["aggregationRule", "clusterRoleSelectors"]),
        BoundRole::BuiltIn(known) => known.selectors(),
    };
    list.map(selectors_in)
}

fn is_selected(selectors: &[LabelSelector<'_>], labels: &Labels<'_>) -> bool {
    let mut selectors = selectors.iter();
    selectors.any(|it| it.matches(labels).is_certain())
}

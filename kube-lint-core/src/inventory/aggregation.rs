//! Which `ClusterRole`s ask for which others in their `aggregationRule`: an index by labels.

use rustc_hash::FxHashMap;

use crate::{
    model::{LabelSelector, Labels, Operator},
    object::{Kind, Object, ObjectId},
    yaml::Node,
};

use super::Inventory;

/// A label: key and value.
type Pair<'a> = (&'a str, &'a str);

/// The `ClusterRole`s of a root by their labels, and those that aggregate by the labels that they ask
/// for; partial ones are left out.
#[derive(Debug, Default)]
pub struct Aggregation<'a> {
    labels: FxHashMap<ObjectId, Labels<'a>>,
    /// In order of path and place.
    roles: Vec<ObjectId>,
    by_label: FxHashMap<Pair<'a>, Vec<ObjectId>>,
    aggregating: Vec<Aggregating<'a>>,
    /// Indices of those that aggregate, by a label without which they select nothing.
    asking: FxHashMap<Pair<'a>, Vec<usize>>,
    /// Those that may select what has none of these.
    asking_otherwise: Vec<usize>,
}

#[derive(Debug)]
struct Aggregating<'a> {
    object: Object<'a>,
    selectors: Vec<LabelSelector<'a>>,
}

impl<'a> Aggregation<'a> {
    pub(super) fn new(inventory: &Inventory<'a>) -> Self {
        let mut aggregation = Self::default();
        let roles = inventory.of_kind(Kind::ClusterRole);
        for object in roles.filter(|it| !it.is_partial()) {
            aggregation.add(object, labels(inventory, object));
        }
        aggregation
    }

    fn add(&mut self, object: &Object<'a>, labels: Labels<'a>) {
        let id = object.id();
        self.roles.push(id);
        for (key, value) in labels.pairs() {
            if let Some(value) = value {
                self.by_label.entry((key, value)).or_default().push(id);
            }
        }
        self.labels.insert(id, labels);
        let Some(list) = object.at(&["aggregationRule", "clusterRoleSelectors"]) else {
            return;
        };
        let index = self.aggregating.len();
        let selectors = selectors_in(list);
        for selector in &selectors {
            match demanded(selector) {
                Some(pairs) => {
                    for pair in pairs {
                        self.asking.entry(pair).or_default().push(index);
                    }
                }
                None => self.asking_otherwise.push(index),
            }
        }
        self.aggregating.push(Aggregating {
            object: *object,
            selectors,
        });
    }

    /// The labels of the `ClusterRole` `role`, as applied.
    pub fn labels(&self, role: ObjectId) -> Option<&Labels<'a>> {
        self.labels.get(&role)
    }

    /// Whether `role` is one of those that aggregate.
    pub fn aggregates(&self, role: ObjectId) -> bool {
        let found = self
            .aggregating
            .binary_search_by_key(&role, |it| it.object.id());
        found.is_ok()
    }

    /// The `ClusterRole`s that one of `selectors` certainly selects, in order of path and place.
    pub fn selected_by(&self, selectors: &[LabelSelector<'_>]) -> Vec<ObjectId> {
        let mut found = Vec::new();
        for selector in selectors {
            let is_selected = |it: &&ObjectId| {
                let labels = self.labels.get(it);
                labels.is_some_and(|it| selector.matches(it).is_certain())
            };
            match demanded(selector) {
                Some(pairs) => {
                    let candidates = pairs.iter().filter_map(|it| self.by_label.get(it));
                    let candidates = candidates.flatten();
                    found.extend(candidates.filter(is_selected));
                }
                None => found.extend(self.roles.iter().filter(is_selected)),
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The `ClusterRole`s that certainly select what has `labels`, in order of path and place.
    pub fn selecting<'i>(
        &'i self,
        labels: &'i Labels<'_>,
    ) -> impl Iterator<Item = Object<'a>> + use<'i, 'a> {
        let pairs = labels
            .pairs()
            .filter_map(|(key, value)| Some((key, value?)));
        let asking = pairs.filter_map(|it| self.asking.get(&it)).flatten();
        let mut candidates: Vec<_> = asking.chain(&self.asking_otherwise).copied().collect();
        candidates.sort_unstable();
        candidates.dedup();
        let candidates = candidates.into_iter().map(|it| &self.aggregating[it]);
        candidates
            .filter(|it| {
                let mut selectors = it.selectors.iter();
                selectors.any(|it| it.matches(labels).is_certain())
            })
            .map(|it| it.object)
    }
}

impl<'a> Inventory<'a> {
    /// Which `ClusterRole`s aggregate which.
    pub fn aggregation(&self) -> &Aggregation<'a> {
        &self.aggregation
    }
}

/// The selectors in the list `clusterRoleSelectors`.
pub fn selectors_in(list: Node<'_>) -> Vec<LabelSelector<'_>> {
    let selectors = list.items().filter(|it| it.is_mapping());
    selectors.map(|it| LabelSelector::new(Some(it))).collect()
}

/// Labels of which one is needed to be selected for certain; `None` where none is.
fn demanded<'a>(selector: &LabelSelector<'a>) -> Option<Vec<Pair<'a>>> {
    let mut requirements = selector.requirements().iter();
    let listed = requirements.find(|it| it.operator == Operator::In && it.key.is_some())?;
    let key = listed.key?;
    let values = listed.values.iter().flatten();
    Some(values.map(|it| (key, *it)).collect())
}

/// The labels of `object` with those that kustomizations add.
fn labels<'a>(inventory: &Inventory<'a>, object: &Object<'a>) -> Labels<'a> {
    let mut labels = Labels::of(object.at(&["metadata", "labels"]));
    let unit = inventory.units_of(object.id()).next();
    let member = unit.and_then(|it| inventory.member(it.id, object.id()));
    for added in member.into_iter().flat_map(|it| &it.labels) {
        labels.set(added.key, Some(added.value));
    }
    labels
}

//! What connects: which policies select which Pods, and which directions they isolate.
//!
//! Meaning: `k8s.io/api/networking/v1/types.go`. Policies only ever add: Pods are isolated in a
//! direction as soon as one policy that selects them has it, and what any of these allows is allowed.
//! What gets through from whom to which port is to be built on top of this.

mod coverage;
mod exposure;
mod policy;
mod similar;
#[cfg(test)]
mod tests;
mod workload;

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::{
    inventory::Inventory,
    model::{Direction, LabelSelector, Labels, Match, Operator, Peer},
    object::{Namespace, Object, ObjectId, Relation},
    units::{Unit, UnitId, UnitKind},
};

pub use coverage::Uncovered;
pub use exposure::Exposed;
pub use policy::{Policy, default_deny};
pub use similar::Similar;
use workload::ADDED_LATER;
pub use workload::Workload;
pub(super) use workload::object_labels;

/// What is taken to be applied together: a unit, or the files of a folder that belong to no other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Group<'a> {
    /// A unit of several files, or a stream.
    Unit(UnitId),
    /// The single files in a folder.
    Folder(&'a str),
}

impl<'a> Group<'a> {
    pub(super) fn of(unit: &Unit<'a>) -> Self {
        match unit.kind {
            UnitKind::File => {
                let folder = unit.path.rsplit_once('/');
                Self::Folder(folder.map_or("", |(folder, _)| folder))
            }
            UnitKind::Kustomization | UnitKind::Path | UnitKind::Stream => Self::Unit(unit.id),
        }
    }
}

/// Where something lives: in a group, in a namespace.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Home<'a> {
    /// The unit.
    pub unit: UnitId,
    /// What is applied with it.
    pub group: Group<'a>,
    /// The namespace in that unit.
    pub namespace: Namespace<'a>,
}

impl<'a> Home<'a> {
    fn of(inventory: &Inventory<'a>, unit: &Unit<'a>, object: ObjectId) -> Self {
        Self {
            unit: unit.id,
            group: Group::of(unit),
            namespace: inventory.identity(unit.id, object).namespace,
        }
    }

    /// Whether the two are in one namespace. Namespaces that are not set are the same only in what is
    /// applied together.
    pub fn shares_namespace(&self, other: &Self) -> Match {
        match self.namespace.compare(other.namespace) {
            Relation::Different => Match::No,
            Relation::Unknown => Match::Unknown,
            Relation::Same if self.namespace.name().is_some() => Match::Yes,
            Relation::Same => Match::known(self.group == other.group).or(Match::Unknown),
        }
    }
}

/// The policies and workloads of a root, one entry for each unit that an object is in.
pub struct Network<'i, 'a> {
    inventory: &'i Inventory<'a>,
    workloads: Vec<Workload<'a>>,
    policies: Vec<Policy<'a>>,
    workload_index: Index<'a>,
    policy_index: Index<'a>,
    /// The policies that may isolate Pods, by direction.
    isolating_index: [Index<'a>; 2],
    /// Labels of the namespaces with workloads, by name.
    namespaces: BTreeMap<&'a str, Labels<'a>>,
}

/// Entries by a label that they have or demand, so that few are asked.
#[derive(Default)]
struct Index<'a> {
    by_label: FxHashMap<(&'a str, &'a str), Vec<usize>>,
    /// Entries that any label may meet.
    others: Vec<usize>,
    /// One more than the last entry.
    count: usize,
}

impl<'i, 'a> Network<'i, 'a> {
    /// Gathers the policies and workloads of `inventory`.
    pub fn new(inventory: &'i Inventory<'a>) -> Self {
        let workloads = workload::all(inventory);
        let policies = policy::all(inventory);
        let mut workload_index = Index::default();
        for (number, workload) in workloads.iter().enumerate() {
            workload_index.add_labels(number, &workload.labels);
        }
        let mut policy_index = Index::default();
        let mut isolating_index = [Index::default(), Index::default()];
        for (number, policy) in policies.iter().enumerate() {
            policy_index.add_selector(number, policy.pod_selector());
            for (direction, index) in Direction::ALL.into_iter().zip(&mut isolating_index) {
                if policy.isolates(direction).is_possible() {
                    index.add_selector(number, policy.pod_selector());
                }
            }
        }
        let mut namespaces = BTreeMap::new();
        for workload in &workloads {
            let workload: &Workload<'a> = workload;
            if let Some(name) = workload.home.namespace.name() {
                let labels = || workload.namespace_labels.clone();
                namespaces.entry(name).or_insert_with(labels);
            }
        }
        Self {
            inventory,
            workloads,
            policies,
            workload_index,
            policy_index,
            isolating_index,
            namespaces,
        }
    }

    /// Where `object` lives, in each of its units.
    pub fn homes(&self, object: &Object<'a>) -> impl Iterator<Item = Home<'a>> {
        let id = object.id();
        let units = self.inventory.units_of(id);
        units.map(move |unit| Home::of(self.inventory, unit, id))
    }

    /// Every workload that runs Pods.
    pub fn workloads(&self) -> &[Workload<'a>] {
        &self.workloads
    }

    /// Every policy of any kind, the entries of one object behind each other.
    pub fn policies(&self) -> &[Policy<'a>] {
        &self.policies
    }

    /// Whether some policy may select the Pods of `workload`.
    pub fn is_covered(&self, workload: &Workload<'a>) -> bool {
        let mut candidates = self.policy_index.meeting(&workload.labels);
        candidates.any(|it| self.selects(&self.policies[it], workload).is_possible())
    }

    /// Whether `policy` selects the Pods of `workload`.
    pub fn selects(&self, policy: &Policy<'a>, workload: &Workload<'a>) -> Match {
        policy.selects(workload)
    }

    /// Whether some policy isolates the Pods of `workload` in a direction. Policies other than
    /// NetworkPolicies may, in either.
    pub fn isolation(&self, workload: &Workload<'a>, direction: Direction) -> Match {
        let index = match direction {
            Direction::Ingress => &self.isolating_index[0],
            Direction::Egress => &self.isolating_index[1],
        };
        let mut isolation = Match::No;
        for number in index.meeting(&workload.labels) {
            let policy = &self.policies[number];
            let isolates = self
                .selects(policy, workload)
                .and(policy.isolates(direction));
            isolation = isolation.or(isolates);
            if isolation.is_certain() {
                break;
            }
        }
        isolation
    }

    /// The workloads whose Pods `selector` may select, whatever their namespace.
    pub fn workloads_matching(
        &self,
        selector: &LabelSelector<'a>,
    ) -> impl Iterator<Item = &Workload<'a>> {
        let candidates = self.workload_index.demanded_by(selector);
        let candidates = candidates.into_iter().map(|it| &self.workloads[it]);
        candidates.filter(|it| selector.matches(&it.labels).is_possible())
    }

    /// Whether `peer`, in a policy that lives at `home`, admits the Pods of `workload`.
    pub fn admits(&self, home: &Home<'a>, peer: &Peer<'a>, workload: &Workload<'a>) -> Match {
        if peer.ip_block().is_some() {
            return Match::Unknown;
        }
        let namespace = match peer.namespace_selector() {
            Some(selector) => selector.matches(&workload.namespace_labels),
            None => home.shares_namespace(&workload.home),
        };
        let pods = peer.pod_selector();
        let pods = pods.map_or(Match::Yes, |it| it.matches(&workload.labels));
        namespace.and(pods)
    }

    /// Names of the namespaces with workloads that `selector` certainly selects.
    pub fn namespaces_matching(&self, selector: &LabelSelector<'a>) -> Vec<&'a str> {
        let namespaces = self.namespaces.iter();
        let selected = namespaces.filter(|(_, labels)| selector.matches(labels).is_certain());
        selected.map(|(name, _)| *name).collect()
    }

    /// The labels of the namespace at `home`.
    pub fn namespace_labels(&self, home: &Home<'a>) -> Labels<'a> {
        workload::namespace_labels(self.inventory, home)
    }
}

impl<'a> Index<'a> {
    fn add_labels(&mut self, number: usize, labels: &Labels<'a>) {
        self.count = number + 1;
        if !labels.is_known() {
            self.others.push(number);
            return;
        }
        for pair in known_pairs(labels) {
            self.by_label.entry(pair).or_default().push(number);
        }
    }

    fn add_selector(&mut self, number: usize, selector: Option<&LabelSelector<'a>>) {
        self.count = number + 1;
        match selector.and_then(demanded) {
            Some((key, values)) => {
                for value in values {
                    self.by_label.entry((key, value)).or_default().push(number);
                }
            }
            None => self.others.push(number),
        }
    }

    /// The selectors that `labels` may meet, in no certain order, some twice.
    fn meeting(&self, labels: &Labels<'a>) -> impl Iterator<Item = usize> {
        let is_known = labels.is_known();
        let all = if is_known { 0..0 } else { 0..self.count };
        let pairs = is_known.then(|| known_pairs(labels)).into_iter().flatten();
        let found = pairs.filter_map(|it| self.by_label.get(&it)).flatten();
        let others = if is_known {
            self.others.as_slice()
        } else {
            &[]
        };
        all.chain(found.chain(others).copied())
    }

    /// The labels that may meet `selector`, in the order in which they were added.
    fn demanded_by(&self, selector: &LabelSelector<'a>) -> impl Iterator<Item = usize> + use<'a> {
        let demanded = demanded(selector);
        let all = if demanded.is_some() {
            0..0
        } else {
            0..self.count
        };
        let mut some = Vec::new();
        if let Some((key, values)) = demanded {
            let found = values
                .iter()
                .filter_map(|it| self.by_label.get(&(key, *it)));
            some.extend(found.flatten().chain(&self.others));
            some.sort_unstable();
            some.dedup();
        }
        all.chain(some)
    }
}

fn known_pairs<'a>(labels: &Labels<'a>) -> impl Iterator<Item = (&'a str, &'a str)> {
    labels
        .pairs()
        .filter_map(|(key, value)| Some((key, value?)))
}

/// A label that Pods must have from the start to be selected: its key, and the values that will do.
fn demanded<'a>(selector: &LabelSelector<'a>) -> Option<(&'a str, Vec<&'a str>)> {
    let mut demanded = selector.requirements().iter().filter_map(|it| {
        let key = it.key.filter(|key| !ADDED_LATER.contains(key))?;
        let values: Option<Vec<_>> = it.values.iter().copied().collect();
        let is_list = it.operator == Operator::In && !it.values.is_empty();
        is_list.then_some((key, values?))
    });
    demanded.next()
}

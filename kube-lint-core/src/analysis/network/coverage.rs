//! Which workloads no policy speaks of, by what is applied together and namespace.
//!
//! A policy that may select the Pods from anywhere in the root covers them: files of one root may be
//! applied to one namespace in whatever way.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    model::{Direction, Match},
    object::{Namespace, ObjectId},
};

use super::{Group, Home, Network, Policy, Workload};

/// Workloads that no policy covers, in one group.
#[derive(Clone, Debug)]
pub struct Uncovered<'n, 'a> {
    /// The namespaces in which they run; several where units share the workloads.
    pub namespaces: Vec<Namespace<'a>>,
    /// The workloads, each once.
    pub workloads: Vec<&'n Workload<'a>>,
    /// A policy by which the namespace isolates other Pods.
    pub policy: Option<&'n Policy<'a>>,
}

/// Namespaces of the control plane, where policies are not the user's to write.
const SYSTEM: [&str; 3] = ["kube-system", "kube-node-lease", "kube-public"];

/// Where namespaces are the same: everywhere for a name, in one group for one that is not set.
type Place<'a> = (Option<Group<'a>>, Namespace<'a>);

fn place<'a>(home: &Home<'a>) -> Place<'a> {
    match home.namespace {
        Namespace::Named(_) => (None, home.namespace),
        _ => (Some(home.group), home.namespace),
    }
}

impl<'a> Network<'_, 'a> {
    /// Workloads in namespaces for which there is no policy of any kind.
    pub fn without_any_policy(&self) -> Vec<Uncovered<'_, 'a>> {
        let with_policy: FxHashSet<_> = self.policies.iter().map(|it| place(&it.home)).collect();
        let mut found = Vec::new();
        for ((_, namespace), workloads) in by_namespace(self.governed()) {
            let has_policy = workloads
                .iter()
                .any(|it| with_policy.contains(&place(&it.home)));
            if !has_policy && !workloads.iter().any(|it| self.is_covered(it)) {
                found.push(Uncovered {
                    namespaces: vec![namespace],
                    workloads,
                    policy: None,
                });
            }
        }
        merged(found)
    }

    /// Workloads that certainly no policy isolates in a direction, in namespaces where some policy
    /// restricts others in it.
    pub fn not_isolated(&self, direction: Direction) -> Vec<Uncovered<'_, 'a>> {
        let mut isolating: FxHashMap<Place<'a>, &Policy<'a>> = FxHashMap::default();
        for policy in &self.policies {
            if restricts(policy, direction) {
                isolating.entry(place(&policy.home)).or_insert(policy);
            }
        }
        let mut found = Vec::new();
        for ((group, namespace), mut workloads) in self.governed() {
            let policy = workloads
                .first()
                .and_then(|it| isolating.get(&place(&it.home)));
            let Some(policy) = policy.copied() else {
                continue;
            };
            workloads.retain(|it| self.isolation(it, direction) == Match::No);
            if workloads.is_empty() {
                continue;
            }
            let mut of_group = self.policies.iter();
            let nearer = of_group.find(|it| {
                it.home.group == group && it.home.namespace == namespace && restricts(it, direction)
            });
            found.push(Uncovered {
                namespaces: vec![namespace],
                workloads,
                policy: Some(nearer.unwrap_or(policy)),
            });
        }
        merged(found)
    }

    /// The workloads over which policies have a say, by group and namespace, where both are known and
    /// all of the group is.
    fn governed(&self) -> Groups<'_, 'a> {
        let units = self.inventory.units().iter();
        let incomplete: FxHashSet<_> = units
            .filter(|it| it.incomplete.is_some())
            .map(Group::of)
            .collect();
        let mut groups: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for workload in self.workloads.iter().filter(|it| it.is_governed) {
            let home = workload.home;
            let is_system = home.namespace.name().is_some_and(|it| SYSTEM.contains(&it));
            let is_known = home.namespace != Namespace::Unknown;
            if is_known && !is_system && !incomplete.contains(&home.group) {
                let of_group: &mut Vec<_> = groups.entry((home.group, home.namespace)).or_default();
                of_group.push(workload);
            }
        }
        groups
    }
}

type Groups<'n, 'a> = BTreeMap<(Group<'a>, Namespace<'a>), Vec<&'n Workload<'a>>>;

/// The groups, those that are folders joined where they are in one namespace.
fn by_namespace<'n, 'a>(groups: Groups<'n, 'a>) -> Groups<'n, 'a> {
    let mut joined: Groups<'n, 'a> = BTreeMap::new();
    for ((group, namespace), workloads) in groups {
        let group = match (group, namespace) {
            (Group::Folder(_), Namespace::Named(_)) => Group::Folder(""),
            _ => group,
        };
        joined
            .entry((group, namespace))
            .or_default()
            .extend(workloads);
    }
    joined
}

/// Whether `policy` certainly isolates Pods in a direction, and does not allow everything there.
fn restricts(policy: &Policy<'_>, direction: Direction) -> bool {
    let view = policy.network_policy();
    let mut rules = view.into_iter().flat_map(|it| it.rules(direction));
    let allows_all = rules.any(|it| it.peers_node().is_none() && it.ports_node().is_none());
    policy.isolates(direction) == Match::Yes && !allows_all
}

/// One entry for all that begin with the same workload: overlays of one base.
fn merged<'n, 'a>(found: Vec<Uncovered<'n, 'a>>) -> Vec<Uncovered<'n, 'a>> {
    let mut merged: Vec<Uncovered<'n, 'a>> = Vec::new();
    let mut by_first: FxHashMap<ObjectId, usize> = FxHashMap::default();
    let id = |it: &Workload<'a>| it.pod.object().id();
    for uncovered in found {
        let Some(first) = uncovered.workloads.first() else {
            continue;
        };
        let next = merged.len();
        let at = *by_first.entry(id(first)).or_insert(next);
        let Some(known) = merged.get_mut(at) else {
            merged.push(uncovered);
            continue;
        };
        known.namespaces.extend(uncovered.namespaces);
        let ids: FxHashSet<_> = known.workloads.iter().map(|it| id(it)).collect();
        let others = uncovered.workloads.into_iter();
        known
            .workloads
            .extend(others.filter(|it| !ids.contains(&id(it))));
    }
    for it in &mut merged {
        it.namespaces.sort_unstable();
        it.namespaces.dedup();
    }
    merged
}

//! Which workloads a selector may have been written for although it does not match them.

use std::cmp::Ordering;

use crate::{
    model::{LabelSelector, Labels, Operator, Requirement},
    nearest,
    object::Namespace,
};

use super::{Group, Home, Network, Workload, known_pairs};

/// What is applied together, in one namespace.
type Place<'a> = (Group<'a>, Namespace<'a>);

/// That a workload has a label: place, two words, the workload.
type Entry<'a> = (Place<'a>, &'a str, &'a str, usize);

/// An index of workloads by labels that are written nearly alike; every list is sorted.
pub struct Similar<'n, 'a> {
    workloads: &'n [Workload<'a>],
    /// By key and value.
    values: Vec<Entry<'a>>,
    /// By value and key.
    keys: Vec<Entry<'a>>,
    /// By key and value of the labels of the workload itself, not those of its Pods.
    own: Vec<Entry<'a>>,
    by_place: Vec<(Place<'a>, usize)>,
}

impl<'n, 'a> Similar<'n, 'a> {
    /// Indexes the workloads of `network`.
    pub fn new(network: &'n Network<'_, 'a>) -> Self {
        let mut similar = Self {
            workloads: &network.workloads,
            values: Vec::new(),
            keys: Vec::new(),
            own: Vec::new(),
            by_place: Vec::new(),
        };
        for (number, workload) in network.workloads.iter().enumerate() {
            let place = place(&workload.home);
            similar.by_place.push((place, number));
            for (key, value) in known_pairs(&workload.labels) {
                similar.values.push((place, key, value, number));
                similar.keys.push((place, value, key, number));
            }
            let own = Labels::of(workload.pod.object().at(&["metadata", "labels"]));
            let own = known_pairs(&own).map(|(key, value)| (place, key, value, number));
            similar.own.extend(own);
        }
        for list in [&mut similar.values, &mut similar.keys, &mut similar.own] {
            list.sort_unstable();
        }
        similar.by_place.sort_unstable();
        similar
    }

    /// The workloads at `home` of whose labels, or of whose Pods' labels, one that `selector` demands is
    /// a slip away, in order.
    pub fn to(&self, selector: &LabelSelector<'a>, home: &Home<'a>) -> Vec<&'n Workload<'a>> {
        let place = place(home);
        let requirements = selector.requirements();
        let listed = requirements.iter().find(|it| it.operator == Operator::In);
        let Some(listed) = listed else {
            let here = equal(&self.by_place, |it| it.0.cmp(&place)).iter();
            return here.map(|it| &self.workloads[it.1]).collect();
        };
        let mut numbers: Vec<usize> = Vec::new();
        for value in listed.values.iter().flatten() {
            let sought = (place, listed.key.unwrap_or_default(), *value);
            let found = equal(&self.own, |it| (it.0, it.1, it.2).cmp(&sought));
            numbers.extend(found.iter().map(|it| it.3));
        }
        for (key, value) in requirements.iter().filter_map(Requirement::pair) {
            numbers.extend(near(&self.values, place, key, value));
            numbers.extend(near(&self.keys, place, value, key));
        }
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().map(|it| &self.workloads[it]).collect()
    }
}

fn place<'a>(home: &Home<'a>) -> Place<'a> {
    (home.group, home.namespace)
}

/// The workloads at `place` with a label one of whose words is `same`, and the other near `word`.
fn near<'a>(
    entries: &[Entry<'a>],
    place: Place<'a>,
    same: &str,
    word: &str,
) -> impl Iterator<Item = usize> + use<'a> {
    let candidates = equal(entries, |it| it.0.cmp(&place).then_with(|| it.1.cmp(same)));
    let found = nearest::near(word, nearest::limit(word), candidates, |it| it.2);
    let numbers: Vec<_> = found.into_iter().map(|(_, it)| it.3).collect();
    numbers.into_iter()
}

/// The part of `sorted` that `order` calls equal.
fn equal<T>(sorted: &[T], order: impl Fn(&T) -> Ordering) -> &[T] {
    let first = sorted.partition_point(|it| order(it) == Ordering::Less);
    let rest = &sorted[first..];
    let length = rest.partition_point(|it| order(it) == Ordering::Equal);
    &rest[..length]
}

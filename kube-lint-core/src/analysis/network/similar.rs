//! Which workloads a selector may have been written for although it does not match them.

use rustc_hash::FxHashMap;

use crate::{
    model::{LabelSelector, Labels, Operator, Requirement},
    nearest::{self, Words},
};

use super::{Network, Workload, known_pairs};

type ByPair<'a> = FxHashMap<(&'a str, &'a str), Vec<usize>>;

/// An index of workloads by labels that are written nearly alike.
pub struct Similar<'n, 'a> {
    workloads: &'n [Workload<'a>],
    by_label: ByPair<'a>,
    /// By the labels of the workload itself, not those of its Pods.
    by_own_label: ByPair<'a>,
    values: FxHashMap<&'a str, Words<'a>>,
    keys: FxHashMap<&'a str, Words<'a>>,
}

impl<'n, 'a> Similar<'n, 'a> {
    /// Indexes the workloads of `network`.
    pub fn new(network: &'n Network<'_, 'a>) -> Self {
        let mut by_label = ByPair::default();
        let mut by_own_label = ByPair::default();
        for (number, workload) in network.workloads.iter().enumerate() {
            for pair in known_pairs(&workload.labels) {
                by_label.entry(pair).or_default().push(number);
            }
            let own = Labels::of(workload.pod.object().at(&["metadata", "labels"]));
            for pair in known_pairs(&own) {
                by_own_label.entry(pair).or_default().push(number);
            }
        }
        let (mut values, mut keys) = (FxHashMap::default(), FxHashMap::default());
        for &(key, value) in by_label.keys() {
            let of_key: &mut Vec<_> = values.entry(key).or_default();
            of_key.push(value);
            let of_value: &mut Vec<_> = keys.entry(value).or_default();
            of_value.push(key);
        }
        Self {
            workloads: &network.workloads,
            by_label,
            by_own_label,
            values: words(values),
            keys: words(keys),
        }
    }

    /// The workloads of whose labels, or of whose Pods' labels, one that `selector` demands is a slip
    /// away, in order.
    pub fn to(&self, selector: &LabelSelector<'a>) -> Vec<&'n Workload<'a>> {
        let requirements = selector.requirements();
        let listed = requirements.iter().find(|it| it.operator == Operator::In);
        let Some(listed) = listed else {
            return self.workloads.iter().collect();
        };
        let mut numbers: Vec<usize> = Vec::new();
        for value in listed.values.iter().flatten() {
            let pair = (listed.key.unwrap_or_default(), *value);
            numbers.extend(self.by_own_label.get(&pair).into_iter().flatten());
        }
        for (key, value) in requirements.iter().filter_map(Requirement::pair) {
            let near = |words: Option<&Words<'a>>, word| {
                words.map_or_else(Vec::new, |it| it.near(word, nearest::limit(word)))
            };
            let values = near(self.values.get(key), value).into_iter();
            let keys = near(self.keys.get(value), key).into_iter();
            let pairs = values
                .map(|it| (key, it.1))
                .chain(keys.map(|it| (it.1, value)));
            let found = pairs.filter_map(|it| self.by_label.get(&it));
            numbers.extend(found.flatten());
        }
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().map(|it| &self.workloads[it]).collect()
    }
}

fn words<'a>(lists: FxHashMap<&'a str, Vec<&'a str>>) -> FxHashMap<&'a str, Words<'a>> {
    let lists = lists.into_iter();
    lists
        .map(|(word, it)| (word, it.into_iter().collect()))
        .collect()
}

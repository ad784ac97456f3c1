//! Objects that files which are to describe one cluster define twice, and differently.

use std::collections::BTreeMap;

use crate::{
    inventory::Inventory,
    object::{Kind, Namespace, Object},
    units::Member,
};

use super::content;

/// An object with definitions of which at most one can hold.
#[derive(Clone, Debug)]
pub struct Contradiction<'a> {
    /// `ClusterRole` say.
    pub kind: &'a str,
    /// Its name, as applied.
    pub name: String,
    /// Its namespace, as applied.
    pub namespace: Namespace<'a>,
    /// The definitions, in order of path and place.
    pub definitions: Vec<Object<'a>>,
}

/// The objects of `kinds` that `inventory` defines twice and differently, by kind, namespace and name.
/// What their `metadata` says does not matter, but for the labels by which a `ClusterRole` is aggregated.
pub fn contradictions<'a>(inventory: &Inventory<'a>, kinds: &[Kind]) -> Vec<Contradiction<'a>> {
    let mut defined: BTreeMap<_, Vec<Object<'a>>> = BTreeMap::new();
    for unit in inventory.units() {
        for placement in unit.members.iter().flat_map(Member::placements) {
            let object = inventory.object(placement.object);
            let namespace = inventory.placement(placement).namespace;
            let name = placement.applied_name(object.name().map(|it| it.value));
            let is_known = !object.is_partial() && namespace != Namespace::Unknown;
            let (Some(name), true) = (name, is_known && kinds.contains(&object.kind())) else {
                continue;
            };
            let key = (object.kind_name(), namespace, name.into_owned());
            defined.entry(key).or_default().push(*object);
        }
    }
    let all = defined.into_iter();
    let all = all.map(|((kind, namespace, name), definitions)| Contradiction {
        kind,
        name,
        namespace,
        definitions: distinct(definitions),
    });
    all.filter(|it| it.definitions.len() > 1 && !are_same(&it.definitions))
        .collect()
}

fn distinct(mut objects: Vec<Object<'_>>) -> Vec<Object<'_>> {
    objects.sort_by_key(Object::id);
    objects.dedup_by_key(|it| it.id());
    objects
}

fn are_same(objects: &[Object<'_>]) -> bool {
    objects.windows(2).all(|it| match it {
        [one, other] => is_same(one, other),
        _ => true,
    })
}

fn is_same(one: &Object<'_>, other: &Object<'_>) -> bool {
    let fields = |it: &Object<'_>| {
        let root = it.root();
        let names = root.fields().filter_map(|(key, _)| key.text());
        let names = names.filter(|it| !matches!(*it, "apiVersion" | "kind" | "metadata"));
        names.map(str::to_owned).collect::<Vec<_>>()
    };
    let mut names = fields(one);
    names.extend(fields(other));
    let has_same_labels =
        one.kind() != Kind::ClusterRole || has_same(one, other, &["metadata", "labels"]);
    has_same_labels && names.iter().all(|it| has_same(one, other, &[it]))
}

fn has_same(one: &Object<'_>, other: &Object<'_>, path: &[&str]) -> bool {
    match (one.at(path), other.at(path)) {
        (Some(one), Some(other)) => content::is_same(one, other),
        (one, other) => one.is_none() && other.is_none(),
    }
}

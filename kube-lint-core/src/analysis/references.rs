//! Every reference to a Secret or `ConfigMap` in the input.

use crate::{
    inventory::Inventory,
    model::{REFERRING, Reference, references},
    object::Object,
};

/// The references of all objects that are applied, each with the object that makes it: those of
/// PodSpecs, then those of other objects.
pub fn all<'i, 'a>(
    inventory: &'i Inventory<'a>,
) -> impl Iterator<Item = (Object<'a>, Reference<'a>)> + use<'i, 'a> {
    let pods = inventory.pod_specs().iter().flat_map(|pod| {
        let references = pod.references().into_iter();
        references.map(move |it| (pod.object(), it))
    });
    let others = REFERRING.iter().flat_map(|kind| inventory.of_kind(*kind));
    let others = others.flat_map(|object| {
        let references = references(object).into_iter();
        references.map(move |it| (*object, it))
    });
    pods.chain(others)
        .filter(|(object, _)| !object.is_partial())
}

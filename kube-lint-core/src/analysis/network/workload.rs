//! The Pods that policies select, with their labels as applied.

use crate::{
    inventory::Inventory,
    model::{Labels, PodSpec},
    object::{Kind, Object, ObjectId},
    units::{LabelReach, UnitId},
    yaml::Node,
};

use super::Home;

/// A workload in a unit.
#[derive(Clone, Debug)]
pub struct Workload<'a> {
    /// Where it lives.
    pub home: Home<'a>,
    /// The PodSpec of its Pods.
    pub pod: PodSpec<'a>,
    /// The labels of its Pods.
    pub labels: Labels<'a>,
    /// The labels of their namespace.
    pub namespace_labels: Labels<'a>,
    /// Whether policies certainly have a say: its Pods are not on the network of their node, and there
    /// are Pods.
    pub is_governed: bool,
}

/// Labels that controllers and injectors add to Pods, so that their absence says nothing.
pub(super) const ADDED_LATER: [&str; 14] = [
    "apps.kubernetes.io/pod-index",
    "batch.kubernetes.io/controller-uid",
    "batch.kubernetes.io/job-completion-index",
    "batch.kubernetes.io/job-name",
    "controller-revision-hash",
    "controller-uid",
    "istio.io/rev",
    "job-name",
    "pod-template-generation",
    "pod-template-hash",
    "rollouts-pod-template-hash",
    "security.istio.io/tlsMode",
    "service.istio.io/canonical-name",
    "statefulset.kubernetes.io/pod-name",
];

/// The workloads of every unit.
pub(super) fn all<'a>(inventory: &Inventory<'a>) -> Vec<Workload<'a>> {
    let pods = inventory.pod_specs().iter();
    let pods = pods.filter(|it| it.runs_pods() && !it.object().is_partial());
    pods.flat_map(|pod| {
        let units = inventory.units_of(pod.object().id());
        units.map(|unit| {
            let home = Home::of(inventory, unit, pod.object().id());
            Workload {
                home,
                pod: *pod,
                labels: labels(inventory, unit.id, pod),
                namespace_labels: namespace_labels(inventory, &home),
                is_governed: is_governed(inventory, pod),
            }
        })
    })
    .collect()
}

fn is_governed(inventory: &Inventory<'_>, pod: &PodSpec<'_>) -> bool {
    let object = pod.object();
    let host_network = pod.node().get("hostNetwork").and_then(Node::bool);
    let is_on_own_network =
        host_network == Some(false) || inventory.lacks(&object, pod.node(), "hostNetwork");
    is_on_own_network && !pod.is_scaled_to_zero()
}

/// The labels that the Pods of `pod` will have in `unit`.
fn labels<'a>(inventory: &Inventory<'a>, unit: UnitId, pod: &PodSpec<'a>) -> Labels<'a> {
    let object = pod.object();
    if object.kind() == Kind::Pod {
        return object_labels(inventory, unit, object.id());
    }
    if !pod.is_whole() {
        return Labels::unknown();
    }
    let mut path = pod.path();
    path.pop();
    path.extend(["metadata", "labels"]);
    let mut labels = Labels::of(pod.labels());
    labels.expect(&ADDED_LATER);
    // What an unknown controller adds is not known.
    if inventory.is_patched(&object, &path) || object.kind() == Kind::Other {
        labels.forget();
    }
    add(
        inventory,
        unit,
        object.id(),
        LabelReach::Templates,
        &mut labels,
    );
    labels
}

/// The labels that the object will have itself in `unit`.
pub(in crate::analysis) fn object_labels<'a>(
    inventory: &Inventory<'a>,
    unit: UnitId,
    id: ObjectId,
) -> Labels<'a> {
    let object = inventory.object(id);
    let mut labels = Labels::of(object.at(&["metadata", "labels"]));
    if object.is_partial() || inventory.is_patched(object, &["metadata", "labels"]) {
        labels.forget();
    }
    add(inventory, unit, id, LabelReach::Object, &mut labels);
    labels
}

/// Adds the labels of kustomizations that reach as far as `reach`.
fn add<'a>(
    inventory: &Inventory<'a>,
    unit: UnitId,
    id: ObjectId,
    reach: LabelReach,
    labels: &mut Labels<'a>,
) {
    let added = inventory.member(unit, id).into_iter();
    for label in added.flat_map(|it| &it.labels) {
        if label.reach >= reach {
            labels.set(label.key, Some(label.value));
        }
    }
}

/// The labels of the namespace at `home`: those of its Namespace object where there is exactly one to
/// look at, and its name, which every namespace has as a label (`NamespaceDefaultLabelName` in
/// `pkg/registry/core/namespace`, since Kubernetes 1.21).
pub(super) fn namespace_labels<'a>(inventory: &Inventory<'a>, home: &Home<'a>) -> Labels<'a> {
    let Some(name) = home.namespace.name() else {
        return Labels::unknown();
    };
    let object = namespace_object(inventory, home.unit, name);
    let mut labels = object.map_or_else(Labels::unknown, |(unit, id)| {
        object_labels(inventory, unit, id)
    });
    labels.set("kubernetes.io/metadata.name", Some(name));
    labels
}

/// The Namespace object called `name`: that of the unit, or the only one of the root.
fn namespace_object(
    inventory: &Inventory<'_>,
    unit: UnitId,
    name: &str,
) -> Option<(UnitId, ObjectId)> {
    let defined = inventory.definitions_of(Kind::Namespace, name).into_iter();
    let objects = defined.filter_map(|it| inventory.defining_object(it));
    let all: Vec<_> = objects.map(Object::id).collect();
    let own = all.iter().find(|it| inventory.member(unit, **it).is_some());
    if let Some(own) = own {
        return Some((unit, *own));
    }
    let [only] = all.as_slice() else { return None };
    let mut units = inventory.units_of(*only);
    match (units.next(), units.next()) {
        (Some(unit), None) => Some((unit.id, *only)),
        _ => None,
    }
}

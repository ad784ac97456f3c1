//! Policies of every kind, as applied, and which Pods each selects.
//!
//! Of kinds other than NetworkPolicy only this much is read: whether they may speak of some Pods.

use crate::{
    inventory::Inventory,
    model::{Direction, LabelSelector, Match, NetworkPolicy},
    object::{Kind, Namespace, Object},
    units::{LabelReach, Unit},
    yaml::Node,
};

use super::{Home, Workload};

/// A policy in a unit.
#[derive(Clone, Debug)]
pub struct Policy<'a> {
    /// Where it lives; in [`Namespace::Cluster`], where it is for all namespaces.
    pub home: Home<'a>,
    /// The object.
    pub object: Object<'a>,
    selection: Selection<'a>,
    /// Whether it isolates Pods, by direction.
    isolates: [Match; 2],
}

/// How a policy says which Pods it is for.
#[derive(Clone, Debug)]
enum Selection<'a> {
    /// A NetworkPolicy's `podSelector`.
    Pods(LabelSelector<'a>),
    /// `spec.subject` of the cluster-wide kinds of `policy.networking.k8s.io`
    /// (`apis/v1alpha1/adminnetworkpolicy_types.go` in kubernetes-sigs/network-policy-api).
    Subject {
        namespaces: LabelSelector<'a>,
        pods: LabelSelector<'a>,
    },
    /// In the words of Cilium or Calico: any Pods that it can be for.
    Some,
}

/// Kinds of policies.
const KINDS: [Kind; 7] = [
    Kind::NetworkPolicy,
    Kind::CiliumNetworkPolicy,
    Kind::CiliumClusterwideNetworkPolicy,
    Kind::CalicoNetworkPolicy,
    Kind::GlobalNetworkPolicy,
    Kind::AdminNetworkPolicy,
    Kind::ClusterNetworkPolicy,
];

impl<'a> Policy<'a> {
    /// The NetworkPolicy that it is, unless it is of another kind.
    pub fn network_policy(&self) -> Option<NetworkPolicy<'a>> {
        let is_one = self.object.kind() == Kind::NetworkPolicy;
        is_one.then(|| NetworkPolicy::new(&self.object))
    }

    /// The selector of a NetworkPolicy, with what kustomizations add to it.
    pub fn pod_selector(&self) -> Option<&LabelSelector<'a>> {
        match &self.selection {
            Selection::Pods(selector) => Some(selector),
            Selection::Subject { .. } | Selection::Some => None,
        }
    }

    /// Whether it isolates the Pods that it selects.
    pub fn isolates(&self, direction: Direction) -> Match {
        match direction {
            Direction::Ingress => self.isolates[0],
            Direction::Egress => self.isolates[1],
        }
    }

    /// Whether it is for the Pods of `workload`.
    pub(super) fn selects(&self, workload: &Workload<'a>) -> Match {
        let here = || self.home.shares_namespace(&workload.home);
        match &self.selection {
            Selection::Pods(selector) => here().and(selector.matches(&workload.labels)),
            Selection::Subject { namespaces, pods } => {
                let namespaces = namespaces.matches(&workload.namespace_labels);
                namespaces.and(pods.matches(&workload.labels))
            }
            Selection::Some if self.home.namespace == Namespace::Cluster => Match::Unknown,
            Selection::Some => here().and(Match::Unknown),
        }
    }
}

/// The policies of every unit.
pub(super) fn all<'a>(inventory: &Inventory<'a>) -> Vec<Policy<'a>> {
    let objects = KINDS.iter().flat_map(|kind| inventory.of_kind(*kind));
    let objects = objects.filter(|it| !is_for_nodes(it));
    objects
        .flat_map(|object| {
            let units = inventory.units_of(object.id());
            units.map(|unit| policy(inventory, unit, object))
        })
        .collect()
}

fn policy<'a>(inventory: &Inventory<'a>, unit: &Unit<'a>, object: &Object<'a>) -> Policy<'a> {
    let is_network_policy = object.kind() == Kind::NetworkPolicy;
    Policy {
        home: Home::of(inventory, unit, object.id()),
        object: *object,
        selection: match object.kind() {
            Kind::NetworkPolicy => Selection::Pods(pod_selector(inventory, unit, object)),
            Kind::AdminNetworkPolicy | Kind::ClusterNetworkPolicy => subject(inventory, object),
            _ => Selection::Some,
        },
        isolates: Direction::ALL.map(|direction| {
            if is_network_policy {
                isolates(inventory, object, direction)
            } else {
                Match::Unknown
            }
        }),
    }
}

/// A NetworkPolicy that keeps everybody out of every Pod of `namespace`.
pub fn default_deny<'a>(inventory: &Inventory<'a>, namespace: &str) -> Option<Object<'a>> {
    let mut policies = inventory.of_kind(Kind::NetworkPolicy);
    let found = policies.find(|object| {
        let policy = NetworkPolicy::new(object);
        let is_there = |unit: &Unit<'a>| {
            let own = inventory.identity(unit.id, object.id()).namespace;
            own == Namespace::Named(namespace) && pod_selector(inventory, unit, object).is_empty()
        };
        policy.rules(Direction::Ingress).next().is_none()
            && isolates(inventory, object, Direction::Ingress).is_certain()
            && inventory.units_of(object.id()).any(is_there)
    });
    found.copied()
}

fn isolates(inventory: &Inventory<'_>, object: &Object<'_>, direction: Direction) -> Match {
    let fields = ["policyTypes", direction.field()];
    let is_patched = |field| inventory.is_patched(object, &["spec", field]);
    if object.is_partial() || fields.into_iter().any(is_patched) {
        return Match::Unknown;
    }
    NetworkPolicy::new(object).isolates(direction)
}

fn pod_selector<'a>(
    inventory: &Inventory<'a>,
    unit: &Unit<'a>,
    object: &Object<'a>,
) -> LabelSelector<'a> {
    let mut selector = NetworkPolicy::new(object).pod_selector();
    if object.is_partial() || inventory.is_patched(object, &["spec", "podSelector"]) {
        selector.forget();
    }
    // Kustomize adds to `matchLabels` where it is there (its `commonlabels.go`, `create: false`).
    if object.at(&["spec", "podSelector", "matchLabels"]).is_some() {
        let member = inventory.member(unit.id, object.id());
        for label in member.into_iter().flat_map(|it| &it.labels) {
            if label.reach == LabelReach::Selectors {
                selector.require(label.key, label.value);
            }
        }
    }
    selector
}

fn subject<'a>(inventory: &Inventory<'a>, object: &Object<'a>) -> Selection<'a> {
    let Some(subject) = object.at(&["spec", "subject"]) else {
        return Selection::Some;
    };
    if object.is_partial() || inventory.is_patched(object, &["spec", "subject"]) {
        return Selection::Some;
    }
    let selector = |path: &[&str]| LabelSelector::new(subject.at(path).filter(|it| !it.is_null()));
    match subject.get("pods") {
        Some(_) => Selection::Subject {
            namespaces: selector(&["pods", "namespaceSelector"]),
            pods: selector(&["pods", "podSelector"]),
        },
        None => Selection::Subject {
            namespaces: selector(&["namespaces"]),
            pods: LabelSelector::new(None),
        },
    }
}

/// Whether a Cilium policy is for nodes, not for Pods.
fn is_for_nodes(object: &Object<'_>) -> bool {
    let selector = object.at(&["spec", "nodeSelector"]);
    object.kind() == Kind::CiliumClusterwideNetworkPolicy && selector.is_some_and(Node::is_mapping)
}

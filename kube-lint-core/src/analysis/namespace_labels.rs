//! What relies on those labels of namespaces that can be changed.

use crate::{
    inventory::Inventory,
    model::{Direction, LabelSelector, NetworkPolicy},
    object::{Kind, Object},
    yaml::Node,
};

use super::rbac::is_near;

/// Something that treats a namespace by its labels.
#[derive(Clone, Copy, Debug)]
pub struct Reliance<'a> {
    /// What it is.
    pub guard: Guard,
    /// The label, or what a selector asks of it.
    pub at: Node<'a>,
    /// The one namespace that it is about, if it is about one.
    pub namespace: Option<&'a str>,
}

/// What treats namespaces by their labels.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Guard {
    /// Pod Security, which refuses Pods.
    PodSecurity,
    /// A policy, which lets connections in.
    NetworkPolicy,
    /// A webhook, which sees what happens in namespaces.
    Webhook,
    /// A store of External Secrets, which serves namespaces.
    SecretStore,
}

/// The level of Pod Security that Pods must meet
/// (`EnforceLevelLabel` in `k8s.io/pod-security-admission/api`).
pub const ENFORCE: &str = "pod-security.kubernetes.io/enforce";

/// Set by the API server itself, to the name (`NamespaceDefaultLabelName` in `pkg/registry/core/namespace`).
const NAME: &str = "kubernetes.io/metadata.name";

/// What relies on labels of namespaces among what is applied with `object`, by kind, one of each for every
/// object.
pub fn reliances<'a>(inventory: &Inventory<'a>, object: &Object<'a>) -> Vec<Reliance<'a>> {
    const KINDS: [Kind; 5] = [
        Kind::Namespace,
        Kind::NetworkPolicy,
        Kind::MutatingWebhookConfiguration,
        Kind::ValidatingWebhookConfiguration,
        Kind::ClusterSecretStore,
    ];
    let objects = KINDS.iter().flat_map(|it| inventory.of_kind(*it));
    let near = objects.filter(|it| is_near(inventory, object, it));
    near.filter_map(reliance).collect()
}

fn reliance<'a>(object: &Object<'a>) -> Option<Reliance<'a>> {
    let (guard, at) = match object.kind() {
        Kind::Namespace => (Guard::PodSecurity, enforced(object)?),
        Kind::NetworkPolicy => {
            let policy = NetworkPolicy::new(object);
            let mut peers = policy
                .rules(Direction::Ingress)
                .flat_map(|rule| rule.peers().collect::<Vec<_>>());
            let at = peers.find_map(|it| changeable(&it.namespace_selector()?))?;
            (Guard::NetworkPolicy, at)
        }
        Kind::ClusterSecretStore => {
            let conditions = object.at(&["spec", "conditions"])?;
            (Guard::SecretStore, selecting(conditions)?)
        }
        _ => (Guard::Webhook, selecting(object.at(&["webhooks"])?)?),
    };
    let namespace = object.name().filter(|_| guard == Guard::PodSecurity);
    Some(Reliance {
        guard,
        at,
        namespace: namespace.map(|it| it.value),
    })
}

/// The label by which Pod Security refuses some Pods.
fn enforced<'a>(namespace: &Object<'a>) -> Option<Node<'a>> {
    let level = namespace.at(&["metadata", "labels", ENFORCE])?;
    matches!(level.text(), Some("baseline" | "restricted")).then_some(level)
}

/// What one of the items of `list` asks of labels.
fn selecting(list: Node<'_>) -> Option<Node<'_>> {
    let mut selectors = list.items().filter_map(|it| it.get("namespaceSelector"));
    selectors.find_map(|it| changeable(&LabelSelector::new(Some(it))))
}

/// What `selector` asks of a label that can be changed.
fn changeable<'a>(selector: &LabelSelector<'a>) -> Option<Node<'a>> {
    let mut requirements = selector.requirements().iter();
    let found = requirements.find(|it| it.key.is_some_and(|key| key != NAME))?;
    Some(found.node)
}

//! What in a PodSpec opens its Pods to the outside, or the node to its Pods.

use crate::{
    inventory::Inventory,
    model::{Container, PodSpec},
    yaml::Node,
};

use super::escalation::rooting;

/// A way in from outside the cluster, or out of the container.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Opening {
    /// A port of the node leads to a container.
    HostPort,
    /// A container is root of its node, or becomes it.
    Root,
    /// The containers see the processes of their node.
    HostProcesses,
    /// The containers are on the network of their node.
    HostNetwork,
}

/// The openings of `pod` with the fields that make them, those to the outside first; of each the first. None
/// that some kustomization may take away.
pub fn openings<'a>(pod: &PodSpec<'a>, inventory: &Inventory<'a>) -> Vec<(Opening, Node<'a>)> {
    let is_set = |field: &str| {
        let field = pod.node().get(field)?;
        (field.bool() == Some(true)).then_some(field)
    };
    let found = [
        (
            Opening::HostPort,
            pod.containers().iter().find_map(host_port),
        ),
        (Opening::Root, rooting(inventory, pod)),
        (Opening::HostProcesses, is_set("hostPID")),
        (Opening::HostNetwork, is_set("hostNetwork")),
    ];
    let found = found.into_iter();
    found
        .filter_map(|(opening, field)| Some((opening, field?)))
        .filter(|it| !inventory.may_change(&pod.object(), it.1))
        .collect()
}

fn host_port<'a>(container: &Container<'a>) -> Option<Node<'a>> {
    let ports = container.node().get("ports")?.items();
    let mut fields = ports.filter_map(|it| it.get("hostPort"));
    fields.find(|it| it.integer().is_some_and(|it| it != 0))
}

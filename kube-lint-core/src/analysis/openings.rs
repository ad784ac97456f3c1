//! What in a PodSpec opens its Pods to the outside, or the node to its Pods.

use crate::{
    inventory::Inventory,
    model::{Container, PodSpec},
    yaml::Node,
};

/// A way in from outside the cluster, or out of the container.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Opening {
    /// A port of the node leads to a container.
    HostPort,
    /// A container has the rights of root on its node.
    Privileged,
    /// A container writes to the root folder of its node, or commands the runtime of its containers.
    HostPath,
    /// The containers see the processes of their node.
    HostProcesses,
    /// The containers are on the network of their node.
    HostNetwork,
}

/// Sockets of container runtimes.
const SOCKETS: [&str; 6] = [
    "/run/containerd/containerd.sock",
    "/run/crio/crio.sock",
    "/run/docker.sock",
    "/var/run/containerd/containerd.sock",
    "/var/run/crio/crio.sock",
    "/var/run/docker.sock",
];

/// The openings of `pod` with the fields that make them, those to the outside first; of each the first. None
/// that some kustomization may take away.
pub fn openings<'a>(pod: &PodSpec<'a>, inventory: &Inventory<'a>) -> Vec<(Opening, Node<'a>)> {
    let containers = pod.containers();
    let first = |field: fn(&Container<'a>) -> Option<Node<'a>>| containers.iter().find_map(field);
    let is_set = |field: &str| {
        let field = pod.node().get(field)?;
        (field.bool() == Some(true)).then_some(field)
    };
    let found = [
        (Opening::HostPort, first(host_port)),
        (Opening::Privileged, first(privileged)),
        (Opening::HostPath, host_path(pod, &containers)),
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

fn privileged<'a>(container: &Container<'a>) -> Option<Node<'a>> {
    let field = container.node().at(&["securityContext", "privileged"])?;
    (field.bool() == Some(true)).then_some(field)
}

fn host_path<'a>(pod: &PodSpec<'a>, containers: &[Container<'a>]) -> Option<Node<'a>> {
    pod.volumes().find_map(|volume| {
        let field = volume.at(&["hostPath", "path"])?;
        let path = field.str()?;
        let name = volume.get("name").and_then(Node::str)?;
        let mounts = containers.iter().flat_map(Container::volume_mounts);
        let mut mounts = mounts.filter(|it| it.get("name").and_then(Node::str) == Some(name));
        let is_open = if SOCKETS.contains(&path) {
            mounts.next().is_some()
        } else {
            let is_writable = |it: Node<'_>| it.get("readOnly").and_then(Node::bool) != Some(true);
            path == "/" && mounts.any(is_writable)
        };
        is_open.then_some(field)
    })
}

//! Which Pods own their node, and on which nodes they run.

use crate::{
    inventory::Inventory,
    model::{Container, PodSpec},
    object::Kind,
    yaml::Node,
};

/// The nodes that a Pod may be on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Nodes {
    /// Ones without taints that keep Pods off: those for all work.
    Common,
    /// Maybe ones that are set apart.
    Any,
}

/// The nodes that each have a Pod of a `DaemonSet`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Coverage {
    /// Those for all work.
    Common,
    /// All of them.
    Every,
}

/// Where the Pods of `pod` are put.
pub(super) fn nodes<'a>(inventory: &Inventory<'a>, pod: &PodSpec<'a>) -> Nodes {
    let lacks = |field| inventory.lacks(&pod.object(), pod.node(), field);
    let is_plain = lacks("tolerations") && lacks("nodeName");
    match coverage(inventory, pod) {
        None if !is_plain => Nodes::Any,
        _ => Nodes::Common,
    }
}

/// The nodes that each have one of the Pods of `pod`; `None` where only some do.
pub(super) fn coverage<'a>(inventory: &Inventory<'a>, pod: &PodSpec<'a>) -> Option<Coverage> {
    let object = pod.object();
    let lacks = |field| inventory.lacks(&object, pod.node(), field);
    let is_everywhere = object.kind() == Kind::DaemonSet
        && lacks("affinity")
        && lacks("nodeName")
        && (lacks("nodeSelector") || selects_linux(inventory, pod));
    if !is_everywhere {
        return None;
    }
    let tolerations = pod.node().get("tolerations").into_iter();
    let mut tolerations = tolerations.flat_map(Node::items);
    let tolerates_all = |it: Node<'_>| {
        let says = |field| it.get(field).and_then(Node::str).unwrap_or_default();
        says("operator") == "Exists" && says("key").is_empty() && says("effect").is_empty()
    };
    Some(if tolerations.any(tolerates_all) {
        Coverage::Every
    } else {
        Coverage::Common
    })
}

/// Whether all that is asked of a node is that it runs Linux, as those do that have root.
fn selects_linux<'a>(inventory: &Inventory<'a>, pod: &PodSpec<'a>) -> bool {
    let Some(selector) = pod.node().get("nodeSelector") else {
        return false;
    };
    !inventory.may_change(&pod.object(), selector)
        && selector.fields().all(|(key, value)| {
            key.text() == Some("kubernetes.io/os") && value.str() == Some("linux")
        })
}

/// What makes a container of `pod` root of its node.
///
/// A field counts where nothing takes its power away again: that the container is not root, or that its
/// root is none outside of it.
pub fn rooting<'a>(inventory: &Inventory<'a>, pod: &PodSpec<'a>) -> Option<Node<'a>> {
    if pod.node().get("hostUsers").and_then(Node::bool) == Some(false) {
        return None;
    }
    let containers = pod.containers().into_iter();
    let mut roots = containers.filter(|it| !is_another_user(pod, it));
    let found = roots.find_map(|it| {
        let own = privileges(pod, &it);
        own.or_else(|| host_path(pod, &it))
    });
    found.filter(|it| !inventory.may_change(&pod.object(), *it))
}

/// Whether the container certainly is not root.
fn is_another_user(pod: &PodSpec<'_>, container: &Container<'_>) -> bool {
    let says = |field: &str| {
        let own = container.node().at(&["securityContext", field]);
        own.or_else(|| pod.node().at(&["securityContext", field]))
    };
    let user = says("runAsUser").and_then(Node::integer);
    user.is_some_and(|it| it != 0)
        || user.is_none() && says("runAsNonRoot").and_then(Node::bool) == Some(true)
}

/// The field by which the container has the rights of root outside of it.
fn privileges<'a>(pod: &PodSpec<'a>, container: &Container<'a>) -> Option<Node<'a>> {
    let context = container.node().get("securityContext")?;
    let is_true = |it: &Node<'a>| it.bool() == Some(true);
    let privileged = context.get("privileged").filter(is_true);
    privileged.or_else(|| {
        // Of all processes of the node one can be taken over (`ptrace(2)`, `nsenter(1)`).
        pod.node().get("hostPID").filter(is_true)?;
        let mut added = context.at(&["capabilities", "add"])?.items();
        added.find(|it| {
            let name = it.str().unwrap_or_default();
            matches!(
                name.trim_start_matches("CAP_"),
                "ALL" | "SYS_ADMIN" | "SYS_PTRACE"
            )
        })
    })
}

/// Folders of a node of which one who writes there becomes root.
const ROOT_FOLDERS: [&str; 18] = [
    "/",
    "/bin",
    "/etc",
    "/etc/cron.d",
    "/etc/kubernetes",
    "/etc/kubernetes/manifests",
    "/lib",
    "/opt/cni/bin",
    "/proc",
    "/root",
    "/root/.ssh",
    "/sbin",
    "/usr",
    "/usr/bin",
    "/usr/local/bin",
    "/var",
    "/var/lib",
    "/var/lib/kubelet",
];

/// Sockets of container runtimes, and folders that hold them; that a mount is read-only does not matter.
const SOCKETS: [&str; 11] = [
    "/run",
    "/run/containerd",
    "/run/containerd/containerd.sock",
    "/run/crio/crio.sock",
    "/run/docker.sock",
    "/var/run",
    "/var/run/containerd",
    "/var/run/containerd/containerd.sock",
    "/var/run/crio/crio.sock",
    "/var/run/docker.sock",
    "/var/run/dockershim.sock",
];

/// The path of the node by which the container becomes root there.
fn host_path<'a>(pod: &PodSpec<'a>, container: &Container<'a>) -> Option<Node<'a>> {
    pod.volumes().find_map(|volume| {
        let path = volume.at(&["hostPath", "path"])?;
        let folder = match path.str()?.trim_end_matches('/') {
            "" => "/",
            folder => folder,
        };
        let name = volume.get("name").and_then(Node::str)?;
        let mut mounts = container.volume_mounts().filter(|it| {
            let is_part = it.get("subPath").is_some() || it.get("subPathExpr").is_some();
            it.get("name").and_then(Node::str) == Some(name) && !is_part
        });
        let is_writable = |it: Node<'_>| it.get("readOnly").and_then(Node::bool) != Some(true);
        let is_root = if SOCKETS.contains(&folder) {
            mounts.next().is_some()
        } else {
            ROOT_FOLDERS.contains(&folder) && mounts.any(is_writable)
        };
        is_root.then_some(path)
    })
}

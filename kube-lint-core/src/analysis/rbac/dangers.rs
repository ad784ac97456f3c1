//! Powers that open more than they say, the worst first.

use super::{Power, Request};

/// A power, and what it comes to.
#[derive(Clone, Copy, Debug)]
pub struct Danger {
    /// The power.
    pub power: Power<'static>,
    /// What its holder can do, as a clause without a subject.
    pub words: &'static str,
}

const RBAC: &str = "rbac.authorization.k8s.io";
const ADMISSION: &str = "admissionregistration.k8s.io";
const CERTIFICATES: &str = "certificates.k8s.io";

const fn danger(
    words: &'static str,
    verb: &'static str,
    group: &'static str,
    resource: &'static str,
    subresource: &'static str,
) -> Danger {
    let power = Power::Resource(Request {
        verb,
        group,
        resource,
        subresource,
        name: "",
    });
    Danger { power, words }
}

/// The powers that Kubernetes' "Role Based Access Control Good Practices" warns of, and those that tools
/// which look for ways to more power follow. Several with the same words follow each other.
pub const DANGERS: [Danger; 38] = [
    danger("do everything", "*", "*", "*", ""),
    danger("give roles any rule", "escalate", RBAC, "clusterroles", ""),
    danger("give roles any rule", "escalate", RBAC, "roles", ""),
    danger("bind roles", "bind", RBAC, "clusterroles", ""),
    danger("bind roles", "bind", RBAC, "roles", ""),
    danger("act as others", "impersonate", "", "users", ""),
    danger("act as others", "impersonate", "", "groups", ""),
    danger("act as others", "impersonate", "", "serviceaccounts", ""),
    danger(
        "get tokens of ServiceAccounts",
        "create",
        "",
        "serviceaccounts",
        "token",
    ),
    danger("read Secrets", "get", "", "secrets", ""),
    danger("read Secrets", "list", "", "secrets", ""),
    danger("read Secrets", "watch", "", "secrets", ""),
    danger(
        "run commands on nodes and in their Pods",
        "get",
        "",
        "nodes",
        "proxy",
    ),
    danger(
        "run commands on nodes and in their Pods",
        "create",
        "",
        "nodes",
        "proxy",
    ),
    danger("run commands in Pods", "create", "", "pods", "exec"),
    danger("run commands in Pods", "get", "", "pods", "exec"),
    danger("run commands in Pods", "create", "", "pods", "attach"),
    danger(
        "run commands in Pods",
        "patch",
        "",
        "pods",
        "ephemeralcontainers",
    ),
    danger("run Pods", "create", "", "pods", ""),
    danger("run Pods", "create", "apps", "deployments", ""),
    danger("run Pods", "create", "apps", "daemonsets", ""),
    danger("run Pods", "create", "apps", "statefulsets", ""),
    danger("run Pods", "create", "apps", "replicasets", ""),
    danger("run Pods", "create", "batch", "jobs", ""),
    danger("run Pods", "create", "batch", "cronjobs", ""),
    danger("run Pods", "create", "", "replicationcontrollers", ""),
    danger("change what others run", "patch", "apps", "deployments", ""),
    danger(
        "change what others run",
        "update",
        "apps",
        "deployments",
        "",
    ),
    danger(
        "use any path of a node",
        "create",
        "",
        "persistentvolumes",
        "",
    ),
    danger(
        "approve certificates",
        "approve",
        CERTIFICATES,
        "signers",
        "",
    ),
    danger(
        "change all requests to the API server",
        "create",
        ADMISSION,
        "mutatingwebhookconfigurations",
        "",
    ),
    danger(
        "change all requests to the API server",
        "update",
        ADMISSION,
        "mutatingwebhookconfigurations",
        "",
    ),
    danger(
        "read all requests to the API server",
        "create",
        ADMISSION,
        "validatingwebhookconfigurations",
        "",
    ),
    danger(
        "read all requests to the API server",
        "update",
        ADMISSION,
        "validatingwebhookconfigurations",
        "",
    ),
    danger("loosen Pod security", "patch", "", "namespaces", ""),
    danger("loosen Pod security", "update", "", "namespaces", ""),
    danger(
        "remove NetworkPolicies",
        "delete",
        "networking.k8s.io",
        "networkpolicies",
        "",
    ),
    danger("remove evidence", "delete", "", "events", ""),
];

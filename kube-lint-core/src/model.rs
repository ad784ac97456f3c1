//! Typed views over nodes, in the terms of the Kubernetes API.

mod cidr;
mod network_policy;
mod pod_spec;
mod rbac;
mod selector;
mod service;

pub use cidr::Cidr;
pub use network_policy::{Direction, IpBlock, NetworkPolicy, Peer, Rule as NetworkPolicyRule};
pub use pod_spec::{Container, ContainerRole, PodSpec, pod_specs};
pub use rbac::{Binding, PolicyRule, Role, Subject};
pub use selector::{Label, LabelSelector, Labels, Match, Operator, Requirement};
pub use service::{Ingress, Service};

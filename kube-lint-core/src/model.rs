//! Typed views over nodes, in the terms of the Kubernetes API.

mod pod_spec;
mod rbac;

pub use pod_spec::{Container, ContainerRole, PodSpec, pod_specs};
pub use rbac::{Binding, PolicyRule, Role, Subject};

//! Typed views over nodes, in the terms of the Kubernetes API.

mod audit;
mod pod_spec;
mod rbac;
pub mod schema;

pub use audit::{AuditLevel, AuditPolicy, AuditRule, GroupResources};
pub use pod_spec::{Container, ContainerRole, PodSpec, pod_specs};
pub use rbac::{Binding, PolicyRule, Role, Subject};

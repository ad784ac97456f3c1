//! Typed views over nodes, in the terms of the Kubernetes API.

mod pod_spec;
mod rbac;
mod service_account;

pub use pod_spec::{Container, ContainerRole, PodSpec, pod_specs};
pub use rbac::{Binding, PolicyRule, Role, Subject};
pub use service_account::{
    ACCOUNT_ANNOTATION, AUTOMOUNT, MIRROR_ANNOTATION, ServiceAccount, TOKEN_SECRET,
    account_references, automount,
};

//! Typed views over nodes, in the terms of the Kubernetes API.

mod config_map;
mod pod_spec;
mod rbac;
mod references;
mod secret;
mod timestamp;

pub use config_map::ConfigMap;
pub use pod_spec::{Container, ContainerRole, PodSpec, pod_specs};
pub use rbac::{Binding, PolicyRule, Role, Subject};
pub use references::{REFERRING, Reference, references};
pub use secret::{Secret, SecretEntry, decode_base64, encode_base64};
pub use timestamp::timestamp;

//! Typed views over nodes, in the terms of the Kubernetes API.

mod pod_spec;

pub use pod_spec::{Container, ContainerRole, PodSpec, pod_specs};

//! Typed views over nodes, in the terms of the Kubernetes API.

mod audit;
mod cidr;
mod config_map;
mod network_policy;
mod pod_spec;
mod pod_spec_path;
mod rbac;
mod references;
mod route;
pub mod schema;
mod secret;
mod selector;
mod service;
mod service_account;
mod timestamp;

pub use audit::{AuditLevel, AuditPolicy, AuditRule, GroupResources};
pub use cidr::Cidr;
pub use config_map::ConfigMap;
pub use network_policy::{Direction, IpBlock, NetworkPolicy, Peer, Rule as NetworkPolicyRule};
pub use pod_spec::{Container, ContainerRole, PodSpec, custom_pod_specs, pod_specs};
pub use pod_spec_path::{PodSpecPath, PodSpecPathError};
pub use rbac::{Binding, PolicyRule, Role, Subject};
pub use references::{REFERRING, Reference, references};
pub use route::{Backend, Route};
pub use secret::{Secret, SecretEntry, decode_base64, encode_base64};
pub use selector::{Label, LabelSelector, Labels, Match, Operator, Requirement};
pub use service::Service;
pub use service_account::{
    ACCOUNT_ANNOTATION, AUTOMOUNT, CloudIdentity, CloudIdentityKind, MIRROR_ANNOTATION,
    ServiceAccount, TOKEN_SECRET, account_references, automount,
};
pub use timestamp::timestamp;

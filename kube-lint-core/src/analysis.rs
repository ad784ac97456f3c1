//! Questions answered without prose, each by one engine.

pub mod accounts;
pub mod api_clients;
pub mod audit;
pub mod content;
pub mod contradictions;
pub mod escalation;
pub mod jwt;
pub mod mentions;
pub mod names;
pub mod namespace_labels;
pub mod network;
pub mod openings;
pub mod own_namespace;
pub mod rbac;
pub mod references;
pub mod schema;
pub mod secret_readers;
pub mod secrets;
pub mod tokens;

//! Questions answered without prose, each by one engine.

pub mod accounts;
pub mod api_clients;
pub mod audit;
pub mod content;
pub mod contradictions;
pub mod jwt;
pub mod names;
pub mod network;
pub mod openings;
pub mod rbac;
pub mod references;
pub mod schema;
pub mod secrets;
pub mod tokens;

//! Questions answered without prose, each by one engine.

pub mod accounts;
pub mod api_clients;
pub mod jwt;
pub mod network;
pub mod rbac;
pub mod references;
pub mod secrets;
pub mod tokens;

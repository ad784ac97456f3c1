//! Offline linter for the security of Kubernetes manifests.

#![warn(clippy::disallowed_methods, clippy::string_slice)]

pub mod diagnostic;
pub mod source;
pub mod span;
pub mod yaml;

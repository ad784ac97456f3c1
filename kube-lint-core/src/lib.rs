//! Offline linter for the security of Kubernetes manifests.

#![warn(clippy::disallowed_methods, clippy::string_slice)]

pub mod config;
pub(crate) mod decode;
pub mod diagnostic;
#[cfg(feature = "disk")]
pub mod discover;
pub mod linter;
pub mod report;
pub mod rule;
pub mod rules;
pub mod source;
pub mod span;
pub mod target;

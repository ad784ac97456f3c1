//! Offline linter for the security of Kubernetes manifests.
//!
//! Reads manifests as kubectl would, understands them together as one cluster, and reports what is
//! insecure or broken in Secrets, RBAC, ServiceAccounts, NetworkPolicies and audit configuration,
//! with the exact place. It opens no connection, reads no clock and no environment, and without the
//! feature `disk` no file.
//!
//! [`Linter`] lints texts or a folder once; [`Workspace`] keeps what it has parsed for linting again
//! after an edit.

#![warn(clippy::disallowed_methods, clippy::string_slice)]

pub mod analysis;
pub mod baseline;
pub mod config;
mod decode;
pub mod diagnostic;
#[cfg(feature = "disk")]
pub mod discover;
pub mod edit;
pub mod inventory;
pub mod linter;
pub mod manifest;
pub mod model;
pub mod nearest;
pub mod object;
pub mod path_globs;
pub mod report;
pub mod rule;
pub mod rules;
pub mod source;
pub mod span;
mod suppress;
pub mod target;
pub mod units;
pub mod yaml;

pub use baseline::Baseline;
pub use config::{Config, Settings};
pub use diagnostic::{Diagnostic, Severity};
pub use linter::{Linter, Scope, Source, Workspace};
pub use report::Report;

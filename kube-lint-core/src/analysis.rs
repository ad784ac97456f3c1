//! Questions answered without prose, each by one engine.

pub mod rbac;
pub mod secrets;
pub mod tokens;

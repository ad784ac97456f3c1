//! Questions answered without prose, each by one engine.

pub mod secrets;
pub mod tokens;

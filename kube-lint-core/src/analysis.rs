//! Questions answered without prose, each by one engine.

pub mod references;
pub mod secrets;

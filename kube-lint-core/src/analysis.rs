//! Questions answered without prose, each by one engine.

pub mod network;
pub mod secrets;

//! Questions answered without prose, each by one engine.

pub mod audit;
pub mod content;
pub mod names;
pub mod schema;
pub mod secrets;

//! Rules of the family `rbac`; this list is written by `cargo bless`.

pub(crate) mod wildcard_everything;
pub(crate) mod wildcard_resource;
pub(crate) mod wildcard_verb;
mod words;

//! Rules of the family `rbac`; this list is written by `cargo bless`.

pub(crate) mod wildcard_verb;

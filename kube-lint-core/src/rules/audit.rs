//! Rules of the family `audit`; this list is written by `cargo bless`.

pub(crate) mod policy_invalid;
pub(crate) mod policy_no_catch_all;
pub(crate) mod policy_secret_bodies_logged;

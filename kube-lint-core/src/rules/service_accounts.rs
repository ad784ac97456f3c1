//! Rules of the family `service-accounts`; this list is written by `cargo bless`.

pub(crate) mod automount_default_account;
pub(crate) mod cloud_identity_risky;
pub(crate) mod control_plane_identity_reuse;
pub(crate) mod default_bound;
pub(crate) mod default_used;
pub(crate) mod deprecated_field;
pub(crate) mod image_pull_secret_risk;
pub(crate) mod legacy_token_secret;
pub(crate) mod missing;
pub(crate) mod powerful_and_exposed;
pub(crate) mod projected_token_lifetime;
pub(crate) mod secrets_field;
pub(crate) mod shared_by_workloads;
pub(crate) mod token_automounted_unneeded;
pub(crate) mod token_secret_mounted;
mod words;

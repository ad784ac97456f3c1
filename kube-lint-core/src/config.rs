//! Settings: `.kube-lint.yaml` and what overrides it.

use crate::target::Target;

/// Everything a run depends on besides its input.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// What the manifests are meant for.
    pub target: Target,
}

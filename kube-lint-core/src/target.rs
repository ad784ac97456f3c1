//! What the manifests are meant for: everything a verdict depends on that is not in them.

use std::{fmt, str::FromStr};

use globset::{Glob, GlobSet, GlobSetBuilder};

/// The cluster that the manifests describe.
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// Whether objects may exist that the manifests do not define.
    pub world: World,
    /// The Kubernetes version that will read the manifests.
    pub kube_version: KubeVersion,
    /// Namespace of the objects that set none; `None` leaves it unset, which is never taken for
    /// `default`.
    pub namespace: Option<String>,
    /// The present as seconds since 1970-01-01 UTC, for what expires; `None` expires nothing.
    pub now: Option<u64>,
    /// Objects that exist although no manifest defines them.
    pub known: Known,
}

/// Whether the input is a part of the cluster or all of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum World {
    /// Other objects may exist: what is not defined is not called missing.
    #[default]
    Open,
    /// The input is the whole cluster.
    Closed,
}

impl FromStr for World {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        match word {
            "open" => Ok(Self::Open),
            "closed" => Ok(Self::Closed),
            _ => Err(UnknownWord("`open` or `closed`")),
        }
    }
}

/// A word or number that is none of those expected.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("expected {0}")]
pub struct UnknownWord(pub(crate) &'static str);

/// A minor release of Kubernetes, `1.N`.
///
/// ```
/// use kube_lint_core::target::KubeVersion;
///
/// let version: KubeVersion = "1.29".parse()?;
/// assert!(version < KubeVersion::default());
/// # Ok::<(), kube_lint_core::target::UnknownWord>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct KubeVersion {
    minor: u16,
}

impl KubeVersion {
    /// Kubernetes `1.minor`.
    pub const fn minor(minor: u16) -> Self {
        Self { minor }
    }
}

impl Default for KubeVersion {
    /// The newest release that the rules know.
    fn default() -> Self {
        Self::minor(36)
    }
}

impl fmt::Display for KubeVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1.{}", self.minor)
    }
}

impl FromStr for KubeVersion {
    type Err = UnknownWord;

    /// Reads `1.29`, `v1.29` and `1.29.3`.
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let mut numbers = text.strip_prefix('v').unwrap_or(text).split('.');
        let major = numbers.next();
        let minor = numbers.next().and_then(|it| it.parse().ok());
        let patch_is_sound = numbers.next().is_none_or(|it| it.parse::<u16>().is_ok());
        match (major, minor, numbers.next()) {
            (Some("1"), Some(minor), None) if patch_is_sound => Ok(Self { minor }),
            _ => Err(UnknownWord("a Kubernetes version such as `1.33`")),
        }
    }
}

/// Names, as globs, of objects that exist outside the input; `namespace/name` or `name`.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Secrets.
    pub secrets: Names,
    /// ConfigMaps.
    pub config_maps: Names,
    /// ServiceAccounts.
    pub service_accounts: Names,
    /// Roles and ClusterRoles.
    pub roles: Names,
}

/// A list of globs over object names.
#[derive(Clone, Debug, Default)]
pub struct Names(GlobSet);

impl Names {
    /// Reads the globs.
    ///
    /// # Errors
    ///
    /// The first that is no glob.
    pub fn new<'a>(globs: impl IntoIterator<Item = &'a str>) -> Result<Self, globset::Error> {
        let mut set = GlobSetBuilder::new();
        for glob in globs {
            set.add(Glob::new(glob)?);
        }
        Ok(Self(set.build()?))
    }

    /// Whether `name`, alone or behind its namespace, is in the list.
    pub fn contain(&self, namespace: Option<&str>, name: &str) -> bool {
        !self.0.is_empty()
            && (self.0.is_match(name)
                || namespace.is_some_and(|it| self.0.is_match(format!("{it}/{name}"))))
    }
}

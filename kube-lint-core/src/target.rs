//! What the manifests are meant for: everything a verdict depends on that is not in them.

use std::{borrow::Cow, fmt, str::FromStr};

use globset::{Glob, GlobSet, GlobSetBuilder};

use crate::{
    model::{Cidr, PodSpecPath},
    nearest::nearest,
    path_globs::PathGlobs,
};

/// The cluster that the manifests describe.
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// Whether objects may exist that the manifests do not define, where no override says otherwise.
    pub world: World,
    /// The Kubernetes version that will read the manifests.
    pub kube_version: KubeVersion,
    /// Namespace of the objects that set none, where no override says otherwise; `None` leaves it
    /// unset, which is never taken for `default`.
    pub namespace: Option<String>,
    /// The present as seconds since 1970-01-01 UTC, for what expires; `None` expires nothing.
    pub now: Option<u64>,
    /// Objects that exist although no manifest defines them.
    pub known: Known,
    /// What differs for some files; the last that speaks of a file holds.
    pub overrides: Vec<TargetOverride>,
    /// Namespaces in which power is power over more than the namespace; `None` for
    /// [`SENSITIVE_NAMESPACES`].
    pub sensitive_namespaces: Option<Names>,
    /// Where custom resources keep PodSpecs.
    pub pod_spec_paths: Vec<PodSpecPath>,
    /// Addresses of Pods, Services and nodes; empty where they are not known.
    pub cluster_cidrs: Vec<Cidr>,
    /// Whose machines the cluster runs on; `None` where that is not known.
    pub cloud: Option<Cloud>,
    /// How many may read one Secret before that is too many; `None` for any number.
    pub max_secret_readers: Option<u32>,
}

/// What the files of some paths are meant for.
#[derive(Clone, Debug, Default)]
pub struct TargetOverride {
    /// The files.
    pub paths: PathGlobs,
    /// In place of [`Target::world`].
    pub world: Option<World>,
    /// In place of [`Target::namespace`].
    pub namespace: Option<String>,
}

/// Namespaces whose Secrets and workloads open the whole cluster, or every secret store behind it,
/// unless the configuration names others.
pub const SENSITIVE_NAMESPACES: [&str; 8] = [
    "argocd",
    "cert-manager",
    "external-secrets",
    "flux-system",
    "kube-node-lease",
    "kube-public",
    "kube-system",
    "vault",
];

impl Target {
    /// The world of the file `path`.
    pub fn world_of(&self, path: &str) -> World {
        let own = self.overridden(path, |it| it.world);
        own.map_or(self.world, |(_, world)| world)
    }

    /// Namespace of the objects that set none in the file `path`.
    pub fn namespace_of(&self, path: &str) -> Option<&str> {
        let own = self.overridden(path, |it| it.namespace.as_deref());
        own.map(|(_, namespace)| namespace)
            .or(self.namespace.as_deref())
    }

    /// Sets the world of all files.
    pub fn set_world(&mut self, world: World) {
        self.world = world;
        for it in &mut self.overrides {
            it.world = None;
        }
    }

    /// Sets the namespace of the objects that set none, in all files.
    pub fn set_namespace(&mut self, namespace: String) {
        self.namespace = Some(namespace);
        for it in &mut self.overrides {
            it.namespace = None;
        }
    }

    /// The last override of the file `path` that has what `read` reads: its index, and that.
    pub fn overridden<'t, T>(
        &'t self,
        path: &str,
        read: impl Fn(&'t TargetOverride) -> Option<T>,
    ) -> Option<(usize, T)> {
        let overrides = self.overrides.iter().enumerate().rev();
        let mut found = overrides.filter_map(|(index, it)| Some((index, it, read(it)?)));
        let (index, _, value) = found.find(|(_, it, _)| it.paths.has_file(path))?;
        Some((index, value))
    }

    /// Whether power in `namespace` is power over more than that namespace.
    pub fn is_sensitive_namespace(&self, namespace: &str) -> bool {
        match &self.sensitive_namespaces {
            Some(names) => names.contain(None, namespace),
            None => SENSITIVE_NAMESPACES.contains(&namespace),
        }
    }
}

/// A value that is one of a few words.
pub trait Word: Copy + PartialEq + 'static {
    /// The words, in the order in which they are listed, and what they mean.
    const WORDS: &'static [(&'static str, Self)];

    /// The word for the value.
    fn word(self) -> &'static str {
        let found = Self::WORDS.iter().find(|(_, value)| *value == self);
        found.map_or("", |(word, _)| word)
    }

    /// The value that `text` is the word for.
    ///
    /// # Errors
    ///
    /// It is none of the words.
    fn of_text(text: &str) -> Result<Self, UnknownWord> {
        let found = Self::WORDS.iter().find(|(word, _)| *word == text);
        let words = || Self::WORDS.iter().map(|(word, _)| *word);
        found
            .map(|(_, value)| *value)
            .ok_or_else(|| UnknownWord::among(text, words()))
    }
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

impl Word for World {
    const WORDS: &'static [(&'static str, Self)] =
        &[("open", Self::Open), ("closed", Self::Closed)];
}

impl FromStr for World {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Self::of_text(word)
    }
}

impl Word for bool {
    const WORDS: &'static [(&'static str, Self)] = &[("true", true), ("false", false)];
}

/// Whose machines a cluster runs on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cloud {
    /// Amazon Web Services.
    Aws,
    /// Google Cloud.
    Gcp,
    /// Microsoft Azure.
    Azure,
    /// Nobody's cloud.
    None,
}

impl FromStr for Cloud {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Self::of_text(word)
    }
}

impl Word for Cloud {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("aws", Self::Aws),
        ("gcp", Self::Gcp),
        ("azure", Self::Azure),
        ("none", Self::None),
    ];
}

/// A word or number that is none of those expected.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("expected {expected}{}", .nearest.map(|it| format!(", did you mean `{it}`?")).unwrap_or_default())]
pub struct UnknownWord {
    expected: Cow<'static, str>,
    nearest: Option<&'static str>,
}

impl UnknownWord {
    fn among(text: &str, words: impl Iterator<Item = &'static str> + Clone) -> Self {
        Self {
            expected: one_of(words.clone()).into(),
            nearest: nearest(text, words),
        }
    }

    /// The expected word that is nearest to what was found, if one is near.
    pub fn nearest(&self) -> Option<&'static str> {
        self.nearest
    }
}

/// `` `a`, `b` or `c` ``.
pub(crate) fn one_of<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut words: Vec<_> = words.map(|it| format!("`{it}`")).collect();
    let last = words.pop().unwrap_or_default();
    if words.is_empty() {
        last
    } else {
        format!("{} or {last}", words.join(", "))
    }
}

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
            _ => Err(UnknownWord {
                expected: "a Kubernetes version such as `1.33`".into(),
                nearest: None,
            }),
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
pub struct Names {
    globs: Vec<String>,
    set: GlobSet,
}

impl Names {
    /// Reads the globs.
    ///
    /// # Errors
    ///
    /// The first that is no glob.
    pub fn new<'a>(globs: impl IntoIterator<Item = &'a str>) -> Result<Self, globset::Error> {
        let globs: Vec<_> = globs.into_iter().map(str::to_owned).collect();
        let mut set = GlobSetBuilder::new();
        for glob in &globs {
            set.add(Glob::new(glob)?);
        }
        let set = set.build()?;
        Ok(Self { globs, set })
    }

    /// The globs as they were written.
    pub fn globs(&self) -> &[String] {
        &self.globs
    }

    /// Whether `name`, alone or behind its namespace, is in the list.
    pub fn contain(&self, namespace: Option<&str>, name: &str) -> bool {
        !self.set.is_empty()
            && (self.set.is_match(name)
                || namespace.is_some_and(|it| self.set.is_match(format!("{it}/{name}"))))
    }
}

//! Settings: `.kube-lint.yaml` and what overrides it.

mod error;
mod keys;
mod levels;
mod places;
mod read;
mod seeds;

use std::str::FromStr;

use crate::{
    diagnostic::Severity,
    path_globs::PathGlobs,
    target::{Target, UnknownWord, Word},
};

pub(crate) use self::seeds::{Scalar, word};
pub use self::{
    error::ConfigError,
    keys::{KEYS, Key, Value},
    levels::{Level, LevelChange, Levels, RulePattern, UnknownRule},
    places::Places,
};

/// Everything a run depends on besides its input.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// What the manifests are meant for.
    pub target: Target,
    /// Which rules speak, and how loud.
    pub levels: Levels,
    /// Which files are left out.
    pub exclude: PathGlobs,
    /// The only files that are read; `None` for all.
    pub include: Option<PathGlobs>,
    /// Whether what suppresses a finding must say why.
    pub require_reason: bool,
}

impl Settings {
    /// Whether the file or folder `path` is left out; a stream without a name never is.
    pub fn leaves_out(&self, path: &str, is_folder: bool) -> bool {
        // A folder may hold what is included.
        let is_included = || is_folder || self.include.as_ref().is_none_or(|it| it.has_file(path));
        !path.is_empty() && (self.exclude.holds(path, is_folder) || !is_included())
    }
}

/// What a `.kube-lint.yaml` says.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Settings of the run.
    pub settings: Settings,
    /// The level of findings from which on a run fails.
    pub fail_on: FailOn,
    /// The file with findings that are not new, relative to the folder of the configuration.
    pub baseline: Option<String>,
}

impl Config {
    /// Reads the text of a `.kube-lint.yaml`; `path` is only named in errors.
    ///
    /// ```
    /// use kube_lint_core::config::Config;
    ///
    /// let config = Config::from_yaml(".kube-lint.yaml", "exclude: [vendor/]\nkube-version: 1.30\n")?;
    /// assert!(config.settings.exclude.has_file("vendor/chart/role.yaml"));
    ///
    /// let error = Config::from_yaml(".kube-lint.yaml", "exlude: [vendor/]\n").unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     ".kube-lint.yaml:1:1: unknown key `exlude`, did you mean `exclude`?",
    /// );
    /// # Ok::<(), kube_lint_core::config::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The first that is no YAML, no known key, value or rule, with its place.
    pub fn from_yaml(path: &str, text: &str) -> Result<Self, ConfigError> {
        read::config(path, text, crate::rules::RULES)
    }
}

/// The level of findings from which on a run fails.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum FailOn {
    /// Errors alone.
    Error,
    /// Warnings and errors.
    #[default]
    Warning,
    /// Any finding.
    Info,
    /// Nothing.
    Never,
}

impl FailOn {
    /// Whether a finding of that level fails the run.
    pub fn is_reached_by(self, severity: Severity) -> bool {
        match self {
            Self::Error => severity >= Severity::Error,
            Self::Warning => severity >= Severity::Warning,
            Self::Info => severity >= Severity::Info,
            Self::Never => false,
        }
    }
}

impl Word for FailOn {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("error", Self::Error),
        ("warning", Self::Warning),
        ("info", Self::Info),
        ("never", Self::Never),
    ];
}

impl FromStr for FailOn {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Self::of_text(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_is_reached_by_nothing() {
        assert!(!FailOn::Never.is_reached_by(Severity::Error));
        assert!(!FailOn::Error.is_reached_by(Severity::Warning));
        assert!(FailOn::default().is_reached_by(Severity::Warning));
        assert!(!FailOn::default().is_reached_by(Severity::Info));
    }
}

//! What a finding is: plain, owned data that knows no renderer.

mod fix;

use std::fmt;

use crate::{
    span::{Place, Position},
    target::Word,
};

pub use fix::{Applicability, Fix};

/// How bad a finding is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// Hygiene.
    Info,
    /// Risky, or a likely mistake.
    Warning,
    /// Exploitable, or certainly broken.
    Error,
}

impl Severity {
    /// The word used in output and configuration: `info`, `warning` or `error`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl Word for Severity {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("info", Self::Info),
        ("warning", Self::Warning),
        ("error", Self::Error),
    ];
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How sure the linter is that a finding is true; a finding of low confidence is never above
/// [`Severity::Info`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Confidence {
    /// A guess worth a look.
    Low,
    /// True unless something outside the input says otherwise.
    Medium,
    /// Follows from the input alone.
    High,
}

impl Confidence {
    /// The word used in output: `low`, `medium` or `high`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The Kubernetes object that a finding is about.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ObjectReference {
    /// API group; empty for the core group.
    pub group: String,
    /// Kind, `Role` say.
    pub kind: String,
    /// Namespace where the manifest or its kustomization sets one; never a guess.
    pub namespace: Option<String>,
    /// `metadata.name`, absent with `generateName` and in configuration kinds.
    pub name: Option<String>,
}

impl fmt::Display for ObjectReference {
    /// `Role ci/deployer`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kind)?;
        match (&self.namespace, &self.name) {
            (Some(namespace), Some(name)) => write!(f, " {namespace}/{name}"),
            (None, Some(name)) => write!(f, " {name}"),
            (_, None) => Ok(()),
        }
    }
}

/// A place and what is to be seen there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// File and bytes.
    pub place: Place,
    /// First character.
    pub start: Position,
    /// One past the last character.
    pub end: Position,
    /// A few words, possibly none.
    pub message: String,
}

/// Names a finding across edits: computed from rule, object and field path, never from a value, a
/// line number or the path of a file.
///
/// Findings of one run that are alike in all that, of two list items without a name say, are numbered
/// in their order: each fingerprint of a report is there once.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Fingerprint {
    pub(crate) key: u64,
    /// From 1.
    pub(crate) ordinal: usize,
}

impl fmt::Display for Fingerprint {
    /// `2a6a32453949725f`, the next of its kind `2a6a32453949725f:2`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.key)?;
        match self.ordinal {
            1 => Ok(()),
            ordinal => write!(f, ":{ordinal}"),
        }
    }
}

/// One finding.
///
/// Its texts hold no value of a secret and no control character.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// Id of the rule, `family/name`.
    pub rule: &'static str,
    /// Level after configuration.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// What is wrong, in which object: lower case, no full stop, names in backticks.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// How a program does it, where one can.
    pub fix: Option<Fix>,
    /// The object, where there is one.
    pub object: Option<ObjectReference>,
    /// Where.
    pub primary: Label,
    /// Evidence elsewhere, in other files too, and copies of the same defect.
    pub related: Vec<Label>,
    /// Stable name of the finding.
    pub fingerprint: Fingerprint,
    /// How many objects it is about, where it speaks of several at once, a role and its bindings say:
    /// with each more it is worse.
    pub instances: usize,
}

impl Diagnostic {
    /// The primary label, then the related ones.
    pub fn labels(&self) -> impl Iterator<Item = &Label> {
        std::iter::once(&self.primary).chain(&self.related)
    }
}

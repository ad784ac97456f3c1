//! What a run gives back: findings, what was and was not linted, and texts to quote from.

use std::collections::BTreeMap;

use crate::{
    diagnostic::{Diagnostic, Label, Severity},
    source::Excerpt,
    span::{FileId, Place, Position},
};

/// The outcome of one run.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Findings that are in force and in scope, by path, place and rule.
    pub findings: Vec<Diagnostic>,
    /// Findings in scope that count for nothing, in the same order.
    pub suppressed: Vec<Suppressed>,
    /// For each baseline that the run was given, what it holds and the input does not any more, in
    /// order; found in the whole input, whatever the scope.
    pub gone: Vec<Vec<Gone>>,
    /// What was linted and what was not.
    pub summary: Summary,
    pub(crate) paths: Vec<String>,
    pub(crate) excerpts: BTreeMap<FileId, Vec<Excerpt>>,
}

impl Report {
    /// Path of a file relative to the root, with `/`, unprintable characters escaped.
    pub fn path(&self, file: FileId) -> &str {
        self.paths.get(file.index()).map_or("", String::as_str)
    }

    /// The masked text around a place; `None` where there is none to show, an unreadable file say.
    pub fn excerpt(&self, place: Place) -> Option<&Excerpt> {
        let excerpts = self.excerpts.get(&place.file)?;
        let next = excerpts.partition_point(|it| it.offset() <= place.span.start());
        let excerpt = excerpts.get(next.checked_sub(1)?)?;
        excerpt.span().contains(place.span).then_some(excerpt)
    }

    /// The first character of a place and one past its last; `None` where there is no text to show.
    pub fn positions(&self, place: Place) -> Option<[Position; 2]> {
        let excerpt = self.excerpt(place)?;
        let ends = [place.span.start(), place.span.end()];
        Some(ends.map(|it| excerpt.position(it)))
    }

    /// The findings in scope that a baseline holds.
    pub fn known(&self) -> impl Iterator<Item = &Diagnostic> {
        let suppressed = self.suppressed.iter();
        let known = suppressed.filter(|it| it.by == Suppression::Baseline);
        known.map(|it| &it.finding)
    }

    /// The worst level among the findings.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|it| it.severity).max()
    }
}

/// A finding that counts for nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suppressed {
    /// What was found.
    pub finding: Diagnostic,
    /// Why it counts for nothing.
    pub by: Suppression,
}

/// Why a finding counts for nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Suppression {
    /// A comment or an annotation beside it allows it.
    InSource {
        /// The comment or annotation.
        label: Label,
        /// The reason that it gives, unprintable characters escaped.
        reason: Option<String>,
    },
    /// It is not new: the baseline holds it.
    Baseline,
}

impl Suppression {
    /// Where the comment or annotation stands.
    pub fn place(&self) -> Option<Place> {
        match self {
            Self::InSource { label, .. } => Some(label.place),
            Self::Baseline => None,
        }
    }
}

/// A finding of a baseline that is not found any more.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Gone {
    /// Path of the file in which it was, relative to the root.
    pub path: String,
    /// Id of the rule.
    pub rule: String,
    /// The object, `Role ci/deployer` say.
    pub object: Option<String>,
}

/// Counts of one run, and the names of the files that were not linted.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Files read, linted or not.
    pub files: usize,
    /// Kubernetes objects linted.
    pub objects: usize,
    /// What was not linted, in order of path.
    pub skipped: Vec<Skipped>,
    /// Findings of the level error.
    pub errors: usize,
    /// Findings of the level warning.
    pub warnings: usize,
    /// Findings of the level info.
    pub infos: usize,
    /// Findings that count for nothing, at whatever level.
    pub suppressed: usize,
}

/// A file, or documents of it, that was not linted.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Skipped {
    /// Path relative to the root.
    pub path: String,
    /// Why.
    pub reason: SkipReason,
    /// How many documents of the file this is about.
    pub documents: usize,
}

/// Why something was not linted although it was read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum SkipReason {
    /// YAML or JSON that no `kubectl` would apply: workflows, compose and values files.
    NotManifest,
    /// Text of a template engine, which is YAML only once rendered.
    Template,
    /// A `CustomResourceDefinition`, of which only the names are read.
    CustomResourceDefinition,
    /// A `kustomization.yaml`: read for what it says of other files.
    Kustomization,
    /// Named on the command line but excluded by the configuration.
    Excluded,
    /// Holds nothing but comments and blank lines.
    Empty,
}

impl SkipReason {
    /// A few words for the summary, `3 not manifests` say.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotManifest => "not manifests",
            Self::Template => "templates",
            Self::CustomResourceDefinition => "custom resource definitions",
            Self::Kustomization => "kustomizations",
            Self::Excluded => "excluded",
            Self::Empty => "empty",
        }
    }

    /// The word for machines, `not-manifest` say.
    pub const fn id(self) -> &'static str {
        match self {
            Self::NotManifest => "not-manifest",
            Self::Template => "template",
            Self::CustomResourceDefinition => "custom-resource-definition",
            Self::Kustomization => "kustomization",
            Self::Excluded => "excluded",
            Self::Empty => "empty",
        }
    }
}

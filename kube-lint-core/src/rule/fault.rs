//! What can be wrong with a suppression, for the rule that speaks of it.

use crate::{edit::Edit, span::Place};

/// A comment or an annotation that was meant to suppress findings, or a name in one, and what is wrong
/// with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// The name, or what was not understood.
    pub place: Place,
    /// What is wrong.
    pub kind: FaultKind,
}

/// What is wrong with a suppression.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FaultKind {
    /// No finding of the rules that it names is there to be suppressed.
    Unused {
        /// The id, family or glob.
        name: String,
        /// Whether it is a comment with nothing below it in its document.
        is_about_nothing: bool,
        /// What takes the name out, and all of the suppression where it has no other.
        removal: Option<Vec<Edit>>,
    },
    /// It names no rule; with what is to be said of that.
    UnknownRule(String),
    /// It gives no reason where one is required.
    NoReason,
    /// It is not understood.
    Misread(Misread),
    /// A suppression for the whole file below the first content of the file.
    NotAtTop,
    /// A comment behind a `---`, which is in no document.
    OnSeparator,
    /// An annotation where Kubernetes has none.
    NotAnnotation,
}

/// Why a suppression is not understood.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Misread {
    /// `kube-lint allow(…)`
    NoColon,
    /// `kube-lint: disable(…)`
    UnknownWord,
    /// `kube-lint: allow`, or an annotation without a name.
    NoNames,
    /// `kube-lint: allow(a/b`
    NotClosed,
    /// An annotation whose value is no string.
    NotText,
    /// An annotation `kube-lint/…` that does not exist.
    UnknownAnnotation,
    /// An annotation that gives a reason where no annotation allows anything.
    ReasonAlone,
}

impl Fault {
    /// The id, family or glob that suppresses nothing; empty for other faults.
    pub(crate) fn name(&self) -> &str {
        match &self.kind {
            FaultKind::Unused { name, .. } => name,
            _ => "",
        }
    }
}

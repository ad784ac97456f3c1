//! How a finding can be mended by a program.

use std::fmt;

use crate::edit::{self, Edit, EditError};

/// Whether a fix may be applied without asking.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Applicability {
    /// It may not be what was meant, or it changes what the cluster allows: for somebody to look at.
    Unsafe,
    /// It is what was meant, or changes nothing but the way in which it is written.
    Safe,
}

impl Applicability {
    /// The word used in output: `safe` or `unsafe`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unsafe => "unsafe",
            Self::Safe => "safe",
        }
    }
}

impl fmt::Display for Applicability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Edits after which a finding is gone.
///
/// They are of the file in which the finding stands. Copies of its object in other files stay as they are:
/// some are rendered from this one, and the others are for somebody to look at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// What they do: lower case, no full stop, names in backticks.
    pub message: String,
    /// Whether they may be applied without asking.
    pub applicability: Applicability,
    /// One or more, in order, that do not overlap.
    pub edits: Vec<Edit>,
}

impl Fix {
    /// `text`, which is that of the whole file, with the edits.
    ///
    /// Edits of several fixes are applied at once by [`edit::apply`], which refuses those that overlap.
    ///
    /// ```
    /// use kube_lint_core::{Linter, Scope, Source};
    ///
    /// let role = "\
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: Role
    /// metadata: {name: reader, namespace: shop}
    /// rules:
    /// - apiGroups: ['']
    ///   resources: [pods/logs] # of the shop
    ///   verbs: [get]
    /// ";
    /// let sources = vec![Source::new("role.yaml", role)];
    /// let report = Linter::default().check(sources, &Scope::Everything);
    /// let fix = report.findings[0].fix.as_ref().expect("a fix");
    /// let fixed = fix.apply(role).expect("edits that fit");
    /// assert_eq!(fixed, role.replace("logs", "log"));
    /// ```
    ///
    /// # Errors
    ///
    /// Where the edits do not fit `text`, because it is another one.
    pub fn apply(&self, text: &str) -> Result<String, EditError> {
        edit::apply(text, &self.edits)
    }
}

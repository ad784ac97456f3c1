//! The pipeline: texts in, a report out.

use crate::{config::Settings, report::Report};

/// A file to lint.
#[derive(Clone, Debug)]
pub struct Source {
    /// Path relative to the root, with `/`.
    pub path: String,
    /// The bytes, or why they could not be read (lower case, no full stop).
    pub content: Result<Vec<u8>, String>,
}

/// Which findings are reported: those with a label in one of these files or folders.
#[derive(Clone, Debug, Default)]
pub enum Scope {
    /// All.
    #[default]
    Everything,
    /// Paths of files and folders, relative to the root, with `/`; the root itself is `""`.
    Below(Vec<String>),
}

/// Lints texts or a folder once.
#[derive(Clone, Debug, Default)]
pub struct Linter {
    settings: Settings,
}

impl Linter {
    /// A linter with these settings.
    pub fn new(settings: Settings) -> Self {
        Self { settings }
    }

    /// Lints `sources` as one root.
    pub fn check(&self, sources: Vec<Source>, scope: &Scope) -> Report {
        let _ = (&self.settings, sources, scope);
        Report::default()
    }

    /// Lints every manifest below the folder `root`, or the file `root`.
    #[cfg(feature = "disk")]
    pub fn check_disk(&self, root: &std::path::Path, scope: &Scope) -> Report {
        let _ = (root, scope);
        Report::default()
    }

    /// As [`check_disk`](Self::check_disk), with `replaced` in place of the file of its path.
    #[cfg(feature = "disk")]
    pub fn check_disk_with(
        &self,
        root: &std::path::Path,
        replaced: Source,
        scope: &Scope,
    ) -> Report {
        let _ = (root, replaced, scope);
        Report::default()
    }
}

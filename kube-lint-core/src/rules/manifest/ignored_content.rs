//! `manifest/ignored-content`.

use crate::{
    diagnostic::Severity,
    manifest::ManifestFile,
    rule::{Anchor, Check, Reporter, declare_rule},
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds content that kubectl never reads: what follows a `...` or the end of a JSON value up to the next
    /// `---`, and lines that begin with `---` and go on with something else than a comment (a warning,
    /// since kubectl stops there and says so).
    ///
    /// ## Why is this bad?
    ///
    /// The objects there look applied and are not. Who reads the file relies on a policy that does not exist.
    ///
    /// ## What to do
    ///
    /// Put `---`, alone on its line, between documents.
    "manifest/ignored-content" {
        summary: "content of a file that kubectl never reads",
        severity: Error,
        since: "0.1.0",
        check: Check::File(check),
    }
}

fn check(file: &ManifestFile, reporter: &mut Reporter<'_>) {
    for place in &file.ignored {
        reporter
            .report(
                Anchor::Place(*place),
                "kubectl ignores everything from here to the next `---`",
            )
            .here("ignored from here on")
            .help("put a line `---` before it if it is to be applied, or else remove it");
    }
    for place in &file.bad_separators {
        reporter
            .report(
                Anchor::Place(*place),
                "kubectl stops reading here: a line that begins with `---` holds something else",
            )
            .severity(Severity::Warning)
            .help("put `---` alone on its line; the rest was linted as if it stood so");
    }
}

//! `manifest/unreadable-file`.

use crate::{
    manifest::ManifestFile,
    rule::{Anchor, Check, Reporter, declare_rule},
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds files that could not be read: no permission, no regular file, not UTF-8, larger than 16 MiB;
    /// and documents whose nesting or aliases go beyond what kubectl takes.
    ///
    /// ## Why is this bad?
    ///
    /// What is in them was not linted: there may be anything.
    ///
    /// ## What to do
    ///
    /// Make the file readable, save it as UTF-8, or split it. A file that is no manifest belongs into
    /// `exclude` of `.kube-lint.yaml`.
    "manifest/unreadable-file" {
        summary: "file that could not be read",
        severity: Error,
        since: "0.1.0",
        check: Check::File(check),
    }
}

fn check(file: &ManifestFile, reporter: &mut Reporter<'_>) {
    if let Some(problem) = &file.problem {
        let message = match problem.strip_prefix("is ") {
            Some(what) => format!("the file is {what}"),
            None => format!("the file cannot be read: {problem}"),
        };
        reporter
            .report(Anchor::File(file.id), message)
            .help("nothing in it was linted; if it is no manifest, add it to `exclude`");
    }
    for (place, problem) in &file.refused {
        reporter
            .report(
                Anchor::Place(*place),
                format!("the document is too much to read: {problem}"),
            )
            .help("what follows in this document was not linted; other documents were");
    }
}

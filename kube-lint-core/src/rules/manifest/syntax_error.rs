//! `manifest/syntax-error`.

use crate::{
    rule::{Anchor, Check, Reporter, declare_rule},
    yaml::{Document, SyntaxErrorKind},
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds manifests that are not YAML or JSON as kubectl reads it. Linting goes on with the next
    /// document, and what stands before the error is linted too.
    ///
    /// A document that holds `{{` is taken for a template and skipped, and one without `apiVersion` and
    /// `kind` for the file of another program. Both are counted.
    ///
    /// ## Why is this bad?
    ///
    /// kubectl refuses the document, and in most pipelines everything after it. A policy in it protects
    /// nothing, and no tool can judge it.
    ///
    /// ## What to do
    ///
    /// Mend the text at the place shown. Often the mistake is in the line above: an indentation, or a quote
    /// that is not closed.
    "manifest/syntax-error" {
        summary: "manifest that kubectl cannot parse",
        severity: Error,
        since: "0.1.0",
        check: Check::Document(check),
    }
}

fn check(document: &Document, reporter: &mut Reporter<'_>) {
    let Some(error) = document.error() else {
        return;
    };
    let (why, here) = match error.kind {
        SyntaxErrorKind::Syntax => ("the document does not parse", "reading ended here"),
        SyntaxErrorKind::Unsupported => ("kubectl refuses the document", ""),
        SyntaxErrorKind::Limit => return,
    };
    reporter
        .report(
            Anchor::Span(document, error.span),
            format!("{why}: {}", error.message),
        )
        .here(here)
        .help("mend it; what follows in this document was not linted, other documents were");
}

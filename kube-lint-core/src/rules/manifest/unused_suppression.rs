//! `manifest/unused-suppression`.

use crate::{
    diagnostic::{Applicability, Severity},
    rule::{Anchor, Check, Fault, FaultKind, Misread, Reporter, declare_rule},
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds comments and annotations that are meant to suppress findings and do not: those of rules that
    /// find nothing there (a warning), names that are no rule, what is not understood or stands where it
    /// means nothing, and with `--require-reason` what gives no reason.
    ///
    /// A rule that is off, or left out of this run, is not called unused.
    ///
    /// ## Why is this bad?
    ///
    /// A suppression outlives the fault that it was written for, and hides the next one at that place. One
    /// that is misspelt hides nothing, and who wrote it thinks that it does.
    ///
    /// ## What to do
    ///
    /// Remove it, or mend it: `# kube-lint: allow(family/rule) reason`, at the end of the line or above it.
    "manifest/unused-suppression" {
        summary: "suppression that suppresses nothing",
        severity: Error,
        since: "0.1.0",
        fix: Safe,
        check: Check::Suppression(check),
    }
}

fn check(fault: &Fault, reporter: &mut Reporter<'_>) {
    let at = Anchor::Place(fault.place);
    match &fault.kind {
        FaultKind::Unused {
            name,
            is_about_nothing,
            removal,
        } => {
            let help = if *is_about_nothing {
                "it is about what follows in its document, and nothing does: move it below the `---`, \
                 or remove it"
            } else {
                "remove it, lest it hide what goes wrong here later"
            };
            let message = format!("the suppression of `{name}` suppresses nothing");
            let finding = reporter.report(at, message);
            finding.severity(Severity::Warning).help(help);
            if !is_about_nothing {
                let message = format!("remove the suppression of `{name}`");
                finding.fix(Applicability::Safe, message, removal.clone());
            }
        }
        FaultKind::UnknownRule(what) => {
            reporter
                .report(at, format!("the suppression suppresses nothing: {what}"))
                .help("`kube-lint rules` lists all");
        }
        FaultKind::NoReason => {
            reporter
                .report(
                    at,
                    "the suppression gives no reason, so that it does not hold",
                )
                .help("say why behind the `)`, or in the annotation `kube-lint/allow-reason`");
        }
        FaultKind::Misread(misread) => {
            let (why, help) = misunderstood(*misread);
            reporter
                .report(at, format!("the suppression is not understood: {why}"))
                .help(help);
        }
        FaultKind::NotAtTop => {
            reporter
                .report(at, "`allow-file` must stand at the top of the file")
                .help("move it above the first line that is no comment, or write `allow`");
        }
        FaultKind::OnSeparator => {
            reporter
                .report(at, "a suppression behind `---` is in no document")
                .help("put it on a line of its own, below");
        }
        FaultKind::NotAnnotation => {
            reporter
                .report(at, "the suppression is read in `metadata.annotations` only")
                .help("move it to the annotations of the object or of its Pod template");
        }
    }
}

/// What is wrong with it, and what to do.
const fn misunderstood(misread: Misread) -> (&'static str, &'static str) {
    const FORM: &str = "write `kube-lint: allow(family/rule) reason`";
    match misread {
        Misread::NoColon => ("a `:` is missing behind `kube-lint`", FORM),
        Misread::UnknownWord => ("it is neither `allow` nor `allow-file`", FORM),
        Misread::NoNames => (
            "it names no rule",
            "name ids, families or globs of rules, in a comment between `(` and `)`",
        ),
        Misread::NotClosed => ("a `)` is missing behind the rules", FORM),
        Misread::NotText => (
            "the value is no string",
            "write ids, families or globs of rules, separated by commas",
        ),
        Misread::UnknownAnnotation => (
            "there is no such annotation",
            "write `kube-lint/allow` or `kube-lint/allow-reason`",
        ),
        Misread::ReasonAlone => (
            "it gives a reason, but no `kube-lint/allow` is beside it",
            "name the rules in the annotation `kube-lint/allow`, or remove it",
        ),
    }
}

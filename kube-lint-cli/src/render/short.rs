//! One line for each finding, as editors' problem matchers read them.

use std::{
    fmt,
    io::{self, Write},
};

use kube_lint_core::{diagnostic::Diagnostic, span::Position};

use super::{Style, View};

pub(super) fn write(output: &mut impl Write, view: View<'_>, style: Style) -> io::Result<()> {
    for finding in view.report.findings.iter().filter(|it| style.shows(it)) {
        let path = view.path(finding.primary.place.file);
        writeln!(output, "{}", Line(&path, finding))?;
    }
    Ok(())
}

/// A finding in the file of that path.
pub(super) struct Line<'a>(pub(super) &'a str, pub(super) &'a Diagnostic);

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(path, finding) = self;
        let Position { line, column } = finding.primary.start;
        let (severity, rule, message) = (finding.severity, finding.rule, &finding.message);
        write!(f, "{path}:{line}:{column}: {severity}[{rule}] {message}")
    }
}

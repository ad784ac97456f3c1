//! One line for each finding, as editors' problem matchers read them.

use std::io::{self, Write};

use kube_lint_core::span::Position;

use super::{Style, View};

pub(super) fn write(output: &mut impl Write, view: View<'_>, style: Style) -> io::Result<()> {
    for finding in view.report.findings.iter().filter(|it| style.shows(it)) {
        let path = view.path(finding.primary.place.file);
        let Position { line, column } = finding.primary.start;
        let (severity, rule, message) = (finding.severity, finding.rule, &finding.message);
        writeln!(
            output,
            "{path}:{line}:{column}: {severity}[{rule}] {message}"
        )?;
    }
    Ok(())
}

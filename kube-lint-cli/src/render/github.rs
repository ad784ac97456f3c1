//! Workflow commands, which GitHub Actions shows as annotations beside the code.
//!
//! It shows ten errors, ten warnings and ten notices of a step and drops the rest, so the worst come
//! first.

use std::{
    fmt,
    io::{self, Write},
};

use kube_lint_core::{
    diagnostic::{Diagnostic, Severity},
    report::Report,
};

use super::{Origin, Style, worst_first};

pub(super) fn write(
    output: &mut impl Write,
    report: &Report,
    style: Style,
    origin: &Origin,
) -> io::Result<()> {
    for finding in worst_first(report, style) {
        annotation(output, report, finding, origin)?;
    }
    Ok(())
}

fn annotation(
    output: &mut impl Write,
    report: &Report,
    finding: &Diagnostic,
    origin: &Origin,
) -> io::Result<()> {
    let label = &finding.primary;
    let path = origin.path(report, label.place.file);
    write!(output, "::{} file={}", command(finding), Property(&path))?;
    if report.excerpt(label.place).is_some() {
        let (start, end) = (label.start, label.end);
        write!(output, ",line={},endLine={}", start.line, end.line)?;
        // Columns are for annotations of one line only.
        if start.line == end.line {
            write!(output, ",col={},endColumn={}", start.column, end.column)?;
        }
    }
    let (rule, message) = (finding.rule, Data(&finding.message));
    write!(output, ",title={}::{message}", Property(rule))?;
    match &finding.help {
        Some(help) => writeln!(output, "%0Ahelp: {}", Data(help)),
        None => writeln!(output),
    }
}

const fn command(finding: &Diagnostic) -> &'static str {
    match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    }
}

/// The text of a command.
struct Data<'a>(&'a str);

impl fmt::Display for Data<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        escape(self.0, "%\r\n", f)
    }
}

/// The value of a property, which ends at a comma or a colon.
struct Property<'a>(&'a str);

impl fmt::Display for Property<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        escape(self.0, "%\r\n:,", f)
    }
}

/// Writes `text` with each of the `special` ASCII characters as its number.
fn escape(text: &str, special: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for character in text.chars() {
        if special.contains(character) {
            write!(f, "%{:02X}", u32::from(character))?;
        } else {
            write!(f, "{character}")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_command_early() {
        let text = "50%, a:b\r\n::error::";
        assert_eq!(Data(text).to_string(), "50%25, a:b%0D%0A::error::");
        assert_eq!(
            Property(text).to_string(),
            "50%25%2C a%3Ab%0D%0A%3A%3Aerror%3A%3A"
        );
    }
}

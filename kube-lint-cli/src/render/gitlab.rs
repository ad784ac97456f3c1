//! GitLab's code quality report.
//!
//! GitLab has no word for a suppressed finding, so these are left out.

use std::io::{self, Write};

use kube_lint_core::{
    diagnostic::{Diagnostic, Severity},
    report::Report,
};
use serde::{Serialize, Serializer};

use super::Origin;

pub(super) fn write(output: &mut impl Write, report: &Report, origin: &Origin) -> io::Result<()> {
    serde_json::to_writer(&mut *output, &Findings(report, origin))?;
    writeln!(output)
}

/// Written one by one, so that they are never all in memory a second time.
struct Findings<'a>(&'a Report, &'a Origin);

impl Serialize for Findings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(report, origin) = self;
        let findings = report.findings.iter();
        serializer.collect_seq(findings.map(|it| Finding::of(report, it, origin)))
    }
}

#[derive(Serialize)]
struct Finding<'a> {
    description: &'a str,
    check_name: &'a str,
    fingerprint: String,
    severity: &'a str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

impl<'a> Finding<'a> {
    fn of(report: &Report, finding: &'a Diagnostic, origin: &Origin) -> Self {
        let label = &finding.primary;
        Self {
            description: &finding.message,
            check_name: finding.rule,
            fingerprint: finding.fingerprint.to_string(),
            severity: match finding.severity {
                Severity::Info => "info",
                Severity::Warning => "major",
                Severity::Error => "critical",
            },
            location: Location {
                path: origin.path(report, label.place.file),
                lines: Lines {
                    begin: label.start.line,
                    end: label.end.line,
                },
            },
        }
    }
}

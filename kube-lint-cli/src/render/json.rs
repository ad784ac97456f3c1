//! Everything, for programs.
//!
//! The output depends on the input alone: it names no time, and its order is that of the report.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use kube_lint_core::{
    diagnostic::{self, Diagnostic, Label},
    report::{self, Report, SkipReason},
    span::{FileId, Position},
};
use serde::{Serialize, Serializer};

pub(super) fn write(output: &mut impl Write, report: &Report) -> io::Result<()> {
    let document = Document {
        version: 1,
        findings: Findings(report),
        suppressed: Suppressed(report),
        summary: Summary::of(report),
    };
    serde_json::to_writer(&mut *output, &document)?;
    writeln!(output)
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    findings: Findings<'a>,
    suppressed: Suppressed<'a>,
    summary: Summary<'a>,
}

/// Written one by one, so that they are never all in memory a second time.
struct Findings<'a>(&'a Report);

impl Serialize for Findings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let findings = self.0.findings.iter();
        serializer.collect_seq(findings.map(|it| Finding::of(self.0, it)))
    }
}

/// As [`Findings`], of those that count for nothing.
struct Suppressed<'a>(&'a Report);

impl Serialize for Suppressed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let suppressed = self.0.suppressed.iter();
        serializer.collect_seq(suppressed.map(|it| SuppressedFinding {
            finding: Finding::of(self.0, &it.finding),
            suppression: Suppression::of(self.0, &it.by),
        }))
    }
}

#[derive(Serialize)]
struct SuppressedFinding<'a> {
    #[serde(flatten)]
    finding: Finding<'a>,
    suppression: Suppression<'a>,
}

#[derive(Serialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
enum Suppression<'a> {
    InSource {
        #[serde(flatten)]
        place: Place<'a>,
        reason: Option<&'a str>,
    },
    Baseline,
}

impl<'a> Suppression<'a> {
    fn of(report: &'a Report, by: &'a report::Suppression) -> Self {
        match by {
            report::Suppression::InSource { label, reason } => Self::InSource {
                place: Place::of(report, label),
                reason: reason.as_deref(),
            },
            report::Suppression::Baseline => Self::Baseline,
        }
    }
}

#[derive(Serialize)]
struct Finding<'a> {
    rule: &'a str,
    severity: &'a str,
    confidence: &'a str,
    message: &'a str,
    help: Option<&'a str>,
    fix: Option<Fix<'a>>,
    #[serde(flatten)]
    place: Place<'a>,
    object: Option<Object<'a>>,
    related: Vec<Related<'a>>,
    fingerprint: String,
}

impl<'a> Finding<'a> {
    fn of(report: &'a Report, finding: &'a Diagnostic) -> Self {
        let related = finding.related.iter();
        Self {
            rule: finding.rule,
            severity: finding.severity.as_str(),
            confidence: finding.confidence.as_str(),
            message: &finding.message,
            help: finding.help.as_deref(),
            fix: finding.fix.as_ref().and_then(|it| Fix::of(report, it)),
            place: Place::of(report, &finding.primary),
            object: finding.object.as_ref().map(|object| Object {
                kind: &object.kind,
                namespace: object.namespace.as_deref(),
                name: object.name.as_deref(),
            }),
            related: related.map(|it| Related::of(report, it)).collect(),
            fingerprint: finding.fingerprint.to_string(),
        }
    }
}

#[derive(Serialize)]
struct Fix<'a> {
    message: &'a str,
    applicability: &'a str,
    edits: Vec<Edit<'a>>,
}

impl<'a> Fix<'a> {
    fn of(report: &'a Report, fix: &'a diagnostic::Fix) -> Option<Self> {
        let edits = fix.edits.iter().map(|it| {
            let [start, end] = report.positions(it.place)?;
            Some(Edit {
                place: Place::between(report, it.place.file, start, end),
                replacement: &it.replacement,
            })
        });
        Some(Self {
            message: &fix.message,
            applicability: fix.applicability.as_str(),
            edits: edits.collect::<Option<_>>()?,
        })
    }
}

/// What stands at the place is taken out, and the replacement put there.
#[derive(Serialize)]
struct Edit<'a> {
    #[serde(flatten)]
    place: Place<'a>,
    replacement: &'a str,
}

/// From 1, columns in characters; the end is the first character that is not meant.
#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

impl<'a> Place<'a> {
    fn of(report: &'a Report, label: &Label) -> Self {
        Self::between(report, label.place.file, label.start, label.end)
    }

    fn between(report: &'a Report, file: FileId, start: Position, end: Position) -> Self {
        Self {
            file: report.path(file),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
        }
    }
}

#[derive(Serialize)]
struct Object<'a> {
    kind: &'a str,
    namespace: Option<&'a str>,
    name: Option<&'a str>,
}

#[derive(Serialize)]
struct Related<'a> {
    #[serde(flatten)]
    place: Place<'a>,
    message: &'a str,
}

impl<'a> Related<'a> {
    fn of(report: &'a Report, label: &'a Label) -> Self {
        Self {
            place: Place::of(report, label),
            message: &label.message,
        }
    }
}

#[derive(Serialize)]
struct Summary<'a> {
    files: usize,
    objects: usize,
    errors: usize,
    warnings: usize,
    infos: usize,
    suppressed: usize,
    skipped: Vec<Skipped<'a>>,
}

impl<'a> Summary<'a> {
    fn of(report: &'a Report) -> Self {
        let summary = &report.summary;
        let mut skipped: BTreeMap<SkipReason, Skipped<'a>> = BTreeMap::new();
        for file in &summary.skipped {
            let reason = skipped.entry(file.reason).or_insert(Skipped {
                reason: file.reason.id(),
                documents: 0,
                files: Vec::new(),
            });
            reason.documents += file.documents;
            reason.files.push(&file.path);
        }
        Self {
            files: summary.files,
            objects: summary.objects,
            errors: summary.errors,
            warnings: summary.warnings,
            infos: summary.infos,
            suppressed: report.suppressed.len(),
            skipped: skipped.into_values().collect(),
        }
    }
}

#[derive(Serialize)]
struct Skipped<'a> {
    reason: &'a str,
    documents: usize,
    files: Vec<&'a str>,
}

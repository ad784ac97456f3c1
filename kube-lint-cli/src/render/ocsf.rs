//! Compliance Findings of the Open Cybersecurity Schema Framework, one a line.

use std::io::{self, Write};

use kube_lint_core::{
    diagnostic::{Confidence, Diagnostic, ObjectReference, Severity},
    report::{Report, Suppression},
    rules,
};
use serde::Serialize;

use super::{Origin, every, page, reason};

/// The version of the schema.
const SCHEMA: &str = "1.3.0";

pub(super) fn write(output: &mut impl Write, report: &Report, origin: &Origin) -> io::Result<()> {
    for (finding, by) in every(report) {
        serde_json::to_writer(&mut *output, &Event::of(report, finding, by, origin))?;
        writeln!(output)?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Event<'a> {
    activity_id: u32,
    activity_name: &'static str,
    category_uid: u32,
    category_name: &'static str,
    class_uid: u32,
    class_name: &'static str,
    type_uid: u32,
    type_name: &'static str,
    time: u64,
    severity_id: u32,
    severity: &'static str,
    status_id: u32,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_detail: Option<&'a str>,
    confidence_id: u32,
    confidence: &'static str,
    message: &'a str,
    metadata: Metadata,
    finding_info: FindingInfo<'a>,
    compliance: Compliance<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remediation: Option<Remediation<'a>>,
    resources: [Resource<'a>; 1],
}

#[derive(Serialize)]
struct Metadata {
    version: &'static str,
    product: Product,
}

#[derive(Serialize)]
struct Product {
    name: &'static str,
    vendor_name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct FindingInfo<'a> {
    uid: String,
    title: &'a str,
    desc: &'a str,
    types: [&'a str; 1],
    src_url: String,
}

#[derive(Serialize)]
struct Compliance<'a> {
    standards: [&'static str; 1],
    control: &'a str,
    status_id: u32,
    status: &'static str,
}

#[derive(Serialize)]
struct Remediation<'a> {
    desc: &'a str,
}

#[derive(Serialize)]
struct Resource<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    data: Place,
}

/// From 1, columns in characters; the end is the first character that is not meant.
#[derive(Serialize)]
struct Place {
    file: String,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

impl<'a> Event<'a> {
    fn of(
        report: &Report,
        finding: &'a Diagnostic,
        by: Option<&'a Suppression>,
        origin: &Origin,
    ) -> Self {
        let (severity_id, severity) = severity(finding.severity);
        let (confidence_id, confidence) = confidence(finding.confidence);
        let (status_id, status) = match by {
            None => (1, "New"),
            Some(_) => (3, "Suppressed"),
        };
        Self {
            activity_id: 1,
            activity_name: "Create",
            category_uid: 2,
            category_name: "Findings",
            class_uid: 2003,
            class_name: "Compliance Finding",
            type_uid: 200_301,
            type_name: "Compliance Finding: Create",
            time: origin.now.saturating_mul(1000),
            severity_id,
            severity,
            status_id,
            status,
            status_detail: by.map(reason),
            confidence_id,
            confidence,
            message: &finding.message,
            metadata: Metadata {
                version: SCHEMA,
                product: Product {
                    name: "kube-lint",
                    vendor_name: "kube-lint",
                    version: env!("CARGO_PKG_VERSION"),
                },
            },
            finding_info: FindingInfo::of(finding),
            compliance: Compliance {
                standards: ["kube-lint"],
                control: finding.rule,
                status_id: 3,
                status: "Fail",
            },
            remediation: finding.help.as_deref().map(|desc| Remediation { desc }),
            resources: [Resource::of(report, finding, origin)],
        }
    }
}

impl<'a> FindingInfo<'a> {
    fn of(finding: &'a Diagnostic) -> Self {
        let rule = rules::find(finding.rule);
        Self {
            uid: finding.fingerprint.to_string(),
            title: rule.map_or(finding.rule, |it| it.summary),
            desc: &finding.message,
            types: [rule.map_or(finding.rule, |it| it.family())],
            src_url: page(finding.rule),
        }
    }
}

impl<'a> Resource<'a> {
    fn of(report: &Report, finding: &'a Diagnostic, origin: &Origin) -> Self {
        let label = &finding.primary;
        let object = finding.object.as_ref();
        let named = |name: fn(&ObjectReference) -> Option<&str>| object.and_then(name);
        Self {
            kind: object.map_or("File", |it| &it.kind),
            namespace: named(|it| it.namespace.as_deref()),
            name: named(|it| it.name.as_deref()),
            data: Place {
                file: origin.path(report, label.place.file),
                line: label.start.line,
                column: label.start.column,
                end_line: label.end.line,
                end_column: label.end.column,
            },
        }
    }
}

const fn severity(severity: Severity) -> (u32, &'static str) {
    match severity {
        Severity::Info => (1, "Informational"),
        Severity::Warning => (3, "Medium"),
        Severity::Error => (4, "High"),
    }
}

const fn confidence(confidence: Confidence) -> (u32, &'static str) {
    match confidence {
        Confidence::Low => (1, "Low"),
        Confidence::Medium => (2, "Medium"),
        Confidence::High => (3, "High"),
    }
}

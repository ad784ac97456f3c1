//! SARIF 2.1.0, as code scanning takes it in.
//!
//! Everything is in it. Paths are those of the repository, columns count characters.

mod rules;

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{self, Write},
};

use kube_lint_core::{
    diagnostic::{self, Diagnostic, Label, Severity},
    report::{Report, SkipReason, Suppression},
    span::Position,
};
use serde::{Serialize, Serializer};

use self::rules::Descriptor;
use super::{Origin, every, reason, summary::left_out};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// What paths are relative to; no machine is named.
const ROOT: &str = "%SRCROOT%";
/// Places that a message links to; code scanning shows no others.
const LINKS: usize = 10;

pub(super) fn write(output: &mut impl Write, report: &Report, origin: &Origin) -> io::Result<()> {
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run::of(report, origin)],
    };
    serde_json::to_writer(&mut *output, &log)?;
    writeln!(output)
}

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool,
    original_uri_base_ids: BTreeMap<&'static str, Root>,
    column_kind: &'static str,
    invocations: [Invocation; 1],
    results: Results<'a>,
}

impl<'a> Run<'a> {
    fn of(report: &'a Report, origin: &'a Origin) -> Self {
        let rules = rules::descriptors(report);
        let ids = rules.iter().map(|it| it.id).collect();
        let root = Root {
            description: Text::new("the root of the repository"),
        };
        Self {
            tool: Tool {
                driver: Driver {
                    name: "kube-lint",
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    information_uri: env!("CARGO_PKG_REPOSITORY"),
                    rules,
                },
            },
            original_uri_base_ids: BTreeMap::from([(ROOT, root)]),
            column_kind: "unicodeCodePoints",
            invocations: [Invocation {
                execution_successful: true,
                tool_execution_notifications: notifications(report, origin),
            }],
            results: Results {
                report,
                origin,
                rules: ids,
            },
        }
    }
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    information_uri: &'static str,
    rules: Vec<Descriptor>,
}

#[derive(Serialize)]
struct Root {
    description: Text,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

impl Text {
    fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Text,
    locations: Vec<Location>,
}

/// What was not linted, one notification a reason.
fn notifications(report: &Report, origin: &Origin) -> Vec<Notification> {
    let mut reasons: BTreeMap<SkipReason, (usize, Vec<Location>)> = BTreeMap::new();
    for skipped in &report.summary.skipped {
        let (number, files) = reasons.entry(skipped.reason).or_default();
        *number += skipped.documents.max(1);
        files.push(Location::of_file(&(origin.folder.clone() + &skipped.path)));
    }
    let reasons = reasons.into_iter();
    reasons
        .map(|(reason, (number, locations))| Notification {
            level: "note",
            message: Text::new(format!("skipped {}", left_out(reason, number))),
            locations,
        })
        .collect()
}

/// Written one by one, so that they are never all in memory a second time.
struct Results<'a> {
    report: &'a Report,
    origin: &'a Origin,
    /// Ids of the descriptors, sorted as these are.
    rules: Vec<&'static str>,
}

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(every(self.report).map(|(finding, by)| self.result(finding, by)))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    partial_fingerprints: Fingerprints,
    #[serde(skip_serializing_if = "Option::is_none")]
    fixes: Option<[Fix; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressions: Option<[Suppressed; 1]>,
    properties: Properties,
}

#[derive(Serialize)]
struct Fingerprints {
    #[serde(rename = "kubeLint/v1")]
    own: String,
}

#[derive(Serialize)]
struct Properties {
    confidence: &'static str,
}

#[derive(Serialize)]
struct Suppressed {
    kind: &'static str,
    status: &'static str,
    justification: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Fix {
    description: Text,
    artifact_changes: [Change; 1],
    properties: Applicability,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    artifact_location: Artifact,
    replacements: Vec<Replacement>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement {
    deleted_region: Region,
    inserted_content: Text,
}

#[derive(Serialize)]
struct Applicability {
    applicability: &'static str,
}

impl Results<'_> {
    fn result(&self, finding: &Diagnostic, by: Option<&Suppression>) -> Finding {
        let mut location = self.location(&finding.primary);
        location.logical_locations = finding.object.as_ref().map(|object| {
            [Logical {
                fully_qualified_name: object.to_string(),
                kind: "resource",
            }]
        });
        let related = finding.related.iter().zip(1..);
        Finding {
            rule_id: finding.rule,
            rule_index: self.rules.partition_point(|&it| it < finding.rule),
            level: level(finding.severity),
            message: Text::new(self.message(finding)),
            locations: [location],
            related_locations: related.map(|(it, id)| self.related(it, id)).collect(),
            partial_fingerprints: Fingerprints {
                own: finding.fingerprint.to_string(),
            },
            fixes: finding
                .fix
                .as_ref()
                .and_then(|it| self.fix(it))
                .map(|it| [it]),
            suppressions: by.map(|it| [self.suppressed(it)]),
            properties: Properties {
                confidence: finding.confidence.as_str(),
            },
        }
    }

    /// The message as a sentence, since code scanning cuts it after the first; then the help, and
    /// links to the other places, which are shown nowhere else.
    fn message(&self, finding: &Diagnostic) -> String {
        let mut text = without_links(&finding.message);
        if !text.ends_with('?') {
            text.push('.');
        }
        if let Some(help) = &finding.help {
            let _ = write!(text, "\nhelp: {}", without_links(help));
        }
        for (label, id) in finding.related.iter().zip(1..=LINKS) {
            let path = self.origin.path(self.report, label.place.file);
            let name = path.replace('[', "(").replace(']', ")");
            let (line, message) = (label.start.line, without_links(&label.message));
            let _ = write!(text, "\nsee also: [{name}:{line}]({id}) {message}");
        }
        text
    }

    fn location(&self, label: &Label) -> Location {
        let path = self.origin.path(self.report, label.place.file);
        let mut location = Location::of_file(&path);
        let is_shown = self.report.excerpt(label.place).is_some();
        location.physical_location.region =
            is_shown.then(|| Region::between(label.start, label.end));
        location
    }

    fn related(&self, label: &Label, id: usize) -> Location {
        let mut location = self.location(label);
        location.id = Some(id);
        let has_message = !label.message.is_empty();
        location.message = has_message.then(|| Text::new(&label.message));
        location
    }

    fn fix(&self, fix: &diagnostic::Fix) -> Option<Fix> {
        let file = fix.edits.first()?.place.file;
        let replacements = fix.edits.iter().map(|it| {
            let [start, end] = self.report.positions(it.place)?;
            Some(Replacement {
                deleted_region: Region::between(start, end),
                inserted_content: Text::new(&it.replacement),
            })
        });
        Some(Fix {
            description: Text::new(without_links(&fix.message)),
            artifact_changes: [Change {
                artifact_location: Artifact::new(&self.origin.path(self.report, file)),
                replacements: replacements.collect::<Option<_>>()?,
            }],
            properties: Applicability {
                applicability: fix.applicability.as_str(),
            },
        })
    }

    fn suppressed(&self, by: &Suppression) -> Suppressed {
        let (kind, location) = match by {
            Suppression::InSource { label, .. } => ("inSource", Some(self.location(label))),
            Suppression::Baseline => ("external", None),
        };
        Suppressed {
            kind,
            status: "accepted",
            justification: reason(by).to_owned(),
            location,
        }
    }
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

/// `[text](target)` is a link in a message; no name of a manifest may make one.
fn without_links(text: &str) -> String {
    text.replace("](", "] (")
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names of SARIF")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: Physical,
    #[serde(skip_serializing_if = "Option::is_none")]
    logical_locations: Option<[Logical; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

impl Location {
    fn of_file(path: &str) -> Self {
        Self {
            id: None,
            physical_location: Physical {
                artifact_location: Artifact::new(path),
                region: None,
            },
            logical_locations: None,
            message: None,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    uri: String,
    uri_base_id: &'static str,
}

impl Artifact {
    fn new(path: &str) -> Self {
        Self {
            uri: uri(path),
            uri_base_id: ROOT,
        }
    }
}

/// From 1; the end is the first character that is not meant.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

impl Region {
    const fn between(start: Position, end: Position) -> Self {
        Self {
            start_line: start.line,
            start_column: start.column,
            end_line: end.line,
            end_column: end.column,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Logical {
    fully_qualified_name: String,
    kind: &'static str,
}

/// A path as a relative reference: all but what RFC 3986 calls unreserved, and `/`, is encoded.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}

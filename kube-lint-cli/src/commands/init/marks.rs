//! What annotations and comments for other linters say, in the words of kube-lint.

use std::{
    collections::BTreeSet,
    io::{self, Write},
    ops::Range,
};

use kube_lint_core::{
    Report,
    discover::{self, Found},
    model::pod_specs,
    object::Object,
    source::printable,
    span::FileId,
    yaml::{self, Chunk, Document, Limits, Node, Piece},
};

use super::checks::{self, CHECKOV, KUBE_LINTER, Row};
use crate::args::Linter;

/// Annotation of kube-linter, before the name of the check.
const IGNORE: &str = "ignore-check.kube-linter.io/";
/// Annotation of kube-linter for all checks.
const IGNORE_ALL: &str = "kube-linter.io/ignore-all";
/// Annotation of checkov, before a number.
const SKIP: &str = "checkov.io/skip";
/// Comment of checkov, before the id of the check.
const SKIP_COMMENT: &str = "checkov:skip=";

/// What is to be added to an object.
#[derive(Debug)]
pub(super) struct Allowance {
    path: String,
    line: usize,
    object: String,
    rules: BTreeSet<&'static str>,
    reasons: Vec<String>,
    /// Checks whose rules find nothing in the object.
    needless: Vec<String>,
    /// Checks for which there is no rule.
    lost: Vec<String>,
}

/// A check that an object is not to be held to, and why.
struct Mark {
    check: String,
    reason: String,
}

/// Path, kind and name of an object, and a rule that finds something in it.
type Sightings = BTreeSet<(String, String, String, &'static str)>;

/// What objects of `files` say to `linter`; what `report` says of them tells which rules would be
/// silenced.
pub(super) fn find<'f>(
    files: impl Iterator<Item = &'f Found>,
    linter: Linter,
    report: &Report,
) -> Vec<Allowance> {
    let sightings = report.findings.iter().filter_map(|it| {
        let path = report.path(it.primary.place.file).to_owned();
        let object = it.object.as_ref()?;
        Some((path, object.kind.clone(), object.name.clone()?, it.rule))
    });
    let sightings: Sightings = sightings.collect();
    let mut found = Vec::new();
    for file in files {
        // What cannot be read is a finding of `check`.
        let Ok(bytes) = discover::read(file) else {
            continue;
        };
        let text = String::from_utf8_lossy(&bytes);
        for piece in yaml::split(&text) {
            if let Piece::Chunk(chunk) = piece {
                found.extend(of_document(&file.name, chunk, linter, &sightings));
            }
        }
    }
    found
}

fn of_document(
    path: &str,
    chunk: Chunk<'_>,
    linter: Linter,
    sightings: &Sightings,
) -> Vec<Allowance> {
    let document = Document::parse(FileId::new(0), chunk, &Limits::default());
    let objects = Object::all_in(&document);
    let marked = objects.iter().enumerate().map(|(index, object)| {
        let mut marks = of_annotations(object, linter);
        if linter == Linter::Checkov {
            let next = objects.get(index + 1);
            let first = if index == 0 {
                0
            } else {
                object.root().span().start()
            };
            let end = next.map_or(u32::MAX, |it| it.root().span().start());
            marks.extend(of_comments(first..end, &document));
        }
        (object, marks)
    });
    marked
        .filter(|(_, marks)| !marks.is_empty())
        .map(|(object, marks)| Allowance::new(path, object, &marks, linter, sightings))
        .collect()
}

fn of_annotations(object: &Object<'_>, linter: Linter) -> Vec<Mark> {
    let templates = pod_specs(object).into_iter().filter_map(|it| it.template());
    let templates = templates.filter_map(|it| it.get("metadata"));
    let templates = templates.filter(|it| Some(*it) != object.metadata());
    let metadata = object.metadata().into_iter().chain(templates);
    let annotations = metadata.filter_map(|it| it.get("annotations"));
    let entries = annotations.flat_map(Node::entries);
    let marks = entries.filter_map(|(key, value)| {
        let (key, value) = (key.text()?, value.text().unwrap_or_default());
        match linter {
            Linter::KubeLinter => Some(Mark {
                check: match key.strip_prefix(IGNORE) {
                    Some(check) => check.to_owned(),
                    None => (key == IGNORE_ALL).then(|| IGNORE_ALL.to_owned())?,
                },
                reason: value.to_owned(),
            }),
            Linter::Checkov => key.strip_prefix(SKIP).map(|_| {
                let (check, reason) = value.split_once('=').unwrap_or((value, ""));
                mark(check, reason)
            }),
        }
    });
    marks.collect()
}

/// Comments `checkov:skip=ID:reason` between two bytes of a document.
fn of_comments(bytes: Range<u32>, document: &Document) -> Vec<Mark> {
    let comments = document.comments();
    let comments = comments.filter(|it| bytes.contains(&it.start()));
    let texts = comments.filter_map(|it| document.text().get(it.range()));
    let marks = texts.filter_map(|text| {
        let (_, mark_text) = text.split_once(SKIP_COMMENT)?;
        let (check, reason) = mark_text.split_once(':').unwrap_or((mark_text, ""));
        Some(mark(check, reason))
    });
    marks.collect()
}

fn mark(check: &str, reason: &str) -> Mark {
    Mark {
        check: check.trim().to_owned(),
        reason: reason.trim().trim_matches('"').to_owned(),
    }
}

impl Allowance {
    fn new(
        path: &str,
        object: &Object<'_>,
        marks: &[Mark],
        linter: Linter,
        sightings: &Sightings,
    ) -> Self {
        let document = object.root().document();
        let before = document.text().get(..object.head().span().start() as usize);
        let lines = before.map_or(0, |it| it.matches('\n').count());
        let [path, kind, name] = [
            path,
            object.kind_name(),
            object.name().map_or("", |it| it.value),
        ]
        .map(printable);
        let mut allowance = Self {
            line: document.first_line() as usize + lines,
            object: format!("{kind} `{name}`"),
            rules: BTreeSet::new(),
            reasons: Vec::new(),
            needless: Vec::new(),
            lost: Vec::new(),
            path: path.clone(),
        };
        let is_seen = |rule: &'static str| {
            sightings.contains(&(path.clone(), kind.clone(), name.clone(), rule))
        };
        for mark in marks {
            allowance.add(mark, linter, &is_seen);
        }
        allowance
    }

    fn add(&mut self, mark: &Mark, linter: Linter, is_seen: &dyn Fn(&'static str) -> bool) {
        let table: &[Row] = match linter {
            Linter::KubeLinter => KUBE_LINTER,
            Linter::Checkov => CHECKOV,
        };
        let rules: Vec<_> = if mark.check == IGNORE_ALL {
            table
                .iter()
                .flat_map(|(_, rules)| *rules)
                .copied()
                .collect()
        } else {
            checks::rules(table, &mark.check).to_vec()
        };
        if rules.is_empty() {
            self.lost.push(printable(&mark.check));
            return;
        }
        let seen = rules.into_iter().filter(|rule| is_seen(rule));
        let seen: Vec<_> = seen.collect();
        if seen.is_empty() {
            self.needless.push(printable(&mark.check));
            return;
        }
        self.rules.extend(seen);
        let reason = printable(&mark.reason);
        if !reason.is_empty() && !self.reasons.contains(&reason) {
            self.reasons.push(reason);
        }
    }

    pub(super) fn write(&self, output: &mut impl Write) -> io::Result<()> {
        writeln!(output, "{}:{}: {}", self.path, self.line, self.object)?;
        if !self.rules.is_empty() {
            let rules: Vec<_> = self.rules.iter().copied().collect();
            writeln!(output, "  kube-lint/allow: {:?}", rules.join(", "))?;
        }
        if !self.reasons.is_empty() {
            let reasons = self.reasons.join("; ");
            writeln!(output, "  kube-lint/allow-reason: {reasons:?}")?;
        }
        if !self.needless.is_empty() {
            let checks = self.needless.join(", ");
            writeln!(output, "  nothing found that it would allow: {checks}")?;
        }
        if !self.lost.is_empty() {
            writeln!(output, "  no equivalent: {}", self.lost.join(", "))?;
        }
        Ok(())
    }
}

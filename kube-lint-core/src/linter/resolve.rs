//! From what rules said to what is reported: levels, supersession, copies, places, order.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::{
    config::Levels,
    diagnostic::{Confidence, Diagnostic, Fingerprint, Label, ObjectReference, Severity},
    linter::Scope,
    report::{Report, Suppressed, Suppression},
    rule::{Finding, Subject},
    source::Excerpt,
    span::{FileId, Place, Position},
};

use super::{in_parallel, judge::Verdict, known::Known, subject::fingerprint_key};

/// How near a file is to what people edit: fewer objects in it, then a shorter path.
pub(crate) type Rank<'a> = (usize, usize, &'a str);

/// Sets the levels of `findings` and drops those that are off.
pub(crate) fn apply_levels<'p>(
    findings: &mut Vec<Finding>,
    levels: &Levels,
    path: impl Fn(FileId) -> &'p str,
) {
    findings.retain_mut(|finding| {
        match levels.apply(finding.rule, finding.severity, path(finding.place.file)) {
            Some(severity) => {
                let is_guess = finding.confidence == Confidence::Low;
                finding.severity = if is_guess { Severity::Info } else { severity };
                true
            }
            None => false,
        }
    });
}

/// Drops findings of a place of which a more specific rule speaks, and all but the worst of findings
/// that say the same of the same place.
pub(crate) fn drop_superseded(findings: &mut Vec<Finding>) {
    let mut spoken: BTreeMap<&str, Vec<Place>> = BTreeMap::new();
    for finding in findings.iter() {
        for superseded in finding.rule.supersedes {
            spoken.entry(superseded).or_default().push(finding.place);
        }
    }
    for places in spoken.values_mut() {
        places.sort_unstable();
    }
    let is_superseded = |it: &Finding| {
        let places = spoken.get(it.rule.id);
        places.is_some_and(|places| overlaps_any(places, it.place))
    };
    let kept = findings
        .iter()
        .map(|it| !is_superseded(it))
        .collect::<Vec<_>>();
    let mut kept = kept.into_iter();
    findings.retain(|_| kept.next().unwrap_or(true));
    findings.sort_by(|one, other| {
        let key = |it: &Finding| (it.place, it.rule.id, std::cmp::Reverse(it.severity));
        key(one)
            .cmp(&key(other))
            .then_with(|| one.message.cmp(&other.message))
    });
    findings.dedup_by(|later, earlier| {
        let is_same = later.place == earlier.place
            && later.rule.id == earlier.rule.id
            && later.message == earlier.message;
        if is_same {
            let labels = std::mem::take(&mut later.labels);
            for label in labels {
                if !earlier.labels.contains(&label) {
                    earlier.labels.push(label);
                }
            }
        }
        is_same
    });
}

/// Whether `place` contains, or lies in, one of the sorted `places`.
fn overlaps_any(places: &[Place], place: Place) -> bool {
    let from = places.partition_point(|it| it.file < place.file);
    let of_file = places
        .iter()
        .skip(from)
        .take_while(|it| it.file == place.file);
    of_file
        .take_while(|it| it.span.start() <= place.span.end())
        .any(|it| it.span.contains(place.span) || place.span.contains(it.span))
}

/// One finding for all copies of an object with the same defect; the other copies become labels.
pub(crate) fn merge_copies<'p>(
    findings: Vec<Finding>,
    rank: impl Fn(FileId) -> Rank<'p>,
) -> Vec<Finding> {
    let is_named = |it: &Finding| {
        let object = it.subject.as_ref().and_then(|it| it.object.as_ref());
        object.is_some_and(|it| it.name.is_some())
    };
    let (mut named, mut merged): (Vec<_>, Vec<_>) = findings.into_iter().partition(is_named);
    named.sort_by(|one, other| defect(one).cmp(&defect(other)));
    let mut named = named.into_iter().peekable();
    while let Some(first) = named.next() {
        let mut group = vec![first];
        while let Some(copy) = named.next_if(|it| defect(it) == defect(&group[0])) {
            group.push(copy);
        }
        merge_group(group, &rank, &mut merged);
    }
    merged
}

/// What copies have in common; one may set the namespace that another gets from its kustomization.
fn defect(finding: &Finding) -> (&str, Option<(&ObjectReference, &str, u64)>, &str) {
    let subject = finding.subject.as_ref();
    let of_object =
        subject.and_then(|it| Some((it.object.as_ref()?, it.path.as_str(), it.evidence)));
    (finding.rule.id, of_object, &finding.message)
}

/// Findings of one document are not copies of each other: the n-th of one is a copy of the n-th of
/// another.
fn merge_group<'p>(
    group: Vec<Finding>,
    rank: &impl Fn(FileId) -> Rank<'p>,
    merged: &mut Vec<Finding>,
) {
    if group.len() == 1 {
        return merged.extend(group);
    }
    let mut copies: BTreeMap<(FileId, u32), Vec<Finding>> = BTreeMap::new();
    for finding in group {
        let document = finding.node.map_or(0, |it| it.offset);
        copies
            .entry((finding.place.file, document))
            .or_default()
            .push(finding);
    }
    let mut copies: Vec<_> = copies.into_values().collect();
    copies.sort_by_key(|it| it.first().map(|it| rank(it.place.file)));
    let mut copies = copies.into_iter();
    let mut primary = copies.next().unwrap_or_default();
    for copy in copies {
        for (index, finding) in copy.into_iter().enumerate() {
            match primary.get_mut(index) {
                Some(original) => original.add_copy(&finding),
                None => primary.push(finding),
            }
        }
    }
    merged.extend(primary);
}

/// A finding with all that is known of it but positions.
pub(super) struct Judged {
    pub(super) finding: Finding,
    pub(super) fingerprint: Fingerprint,
    /// Why it counts for nothing, where it does not.
    pub(super) suppressed: Option<Suppression>,
}

/// Turns findings into diagnostics with positions, those in scope, in order.
pub(crate) fn diagnose(
    mut findings: Vec<Verdict>,
    scope: &Scope,
    known: Known<'_>,
    report: &mut Report,
    excerpts: impl Fn(FileId, &[u32]) -> Vec<Excerpt> + Sync + Send,
) {
    sort(&mut findings, report);
    let fingerprints = fingerprints(&findings);
    let judged = findings.into_iter().zip(fingerprints);
    let judged = judged.map(|((finding, suppressed), fingerprint)| Judged {
        finding,
        fingerprint,
        suppressed,
    });
    let mut judged: Vec<_> = judged.collect();
    known.apply(&mut judged, report);
    let in_scope = |it: &Judged| {
        let mut places = places(&it.finding);
        places.any(|place| scope.holds(report.path(place.file)))
    };
    judged.retain(in_scope);
    quote(&judged, report, excerpts);
    for it in judged {
        let suppressed = it.suppressed.clone().map(|by| placed(by, report));
        let finding = diagnostic(it, report);
        match suppressed {
            Some(by) => report.suppressed.push(Suppressed { finding, by }),
            None => report.findings.push(finding),
        }
    }
    report.summary.suppressed = report.suppressed.len();
    for finding in &report.findings {
        match finding.severity {
            Severity::Error => report.summary.errors += 1,
            Severity::Warning => report.summary.warnings += 1,
            Severity::Info => report.summary.infos += 1,
        }
    }
}

/// Brings in the texts that are to be shown.
fn quote(
    judged: &[Judged],
    report: &mut Report,
    excerpts: impl Fn(FileId, &[u32]) -> Vec<Excerpt> + Sync + Send,
) {
    let mut shown: BTreeMap<FileId, Vec<u32>> = BTreeMap::new();
    let quoted = |it: &Judged| {
        let by = it.suppressed.as_ref().and_then(Suppression::place);
        let fix = it.finding.fix.iter().flat_map(|it| &it.edits);
        let edited = fix.map(|it| it.place);
        let shown = places(&it.finding).chain(by).chain(edited);
        shown.collect::<Vec<_>>()
    };
    for place in judged.iter().flat_map(quoted) {
        shown
            .entry(place.file)
            .or_default()
            .push(place.span.start());
    }
    let quoted = in_parallel(shown.into_iter().collect(), |(file, mut starts)| {
        starts.sort_unstable();
        (file, excerpts(file, &starts))
    });
    report.excerpts.extend(quoted);
}

/// The same with the positions of its label.
fn placed(by: Suppression, report: &Report) -> Suppression {
    match by {
        Suppression::InSource { label: at, reason } => Suppression::InSource {
            label: label(at.place, at.message, report),
            reason,
        },
        Suppression::Baseline => by,
    }
}

fn diagnostic(judged: Judged, report: &Report) -> Diagnostic {
    let Judged {
        finding,
        fingerprint,
        ..
    } = judged;
    Diagnostic {
        rule: finding.rule.id,
        severity: finding.severity,
        confidence: finding.confidence,
        primary: label(finding.place, finding.here, report),
        related: finding
            .labels
            .into_iter()
            .map(|(place, it)| label(place, it, report))
            .collect(),
        message: finding.message,
        help: finding.help,
        fix: finding.fix,
        object: finding.subject.and_then(|it| it.object),
        fingerprint,
        instances: finding.instances,
    }
}

fn places(finding: &Finding) -> impl Iterator<Item = Place> {
    std::iter::once(finding.place).chain(finding.labels.iter().map(|(place, _)| *place))
}

fn sort(findings: &mut [Verdict], report: &Report) {
    findings.sort_by(|(one, _), (other, _)| {
        let key = |it: &Finding| (it.place.span, it.rule.id);
        report
            .path(one.place.file)
            .cmp(report.path(other.place.file))
            .then_with(|| key(one).cmp(&key(other)))
            .then_with(|| one.message.cmp(&other.message))
    });
    for (finding, _) in findings {
        finding.labels.sort_by(|one, other| {
            let paths = (report.path(one.0.file), report.path(other.0.file));
            paths.0.cmp(paths.1).then(one.0.span.cmp(&other.0.span))
        });
    }
}

/// A fingerprint for each finding; those with one key are told apart by their order.
fn fingerprints(findings: &[Verdict]) -> Vec<Fingerprint> {
    let mut seen: FxHashMap<u64, usize> = FxHashMap::default();
    let keys = findings.iter().map(|(finding, _)| match &finding.subject {
        Some(subject) => fingerprint_key(finding.rule.id, subject),
        None => fingerprint_key(finding.rule.id, &Subject::default()),
    });
    keys.map(|key| {
        let ordinal = seen.entry(key).or_default();
        *ordinal += 1;
        Fingerprint {
            key,
            ordinal: *ordinal,
        }
    })
    .collect()
}

fn label(place: Place, message: String, report: &Report) -> Label {
    let first = Position { line: 1, column: 1 };
    let [start, end] = report.positions(place).unwrap_or([first, first]);
    Label {
        place,
        start,
        end,
        message,
    }
}

impl Scope {
    /// Whether the file `path` is in scope.
    fn holds(&self, path: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Below(places) => places.iter().any(|place| {
                place.is_empty()
                    || path
                        .strip_prefix(place.as_str())
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }),
        }
    }
}

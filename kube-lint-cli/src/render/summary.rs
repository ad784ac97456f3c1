//! The last words of a run: what was read, what was left out, what was found.

use std::{collections::BTreeMap, time::Duration};

use kube_lint_core::report::{Report, SkipReason, Skipped};

use super::Style;

/// From how many findings on it is worth saying that most are in one folder.
const MANY: usize = 20;

pub(super) fn text(report: &Report, style: Style, elapsed: Duration) -> String {
    let summary = &report.summary;
    let read = format!(
        "{}, {} in {}",
        count(summary.files, "file"),
        count(summary.objects, "object"),
        seconds(elapsed)
    );
    let skipped = skipped(&summary.skipped);
    let found = findings(report, style.info);
    let parts: Vec<_> = [Some(read), skipped, Some(found)]
        .into_iter()
        .flatten()
        .collect();
    let line = parts.join("; ");
    match crowded_folder(report, style) {
        Some((folder, here, all)) => format!(
            "{here} of {all} findings are in `{folder}`, which `exclude: [{folder}/**]` in \
             `.kube-lint.yaml` leaves out\n{line}\n"
        ),
        None => line + "\n",
    }
}

pub(super) fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

fn seconds(elapsed: Duration) -> String {
    if elapsed.as_secs() == 0 {
        format!("{} ms", elapsed.as_millis())
    } else {
        format!("{:.1} s", elapsed.as_secs_f64())
    }
}

fn skipped(skipped: &[Skipped]) -> Option<String> {
    let mut reasons: BTreeMap<SkipReason, usize> = BTreeMap::new();
    for file in skipped {
        *reasons.entry(file.reason).or_default() += file.documents.max(1);
    }
    let reasons = reasons.into_iter();
    let reasons: Vec<_> = reasons
        .map(|(reason, number)| left_out(reason, number))
        .collect();
    (!reasons.is_empty()).then(|| format!("skipped {}", reasons.join(", ")))
}

/// `3 templates`.
pub(super) fn left_out(reason: SkipReason, number: usize) -> String {
    match reason.as_str() {
        plural if number == 1 => format!("1 {}", plural.trim_end_matches('s')),
        plural => format!("{number} {plural}"),
    }
}

/// How much was found, and whether those of the level info are shown.
pub(super) fn findings(report: &Report, info: bool) -> String {
    let summary = &report.summary;
    let mut parts = Vec::new();
    if summary.errors > 0 {
        parts.push(count(summary.errors, "error"));
    }
    if summary.warnings > 0 {
        parts.push(count(summary.warnings, "warning"));
    }
    match summary.infos {
        0 => {}
        infos if info => parts.push(format!("{infos} info")),
        infos => parts.push(format!("{infos} info hidden (`--show info`)")),
    }
    if parts.is_empty() {
        parts.push("no findings".to_owned());
    }
    let known = report.known().count();
    let allowed = report.suppressed.len() - known;
    for (number, word) in [(allowed, "suppressed"), (known, "known")] {
        if number > 0 {
            parts.push(format!("{number} {word}"));
        }
    }
    parts.join(", ")
}

/// The deepest folder that holds over half of the shown findings, how many it holds, and of how many.
fn crowded_folder(report: &Report, style: Style) -> Option<(&str, usize, usize)> {
    let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
    let mut all = 0;
    for finding in report.findings.iter().filter(|it| style.shows(it)) {
        all += 1;
        let path = report.path(finding.primary.place.file);
        for (slash, _) in path.match_indices('/') {
            *folders.entry(&path[..slash]).or_default() += 1;
        }
    }
    // Two folders with over half of the findings each must lie one within the other.
    let crowded = folders.into_iter().filter(|&(_, here)| here * 2 > all);
    let (folder, here) = crowded.max_by_key(|(folder, _)| folder.len())?;
    (all >= MANY).then_some((folder, here, all))
}

//! Takes out what the manifests themselves suppress, and lets a rule speak of what suppresses nothing.

use crate::{
    config::Settings,
    report::Suppression,
    rule::{Check, Fault, Finding, Reporter, Rule, Subject},
    span::FileId,
    suppress::{Directives, Judge, Stage},
};

use super::{enabled, resolve};

/// A finding, and why it counts for nothing, if so.
pub(crate) type Verdict = (Finding, Option<Suppression>);

/// Each finding with its verdict; and those about suppressions.
pub(crate) fn judge<'d, 'p>(
    findings: Vec<Finding>,
    directives: impl Iterator<Item = &'d Directives>,
    settings: &Settings,
    path: impl Fn(FileId) -> &'p str,
) -> Vec<Verdict> {
    let is_on = |rule: &Rule, file: FileId| settings.levels.level_of(rule, path(file)).is_some();
    let mut judge = Judge::new(directives, settings.require_reason);
    let mut judged: Vec<_> = findings
        .into_iter()
        .map(|it| verdict(it, &mut judge))
        .collect();
    for rule in enabled(settings) {
        if let Check::Suppression(check) = rule.check {
            let faults = judge.faults(Stage::First, rule, is_on);
            let mut found = speak(rule, check, &faults);
            resolve::apply_levels(&mut found, &settings.levels, &path);
            judged.extend(found.into_iter().map(|it| verdict(it, &mut judge)));
            let faults = judge.faults(Stage::Second, rule, is_on);
            let mut found = speak(rule, check, &faults);
            resolve::apply_levels(&mut found, &settings.levels, &path);
            judged.extend(found.into_iter().map(|it| (it, None)));
        }
    }
    judged
}

fn verdict(finding: Finding, judge: &mut Judge<'_>) -> Verdict {
    let suppressed = judge.verdict(&finding);
    (finding, suppressed)
}

/// What `rule` says of `faults`.
fn speak(
    rule: &'static Rule,
    check: fn(&Fault, &mut Reporter<'_>),
    faults: &[Fault],
) -> Vec<Finding> {
    let mut found = Vec::new();
    for fault in faults {
        let before = found.len();
        check(fault, &mut Reporter::new(rule, &mut found));
        for finding in found.iter_mut().skip(before) {
            // A fingerprint that does not change with the order of the suppressions.
            let path = fault.name().to_owned();
            finding.subject = Some(Subject {
                path,
                ..Subject::default()
            });
        }
    }
    found
}

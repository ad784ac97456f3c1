//! Takes out what baselines know.

use rustc_hash::FxHashSet;

use crate::{
    baseline::{Baseline, Recognised, Sighting},
    config::Levels,
    report::{Report, Suppression},
    rules,
};

use super::resolve::Judged;

/// What is known already.
#[derive(Clone, Copy)]
pub(crate) struct Known<'a> {
    /// Each judges for itself.
    pub(crate) baselines: &'a [&'a Baseline],
    /// Which rules have a say.
    pub(crate) levels: &'a Levels,
}

impl Known<'_> {
    /// Takes known findings out of force. What is allowed in the source uses up nothing of a baseline.
    pub(super) fn apply(self, judged: &mut [Judged], report: &mut Report) {
        if self.baselines.is_empty() {
            return;
        }
        let open = judged.iter_mut().filter(|it| it.suppressed.is_none());
        let mut open: Vec<_> = open.collect();
        let sightings = open.iter().map(|it| sighting(it, report));
        let sightings: Vec<_> = sightings.collect();
        let recognised = self.recognise(&sightings, report);
        for (it, baseline) in recognised.into_iter().zip(self.baselines) {
            for (judged, is_known) in open.iter_mut().zip(it.known) {
                if is_known {
                    judged.suppressed = Some(Suppression::Baseline);
                } else if baseline.knows_unchanged(report.path(judged.finding.place.file)) {
                    self.worsen(judged, report);
                }
            }
            report.gone.push(it.gone);
        }
    }

    fn recognise(self, sightings: &[Sighting<'_>], report: &Report) -> Vec<Recognised> {
        let paths: FxHashSet<&str> = report.paths.iter().map(String::as_str).collect();
        let is_on = |rule: &str, path: &str| {
            rules::find(rule).is_none_or(|it| self.levels.level_of(it, path).is_some())
        };
        let baselines = self.baselines.iter();
        let recognised =
            baselines.map(|it| it.recognise(sightings, |it| paths.contains(it), is_on));
        recognised.collect()
    }

    /// Takes back what made a finding weaker because something may be outside the input.
    fn worsen(self, judged: &mut Judged, report: &Report) {
        let finding = &mut judged.finding;
        let path = report.path(finding.place.file);
        let level = finding.severity_if_whole;
        if let Some(level) = level.and_then(|it| self.levels.apply(finding.rule, it, path)) {
            finding.severity = finding.severity.max(level);
        }
    }
}

fn sighting<'a>(judged: &Judged, report: &'a Report) -> Sighting<'a> {
    Sighting {
        path: report.path(judged.finding.place.file),
        level: judged.finding.severity,
        instances: judged.finding.instances,
        key: judged.fingerprint.key,
    }
}

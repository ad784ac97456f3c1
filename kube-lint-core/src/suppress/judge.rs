//! Which findings are suppressed, and which suppressions suppress nothing.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use crate::{
    diagnostic::Label,
    report::Suppression,
    rule::{Fault, FaultKind, Finding, Rule},
    span::{FileId, Place, Position},
};

use super::{Directive, Directives, Name, covers::Covers};

/// Tells suppressed findings from others, and remembers what suppressed them.
#[derive(Debug)]
pub(crate) struct Judge<'d> {
    files: BTreeMap<FileId, (&'d Directives, Covers<'d>)>,
    require_reason: bool,
    /// Places of the names that suppressed something.
    used: FxHashSet<Place>,
}

/// Faults can be suppressed themselves, so that what suppresses them is judged after them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stage {
    /// All but those of the second stage.
    First,
    /// Names of the rule itself that suppress nothing, once the findings of the first stage were
    /// judged.
    Second,
}

impl<'d> Judge<'d> {
    pub(crate) fn new(files: impl Iterator<Item = &'d Directives>, require_reason: bool) -> Self {
        let files = files.filter(|it| it.is_active);
        Self {
            files: files
                .map(|it| (it.file, (it, Covers::of(&it.list))))
                .collect(),
            require_reason,
            used: FxHashSet::default(),
        }
    }

    /// Why `finding` counts for nothing, if so. The label has no positions yet.
    pub(crate) fn verdict(&mut self, finding: &Finding) -> Option<Suppression> {
        if self.files.is_empty() {
            return None;
        }
        for copy in finding.copies() {
            self.covering(finding.rule, copy);
        }
        let directive = self.covering(finding.rule, finding.place)?;
        let unknown = Position { line: 1, column: 1 };
        let label = Label {
            place: directive.place,
            start: unknown,
            end: unknown,
            message: String::new(),
        };
        Some(Suppression::InSource {
            label,
            reason: directive.reason.clone(),
        })
    }

    /// The narrowest directive that allows `rule` at `place`; all that do are used.
    fn covering(&mut self, rule: &Rule, place: Place) -> Option<&'d Directive> {
        let found = self.files.get(&place.file)?.1.at(place.span);
        let mut allowing = Vec::new();
        for (span, directive) in found {
            let names = directive.names.iter().filter(|it| it.pattern.holds(rule));
            let places: Vec<_> = names.map(|it| it.place).collect();
            if self.holds(directive) && !places.is_empty() {
                self.used.extend(places);
                allowing.push((span.len(), directive));
            }
        }
        let narrowest = allowing.into_iter().min_by_key(|it| it.0);
        narrowest.map(|it| it.1)
    }

    fn holds(&self, directive: &Directive) -> bool {
        !self.require_reason || directive.reason.is_some()
    }

    /// What is wrong with the suppressions, `rule` being the one that speaks of it; `is_on` tells
    /// whether a rule is run on a file.
    pub(crate) fn faults(
        &self,
        stage: Stage,
        rule: &Rule,
        is_on: impl Fn(&Rule, FileId) -> bool,
    ) -> Vec<Fault> {
        let mut faults = Vec::new();
        let linted = self.files.values().map(|it| it.0);
        for directives in linted.filter(|it| it.is_linted) {
            if stage == Stage::First {
                faults.extend(directives.faults.iter().cloned());
            }
            for directive in &directives.list {
                if !self.holds(directive) {
                    let is_first = stage == Stage::First;
                    faults.extend(is_first.then(|| no_reason(directive)));
                    continue;
                }
                let is_partial =
                    directive.is_partial || directives.is_partial && is_wide(directive);
                let names = directive.names.iter().filter(|it| {
                    // Those that are off by default are meant by their id alone.
                    let mut meant = it
                        .pattern
                        .rules()
                        .filter(|rule| it.pattern.switches_on(rule));
                    it.pattern.holds(rule) == (stage == Stage::Second)
                        && !self.used.contains(&it.place)
                        && meant.all(|rule| is_on(rule, it.place.file))
                });
                if !is_partial {
                    faults.extend(names.map(|it| unused(it, directive)));
                }
            }
        }
        faults
    }
}

/// Whether the directive is about the whole file.
fn is_wide(directive: &Directive) -> bool {
    directive.covers.iter().any(|it| it.end() == u32::MAX)
}

fn no_reason(directive: &Directive) -> Fault {
    Fault {
        place: directive.place,
        kind: FaultKind::NoReason,
    }
}

fn unused(name: &Name, directive: &Directive) -> Fault {
    Fault {
        place: name.place,
        kind: FaultKind::Unused {
            name: name.pattern.to_string(),
            is_about_nothing: directive.covers.is_empty(),
            removal: name.removal.clone(),
        },
    }
}

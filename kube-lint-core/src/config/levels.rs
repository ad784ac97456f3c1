//! Which rules speak, and how loud.

use std::{collections::BTreeMap, fmt, str::FromStr};

use globset::Glob;

use crate::{diagnostic::Severity, nearest::nearest, rule::Rule, target::UnknownWord};

/// The level of every rule: as declared unless it was changed.
#[derive(Clone, Debug, Default)]
pub struct Levels {
    changed: BTreeMap<&'static str, Level>,
    selected: Option<Vec<&'static str>>,
}

impl Levels {
    /// Changes levels. A whole id goes before other patterns, and of these the longer before the
    /// shorter; of equals, as of several calls, the last holds.
    pub fn configure(&mut self, mut changes: Vec<(RulePattern, Level)>) {
        changes.sort_by_key(|(pattern, _)| pattern.weight());
        for (pattern, level) in changes {
            for id in pattern.ids {
                self.changed.insert(id, level);
            }
        }
    }

    /// Switches off every rule that matches none of `patterns`.
    pub fn select(&mut self, patterns: &[RulePattern]) {
        let ids = patterns.iter().flat_map(|it| it.ids.iter().copied());
        self.selected = Some(ids.collect());
    }

    /// Switches off the rules that match one of `patterns`.
    pub fn ignore(&mut self, patterns: &[RulePattern]) {
        for id in patterns.iter().flat_map(|it| &it.ids) {
            self.changed.insert(id, Level::Off);
        }
    }

    /// The level that stands for the declared one; `None` where the rule is off.
    pub fn level_of(&self, rule: &Rule) -> Option<Severity> {
        let selected = self.selected.as_ref();
        if selected.is_some_and(|ids| !ids.contains(&rule.id)) {
            return None;
        }
        match self.changed.get(rule.id) {
            Some(Level::Off) => None,
            Some(Level::On(severity)) => Some(*severity),
            None => Some(rule.severity),
        }
    }

    /// The level of a finding that `rule` made at `found`: what was found at the declared level gets
    /// the configured one, what was found weaker stays at or below it.
    pub fn apply(&self, rule: &Rule, found: Severity) -> Option<Severity> {
        let configured = self.level_of(rule)?;
        if found >= rule.severity {
            Some(configured)
        } else {
            Some(found.min(configured))
        }
    }
}

/// A configured level.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Level {
    /// The rule is not run.
    Off,
    /// The rule's worst findings have this level.
    On(Severity),
}

impl FromStr for Level {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        match word {
            "off" => Ok(Self::Off),
            "info" => Ok(Self::On(Severity::Info)),
            "warning" => Ok(Self::On(Severity::Warning)),
            "error" => Ok(Self::On(Severity::Error)),
            _ => Err(UnknownWord("`off`, `info`, `warning` or `error`")),
        }
    }
}

/// Names rules: an id (`rbac/wildcard-verb`), a family (`rbac`) or a glob (`rbac/wildcard-*`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RulePattern {
    text: String,
    ids: Vec<&'static str>,
}

impl RulePattern {
    pub(super) fn among(rules: &[&'static Rule], text: &str) -> Result<Self, UnknownRule> {
        let unknown = || UnknownRule::of_pattern(rules, text);
        let ids: Vec<_> = if is_glob(text) {
            let glob = Glob::new(text).map_err(|_| unknown())?.compile_matcher();
            let ids = rules.iter().map(|rule| rule.id);
            ids.filter(|id| glob.is_match(id)).collect()
        } else {
            let named = |rule: &&&Rule| rule.id == text || rule.family() == text;
            rules.iter().filter(named).map(|rule| rule.id).collect()
        };
        if ids.is_empty() {
            return Err(unknown());
        }
        let text = text.to_owned();
        Ok(Self { text, ids })
    }

    /// Whether `rule` is among those named.
    pub fn holds(&self, rule: &Rule) -> bool {
        self.ids.contains(&rule.id)
    }

    /// The rules named.
    pub fn rules(&self) -> impl Iterator<Item = &'static Rule> {
        self.ids.iter().filter_map(|id| crate::rules::find(id))
    }

    fn weight(&self) -> (bool, usize) {
        let is_id = self.ids.contains(&self.text.as_str());
        (is_id, self.text.len())
    }
}

impl FromStr for RulePattern {
    type Err = UnknownRule;

    fn from_str(text: &str) -> Result<Self, UnknownRule> {
        Self::among(crate::rules::RULES, text)
    }
}

impl fmt::Display for RulePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn is_glob(text: &str) -> bool {
    text.contains(['*', '?', '[', '{'])
}

/// A pattern that names no rule.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.text())]
pub struct UnknownRule {
    pattern: String,
    nearest: Option<&'static str>,
}

impl UnknownRule {
    /// That `id` is no rule, with the one nearest to it.
    pub fn of(id: &str) -> Self {
        let ids = crate::rules::RULES.iter().map(|rule| rule.id);
        Self::new(crate::rules::RULES, id, nearest(id, ids))
    }

    fn of_pattern(rules: &[&'static Rule], pattern: &str) -> Self {
        let ids = rules.iter().map(|rule| rule.id);
        let families = rules.iter().map(|rule| rule.family());
        Self::new(rules, pattern, nearest(pattern, ids.chain(families)))
    }

    fn new(rules: &[&'static Rule], pattern: &str, nearest: Option<&'static str>) -> Self {
        // The name alone is most often meant when the family was left out.
        let named = rules
            .iter()
            .find(|rule| rule.id.split_once('/').is_some_and(|it| it.1 == pattern));
        Self {
            pattern: crate::source::printable(pattern),
            nearest: named.map(|rule| rule.id).or(nearest),
        }
    }

    fn text(&self) -> String {
        match self.nearest {
            Some(nearest) => {
                format!("unknown rule `{}`, did you mean `{nearest}`?", self.pattern)
            }
            None if is_glob(&self.pattern) => format!("no rule matches `{}`", self.pattern),
            None => format!("unknown rule `{}`", self.pattern),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    const fn rule(id: &'static str, severity: Severity) -> Rule {
        Rule {
            id,
            summary: "",
            severity,
            since: "0.1.0",
            docs: "",
            supersedes: &[],
            check: crate::rule::Check::Inventory(|_, _| {}),
        }
    }

    static EVERYTHING: Rule = rule("rbac/wildcard-everything", Severity::Error);
    static VERB: Rule = rule("rbac/wildcard-verb", Severity::Warning);
    static MISSING: Rule = rule("secrets/ref-missing", Severity::Error);

    /// Rules to name in tests.
    pub(in crate::config) static RULES: &[&Rule] = &[&EVERYTHING, &VERB, &MISSING];

    fn configured(changes: &[(&str, &str)]) -> Levels {
        let mut levels = Levels::default();
        let changes = changes
            .iter()
            .map(|(pattern, level)| (some(pattern), level.parse().unwrap()));
        levels.configure(changes.collect());
        levels
    }

    fn some(pattern: &str) -> RulePattern {
        RulePattern::among(RULES, pattern).unwrap()
    }

    #[test]
    fn a_whole_id_goes_before_patterns_in_any_order() {
        let levels = configured(&[
            ("rbac/wildcard-verb", "info"),
            ("rbac/*", "warning"),
            ("rbac", "off"),
        ]);
        assert_eq!(levels.level_of(&VERB), Some(Severity::Info));
        assert_eq!(levels.level_of(&EVERYTHING), Some(Severity::Warning));
        assert_eq!(levels.level_of(&MISSING), Some(Severity::Error));
    }

    #[test]
    fn weaker_findings_stay_at_or_below_the_configured_level() {
        let lower = configured(&[("secrets/ref-missing", "info")]);
        assert_eq!(lower.apply(&MISSING, Severity::Error), Some(Severity::Info));
        assert_eq!(
            lower.apply(&MISSING, Severity::Warning),
            Some(Severity::Info)
        );
        let higher = configured(&[("rbac/wildcard-verb", "error")]);
        assert_eq!(
            higher.apply(&VERB, Severity::Warning),
            Some(Severity::Error)
        );
        assert_eq!(higher.apply(&VERB, Severity::Info), Some(Severity::Info));
        let declared = Levels::default();
        assert_eq!(
            declared.apply(&MISSING, Severity::Warning),
            Some(Severity::Warning)
        );
    }

    #[test]
    fn only_selected_rules_that_are_not_ignored_speak() {
        let mut levels = Levels::default();
        levels.select(&[some("rbac")]);
        levels.ignore(&[some("*verb")]);
        assert_eq!(levels.level_of(&EVERYTHING), Some(Severity::Error));
        assert_eq!(levels.level_of(&VERB), None);
        assert_eq!(levels.level_of(&MISSING), None);
        assert_eq!(levels.apply(&MISSING, Severity::Error), None);
    }

    #[test]
    fn a_pattern_that_names_no_rule_says_which_is_near() {
        let message = |pattern| RulePattern::among(RULES, pattern).unwrap_err().to_string();
        assert_eq!(
            message("rbac/wildcrd-verb"),
            "unknown rule `rbac/wildcrd-verb`, did you mean `rbac/wildcard-verb`?"
        );
        assert_eq!(
            message("rback"),
            "unknown rule `rback`, did you mean `rbac`?"
        );
        assert_eq!(
            message("ref-missing"),
            "unknown rule `ref-missing`, did you mean `secrets/ref-missing`?"
        );
        assert_eq!(message("network/*"), "no rule matches `network/*`");
        assert_eq!(message("nothing"), "unknown rule `nothing`");
        assert_eq!(message(""), "unknown rule ``");
    }
}

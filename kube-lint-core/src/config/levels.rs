//! Which rules speak, and how loud.

use std::{collections::BTreeMap, fmt, str::FromStr, sync::Arc};

use globset::Glob;

use crate::{
    diagnostic::Severity,
    nearest::nearest,
    path_globs::PathGlobs,
    rule::Rule,
    target::{UnknownWord, Word},
};

/// The level of every rule: as declared unless it was changed, everywhere or for some files. A rule that
/// is off by default is switched on by its whole id only.
#[derive(Clone, Debug, Default)]
pub struct Levels {
    /// By rule, in the order in which they were made.
    changes: BTreeMap<&'static str, Vec<LevelChange>>,
    selected: Option<Vec<RulePattern>>,
}

/// What changed the level of a rule.
#[derive(Clone, Debug)]
pub struct LevelChange {
    /// As it was written.
    pub pattern: String,
    /// The level in place of the declared one.
    pub level: Level,
    /// The files that it holds for; `None` for all.
    only: Option<Only>,
}

/// The files of an override.
#[derive(Clone, Debug)]
struct Only {
    index: usize,
    paths: Arc<PathGlobs>,
}

impl LevelChange {
    fn holds_for(&self, path: &str) -> bool {
        let only = self.only.as_ref();
        only.is_none_or(|it| it.paths.has_file(path))
    }

    /// The number of the override that it is part of, where it holds for some files only.
    pub fn override_index(&self) -> Option<usize> {
        self.only.as_ref().map(|it| it.index)
    }
}

impl Levels {
    /// Changes levels. A whole id goes before other patterns, and of these the longer before the
    /// shorter; of equals, as of several calls, the last holds.
    pub fn configure(&mut self, changes: Vec<(RulePattern, Level)>) {
        self.change(None, changes);
    }

    /// Changes levels of the findings whose primary place is in a file of `paths`, as the override of
    /// that number says.
    pub fn configure_for(
        &mut self,
        index: usize,
        paths: PathGlobs,
        changes: Vec<(RulePattern, Level)>,
    ) {
        let paths = Arc::new(paths);
        self.change(Some(&Only { index, paths }), changes);
    }

    fn change(&mut self, only: Option<&Only>, mut changes: Vec<(RulePattern, Level)>) {
        changes.sort_by_key(|(pattern, _)| pattern.weight());
        for (pattern, level) in changes {
            for rule in &pattern.rules {
                if !pattern.sets(rule, level) {
                    continue;
                }
                let changes = self.changes.entry(rule.id).or_default();
                if only.is_none() {
                    changes.clear();
                }
                changes.push(LevelChange {
                    pattern: pattern.text.clone(),
                    level,
                    only: only.cloned(),
                });
            }
        }
    }

    /// Switches off every rule that matches none of `patterns`.
    pub fn select(&mut self, patterns: &[RulePattern]) {
        self.selected = Some(patterns.to_vec());
    }

    /// Switches off the rules that match one of `patterns`.
    pub fn ignore(&mut self, patterns: &[RulePattern]) {
        let patterns = patterns.iter().cloned();
        self.configure(patterns.map(|it| (it, Level::Off)).collect());
    }

    /// What changed the level of `rule` for the file `path`.
    pub fn change_of(&self, rule: &Rule, path: &str) -> Option<&LevelChange> {
        let changes = self.changes.get(rule.id)?;
        changes.iter().rev().find(|it| it.holds_for(path))
    }

    /// The level for the file `path` that stands for the declared one; `None` where the rule is off.
    pub fn level_of(&self, rule: &Rule, path: &str) -> Option<Severity> {
        if !self.selects(rule) {
            return None;
        }
        let changed = self.change_of(rule, path);
        match changed {
            Some(change) => change.level.severity(),
            None => self.is_on_unchanged(rule).then_some(rule.severity),
        }
    }

    /// Whether `rule` speaks where no level was changed.
    fn is_on_unchanged(&self, rule: &Rule) -> bool {
        let mut selected = self.selected.iter().flatten();
        rule.is_on_by_default || selected.any(|it| it.is_id_of(rule))
    }

    /// Whether `rule` may speak of some file.
    pub fn is_on_somewhere(&self, rule: &Rule) -> bool {
        let changes = self.changes.get(rule.id).map_or(&[][..], Vec::as_slice);
        let is_on = |it: &LevelChange| it.level != Level::Off;
        let is_declared = changes.first().is_none_or(|it| it.only.is_some());
        let is_on_unchanged = is_declared && self.is_on_unchanged(rule);
        self.selects(rule) && (is_on_unchanged || changes.iter().any(is_on))
    }

    fn selects(&self, rule: &Rule) -> bool {
        let selected = self.selected.as_ref();
        selected.is_none_or(|patterns| patterns.iter().any(|it| it.holds(rule)))
    }

    /// The level of a finding in the file `path` that `rule` made at `found`: what was found at the
    /// declared level gets the configured one, what was found weaker stays at or below it.
    pub fn apply(&self, rule: &Rule, found: Severity, path: &str) -> Option<Severity> {
        let configured = self.level_of(rule, path)?;
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

impl Level {
    /// The level of findings; `None` for off.
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::Off => None,
            Self::On(severity) => Some(severity),
        }
    }
}

impl Word for Level {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("off", Self::Off),
        ("info", Self::On(Severity::Info)),
        ("warning", Self::On(Severity::Warning)),
        ("error", Self::On(Severity::Error)),
    ];
}

impl FromStr for Level {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Self::of_text(word)
    }
}

/// Names rules: an id (`rbac/wildcard-verb`), a family (`rbac`) or a glob (`rbac/wildcard-*`).
#[derive(Clone, Debug)]
pub struct RulePattern {
    text: String,
    rules: Vec<&'static Rule>,
}

impl RulePattern {
    pub(super) fn among(rules: &[&'static Rule], text: &str) -> Result<Self, UnknownRule> {
        let unknown = || UnknownRule::of_pattern(rules, text);
        let rules = rules.iter().copied();
        let rules: Vec<_> = if is_glob(text) {
            let glob = Glob::new(text).map_err(|_| unknown())?.compile_matcher();
            rules.filter(|rule| glob.is_match(rule.id)).collect()
        } else {
            let named = |rule: &&Rule| rule.id == text || rule.family() == text;
            rules.filter(named).collect()
        };
        if rules.is_empty() {
            return Err(unknown());
        }
        let text = text.to_owned();
        Ok(Self { text, rules })
    }

    /// Whether `rule` is among those named.
    pub fn holds(&self, rule: &Rule) -> bool {
        self.rules.iter().any(|it| it.id == rule.id)
    }

    /// Whether it can switch `rule` on: one that is off by default takes its whole id.
    pub fn switches_on(&self, rule: &Rule) -> bool {
        self.is_id_of(rule) || rule.is_on_by_default && self.holds(rule)
    }

    /// Whether `rule` gets this level by it.
    pub fn sets(&self, rule: &Rule, level: Level) -> bool {
        match level {
            Level::Off => self.holds(rule),
            Level::On(_) => self.switches_on(rule),
        }
    }

    fn is_id_of(&self, rule: &Rule) -> bool {
        self.text == rule.id
    }

    /// The rules named.
    pub fn rules(&self) -> impl Iterator<Item = &'static Rule> {
        self.rules.iter().copied()
    }

    fn weight(&self) -> (bool, usize) {
        let is_id = self.rules.iter().any(|it| self.is_id_of(it));
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
            is_on_by_default: true,
            since: "0.1.0",
            fix: None,
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

    #[test]
    fn a_rule_that_is_off_by_default_is_switched_on_by_its_id_alone() {
        static UNUSED: Rule = Rule {
            is_on_by_default: false,
            ..rule("rbac/unused-role", Severity::Info)
        };
        let rules: &[&Rule] = &[&VERB, &UNUSED];
        let change = |pattern, level: &str| {
            let pattern = RulePattern::among(rules, pattern).unwrap();
            vec![(pattern, level.parse().unwrap())]
        };
        let level = |levels: &Levels| levels.level_of(&UNUSED, "prod/a.yaml");
        let mut levels = Levels::default();
        for pattern in ["rbac", "*/unused-*", "*"] {
            levels.configure(change(pattern, "error"));
            assert_eq!(level(&levels), None, "{pattern}");
            assert!(!levels.is_on_somewhere(&UNUSED), "{pattern}");
        }
        let prod = || PathGlobs::new(["prod/"]).unwrap();
        levels.configure_for(0, prod(), change("rbac/unused-role", "warning"));
        assert_eq!(level(&levels), Some(Severity::Warning));
        assert_eq!(levels.level_of(&UNUSED, "a.yaml"), None);
        assert!(levels.is_on_somewhere(&UNUSED));
        levels.configure_for(1, prod(), change("rbac", "error"));
        assert_eq!(level(&levels), Some(Severity::Warning));
        levels.configure_for(2, prod(), change("rbac", "off"));
        assert_eq!(level(&levels), None);
    }

    #[test]
    fn a_rule_that_is_off_by_default_is_selected_by_its_id_alone() {
        static UNUSED: Rule = Rule {
            is_on_by_default: false,
            ..rule("rbac/unused-role", Severity::Info)
        };
        let selected = |pattern| {
            let mut levels = Levels::default();
            levels.select(&[RulePattern::among(&[&VERB, &UNUSED], pattern).unwrap()]);
            levels
        };
        assert!(!selected("rbac").is_on_somewhere(&UNUSED));
        let mut levels = selected("rbac/unused-role");
        assert_eq!(levels.level_of(&UNUSED, "a.yaml"), Some(Severity::Info));
        assert!(levels.is_on_somewhere(&UNUSED));
        levels.ignore(&[RulePattern::among(&[&UNUSED], "rbac").unwrap()]);
        assert!(!levels.is_on_somewhere(&UNUSED));
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
        assert_eq!(levels.level_of(&VERB, "a.yaml"), Some(Severity::Info));
        assert_eq!(
            levels.level_of(&EVERYTHING, "a.yaml"),
            Some(Severity::Warning)
        );
        assert_eq!(levels.level_of(&MISSING, "a.yaml"), Some(Severity::Error));
    }

    #[test]
    fn weaker_findings_stay_at_or_below_the_configured_level() {
        let lower = configured(&[("secrets/ref-missing", "info")]);
        assert_eq!(
            lower.apply(&MISSING, Severity::Error, "a.yaml"),
            Some(Severity::Info)
        );
        assert_eq!(
            lower.apply(&MISSING, Severity::Warning, "a.yaml"),
            Some(Severity::Info)
        );
        let higher = configured(&[("rbac/wildcard-verb", "error")]);
        assert_eq!(
            higher.apply(&VERB, Severity::Warning, "a.yaml"),
            Some(Severity::Error)
        );
        assert_eq!(
            higher.apply(&VERB, Severity::Info, "a.yaml"),
            Some(Severity::Info)
        );
        let declared = Levels::default();
        assert_eq!(
            declared.apply(&MISSING, Severity::Warning, "a.yaml"),
            Some(Severity::Warning)
        );
    }

    fn for_files(levels: &mut Levels, glob: &str, pattern: &str, level: &str) {
        let paths = PathGlobs::new([glob]).unwrap();
        levels.configure_for(7, paths, vec![(some(pattern), level.parse().unwrap())]);
    }

    #[test]
    fn a_later_change_goes_before_an_earlier_one() {
        let mut levels = configured(&[("rbac/wildcard-verb", "off")]);
        for_files(&mut levels, "prod/", "rbac", "info");
        for_files(&mut levels, "prod/shop/", "rbac", "error");
        let level = |path| levels.level_of(&VERB, path);
        assert_eq!(level("a.yaml"), None);
        assert_eq!(level("prod/a.yaml"), Some(Severity::Info));
        assert_eq!(level("prod/shop/a.yaml"), Some(Severity::Error));
        let change = levels.change_of(&VERB, "prod/a.yaml").unwrap();
        assert_eq!(
            (change.pattern.as_str(), change.override_index()),
            ("rbac", Some(7))
        );
        levels.configure(vec![(some("rbac/wildcard-verb"), Level::Off)]);
        assert_eq!(levels.level_of(&VERB, "prod/a.yaml"), None);
    }

    #[test]
    fn a_rule_is_off_only_where_nothing_switches_it_on() {
        let mut levels = configured(&[("rbac", "off")]);
        for_files(&mut levels, "prod/", "rbac/wildcard-verb", "info");
        for_files(&mut levels, "test/", "secrets", "off");
        assert!(levels.is_on_somewhere(&VERB));
        assert!(!levels.is_on_somewhere(&EVERYTHING));
        assert!(levels.is_on_somewhere(&MISSING));
        levels.ignore(&[some("rbac")]);
        assert!(!levels.is_on_somewhere(&VERB));
    }

    #[test]
    fn only_selected_rules_that_are_not_ignored_speak() {
        let mut levels = Levels::default();
        levels.select(&[some("rbac")]);
        levels.ignore(&[some("*verb")]);
        assert_eq!(
            levels.level_of(&EVERYTHING, "a.yaml"),
            Some(Severity::Error)
        );
        assert_eq!(levels.level_of(&VERB, "a.yaml"), None);
        assert_eq!(levels.level_of(&MISSING, "a.yaml"), None);
        assert_eq!(levels.apply(&MISSING, Severity::Error, "a.yaml"), None);
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

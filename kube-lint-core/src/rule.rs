//! What a rule is: a `static` of plain data and one function.

use crate::diagnostic::Severity;

/// A check the linter makes.
#[derive(Debug)]
pub struct Rule {
    /// `family/name`, for ever.
    pub id: &'static str,
    /// At most 60 characters for tables.
    pub summary: &'static str,
    /// The highest level of its findings; a finding may be weaker.
    pub severity: Severity,
    /// Release that brought the rule.
    pub since: &'static str,
    /// Markdown: what it does, why it is bad, what to do.
    pub docs: &'static str,
    /// Rules that are silent where this one speaks of the same place.
    pub supersedes: &'static [&'static str],
}

impl Rule {
    /// The part of the id before the slash.
    pub fn family(&self) -> &'static str {
        self.id
            .split_once('/')
            .map_or(self.id, |(family, _)| family)
    }
}

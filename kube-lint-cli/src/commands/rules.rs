//! `kube-lint rules`: the table of all rules.

use std::io::{self, Write};

use kube_lint_core::{rule::Rule, rules::RULES};

use super::{Outcome, to_stdout};
use crate::error::Error;

pub(crate) fn run() -> Result<Outcome, Error> {
    to_stdout(|stdout| table(stdout, RULES))?;
    Ok(Outcome::Clean)
}

/// One line for each rule, a blank line between families.
fn table(output: &mut impl Write, rules: &[&Rule]) -> io::Result<()> {
    let width = |column: fn(&Rule) -> usize| rules.iter().map(|it| column(it)).max().unwrap_or(0);
    let (ids, levels) = (width(|it| it.id.len()), width(|it| level(it).len()));
    let families = rules.chunk_by(|left, right| left.family() == right.family());
    for (number, family) in families.enumerate() {
        if number > 0 {
            writeln!(output)?;
        }
        for rule in family {
            let (id, level, summary) = (rule.id, level(rule), rule.summary);
            writeln!(output, "{id:ids$}  {level:levels$}  {summary}")?;
        }
    }
    Ok(())
}

/// The declared level, and whether it is that of a rule which is off by default.
fn level(rule: &Rule) -> String {
    let off = if rule.is_on_by_default { "" } else { ", off" };
    format!("{}{off}", rule.severity)
}

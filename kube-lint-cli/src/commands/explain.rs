//! `kube-lint explain`: the page of a rule.

use std::io::Write;

use kube_lint_core::{config::UnknownRule, rules};

use super::{Outcome, to_stdout};
use crate::error::Error;

pub(crate) fn run(id: &str) -> Result<Outcome, Error> {
    let rule = rules::find(id).ok_or_else(|| UnknownRule::of(id))?;
    to_stdout(|stdout| {
        writeln!(stdout, "# {}\n", rule.id)?;
        let fix = rule
            .fix
            .map_or_else(String::new, |it| format!(" · {it} fix"));
        writeln!(
            stdout,
            "{} · {}{fix} · since {}\n",
            rule.summary,
            rule.declared(),
            rule.since
        )?;
        writeln!(stdout, "{}", rule.page())
    })?;
    Ok(Outcome::Clean)
}

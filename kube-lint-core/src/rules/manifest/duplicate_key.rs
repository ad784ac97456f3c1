//! `manifest/duplicate-key`.

use crate::{
    rule::{Check, Reporter, declare_rule},
    yaml::{Document, Node},
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds keys that one mapping holds twice, in any object. Keys are compared as kubectl reads them, so
    /// that `on` and `true` are the same. What a merge (`<<`) brings in may be overridden.
    ///
    /// ## Why is this bad?
    ///
    /// YAML forbids it, yet kubectl reads on and lets the last one win, in silence. The earlier value,
    /// `verbs` or `podSelector` say, is never applied.
    ///
    /// ## What to do
    ///
    /// Remove one, or merge the two values.
    "manifest/duplicate-key" {
        summary: "key that a mapping holds twice",
        severity: Error,
        since: "0.1.0",
        check: Check::Document(check),
    }
}

fn check(document: &Document, reporter: &mut Reporter<'_>) {
    let pairs: Vec<_> = document.duplicate_keys().collect();
    for same in pairs.chunk_by(|one, other| one.0 == other.0) {
        let keys = same.iter().take(1).map(|it| it.0);
        let keys: Vec<_> = keys.chain(same.iter().map(|it| it.1)).collect();
        report(&keys, reporter);
    }
}

/// More places are not told one by one.
const MOST_LABELS: usize = 10;

fn report(keys: &[Node<'_>], reporter: &mut Reporter<'_>) {
    let Some((last, dropped)) = keys.split_last() else {
        return;
    };
    let name = last.key_text().unwrap_or_default();
    // A boolean and a string are two keys to kubectl until it writes JSON, in no certain order.
    let are_alike = dropped.iter().all(|it| it.scalar() == last.scalar());
    let (which, here) = if are_alike {
        ("only the last counts", "this one counts")
    } else {
        ("which one counts is chance", "the same key")
    };
    let finding = reporter.report(
        *last,
        format!("the key `{name}` is set more than once, and {which}"),
    );
    finding
        .here(here)
        .help("remove one of them, or merge their values");
    for it in dropped.iter().take(MOST_LABELS) {
        finding.label(*it, "set here too");
    }
}

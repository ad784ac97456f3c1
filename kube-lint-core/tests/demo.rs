//! The demo repository holds the mistakes that its README lists, and no others.

#![cfg(feature = "disk")]

use std::{fs, path::Path};

use kube_lint_core::{Linter, Scope};

/// Rule and file of each row of the README's tables.
fn listed(readme: &str) -> Vec<(String, String)> {
    let rows = readme.lines().filter(|it| it.starts_with("| `"));
    let cells = rows.map(|it| it.split('`').map(str::to_owned).collect::<Vec<_>>());
    let mut listed: Vec<_> = cells.map(|it| (it[1].clone(), it[3].clone())).collect();
    listed.sort();
    listed
}

#[test]
fn every_mistake_of_the_demo_is_found_and_nothing_else() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/demo");
    let report = Linter::default().check_disk(&root, &Scope::Everything);
    let findings = report.findings.iter();
    let mut found: Vec<_> = findings
        .map(|it| {
            (
                it.rule.to_owned(),
                report.path(it.primary.place.file).to_owned(),
            )
        })
        .collect();
    found.sort();
    assert_eq!(
        found,
        listed(&fs::read_to_string(root.join("README.md")).unwrap())
    );
}

//! `src/rules.rs` and `src/rules/<family>.rs` list exactly the rule files that there are.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails the test")]

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Names of the entries of a folder that end in `.rs`, without the ending, sorted.
fn modules(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .filter_map(|it| it.strip_suffix(".rs").map(str::to_owned))
        .collect();
    names.sort();
    names
}

/// Folders of rules, sorted.
fn families() -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(sources().join("rules"))
        .unwrap()
        .map(|it| it.unwrap())
        .filter(|it| it.path().is_dir())
        .map(|it| it.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn is_rule(family: &str, module: &str) -> bool {
    let path = sources()
        .join("rules")
        .join(family)
        .join(module)
        .with_extension("rs");
    fs::read_to_string(path)
        .unwrap()
        .contains("declare_rule! {")
}

fn same(path: &Path, text: &str) {
    let expected = snapbox::Data::read_from(path, Some(snapbox::data::DataFormat::Text));
    snapbox::assert_data_eq!(text, expected.raw());
}

#[test]
fn every_rule_file_is_registered() {
    let mut mods = String::new();
    let mut entries = Vec::new();
    for family in families() {
        writeln!(mods, "mod {family};").unwrap();
        let mut list = format!(
            "//! Rules of the family `{}`; this list is written by `cargo bless`.\n\n",
            family.replace('_', "-")
        );
        for module in modules(&sources().join("rules").join(&family)) {
            if is_rule(&family, &module) {
                writeln!(list, "pub(crate) mod {module};").unwrap();
                entries.push(format!("{family}::{module}"));
            } else {
                writeln!(list, "mod {module};").unwrap();
            }
        }
        same(
            &sources().join("rules").join(&family).with_extension("rs"),
            &list,
        );
    }
    entries.sort_by_key(|it| it.replace('_', "-").replace("::", "/"));
    let mut text = format!(
        "//! The rules; this list is written by `cargo bless`.\n\n{mods}\nuse crate::rule::Rule;\n\n/// Every rule, sorted by id.\npub static RULES: &[&Rule] = &[\n"
    );
    for entry in &entries {
        writeln!(text, "    &{entry}::RULE,").unwrap();
    }
    text.push_str("];\n\n/// The rule of that id.\npub fn find(id: &str) -> Option<&'static Rule> {\n    RULES.iter().copied().find(|rule| rule.id == id)\n}\n");
    same(&sources().join("rules.rs"), &text);
}

#[test]
fn ids_are_the_paths_of_the_files() {
    for rule in kube_lint_core::rules::RULES {
        let (family, name) = rule.id.split_once('/').unwrap();
        let file = sources()
            .join("rules")
            .join(family.replace('-', "_"))
            .join(name.replace('-', "_"))
            .with_extension("rs");
        assert!(file.is_file(), "{} has no file {}", rule.id, file.display());
    }
}

#[test]
fn tables_of_rules_hold() {
    let rules = kube_lint_core::rules::RULES;
    assert!(rules.is_sorted_by_key(|it| it.id));
    for rule in rules {
        let id = rule.id;
        assert!(
            rule.summary.chars().count() <= 60,
            "{id}: the summary is too long"
        );
        assert!(
            !rule.summary.ends_with('.'),
            "{id}: the summary ends in a full stop"
        );
        assert!(
            !rule.summary.starts_with(char::is_uppercase)
                || rule.summary.starts_with("Secret")
                || rule.summary.starts_with("ServiceAccount"),
            "{id}: the summary begins with a capital"
        );
        assert!(
            rules.iter().filter(|it| it.summary == rule.summary).count() == 1,
            "{id}: the summary is not its own"
        );
        let headings: Vec<_> = rule
            .docs
            .lines()
            .filter_map(|it| it.trim().strip_prefix("## "))
            .collect();
        assert_eq!(
            headings,
            ["What it does", "Why is this bad?", "What to do"],
            "{id}"
        );
        for superseded in rule.supersedes {
            assert!(superseded.contains('/'), "{id}: {superseded} is no rule id");
        }
    }
}

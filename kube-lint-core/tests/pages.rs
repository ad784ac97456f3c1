//! The rule pages say what the rules say, and show what the fixtures show.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails the test")]

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use kube_lint_core::{diagnostic::Applicability, rule::Rule, rules::RULES};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn same(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let expected = snapbox::Data::read_from(path, Some(snapbox::data::DataFormat::Text));
    snapbox::assert_data_eq!(text, expected.raw());
}

fn fixture(rule: &Rule, name: &str) -> Option<String> {
    fs::read_to_string(root().join("fixtures").join(rule.id).join(name)).ok()
}

fn page(rule: &Rule) -> String {
    let mut text = format!("# `{}`\n\n", rule.id);
    let fix = match rule.fix {
        Some(Applicability::Safe) => " Some findings have a safe fix.",
        Some(Applicability::Unsafe) => " Some findings have an unsafe fix.",
        None => "",
    };
    writeln!(
        text,
        "{}. Level: {}.{fix} Since {}.",
        rule.summary,
        rule.declared(),
        rule.since
    )
    .unwrap();
    writeln!(text, "\n{}", rule.page()).unwrap();
    let parts = [
        ("## Example", "bad.yaml", "yaml"),
        ("What kube-lint says:", "bad.txt", "text"),
        ("Nothing is said of:", "good.yaml", "yaml"),
    ];
    for (heading, name, language) in parts {
        if let Some(content) = fixture(rule, name) {
            writeln!(
                text,
                "\n{heading}\n\n```{language}\n{}\n```",
                content.trim_end()
            )
            .unwrap();
        }
    }
    if !rule.supersedes.is_empty() {
        writeln!(
            text,
            "\nWhere it speaks, these are silent of the same place: `{}`.",
            rule.supersedes.join("`, `")
        )
        .unwrap();
    }
    text
}

#[test]
fn every_rule_has_its_page() {
    for rule in RULES {
        same(
            &root().join("docs/rules").join(rule.id).with_extension("md"),
            &page(rule),
        );
    }
}

#[test]
fn the_table_lists_every_rule() {
    let mut text = String::from(
        "# Rules\n\nA finding may be weaker than its rule's level, and says why. Where some findings of a rule have a [fix](fixes.md), it is\nsafe at best, or unsafe.\n\n| rule | level | fix | what it finds |\n| --- | --- | --- | --- |\n",
    );
    for rule in RULES {
        let fix = rule.fix.map_or("", Applicability::as_str);
        writeln!(
            text,
            "| [`{0}`](rules/{0}.md) | {1} | {fix} | {2} |",
            rule.id,
            rule.declared(),
            rule.summary
        )
        .unwrap();
    }
    same(&root().join("docs/rules.md"), &text);
}

#[test]
fn every_page_belongs_to_a_rule() {
    for family in fs::read_dir(root().join("docs/rules")).unwrap() {
        let family = family.unwrap().path();
        for entry in fs::read_dir(&family).unwrap() {
            let entry = entry.unwrap().path();
            let name = entry.file_stem().unwrap().to_str().unwrap();
            let id = format!("{}/{name}", family.file_name().unwrap().to_str().unwrap());
            assert!(
                RULES.iter().any(|it| it.id == id),
                "{id} is a page without a rule"
            );
        }
    }
}

//! A suppression moves findings, and nothing else.

use std::{fs, path::Path};

use kube_lint_core::{
    Diagnostic, Report, Settings,
    span::FileId,
    yaml::{self, Document, Limits, Piece},
};

use crate::{UNUSED, lint};

/// Every YAML file below the fixtures of the rules.
fn fixtures() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
    let mut folders: Vec<_> = [
        "manifest",
        "secrets",
        "rbac",
        "service-accounts",
        "network",
        "audit",
    ]
    .map(|it| root.join(it))
    .into();
    let mut texts = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "yaml")
                && let Ok(text) = fs::read_to_string(&path)
            {
                texts.push((path.display().to_string(), text));
            }
        }
    }
    texts
}

/// Findings but those about suppressions, by all that is known of them.
fn others(report: &Report) -> Vec<Diagnostic> {
    let suppressed = report.suppressed.iter().map(|it| &it.finding);
    let all = report.findings.iter().chain(suppressed);
    let mut all: Vec<_> = all.filter(|it| it.rule != UNUSED).cloned().collect();
    all.sort_by_key(|it| (it.primary.place, it.rule, it.message.clone()));
    all
}

/// `text` with `comment` behind its line number `at`, on the same line or below.
fn with(text: &str, comment: &str, at: usize, glue: &str) -> String {
    let lines = text.lines().enumerate().map(|(number, line)| {
        if number == at {
            format!("{line}{glue}{comment}\n")
        } else {
            format!("{line}\n")
        }
    });
    lines.collect()
}

/// Whether `comment` is one, and no part of a text.
fn is_comment(text: &str, comment: &str) -> bool {
    yaml::split(text).any(|piece| match piece {
        Piece::Chunk(chunk) => {
            let document = Document::parse(FileId::new(0), chunk, &Limits::default());
            let mut comments = document.comments();
            comments.any(|it| chunk.text[it.range()].ends_with(comment))
        }
        Piece::BadSeparator { .. } => false,
    })
}

/// A suppression in place of any other comment takes findings from one list to the other, and that is
/// all.
#[test]
fn a_suppression_neither_adds_nor_loses_a_finding() {
    let directive =
        "# kube-lint: allow(rbac,secrets,network,audit,service-accounts,manifest/[!u]*) why";
    let neutral = format!("# {}", "x ".repeat(directive.len() / 2 - 1));
    assert_eq!(directive.len(), neutral.len());
    let mut suppressed = 0;
    // Private keys are looked for in comments as well, so that any comment makes a difference there.
    let fixtures = fixtures().into_iter();
    for (path, text) in fixtures.filter(|it| !it.1.contains("PRIVATE KEY")) {
        for at in (0..text.lines().count()).step_by(13) {
            for glue in [" ", "\n"] {
                let after = with(&text, directive, at, glue);
                if !is_comment(&after, directive) {
                    continue;
                }
                let before = with(&text, &neutral, at, glue);
                let before = lint(&[("a.yaml", &before)], Settings::default());
                let after = lint(&[("a.yaml", &after)], Settings::default());
                assert_eq!(others(&after), others(&before), "{path}:{at} {glue:?}");
                suppressed += after.suppressed.len();
            }
        }
    }
    assert!(
        suppressed > 100,
        "only {suppressed} findings were suppressed"
    );
}

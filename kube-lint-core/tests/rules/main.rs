//! Every rule, on its fixtures: `fixtures/<family>/<rule>/bad*` must be reported as its golden says,
//! `good*` must not be.
//!
//! A fixture is a file, or a folder that is linted as one root, with a `.kube-lint.yaml` maybe.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails the test")]

mod fixes;

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use kube_lint_core::{
    Config, Diagnostic, Linter, Report, Scope, Source,
    config::{Level, RulePattern},
    diagnostic::Label,
    rule::{Check, Rule},
    rules::RULES,
};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures")
}

/// Cases of a rule: files and folders called `prefix*`, goldens left out, sorted.
fn cases(rule: &Rule, prefix: &str) -> Vec<PathBuf> {
    let folder = fixtures().join(rule.id);
    let mut cases: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|it| it.unwrap().path())
        .filter(|it| it.extension().is_none_or(|it| it != "txt"))
        .filter(|it| {
            it.file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .starts_with(prefix)
        })
        .collect();
    cases.sort();
    cases
}

/// Files of a case with their paths in it.
fn sources(case: &Path) -> Vec<Source> {
    if case.is_file() {
        let name = case.file_name().unwrap().to_str().unwrap();
        return vec![Source::new(name, fs::read(case).unwrap())];
    }
    let mut sources = Vec::new();
    let mut folders = vec![case.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with(".kube-lint.yaml") {
                let name = path
                    .strip_prefix(case)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .replace('\\', "/");
                sources.push(Source::new(name, fs::read(&path).unwrap()));
            }
        }
    }
    sources
}

/// Lints a case with one rule alone; with all, for what one says of the others.
fn lint(rule: &'static Rule, case: &Path) -> Report {
    let config = fs::read_to_string(case.join(".kube-lint.yaml")).unwrap_or_default();
    let mut settings = Config::from_yaml(".kube-lint.yaml", &config)
        .unwrap()
        .settings;
    if !matches!(rule.check, Check::Suppression(_)) {
        settings
            .levels
            .select(&[rule.id.parse::<RulePattern>().unwrap()]);
    }
    let mut report = Linter::new(settings).check(sources(case), &Scope::Everything);
    report.findings.retain(|it| it.rule == rule.id);
    report
}

fn quote(report: &Report, label: &Label, text: &mut String) {
    let Some(excerpt) = report.excerpt(label.place) else {
        return;
    };
    let Some(line) = excerpt.line(label.start.line) else {
        return;
    };
    let line = &excerpt.text()[line.range()];
    let width = if label.end.line == label.start.line {
        label.end.column - label.start.column
    } else {
        1
    };
    writeln!(text, "  | {}", line.trim_end()).unwrap();
    let marks = "^".repeat(width.max(1) as usize);
    let indent = " ".repeat(label.start.column as usize - 1);
    writeln!(
        text,
        "  | {}",
        format!("{indent}{marks} {}", label.message).trim_end()
    )
    .unwrap();
}

fn describe(report: &Report, finding: &Diagnostic, text: &mut String) {
    let path = report.path(finding.primary.place.file);
    let at = finding.primary.start;
    let confidence = finding.confidence;
    writeln!(
        text,
        "{path}:{}:{}: {}[{}] ({confidence}) {}",
        at.line, at.column, finding.severity, finding.rule, finding.message
    )
    .unwrap();
    quote(report, &finding.primary, text);
    for label in &finding.related {
        let path = report.path(label.place.file);
        writeln!(
            text,
            "  {path}:{}:{}:",
            label.start.line, label.start.column
        )
        .unwrap();
        quote(report, label, text);
    }
    if let Some(help) = &finding.help {
        writeln!(text, "  help: {help}").unwrap();
    }
    if let Some(fix) = &finding.fix {
        writeln!(text, "  {} fix: {}", fix.applicability, fix.message).unwrap();
    }
}

/// The findings of a report, renderer-free, each with its place.
fn golden(report: &Report) -> String {
    let mut text = String::new();
    for finding in &report.findings {
        describe(report, finding, &mut text);
        text.push('\n');
    }
    text
}

#[test]
fn bad_fixtures_are_reported() {
    for rule in RULES {
        let cases = cases(rule, "bad");
        assert!(!cases.is_empty(), "{} has no bad fixture", rule.id);
        for case in cases {
            let report = lint(rule, &case);
            assert!(
                !report.findings.is_empty(),
                "{} is silent on {}",
                rule.id,
                case.display()
            );
            let expected = case.with_extension("txt");
            let expected =
                snapbox::Data::read_from(&expected, Some(snapbox::data::DataFormat::Text));
            snapbox::assert_data_eq!(golden(&report), expected.raw());
        }
    }
}

#[test]
fn good_fixtures_are_not() {
    for rule in RULES {
        let cases = cases(rule, "good");
        assert!(!cases.is_empty(), "{} has no good fixture", rule.id);
        for case in cases {
            let report = lint(rule, &case);
            assert_eq!(
                golden(&report),
                "",
                "{} speaks of {}",
                rule.id,
                case.display()
            );
        }
    }
}

#[test]
fn messages_follow_the_conventions() {
    for rule in RULES {
        for case in cases(rule, "bad") {
            for finding in lint(rule, &case).findings {
                let texts = [Some(&finding.message), finding.help.as_ref()];
                for text in texts.into_iter().flatten() {
                    let first = text.chars().next().unwrap();
                    assert!(
                        !first.is_uppercase()
                            || text.starts_with(|it: char| it.is_uppercase())
                                && text.chars().nth(1).is_some_and(char::is_uppercase),
                        "{}: capital in {text:?}",
                        rule.id
                    );
                    assert!(!text.ends_with('.'), "{}: full stop in {text:?}", rule.id);
                }
                assert!(
                    finding.severity <= rule.severity,
                    "{}: stronger than declared",
                    rule.id
                );
            }
        }
    }
}

#[test]
fn every_fixture_folder_belongs_to_a_rule() {
    for family in [
        "manifest",
        "secrets",
        "rbac",
        "service-accounts",
        "network",
        "audit",
    ] {
        let Ok(folder) = fs::read_dir(fixtures().join(family)) else {
            continue;
        };
        for entry in folder {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let id = format!("{family}/{name}");
            assert!(
                RULES.iter().any(|it| it.id == id),
                "fixtures/{id} belongs to no rule"
            );
        }
    }
}

#[test]
fn a_level_replaces_the_declared_one() {
    for rule in RULES {
        let case = &cases(rule, "bad")[0];
        let mut settings = kube_lint_core::Settings::default();
        let pattern: RulePattern = rule.id.parse().unwrap();
        settings.levels.select(std::slice::from_ref(&pattern));
        settings.levels.configure(vec![(pattern, Level::Off)]);
        let report = Linter::new(settings).check(sources(case), &Scope::Everything);
        assert!(
            report.findings.iter().all(|it| it.rule != rule.id),
            "{} is not off",
            rule.id
        );
    }
}

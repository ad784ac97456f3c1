//! What comments and annotations suppress, and what is said of those that suppress nothing.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails the test")]

mod annotations;
mod comments;
mod neutral;
mod unused;

use kube_lint_core::{
    Linter, Report, Scope, Settings, Source,
    config::RulePattern,
    report::{Suppressed, Suppression},
};

const UNUSED: &str = "manifest/unused-suppression";
const VERB: &str = "rbac/wildcard-verb";

fn settings(rules: &[&str]) -> Settings {
    let mut settings = Settings::default();
    let patterns: Vec<RulePattern> = rules.iter().map(|it| it.parse().unwrap()).collect();
    if !patterns.is_empty() {
        settings.levels.select(&patterns);
    }
    settings
}

fn lint(files: &[(&str, &str)], settings: Settings) -> Report {
    let sources = files.iter().map(|it| Source::new(it.0, it.1)).collect();
    Linter::new(settings).check(sources, &Scope::Everything)
}

/// Lints one file with the two rules that most tests are about.
fn check(text: &str) -> Report {
    lint(&[("a.yaml", text)], settings(&[VERB, UNUSED]))
}

/// `line` of findings of wildcard verbs, and `line: message` of those about suppressions.
fn found(report: &Report) -> Vec<String> {
    let findings = report.findings.iter().map(|it| {
        let line = it.primary.start.line;
        match it.rule {
            UNUSED => format!("{line}: {}", it.message),
            _ => format!("{line}"),
        }
    });
    findings.collect()
}

/// Lines of suppressed findings.
fn suppressed(report: &Report) -> Vec<u32> {
    let lines = report.suppressed.iter();
    lines.map(|it| it.finding.primary.start.line).collect()
}

fn reason(suppressed: &Suppressed) -> Option<&str> {
    match &suppressed.by {
        Suppression::InSource { reason, .. } => reason.as_deref(),
        Suppression::Baseline => panic!("there is no baseline"),
    }
}

const HEAD: &str = "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: deployer, namespace: ci}\n";

/// A Role with these lines from line 4 on.
fn role(lines: &str) -> String {
    format!("{HEAD}{lines}")
}

const NOTHING: &str = "the suppression of `rbac/wildcard-verb` suppresses nothing";

//! The text of a new `.kube-lint.yaml`.

use std::fmt::Write;

use kube_lint_core::{
    config::{KEYS, Key},
    source::printable,
    target::KubeVersion,
};

use super::{survey::Survey, translation::Translation};

const SCHEMA: &str = "# yaml-language-server: $schema=https://raw.githubusercontent.com/kube-lint/kube-lint/main/docs/kube-lint.schema.json";

/// Characters in a line of comments.
const WIDTH: usize = 100;

pub(super) fn text(survey: &Survey, translation: &Translation, baseline: Option<&str>) -> String {
    let mut text = format!("{SCHEMA}\n\n");
    comment(
        &mut text,
        "Settings of kube-lint for this folder and all below it. What is commented out is an example, \
         not the default. All keys: https://github.com/kube-lint/kube-lint/blob/main/docs/configuration.md",
    );
    text.push('\n');
    seen(&mut text, survey);
    for key in KEYS {
        text.push('\n');
        comment(&mut text, key.about);
        match baseline.filter(|_| key.name == "baseline") {
            Some(file) => line(&mut text, &format!("baseline: {file}")),
            None => value(&mut text, key, survey, translation),
        }
    }
    text
}

/// What was found, and what that means for linting.
fn seen(text: &mut String, survey: &Survey) {
    let Survey {
        files,
        objects,
        findings,
        kustomizations,
        ..
    } = survey;
    comment(
        text,
        &format!("Seen here: files {files}, objects {objects}, findings {findings}."),
    );
    if *kustomizations > 0 {
        comment(
            text,
            &format!(
                "Kustomizations: {kustomizations}. What they include is judged as they change it."
            ),
        );
    }
    if let Some(first) = survey.charts.first() {
        let charts = survey.charts.join(", ");
        comment(
            text,
            &format!(
                "Helm charts: {charts}. Templates are skipped; lint what they render, on standard input:"
            ),
        );
        let first = printable(first);
        line(
            text,
            &format!("#     helm template {first} | kube-lint check -"),
        );
    }
}

fn value(text: &mut String, key: &Key, survey: &Survey, translation: &Translation) {
    let source = translation.source.unwrap_or_default();
    match key.name {
        "exclude" if !translation.exclude.is_empty() => {
            line(text, &format!("exclude: # {source}"));
            for glob in &translation.exclude {
                line(text, &format!("- {}", quoted(glob)));
            }
            candidates(text, survey);
        }
        "exclude" if !survey.candidates.is_empty() => {
            comment(text, "Found here, with the number of their findings:");
            line(text, "# exclude:");
            candidates(text, survey);
        }
        "rules" if !translation.rules.is_empty() => {
            line(text, &format!("rules: # {source}"));
            for (rule, (level, why)) in &translation.rules {
                let why = printable(why);
                line(text, &format!("  {}: {level} # {why}", quoted(rule)));
            }
        }
        "fail-on" if translation.fail_on.is_some() => {
            let level = translation.fail_on.unwrap_or_default();
            line(text, &format!("fail-on: {level} # {source}"));
        }
        "kube-version" => {
            let newest = KubeVersion::default();
            line(text, &format!("# kube-version: {newest}"));
        }
        name => line(text, &format!("# {name}: {}", key.example)),
    }
}

fn candidates(text: &mut String, survey: &Survey) {
    for (folder, findings) in &survey.candidates {
        let folder = quoted(&format!("/{folder}"));
        line(text, &format!("# - {folder} # {findings}"));
    }
}

/// A text in single quotes, for those that are not plain.
fn quoted(text: &str) -> String {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || "/_-.".contains(it);
    if text.chars().all(is_plain) && !text.starts_with(['-', '.']) {
        text.to_owned()
    } else if text.chars().any(char::is_control) {
        format!("{text:?}")
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

fn line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

/// Adds `words` as comments, filled.
fn comment(text: &mut String, words: &str) {
    let words = printable(words);
    let mut width = 0;
    for word in words.split(' ') {
        let length = word.chars().count();
        if width > 0 && width + 1 + length > WIDTH {
            text.push('\n');
            width = 0;
        }
        if width == 0 {
            text.push('#');
            width = 1;
        }
        // Writing to a string does not fail.
        let _ = write!(text, " {word}");
        width += 1 + length;
    }
    text.push('\n');
}

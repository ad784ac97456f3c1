//! What SARIF says of the rules that found something.

use std::collections::BTreeMap;

use kube_lint_core::{
    diagnostic::{Confidence, Severity},
    report::Report,
    rule::Rule,
    rules,
};
use serde::Serialize;

use super::{Text, level};
use crate::render::{every, page};

/// Characters that code scanning keeps of a description.
const DESCRIPTION: usize = 1024;

/// The rules that occur, by id.
pub(super) fn descriptors(report: &Report) -> Vec<Descriptor> {
    let mut found: BTreeMap<&str, Confidence> = BTreeMap::new();
    for (finding, _) in every(report) {
        let least = found.entry(finding.rule).or_insert(finding.confidence);
        *least = finding.confidence.min(*least);
    }
    let found = found.into_iter();
    found
        .filter_map(|(id, confidence)| Some(Descriptor::of(rules::find(id)?, confidence)))
        .collect()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Descriptor {
    pub(super) id: &'static str,
    name: String,
    short_description: Text,
    full_description: Text,
    help: Help,
    help_uri: String,
    default_configuration: Configuration,
    properties: Properties,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

/// What GitHub reads beyond the standard. A rule has a severity either as a hole in security or as a
/// problem of another kind.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Properties {
    tags: Vec<&'static str>,
    precision: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    security_severity: Option<&'static str>,
    #[serde(rename = "problem.severity", skip_serializing_if = "Option::is_none")]
    problem_severity: Option<&'static str>,
}

impl Descriptor {
    fn of(rule: &Rule, confidence: Confidence) -> Self {
        let page_text = rule.page();
        Self {
            id: rule.id,
            name: name(rule.id),
            short_description: Text::new(sentence(rule.summary)),
            full_description: Text::new(description(&page_text)),
            help: Help {
                text: page_text.replace("## ", ""),
                markdown: page_text,
            },
            help_uri: page(rule.id),
            default_configuration: Configuration {
                level: level(rule.severity),
            },
            properties: Properties::of(rule, confidence),
        }
    }
}

impl Properties {
    fn of(rule: &Rule, confidence: Confidence) -> Self {
        // A broken manifest is a mistake, not a hole.
        let is_security = rule.family() != "manifest";
        let score = match rule.severity {
            Severity::Error => "8.0",
            Severity::Warning => "5.0",
            Severity::Info => "2.0",
        };
        let problem = match rule.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "recommendation",
        };
        let mut tags = vec!["kubernetes", rule.family()];
        if is_security {
            tags.push("security");
        }
        Self {
            tags,
            precision: confidence.as_str(),
            security_severity: is_security.then_some(score),
            problem_severity: (!is_security).then_some(problem),
        }
    }
}

/// `RbacWildcardVerb`.
fn name(id: &str) -> String {
    let mut name = String::new();
    for word in id.split(['/', '-']) {
        let mut characters = word.chars();
        name.extend(characters.next().map(|it| it.to_ascii_uppercase()));
        name.push_str(characters.as_str());
    }
    name
}

fn sentence(summary: &str) -> String {
    format!("{summary}.")
}

/// The first paragraph of the page, as one line.
fn description(page: &str) -> String {
    let mut paragraphs = page.split("\n\n").map(str::trim);
    let first = paragraphs.find(|it| !it.starts_with('#') && !it.is_empty());
    let words: Vec<_> = first.unwrap_or_default().split_whitespace().collect();
    words.join(" ").chars().take(DESCRIPTION).collect()
}

#[cfg(test)]
mod tests {
    use kube_lint_core::rules::RULES;

    use super::*;

    #[test]
    fn every_rule_has_all_that_code_scanning_asks_for() {
        for rule in RULES {
            let description = description(&rule.page());
            let length = description.chars().count();
            assert!((20..DESCRIPTION).contains(&length), "{}: {length}", rule.id);
            assert!(name(rule.id).chars().all(char::is_alphanumeric));
        }
    }

    #[test]
    fn names_are_told_apart_by_their_family() {
        assert_eq!(name("service-accounts/missing"), "ServiceAccountsMissing");
        assert_eq!(name("rbac/wildcard-verb"), "RbacWildcardVerb");
    }
}

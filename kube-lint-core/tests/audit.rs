//! Audit policies as the API server reads them.
//!
//! `fixtures/oracles/audit-policy.jsonl` is what `k8s.io/apiserver/pkg/audit/policy` 0.36.3 says of
//! random policies: whether `LoadPolicyFromBytes` refuses one, and the level that
//! `EvaluatePolicyRule` gives for requests: user, groups, verb, API group, resource, subresource,
//! namespace, name, path, level.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails the test")]

use kube_lint_core::{
    Linter, Scope, Settings, Source, Workspace,
    analysis::audit::{Request, Rules, Target},
    model::AuditPolicy,
    object::Kind,
};
use serde_json::Value;

const ORACLE: &str = include_str!("../../fixtures/oracles/audit-policy.jsonl");

fn lines() -> impl Iterator<Item = Value> {
    ORACLE.lines().map(|it| serde_json::from_str(it).unwrap())
}

fn source(line: &Value) -> Source {
    Source::new("policy.yaml", line["policy"].as_str().unwrap())
}

/// The level that the policy of the workspace gives for one question of the oracle.
fn level(rules: &Rules<'_>, question: &[&str]) -> &'static str {
    let [
        user,
        groups,
        verb,
        group,
        resource,
        subresource,
        namespace,
        name,
        path,
        _,
    ] = question
    else {
        panic!("{question:?} has another length");
    };
    let groups: Vec<_> = groups.split(' ').collect();
    let target = if path.is_empty() {
        Target::Resource {
            group,
            resource,
            subresource,
            namespace,
            name,
        }
    } else {
        Target::Path(path)
    };
    let request = Request {
        user,
        groups: &groups,
        verb,
        target,
    };
    rules.decide(&request).level().unwrap().as_str()
}

#[test]
fn levels_are_those_of_the_api_server() {
    let mut asked = 0;
    for line in lines() {
        let mut workspace = Workspace::new(Settings::default());
        workspace.set(source(&line));
        let inventory = workspace.inventory();
        let object = inventory.of_kind(Kind::AuditPolicy).next().unwrap();
        let rules = Rules::of(&AuditPolicy::new(object));
        for question in line["questions"].as_array().into_iter().flatten() {
            let words = question.as_array().unwrap().iter();
            let words: Vec<_> = words.map(|it| it.as_str().unwrap()).collect();
            let expected = *words.last().unwrap();
            let answer = level(&rules, &words);
            assert_eq!(answer, expected, "{question} of {}", line["policy"]);
            asked += 1;
        }
    }
    assert!(asked > 1_000, "{asked} questions");
}

#[test]
fn what_the_api_server_refuses_is_reported() {
    for line in lines() {
        let report =
            Linter::new(Settings::default()).check(vec![source(&line)], &Scope::Everything);
        let mut findings = report.findings.iter();
        let is_refused =
            findings.any(|it| it.rule == "audit/policy-invalid" && it.message.contains("refuses"));
        assert_eq!(is_refused, line["refused"] == true, "{}", line["policy"]);
    }
}

//! What comments and annotations suppress, and what is said of those that suppress nothing.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails the test")]

use std::{fs, path::Path};

use kube_lint_core::{
    Diagnostic, Linter, Report, Scope, Settings, Source,
    config::RulePattern,
    report::{Suppressed, Suppression},
    span::FileId,
    yaml::{self, Document, Limits, Piece},
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

#[test]
fn a_comment_at_the_end_of_a_line_is_about_that_line() {
    let report = check(&role(
        "rules:\n- apiGroups: [apps]\n  resources: [deployments]\n  verbs: ['*'] # kube-lint: allow(rbac/wildcard-verb) owns them\n- apiGroups: [apps]\n  resources: [daemonsets]\n  verbs: ['*']\n",
    ));
    assert_eq!(found(&report), ["10"]);
    assert_eq!(suppressed(&report), [7]);
    assert_eq!(report.summary.suppressed, 1);
    assert_eq!(report.summary.warnings, 1);
    let Suppression::InSource { label, reason } = &report.suppressed[0].by else {
        panic!("{:?}", report.suppressed[0].by);
    };
    assert_eq!(reason.as_deref(), Some("owns them"));
    assert_eq!((label.start.line, label.start.column), (7, 18));
    assert_eq!((label.end.line, label.end.column), (7, 64));
}

#[test]
fn a_comment_above_is_about_the_next_line_with_content() {
    for comments in [
        "  # kube-lint: allow(rbac/wildcard-verb)\n",
        "# kube-lint: allow(rbac/wildcard-verb)\n",
        "  # kube-lint: allow(rbac/wildcard-verb)\n\n  # they own it\n \t\n",
        "  # they own it\n  # kube-lint: allow(rbac/wildcard-verb)\n",
        "  # kube-lint: allow(rbac/wildcard-verb)\n  # kube-lint: allow(manifest/unused-suppression, rbac)\n",
    ] {
        let text = role(&format!(
            "rules:\n- apiGroups: [apps]\n  resources: [deployments]\n{comments}  verbs: ['*']\n"
        ));
        let report = lint(&[("a.yaml", &text)], settings(&[VERB]));
        assert_eq!(found(&report), Vec::<String>::new(), "{comments}");
        assert_eq!(report.suppressed.len(), 1, "{comments}");
    }
}

#[test]
fn above_the_key_of_a_value_its_whole_value_is_meant() {
    let rule = "- apiGroups: [apps]\n  resources: [deployments]\n  verbs:\n  - '*'\n";
    for (lines, expected) in [
        (format!("# kube-lint: allow(rbac)\nrules:\n{rule}{rule}"), 2),
        (format!("rules: # kube-lint: allow(rbac)\n{rule}{rule}"), 2),
        (format!("rules:\n# kube-lint: allow(rbac)\n{rule}{rule}"), 1),
        (format!("rules:\n{rule}# kube-lint: allow(rbac)\n{rule}"), 1),
        (
            rule.replace("- api", "rules:\n- # kube-lint: allow(rbac)\n  api") + rule,
            1,
        ),
        (
            format!(
                "rules:\n{}{rule}",
                rule.replace("verbs:", "verbs: # kube-lint: allow(rbac)")
            ),
            1,
        ),
        (
            format!(
                "rules:\n{}{rule}",
                rule.replace("  - '*'", "  # kube-lint: allow(rbac)\n  - '*'")
            ),
            1,
        ),
        (
            format!(
                "rules:\n{}{rule}",
                rule.replace("apps]", "apps] # kube-lint: allow(rbac)")
            ),
            1,
        ),
        (
            format!(
                "rules:\n{}{rule}",
                rule.replace("deployments]", "deployments] # kube-lint: allow(rbac)")
            ),
            0,
        ),
    ] {
        let report = lint(&[("a.yaml", &role(&lines))], settings(&[VERB]));
        assert_eq!(report.suppressed.len(), expected, "{lines}");
        assert_eq!(report.findings.len(), 2 - expected, "{lines}");
    }
}

#[test]
fn above_an_object_the_whole_object_is_meant() {
    let rule = "rules:\n- {apiGroups: [apps], resources: [deployments], verbs: ['*']}\n";
    let text = format!(
        "# kube-lint: allow({VERB})\n{}---\n{}---\n---\n# kube-lint: allow({VERB})\n---\n{}",
        role(rule),
        role(rule).replace("deployer", "second"),
        role(rule).replace("deployer", "third"),
    );
    let report = check(&text);
    assert_eq!(suppressed(&report), [6]);
    let expected = ["12".to_owned(), format!("15: {NOTHING}"), "21".to_owned()];
    assert_eq!(found(&report), expected);
    let help = report.findings[1].help.as_deref().unwrap();
    assert!(help.contains("move it below the `---`"), "{help}");
}

#[test]
fn an_item_of_a_list_is_an_object() {
    let item = "- apiVersion: rbac.authorization.k8s.io/v1\n  kind: Role\n  metadata: {name: NAME, namespace: ci}\n  rules:\n  - {apiGroups: [apps], resources: [deployments], verbs: ['*']}\n";
    let (one, other) = (item.replace("NAME", "one"), item.replace("NAME", "other"));
    let above =
        format!("apiVersion: v1\nkind: List\nitems:\n# kube-lint: allow(rbac)\n{one}{other}");
    let report = check(&above);
    assert_eq!(
        (suppressed(&report), found(&report)),
        (vec![9], vec!["14".to_owned()])
    );
    let annotated = other.replace("namespace: ci", "annotations: {kube-lint/allow: rbac}");
    let report = check(&format!(
        "apiVersion: v1\nkind: List\nitems:\n{one}{annotated}"
    ));
    assert_eq!(
        (suppressed(&report), found(&report)),
        (vec![13], vec!["8".to_owned()])
    );
}

#[test]
fn the_items_of_nested_lists_and_dashes_alone_are_told_apart() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec:\n  containers:\n\
                \x20   # kube-lint: allow(secrets/env-literal-secret)\n  -\n    name: web\n    env:\n    - name: DB_PASSWORD\n      value: k3Jq-92xLmVt\n\
                \x20 -\n    # kube-lint: allow(secrets/env-literal-secret)\n    name: side\n    env:\n    - name: DB_PASSWORD\n      value: k3Jq-92xLmVt\n";
    let report = lint(
        &[("a.yaml", text)],
        settings(&["secrets/env-literal-secret", UNUSED]),
    );
    assert_eq!(suppressed(&report), [11]);
    let lines: Vec<_> = report
        .findings
        .iter()
        .map(|it| it.primary.start.line)
        .collect();
    assert_eq!(
        lines,
        [13, 17],
        "a comment above `name` is about the name alone there"
    );
}

#[test]
fn flow_style_is_no_exception() {
    let report = check(&role(
        "rules: [\n  {apiGroups: [apps], resources: [deployments], verbs: ['*']}, # kube-lint: allow(rbac)\n\
         \x20 # kube-lint: allow(rbac)\n  {apiGroups: [apps], resources: [daemonsets],\n   verbs: ['*']},\n\
         \x20 {apiGroups: [apps], resources: [statefulsets],\n   # kube-lint: allow(rbac)\n   verbs: [get,\n     '*']},\n\
         \x20 {apiGroups: [apps], resources: [replicasets],\n   verbs: ['*']}]\n",
    ));
    assert_eq!(suppressed(&report), [5, 8, 12]);
    assert_eq!(found(&report), ["14"]);
}

#[test]
fn line_breaks_tabs_and_other_scripts_do_not_matter() {
    let text = role(
        "rules:\n- apiGroups: [apps] # \u{fc}\u{1f980}\n  resources: [deployments]\n  verbs: ['*']\t# \u{fc}ber # kube-lint: allow(rbac/wildcard-verb)\tja\u{202e}\n\t\n- apiGroups: [apps]\n  resources: [daemonsets]\n  \t# kube-lint:\tallow(\trbac\t)\n  verbs: ['*']",
    );
    for text in [
        text.clone(),
        text.replace('\n', "\r\n"),
        format!("\u{feff}{text}"),
    ] {
        let report = check(&text);
        assert_eq!(found(&report), Vec::<String>::new());
        assert_eq!(suppressed(&report), [7, 12]);
        assert_eq!(reason(&report.suppressed[0]), Some("ja\\u{202e}"));
        assert_eq!(reason(&report.suppressed[1]), None);
    }
}

#[test]
fn the_place_of_an_unused_name_is_that_name() {
    let text = role(
        "rules: [] # \u{fc}\u{1f980} # kube-lint: allow(rbac/wildcard-resource, rbac/wildcard-verb)",
    );
    let report = check(&text);
    assert_eq!(
        found(&report),
        [format!("4: {NOTHING}")],
        "the other rule is not run"
    );
    let primary = &report.findings[0].primary;
    let line = text.lines().nth(3).unwrap();
    let before = line.split("rbac/wildcard-verb").next().unwrap();
    assert_eq!(primary.start.column as usize, before.chars().count() + 1);
    assert_eq!(primary.end.column - primary.start.column, 18);
}

#[test]
fn only_used_names_are_left_in_peace() {
    let text = role(
        "rules:\n- apiGroups: [apps]\n  resources: [deployments]\n  verbs: ['*'] # kube-lint: allow(rbac/wildcard-verb, rbac/wildcard-everything, network)\n",
    );
    let report = lint(&[("a.yaml", &text)], Settings::default());
    let messages: Vec<_> = report
        .findings
        .iter()
        .map(|it| it.message.as_str())
        .collect();
    assert_eq!(
        messages,
        [
            "the suppression of `rbac/wildcard-everything` suppresses nothing",
            "the suppression of `network` suppresses nothing",
        ]
    );
    let mut some = settings(&["rbac/wildcard-verb", "network", UNUSED]);
    some.levels
        .ignore(&["network/allow-all-ingress".parse().unwrap()]);
    let report = lint(&[("a.yaml", &text)], some);
    assert_eq!(
        report.findings,
        [],
        "neither rule, nor all of the family, was run"
    );
}

#[test]
fn allow_file_stands_at_the_top_and_holds_everywhere() {
    let rule = "rules:\n- {apiGroups: [apps], resources: [deployments], verbs: ['*']}\n";
    let role = role(rule);
    let other = role.replace("deployer", "other");
    for top in [
        format!("# kube-lint: allow-file({VERB}) generated\n"),
        format!("\u{feff}# kube-lint: allow-file({VERB}) generated\n"),
        format!("# generated\n\n---\n# kube-lint: allow-file({VERB}) generated\n---\n"),
        format!("--- # kube-lint: allow-file({VERB}) generated\n"),
        format!("%YAML 1.1\n# kube-lint: allow-file({VERB}) generated\n---\n"),
        format!("# kube-lint: allow-file({VERB}) generated\r\n"),
    ] {
        let report = check(&format!("{top}{role}---\n{other}"));
        assert_eq!(found(&report), Vec::<String>::new(), "{top:?}");
        assert_eq!(report.suppressed.len(), 2, "{top:?}");
        assert!(
            report
                .suppressed
                .iter()
                .all(|it| reason(it) == Some("generated"))
        );
    }
    let report = check(&format!(
        "{role}# kube-lint: allow-file({VERB}) generated\n"
    ));
    let misplaced = "6: `allow-file` must stand at the top of the file".to_owned();
    assert_eq!(found(&report), ["5".to_owned(), misplaced]);
}

#[test]
fn allow_file_holds_for_what_does_not_parse() {
    let broken = "apiVersion: v1\nkind: Pod\nmetadata: {name: [\nspec: x\n";
    let rules = ["manifest/syntax-error", VERB, UNUSED];
    let top =
        format!("# kube-lint: allow-file(manifest/syntax-error, {VERB}) a test of the parser\n");
    let report = lint(&[("a.yaml", &format!("{top}{broken}"))], settings(&rules));
    assert_eq!(
        report.findings,
        [],
        "what could not be read may hold the other fault"
    );
    assert_eq!(report.suppressed.len(), 1);
    let other = "# kube-lint: allow-file(manifest/syntax-error)\n# \u{fc}ber\n---\n---\n";
    let report = lint(&[("a.yaml", &format!("{other}{broken}"))], settings(&rules));
    assert_eq!((report.findings.len(), report.suppressed.len()), (0, 1));
}

#[test]
fn in_a_broken_document_what_stands_before_the_error_is_suppressed() {
    let text = role(
        "rules:\n- apiGroups: [apps]\n  resources: [deployments]\n  verbs: ['*'] # kube-lint: allow(rbac/wildcard-verb)\n- apiGroups: [apps]  # kube-lint: allow(rbac/wildcard-verb)\n  resources: [x\n",
    );
    let report = check(&text);
    assert_eq!(found(&report), Vec::<String>::new());
    assert_eq!(suppressed(&report), [7]);
}

#[test]
fn an_annotation_is_about_its_object_alone() {
    let annotated = role("rules:\n- {apiGroups: [apps], resources: [deployments], verbs: ['*']}\n").replace(
        "namespace: ci",
        "namespace: ci, annotations: {kube-lint/allow: 'rbac/wildcard-verb', kube-lint/allow-reason: owns them}",
    );
    let plain = role("rules:\n- {apiGroups: [apps], resources: [daemonsets], verbs: ['*']}\n");
    let report = check(&format!("{annotated}---\n{plain}"));
    assert_eq!(suppressed(&report), [5]);
    assert_eq!(reason(&report.suppressed[0]), Some("owns them"));
    assert_eq!(found(&report), ["11"]);
}

/// A Deployment with a password in its template, and with these annotations.
fn deployment(object: &str, template: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: shop\n  annotations: {{{object}}}\nspec:\n  selector: {{matchLabels: {{app: web}}}}\n  template:\n    metadata:\n      labels: {{app: web}}\n      annotations: {{{template}}}\n    spec:\n      serviceAccount: web\n      automountServiceAccountToken: false\n      containers:\n      - name: web\n        image: web\n        env:\n        - {{name: DB_PASSWORD, value: k3Jq-92xLmVt}}\n"
    )
}

#[test]
fn an_annotation_holds_for_the_pods_of_a_workload() {
    let rules = [
        "secrets/env-literal-secret",
        "service-accounts/deprecated-field",
        UNUSED,
    ];
    let all = "kube-lint/allow: 'secrets/env-literal-secret, service-accounts/deprecated-field'";
    for text in [deployment(all, ""), deployment("", all)] {
        let report = lint(&[("a.yaml", &text)], settings(&rules));
        assert_eq!(report.findings, [], "{text}");
        assert_eq!(report.suppressed.len(), 2, "{text}");
    }
}

#[test]
fn the_annotations_of_a_template_are_about_the_template() {
    let text = deployment("", "kube-lint/allow: manifest/invalid-name");
    let text = text.replace("name: web\n  namespace", "name: Web_\n  namespace");
    let report = lint(
        &[("a.yaml", &text)],
        settings(&["manifest/invalid-name", UNUSED]),
    );
    let found: Vec<_> = report
        .findings
        .iter()
        .map(|it| (it.rule, it.primary.start.line))
        .collect();
    assert_eq!(found, [("manifest/invalid-name", 4), (UNUSED, 12)]);
}

#[test]
fn json_has_annotations() {
    let json = r#"{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
 "metadata": {"name": "a", "annotations": {"kube-lint/allow": "rbac/wildcard-verb, rbac/wildcard-everything"}},
 "rules": [{"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["*"]}]}"#;
    let rules = ["rbac/wildcard-verb", "rbac/wildcard-everything", UNUSED];
    for path in ["a.json", "a.yaml"] {
        let report = lint(&[(path, json)], settings(&rules));
        assert_eq!(suppressed(&report), [3]);
        assert_eq!(report.findings.len(), 1);
        let primary = &report.findings[0].primary;
        assert_eq!((primary.start.line, primary.start.column), (2, 84));
        assert_eq!(primary.end.column, 84 + 24);
    }
    let one_line = json.replace('\n', "");
    let annotation =
        one_line.find(", \"annotations\"").unwrap()..one_line.find("}, \"rules\"").unwrap();
    let mut other = one_line.replace("\"a\"", "\"b\"");
    other.replace_range(annotation, "");
    let two = format!("{one_line}\n{other}");
    let report = lint(&[("a.json", &two)], settings(&rules));
    assert_eq!(suppressed(&report), [1]);
    assert!(
        report
            .findings
            .iter()
            .any(|it| it.rule == VERB && it.primary.start.line == 2)
    );
}

#[test]
fn annotations_behind_anchors_and_merges_hold_for_each_that_bears_them() {
    let text = "apiVersion: v1\nkind: List\nitems:\n\
        - apiVersion: rbac.authorization.k8s.io/v1\n  kind: Role\n  metadata: {name: a, annotations: &both {kube-lint/allow: rbac/wildcard-verb}}\n  rules: []\n\
        - apiVersion: rbac.authorization.k8s.io/v1\n  kind: Role\n  metadata: {name: b, annotations: *both}\n  rules: &rules\n  - {apiGroups: [apps], resources: [deployments], verbs: ['*']}\n\
        - apiVersion: rbac.authorization.k8s.io/v1\n  kind: Role\n  metadata: {name: c, annotations: {<<: *both, x: y}}\n  rules:\n  - {apiGroups: [apps], resources: [deployments], verbs: ['*']}\n\
        - apiVersion: rbac.authorization.k8s.io/v1\n  kind: Role\n  metadata: {name: d}\n  rules:\n  - {apiGroups: [apps], resources: [deployments], verbs: ['*']}\n";
    let report = check(text);
    assert_eq!(suppressed(&report), [12, 17]);
    assert_eq!(found(&report), ["22"]);
}

#[test]
fn an_annotation_that_a_template_engine_writes_is_unknown() {
    let text = role("rules: []\n").replace(
        "namespace: ci",
        "annotations: {kube-lint/allow: '${ALLOWED}'}",
    );
    assert_eq!(found(&check(&text)), Vec::<String>::new());
}

#[test]
fn what_is_no_comment_suppresses_nothing() {
    let text = role(
        "rules:\n- apiGroups: [apps]\n  resources: ['# kube-lint: allow(rbac/wildcard-verb)']\n  verbs: ['*', '# kube-lint: allow(rbac/wildcard-verb)']\n",
    ) + "description: |\n  # kube-lint: allow-file(nothing/at-all)\n  # kube-lint: alow(rbac)\n";
    let report = check(&text);
    assert_eq!(found(&report), ["7"]);
    assert_eq!(report.suppressed, []);
    let text = role("rules:\n- apiGroups: [apps]\n  resources: [x]\n  verbs: ['*']\n")
        + "description: | # kube-lint: allow(rbac)\n  text\n";
    let nothing = "8: the suppression of `rbac` suppresses nothing".to_owned();
    let report = lint(&[("a.yaml", &text)], Settings::default());
    assert_eq!(found(&report).last(), Some(&nothing));
}

#[test]
fn other_linters_are_not_obeyed() {
    let text = role(
        "# checkov:skip=CKV_K8S_49: no\n# trivy:ignore:KSV-0045\nrules:\n- apiGroups: [apps]\n  resources: [deployments]\n  verbs: ['*'] # nosec # kube-linter: allow(rbac)\n",
    )
    .replace(
        "namespace: ci",
        "namespace: ci, annotations: {ignore-check.kube-linter.io/wildcard-in-rules: no, checkov.io/skip1: CKV_K8S_49=no, kube-score/ignore: x}",
    );
    let report = check(&text);
    assert_eq!(found(&report), ["9"]);
    assert_eq!(report.suppressed, []);
}

#[test]
fn documents_that_no_rule_reads_are_asked_too() {
    let widget = "apiVersion: example.com/v1\nkind: Widget\nmetadata:\n  name: a\n  annotations: {kube-lint/allow: rbac/wildcard-verb}\nspec: {} # kube-lint: allow(rbac/nothing)\n";
    let report = check(widget);
    assert_eq!(
        found(&report),
        [
            format!("5: {NOTHING}"),
            "6: the suppression suppresses nothing: unknown rule `rbac/nothing`".to_owned(),
        ]
    );
    assert!(report.excerpt(report.findings[0].primary.place).is_some());
    let twice = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a}\na: 1\na: 2 # kube-lint: allow(manifest/duplicate-key)\n";
    let report = lint(
        &[("a.yaml", twice)],
        settings(&["manifest/duplicate-key", UNUSED]),
    );
    assert_eq!((report.findings.len(), suppressed(&report)), (0, vec![5]));
}

#[test]
fn what_is_not_linted_is_not_read() {
    for (path, text) in [
        (
            "values.yaml",
            "# kube-lint: allow-file(nothing)\na: 1 # kube-lint: alow(rbac)\n",
        ),
        (
            "compose.yaml",
            "# kube-lint: allow(rbac)\nservices: {a: {image: b}}\n",
        ),
        (
            "empty.yaml",
            "# kube-lint: allow(rbac)\n---\n# kube-lint: allow-file(nothing)\n",
        ),
        (
            "chart/templates/a.yaml",
            "# kube-lint: allow-file(nothing)\n{{ if a }}\napiVersion: v1\nkind: Pod\n# kube-lint: allow(nothing)\n{{ end }}\n",
        ),
        (
            "crd.yaml",
            "# kube-lint: allow-file(rbac)\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: a\nspec: {}\n",
        ),
    ] {
        assert_eq!(
            lint(&[(path, text)], Settings::default()).findings,
            [],
            "{path}"
        );
    }
}

#[test]
fn a_kustomization_is_read_as_a_document() {
    let text = "kind: Kustomization\nresources: [role.yaml] # kube-lint: allow(rbac/wildcard-verb)\ncommonAnnotations: {kube-lint/allow: rbac/wildcard-verb}\n";
    let rule = role("rules: []\n");
    let report = lint(
        &[("kustomization.yaml", text), ("role.yaml", &rule)],
        settings(&[VERB, UNUSED]),
    );
    assert_eq!(
        found(&report),
        [
            format!("2: {NOTHING}"),
            "3: the suppression is read in `metadata.annotations` only".to_owned(),
        ]
    );
}

#[test]
fn without_a_reason_nothing_holds_where_one_is_required() {
    let text = role(
        "rules:\n- apiGroups: [apps]\n  resources: [a]\n  verbs: ['*'] # kube-lint: allow(rbac/wildcard-verb)\n- apiGroups: [apps]\n  resources: [b]\n  verbs: ['*'] # kube-lint: allow(rbac/wildcard-verb): -\n- apiGroups: [apps]\n  resources: [c]\n  verbs: ['*'] # kube-lint: allow(rbac/wildcard-verb) owns them\n",
    );
    let annotated = text.replace(
        "namespace: ci",
        "annotations: {kube-lint/allow: rbac, kube-lint/allow-reason: ' '}",
    );
    let mut strict = settings(&[VERB, UNUSED]);
    strict.require_reason = true;
    let report = lint(&[("a.yaml", &text)], strict.clone());
    let message = "the suppression gives no reason, so that it does not hold";
    assert_eq!(
        found(&report),
        [
            "7".to_owned(),
            format!("7: {message}"),
            "10".to_owned(),
            format!("10: {message}")
        ]
    );
    assert_eq!(suppressed(&report), [13]);
    assert_eq!(report.summary.errors, 2);
    let report = lint(&[("a.yaml", &annotated)], strict);
    assert_eq!(found(&report).first(), Some(&format!("3: {message}")));
    assert_eq!(suppressed(&report), [13]);
    assert_eq!(
        suppressed(&check(&text)),
        [7, 10, 13],
        "unless it is required"
    );
}

#[test]
fn copies_are_judged_where_they_are_reported() {
    let role = role("rules:\n- apiGroups: [apps]\n  resources: [a]\n  verbs: ['*']\n");
    let allowed = role.replace("'*']", "'*'] # kube-lint: allow(rbac/wildcard-verb)");
    let report = lint(
        &[("a.yaml", &allowed), ("b/b.yaml", &role)],
        settings(&[VERB, UNUSED]),
    );
    assert_eq!((report.findings.len(), report.suppressed.len()), (0, 1));
    assert_eq!(report.suppressed[0].finding.related.len(), 1);
    let report = lint(
        &[("a.yaml", &role), ("b/b.yaml", &allowed)],
        settings(&[VERB, UNUSED]),
    );
    assert_eq!(
        found(&report),
        ["7"],
        "the comment in the copy is not called unused"
    );
    assert_eq!(report.suppressed, []);
}

#[test]
fn what_is_said_of_suppressions_can_be_suppressed() {
    let unused = "rules: [] # kube-lint: allow(rbac/wildcard-verb)\n";
    for (text, expected) in [
        (format!("# kube-lint: allow-file({UNUSED})\n{}", role(unused)), vec![5]),
        (format!("# kube-lint: allow-file(manifest)\n{}", role(unused)), vec![5]),
        (role(unused).replace("namespace: ci", "annotations: {kube-lint/allow: manifest/unused-suppression}"), vec![4]),
        (role("rules: []\n").replace("namespace: ci", "annotations: {kube-lint/allow: 'manifest/unused-suppression, rbac/wildcard-verb, rbac/nothing'}"), vec![3, 3]),
    ] {
        let report = check(&text);
        assert_eq!(suppressed(&report), expected, "{text}");
        assert_eq!(found(&report), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn a_suppression_of_that_rule_is_called_unused_whatever_it_covers() {
    let text = format!("# kube-lint: allow-file({UNUSED})\n{}", role("rules: []\n"));
    let expected = format!("1: the suppression of `{UNUSED}` suppresses nothing");
    assert_eq!(found(&check(&text)), [expected.clone()]);
    let both = text.replace(
        "namespace: ci",
        "annotations: {kube-lint/allow: manifest/unused-suppression}",
    );
    assert_eq!(
        found(&check(&both)),
        [expected.clone(), expected.replace("1:", "4:")]
    );
}

#[test]
fn levels_hold_for_what_is_said_of_suppressions() {
    let text = role("rules: [] # kube-lint: allow(rbac/wildcard-verb, nothing)\n");
    let levels = |level: &str| {
        let mut settings = settings(&[VERB, UNUSED]);
        settings
            .levels
            .configure(vec![(UNUSED.parse().unwrap(), level.parse().unwrap())]);
        let report = lint(&[("a.yaml", &text)], settings);
        let levels: Vec<_> = report
            .findings
            .iter()
            .map(|it| it.severity.to_string())
            .collect();
        levels
    };
    assert_eq!(levels("error"), ["warning", "error"]);
    assert_eq!(levels("warning"), ["warning", "warning"]);
    assert_eq!(levels("info"), ["info", "info"]);
    assert_eq!(levels("off"), Vec::<String>::new());
}

#[test]
fn a_fingerprint_of_an_unused_name_survives_other_names() {
    let print = |names: &str| {
        let report = check(&role(&format!("# kube-lint: allow({names})\nrules: []\n")));
        report.findings.last().unwrap().fingerprint
    };
    assert_eq!(
        print("rbac/wildcard-verb"),
        print("manifest/unused-suppression, rbac/wildcard-verb")
    );
    assert_ne!(print("rbac/wildcard-verb"), print("rbac/wildcard-ver?"));
}

#[test]
fn nothing_that_looks_like_a_credential_is_repeated() {
    let token = "ghp_r7Tq2Lw9Xc4Vb8Nm1Kj6Hg3Fd5Sa0PoIuYtR";
    let text = role(&format!(
        "rules:\n- apiGroups: [apps]\n  resources: [a]\n  verbs: ['*'] # kube-lint: allow(rbac, {token}) {token}\n---\n# kube-lint: allow({token}) password: {token}\n---\n"
    ));
    let text = format!("# kube-lint: allow-file({token}) {token}\n{text}");
    let report = check(&text);
    assert_eq!((report.findings.len(), report.suppressed.len()), (3, 1));
    let excerpts = report
        .findings
        .iter()
        .filter_map(|it| report.excerpt(it.primary.place));
    let excerpts: Vec<_> = excerpts.map(|it| it.text().to_owned()).collect();
    assert_eq!(excerpts.len(), 3);
    let output = format!("{:?}{:?}{excerpts:?}", report.findings, report.suppressed);
    assert!(!output.contains(token), "{output}");
}

#[test]
fn only_files_in_scope_are_spoken_of() {
    let unused = role("rules: [] # kube-lint: allow(rbac/wildcard-verb)\n");
    let used = role("rules: # kube-lint: allow(rbac/wildcard-verb)\n- {apiGroups: [apps], resources: [deployments], verbs: ['*']}\n").replace("deployer", "other");
    let sources = vec![Source::new("a.yaml", unused), Source::new("b.yaml", used)];
    let linter = Linter::new(settings(&[VERB, UNUSED]));
    let counts = |path: &str| {
        let report = linter.check(sources.clone(), &Scope::Below(vec![path.to_owned()]));
        (
            report.findings.len(),
            report.suppressed.len(),
            report.summary.suppressed,
        )
    };
    assert_eq!(counts("a.yaml"), (1, 0, 0));
    assert_eq!(counts("b.yaml"), (0, 1, 1));
}

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

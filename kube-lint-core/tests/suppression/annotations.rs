//! What an annotation suppresses.

use crate::{UNUSED, VERB, check, found, lint, reason, role, settings, suppressed};

#[test]
fn an_annotation_is_about_its_object_alone() {
    let annotated = role("rules:\n- {apiGroups: [apps], resources: [controllerrevisions], verbs: ['*']}\n").replace(
        "namespace: ci",
        "namespace: ci, annotations: {kube-lint/allow: 'rbac/wildcard-verb', kube-lint/allow-reason: owns them}",
    );
    let plain =
        role("rules:\n- {apiGroups: [policy], resources: [poddisruptionbudgets], verbs: ['*']}\n");
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
 "rules": [{"apiGroups": ["apps"], "resources": ["controllerrevisions"], "verbs": ["*"]}]}"#;
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
        - apiVersion: rbac.authorization.k8s.io/v1\n  kind: Role\n  metadata: {name: b, annotations: *both}\n  rules: &rules\n  - {apiGroups: [apps], resources: [controllerrevisions], verbs: ['*']}\n\
        - apiVersion: rbac.authorization.k8s.io/v1\n  kind: Role\n  metadata: {name: c, annotations: {<<: *both, x: y}}\n  rules:\n  - {apiGroups: [apps], resources: [controllerrevisions], verbs: ['*']}\n\
        - apiVersion: rbac.authorization.k8s.io/v1\n  kind: Role\n  metadata: {name: d}\n  rules:\n  - {apiGroups: [apps], resources: [controllerrevisions], verbs: ['*']}\n";
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

//! What a comment suppresses.

use kube_lint_core::{Settings, report::Suppression};

use crate::{NOTHING, UNUSED, VERB, check, found, lint, reason, role, settings, suppressed};

#[test]
fn a_comment_at_the_end_of_a_line_is_about_that_line() {
    let report = check(&role(
        "rules:\n- apiGroups: [apps]\n  resources: [controllerrevisions]\n  verbs: ['*'] # kube-lint: allow(rbac/wildcard-verb) owns them\n- apiGroups: [policy]\n  resources: [poddisruptionbudgets]\n  verbs: ['*']\n",
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
            "rules:\n- apiGroups: [apps]\n  resources: [controllerrevisions]\n{comments}  verbs: ['*']\n"
        ));
        let report = lint(&[("a.yaml", &text)], settings(&[VERB]));
        assert_eq!(found(&report), Vec::<String>::new(), "{comments}");
        assert_eq!(report.suppressed.len(), 1, "{comments}");
    }
}

#[test]
fn above_the_key_of_a_value_its_whole_value_is_meant() {
    let rule = "- apiGroups: [apps]\n  resources: [controllerrevisions]\n  verbs:\n  - '*'\n";
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
                rule.replace(
                    "controllerrevisions]",
                    "controllerrevisions] # kube-lint: allow(rbac)"
                )
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
    let rule = "rules:\n- {apiGroups: [apps], resources: [controllerrevisions], verbs: ['*']}\n";
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
    let item = "- apiVersion: rbac.authorization.k8s.io/v1\n  kind: Role\n  metadata: {name: NAME, namespace: ci}\n  rules:\n  - {apiGroups: [apps], resources: [controllerrevisions], verbs: ['*']}\n";
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
        "rules: [\n  {apiGroups: [apps], resources: [controllerrevisions], verbs: ['*']}, # kube-lint: allow(rbac)\n\
         \x20 # kube-lint: allow(rbac)\n  {apiGroups: [policy], resources: [poddisruptionbudgets],\n   verbs: ['*']},\n\
         \x20 {apiGroups: [policy], resources: [poddisruptionbudgets],\n   # kube-lint: allow(rbac)\n   verbs: [get,\n     '*']},\n\
         \x20 {apiGroups: [apps], resources: [replicasets],\n   verbs: ['*']}]\n",
    ));
    assert_eq!(suppressed(&report), [5, 8, 12]);
    assert_eq!(found(&report), ["14"]);
}

#[test]
fn line_breaks_tabs_and_other_scripts_do_not_matter() {
    let text = role(
        "rules:\n- apiGroups: [apps] # \u{fc}\u{1f980}\n  resources: [controllerrevisions]\n  verbs: ['*']\t# \u{fc}ber # kube-lint: allow(rbac/wildcard-verb)\tja\u{202e}\n\t\n- apiGroups: [policy]\n  resources: [poddisruptionbudgets]\n  \t# kube-lint:\tallow(\trbac\t)\n  verbs: ['*']",
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
fn allow_file_stands_at_the_top_and_holds_everywhere() {
    let lines = "rules:\n- {apiGroups: [apps], resources: [controllerrevisions], verbs: ['*']}\n";
    let role = role(lines);
    let second = role.replace("deployer", "other");
    for top in [
        format!("# kube-lint: allow-file({VERB}) generated\n"),
        format!("\u{feff}# kube-lint: allow-file({VERB}) generated\n"),
        format!("# generated\n\n---\n# kube-lint: allow-file({VERB}) generated\n---\n"),
        format!("--- # kube-lint: allow-file({VERB}) generated\n"),
        format!("%YAML 1.1\n# kube-lint: allow-file({VERB}) generated\n---\n"),
        format!("# kube-lint: allow-file({VERB}) generated\r\n"),
    ] {
        let report = check(&format!("{top}{role}---\n{second}"));
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
        "rules:\n- apiGroups: [apps]\n  resources: [controllerrevisions]\n  verbs: ['*'] # kube-lint: allow(rbac/wildcard-verb)\n- apiGroups: [apps]  # kube-lint: allow(rbac/wildcard-verb)\n  resources: [x\n",
    );
    let report = check(&text);
    assert_eq!(found(&report), Vec::<String>::new());
    assert_eq!(suppressed(&report), [7]);
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
        "# checkov:skip=CKV_K8S_49: no\n# trivy:ignore:KSV-0045\nrules:\n- apiGroups: [apps]\n  resources: [controllerrevisions]\n  verbs: ['*'] # nosec # kube-linter: allow(rbac)\n",
    )
    .replace(
        "namespace: ci",
        "namespace: ci, annotations: {ignore-check.kube-linter.io/wildcard-in-rules: no, checkov.io/skip1: CKV_K8S_49=no, kube-score/ignore: x}",
    );
    let report = check(&text);
    assert_eq!(found(&report), ["9"]);
    assert_eq!(report.suppressed, []);
}

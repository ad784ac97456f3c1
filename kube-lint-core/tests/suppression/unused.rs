//! What suppresses nothing, and what is said of it.

use kube_lint_core::{Linter, Scope, Settings, Source};

use crate::{NOTHING, UNUSED, VERB, check, found, lint, role, settings, suppressed};

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
        "rules:\n- apiGroups: [apps]\n  resources: [controllerrevisions]\n  verbs: ['*'] # kube-lint: allow(rbac/wildcard-verb, rbac/wildcard-everything, network)\n",
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
    assert_eq!(found(&check(&text)), std::slice::from_ref(&expected));
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
    let used = role("rules: # kube-lint: allow(rbac/wildcard-verb)\n- {apiGroups: [apps], resources: [controllerrevisions], verbs: ['*']}\n").replace("deployer", "other");
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

//! What a configuration changes in a run.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails the test")]

use kube_lint_core::{Config, Linter, Report, Scope, Severity, Source};

fn lint(config: &str, files: &[(&str, &str)]) -> Report {
    let settings = Config::from_yaml(".kube-lint.yaml", config)
        .unwrap()
        .settings;
    let sources = files.iter().map(|(path, text)| Source::new(*path, *text));
    Linter::new(settings).check(sources.collect(), &Scope::Everything)
}

/// `path level` of the findings of `rule`.
fn found(report: &Report, rule: &str) -> Vec<String> {
    let findings = report.findings.iter().filter(|it| it.rule == rule);
    findings
        .map(|it| format!("{} {}", report.path(it.primary.place.file), it.severity))
        .collect()
}

const ROLE: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: NAME, namespace: ci}
rules:
- {apiGroups: [apps], resources: [controllerrevisions], verbs: ['*']}
";

fn roles() -> Vec<(&'static str, String)> {
    ["base/a.yaml", "prod/b.yaml", "test/c.yaml"]
        .into_iter()
        .zip(["one", "two", "three"])
        .map(|(path, name)| (path, ROLE.replace("NAME", name)))
        .collect()
}

fn levels(config: &str) -> Vec<String> {
    let roles = roles();
    let files: Vec<_> = roles.iter().map(|(path, text)| (*path, &**text)).collect();
    found(&lint(config, &files), "rbac/wildcard-verb")
}

#[test]
fn levels_differ_by_the_file_of_the_finding() {
    let config = "overrides:\n\
        - {paths: [prod/], rules: {rbac: error}}\n\
        - {paths: [test/], rules: {rbac/*: off}}\n";
    assert_eq!(levels(config), ["base/a.yaml warning", "prod/b.yaml error"]);
}

#[test]
fn a_rule_that_is_off_is_on_where_an_override_says_so() {
    let config = "rules: {rbac: off}\noverrides: [{paths: [test/], rules: {rbac: info}}]\n";
    assert_eq!(levels(config), ["test/c.yaml info"]);
}

#[test]
fn a_rule_about_documents_differs_by_file_too() {
    let twice = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, name: a}\n";
    let config = "overrides: [{paths: [test/], rules: {manifest: off}}]\n";
    let report = lint(config, &[("a.yaml", twice), ("test/a.yaml", twice)]);
    assert_eq!(found(&report, "manifest/duplicate-key"), ["a.yaml error"]);
}

const POD: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  serviceAccountName: web-reader
  containers:
  - {name: web, image: web}
";

#[test]
fn worlds_differ_by_the_file_of_the_object() {
    let config = "overrides: [{paths: [cluster/], world: closed}]\n";
    let report = lint(config, &[("a/pod.yaml", POD), ("cluster/pod.yaml", POD)]);
    assert_eq!(
        found(&report, "service-accounts/missing"),
        ["cluster/pod.yaml warning"]
    );
}

#[test]
fn closed_worlds_of_two_overrides_are_two_clusters() {
    let one =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\ndata: {a: '1'}\n";
    let other = one.replace("'1'", "'2'");
    let files = [("eu/a.yaml", one), ("us/a.yaml", &other)];
    let both = "world: closed\n";
    let report = lint(both, &files);
    assert_eq!(found(&report, "manifest/duplicate-object").len(), 1);
    let each = "overrides:\n- {paths: [eu/], world: closed}\n- {paths: [us/], world: closed}\n";
    let report = lint(each, &files);
    assert_eq!(found(&report, "manifest/duplicate-object").len(), 0);
}

#[test]
fn unset_namespaces_differ_by_the_file_of_the_object() {
    let account = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web-reader}\n";
    let config = "world: closed\noverrides:\n- {paths: [shop/], namespace: shop}\n\
                  - {paths: [other/], namespace: other}\n";
    let missing = |path: &str| {
        let report = lint(config, &[("pod.yaml", POD), (path, account)]);
        found(&report, "service-accounts/missing").len()
    };
    assert_eq!(missing("shop/account.yaml"), 0);
    assert_eq!(missing("other/account.yaml"), 1);
}

#[test]
fn only_included_files_are_read() {
    let roles = roles();
    let files: Vec<_> = roles.iter().map(|(path, text)| (*path, &**text)).collect();
    let report = lint("include: [prod/, '/test/*']\nexclude: [c.yaml]\n", &files);
    assert_eq!(
        found(&report, "rbac/wildcard-verb"),
        ["prod/b.yaml warning"]
    );
    let skipped: Vec<_> = report.summary.skipped.iter().map(|it| &it.path).collect();
    assert_eq!(skipped, ["base/a.yaml", "test/c.yaml"]);
    // A stream has no name to match.
    let report = lint("include: [prod/]\n", &[("", &roles[0].1)]);
    assert_eq!(found(&report, "rbac/wildcard-verb").len(), 1);
}

#[test]
fn sensitive_namespaces_are_those_of_the_configuration() {
    let role = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: NAMESPACE}
rules:
- {apiGroups: [''], resources: [secrets], verbs: [list]}
";
    let level = |config: &str, namespace: &str| {
        let report = lint(config, &[("a.yaml", &role.replace("NAMESPACE", namespace))]);
        let finding = report.findings.iter();
        let mut found = finding.filter(|it| it.rule == "rbac/read-secrets-unscoped");
        found.next().map(|it| it.severity)
    };
    let usual = level("", "team");
    assert!(level("", "kube-system") > usual);
    assert_eq!(level("", "kube-system"), Some(Severity::Error));
    let own = "sensitive-namespaces: ['te?m']\n";
    assert_eq!(level(own, "kube-system"), usual);
    assert_eq!(level(own, "team"), Some(Severity::Error));
}

/// An object of a kind that kube-lint does not know.
const FLEET: &str = "\
apiVersion: example.com/v1
kind: Fleet
metadata: {name: fleet, namespace: shop}
spec:
  pools:
  - template:
      spec:
        serviceAccount: walker
        containers:
        - name: main
          image: main
          env:
          - name: DB_PASSWORD
            value: hunter2-of-the-night
          - name: TOKEN
            valueFrom: {secretKeyRef: {name: main-token, key: token}}
";

const PATH: &str =
    "pod-spec-paths: [{group: example.com, kind: Fleet, path: 'spec.pools[].template.spec'}]\n";

fn rules(report: &Report) -> Vec<&str> {
    report.findings.iter().map(|it| it.rule).collect()
}

#[test]
fn pod_specs_of_unknown_kinds_are_linted_where_the_configuration_shows_them() {
    assert_eq!(rules(&lint("", &[("a.yaml", FLEET)])), [""; 0]);
    let config = format!("{PATH}world: closed\n");
    let report = lint(&config, &[("a.yaml", FLEET)]);
    for rule in [
        "secrets/env-literal-secret",
        "secrets/ref-missing",
        "service-accounts/deprecated-field",
        "service-accounts/missing",
        "network/namespace-without-policy",
    ] {
        assert!(
            rules(&report).contains(&rule),
            "{rule}: {:?}",
            rules(&report)
        );
    }
    let elsewhere = PATH.replace("Fleet", "Navy") + "world: closed\n";
    assert_eq!(rules(&lint(&elsewhere, &[("a.yaml", FLEET)])), [""; 0]);
}

#[test]
fn pod_specs_of_unknown_kinds_use_accounts() {
    let account =
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: walker, namespace: shop}\n";
    let config = format!("{PATH}world: closed\n");
    let report = lint(&config, &[("a.yaml", FLEET), ("b.yaml", account)]);
    assert!(!rules(&report).contains(&"service-accounts/missing"));
    assert!(rules(&report).contains(&"service-accounts/token-automounted-unneeded"));
}

#[test]
fn a_path_of_a_known_kind_counts_once() {
    let text = POD.replace("serviceAccountName", "serviceAccount");
    let config = "pod-spec-paths: [{group: apps, kind: Deployment, path: spec.template.spec}]\n";
    let pod_spec = text
        .split_once("spec:\n")
        .unwrap()
        .1
        .replace("  ", "      ");
    let deployment = format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web}}\nspec:\n  \
         selector: {{matchLabels: {{a: b}}}}\n  template:\n    metadata: {{labels: {{a: b}}}}\n    spec:\n{pod_spec}"
    );
    let [with, without] = [config, ""].map(|it| {
        let report = lint(it, &[("a.yaml", &deployment)]);
        found(&report, "service-accounts/deprecated-field")
    });
    assert_eq!(with.len(), 1);
    assert_eq!(with, without);
}

//! Baselines: what is one and the same finding, before and after people work on their manifests.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails the test")]

use kube_lint_core::{Baseline, Config, Linter, Report, Scope, Settings, Source, Workspace};

const ROLE: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: deployer
  namespace: ci
rules:
- apiGroups: [apps]
  resources: [controllerrevisions]
  verbs: ['*']
";

type Files<'a> = &'a [(&'a str, &'a str)];

fn workspace(files: Files<'_>, settings: Settings) -> Workspace {
    let mut workspace = Workspace::new(settings);
    for (path, text) in files {
        workspace.set(Source::new(*path, *text));
    }
    workspace
}

fn baseline(files: Files<'_>) -> Baseline {
    let report = workspace(files, Settings::default()).check(&Scope::Everything);
    let baseline = Baseline::of(&report);
    let read = Baseline::from_yaml("baseline.yaml", &baseline.to_yaml()).unwrap();
    assert_eq!(read, baseline);
    read
}

fn compare(before: Files<'_>, after: Files<'_>) -> Report {
    let workspace = workspace(after, Settings::default());
    workspace.check_against(&[&baseline(before)], &Scope::Everything)
}

/// `path:line rule` of what is new.
fn new(report: &Report) -> Vec<String> {
    let findings = report.findings.iter().map(|it| {
        let path = report.path(it.primary.place.file);
        format!("{path}:{} {}", it.primary.start.line, it.rule)
    });
    findings.collect()
}

/// Asserts that there are findings before, and the same after.
fn assert_same(before: Files<'_>, after: Files<'_>) {
    assert!(!baseline(before).is_empty(), "{before:?}");
    let report = compare(before, after);
    assert_eq!(new(&report), Vec::<String>::new(), "{after:?}");
    assert_eq!(report.gone, [[]], "{after:?}");
    assert!(!report.suppressed.is_empty());
}

#[test]
fn moving_and_renaming_changes_nothing() {
    for text in [ROLE, WORKLOAD, BROKEN, IGNORED, UNNAMED, SECRETS, POLICY] {
        assert_same(&[("a/b.yaml", text)], &[("c/d/e.yaml", text)]);
        let (first, last) = ("0.yaml", "z.yaml");
        let other = ROLE.replace("deployer", "builder");
        for path in [first, last] {
            assert_same(
                &[("m.yaml", text), ("n.yaml", &other)],
                &[(path, text), ("n.yaml", &other)],
            );
        }
    }
}

const WORKLOAD: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccount: web
      containers:
      - name: web
        image: web
        env:
        - {name: DB_PASSWORD, value: vR8-kd2Wq-Tz6mLp}
        - {name: API_TOKEN, value: zq9x5Kp7-Tz6mLp}
      - name: proxy
        image: proxy
        env:
        - {name: DB_PASSWORD, value: vR8-kd2Wq-Tz6mLp}
";

const BROKEN: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a\ndata: [\n";

const IGNORED: &str = "--- x\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\n";

const UNNAMED: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: Metdata
- {level: None, users: [x]}
- level: Request
  resources: [{group: '', resources: [secrets]}]
";

const SECRETS: &str = "\
apiVersion: v1
kind: Secret
metadata: {name: db}
stringData:
  password: vR8-kd2Wq-Tz6mLp
  other-password: zq9x5Kp7-Tz6mLp
---
apiVersion: v1
kind: Secret
metadata: {name: other}
stringData:
  password: vR8-kd2Wq-Tz6mLp
";

const POLICY: &str = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {}
  ingress:
  - from:
    - ipBlock: {cidr: 10.0.0.1/8}
    - ipBlock: {cidr: 10.0.0.0/33}
  - {}
";

#[test]
fn an_object_may_move_to_another_file() {
    let other = ROLE.replace("deployer", "builder");
    let both = format!("{ROLE}---\n{other}");
    let apart = [("a.yaml", ROLE), ("b.yaml", &*other)];
    assert_same(&[("a.yaml", &both)], &apart);
    assert_same(&apart, &[("a.yaml", &both)]);
}

#[test]
fn reordering_changes_nothing() {
    let (one, other) = SECRETS.split_once("---\n").unwrap();
    assert_same(
        &[("a.yaml", SECRETS)],
        &[("a.yaml", &format!("{other}---\n{one}"))],
    );
    let (head, containers) = WORKLOAD.split_once("      - name: web\n").unwrap();
    let (web, proxy) = containers.split_once("      - name: proxy\n").unwrap();
    let mut env: Vec<_> = web.lines().collect();
    env.swap(2, 3);
    let web = env.join("\n");
    let turned = format!("{head}      - name: proxy\n{proxy}      - name: web\n{web}\n");
    assert_same(&[("a.yaml", WORKLOAD)], &[("a.yaml", &turned)]);
    let (head, rest) = POLICY
        .split_once("    - ipBlock: {cidr: 10.0.0.1/8}\n")
        .unwrap();
    let (second, third) = rest.split_once("  - {}\n").unwrap();
    let turned = format!("{head}{second}    - ipBlock: {{cidr: 10.0.0.1/8}}\n  - {{}}\n{third}");
    assert_same(&[("a.yaml", POLICY)], &[("a.yaml", &turned)]);
}

#[test]
fn editing_nearby_and_writing_otherwise_changes_nothing() {
    let commented = format!("# why\n\n{}", ROLE.replace("rules:", "# these\nrules:\n\n"));
    let indented = ROLE
        .replace("\n- ", "\n  - ")
        .replace("\n  r", "\n    r")
        .replace("\n  v", "\n    v");
    let flow = "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {namespace: ci, name: deployer}, rules: [{verbs: ['*'], apiGroups: [apps], resources: [controllerrevisions]}]}";
    let listed = format!("apiVersion: v1\nkind: List\nitems: [{flow}]\n");
    let wider = ROLE.replace(
        "[controllerrevisions]",
        "[controllerrevisions, statefulsets/scale]",
    );
    let labelled = ROLE.replace("  name:", "  labels: {a: b}\n  name:");
    let quoted = ROLE
        .replace("deployer", "\"deployer\"")
        .replace("verbs:", "'verbs':");
    for text in [
        &commented,
        &indented,
        flow,
        &listed,
        &wider,
        &labelled,
        &quoted,
        &ROLE.replace('\n', "\r\n"),
    ] {
        assert_same(&[("a.yaml", ROLE)], &[("a.yaml", text)]);
    }
}

#[test]
fn one_more_of_a_kind_is_new_where_it_is() {
    let other = ROLE
        .replace("namespace: ci", "namespace: ci\n  labels: {a: b}")
        .replace("controllerrevisions", "statefulsets/scale");
    let report = compare(&[("m.yaml", ROLE)], &[("a.yaml", &other), ("m.yaml", ROLE)]);
    assert_eq!(
        new(&report),
        ["a.yaml:10 rbac/wildcard-verb"],
        "although it sorts first"
    );
    let rule = "- apiGroups: [policy]\n  resources: [poddisruptionbudgets]\n  verbs: ['*']\n";
    let twice = format!("{ROLE}{rule}");
    let report = compare(&[("m.yaml", ROLE)], &[("m.yaml", &twice)]);
    assert_eq!(new(&report).len(), 1);
    let report = compare(&[("m.yaml", &twice)], &[("m.yaml", ROLE)]);
    assert_eq!((new(&report).len(), report.gone[0].len()), (0, 1));
    assert_eq!(
        report.gone[0][0].object.as_deref(),
        Some("Role ci/deployer")
    );
}

#[test]
fn a_file_that_breaks_is_no_other_one_mended() {
    let fine = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n";
    let report = compare(
        &[("a.yaml", BROKEN), ("b.yaml", fine)],
        &[("a.yaml", fine), ("b.yaml", BROKEN)],
    );
    assert_eq!(new(&report).len(), 1, "{:?}", new(&report));
    assert_eq!(report.gone[0].len(), 1);
}

#[test]
fn a_namespace_without_policy_is_known_by_its_name() {
    let other = WORKLOAD.replace("web", "api");
    let closed = Config::from_yaml(
        "c",
        "world: closed\nrules: {secrets: off, service-accounts: off}\n",
    )
    .unwrap()
    .settings;
    let baseline = Baseline::of(
        &workspace(&[("m.yaml", WORKLOAD), ("n.yaml", &other)], closed.clone())
            .check(&Scope::Everything),
    );
    for files in [
        &[("z.yaml", WORKLOAD), ("n.yaml", &*other)][..],
        &[("n.yaml", &*other)],
        &[("m.yaml", WORKLOAD)],
        &[
            (
                "0.yaml",
                "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n",
            ),
            ("m.yaml", WORKLOAD),
        ],
    ] {
        let report =
            workspace(files, closed.clone()).check_against(&[&baseline], &Scope::Everything);
        assert_eq!(new(&report), Vec::<String>::new(), "{files:?}");
        assert_eq!(report.suppressed.len(), 1);
    }
    let elsewhere = WORKLOAD.replace("shop", "cellar");
    let report = workspace(&[("m.yaml", WORKLOAD), ("c.yaml", &elsewhere)], closed)
        .check_against(&[&baseline], &Scope::Everything);
    assert_eq!(new(&report), ["c.yaml:3 network/namespace-without-policy"]);
}

#[test]
fn another_overlay_changes_nothing_in_the_base() {
    let base = ROLE.replace("  namespace: ci\n", "")
        + "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: deployer}\n\
           roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: deployer}\n\
           subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: jane}]\n";
    let kustomization = |namespace: &str, from: &str| {
        format!(
            "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: {namespace}\nresources: [{from}]\n"
        )
    };
    let own = "resources: [role.yaml]\n";
    let test = kustomization("test", "../base");
    let production = kustomization("production", "../base");
    let before = [
        ("base/kustomization.yaml", own),
        ("base/role.yaml", &*base),
        ("test/kustomization.yaml", &*test),
    ];
    let after = [
        before.as_slice(),
        &[("production/kustomization.yaml", &*production)],
    ]
    .concat();
    assert_same(&before, &after);
}

#[test]
fn what_becomes_worse_is_new_and_what_becomes_better_is_known() {
    let settings = |level: &str| {
        let text = format!("rules: {{rbac/wildcard-verb: {level}}}\n");
        Config::from_yaml("c", &text).unwrap().settings
    };
    let at = |level: &str| workspace(&[("a.yaml", ROLE)], settings(level));
    let baseline = Baseline::of(&at("warning").check(&Scope::Everything));
    let count = |level: &str| {
        let report = at(level).check_against(&[&baseline], &Scope::Everything);
        (report.findings.len(), report.gone[0].len())
    };
    assert_eq!(count("info"), (0, 0));
    assert_eq!(count("warning"), (0, 0));
    assert_eq!(count("error"), (1, 0), "not gone either");
    assert_eq!(count("off"), (0, 0), "a rule that is off says nothing");
}

#[test]
fn a_scope_does_not_change_what_is_known_or_gone() {
    let other = ROLE.replace("deployer", "builder");
    let before = baseline(&[("a.yaml", ROLE), ("b.yaml", &other)]);
    let after = workspace(
        &[
            ("a.yaml", ROLE),
            ("c.yaml", &ROLE.replace("deployer", "new")),
        ],
        Settings::default(),
    );
    let report = after.check_against(&[&before], &Scope::Below(vec!["a.yaml".to_owned()]));
    assert_eq!((report.findings.len(), report.suppressed.len()), (0, 1));
    assert_eq!(report.gone[0].len(), 1);
    assert_eq!(report.gone[0][0].path, "b.yaml");
}

#[test]
fn each_baseline_judges_for_itself() {
    let (builder, tester) = (
        ROLE.replace("deployer", "builder"),
        ROLE.replace("deployer", "tester"),
    );
    let one = baseline(&[("a.yaml", ROLE), ("b.yaml", &builder)]);
    let other = baseline(&[("a.yaml", ROLE), ("c.yaml", &tester)]);
    let files = [
        ("a.yaml", ROLE),
        ("b.yaml", &*builder),
        ("c.yaml", &*tester),
    ];
    let report =
        workspace(&files, Settings::default()).check_against(&[&one, &other], &Scope::Everything);
    assert_eq!(report.findings.len(), 0);
    // An entry that one has left excuses nothing that the other does not know.
    let copy = ROLE.replace("controllerrevisions", "statefulsets/scale");
    let files = [("a.yaml", ROLE), ("z.yaml", &*copy)];
    let report =
        workspace(&files, Settings::default()).check_against(&[&one, &other], &Scope::Everything);
    assert_eq!(new(&report), ["z.yaml:9 rbac/wildcard-verb"]);
}

#[test]
fn what_the_source_allows_is_in_no_baseline_and_uses_up_nothing() {
    let allowed = ROLE.replace(
        "['*']",
        "['*'] # kube-lint: allow(rbac/wildcard-verb) temporary",
    );
    assert!(baseline(&[("a.yaml", &allowed)]).is_empty());
    let report = compare(&[("a.yaml", &allowed)], &[("a.yaml", ROLE)]);
    assert_eq!(
        new(&report),
        ["a.yaml:9 rbac/wildcard-verb"],
        "the comment is gone"
    );
    let copy = ROLE.replace("controllerrevisions", "statefulsets/scale");
    let report = compare(
        &[("z.yaml", ROLE)],
        &[("a.yaml", &allowed), ("z.yaml", &copy)],
    );
    assert_eq!(new(&report), Vec::<String>::new());
    assert_eq!(report.suppressed.len(), 2);
    assert_eq!(report.gone, [[]]);
}

#[test]
fn linting_as_it_was_leaves_everything_as_it_is() {
    let other = ROLE.replace("deployer", "builder");
    let mut workspace = workspace(&[("a.yaml", ROLE), ("b.yaml", &other)], Settings::default());
    let before = new(&workspace.check(&Scope::Everything));
    let instead = vec![
        Source::new("a.yaml", ROLE.replace("'*'", "get")),
        Source::new("c.yaml", ROLE),
    ];
    let report = workspace.check_as(&["b.yaml".to_owned()], instead, &Scope::Everything);
    assert_eq!(new(&report), ["c.yaml:9 rbac/wildcard-verb"]);
    assert_eq!(new(&workspace.check(&Scope::Everything)), before);
    assert_eq!(workspace.paths().collect::<Vec<_>>(), ["a.yaml", "b.yaml"]);
}

fn error(text: &str) -> String {
    Baseline::from_yaml("b.yaml", text).unwrap_err().to_string()
}

#[test]
fn what_is_no_baseline_is_refused_with_its_place() {
    assert_eq!(
        error("version: 2\nfindings: {}\n"),
        "b.yaml:1:10: version: expected `1`, found `2`"
    );
    assert_eq!(
        error("version: 1\n"),
        "b.yaml:1:1: missing field `findings`"
    );
    let entry = |text: &str| {
        format!("version: 1\nfindings:\n  a.yaml:\n  - rule: x\n    level: info\n    {text}\n")
    };
    assert_eq!(
        error(&entry("fingerprint: 12")),
        "b.yaml:6:18: findings.a.yaml[0].fingerprint: expected 16 hexadecimal digits, found `12`"
    );
    assert_eq!(
        error(&entry("fingerprnt: 12")),
        "b.yaml:6:5: findings.a.yaml[0]: unknown field `fingerprnt`, expected one of `rule`, `object`, `level`, `fingerprint`, `instances`, `count`"
    );
    assert!(Baseline::from_yaml("b.yaml", &entry("fingerprint: 1234567890123456")).is_ok());
    assert!(Baseline::from_yaml("b.yaml", &entry("fingerprint: 12345678901234e6")).is_ok());
    assert!(error("").starts_with("b.yaml:1:1: "));
    assert!(error("<<<<<<< HEAD\nversion: 1\n").starts_with("b.yaml:"));
}

#[test]
fn no_value_is_written() {
    let files = [
        ("a.yaml", WORKLOAD),
        ("b.yaml", SECRETS),
        ("c.yaml", BROKEN),
    ];
    let report = Linter::default().check(
        files.map(|(path, text)| Source::new(path, text)).into(),
        &Scope::Everything,
    );
    let text = Baseline::of(&report).to_yaml();
    assert!(text.contains("secrets/plaintext-committed"), "{text}");
    for value in ["vR8", "zq9", "Tz6mLp"] {
        assert!(!text.contains(value), "{text}");
    }
}

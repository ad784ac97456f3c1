//! Each format as its readers get it: goldens, and what all of them must keep.

use std::{collections::BTreeSet, fs};

use serde_json::Value;
use snapbox::{Data, assert_data_eq, file};
use tempfile::TempDir;

use crate::{FINE, folder, kube_lint, write};

const ROLE: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: deployer, namespace: ci}
rules:
- apiGroups: [apps]
  resources: [controllerrevisions]
  verbs: ['*']
- apiGroups: [apps]
  resources: [controllerrevisions]
  resourceNames: [web]
  verbs: ['*']
";

/// A repeated key behind a value whose characters are not bytes.
const SECRET: &str = "\
apiVersion: v1
kind: Secret
metadata: {name: shop}
stringData: {token: 'süß 語 geheim', token: zweites}
";

/// A name that each format could take for something of its own.
const ODD: &str = r#"apiVersion: v1
kind: ConfigMap
metadata: {name: "a`](//a.b) @me, 5%: ::error::]]>&\"\e[31m\n|<img", namespace: ci}
"#;

const ALLOWED: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: tester, namespace: ci}
rules:
- {apiGroups: [apps], resources: [controllerrevisions], verbs: ['*']} # kube-lint: allow(rbac/wildcard-verb) só em testes
";

/// An entry that can be corrected, and one that can be left out.
const FIXED: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: leser, namespace: ci}
rules:
- {apiGroups: [''], resources: ['pod'], verbs: [get, GET]}
";

const TEMPLATE: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {{ .Values.metadata }}\n";

const RULES: &str = "manifest/duplicate-key,manifest/invalid-name,manifest/unreadable-file,rbac";

/// A repository whose root for kube-lint is a folder of it, with all sorts of findings: of three
/// levels, with a copy in another file, in a file without text, with a name that is markup, with fixes,
/// and one that is allowed.
fn repository() -> TempDir {
    let folder = folder(&[
        (".git/HEAD", ""),
        ("deploy/.kube-lint.yaml", "{}\n"),
        ("deploy/röle #1.yaml", ROLE),
        ("deploy/all.yaml", &format!("{ROLE}---\n{FINE}")),
        ("deploy/allowed.yaml", ALLOWED),
        ("deploy/fixed.yaml", FIXED),
        ("deploy/secret.yaml", SECRET),
        ("deploy/odd.yaml", ODD),
        ("deploy/templates/map.yaml", TEMPLATE),
    ]);
    fs::write(
        folder.path().join("deploy/noise.yaml"),
        b"\xff\xfe\xff\x00\xd8",
    )
    .unwrap();
    folder
}

fn check(folder: &TempDir, format: &str) -> String {
    let command = kube_lint().current_dir(folder.path().join("deploy"));
    let command = command.args(["check", "--format", format, "--select", RULES]);
    let command = command.args(["--now", "2026-01-31", "--show", "info", "--quiet"]);
    let command = command.args(["--fail-on", "never"]);
    let assert = command.assert().code(0).stderr_eq("");
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

/// What `format` makes of [`repository`], where no release changes it.
#[track_caller]
fn is(format: &str, read: impl Fn(&str) -> String, golden: Data) {
    let text = check(&repository(), format);
    let text = read(&text).replace(env!("CARGO_PKG_VERSION"), "[VERSION]");
    assert_data_eq!(text, golden.raw());
}

fn indented(json: &str) -> String {
    let value: Value = serde_json::from_str(json).unwrap();
    serde_json::to_string_pretty(&value).unwrap() + "\n"
}

#[test]
fn sarif() {
    is("sarif", indented, file!["goldens/sarif.json"]);
}

#[test]
fn gitlab() {
    is("gitlab", indented, file!["goldens/gitlab.json"]);
}

#[test]
fn ocsf() {
    let lines = |text: &str| text.lines().map(indented).collect();
    is("ocsf", lines, file!["goldens/ocsf.jsonl"]);
}

#[test]
fn json() {
    is("json", indented, file!["goldens/json.json"]);
}

#[test]
fn github() {
    is("github", str::to_owned, file!["goldens/github.txt"]);
}

#[test]
fn junit() {
    is("junit", str::to_owned, file!["goldens/junit.xml"]);
}

#[test]
fn markdown() {
    is("markdown", str::to_owned, file!["goldens/markdown.md"]);
}

#[test]
fn a_report_without_findings_is_one_all_the_same() {
    let folder = folder(&[("deploy/a.yaml", FINE)]);
    assert_eq!(check(&folder, "github"), "");
    assert_eq!(check(&folder, "gitlab"), "[]\n");
    assert_eq!(check(&folder, "ocsf"), "");
    assert!(check(&folder, "sarif").contains(r#""results":[]"#));
    assert!(check(&folder, "junit").contains(r#"tests="1" failures="0""#));
    let text = "### kube-lint: no findings\n\n1 file, 1 object\n";
    assert_eq!(check(&folder, "markdown"), text);
}

#[test]
fn annotations_and_tests_leave_out_info_unless_it_is_shown() {
    let role = ROLE.replace("verbs: ['*']\n-", "verbs: [get]\n-");
    let folder = folder(&[("a.yaml", &role)]);
    for (format, word) in [("github", "::notice"), ("junit", "<failure type=\"info\"")] {
        let is_shown = |words: &[&str]| {
            let command = kube_lint()
                .current_dir(folder.path())
                .args(["check", "--format"]);
            let command = command.args([format, "--select", "rbac"]).args(words);
            let output = command.assert().code(0).get_output().stdout.clone();
            String::from_utf8(output).unwrap().contains(word)
        };
        assert!(!is_shown(&[]), "{format}");
        assert!(is_shown(&["--show", "info"]), "{format}");
    }
}

#[test]
fn names_of_tests_and_fingerprints_are_told_apart() {
    let folder = TempDir::new().unwrap();
    let rule = ROLE.split_once("rules:\n").unwrap().1;
    for number in 0..3 {
        let text = format!("{ROLE}{rule}").replace("deployer", &format!("role-{number}"));
        write(folder.path(), &format!("deploy/{number}.yaml"), &text);
    }
    let junit = check(&folder, "junit");
    let names = junit.lines().filter(|it| it.starts_with("<testcase"));
    let names: Vec<_> = names.map(|it| it.split(" file=").next().unwrap()).collect();
    assert_eq!(names.len(), 12);
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), 12);

    let gitlab: Value = serde_json::from_str(&check(&folder, "gitlab")).unwrap();
    let prints = gitlab.as_array().unwrap().iter();
    let prints: BTreeSet<_> = prints
        .map(|it| it["fingerprint"].as_str().unwrap())
        .collect();
    assert_eq!(prints.len(), 12);
}

#[test]
fn a_comment_is_never_longer_than_github_takes() {
    let folder = TempDir::new().unwrap();
    for number in 0..400 {
        let role = ROLE.replace("deployer", &format!("role-{number}-{}", "ä".repeat(40)));
        write(folder.path(), &format!("deploy/{number}.yaml"), &role);
    }
    let text = check(&folder, "markdown");
    assert!(text.chars().count() < 65_536);
    assert!(text.len() > 60_000);
    let shown = text.lines().filter(|it| it.starts_with("- **")).count();
    let left_out = format!(
        "\n{} findings left out: a comment holds no more.\n",
        800 - shown
    );
    assert!(text.contains(&left_out), "{shown}");
    assert!(text.ends_with("\n400 files, 400 objects\n"));
}

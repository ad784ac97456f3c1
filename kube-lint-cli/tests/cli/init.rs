//! `kube-lint init` writes a configuration that changes nothing but what it is told to translate.

use std::fs;

use kube_lint_core::config::{Config, KEYS};
use snapbox::str;
use tempfile::TempDir;

use crate::{FINE, folder, kube_lint, write};

const ROLE: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: deployer
  namespace: ci
  annotations:
    ignore-check.kube-linter.io/wildcard-in-rules: needs them all
    ignore-check.kube-linter.io/latest-tag: no image
    checkov.io/skip1: CKV_K8S_49=it deploys
rules:
- {apiGroups: [apps], resources: [controllerrevisions], verbs: ['*']}
# checkov:skip=CKV_K8S_35: no files
";

/// What `init` with `args` writes to a folder, and what it says.
fn init(folder: &TempDir, args: &[&str]) -> (String, String) {
    let command = kube_lint().current_dir(folder.path()).arg("init");
    let output = command.args(args).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let written = fs::read_to_string(folder.path().join(".kube-lint.yaml")).unwrap();
    (written, String::from_utf8(output.stdout).unwrap())
}

/// The lines that are no comments.
fn settings(text: &str) -> Vec<&str> {
    let lines = text.lines();
    lines
        .filter(|it| !it.is_empty() && !it.starts_with('#'))
        .collect()
}

#[test]
fn the_file_begins_with_its_schema_and_shows_every_key() {
    let folder = folder(&[("a.yaml", FINE)]);
    let (written, said) = init(&folder, &[]);
    assert_eq!(said, "wrote `.kube-lint.yaml`\n");
    assert_eq!(
        written.lines().next().unwrap(),
        "# yaml-language-server: $schema=https://raw.githubusercontent.com/kube-lint/kube-lint/main/docs/kube-lint.schema.json"
    );
    assert_eq!(settings(&written), [""; 0]);
    for key in KEYS {
        let example = written.split_once(&format!("\n# {}:", key.name));
        let (_, rest) = example.unwrap_or_else(|| panic!("nothing of `{}`", key.name));
        let value = rest.lines().next().unwrap();
        Config::from_yaml("a.yaml", &format!("{}:{value}\n", key.name)).unwrap();
    }
    kube_lint()
        .current_dir(folder.path())
        .args(["check", "--quiet"])
        .assert()
        .code(0);
}

#[test]
fn what_is_there_is_told() {
    let folder = folder(&[
        ("deploy/kustomization.yaml", "resources: [role.yaml]\n"),
        ("deploy/role.yaml", FINE),
        ("charts/shop/Chart.yaml", "name: shop\n"),
        ("vendor/role.yaml", ROLE),
        ("e2e/testdata/role.yaml", FINE),
    ]);
    let (written, _) = init(&folder, &[]);
    for expected in [
        "# Seen here: files 5, objects 3, findings 1.\n",
        "# Kustomizations: 1. ",
        "#     helm template charts/shop | kube-lint check -\n",
        "# exclude:\n# - /vendor/ # 1\n# - /e2e/ # 0\n",
    ] {
        assert!(written.contains(expected), "{expected}\n{written}");
    }
}

#[test]
fn an_existing_configuration_is_left_alone() {
    for name in [".kube-lint.yaml", ".kube-lint.yml"] {
        let folder = folder(&[("sub/a.yaml", FINE), (name, "world: closed\n")]);
        let path = folder.path().join(name);
        kube_lint()
            .current_dir(folder.path().join("sub"))
            .args(["init", ".."])
            .assert()
            .code(2)
            .stdout_eq("")
            .stderr_eq(format!(
                "error: `{}` is there already: change it, or move it away first\n",
                path.display()
            ));
        assert_eq!(fs::read_to_string(path).unwrap(), "world: closed\n");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}

#[test]
fn a_folder_can_be_named() {
    let folder = folder(&[("a/b.yaml", FINE)]);
    let command = kube_lint().current_dir(folder.path());
    command.args(["init", "a"]).assert().code(0);
    assert!(folder.path().join("a/.kube-lint.yaml").is_file());
    let command = kube_lint().current_dir(folder.path());
    let output = command.args(["init", "a/b.yaml"]).assert().code(2);
    output.stderr_eq("error: `a/b.yaml` is no folder\n");
}

#[test]
fn a_baseline_accepts_what_is_there() {
    let folder = folder(&[("role.yaml", ROLE)]);
    let check = || {
        let command = kube_lint().current_dir(folder.path());
        command.args(["check", "--quiet"]).assert()
    };
    check().code(1);
    let (written, said) = init(&folder, &["--baseline"]);
    assert_eq!(settings(&written), ["baseline: .kube-lint-baseline.yaml"]);
    assert_eq!(
        said,
        "wrote `.kube-lint-baseline.yaml`\nwrote `.kube-lint.yaml`\n"
    );
    check().code(0);
    let role = ROLE.replace("deployer", "other");
    write(folder.path(), "other.yaml", &role);
    check().code(1);
}

#[test]
fn a_baseline_is_never_written_over() {
    let folder = folder(&[("role.yaml", ROLE), (".kube-lint-baseline.yaml", "mine")]);
    let command = kube_lint().current_dir(folder.path());
    let output = command.args(["init", "--baseline"]).assert().code(2);
    output.stderr_eq(
        "error: `.kube-lint-baseline.yaml` is there already: change it, or move it away first\n",
    );
    assert!(!folder.path().join(".kube-lint.yaml").exists());
}

#[test]
fn kube_linter_is_translated() {
    let folder = folder(&[
        (
            ".kube-linter.yaml",
            "checks:\n  exclude: [wildcard-in-rules, latest-tag]\n  include: [access-to-secrets]\n  \
             ignorePaths: [vendor, ~/a, '**/gen/**']\n  failIfNoObjectsFound: true\n\
             customChecks:\n- name: own\n",
        ),
        ("role.yaml", ROLE),
        ("vendor/role.yaml", ROLE),
    ]);
    let (written, said) = init(&folder, &["--from=kube-linter"]);
    assert_eq!(
        settings(&written),
        [
            "exclude: # .kube-linter.yaml",
            "- /vendor",
            "- '**/gen/**'",
            "rules: # .kube-linter.yaml",
            "  rbac/wildcard-everything: off # wildcard-in-rules",
            "  rbac/wildcard-resource: off # wildcard-in-rules",
            "  rbac/wildcard-verb: off # wildcard-in-rules",
        ]
    );
    snapbox::assert_data_eq!(
        said,
        str![[r#"
wrote `.kube-lint.yaml`
translated `.kube-linter.yaml`

Not translated:
  .kube-linter.yaml:2: `latest-tag` has no equivalent
  .kube-linter.yaml:4: `~/a` is no path in this folder
  .kube-linter.yaml:5: key `checks.failIfNoObjectsFound`
  .kube-linter.yaml:7: custom check `own`

These annotations and comments are not read by kube-lint; add in their place:
role.yaml:4: Role `deployer`
  kube-lint/allow: "rbac/wildcard-verb"
  kube-lint/allow-reason: "needs them all"
  no equivalent: latest-tag

"#]]
    );
}

#[test]
fn only_the_checks_that_kube_linter_ran_stay_on() {
    let text =
        "checks:\n  doNotAutoAddDefaults: true\n  include: [access-to-secrets, run-as-non-root]\n";
    let folder = folder(&[(".kube-linter.yml", text)]);
    let (written, said) = init(&folder, &["--from=kube-linter"]);
    assert_eq!(
        settings(&written),
        [
            "rules: # .kube-linter.yml",
            "  '*': off # only what is listed was run",
            "  rbac/read-secrets-unscoped: error # access-to-secrets",
        ]
    );
    assert!(said.contains(".kube-linter.yml:3: `run-as-non-root` has no equivalent\n"));
}

#[test]
fn checkov_is_translated() {
    let folder = folder(&[
        (
            ".checkov.yaml",
            "skip-check: CKV2_K8S_6,CKV_K8S_40\nskip-path:\n- ./vendor/\n- a/b\n- 'x|y'\nsoft-fail: true\n\
             framework: kubernetes\n",
        ),
        ("role.yaml", ROLE),
    ]);
    let (written, said) = init(&folder, &["--from=checkov"]);
    assert_eq!(
        settings(&written),
        [
            "exclude: # .checkov.yaml",
            "- vendor/",
            "- '**/a/b'",
            "rules: # .checkov.yaml",
            "  network/namespace-without-policy: off # CKV2_K8S_6",
            "  network/workload-not-selected: off # CKV2_K8S_6",
            "fail-on: never # .checkov.yaml",
        ]
    );
    snapbox::assert_data_eq!(
        said,
        str![[r#"
wrote `.kube-lint.yaml`
translated `.checkov.yaml`

Not translated:
  .checkov.yaml:1: `CKV_K8S_40` has no equivalent
  .checkov.yaml:5: `x|y` is a regular expression
  .checkov.yaml:7: key `framework`

These annotations and comments are not read by kube-lint; add in their place:
role.yaml:4: Role `deployer`
  kube-lint/allow: "rbac/wildcard-verb"
  kube-lint/allow-reason: "it deploys"
  no equivalent: CKV_K8S_35

"#]]
    );
}

#[test]
fn nothing_is_allowed_that_is_not_found() {
    let role = ROLE.replace("'*'", "get");
    let folder = folder(&[("role.yaml", &role)]);
    let (_, said) = init(&folder, &["--from=kube-linter"]);
    assert!(!said.contains("kube-lint/allow"), "{said}");
    assert!(
        said.contains("  nothing found that it would allow: wildcard-in-rules\n"),
        "{said}"
    );
}

#[test]
fn what_is_printed_silences_what_the_other_linter_was_silent_of() {
    let folder = folder(&[("role.yaml", ROLE)]);
    let (_, said) = init(&folder, &["--from=checkov"]);
    let lines = said.lines().filter(|it| it.starts_with("  kube-lint/"));
    let lines: Vec<_> = lines.map(|it| format!("  {it}\n")).collect();
    let role = ROLE.replace(
        "  annotations:\n",
        &format!("  annotations:\n{}", lines.concat()),
    );
    write(folder.path(), "role.yaml", &role);
    let command = kube_lint().current_dir(folder.path());
    command
        .args(["check", "--quiet", "--require-reason"])
        .assert()
        .code(0)
        .stdout_eq("");
}

#[test]
fn a_broken_configuration_of_another_linter_has_its_line() {
    let folder = folder(&[(".checkov.yaml", "skip-check:\n- a\n  b: [\n")]);
    let command = kube_lint().current_dir(folder.path());
    let output = command.args(["init", "--from=checkov"]).assert().code(2);
    output.stderr_eq("error: .checkov.yaml:[..]: [..]\n");
    assert!(!folder.path().join(".kube-lint.yaml").exists());
}

#[test]
fn nothing_to_translate_is_said() {
    let folder = folder(&[("a.yaml", FINE)]);
    let (_, said) = init(&folder, &["--from=checkov"]);
    assert_eq!(
        said,
        "wrote `.kube-lint.yaml`\nthere is no `.checkov.yaml` or `.checkov.yml` to translate\n"
    );
}

//! `kube-lint config` says what holds for a path, and why.

use kube_lint_core::config::KEYS;
use snapbox::str;

use crate::{folder, kube_lint};

const CONFIG: &str = "\
exclude: [vendor/]
rules:
  rbac: warning
  network/*: 'off'
kube-version: 1.30
known:
  roles: [viewer]
overrides:
- paths: [test/]
  world: closed
  rules:
    network: info
    rbac/system-masters: info
";

/// The lines of `kube-lint config` in a folder with these files, blanks squeezed.
fn said(files: &[(&str, &str)], args: &[&str]) -> Vec<String> {
    let folder = folder(files);
    let command = kube_lint().current_dir(folder.path()).arg("config");
    let output = command.args(args).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().map(|line| {
        let words: Vec<_> = line.split_whitespace().collect();
        words.join(" ")
    });
    lines.collect()
}

#[track_caller]
fn says(lines: &[String], expected: &str) {
    assert!(lines.iter().any(|it| it == expected), "{lines:#?}");
}

#[test]
fn every_option_has_a_value_and_a_source() {
    let files = [(".kube-lint.yaml", CONFIG), ("test/a.yaml", "")];
    let args = ["test/a.yaml", "--namespace=shop", "--fail-on=never"];
    let lines = said(&files, &args);
    for expected in [
        "configuration .kube-lint.yaml in the root",
        "path test/a.yaml",
        "include all files default",
        "exclude vendor/ .kube-lint.yaml:1",
        "fail-on never --fail-on",
        "world closed .kube-lint.yaml:10 (overrides[0])",
        "kube-version 1.30 .kube-lint.yaml:5",
        "namespace shop --namespace",
        "known.roles viewer .kube-lint.yaml:7",
        "known.secrets none default",
        "cloud unknown default",
        "overrides[0] holds for test/ .kube-lint.yaml:9",
    ] {
        says(&lines, expected);
    }
    assert!(lines[0].starts_with("root "), "{lines:?}");
    assert!(lines[0].ends_with(" holds the nearest configuration"));
    for key in KEYS {
        let is_there = |line: &String| line.starts_with(key.name);
        assert!(lines.iter().any(is_there), "nothing of `{}`", key.name);
    }
}

#[test]
fn a_rule_with_another_level_has_what_set_it() {
    let files = [(".kube-lint.yaml", CONFIG), ("test/a.yaml", "")];
    let args = ["test", "--ignore=manifest,rbac/d*", "--level=audit=off"];
    let lines = said(&files, &args);
    for expected in [
        "audit/policy-invalid off, declared error --level audit=off",
        "manifest/duplicate-key off, declared error --ignore manifest",
        "network/allow-all-ingress info, declared error .kube-lint.yaml:12 (overrides[0]) `network`",
        "rbac/dangling-roleref off, declared error --ignore rbac/d*",
        "rbac/system-masters info, declared error .kube-lint.yaml:13 (overrides[0]) `rbac/system-masters`",
        "rbac/wildcard-everything warning, declared error .kube-lint.yaml:3 `rbac`",
    ] {
        says(&lines, expected);
    }
    let unchanged =
        |it: &String| it.starts_with("rbac/wildcard-verb ") || it.starts_with("secrets");
    assert!(!lines.iter().any(unchanged), "{lines:#?}");
}

#[test]
fn a_rule_that_is_off_by_default_says_what_switched_it_on() {
    let id = "rbac/unused-role";
    let says_on = |config: &str, args: &[&str], by: &str| {
        let lines = said(&[(".kube-lint.yaml", config)], args);
        let expected = format!("{id} info, declared info, off by default {by}");
        says(&lines, &expected);
    };
    says_on(
        "rules: {rbac/unused-role: info}\n",
        &[],
        ".kube-lint.yaml:1 `rbac/unused-role`",
    );
    says_on(
        "",
        &["--level=rbac/unused-role=info"],
        "--level rbac/unused-role=info",
    );
    says_on("", &["--select=rbac/unused-role"], "--select");
    for args in [
        &["--select=rbac"][..],
        &["--level=rbac=error"],
        &["--ignore=rbac"],
    ] {
        let lines = said(&[], args);
        assert!(!lines.iter().any(|it| it.starts_with(id)), "{args:?}");
    }
}

#[test]
fn an_override_holds_for_its_files_only() {
    let lines = said(&[(".kube-lint.yaml", CONFIG)], &[]);
    says(&lines, "world open default");
    says(
        &lines,
        "overrides[0] does not hold for test/ .kube-lint.yaml:9",
    );
    says(
        &lines,
        "network/allow-all-ingress off, declared error .kube-lint.yaml:4 `network/*`",
    );
}

#[test]
fn flags_go_before_overrides() {
    let files = [(".kube-lint.yaml", CONFIG), ("test/a.yaml", "")];
    let args = [
        "test",
        "--world=open",
        "--select=network",
        "--level=network=error",
    ];
    let lines = said(&files, &args);
    says(&lines, "world open --world");
    says(&lines, "rbac/wildcard-verb off, declared warning --select");
    says(
        &lines,
        "network/workload-not-selected error, declared warning --level network=error",
    );
    assert!(
        !lines
            .iter()
            .any(|it| it.starts_with("network/allow-all-ingress"))
    );
}

#[test]
fn without_a_configuration_all_is_default() {
    let lines = said(&[("a.yaml", "")], &[]);
    assert!(lines[0].ends_with(" no configuration and no git work tree around it"));
    says(&lines, "configuration none no .kube-lint.yaml in the root");
    says(&lines, "every rule has its declared level");
    assert!(lines.iter().all(|it| !it.contains(".yaml:")), "{lines:?}");
}

#[test]
fn a_path_may_be_left_out() {
    let files = [(".kube-lint.yaml", CONFIG), ("vendor/a.yaml", "")];
    says(
        &said(&files, &["vendor"]),
        "path vendor left out by `vendor/` of exclude",
    );
    let files = [(".kube-lint.yaml", "include: [a/]"), ("b/a.yaml", "")];
    says(
        &said(&files, &["b/a.yaml"]),
        "path b/a.yaml left out by include",
    );
}

#[test]
fn a_named_configuration_and_root_are_told() {
    let files = [("own.yaml", "{world: closed}\n"), ("a.yaml", "")];
    let lines = said(&files, &["--root=.", "--config=own.yaml"]);
    assert!(lines[0].ends_with(" --root"), "{lines:?}");
    says(&lines, "configuration own.yaml --config");
    says(&lines, "world closed own.yaml:1");
}

#[test]
fn a_broken_configuration_is_shown_as_always() {
    let folder = folder(&[(".kube-lint.yaml", "world: opne\n")]);
    let command = kube_lint().current_dir(folder.path());
    command.arg("config").assert().code(2).stderr_eq(str![[r#"
...
  × world: unknown value `opne`, did you mean `open`?
...
"#]]);
}

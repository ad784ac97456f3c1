//! Whole repositories, every rule, every format.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Command as Process, Stdio},
};

use snapbox::cmd::{OutputAssert, cargo_bin};
use tempfile::TempDir;

use crate::{FINE, folder, kube_lint, write};

const FORMATS: [&str; 3] = ["pretty", "short", "json"];

const ROLE: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: deployer, namespace: ci}
rules:
- apiGroups: [apps]
  resources: [controllerrevisions]
  verbs: ['*']
";

fn check(root: &TempDir, words: &[&str], stdin: &str) -> OutputAssert {
    let command = kube_lint().current_dir(root.path()).stdin(stdin);
    command
        .args(["check", "--show", "info"])
        .args(words)
        .assert()
}

/// What is written to both streams.
fn output(root: &TempDir, words: &[&str]) -> String {
    let assert = check(root, words, "");
    let output = assert.get_output();
    let streams = [&output.stdout, &output.stderr];
    streams
        .map(|it| String::from_utf8(it.clone()).unwrap())
        .concat()
}

#[test]
fn stdin_takes_the_place_of_its_file() {
    let mended = ROLE.replace("'*'", "get");
    let root = folder(&[(".git/x", ""), ("a/role.yaml", ROLE), ("b.yaml", FINE)]);
    let words = [
        "-",
        "--format",
        "short",
        "--quiet",
        "--select",
        "rbac",
        "--stdin-filename",
    ];
    let named = |name| [&words[..], &[name]].concat();
    check(&root, &named("a/role.yaml"), &mended)
        .code(0)
        .stdout_eq("");
    check(&root, &named("b.yaml"), FINE).code(0).stdout_eq("");
    let other = ROLE.replace("deployer", "other");
    check(&root, &named("new.yaml"), &other)
        .code(1)
        .stdout_eq("new.yaml:7:[..]: warning[rbac/wildcard-verb] [..]\n");
}

const WORKLOAD: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  containers:
  - name: web
    image: registry.example/web:1
    env:
    - name: PASSWORD
      valueFrom: {secretKeyRef: {name: database, key: pasword}}
";

const SECRET: &str = "\
apiVersion: v1
kind: Secret
metadata: {name: database, namespace: shop}
stringData: {password: '${PASSWORD}'}
";

#[test]
fn a_changed_file_answers_for_what_it_breaks_elsewhere() {
    let root = folder(&[
        (".git/x", ""),
        ("web.yaml", WORKLOAD),
        ("secret.yaml", SECRET),
        ("b.yaml", FINE),
    ]);
    let words = [
        "--format",
        "short",
        "--quiet",
        "--select",
        "secrets/key-missing",
    ];
    let found = "web.yaml:10:[..]: error[secrets/key-missing] [..]\n";
    check(&root, &[&words[..], &["secret.yaml"]].concat(), "")
        .code(1)
        .stdout_eq(found);
    check(&root, &[&words[..], &["web.yaml"]].concat(), "")
        .code(1)
        .stdout_eq(found);
    check(&root, &[&words[..], &["b.yaml"]].concat(), "")
        .code(0)
        .stdout_eq("");
}

#[test]
fn a_file_without_text_to_show_is_named_in_every_format() {
    let root = folder(&[("b.yaml", FINE)]);
    fs::write(root.path().join("a.yaml"), b"kind: \xff\n").unwrap();
    for format in FORMATS {
        let text = output(&root, &["--format", format]);
        assert!(text.contains("a.yaml"), "{format}: {text}");
        assert!(
            text.contains("manifest/unreadable-file"),
            "{format}: {text}"
        );
        assert!(text.contains("is not UTF-8"), "{format}: {text}");
    }
}

#[test]
fn a_long_line_is_never_shown_whole() {
    let value = "x".repeat(2_000_000);
    let text = format!(
        "{{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{{\"name\":\"Not_valid\"}},\"data\":{{\"a\":\"{value}\"}}}}"
    );
    let root = folder(&[("a.json", &text)]);
    for format in FORMATS {
        let text = output(&root, &["--format", format]);
        assert!(text.contains("manifest/invalid-name"), "{format}: {text}");
        assert!(text.len() < 10_000, "{format}: {} bytes", text.len());
    }
}

#[test]
fn escapes_in_manifests_do_not_reach_the_terminal() {
    let named = ROLE.replace("deployer", "\"dep\\e[31mloyer\"");
    let broken = ROLE.replace("metadata", "# \u{9b}31m\nmetadata");
    let root = folder(&[("esc\u{1b}[31m.yaml", &named), ("broken.yaml", &broken)]);
    for format in FORMATS {
        let text = output(&root, &["--format", format, "--color", "never"]);
        assert!(text.contains("rbac/wildcard-verb"), "{format}: {text}");
        assert!(text.contains("manifest/syntax-error"), "{format}: {text}");
        assert!(!text.contains(['\u{1b}', '\u{9b}']), "{format}: {text:?}");
    }
}

/// Values of secrets, each in another place.
const PLANTED: [&str; 6] = [
    "Tr0ub4dor-and-3",
    "VHIwdWI0ZG9yLWFuZC0z",
    "9f86d081884c7d659a2feaa0c55ad015",
    "hunter2-but-longer",
    "s3cr3t-in-a-broken-one",
    "p4ss-behind-an-anchor",
];

#[test]
fn no_format_shows_a_secret() {
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: Bad_name}\nstringData: {password: Tr0ub4dor-and-3}\ndata:\n  other: VHIwdWI0ZG9yLWFuZC0z\n  third: not base64!\n";
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: Bad_name}\nspec:\n  serviceAccount: x\n  containers:\n  - name: a\n    env:\n    - name: API_TOKEN\n      value: 9f86d081884c7d659a2feaa0c55ad015\n    - {name: DB_PASSWORD, value: &p p4ss-behind-an-anchor}\n    - {name: OTHER_PASSWORD, value: *p}\n";
    let config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: Bad_name}\ndata:\n  password: hunter2-but-longer\n";
    let broken = "apiVersion: v1\nkind: Secret\nmetadata: {name: b}\nstringData:\n  password: s3cr3t-in-a-broken-one\n broken: [\n";
    let root = folder(&[
        ("secret.yaml", secret),
        ("pod.yaml", pod),
        ("config.yaml", config),
        ("broken.yaml", broken),
    ]);
    for format in FORMATS {
        let text = output(&root, &["--format", format]);
        for file in ["secret.yaml", "pod.yaml", "config.yaml", "broken.yaml"] {
            assert!(
                text.contains(file),
                "{format} says nothing of {file}: {text}"
            );
        }
        for value in PLANTED {
            assert!(!text.contains(value), "{format} shows {value}: {text}");
        }
    }
}

#[test]
fn a_reader_may_stop_reading() {
    let root = folder(&[("b.yaml", FINE)]);
    for number in 0..2_000 {
        let role = ROLE.replace("deployer", &format!("role-{number}"));
        write(root.path(), &format!("role-{number}.yaml"), &role);
    }
    let mut child = Process::new(cargo_bin!("kube-lint"))
        .arg("check")
        .arg(root.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        !errors.contains("panicked") && !errors.contains("Broken pipe"),
        "{errors}"
    );
}

#[test]
fn the_same_is_written_on_any_number_of_threads() {
    let root = folder(&[
        ("a.yaml", ROLE),
        ("b/c.yaml", WORKLOAD),
        ("b/d.yaml", SECRET),
    ]);
    let one = output(&root, &["--format", "json", "--threads", "1", "--quiet"]);
    for threads in ["2", "8"] {
        assert_eq!(
            output(
                &root,
                &["--format", "json", "--threads", threads, "--quiet"]
            ),
            one
        );
    }
}

#[test]
fn the_readme_shows_what_is_really_written() {
    let top = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let readme = fs::read_to_string(format!("{top}/README.md")).unwrap();
    let (_, rest) = readme.split_once("<!-- kube-lint ").unwrap();
    let (words, rest) = rest.split_once(" -->\n```text\n").unwrap();
    let (shown, _) = rest.split_once("```").unwrap();
    let assert = kube_lint().current_dir(top).args(words.split(' ')).assert();
    let written = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
    assert_eq!(written.trim_end(), shown.trim_end());
}

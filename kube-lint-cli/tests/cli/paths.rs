//! How files are named: for people and editors from the working folder, for programs from the root.

use std::path::Path;

use snapbox::str;
use tempfile::TempDir;

use crate::{folder, kube_lint};

/// A Role with a fault in line 7.
const ROLE: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: deployer, namespace: ci}
rules:
- apiGroups: [apps]
  resources: [controllerrevisions]
  verbs: ['*']
";

/// A root with one fault in `a/b` and a copy of it in `a`.
fn root() -> TempDir {
    folder(&[
        (".git/x", ""),
        ("a/b/role.yaml", ROLE),
        ("a/copy.yaml", ROLE),
    ])
}

/// What `check` writes from the folder `here`.
fn written(here: &Path, format: &str, words: &[&str]) -> String {
    let command = kube_lint().current_dir(here).stdin(ROLE);
    let command = command.args(["check", "--quiet", "--select", "rbac/wildcard-verb"]);
    let assert = command.args(["--format", format]).args(words).assert();
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

/// The name of the file of the only finding.
fn named(here: &Path, words: &[&str]) -> String {
    let line = written(here, "short", words);
    line.split_once(":7:").unwrap().0.to_owned()
}

#[test]
fn a_name_can_be_opened_from_the_working_folder() {
    let root = root();
    let top = root.path();
    assert_eq!(named(top, &[]), "a/copy.yaml");
    assert_eq!(named(top, &["a/b"]), "a/copy.yaml");
    assert_eq!(named(&top.join("a"), &["."]), "copy.yaml");
    assert_eq!(named(&top.join("a/b"), &["role.yaml"]), "../copy.yaml");
    assert_eq!(
        named(&top.join("a/b"), &["-", "--stdin-filename", "new.yaml"]),
        "../copy.yaml"
    );
}

#[test]
fn a_root_below_or_elsewhere_is_part_of_the_name() {
    let root = root();
    let elsewhere = TempDir::new().unwrap();
    let top = root.path().canonicalize().unwrap();
    let name = top.file_name().unwrap().to_str().unwrap();
    assert_eq!(
        named(top.parent().unwrap(), &[name]),
        format!("{name}/a/copy.yaml")
    );
    let top = top.to_str().unwrap();
    assert_eq!(
        named(elsewhere.path(), &[top]),
        format!("{top}/a/copy.yaml")
    );
}

#[test]
fn a_stream_has_no_folder() {
    let root = root();
    assert_eq!(named(&root.path().join("a"), &["-"]), "<stdin>");
}

#[test]
fn evidence_is_named_as_the_finding_is() {
    let root = root();
    let written = written(&root.path().join("a/b"), "pretty", &["role.yaml"]);
    snapbox::assert_data_eq!(
        written,
        str![[r#"
Role ci/deployer · ../copy.yaml

warning[rbac/wildcard-verb]

  ⚠ role `ci/deployer` grants every verb on `controllerrevisions`
   ╭─[../copy.yaml:7:11]
 6 │   resources: [controllerrevisions]
 7 │   verbs: ['*']
   ·           ─┬─
   ·            ╰── every verb, now and later
   ╰────
  help: list the verbs that are used
  ╰─▶   → the same in this copy
         ╭─[role.yaml:7:11]
       6 │   resources: [controllerrevisions]
       7 │   verbs: ['*']
         ·           ───
         ╰────


"#]]
    );
}

#[test]
fn programs_get_names_from_the_root() {
    let root = root();
    let json = written(&root.path().join("a/b"), "json", &["role.yaml"]);
    assert!(json.contains(r#""file":"a/copy.yaml","line":7"#), "{json}");
    assert!(
        json.contains(r#""file":"a/b/role.yaml","line":7"#),
        "{json}"
    );
}

//! `check --write-baseline` and `check --baseline`.

use std::fs;

use snapbox::{cmd::OutputAssert, str};
use tempfile::TempDir;

use crate::{folder, kube_lint, write};

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

const SECRET: &str = "\
apiVersion: v1
kind: Secret
metadata: {name: db, namespace: shop}
stringData: {password: vR8-kd2Wq-Tz6mLp}
";

fn check(root: &TempDir, words: &[&str]) -> OutputAssert {
    let command = kube_lint().current_dir(root.path());
    let command = command.args(["check", "--format", "short"]).args(words);
    command.assert()
}

#[test]
fn what_is_accepted_is_written_and_holds() {
    let root = folder(&[("rbac/a.yaml", ROLE), ("secret.yaml", SECRET)]);
    check(&root, &["--write-baseline", "accepted.yaml"])
        .code(0)
        .stdout_eq("")
        .stderr_eq("wrote 2 findings to `accepted.yaml`\n");
    snapbox::assert_data_eq!(
        fs::read_to_string(root.path().join("accepted.yaml")).unwrap(),
        str![[r#"
# Findings that are accepted for now, written by `kube-lint check --write-baseline`.
# A check with `--baseline` fails for what is not here.
version: 1
findings:
  rbac/a.yaml:
  - rule: rbac/wildcard-verb
    object: Role ci/deployer
    level: warning
    fingerprint: 38a6e72c2a763cb2
  secret.yaml:
  - rule: secrets/plaintext-committed
    object: Secret shop/db
    level: warning
    fingerprint: 2ccf3547e86bce71

"#]]
    );
    check(&root, &["--baseline", "accepted.yaml"])
        .code(0)
        .stdout_eq("")
        .stderr_eq(str![[r#"
3 files, 2 objects in [..]s; skipped 1 not manifest; no findings, 2 known

"#]]);
    // Relative to the current folder, and for named files too.
    let below = kube_lint().current_dir(root.path().join("rbac"));
    let words = [
        "check",
        "--quiet",
        "--root",
        "..",
        "--baseline",
        "../accepted.yaml",
        "a.yaml",
    ];
    below.args(words).assert().code(0).stdout_eq("");
}

#[test]
fn only_what_is_new_fails_and_what_is_gone_is_said() {
    let root = folder(&[("a.yaml", ROLE), ("secret.yaml", SECRET)]);
    check(&root, &["--quiet", "--write-baseline", "b.yaml"])
        .code(0)
        .stderr_eq("");
    write(root.path(), "a.yaml", &ROLE.replace("deployer", "builder"));
    check(&root, &["--baseline", "b.yaml"])
        .code(1)
        .stdout_eq(str![[r#"
a.yaml:9:11: warning[rbac/wildcard-verb] role `ci/builder` grants every verb on `controllerrevisions`

"#]])
        .stderr_eq(str![[r#"
3 files, 2 objects in [..]s; skipped 1 not manifest; 1 warning, 1 known
1 finding of the baseline is gone: write it anew with `--write-baseline b.yaml`

"#]]);
    // What is gone is gone whatever was named.
    check(&root, &["--baseline", "b.yaml", "secret.yaml"])
        .code(0)
        .stderr_eq(str![[r#"
3 files, 2 objects in [..]s; skipped 1 not manifest; no findings, 1 known
1 finding of the baseline is gone: write it anew with `--write-baseline b.yaml`

"#]]);
    // A rule that has no say says nothing of what it had found.
    check(&root, &["--baseline", "b.yaml", "--ignore", "rbac"])
        .code(0)
        .stderr_eq(str![[r#"
3 files, 2 objects in [..]s; skipped 1 not manifest; no findings, 1 known

"#]]);
    check(&root, &["--write-baseline", "b.yaml"]).code(0);
    check(&root, &["--baseline", "b.yaml"]).code(0);
    assert_eq!(
        fs::read_dir(root.path()).unwrap().count(),
        3,
        "nothing else is left"
    );
}

#[test]
fn paths_do_not_make_a_baseline_smaller() {
    let root = folder(&[
        ("a/a.yaml", ROLE),
        ("secret.yaml", SECRET),
        (".kube-lint.yaml", ""),
    ]);
    check(&root, &["--write-baseline", "b.yaml", "a"])
        .code(0)
        .stderr_eq("wrote 2 findings to `b.yaml`\n");
}

#[test]
fn a_baseline_that_cannot_be_used_is_an_error() {
    let root = folder(&[("a.yaml", ROLE), ("b.yaml", "version: 2\nfindings: {}\n")]);
    check(&root, &["--baseline", "none.yaml"])
        .code(2)
        .stderr_eq("error: no such file or folder: `none.yaml`\n");
    check(&root, &["--baseline", "b.yaml"])
        .code(2)
        .stderr_eq(str![[r#"
error[baseline]

  × version: expected `1`, found `2`
   ╭─[b.yaml:1:10]
 1 │ version: 2
   ·          ─
 2 │ findings: {}
   ╰────

"#]]);
    write(
        root.path(),
        "b.yaml",
        "version: 1\nfindings:\n  a.yaml:\n  - rule: a\n    level: bad\n",
    );
    check(&root, &["--baseline", "b.yaml"])
        .code(2)
        .stderr_eq(str![[r#"
error[baseline]

  × findings.a.yaml[0].level: expected `info`, `warning` or `error`, found `bad`
   ╭─[b.yaml:5:12]
 4 │   - rule: a
 5 │     level: bad
   ·            ───
   ╰────

"#]]);
    check(&root, &["--write-baseline", "none/b.yaml"])
        .code(2)
        .stderr_eq("error: cannot write `none/b.yaml`: [..]\n");
    let stdin = kube_lint().current_dir(root.path()).stdin(ROLE);
    let stdin = stdin.args(["check", "-", "--write-baseline", "b.yaml"]);
    stdin
        .assert()
        .code(2)
        .stderr_eq("error: `--write-baseline` needs the files of a root, not stdin\n");
}

#[test]
fn a_stream_is_held_to_a_baseline_too() {
    let root = folder(&[("a.yaml", ROLE), ("secret.yaml", SECRET)]);
    check(&root, &["--quiet", "--write-baseline", "b.yaml"]).code(0);
    let stdin = kube_lint().current_dir(root.path()).stdin(ROLE);
    let stdin = stdin.args(["check", "-", "--baseline", "b.yaml"]);
    stdin.assert().code(0).stderr_eq(str![[r#"
1 file, 1 object in [..]s; no findings, 1 known

"#]]);
}

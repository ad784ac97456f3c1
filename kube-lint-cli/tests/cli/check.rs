//! Findings, from the file to the exit status.

use snapbox::{cmd::OutputAssert, str};
use tempfile::TempDir;

use crate::{FINE, folder, kube_lint};

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

const FOUND: &str = "[..]: warning[rbac/wildcard-verb] [..]\n";

fn check(folder: &TempDir, words: &[&str]) -> OutputAssert {
    let command = kube_lint().current_dir(folder.path());
    let command = command.args(["check", "--select", "rbac/wildcard-verb", "--quiet"]);
    command.args(words).assert()
}

fn short(folder: &TempDir, words: &[&str]) -> OutputAssert {
    check(folder, &[&["--format", "short"], words].concat())
}

#[test]
fn a_finding_is_drawn_below_its_object() {
    let folder = folder(&[("rbac/roles.yaml", ROLE)]);
    check(&folder, &[]).code(1).stdout_eq(str![[r#"
Role ci/deployer · rbac/roles.yaml

warning[rbac/wildcard-verb]

  ⚠ role `ci/deployer` grants every verb on `controllerrevisions`
   ╭─[rbac/roles.yaml:7:11]
 6 │   resources: [controllerrevisions]
 7 │   verbs: ['*']
   ·           ─┬─
   ·            ╰── every verb, now and later
   ╰────
  help: list the verbs that are used


"#]]);
}

#[test]
fn colours_do_not_change_the_text() {
    let folder = folder(&[("rbac/roles.yaml", ROLE)]);
    let plain = check(&folder, &[]);
    let plain = String::from_utf8_lossy(&plain.get_output().stdout).into_owned();
    let coloured = check(&folder, &["--color", "always"]);
    let coloured = String::from_utf8_lossy(&coloured.get_output().stdout).into_owned();
    let stripped: String = coloured
        .split('\u{1b}')
        .enumerate()
        .map(|(number, it)| {
            if number == 0 {
                it
            } else {
                it.split_once('m').unwrap().1
            }
        })
        .collect();
    assert_ne!(coloured, plain);
    assert_eq!(stripped, plain);
}

#[test]
fn a_line_for_each_finding() {
    let folder = folder(&[("rbac/roles.yaml", ROLE)]);
    short(&folder, &[]).code(1).stdout_eq(str![[r#"
rbac/roles.yaml:7:11: warning[rbac/wildcard-verb] role `ci/deployer` grants every verb on `controllerrevisions`

"#]]);
}

#[test]
fn programs_get_everything_and_always_the_same() {
    let folder = folder(&[("a.yaml", ROLE), ("b.yaml", FINE)]);
    let json = |threads| check(&folder, &["--format", "json", "--threads", threads]);
    let assert = json("1").code(1).stderr_eq("").stdout_eq(str![[r#"
{"version":1,"findings":[{"rule":"rbac/wildcard-verb","severity":"warning","confidence":"high","message":"role `ci/deployer` grants every verb on `controllerrevisions`","help":"list the verbs that are used","fix":null,"file":"a.yaml","line":7,"column":11,"end_line":7,"end_column":14,"object":{"kind":"Role","namespace":"ci","name":"deployer"},"related":[],"fingerprint":"38a6e72c2a763cb2"}],"suppressed":[],"summary":{"files":2,"objects":2,"errors":0,"warnings":1,"infos":0,"suppressed":0,"skipped":[]}}

"#]]);
    let text = String::from_utf8_lossy(&assert.get_output().stdout).into_owned();
    json("2").stdout_eq(text);
}

#[test]
fn the_threshold_decides_the_exit_status() {
    let folder = folder(&[("a.yaml", ROLE)]);
    short(&folder, &["--fail-on", "info"]).code(1);
    short(&folder, &["--fail-on", "warning"]).code(1);
    short(&folder, &["--fail-on", "error"])
        .code(0)
        .stdout_eq(FOUND);
    short(&folder, &["--fail-on", "never"])
        .code(0)
        .stdout_eq(FOUND);
}

#[test]
fn a_level_can_be_changed_by_file_and_by_flag() {
    let folder = folder(&[
        ("a.yaml", ROLE),
        (".kube-lint.yaml", "rules: {rbac: error}\nfail-on: error\n"),
    ]);
    let line = "a.yaml:7:[..]: error[rbac/wildcard-verb] [..]\n";
    short(&folder, &[]).code(1).stdout_eq(line);
    short(&folder, &["--level", "rbac=warning"])
        .code(0)
        .stdout_eq(FOUND);
    short(&folder, &["--level", "rbac/wildcard-verb=off"])
        .code(0)
        .stdout_eq("");
    short(&folder, &["--ignore", "rbac"]).code(0).stdout_eq("");
}

#[test]
fn info_is_hidden_but_counted() {
    let folder = folder(&[("a.yaml", ROLE)]);
    let words = ["--level", "rbac/*=info"];
    short(&folder, &words).code(0).stdout_eq("");
    short(&folder, &["--level", "rbac=info", "--show", "info"])
        .code(0)
        .stdout_eq("a.yaml:7:[..]: info[rbac/wildcard-verb] [..]\n");
    let command = kube_lint().current_dir(folder.path()).arg("check");
    let assert = command
        .args(words)
        .args(["--select", "rbac/wildcard-verb"])
        .assert();
    assert
        .code(0)
        .stdout_eq("")
        .stderr_eq("1 file, 1 object in [..]; 1 info hidden (`--show info`)\n");
}

#[test]
fn only_what_was_named_is_reported() {
    let other = ROLE.replace("deployer", "other");
    let folder = folder(&[(".git/x", ""), ("a/b.yaml", ROLE), ("c.yaml", &other)]);
    short(&folder, &["a"]).code(1).stdout_eq(FOUND);
    short(&folder, &["./a/b.yaml"]).code(1).stdout_eq(FOUND);
    short(&folder, &["c.yaml"]).code(1).stdout_eq(FOUND);
    short(&folder, &["c.yaml", "a"])
        .code(1)
        .stdout_eq(FOUND.repeat(2));
    short(&folder, &["."]).code(1).stdout_eq(FOUND.repeat(2));
}

#[cfg(unix)]
#[test]
fn a_link_stands_for_the_file_it_leads_to() {
    let folder = folder(&[(".git/x", ""), ("a/b.yaml", ROLE)]);
    std::os::unix::fs::symlink("a/b.yaml", folder.path().join("link.yaml")).unwrap();
    short(&folder, &["link.yaml"])
        .code(1)
        .stdout_eq("a/b.yaml:7:[..]\n");
}

#[test]
fn what_is_excluded_stays_so_when_named() {
    let folder = folder(&[("a/b.yaml", ROLE), (".kube-lint.yaml", "exclude: [a/]\n")]);
    short(&folder, &["a/b.yaml"]).code(0).stdout_eq("");
    short(&folder, &["a"]).code(0).stdout_eq("");
}

#[test]
fn stdin_is_linted_alone() {
    let command = kube_lint()
        .stdin(ROLE)
        .args(["check", "-", "--format", "short", "--quiet"]);
    let command = command.args(["--select", "rbac/wildcard-verb"]);
    command
        .assert()
        .code(1)
        .stdout_eq("<stdin>:7:[..]: warning[rbac/wildcard-verb] [..]\n");
}

#[test]
fn a_crowded_folder_is_named() {
    let roles: Vec<_> = (0..30)
        .map(|number| {
            let folder = if number < 20 {
                "examples/old"
            } else {
                "deploy"
            };
            let role = ROLE.replace("deployer", &format!("role-{number}"));
            (format!("{folder}/{number}.yaml"), role)
        })
        .collect();
    let files: Vec<_> = roles
        .iter()
        .map(|(path, text)| (&**path, &**text))
        .collect();
    let folder = folder(&files);
    let command = kube_lint().current_dir(folder.path());
    let assert = command
        .args(["check", "--select", "rbac/wildcard-verb"])
        .assert();
    assert.code(1).stderr_eq(str![[r#"
20 of 30 findings are in `examples/old`, which `exclude: [examples/old/**]` in `.kube-lint.yaml` leaves out
30 files, 30 objects in [..]; 30 warnings

"#]]);
}

#[test]
fn rules_are_listed_and_explained() {
    let assert = kube_lint().arg("rules").assert();
    assert.code(0).stdout_eq("...\nrbac/wildcard-verb[..]\n...");
    let assert = kube_lint().args(["explain", "rbac/wildcard-verb"]).assert();
    assert
        .code(0)
        .stdout_eq("# rbac/wildcard-verb\n...\n## What it does\n...");
}

#[test]
fn the_nearest_rule_is_named() {
    for unknown in ["rbac/wildcrd-verb", "wildcard-verb"] {
        kube_lint()
            .args(["explain", unknown])
            .assert()
            .code(2)
            .stderr_eq(format!(
                "error: unknown rule `{unknown}`, did you mean `rbac/wildcard-verb`?\n"
            ));
    }
}

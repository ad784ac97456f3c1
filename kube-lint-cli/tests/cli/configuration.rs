//! What is wrong with a `.kube-lint.yaml` is shown like a finding.

use snapbox::{cmd::OutputAssert, str};

use crate::{folder, kube_lint, write};

fn check(config: &str) -> OutputAssert {
    let folder = folder(&[(".kube-lint.yaml", config)]);
    let command = kube_lint().current_dir(folder.path());
    command.args(["check", "--quiet"]).assert().stdout_eq("")
}

#[test]
fn an_unknown_key_is_shown_with_the_nearest() {
    check("world: open\nexlude: [vendor/]\n")
        .code(2)
        .stderr_eq(str![[r#"
error[config]

  × unknown key `exlude`, did you mean `exclude`?
   ╭─[.kube-lint.yaml:2:1]
 1 │ world: open
 2 │ exlude: [vendor/]
   · ──────
   ╰────

"#]]);
}

#[test]
fn an_unknown_rule_is_shown() {
    check("rules:\n  nothing/of-this: off # why\n")
        .code(2)
        .stderr_eq(str![[r#"
error[config]

  × rules: unknown rule `nothing/of-this`
   ╭─[.kube-lint.yaml:2:3]
 1 │ rules:
 2 │   nothing/of-this: off # why
   ·   ───────────────
   ╰────

"#]]);
}

#[test]
fn a_long_line_is_cut_around_what_is_wrong() {
    let globs = "charts/vendor, ".repeat(1000);
    let config = format!("exclude: [{globs} 'a{{', {globs} b]\n");
    check(&config).code(2).stderr_eq(str![[r#"
error[config]

  × exclude[1000]: not a glob: unclosed alternate group; missing '}' (maybe escape '{' with
  │ '[{]'?)
   ╭─[.kube-lint.yaml:1:15012]
 1 │ …/vendor, charts/vendor, charts/vendor,  'a{', charts/vendor, charts/vendor, charts/vendor, charts/vendor, charts/vendor,…
   ·                                          ────
   ╰────

"#]]);
}

#[test]
fn escapes_never_reach_the_terminal() {
    check("\"\\e[31m\": 1\n").code(2).stderr_eq(str![[r#"
error[config]

  × unknown key `/u{1b}[31m`, expected `include`, [..]
...
   ╭─[.kube-lint.yaml:1:1]
 1 │ "/e[31m": 1
   · ────────
   ╰────

"#]]);
}

#[test]
fn a_baseline_is_beside_its_configuration() {
    let role = "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\n\
                metadata: {name: a, namespace: b}\nrules:\n\
                - {apiGroups: [apps], resources: [controllerrevisions], verbs: ['*']}\n";
    let folder = folder(&[
        ("sub/role.yaml", role),
        ("conf/own.yaml", "baseline: old.yaml\n"),
    ]);
    let check = |args: &[&str]| {
        let command = kube_lint().current_dir(folder.path().join("sub"));
        command
            .args(["check", "--quiet", "--root=.."])
            .args(args)
            .assert()
    };
    check(&["--write-baseline=../conf/old.yaml"]).code(0);
    check(&[]).code(1);
    check(&["--config=../conf/own.yaml"]).code(0);
    // The command line goes before the file.
    write(folder.path(), "none.yaml", "version: 1\nfindings: {}\n");
    check(&["--config=../conf/own.yaml", "--baseline=../none.yaml"]).code(1);
    // Writing it anew does not read it.
    write(folder.path(), "conf/old.yaml", "broken: [\n");
    let anew = [
        "--config=../conf/own.yaml",
        "--write-baseline=../conf/old.yaml",
    ];
    check(&anew).code(0);
    check(&["--config=../conf/own.yaml"]).code(0);
    std::fs::remove_file(folder.path().join("conf/old.yaml")).unwrap();
    check(&["--config=../conf/own.yaml"])
        .code(2)
        .stderr_eq("error: no such file or folder: `../conf/old.yaml`\n");
}

#[test]
fn a_version_need_not_be_quoted() {
    check("kube-version: 1.30\n").code(0).stderr_eq("");
}

#[test]
fn bytes_that_are_no_text_are_an_error() {
    let folder = folder(&[]);
    std::fs::write(folder.path().join(".kube-lint.yaml"), b"world: \xff\n").unwrap();
    kube_lint()
        .current_dir(folder.path())
        .arg("check")
        .assert()
        .code(2)
        .stderr_eq(
            "error: cannot read `[..].kube-lint.yaml`: stream did not contain valid UTF-8\n",
        );
}

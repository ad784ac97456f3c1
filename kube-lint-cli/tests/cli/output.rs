//! Colours, the summary, and streams that close early.

use crate::{FINE, folder, kube_lint};

#[test]
fn nothing_is_written_to_stdout_where_nothing_is_found() {
    let folder = folder(&[("a.yaml", FINE)]);
    for format in ["pretty", "short"] {
        let command = kube_lint().current_dir(folder.path());
        let assert = command.args(["check", "--format", format]).assert();
        assert
            .code(0)
            .stdout_eq("")
            .stderr_eq("[..] ms; no findings\n");
    }
}

#[test]
fn json_is_written_all_the_same() {
    let folder = folder(&[("a.yaml", FINE)]);
    let command = kube_lint().current_dir(folder.path());
    let assert = command.args(["check", "--format", "json"]).assert();
    assert
        .code(0)
        .stderr_eq("")
        .stdout_eq("{\"version\":1,\"findings\":[],\"suppressed\":[],\"summary\":{[..]}}\n");
}

#[test]
fn colours_can_be_forced_and_forbidden() {
    let config = [(".kube-lint.yaml", "nothing: 1\n")];
    let folder = folder(&config);
    let is_coloured = |words: &[&str], name: &str| {
        let command = kube_lint().current_dir(folder.path()).env(name, "1");
        let output = command.arg("check").args(words).output().unwrap();
        output.stderr.contains(&0x1b)
    };
    assert!(!is_coloured(&[], "UNRELATED"));
    assert!(is_coloured(&["--color", "always"], "NO_COLOR"));
    assert!(is_coloured(&[], "CLICOLOR_FORCE"));
    assert!(!is_coloured(&["--color", "never"], "CLICOLOR_FORCE"));
    assert!(!is_coloured(&["--color", "auto"], "NO_COLOR"));
}

#[cfg(unix)]
#[test]
fn a_reader_that_leaves_is_no_error() {
    use std::process::{Command, Stdio};

    let mut child = Command::new(snapbox::cmd::cargo_bin!("kube-lint"))
        .args(["check", "--format", "json", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The reader leaves before anything is written, since that waits for the end of stdin.
    drop(child.stdout.take());
    drop(child.stdin.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

/// A Role with a fault.
const ROLE: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: deployer, namespace: ci}
rules: [{apiGroups: [apps], resources: [controllerrevisions], verbs: ['*']}]
";

#[test]
fn a_file_gets_the_format_and_the_terminal_what_people_read() {
    let folder = folder(&[("a.yaml", ROLE), ("out/old.txt", "old")]);
    let check = |words: &[&str]| {
        let command = kube_lint().current_dir(folder.path()).arg("check");
        command
            .args(["--format", "json", "a.yaml"])
            .args(words)
            .assert()
    };
    let expected = check(&[]).code(1).get_output().stdout.clone();
    for file in ["new.txt", "out/old.txt"] {
        check(&["--output", file])
            .code(1)
            .stdout_eq("Role ci/deployer · a.yaml\n...")
            .stderr_eq("[..] ms; 1 warning\n");
        let written = std::fs::read(folder.path().join(file)).unwrap();
        assert_eq!(written, expected, "{file}");
    }
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let folder = folder(&[("a.yaml", ROLE), ("old.txt", "old"), ("bad.yaml", "x: 1")]);
    let check = |words: &[&str]| {
        let command = kube_lint().current_dir(folder.path()).arg("check");
        command
            .args(["a.yaml", "--output"])
            .args(words)
            .assert()
            .code(2)
            .stdout_eq("")
    };
    check(&["old.txt", "--config", "bad.yaml"]);
    assert_eq!(
        std::fs::read(folder.path().join("old.txt")).unwrap(),
        b"old"
    );
    check(&["none/a.json"]).stderr_eq("error: cannot write `none/a.json`: [..](os error [..])\n");
    check(&["."]).stderr_eq("error: cannot write `.`: [..]\n");
    let left = std::fs::read_dir(folder.path()).unwrap();
    assert_eq!(left.count(), 3);
}

#[cfg(unix)]
#[test]
fn a_file_is_as_readable_as_any_other() {
    use std::os::unix::fs::{MetadataExt, symlink};

    let folder = folder(&[("a.yaml", ROLE), ("old.txt", "old")]);
    symlink("old.txt", folder.path().join("link.json")).unwrap();
    for file in ["new.txt", "link.json", "/dev/null"] {
        let command = kube_lint().current_dir(folder.path());
        command
            .args(["check", "a.yaml", "--output", file])
            .assert()
            .code(1);
    }
    let mode = |file: &str| std::fs::metadata(folder.path().join(file)).unwrap().mode();
    assert_eq!(mode("new.txt"), mode("a.yaml"));
    let link = folder.path().join("link.json").symlink_metadata().unwrap();
    assert!(link.is_symlink());
    assert_ne!(
        std::fs::read(folder.path().join("old.txt")).unwrap(),
        b"old"
    );
    assert!(!std::path::Path::new("/dev/null").is_file());
}

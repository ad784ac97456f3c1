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
        .stdout_eq("{\"version\":1,\"findings\":[],\"summary\":{[..]}}\n");
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

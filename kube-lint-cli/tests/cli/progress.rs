//! The line that says how far a long run is, on a terminal made by `script`.
//!
//! A run is long because its configuration is a named pipe into which the test has not written yet.

use std::{
    io::{BufReader, Read},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use snapbox::cmd::cargo_bin;
use tempfile::TempDir;

use crate::{FINE, folder, write};

/// What is drawn while nothing is known yet, and what takes it away.
const LINE: &str = "looking for files";
const BLANKED: &str = "\r                                        \r";

#[expect(clippy::print_stdout, reason = "who runs the tests is to know")]
fn has_script() -> bool {
    let found = Command::new("script").arg("--version").output();
    let found = found.is_ok_and(|it| it.status.success());
    if !found {
        println!("not tested: there is no `script` here");
    }
    found
}

fn root() -> TempDir {
    let root = folder(&[("a.yaml", FINE)]);
    let pipe = root.path().join("config");
    let made = Command::new("mkfifo").arg(pipe).status().unwrap();
    assert!(made.success());
    root
}

/// `kube-lint check` on a terminal, waiting for its configuration.
fn start(root: &Path, words: &str, variables: &[(&str, &str)]) -> Child {
    let check = format!(
        "timeout --foreground 60 {} check --config config {words}",
        cargo_bin!("kube-lint").display()
    );
    let mut command = Command::new("script");
    command
        .args(["-qec", &check, "/dev/null"])
        .current_dir(root);
    for variable in ["CI", "GIT_EXEC_PATH", "PRE_COMMIT", "NO_COLOR"] {
        command.env_remove(variable);
    }
    command.env("TERM", "xterm");
    command.envs(variables.iter().copied());
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    command.spawn().unwrap()
}

/// Lets the run go on.
fn configure(root: &Path) {
    write(root, "config", "fail-on: never\n");
}

#[test]
fn a_long_run_says_how_far_it_is_until_it_ends() {
    if !has_script() {
        return;
    }
    let root = root();
    let mut child = start(root.path(), "", &[]);
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut seen = String::new();
    while !seen.contains(LINE) {
        let mut byte = [0];
        output.read_exact(&mut byte).unwrap();
        seen.push(char::from(byte[0]));
    }
    configure(root.path());
    output.read_to_string(&mut seen).unwrap();
    let last = seen.rfind(BLANKED).unwrap();
    let (_, rest) = seen.split_at(last + BLANKED.len());
    assert!(rest.starts_with("1 file, 1 object in "), "{seen:?}");
    assert!(seen.starts_with(&format!("\r{LINE}")), "{seen:?}");
    assert!(child.wait().unwrap().success());
}

#[test]
fn nobody_is_told_who_does_not_watch() {
    if !has_script() {
        return;
    }
    let cases: [(&str, &[(&str, &str)]); 6] = [
        ("--quiet", &[]),
        ("2>&1 | cat", &[]),
        ("", &[("TERM", "dumb")]),
        ("", &[("CI", "true")]),
        ("", &[("PRE_COMMIT", "1")]),
        ("", &[("GIT_EXEC_PATH", "/usr/lib/git-core")]),
    ];
    let running = cases.map(|(words, variables)| {
        let root = root();
        let child = start(root.path(), words, variables);
        (words, variables, root, child)
    });
    // Longer than anybody who is told has to wait.
    thread::sleep(Duration::from_millis(1_500));
    for (words, variables, root, child) in running {
        configure(root.path());
        let output = child.wait_with_output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let told = !words.contains("quiet");
        assert_eq!(text.starts_with("1 file, 1 object in "), told, "{text:?}");
        assert!(!text.contains(LINE), "{words} {variables:?}: {text:?}");
        assert!(output.status.success());
    }
}

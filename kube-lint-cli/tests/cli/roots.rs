//! Which folder is read as a whole.
//!
//! A configuration that is broken says that it was read, and where.

use std::fs;

use snapbox::cmd::OutputAssert;
use tempfile::TempDir;

use crate::{FINE, folder, kube_lint};

/// No key of a configuration.
const BROKEN: &str = "nothing: 1\n";

fn check(folder: &TempDir, below: &str, words: &[&str]) -> OutputAssert {
    let folder = folder.path().join(below);
    kube_lint()
        .current_dir(folder)
        .args(["check", "--quiet"])
        .args(words)
        .assert()
}

#[test]
fn the_nearest_configuration_upward_holds() {
    let root = folder(&[
        (".kube-lint.yaml", ""),
        ("a/.kube-lint.yml", BROKEN),
        ("a/b/c.yaml", FINE),
        ("d/e.yaml", FINE),
    ]);
    for (below, path) in [
        ("", "a/b/c.yaml"),
        ("a/b", "."),
        ("a/b", "c.yaml"),
        ("d", "../a/b"),
    ] {
        check(&root, below, &[path]).code(2);
    }
    for (below, path) in [("", "d"), ("d", "e.yaml"), ("", "."), ("a", "../d")] {
        check(&root, below, &[path]).code(0).stderr_eq("");
    }
}

#[test]
fn the_search_ends_at_the_top_of_git() {
    let root = folder(&[(".kube-lint.yaml", BROKEN), ("a/b/c.yaml", FINE)]);
    check(&root, "a/b", &["c.yaml"]).code(2);
    // A worktree has a file.
    fs::write(root.path().join("a/.git"), "gitdir: elsewhere\n").unwrap();
    check(&root, "a/b", &["c.yaml"]).code(0);
    fs::remove_file(root.path().join("a/.git")).unwrap();
    fs::create_dir(root.path().join("a/b/.git")).unwrap();
    check(&root, "a/b", &["c.yaml"]).code(0);
}

#[test]
fn two_configurations_in_one_folder_are_an_error() {
    let root = folder(&[(".kube-lint.yaml", ""), (".kube-lint.yml", "")]);
    check(&root, "", &[]).code(2).stderr_eq(
        "error: there are two configurations in `[..]`: `.kube-lint.yaml` and `.kube-lint.yml`\n",
    );
}

#[test]
fn root_and_config_can_be_named() {
    let root = folder(&[
        (".kube-lint.yaml", BROKEN),
        ("a/.kube-lint.yaml", ""),
        ("b/c.yaml", FINE),
        ("other.yaml", BROKEN),
        ("sound.yaml", "fail-on: never\n"),
    ]);
    check(&root, "", &["--root", "a", "a"]).code(0);
    check(&root, "", &["--root", "b", "b/c.yaml"]).code(0);
    check(&root, "", &["--root", "."]).code(2);
    check(&root, "", &["--config", "sound.yaml"]).code(0);
    check(&root, "", &["--root", "a", "--config", "other.yaml", "a"]).code(2);
    check(&root, "", &["--root", "b", "a"])
        .code(2)
        .stderr_eq("error: `a` is outside the root `[..]b`, give another with `--root`\n");
    check(&root, "", &["--root", "b/c.yaml"])
        .code(2)
        .stderr_eq("error: `b/c.yaml` is no folder\n");
    check(&root, "", &["--root", "z"])
        .code(2)
        .stderr_eq("error: no such file or folder: `z`\n");
    check(&root, "", &["--config", "z"])
        .code(2)
        .stderr_eq("error: no such file or folder: `z`\n");
}

#[test]
fn a_path_must_be_there_and_below_the_root() {
    let root = folder(&[("a/.git/x", ""), ("a/b.yaml", FINE), ("c.yaml", FINE)]);
    check(&root, "a", &["none.yaml"])
        .code(2)
        .stderr_eq("error: no such file or folder: `none.yaml`\n");
    check(&root, "a", &["b.yaml", "none.yaml"]).code(2);
    check(&root, "a", &["b.yaml", "../c.yaml"])
        .code(2)
        .stderr_eq("error: `../c.yaml` is outside the root `[..]a`, give another with `--root`\n");
    check(&root, "a", &["b.yaml", "../a/b.yaml", "../a/"]).code(0);
}

#[cfg(unix)]
#[test]
fn links_are_followed_to_folders_but_not_to_files() {
    use std::os::unix::fs::symlink;

    let root = folder(&[("a/.git/x", ""), ("a/b/c.yaml", FINE), ("d.yaml", FINE)]);
    symlink("a/b", root.path().join("link")).unwrap();
    check(&root, "", &["link"]).code(0);
    check(&root, "", &["link/c.yaml"]).code(0);
    symlink("../d.yaml", root.path().join("a/d.yaml")).unwrap();
    check(&root, "", &["a/d.yaml"]).code(0);
    symlink("nowhere", root.path().join("a/e.yaml")).unwrap();
    check(&root, "", &["a/e.yaml"]).code(1);
}

#[test]
fn stdin_stands_alone_or_for_a_file() {
    let root = folder(&[("a/.git/x", ""), ("a/b.yaml", FINE), ("c/d.yaml", FINE)]);
    let check = |words: &[&str]| {
        let command = kube_lint().current_dir(root.path()).stdin(FINE);
        command.args(["check", "--quiet"]).args(words).assert()
    };
    check(&["-"]).code(0);
    check(&["-", "--stdin-filename", "a/b.yaml"]).code(0);
    check(&["-", "--stdin-filename", "a/new.yaml"]).code(0);
    check(&["-", "--stdin-filename", "a/b.yaml", "--root", "c"])
        .code(2)
        .stderr_eq("error: `a/b.yaml` is outside the root `[..]c`, give another with `--root`\n");
    check(&["-", "a"])
        .code(2)
        .stderr_eq("error: `-` cannot be given together with other paths\n");
    check(&["a", "--stdin-filename", "a/b.yaml"])
        .code(2)
        .stderr_eq("error: `--stdin-filename` needs the path `-`\n");
}

#[test]
fn the_configuration_around_the_working_folder_holds_for_stdin() {
    let root = folder(&[(".kube-lint.yaml", BROKEN), ("a/.git/x", "")]);
    let check = |below: &str| {
        let command = kube_lint().current_dir(root.path().join(below)).stdin(FINE);
        command.args(["check", "--quiet", "-"]).assert()
    };
    check("").code(2);
    check("a").code(0);
}

//! Commands and options.

use snapbox::str;

use crate::{FINE, folder, kube_lint};

#[test]
fn no_command_is_an_error() {
    kube_lint().assert().code(2);
}

#[test]
fn help_and_version_are_none() {
    for words in [&["--help"][..], &["check", "--help"], &["--version"]] {
        kube_lint().args(words).assert().code(0).stderr_eq("");
    }
}

#[test]
fn unknown_options_and_values_are_errors() {
    for words in [
        &["check", "--nothing"][..],
        &["check", "--format", "xml"],
        &["check", "--fail-on", "fatal"],
        &["check", "--world", "half"],
        &["check", "--kube-version", "2.0"],
        &["check", "--now", "yesterday"],
        &["check", "--threads", "0"],
        &["check", "--show", "error"],
        &["check", "--level", "rbac"],
        &["check", "--level", "nothing/of-this=off"],
    ] {
        kube_lint().args(words).assert().code(2).stdout_eq("");
    }
}

#[test]
fn an_unknown_value_says_what_was_expected() {
    kube_lint()
        .args(["check", "--fail-on", "fatal"])
        .assert()
        .code(2)
        .stderr_eq(str![[r#"
error: invalid value 'fatal' for '--fail-on <LEVEL>': expected `error`, `warning`, `info` or `never`

For more information, try '--help'.

"#]]);
}

#[test]
fn an_unknown_rule_is_an_error_everywhere() {
    for option in ["--select", "--ignore"] {
        let assert = kube_lint()
            .args(["check", option, "nothing/of-this"])
            .assert();
        assert.code(2).stderr_eq(
            "error: invalid value 'nothing/of-this' for '[..]': unknown rule `nothing/of-this`\n...",
        );
    }
    kube_lint()
        .args(["explain", "nothing/of-this"])
        .assert()
        .code(2)
        .stdout_eq("")
        .stderr_eq("error: unknown rule `nothing/of-this`\n");
}

#[test]
fn a_pattern_that_matches_nothing_is_an_error() {
    let assert = kube_lint()
        .args(["check", "--select", "nothing/*"])
        .assert();
    assert
        .code(2)
        .stderr_eq("[..]: no rule matches `nothing/*`\n...");
}

#[test]
fn every_option_is_understood() {
    let folder = folder(&[("a.yaml", FINE)]);
    let words = [
        "check",
        "--fail-on",
        "never",
        "--world",
        "closed",
        "--kube-version",
        "v1.30.2",
        "--namespace",
        "shop",
        "--now",
        "2026-01-31T12:00:00Z",
        "--require-reason",
        "--show",
        "info",
        "--threads",
        "1",
        "--color",
        "never",
        "--quiet",
        "--format",
        "short",
        ".",
    ];
    kube_lint()
        .current_dir(folder.path())
        .args(words)
        .assert()
        .code(0)
        .stdout_eq("")
        .stderr_eq("");
}

#[test]
fn rules_are_listed() {
    kube_lint().arg("rules").assert().code(0).stderr_eq("");
}

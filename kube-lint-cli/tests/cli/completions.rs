//! Completions, asked of bash itself.

#![cfg(unix)]

use snapbox::cmd::{Command, cargo_bin};

/// What bash offers for the last of these words.
fn offered(words: &str) -> String {
    let script = r#"
        eval "$("$0" completions bash)"
        COMP_WORDS=($1) COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        function_of_kube_lint=$(complete -p kube-lint | grep -oE -e '-F [^ ]+' | cut -c 4-)
        "$function_of_kube_lint" kube-lint "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        echo "${COMPREPLY[@]}"
    "#;
    let output = Command::new("bash")
        .args([
            "--norc",
            "-c",
            script,
            cargo_bin!("kube-lint").to_str().unwrap(),
            words,
        ])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn commands_their_options_and_values_are_offered() {
    assert_eq!(offered("kube-lint ex"), "explain\n");
    assert_eq!(offered("kube-lint check --fail"), "--fail-on\n");
    assert_eq!(offered("kube-lint check --format js"), "json\n");
    assert_eq!(offered("kube-lint completions z"), "zsh\n");
}

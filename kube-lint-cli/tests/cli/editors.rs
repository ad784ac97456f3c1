//! What `docs/editors.md` tells editors of the lines, held to lines; the editors themselves are run by `.ci/editor`.

use std::fs;

use regex_lite::Regex;
use serde_json::Value;

use crate::{folder, kube_lint};

/// A finding of each level, in another file.
const FILES: [(&str, &str); 3] = [
    (
        "a b/role.yaml",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: a, namespace: ci}\nrules:\n- {apiGroups: [apps], resources: [controllerrevisions], verbs: ['*']}\n",
    ),
    (
        "10:20: x.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\ndata: {a: b, a: c}\n",
    ),
    (
        "pod.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: c, namespace: ci}\nspec: {containers: [{name: a, image: b}]}\n",
    ),
];

/// The code behind the mark of that name.
fn snippet(name: &str) -> String {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/editors.md");
    let page = fs::read_to_string(page).unwrap();
    let (_, rest) = page
        .split_once(&format!("<!-- snippet: {name} -->\n```"))
        .unwrap();
    let (_, rest) = rest.split_once('\n').unwrap();
    rest.split_once("\n```").unwrap().0.to_owned()
}

#[test]
fn the_problem_matcher_of_the_page_takes_every_line_apart() {
    let tasks: Value = serde_json::from_str(&snippet("tasks.json")).unwrap();
    let task = &tasks["tasks"][0];
    let pattern = &task["problemMatcher"]["pattern"];
    let regex = Regex::new(pattern["regexp"].as_str().unwrap()).unwrap();
    let group = |name: &str| usize::try_from(pattern[name].as_u64().unwrap()).unwrap();
    let words = task["args"].as_array().unwrap().iter();
    let words = words.map(|it| it.as_str().unwrap());

    let root = folder(&FILES);
    let command = kube_lint().current_dir(root.path());
    let assert = command.args(words).args(["--show", "info"]).assert();
    let output = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
    let mut levels: Vec<_> = output
        .lines()
        .map(|line| {
            let found = regex.captures(line).unwrap();
            let [file, line_number, column, level, rule, message] =
                ["file", "line", "column", "severity", "code", "message"]
                    .map(|it| &found[group(it)]);
            let parts = format!("{file}:{line_number}:{column}: {level}[{rule}] {message}");
            assert_eq!(parts, line);
            assert!(FILES.iter().any(|(path, _)| *path == file), "{line}");
            assert!(rule.contains('/') && !message.is_empty(), "{line}");
            level.to_owned()
        })
        .collect();
    levels.sort_unstable();
    levels.dedup();
    assert_eq!(levels, ["error", "info", "warning"], "{output}");
}

//! `docs/suppression.md`, word for word.

use crate::{folder, kube_lint};

const PAGE: &str = include_str!("../../../docs/suppression.md");

/// The manifests of the page, each with the heading above it and the output that is shown for it.
fn examples() -> Vec<(&'static str, &'static str, &'static str)> {
    let mut examples = Vec::new();
    for section in PAGE.split("\n## ") {
        let heading = section.lines().next().unwrap();
        for part in section.split("```yaml\n").skip(1) {
            let (manifest, rest) = part.split_once("```\n").unwrap();
            let output = rest.split_once("```text\n");
            let output = output.map_or("", |it| it.1.split_once("```").unwrap().0);
            examples.push((heading, manifest, output));
        }
    }
    examples
}

#[test]
fn the_page_says_what_happens() {
    let examples = examples();
    assert_eq!(examples.len(), 7);
    for (heading, manifest, output) in examples {
        let folder = folder(&[("manifest.yaml", manifest)]);
        let mut words = vec!["check", "--quiet", "--format", "short", "manifest.yaml"];
        if heading == "Reasons" {
            words.push("--require-reason");
        }
        let assert = kube_lint().current_dir(folder.path()).args(words).assert();
        let assert = assert.stdout_eq(output).stderr_eq("");
        assert.code(i32::from(!output.is_empty()));
    }
}

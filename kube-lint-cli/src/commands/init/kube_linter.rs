//! `.kube-linter.yaml`, as kube-linter's `docs/configuring-kubelinter.md` describes it.

use std::path::Path;

use kube_lint_core::yaml::{Document, Node};

use super::{
    checks::KUBE_LINTER,
    translation::{Translation, line, words},
};
use crate::error::Error;

const NAMES: [&str; 2] = [".kube-linter.yaml", ".kube-linter.yml"];

pub(super) fn translate(folder: &Path) -> Result<Translation, Error> {
    let (mut translation, document) = Translation::begin(folder, &NAMES)?;
    let top = document.as_ref().and_then(Document::root);
    for (key, value) in top.into_iter().flat_map(Node::entries) {
        match key.text().unwrap_or_default() {
            "checks" => checks(value, &mut translation),
            "customChecks" => custom_checks(value, &mut translation),
            other => translation.lose(line(key), &format!("key `{other}`")),
        }
    }
    Ok(translation)
}

fn checks(checks: Node<'_>, translation: &mut Translation) {
    let is_set = |key: &str| checks.get(key).and_then(Node::bool) == Some(true);
    // Which kube-linter obeys where both are set.
    let runs_all = is_set("addAllBuiltIn");
    let included = words(checks.get("include"));
    if is_set("doNotAutoAddDefaults") && !runs_all {
        translation.select(KUBE_LINTER, &included);
    }
    for (key, value) in checks.entries() {
        match key.text().unwrap_or_default() {
            "exclude" => {
                for (name, line) in words(Some(value)) {
                    translation.switch_off(KUBE_LINTER, &name, line);
                }
            }
            "ignorePaths" => {
                for (path, line) in words(Some(value)) {
                    ignore(&path, line, translation);
                }
            }
            // All rules are on already.
            "include" | "doNotAutoAddDefaults" | "addAllBuiltIn" => {}
            other => translation.lose(line(key), &format!("key `checks.{other}`")),
        }
    }
}

/// A path from the folder in which kube-linter is run.
fn ignore(path: &str, line: usize, translation: &mut Translation) {
    if path.starts_with(['/', '~']) || path.split('/').any(|it| it == "..") {
        translation.lose(line, &format!("`{path}` is no path in this folder"));
    } else {
        let path = path.strip_prefix("./").unwrap_or(path);
        // A name without a slash is one of this folder, not one at any depth.
        let anchor = if path.contains('/') { "" } else { "/" };
        translation.exclude(format!("{anchor}{path}"), line);
    }
}

fn custom_checks(list: Node<'_>, translation: &mut Translation) {
    for check in list.items() {
        let name = check.get("name").and_then(Node::text).unwrap_or_default();
        translation.lose(line(check), &format!("custom check `{name}`"));
    }
}

//! `.checkov.yaml`: the long names of the flags in checkov's `CLI Command Reference`.

use std::path::Path;

use kube_lint_core::yaml::{Document, Node};

use super::{
    checks::CHECKOV,
    translation::{Translation, line, words},
};
use crate::error::Error;

const NAMES: [&str; 2] = [".checkov.yaml", ".checkov.yml"];

pub(super) fn translate(folder: &Path) -> Result<Translation, Error> {
    let (mut translation, document) = Translation::begin(folder, &NAMES)?;
    let top = document.as_ref().and_then(Document::root);
    let entries = top.into_iter().flat_map(Node::entries);
    let entries: Vec<_> = entries.collect();
    // What is skipped is skipped although it is selected.
    let is_check = |key: &Node<'_>| key.text() == Some("check");
    if let Some((_, value)) = entries.iter().find(|(key, _)| is_check(key)) {
        translation.select(CHECKOV, &words(Some(*value)));
    }
    for (key, value) in entries.into_iter().filter(|(key, _)| !is_check(key)) {
        match key.text().unwrap_or_default() {
            "skip-check" => {
                for (id, line) in words(Some(value)) {
                    translation.switch_off(CHECKOV, &id, line);
                }
            }
            "skip-path" => {
                for (path, line) in words(Some(value)) {
                    skip(&path, line, &mut translation);
                }
            }
            "soft-fail" => {
                if value.bool() == Some(true) {
                    translation.fail_on = Some("never");
                }
            }
            other => translation.lose(line(key), &format!("key `{other}`")),
        }
    }
    Ok(translation)
}

/// A regular expression that is found anywhere in a path; only one that is plain text can be a glob.
fn skip(path: &str, line: usize, translation: &mut Translation) {
    let plain = path.trim_start_matches("./").trim_start_matches('/');
    let is_plain = |it: char| it.is_ascii_alphanumeric() || "/_-.".contains(it);
    if plain.is_empty() || !plain.chars().all(is_plain) {
        translation.lose(line, &format!("`{path}` is a regular expression"));
    } else if plain.trim_end_matches('/').contains('/') {
        translation.exclude(format!("**/{plain}"), line);
    } else {
        translation.exclude(plain.to_owned(), line);
    }
}

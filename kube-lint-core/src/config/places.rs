//! Where the keys of a `.kube-lint.yaml` stand, to say why an option has its value.

use crate::yaml::{Document, Limits, Node};

/// The places of keys in the text of a `.kube-lint.yaml`.
///
/// ```
/// use kube_lint_core::config::Places;
///
/// let places = Places::of("world: open\noverrides:\n- paths: [test/]\n  world: closed\n");
/// assert_eq!(places.line(&["world"]), Some(1));
/// assert_eq!(places.line(&["overrides", "0", "world"]), Some(4));
/// assert_eq!(places.line(&["rules"]), None);
/// ```
#[derive(Debug)]
pub struct Places(Document);

impl Places {
    /// The places in `text`.
    pub fn of(text: &str) -> Self {
        Self(Document::parse_text(text, &Limits::default()))
    }

    /// The 1-based line of the key at the end of `path`; items of lists are named by their index.
    pub fn line(&self, path: &[&str]) -> Option<usize> {
        let (last, before) = path.split_last()?;
        let parent = before
            .iter()
            .try_fold(self.0.root()?, |node, step| child(node, step))?;
        let found = child(parent, last)?;
        let at = found.key().unwrap_or(found).span().start();
        let before = self.0.text().get(..at as usize)?;
        Some(1 + before.matches('\n').count())
    }
}

fn child<'a>(node: Node<'a>, step: &str) -> Option<Node<'a>> {
    match step.parse() {
        Ok(index) if node.is_sequence() => node.items().nth(index),
        _ => node.get(step),
    }
}

//! Which bytes of a document must never be shown.

use crate::{
    span::Span,
    yaml::{Document, Node},
};

/// Spans of `document` that hold, or may hold, the value of a secret, in order.
pub fn sensitive(document: &Document) -> Vec<Span> {
    if document.error().is_some() {
        return after_keys(document.text());
    }
    let mut hidden = Vec::new();
    if let Some(root) = document.root() {
        for node in root.descendants() {
            if node
                .key()
                .and_then(Node::text)
                .is_some_and(|it| matches!(it, "data" | "stringData" | "value"))
            {
                hidden.push(node.span());
            }
        }
    }
    hidden
}

/// Everything behind a `key:` on each line of `text`, which does not parse.
pub fn after_keys(text: &str) -> Vec<Span> {
    let mut hidden = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end_matches(['\n', '\r']);
        let from = content.find(": ").map_or(0, |at| at + 1);
        hidden.push(Span::new(
            start + number(from),
            start + number(content.len()),
        ));
        start += number(line.len());
    }
    hidden
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

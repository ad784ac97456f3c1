//! Keys that a mapping holds twice; kubectl silently takes the last.

use std::{borrow::Cow, iter::FusedIterator, vec};

use rustc_hash::FxHashMap;

use super::{document::Document, node::Node, tree::flag};

impl Document {
    /// Pairs of equal keys of one mapping: the first one, and a later one. Keys are compared as
    /// kubectl writes them as JSON; what a `<<` brings in is no duplicate.
    pub fn duplicate_keys(&self) -> DuplicateKeys<'_> {
        DuplicateKeys {
            document: self,
            at: 0,
            found: Vec::new().into_iter(),
        }
    }
}

/// The repeated keys of a document, see [`Document::duplicate_keys`].
#[derive(Clone, Debug)]
pub struct DuplicateKeys<'a> {
    document: &'a Document,
    at: u32,
    found: vec::IntoIter<(Node<'a>, Node<'a>)>,
}

impl<'a> Iterator for DuplicateKeys<'a> {
    type Item = (Node<'a>, Node<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(pair) = self.found.next() {
                return Some(pair);
            }
            let nodes = self.document.tree().nodes.get(self.at as usize..)?;
            let step = nodes
                .iter()
                .position(|node| node.flags & flag::DUPLICATES != 0)?;
            let mapping = self.at + u32::try_from(step).ok()?;
            self.at = mapping + 1;
            self.found = repeated(Node::new(self.document, mapping)).into_iter();
        }
    }
}

impl FusedIterator for DuplicateKeys<'_> {}

fn repeated(mapping: Node<'_>) -> Vec<(Node<'_>, Node<'_>)> {
    let mut first: FxHashMap<Cow<'_, str>, Node<'_>> = FxHashMap::default();
    let mut repeated = Vec::new();
    for (key, _) in mapping.entries().filter(|(key, _)| !key.is_merge_key()) {
        let Some(text) = key.key_text() else { continue };
        let known = *first.entry(text).or_insert(key);
        if known != key {
            repeated.push((known, key));
        }
    }
    repeated
}

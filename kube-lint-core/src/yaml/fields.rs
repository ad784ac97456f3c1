//! The fields of a mapping as kubectl sees them, merges and repeated keys settled.

use std::{borrow::Cow, iter::FusedIterator, vec};

use rustc_hash::FxHashMap;

use super::{
    node::{Entries, Node},
    tree::flag,
};

/// Keys and values of a mapping, see [`Node::fields`].
#[derive(Clone, Debug)]
pub struct Fields<'a>(Order<'a>);

#[derive(Clone, Debug)]
enum Order<'a> {
    AsWritten(Entries<'a>),
    Settled(vec::IntoIter<(Node<'a>, Node<'a>)>),
}

impl<'a> Fields<'a> {
    /// The fields of a node that is no alias.
    pub(super) fn of(node: Node<'a>) -> Self {
        let flags = node.data().flags;
        if flags & (flag::MERGES | flag::DUPLICATES) == 0 {
            return Self(Order::AsWritten(node.entries()));
        }
        let mut settled = Settled::default();
        settled.merge(node);
        Self(Order::Settled(settled.fields.into_iter()))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = (Node<'a>, Node<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Order::AsWritten(entries) => entries.next(),
            Order::Settled(fields) => fields.next(),
        }
    }
}

impl FusedIterator for Fields<'_> {}

/// The map that go-yaml's decoder would fill, in the order in which keys first appear.
#[derive(Default)]
struct Settled<'a> {
    fields: Vec<(Node<'a>, Node<'a>)>,
    index: FxHashMap<Cow<'a, str>, usize>,
}

impl<'a> Settled<'a> {
    /// Sets every field of a mapping as go-yaml does (`decode.go`, `mapping` and `merge`): in the
    /// order of the text, so that a `<<` overwrites what stands before it, and a list of merges from
    /// its end, so that its first mapping wins.
    fn merge(&mut self, mapping: Node<'a>) {
        let mut pending = vec![mapping.entries()];
        while let Some(entries) = pending.last_mut() {
            let Some((key, value)) = entries.next() else {
                pending.pop();
                continue;
            };
            if !key.is_merge_key() {
                self.set(key, value);
            } else if value.is_mapping() {
                pending.push(value.entries());
            } else {
                // The last one pushed is the first to be taken.
                pending.extend(value.items().map(Node::entries));
            }
        }
    }

    fn set(&mut self, key: Node<'a>, value: Node<'a>) {
        let Some(text) = key.key_text() else { return };
        let next = self.fields.len();
        let at = *self.index.entry(text).or_insert(next);
        match self.fields.get_mut(at) {
            Some(field) => *field = (key, value),
            None => self.fields.push((key, value)),
        }
    }
}

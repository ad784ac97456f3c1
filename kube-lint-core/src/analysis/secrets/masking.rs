//! Which bytes of a document must never be shown.
//!
//! Where it is not certain that text is harmless it is hidden: an excerpt that shows too little costs
//! a look into the file, one that shows too much costs a credential.

mod broken;
mod loose;

use rustc_hash::FxHashSet;

use crate::{
    nearest::distance,
    object::{Kind, split_api_version},
    span::Span,
    yaml::{Document, Node, NodeId, Style},
};

use super::{
    formats::holds_token,
    key_names::{is_reference, is_sensitive},
    private_key::may_hold_private_key,
    value::looks_random,
};

pub use broken::after_keys;

/// Spans of `document` that hold, or may hold, the value of a secret: in order, none within another.
///
/// Hidden are the values of Secrets and of all other objects' `data` but a ConfigMap's, of
/// environment variables, both under a misspelt field too, of annotations with a copy of an object, of literals of generators, of
/// everything whose name says that it is secret, what the detectors find in any other text and in
/// comments, and in a document that does not parse everything but the names of well-known fields.
pub fn sensitive(document: &Document) -> Vec<Span> {
    if document.error().is_some() {
        return after_keys(document.text());
    }
    let mut masks = Masks {
        document,
        hidden: Vec::new(),
        closed: Vec::new(),
        seen: FxHashSet::default(),
    };
    if let Some(root) = document.root() {
        masks.node(root, Kind::Other);
    }
    masks.comments();
    masks.dropped();
    merged(masks.hidden)
}

/// Whether a line of prose, a comment say, holds something that looks like a credential.
pub fn is_doubtful(text: &str) -> bool {
    loose::is_suspicious(text) || loose::has_secret_line(text)
}

struct Masks<'a> {
    document: &'a Document,
    hidden: Vec<Span>,
    /// Mappings of which the comments are hidden too.
    closed: Vec<Span>,
    /// Nodes that were hidden or closed.
    seen: FxHashSet<NodeId>,
}

impl<'a> Masks<'a> {
    /// Hides what `node` and the nodes below it hold, in an object of the kind `kind`.
    fn node(&mut self, node: Node<'a>, kind: Kind) {
        match node.style() {
            Style::BlockMapping | Style::FlowMapping => {
                let own = kind_of(node);
                for (key, value) in node.entries() {
                    if own == Some(Kind::Secret) && !is_harmless_in_secret(key) {
                        self.scalar(key);
                        self.close(value);
                    } else {
                        self.entry(node, key, value, own.unwrap_or(kind));
                    }
                }
            }
            Style::BlockSequence | Style::FlowSequence => self.items(node, kind),
            Style::Alias => {}
            _ => self.scalar(node),
        }
    }

    fn items(&mut self, list: Node<'a>, kind: Kind) {
        let mut before = None;
        for item in list.items() {
            let is_value_of_flag = before.is_some_and(is_secret_flag) && item.is_scalar();
            if is_value_of_flag {
                self.hide(item);
            } else {
                self.node(item, kind);
            }
            before = Some(item);
        }
    }

    fn entry(&mut self, mapping: Node<'a>, key: Node<'a>, value: Node<'a>, kind: Kind) {
        self.scalar(key);
        let name = key.key_text();
        let name = name.as_deref().unwrap_or_default();
        if is_closed(mapping, name, value, kind) {
            self.close(value);
        } else if is_secret_field(mapping, name, value) {
            self.hide(value);
        } else if value.style() == Style::Alias {
            // Its target is hidden where this place demands it, and read where it stands.
        } else {
            self.node(value, kind);
        }
    }

    /// Hides what the detectors find in a text outside of Secrets.
    fn scalar(&mut self, node: Node<'a>) {
        let Some(text) = node.text() else {
            if node.is_mapping() || node.is_sequence() {
                self.hide(node);
            }
            return;
        };
        let is_credential = may_hold_private_key(text)
            || holds_token(text)
            || loose::holds_secret_url(text)
            || text.split_ascii_whitespace().any(looks_random);
        if is_credential || text.contains('\n') && loose::has_secret_line(text) && !is_block(node) {
            self.hide(node);
        } else {
            let start = node.span().start();
            self.hidden.extend(loose::assignments(node.source(), start));
        }
    }

    /// Hides a node, all below it, and what its aliases stand for.
    fn hide(&mut self, node: Node<'a>) {
        let mut open = vec![node];
        while let Some(node) = open.pop() {
            if !self.seen.insert(node.id()) {
                continue;
            }
            if node.style() == Style::Alias {
                open.push(node.target());
                continue;
            }
            self.hidden.push(node.span());
            open.extend(node.descendants().filter(|it| it.style() == Style::Alias));
        }
    }

    /// Hides the values of a mapping but not its keys, and the comments between them.
    fn close(&mut self, map: Node<'a>) {
        let mut open = vec![map.target()];
        while let Some(map) = open.pop() {
            if !map.is_mapping() {
                self.hide(map);
                continue;
            }
            if !self.seen.insert(map.id()) {
                continue;
            }
            self.closed.push(map.span());
            for (key, value) in map.entries() {
                self.scalar(key);
                if !key.is_merge_key() {
                    self.hide(value);
                } else if value.is_mapping() {
                    open.push(value.target());
                } else {
                    open.extend(value.items().map(Node::target));
                }
            }
        }
    }

    /// Hides comments beside hidden values, within Secrets, and those that look like values.
    fn comments(&mut self) {
        let hidden = merged(std::mem::take(&mut self.hidden));
        let closed = merged(std::mem::take(&mut self.closed));
        // Whether the comment before ended in a name whose value is to follow, or within a key.
        let mut is_open = false;
        let mut is_armored = false;
        for comment in self.document.comments() {
            let text = self.document.text().get(comment.range());
            let text = text.unwrap_or_default();
            let is_within = is_within(&closed, comment);
            is_armored |= text.contains("-----BEGIN");
            let is_doubtful = is_within || is_open || is_armored || loose::is_suspicious(text);
            if is_doubtful || self.is_beside(comment, &hidden) {
                self.hidden.push(comment);
            } else {
                self.hidden
                    .extend(loose::assignments(text, comment.start()));
            }
            is_open = loose::ends_open(text);
            is_armored &= !text.contains("-----END");
        }
        self.hidden.extend(hidden);
    }

    /// Whether hidden text stands on the line of the comment, or ends on the line before it.
    fn is_beside(&self, comment: Span, hidden: &[Span]) -> bool {
        let text = self.document.text().as_bytes();
        let before = text.get(..comment.start() as usize).unwrap_or_default();
        let line = memchr::memrchr(b'\n', before).map_or(0, |it| it + 1);
        let next = hidden.partition_point(|it| it.start() < comment.start());
        next.checked_sub(1)
            .and_then(|it| hidden.get(it))
            .is_some_and(|it| it.end() as usize >= line.saturating_sub(1))
    }

    /// Hides the second document of the text, which kubectl ignores and nobody has read.
    fn dropped(&mut self) {
        let Some(dropped) = self.document.dropped() else {
            return;
        };
        let start = dropped.start();
        let rest = self.document.text().get(start as usize..);
        let spans = after_keys(rest.unwrap_or_default());
        self.hidden
            .extend(spans.into_iter().map(|it| it.shifted(start)));
    }
}

/// The kind of the object that the mapping is, if it is one.
fn kind_of(mapping: Node<'_>) -> Option<Kind> {
    let version = mapping.get("apiVersion")?.text()?;
    let kind = mapping.get("kind")?.text()?;
    Some(Kind::of(split_api_version(version).0, kind))
}

/// Whether the field of a Secret is none of those that hold values, nor one of them misspelt.
fn is_harmless_in_secret(key: Node<'_>) -> bool {
    let harmless = ["apiVersion", "kind", "metadata", "type", "immutable"];
    key.key_text().is_some_and(|it| harmless.contains(&&*it)) || key.is_merge_key()
}

/// Whether `name` holds the values of a Secret, or of what becomes one.
fn is_closed(mapping: Node<'_>, name: &str, value: Node<'_>, kind: Kind) -> bool {
    // Asked for few names only: a look-up in a large mapping for each of its keys takes for ever.
    let is_secret =
        || kind == Kind::Secret || mapping.get("kind").and_then(Node::text) == Some("Secret");
    match name {
        "stringData" | "stringdata" => true,
        "data" => is_secret() || kind != Kind::ConfigMap && !value.is_sequence(),
        "binaryData" => is_secret(),
        _ => false,
    }
}

/// Whether the name of a field, or its neighbours, say that its value may be secret.
fn is_secret_field(mapping: Node<'_>, name: &str, value: Node<'_>) -> bool {
    let is_plain = value.bool().is_some() || value.integer().is_some() || value.is_null();
    match name {
        _ if is_value(name) && mapping.get("name").is_some() => {
            value.is_scalar() || value.is_sequence()
        }
        "literals" => value.is_sequence(),
        "kubectl.kubernetes.io/last-applied-configuration"
        | "kapp.k14s.io/original"
        | "kopf.zalando.org/last-handled-configuration" => true,
        _ if is_reference(name) || is_plain => false,
        "secretKey" => mapping.get("remoteRef").is_none() && mapping.get("sourceRef").is_none(),
        _ if value.is_scalar() => is_sensitive(name),
        _ => value.is_sequence() && is_sensitive(name) && value.items().all(Node::is_scalar),
    }
}

/// `value`, or what is easily written instead.
fn is_value(name: &str) -> bool {
    name.len() <= "value".len() + 2 && distance(name, "value", 2).is_some()
}

/// `--password`, whose value is the next argument.
fn is_secret_flag(node: Node<'_>) -> bool {
    node.text()
        .is_some_and(|it| it.starts_with('-') && !it.contains(['=', ' ']) && is_sensitive(it))
}

fn is_block(node: Node<'_>) -> bool {
    matches!(node.style(), Style::Literal | Style::Folded)
}

/// Whether one of the sorted `spans` covers `span`.
fn is_within(spans: &[Span], span: Span) -> bool {
    let next = spans.partition_point(|it| it.start() <= span.start());
    let before = next.checked_sub(1).and_then(|it| spans.get(it));
    before.is_some_and(|it| it.contains(span))
}

/// The same bytes in order, spans that touch joined.
fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|it| !it.is_empty());
    spans.sort_unstable();
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start() <= last.end() => {
                *last = Span::new(last.start(), last.end().max(span.end()));
            }
            _ => merged.push(span),
        }
    }
    merged
}

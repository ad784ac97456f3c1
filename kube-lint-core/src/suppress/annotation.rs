//! Suppressions in annotations: `kube-lint/allow: "family/rule"`.

use memchr::memchr2;
use rustc_hash::FxHashMap;

use crate::{
    edit::Edit,
    object::is_template,
    rule::{FaultKind, Misread},
    span::{Span, narrow},
    yaml::{Document, Node, NodeId, Style},
};

use super::{Directive, Directives, comment, is_passed_over, length, shown};

const PREFIX: &str = "kube-lint/";
const ALLOW: &str = "kube-lint/allow";
const REASON: &str = "kube-lint/allow-reason";

/// Reads the annotations of everything in `document` that has metadata.
pub(super) fn add(document: &Document, directives: &mut Directives) {
    let nodes = || {
        let root = document.root().into_iter();
        root.flat_map(|it| std::iter::once(it).chain(it.descendants()))
    };
    // By the node of the annotation's value: through an alias, several may bear it.
    let mut read: FxHashMap<NodeId, Option<usize>> = FxHashMap::default();
    for bearer in nodes().filter(|it| is_mapping(*it)) {
        let metadata = bearer.get("metadata").filter(|it| it.is_mapping());
        if let Some(annotations) = metadata.and_then(|it| it.get("annotations")) {
            add_annotations(bearer, annotations, &mut read, directives);
        }
    }
    for (key, value) in nodes().filter(|it| is_mapping(*it)).flat_map(Node::entries) {
        let is_ours = key.text().is_some_and(|it| it.starts_with(PREFIX));
        if is_ours && !read.contains_key(&value.id()) {
            directives.fault(key.place(), FaultKind::NotAnnotation);
        }
    }
}

/// Whether a node is a mapping itself, not an alias of one.
fn is_mapping(node: Node<'_>) -> bool {
    matches!(node.style(), Style::BlockMapping | Style::FlowMapping)
}

fn add_annotations(
    bearer: Node<'_>,
    annotations: Node<'_>,
    read: &mut FxHashMap<NodeId, Option<usize>>,
    directives: &mut Directives,
) {
    for (key, value) in annotations.fields() {
        let Some(name) = key.text().filter(|it| it.starts_with(PREFIX)) else {
            continue;
        };
        if let Some(known) = read.get(&value.id()) {
            let directive = known.and_then(|it| directives.list.get_mut(it));
            if let Some(directive) = directive {
                directive.covers.push(whole(bearer));
            }
            continue;
        }
        let index = directives.list.len();
        match name {
            ALLOW => allow(bearer, annotations, value, directives),
            REASON if annotations.get(ALLOW).is_some() => {}
            REASON => directives.misread(key.place(), Misread::ReasonAlone),
            _ => directives.misread(key.place(), Misread::UnknownAnnotation),
        }
        read.insert(value.id(), (directives.list.len() > index).then_some(index));
    }
}

/// Takes the annotation out, with that of the reason; the whole field where nothing else is in it.
fn removal(annotations: Node<'_>, value: Node<'_>) -> Option<Vec<Edit>> {
    let reason = annotations.get(REASON);
    let ours: Vec<_> = std::iter::once(value).chain(reason).collect();
    if annotations.entries().count() > ours.len() {
        annotations.without_entries(&ours)
    } else {
        annotations.parent()?.without_entries(&[annotations])
    }
}

/// Takes what `value`, one of the `annotations` of `bearer`, allows there.
fn allow(bearer: Node<'_>, annotations: Node<'_>, value: Node<'_>, directives: &mut Directives) {
    let Some(text) = value.str() else {
        return directives.misread(value.place(), Misread::NotText);
    };
    if is_template(text) {
        // Nobody knows what it will say.
        return;
    }
    let written: Vec<_> = comment::names(text).collect();
    if written.is_empty() {
        return directives.misread(value.place(), Misread::NoNames);
    }
    let spans = written
        .iter()
        .map(|(at, name)| span_within(value, text, *at, name));
    let spans: Option<Vec<_>> = spans.collect();
    let mut names = Vec::new();
    for (number, (_, name)) in written.iter().enumerate() {
        let spans = spans.as_deref().unwrap_or_default();
        let place = spans
            .get(number)
            .map_or(value.place(), |it| value.document().place(*it));
        let removal = if written.len() == 1 {
            removal(annotations, value)
        } else {
            let span = comment::with_comma(spans, number);
            span.and_then(|it| value.without_bytes(it))
        };
        names.extend(directives.name(name, place, removal));
    }
    let reason = annotations.get(REASON).and_then(Node::str);
    let reason = reason.map(str::trim).filter(|it| !it.is_empty());
    directives.list.push(Directive {
        place: value.place(),
        names,
        reason: reason.map(shown),
        covers: vec![whole(bearer)],
        is_partial: bearer.document().error().is_some(),
    });
}

/// The bytes of a name that begins at byte `at` of the value `text`; `None` where it is not written as it
/// is read.
fn span_within(value: Node<'_>, text: &str, at: u32, name: &str) -> Option<Span> {
    let (before, _) = value.source().split_once(text)?;
    let start = value.span().start() + length(before) + at;
    Some(Span::new(start, start + length(name)))
}

/// The bytes of the file that a mapping takes, with a comment behind it.
fn whole(bearer: Node<'_>) -> Span {
    let document = bearer.document();
    let text = document.text().as_bytes();
    let span = bearer.span();
    let behind = text.get(span.end() as usize..).unwrap_or_default();
    let length = memchr2(b'\n', b'\r', behind).unwrap_or(behind.len());
    let rest = behind.get(..length).unwrap_or_default();
    let is_alone = std::str::from_utf8(rest).is_ok_and(is_passed_over);
    let more = if is_alone { length } else { 0 };
    let end = span.end() + narrow(more);
    Span::new(span.start(), end).shifted(document.offset())
}

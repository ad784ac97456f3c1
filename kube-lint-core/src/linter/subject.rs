//! What a finding is about: object, field path and evidence.

use std::hash::Hasher;

use crate::{
    diagnostic::ObjectReference,
    inventory::Inventory,
    object::{Namespace, Object, ObjectId, is_template},
    rule::{Finding, NodeKey, Subject},
    source::printable,
    yaml::{Document, Node, NodeId},
};

use rustc_hash::FxHashMap;

/// Finds objects by their root node.
pub(crate) struct Subjects<'i, 'a> {
    inventory: &'i Inventory<'a>,
    by_root: FxHashMap<NodeKey, ObjectId>,
    documents: FxHashMap<(u32, u32), &'a Document>,
}

impl<'i, 'a> Subjects<'i, 'a> {
    pub(crate) fn new(inventory: &'i Inventory<'a>) -> Self {
        let objects = inventory.objects().iter();
        let documents = objects.clone().map(|it| it.root().document());
        Self {
            inventory,
            by_root: objects
                .map(|it| (NodeKey::of(it.root()), it.id()))
                .collect(),
            documents: documents.map(|it| (key(it), it)).collect(),
        }
    }

    /// The node that a finding points at, and the object that it is in.
    fn find(&self, finding: &Finding) -> Option<(Node<'a>, Option<(ObjectId, Node<'a>)>)> {
        let at = finding.node?;
        let document = self.documents.get(&(at.file.0, at.offset))?;
        let node = document.node(at.node);
        let root = ancestors(node).find_map(|it| {
            let id = self.by_root.get(&NodeKey::of(it))?;
            Some((*id, it))
        });
        Some((node, root))
    }

    /// Whether a patch may change what a finding points at, so that it is not to be mended there.
    pub(crate) fn is_patched(&self, finding: &Finding) -> bool {
        let Some((node, Some((object, _)))) = self.find(finding) else {
            return false;
        };
        let object = self.inventory.object(object);
        self.inventory
            .may_change(object, node.value().unwrap_or(node))
    }

    /// The subject of a finding in a document that was kept.
    pub(crate) fn of(&self, finding: &Finding) -> Subject {
        let Some((node, root)) = self.find(finding) else {
            return Subject::default();
        };
        Subject {
            object: root.map(|(id, _)| self.reference(self.inventory.object(id))),
            namespace: root.and_then(|(id, _)| written_namespace(self.inventory.object(id))),
            path: path(root.map(|(_, it)| it), node),
            evidence: evidence(node),
        }
    }

    fn reference(&self, object: &Object<'a>) -> ObjectReference {
        let namespace = self.inventory.namespace(object);
        reference(object, namespace)
    }
}

fn key(document: &Document) -> (u32, u32) {
    (document.file().0, document.offset())
}

/// The subject of a finding in a document that is about to be dropped.
pub(crate) fn in_document(
    document: &Document,
    objects: &[NodeId],
    at: Option<NodeKey>,
) -> Option<Subject> {
    let node = document.node(at?.node);
    let root = ancestors(node).find(|it| objects.contains(&it.id()));
    let object = root.map(|it| Object::new(ObjectId(0), it, false));
    Some(Subject {
        namespace: object.as_ref().and_then(written_namespace),
        object: object.map(|it| {
            let namespace = it
                .namespace()
                .map_or(Namespace::Unset, |it| Namespace::Named(it.value));
            reference(&it, namespace)
        }),
        path: path(root, node),
        evidence: evidence(node),
    })
}

fn reference(object: &Object<'_>, namespace: Namespace<'_>) -> ObjectReference {
    ObjectReference {
        group: printable(object.group()),
        kind: printable(object.kind_name()),
        namespace: namespace.name().map(printable),
        name: object.name().map(|it| printable(it.value)),
    }
}

fn written_namespace(object: &Object<'_>) -> Option<String> {
    object.namespace().map(|it| it.value.to_owned())
}

fn ancestors(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    std::iter::successors(Some(node), |it| it.parent())
}

/// Field path from `root` to `node`: `spec.containers[web].env[]`.
fn path(root: Option<Node<'_>>, node: Node<'_>) -> String {
    let mut parts = Vec::new();
    for it in ancestors(node).take_while(|it| Some(*it) != root) {
        if let Some(key) = it.key() {
            parts.push((key.text().unwrap_or_default(), false));
        } else if it.parent().is_some_and(Node::is_sequence) {
            let name = it
                .get("name")
                .and_then(Node::str)
                .filter(|it| !is_template(it));
            parts.push((name.unwrap_or_default(), true));
        } else if it.parent().is_some_and(Node::is_mapping) {
            // A key itself.
            parts.push((it.text().unwrap_or_default(), false));
        }
    }
    let mut path = String::new();
    for (index, (part, is_item)) in parts.into_iter().rev().enumerate() {
        let (before, after) = match index {
            _ if is_item => ("[", "]"),
            0 => ("", ""),
            _ => (".", ""),
        };
        path.extend([before, part, after]);
    }
    path.replace(".[", "[")
}

/// A hash of what a node holds, however it is written.
fn evidence(node: Node<'_>) -> u64 {
    let mut hasher = rustc_hash::FxHasher::default();
    for it in std::iter::once(node).chain(node.descendants()) {
        hasher.write(it.text().unwrap_or("{}").as_bytes());
        hasher.write_u8(0);
    }
    hasher.finish()
}

/// The key of the fingerprint of a finding of `rule` with this subject.
///
/// FNV-1a: the number must be the same in every release and on every machine.
pub(crate) fn fingerprint_key(rule: &str, subject: &Subject) -> u64 {
    let object = subject.object.as_ref();
    let parts = [
        rule,
        object.map_or("", |it| &it.group),
        object.map_or("", |it| &it.kind),
        subject.namespace.as_deref().unwrap_or_default(),
        object.and_then(|it| it.name.as_deref()).unwrap_or_default(),
        &subject.path,
    ];
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

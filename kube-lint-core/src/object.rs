//! One manifest: its kind, name and namespace; and what is not a manifest.

mod kind;
mod namespace;
mod text;

use crate::{
    span::FileId,
    yaml::{Document, Node, NodeId},
};

pub use kind::{Kind, Scope, split_api_version};
pub use namespace::{Namespace, Relation};
pub use text::{Text, is_template, text, texts};

/// What a document holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Content {
    /// Objects that kubectl would apply: the root, or the items of a list.
    Objects(Vec<NodeId>),
    /// Nothing but comments.
    Empty,
    /// YAML or JSON of another program.
    Other,
    /// Not readable before a template engine has run.
    Template,
}

impl Content {
    /// Tells what `document` holds. A document that does not parse is a manifest where its text has
    /// `apiVersion` and `kind` at the start of a line.
    pub fn of(document: &Document) -> Self {
        if document.error().is_some() {
            return Self::of_broken(document);
        }
        let Some(root) = document.root() else {
            return Self::Empty;
        };
        if root.is_null() {
            return Self::Empty;
        }
        let mut objects = Vec::new();
        collect(root, &mut objects);
        if objects.is_empty() {
            Self::Other
        } else {
            Self::Objects(objects)
        }
    }

    fn of_broken(document: &Document) -> Self {
        let text = document.text();
        if text.contains("{{") {
            return Self::Template;
        }
        if !looks_like_a_manifest(text) {
            return Self::Other;
        }
        let mut objects = Vec::new();
        if let Some(root) = document.root() {
            collect(root, &mut objects);
        }
        Self::Objects(objects)
    }
}

/// Whether `text`, which was not read, has `apiVersion` and `kind` at the start of a line.
pub(crate) fn looks_like_a_manifest(text: &str) -> bool {
    has_top_level(text, "apiVersion") && has_top_level(text, "kind")
}

/// Whether a line of `text` begins with the key `key`; in JSON, whether it is there at all.
fn has_top_level(text: &str, key: &str) -> bool {
    if text.trim_start().starts_with('{') {
        return text.contains(&format!("\"{key}\""));
    }
    text.lines().any(|line| {
        let line = line.trim_start_matches(['"', '\'']);
        line.strip_prefix(key)
            .is_some_and(|rest| rest.trim_start_matches(['"', '\'', ' ']).starts_with(':'))
    })
}

/// Adds `node`, or the items of the list that it is, to `objects`.
fn collect(node: Node<'_>, objects: &mut Vec<NodeId>) {
    let has_identity = ["apiVersion", "kind"]
        .iter()
        .all(|key| node.get(key).is_some_and(|it| it.str().is_some()));
    if !has_identity {
        return;
    }
    let kind = node.get("kind").and_then(Node::str).unwrap_or_default();
    match node.get("items") {
        Some(items) if kind.ends_with("List") && items.is_sequence() => {
            items.items().for_each(|item| collect(item, objects));
        }
        _ => objects.push(node.id()),
    }
}

/// An object by its number in the [`Inventory`](crate::inventory::Inventory).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ObjectId(pub(crate) u32);

impl ObjectId {
    /// The number as an index.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A Kubernetes object as its manifest has it.
///
/// Name and namespace are those written in the manifest; what a kustomization makes of them is
/// asked of [`Inventory::identity`](crate::inventory::Inventory::identity).
#[derive(Clone, Copy, Debug)]
pub struct Object<'a> {
    id: ObjectId,
    kind: Kind,
    root: Node<'a>,
    is_partial: bool,
}

impl<'a> Object<'a> {
    pub(crate) fn new(id: ObjectId, root: Node<'a>, is_partial: bool) -> Self {
        let api_version = root.get("apiVersion").and_then(Node::str);
        let kind = root.get("kind").and_then(Node::str);
        let (group, _) = split_api_version(api_version.unwrap_or_default());
        Self {
            id,
            kind: Kind::of(group, kind.unwrap_or_default()),
            root,
            is_partial,
        }
    }

    /// The objects of a document that is looked at alone; their numbers mean nothing.
    pub fn all_in(document: &'a Document) -> Vec<Self> {
        let Content::Objects(roots) = Content::of(document) else {
            return Vec::new();
        };
        let is_partial = document.error().is_some();
        let roots = roots.into_iter().map(|root| document.node(root));
        roots
            .map(|root| Self::new(ObjectId(0), root, is_partial))
            .collect()
    }

    /// Its number.
    pub fn id(&self) -> ObjectId {
        self.id
    }

    /// Its kind.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The mapping that it is.
    pub fn root(&self) -> Node<'a> {
        self.root
    }

    /// The file in which it stands.
    pub fn file(&self) -> FileId {
        self.root.document().file()
    }

    /// Whether fields may be missing here that the applied object has: in a patch, or behind an
    /// error in the document. Nothing follows from a field that such an object leaves out.
    pub fn is_partial(&self) -> bool {
        self.is_partial
    }

    /// `apiVersion` as written.
    pub fn api_version(&self) -> &'a str {
        self.root
            .get("apiVersion")
            .and_then(Node::str)
            .unwrap_or_default()
    }

    /// API group; empty for the core group.
    pub fn group(&self) -> &'a str {
        split_api_version(self.api_version()).0
    }

    /// `kind` as written.
    pub fn kind_name(&self) -> &'a str {
        self.root
            .get("kind")
            .and_then(Node::str)
            .unwrap_or_default()
    }

    /// The node at a path of field names below the object.
    pub fn at(&self, path: &[&str]) -> Option<Node<'a>> {
        self.root.at(path)
    }

    /// `spec`.
    pub fn spec(&self) -> Option<Node<'a>> {
        self.root.get("spec")
    }

    /// `metadata`.
    pub fn metadata(&self) -> Option<Node<'a>> {
        self.root.get("metadata")
    }

    /// `metadata.name`, where known.
    pub fn name(&self) -> Option<Text<'a>> {
        text(self.metadata()?, "name").filter(|it| !it.value.is_empty())
    }

    /// `metadata.namespace` as written, where known and not empty.
    pub fn namespace(&self) -> Option<Text<'a>> {
        text(self.metadata()?, "namespace").filter(|it| !it.value.is_empty())
    }

    /// The value of an annotation, where known.
    pub fn annotation(&self, key: &str) -> Option<Text<'a>> {
        text(self.metadata()?.get("annotations")?, key)
    }

    /// The value of a label, where known.
    pub fn label(&self, key: &str) -> Option<Text<'a>> {
        text(self.metadata()?.get("labels")?, key)
    }

    /// The best place to speak of the object as a whole: its name, else its kind.
    pub fn head(&self) -> Node<'a> {
        let name = self.metadata().and_then(|it| it.get("name"));
        name.or_else(|| self.root.get("kind")).unwrap_or(self.root)
    }
}

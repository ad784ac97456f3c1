//! One file after parsing: the documents in it that are kept.

use crate::{
    span::{FileId, Place},
    yaml::{Document, NodeId},
};

/// A document that holds objects of kinds that rules or look-ups read.
#[derive(Debug)]
pub struct Manifest {
    /// The document.
    pub document: Document,
    /// The objects in it, in order.
    pub objects: Vec<NodeId>,
}

/// What a `CustomResourceDefinition` leaves behind.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct CustomResource {
    /// API group.
    pub group: String,
    /// Kind.
    pub kind: String,
    /// Name of the resource in RBAC rules.
    pub plural: String,
    /// Whether its objects live in a namespace.
    pub is_namespaced: bool,
    /// Whether a webhook converts its objects between versions.
    pub has_conversion_webhook: bool,
}

/// The documents of a file that are kept for rules and look-ups.
#[derive(Debug)]
pub struct ManifestFile {
    /// Its number.
    pub id: FileId,
    /// Path relative to the root, with `/`.
    pub path: Box<str>,
    /// Paths of symbolic links to it, by which a kustomization may name it.
    pub aliases: Vec<Box<str>>,
    /// Documents with objects, in order.
    pub manifests: Vec<Manifest>,
    /// The kustomization, where the name of the file makes it one.
    pub kustomization: Option<Document>,
    /// The patches that stand as text in the kustomization, each with the node of its text.
    pub inline_patches: Vec<(NodeId, Document)>,
    /// The JSON 6902 operations that it is a list of.
    pub operations: Option<Document>,
    /// The custom resources that it defines.
    pub custom_resources: Vec<CustomResource>,
    /// Why it could not be read: lower case, no full stop.
    pub problem: Option<String>,
    /// Lines that begin with `---` and go on with something else: kubectl stops there.
    pub bad_separators: Vec<Place>,
    /// What kubectl drops in silence behind the document that it reads: the first line of each.
    pub ignored: Vec<Place>,
    /// Documents that are too deep or too large to be read: where, and why.
    pub refused: Vec<(Place, String)>,
    /// Whether it came from a stream without a name.
    pub is_stream: bool,
    /// Whether documents of it could not be read, so that it may define more than is known.
    pub is_incomplete: bool,
}

impl ManifestFile {
    /// A file of which nothing is known yet.
    pub fn new(id: FileId, path: &str) -> Self {
        Self {
            id,
            path: path.into(),
            aliases: Vec::new(),
            manifests: Vec::new(),
            kustomization: None,
            inline_patches: Vec::new(),
            operations: None,
            custom_resources: Vec::new(),
            problem: None,
            bad_separators: Vec::new(),
            ignored: Vec::new(),
            refused: Vec::new(),
            is_stream: false,
            is_incomplete: false,
        }
    }

    /// The folder of the file, relative to the root, without a slash at the end; empty for the root.
    pub fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
}

/// Whether kustomize takes a file of this name for a kustomization (`RecognizedKustomizationFileNames`
/// in kustomize's `api/konfig/general.go`).
pub fn is_kustomization_name(path: &str) -> bool {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    matches!(
        name,
        "kustomization.yaml" | "kustomization.yml" | "Kustomization"
    )
}

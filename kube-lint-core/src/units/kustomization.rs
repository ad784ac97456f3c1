//! What a `kustomization.yaml` says of other files.
//!
//! Fields: kustomize's `api/types/kustomization.go`.

use crate::{
    manifest::ManifestFile,
    object::is_template,
    yaml::{Chunk, Document, Limits, Node, NodeId},
};

use super::patch::{Change, Patch, Target};

/// A kustomization, its paths relative to the root.
#[derive(Debug)]
pub(crate) struct Kustomization<'a> {
    pub(crate) folder: &'a str,
    pub(crate) is_component: bool,
    /// Files and folders, bases among them.
    pub(crate) resources: Vec<String>,
    pub(crate) components: Vec<String>,
    pub(crate) patches: Vec<PatchEntry<'a>>,
    pub(crate) generators: Vec<Generator<'a>>,
    pub(crate) namespace: Option<&'a str>,
    pub(crate) prefix: &'a str,
    pub(crate) suffix: &'a str,
    pub(crate) labels: Vec<AddedLabel<'a>>,
    pub(crate) incomplete: Option<&'static str>,
}

/// A label that a kustomization adds to objects.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AddedLabel<'a> {
    /// Its key.
    pub key: &'a str,
    /// Its value.
    pub value: &'a str,
    /// Where it is added besides the object itself.
    pub reach: LabelReach,
}

/// How far a label of a kustomization reaches; each reaches what those before it reach.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum LabelReach {
    /// `metadata.labels` alone.
    Object,
    /// The Pods too.
    Templates,
    /// The selectors too, where they have `matchLabels`.
    Selectors,
}

/// An entry that changes objects: in a file, or here.
#[derive(Debug)]
pub(crate) enum PatchEntry<'a> {
    File {
        path: String,
        target: Option<Target<'a>>,
    },
    Inline(Patch<'a>),
}

/// A Secret or `ConfigMap` that a kustomization makes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Generator<'a> {
    /// Which of the two.
    pub kind: GeneratedKind,
    /// Name before the hash.
    pub name: &'a str,
    /// Namespace of the entry, or that of the kustomization.
    pub namespace: Option<&'a str>,
    /// Its keys; `None` where they stand in a file that is not read.
    pub keys: Option<Vec<&'a str>>,
    /// The entry.
    pub node: Node<'a>,
}

/// What a generator makes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GeneratedKind {
    /// `secretGenerator`.
    Secret,
    /// `configMapGenerator`.
    ConfigMap,
}

/// Lists of changes in a kustomization, by the field that holds them.
const PATCH_LISTS: [&str; 3] = ["patches", "patchesStrategicMerge", "patchesJson6902"];

/// Fields behind which more may be applied than files of the root show.
const UNREADABLE: [(&str, &str); 5] = [
    ("helmCharts", "it renders a Helm chart"),
    ("helmChartInflationGenerator", "it renders a Helm chart"),
    ("generators", "it runs a generator plugin"),
    ("transformers", "it runs a transformer plugin"),
    ("replacements", "it replaces fields"),
];

/// The patches that stand as text inside a kustomization, parsed, each with the node of its text.
pub fn inline_patches(kustomization: &Document, limits: &Limits) -> Vec<(NodeId, Document)> {
    let Some(root) = kustomization.root() else {
        return Vec::new();
    };
    let texts = PATCH_LISTS
        .iter()
        .filter_map(|list| root.get(list))
        .flat_map(Node::items);
    let texts = texts.filter_map(|entry| match entry.get("patch") {
        Some(patch) => Some(patch),
        None => entry
            .text()
            .is_some_and(|it| it.contains('\n'))
            .then_some(entry),
    });
    texts
        .filter_map(|node| {
            let chunk = Chunk {
                offset: node.place().span.start(),
                first_line: 1,
                text: node.text()?,
            };
            Some((
                node.id(),
                Document::parse(kustomization.file(), chunk, limits),
            ))
        })
        .collect()
}

impl<'a> Kustomization<'a> {
    /// The kustomization in `file`, where its name makes it one.
    pub(crate) fn of(file: &'a ManifestFile) -> Option<Self> {
        let document = file.kustomization.as_ref()?;
        let folder = file.folder();
        let Some(root) = document.root() else {
            return Some(Self::empty(file, "its kustomization is empty"));
        };
        let mut it = Self::empty(file, "");
        it.incomplete = document.error().map(|_| "its kustomization does not parse");
        it.is_component = root.get("kind").and_then(Node::str) == Some("Component");
        it.resources = it.paths(root, "resources");
        let bases = it.paths(root, "bases");
        it.resources.extend(bases);
        it.components = it.paths(root, "components");
        it.namespace = word(root, "namespace");
        it.prefix = word(root, "namePrefix").unwrap_or_default();
        it.suffix = word(root, "nameSuffix").unwrap_or_default();
        it.labels = labels(root);
        it.generators = generators(root, it.namespace);
        it.patches = patches(file, root, folder);
        for (field, why) in UNREADABLE {
            if root.get(field).is_some() && it.incomplete.is_none() {
                it.incomplete = Some(why);
            }
        }
        Some(it)
    }

    fn empty(file: &'a ManifestFile, incomplete: &'static str) -> Self {
        Self {
            folder: file.folder(),
            is_component: false,
            resources: Vec::new(),
            components: Vec::new(),
            patches: Vec::new(),
            generators: Vec::new(),
            namespace: None,
            prefix: "",
            suffix: "",
            labels: Vec::new(),
            incomplete: (!incomplete.is_empty()).then_some(incomplete),
        }
    }

    /// Paths in the list `field`; a remote one makes the kustomization incomplete.
    fn paths(&mut self, root: Node<'a>, field: &str) -> Vec<String> {
        let mut paths = Vec::new();
        for entry in root.get(field).into_iter().flat_map(Node::items) {
            match entry.str().filter(|it| !is_template(it)) {
                Some(path) if !is_remote(path) => match join(self.folder, path) {
                    Some(path) => paths.push(path),
                    None => self.incomplete = Some("it includes files outside the root"),
                },
                _ => self.incomplete = Some("it includes remote resources"),
            }
        }
        paths
    }

    /// Paths of files that hold patches.
    pub(crate) fn patch_paths(&self) -> impl Iterator<Item = &str> {
        self.patches.iter().filter_map(|entry| match entry {
            PatchEntry::File { path, .. } => Some(path.as_str()),
            PatchEntry::Inline(_) => None,
        })
    }
}

/// A known, not empty string in a field of the kustomization.
fn word<'a>(root: Node<'a>, field: &str) -> Option<&'a str> {
    let text = root.get(field)?.str()?;
    (!text.is_empty() && !is_template(text)).then_some(text)
}

/// The labels of `commonLabels` and `labels`, in the order in which kustomize adds them.
///
/// Which fields each reaches: kustomize's `api/internal/konfig/builtinpluginconsts/commonlabels.go`
/// and `api/types/labels.go`.
fn labels(root: Node<'_>) -> Vec<AddedLabel<'_>> {
    let common = root
        .get("commonLabels")
        .map(|it| (LabelReach::Selectors, it));
    let listed = root.get("labels").into_iter().flat_map(Node::items);
    let listed = listed.filter_map(|entry| {
        let is_set = |field| entry.get(field).and_then(Node::bool) == Some(true);
        let reach = if is_set("includeSelectors") {
            LabelReach::Selectors
        } else if is_set("includeTemplates") {
            LabelReach::Templates
        } else {
            LabelReach::Object
        };
        Some((reach, entry.get("pairs")?))
    });
    listed
        .chain(common)
        .flat_map(|(reach, pairs)| pairs.fields().map(move |pair| (reach, pair)))
        .filter_map(|(reach, (key, value))| {
            Some(AddedLabel {
                key: key.str()?,
                value: value.str()?,
                reach,
            })
        })
        .collect()
}

fn generators<'a>(root: Node<'a>, namespace: Option<&'a str>) -> Vec<Generator<'a>> {
    let of = |field, kind| {
        let entries = root.get(field).into_iter().flat_map(Node::items);
        entries.filter_map(move |node| {
            Some(Generator {
                kind,
                name: word(node, "name")?,
                namespace: namespace.or_else(|| word(node, "namespace")),
                keys: generated_keys(node),
                node,
            })
        })
    };
    of("secretGenerator", GeneratedKind::Secret)
        .chain(of("configMapGenerator", GeneratedKind::ConfigMap))
        .collect()
}

/// Keys made by `literals` and `files`; those of `envs` stand in files that are not read, and those
/// of a merged generator elsewhere.
fn generated_keys(entry: Node<'_>) -> Option<Vec<&str>> {
    let is_merged = entry
        .get("behavior")
        .is_some_and(|it| it.str() != Some("create"));
    if is_merged || entry.get("envs").is_some() || entry.get("env").is_some() {
        return None;
    }
    let mut keys = Vec::new();
    for literal in entry.get("literals").into_iter().flat_map(Node::items) {
        keys.push(literal.str()?.split_once('=')?.0);
    }
    for file in entry.get("files").into_iter().flat_map(Node::items) {
        let file = file.str()?;
        let key = match file.split_once('=') {
            Some((key, _)) => key,
            None => file.rsplit_once('/').map_or(file, |(_, name)| name),
        };
        keys.push(key);
    }
    Some(keys)
}

fn patches<'a>(file: &'a ManifestFile, root: Node<'a>, folder: &str) -> Vec<PatchEntry<'a>> {
    let lists = PATCH_LISTS.iter().filter_map(|list| root.get(list));
    lists
        .flat_map(Node::items)
        .flat_map(|entry| patch_entries(file, entry, folder))
        .collect()
}

fn patch_entries<'a>(file: &'a ManifestFile, entry: Node<'a>, folder: &str) -> Vec<PatchEntry<'a>> {
    let target = entry.get("target").map(Target::new);
    let path = entry
        .get("path")
        .and_then(Node::str)
        .or_else(|| entry.str());
    if let Some(path) = path.filter(|it| !it.contains('\n')) {
        let path = join(folder, path);
        return path
            .into_iter()
            .map(|path| PatchEntry::File { path, target })
            .collect();
    }
    let text = entry.get("patch").unwrap_or(entry);
    let parsed = file
        .inline_patches
        .iter()
        .find(|(node, _)| *node == text.id());
    let Some(root) = parsed.and_then(|(_, document)| document.root()) else {
        return target
            .map(|it| PatchEntry::Inline(Patch::of_anything(it)))
            .into_iter()
            .collect();
    };
    let target = target.or_else(|| Target::of_object(root));
    let change = Change::new(root);
    target
        .map(|target| PatchEntry::Inline(Patch { target, change }))
        .into_iter()
        .collect()
}

/// Whether a resource is fetched from elsewhere: a URL, or a host with a path to a git repository.
fn is_remote(path: &str) -> bool {
    path.contains("://")
        || path.contains("?ref=")
        || path.contains(".git")
        || path.starts_with("git@")
        || path.starts_with("github.com/")
}

/// `path` seen from `folder`, without `.` and `..`; `None` where it leaves the root.
pub(crate) fn join(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn paths_are_joined_without_dots() {
        assert_eq!(join("a/b", "../c/./d.yaml").as_deref(), Some("a/c/d.yaml"));
        assert_eq!(join("", "./base/").as_deref(), Some("base"));
        assert_eq!(join("a", "../../b"), None);
    }
}

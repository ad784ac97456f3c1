//! What a `kustomization.yaml` says of other files.
//!
//! Fields: kustomize's `api/types/kustomization.go`.

use crate::{
    manifest::ManifestFile,
    object::{Kind, is_template},
    yaml::{self, Chunk, Document, Limits, Node, NodeId, Piece},
};

use super::patch::{Change, Patch, Target};

/// A kustomization, its paths relative to the root.
#[derive(Clone, Debug)]
pub(crate) struct Kustomization<'a> {
    pub(crate) folder: &'a str,
    pub(crate) is_component: bool,
    /// Whether a controller adds patches to it.
    pub(crate) is_edited: bool,
    /// Files and folders, bases among them.
    pub(crate) resources: Vec<String>,
    pub(crate) components: Vec<String>,
    /// Files that kustomize cannot build without, though they hold no objects.
    pub(crate) settings: Vec<String>,
    pub(crate) patches: Vec<PatchEntry<'a>>,
    pub(crate) generators: Vec<(Behavior, Generator<'a>)>,
    pub(crate) namespace: Setting<'a>,
    pub(crate) prefix: Setting<'a>,
    pub(crate) suffix: Setting<'a>,
    pub(crate) labels: Vec<AddedLabel<'a>>,
    pub(crate) incomplete: Option<&'static str>,
}

/// A word in a field of a kustomization.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Setting<'a> {
    /// Left out, or empty.
    Unset,
    /// Known.
    Word(&'a str),
    /// Known once a template engine has run.
    Template,
}

impl<'a> Setting<'a> {
    pub(crate) fn of(node: Option<Node<'a>>) -> Self {
        match node.and_then(Node::str) {
            None | Some("") => Self::Unset,
            Some(text) if is_template(text) => Self::Template,
            Some(text) => Self::Word(text),
        }
    }

    pub(crate) fn word(self) -> Option<&'a str> {
        match self {
            Self::Word(word) => Some(word),
            Self::Unset | Self::Template => None,
        }
    }
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

impl<'a> AddedLabel<'a> {
    pub(crate) fn new(key: Node<'a>, value: Node<'a>, reach: LabelReach) -> Option<Self> {
        Some(Self {
            key: key.str()?,
            value: value.str()?,
            reach,
        })
    }
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
#[derive(Clone, Debug)]
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
    /// Name before the hash, as the entry has it.
    pub name: &'a str,
    /// What kustomizations put before the name, the innermost last.
    pub prefix: String,
    /// What kustomizations put behind the name, before the hash.
    pub suffix: String,
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

impl GeneratedKind {
    /// Name of the kind of what it makes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Secret => "Secret",
            Self::ConfigMap => "ConfigMap",
        }
    }

    /// Kind of what it makes.
    pub fn kind(self) -> Kind {
        match self {
            Self::Secret => Kind::Secret,
            Self::ConfigMap => Kind::ConfigMap,
        }
    }
}

/// What a generator does with one of the same name that an included kustomization has
/// (`GenerationBehavior` in kustomize's `api/types/generationbehavior.go`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Behavior {
    Create,
    Replace,
    Merge,
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
    let documents = texts.flat_map(|node| {
        let pieces = yaml::split(node.text().unwrap_or_default());
        let chunks = pieces.filter_map(|piece| match piece {
            Piece::Chunk(chunk) => Some(chunk),
            Piece::BadSeparator { .. } => None,
        });
        let chunks = chunks.map(move |chunk| Chunk {
            offset: node.place().span.start(),
            first_line: 1,
            text: chunk.text,
        });
        chunks.map(move |chunk| {
            let document = Document::parse(kustomization.file(), chunk, limits);
            (node.id(), document)
        })
    });
    documents.collect()
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
        it.settings = it.paths(root, "configurations");
        let definitions = it.paths(root, "crds");
        it.settings.extend(definitions);
        it.namespace = Setting::of(root.get("namespace"));
        it.prefix = Setting::of(root.get("namePrefix"));
        it.suffix = Setting::of(root.get("nameSuffix"));
        it.labels = labels(root);
        it.generators = generators(root);
        it.patches = patches(file, root, folder);
        it.patches.extend(edits(root));
        let reason = UNREADABLE.iter().find(|(field, _)| is_used(root, field));
        let reason = reason.map(|(_, why)| *why).or_else(|| rejection(root));
        it.incomplete = it.incomplete.or(reason);
        Some(it)
    }

    fn empty(file: &'a ManifestFile, incomplete: &'static str) -> Self {
        Self {
            incomplete: (!incomplete.is_empty()).then_some(incomplete),
            ..Self::at(file.folder())
        }
    }

    /// A kustomization in `folder` that does nothing.
    pub(crate) fn at(folder: &'a str) -> Self {
        Self {
            folder,
            is_component: false,
            is_edited: false,
            resources: Vec::new(),
            components: Vec::new(),
            settings: Vec::new(),
            patches: Vec::new(),
            generators: Vec::new(),
            namespace: Setting::Unset,
            prefix: Setting::Unset,
            suffix: Setting::Unset,
            labels: Vec::new(),
            incomplete: None,
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

    /// The files and folders that it names.
    pub(crate) fn paths_named(&self) -> impl Iterator<Item = &str> {
        let included = self.resources.iter().chain(&self.components);
        let named = included.chain(&self.settings).map(String::as_str);
        named.chain(self.patch_paths())
    }

    /// Paths of files that hold patches.
    pub(crate) fn patch_paths(&self) -> impl Iterator<Item = &str> {
        self.patches.iter().filter_map(|entry| match entry {
            PatchEntry::File { path, .. } => Some(path.as_str()),
            PatchEntry::Inline(_) => None,
        })
    }
}

/// Whether `field` is there and holds something.
fn is_used(root: Node<'_>, field: &str) -> bool {
    root.get(field)
        .is_some_and(|it| !it.is_null() && (!it.is_sequence() || it.items().next().is_some()))
}

/// Why kustomize would refuse the file (`EnforceFields` and `CheckEmpty` in
/// `api/types/kustomization.go`).
fn rejection(root: Node<'_>) -> Option<&'static str> {
    let version = root.get("apiVersion").and_then(Node::str);
    let is_own =
        version.is_none_or(|it| it.is_empty() || it.starts_with("kustomize.config.k8s.io/"));
    let is_empty = root.fields().all(|(key, _)| {
        let key = key.str().unwrap_or_default();
        matches!(key, "apiVersion" | "kind" | "metadata")
    });
    if is_empty {
        return Some("its kustomization is empty");
    }
    (!is_own).then_some("its kustomization is of another API group")
}

/// Changes to objects besides patches: no field is certain to be absent, or to be as written, behind
/// a transformer, a replacement or annotations that are added.
fn edits(root: Node<'_>) -> Vec<PatchEntry<'_>> {
    let mut edits = Vec::new();
    if is_used(root, "transformers") {
        edits.push(Patch::of_anything(Target::default()));
    }
    for replacement in root.get("replacements").into_iter().flat_map(Node::items) {
        let targets = replacement.get("targets").into_iter().flat_map(Node::items);
        let selected = targets.filter_map(|it| it.get("select")).map(Target::new);
        edits.extend(selected.map(Patch::of_anything));
        if replacement.get("path").is_some() {
            edits.push(Patch::of_anything(Target::default()));
        }
    }
    if let Some(added) = root.get("commonAnnotations") {
        edits.push(Patch {
            target: Target::default(),
            change: Change::Annotations(added),
        });
    }
    edits.into_iter().map(PatchEntry::Inline).collect()
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
        .filter_map(|(reach, (key, value))| AddedLabel::new(key, value, reach))
        .collect()
}

fn generators(root: Node<'_>) -> Vec<(Behavior, Generator<'_>)> {
    let of = |field, kind| {
        let entries = root.get(field).into_iter().flat_map(Node::items);
        entries.filter_map(move |node| {
            let behavior = match node.get("behavior").and_then(Node::str) {
                Some("merge") => Behavior::Merge,
                Some("replace") => Behavior::Replace,
                _ => Behavior::Create,
            };
            let generator = Generator {
                kind,
                name: Setting::of(node.get("name")).word()?,
                prefix: String::new(),
                suffix: String::new(),
                namespace: Setting::of(node.get("namespace")).word(),
                keys: generated_keys(node),
                node,
            };
            Some((behavior, generator))
        })
    };
    of("secretGenerator", GeneratedKind::Secret)
        .chain(of("configMapGenerator", GeneratedKind::ConfigMap))
        .collect()
}

/// Keys made by `literals` and `files`; those of `envs` stand in files that are not read.
fn generated_keys(entry: Node<'_>) -> Option<Vec<&str>> {
    if entry.get("envs").is_some() || entry.get("env").is_some() {
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
        .filter(|(node, _)| *node == text.id());
    let roots = parsed.filter_map(|(_, document)| document.root());
    let patches: Vec<_> = roots
        .filter(|root| !root.is_null())
        .map(|root| match target.or_else(|| Target::of_object(root)) {
            Some(target) => Patch {
                target,
                change: Change::new(root),
            },
            None => Patch::of_anything(Target::default()),
        })
        .collect();
    let patches = if patches.is_empty() {
        vec![Patch::of_anything(target.unwrap_or_default())]
    } else {
        patches
    };
    patches.into_iter().map(PatchEntry::Inline).collect()
}

/// Whether a resource is fetched from elsewhere: a URL, or a host with a path to a git repository.
fn is_remote(path: &str) -> bool {
    let is_repository =
        |it: &str| path.contains(it) || path.ends_with(it.trim_end_matches(['/', '?']));
    path.contains("://")
        || path.contains("?ref=")
        || is_repository(".git/")
        || is_repository(".git?")
        || path.starts_with("git@")
        || path.starts_with("github.com/")
}

/// `path` seen from `folder`, without `.` and `..`; `None` where it leaves the root.
pub(crate) fn join(folder: &str, path: &str) -> Option<String> {
    if path.starts_with('/') {
        return None;
    }
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
    use super::{is_remote, join};

    #[test]
    fn paths_are_joined_without_dots() {
        assert_eq!(join("a/b", "../c/./d.yaml").as_deref(), Some("a/c/d.yaml"));
        assert_eq!(join("", "./base/").as_deref(), Some("base"));
        assert_eq!(join("a", "../../b"), None);
        assert_eq!(join("a", "/b"), None);
    }

    #[test]
    fn hosts_and_repositories_are_remote() {
        for path in [
            "https://example.org/a.yaml",
            "github.com/org/repository//config",
            "git@example.org:org/repository",
            "example.org/repository.git",
            "example.org/repository.git/config?ref=v1",
        ] {
            assert!(is_remote(path), "{path}");
        }
        for path in ["../.github/manifests", "a.gitlab.yaml", ".gitea"] {
            assert!(!is_remote(path), "{path}");
        }
    }
}

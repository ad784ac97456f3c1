//! What is applied together: kustomizations, the paths of Argo CD and Flux, single files.

mod closure;
mod kustomization;
mod layer;
mod patch;
mod paths;

use std::{borrow::Cow, ops::Range};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    manifest::ManifestFile,
    object::{Object, ObjectId},
    span::narrow,
};

use closure::Closures;
pub(crate) use kustomization::Kustomization;
pub use kustomization::{AddedLabel, GeneratedKind, Generator, LabelReach, inline_patches};
pub(crate) use patch::Patch;

/// A unit by its number in the [`Inventory`](crate::inventory::Inventory).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct UnitId(pub(crate) u32);

impl UnitId {
    /// The number as an index.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// What makes a unit one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnitKind {
    /// A kustomization that no other includes, with all that it includes.
    Kustomization,
    /// The folder that an Argo CD `Application` or a Flux `Kustomization` applies.
    Path,
    /// A file that belongs to nothing else.
    File,
    /// Standard input without a name.
    Stream,
}

/// What is applied together.
#[derive(Debug)]
pub struct Unit<'a> {
    /// Its number.
    pub id: UnitId,
    /// What makes it one.
    pub kind: UnitKind,
    /// Path of its folder, or of its file.
    pub path: &'a str,
    /// The objects in it.
    pub members: Vec<Member<'a>>,
    /// Secrets and `ConfigMap`s that its kustomizations generate.
    pub generators: Vec<Generator<'a>>,
    /// Why more may be applied than the input shows; no verdict "missing" follows here.
    pub incomplete: Option<&'static str>,
}

impl<'a> Unit<'a> {
    /// The member that `object` is here.
    pub fn member(&self, object: ObjectId) -> Option<&Member<'a>> {
        self.members.iter().find(|it| it.object == object)
    }
}

/// An object in a unit.
#[derive(Clone, Debug)]
pub struct Member<'a> {
    /// The object.
    pub object: ObjectId,
    /// The namespace that a kustomization gives it, over its own.
    pub namespace: Option<&'a str>,
    /// The namespace it gets where it sets none.
    pub default_namespace: Option<&'a str>,
    /// What kustomizations put before its name, the innermost last.
    pub prefix: String,
    /// What kustomizations put behind its name.
    pub suffix: String,
    /// Labels that kustomizations add, the outermost last, which wins.
    pub labels: Vec<AddedLabel<'a>>,
    /// The same object again under another name or in another namespace, where the unit includes it
    /// by several ways.
    pub copies: Vec<Self>,
    /// What became of `metadata.name`, prefix and suffix aside.
    pub(crate) name: Edit<'a>,
    /// What became of `metadata.namespace`, where no kustomization sets one.
    pub(crate) own_namespace: Edit<'a>,
}

/// What kustomizations do to a word of an object.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Edit<'a> {
    Kept,
    Removed,
    Set(&'a str),
    Unknown,
}

/// The units of a root, and what kustomizations do to single objects.
#[derive(Debug)]
pub(crate) struct Units<'a> {
    pub(crate) units: Vec<Unit<'a>>,
    /// Patches that apply to an object in any unit.
    pub(crate) patches: FxHashMap<ObjectId, Vec<Patch<'a>>>,
}

/// The objects of each file: `first..last` of [`Inventory`](crate::inventory::Inventory) numbers.
pub(crate) struct Files<'a> {
    list: Vec<&'a ManifestFile>,
    ranges: Vec<Range<u32>>,
    by_path: FxHashMap<&'a str, usize>,
}

impl<'a> Files<'a> {
    pub(crate) fn new(list: Vec<&'a ManifestFile>, ranges: Vec<Range<u32>>) -> Self {
        let by_path = list.iter().enumerate().flat_map(|(index, file)| {
            let paths = std::iter::once(&file.path).chain(&file.aliases);
            paths.map(move |path| (&**path, index))
        });
        let by_path = by_path.collect();
        Self {
            list,
            ranges,
            by_path,
        }
    }

    fn index(&self, path: &str) -> Option<usize> {
        self.by_path.get(path).copied()
    }

    /// The files below `folder`, in order of path.
    fn below(&self, folder: &str) -> impl Iterator<Item = &'a ManifestFile> {
        let prefix = format!("{folder}/");
        let first = self.list.partition_point(|it| *it.path < *prefix);
        let files = self.list.iter().skip(first).copied();
        files.take_while(move |it| it.path.starts_with(&prefix))
    }

    fn objects(&self, file: usize) -> impl Iterator<Item = ObjectId> + use<> {
        self.ranges[file].clone().map(ObjectId)
    }
}

/// The kustomizations among `files`.
pub(crate) fn kustomizations<'a>(files: &[&'a ManifestFile]) -> Vec<Kustomization<'a>> {
    let read = files.iter().copied().filter_map(Kustomization::of);
    let mut kustomizations: Vec<_> = read.collect();
    let mut first = FxHashMap::default();
    for index in 0..kustomizations.len() {
        if let Some(other) = first.insert(kustomizations[index].folder, index) {
            for it in [index, other] {
                kustomizations[it].incomplete = Some("its folder has several kustomizations");
            }
        }
    }
    kustomizations
}

/// Those of `files` that lie in the folder `folder` or are the file `folder`, with those elsewhere that
/// their kustomizations reach.
pub(crate) fn reached_from<'a>(files: &[&'a ManifestFile], folder: &str) -> Vec<&'a ManifestFile> {
    let kustomizations = kustomizations(files);
    let by_folder: FxHashMap<_, _> = kustomizations.iter().map(|it| (it.folder, it)).collect();
    let by_path: FxHashMap<_, _> = files.iter().map(|it| (&*it.path, *it)).collect();
    let mut reached: FxHashSet<&str> = files
        .iter()
        .map(|it| &*it.path)
        .filter(|path| is_below(path, folder))
        .collect();
    let mut queue: Vec<_> = kustomizations
        .iter()
        .filter(|it| is_below(it.folder, folder))
        .collect();
    let mut followed: FxHashSet<&str> = queue.iter().map(|it| it.folder).collect();
    while let Some(kustomization) = queue.pop() {
        for path in kustomization.paths_named() {
            match (by_folder.get(path), by_path.get(path)) {
                (Some(inner), _) if followed.insert(inner.folder) => queue.push(inner),
                (None, Some(file)) => drop(reached.insert(&file.path)),
                _ => {}
            }
        }
    }
    let is_reached = |it: &&ManifestFile| {
        let is_followed = it.kustomization.is_some() && followed.contains(it.folder());
        is_followed || reached.contains(&*it.path)
    };
    files.iter().copied().filter(is_reached).collect()
}

/// Whether `path` is `folder` or lies below it; everything lies below the root, which is empty.
fn is_below(path: &str, folder: &str) -> bool {
    folder.is_empty()
        || path
            .strip_prefix(folder)
            .is_some_and(|it| it.is_empty() || it.starts_with('/'))
}

/// Paths of files that some kustomization names as a patch and none as a resource.
pub(crate) fn patch_files(kustomizations: &[Kustomization<'_>]) -> FxHashSet<String> {
    let applied: FxHashSet<&str> = kustomizations
        .iter()
        .flat_map(|it| &it.resources)
        .map(String::as_str)
        .collect();
    let named = kustomizations.iter().flat_map(Kustomization::patch_paths);
    named
        .filter(|it| !applied.contains(it))
        .map(str::to_owned)
        .collect()
}

/// Divides the objects of a root into units.
pub(crate) fn divide<'a>(
    kustomizations: &[Kustomization<'a>],
    files: &Files<'a>,
    objects: &[Object<'a>],
) -> Units<'a> {
    let mut closures = Closures::new(kustomizations, files, objects);
    let mut units = closures.roots();
    paths::apply(files, objects, &mut closures, &mut units);
    for (index, file) in files.list.iter().enumerate() {
        if !closures.included[index] && !files.ranges[index].is_empty() {
            units.push(file_unit(file, files.objects(index)));
        }
    }
    for (number, unit) in units.iter_mut().enumerate() {
        unit.id = UnitId(narrow(number));
    }
    Units {
        units,
        patches: closures.patches,
    }
}

fn file_unit(file: &ManifestFile, objects: impl Iterator<Item = ObjectId>) -> Unit<'_> {
    let kind = if file.is_stream {
        UnitKind::Stream
    } else {
        UnitKind::File
    };
    Unit {
        id: UnitId(0),
        kind,
        path: &file.path,
        members: objects.map(Member::new).collect(),
        generators: Vec::new(),
        incomplete: file
            .is_incomplete
            .then_some("parts of the file could not be read"),
    }
}

impl<'a> Member<'a> {
    pub(crate) fn new(object: ObjectId) -> Self {
        Self {
            object,
            namespace: None,
            default_namespace: None,
            prefix: String::new(),
            suffix: String::new(),
            labels: Vec::new(),
            copies: Vec::new(),
            name: Edit::Kept,
            own_namespace: Edit::Kept,
        }
    }

    /// Whether its name is another than its manifest has.
    pub fn is_renamed(&self) -> bool {
        self.name != Edit::Kept || !self.prefix.is_empty() || !self.suffix.is_empty()
    }

    /// Itself and its copies.
    pub fn placements(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.copies)
    }

    /// Its name with prefix and suffix, where its manifest has `own`.
    pub(crate) fn applied_name(&self, own: Option<&'a str>) -> Option<Cow<'a, str>> {
        let name = self.base_name(own)?;
        if self.prefix.is_empty() && self.suffix.is_empty() {
            return Some(name.into());
        }
        Some(format!("{}{name}{}", self.prefix, self.suffix).into())
    }

    /// Its name before prefix and suffix, where its manifest has `own`.
    pub(crate) fn base_name(&self, own: Option<&'a str>) -> Option<&'a str> {
        match self.name {
            Edit::Kept => own,
            Edit::Set(name) => Some(name),
            Edit::Removed | Edit::Unknown => None,
        }
    }
}

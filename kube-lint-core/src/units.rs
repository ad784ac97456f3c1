//! What is applied together: kustomizations, the paths of Argo CD and Flux, single files.

mod closure;
mod kustomization;
mod patch;
mod paths;

use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    manifest::ManifestFile,
    object::{Object, ObjectId},
};

use closure::Closures;
pub(crate) use kustomization::Kustomization;
pub use kustomization::{AddedLabel, GeneratedKind, Generator, LabelReach, inline_patches};
pub(crate) use patch::Changed;

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
}

/// The units of a root, and what kustomizations do to single objects.
#[derive(Debug)]
pub(crate) struct Units<'a> {
    pub(crate) units: Vec<Unit<'a>>,
    /// What patches change in an object in any unit.
    pub(crate) patches: FxHashMap<ObjectId, Changed<'a>>,
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

    /// The files whose paths begin with `text`, and the index of the first.
    fn starting_with(&self, text: &str) -> (usize, &[&'a ManifestFile]) {
        let first = self.list.partition_point(|it| &*it.path < text);
        let rest = self.list.get(first..).unwrap_or_default();
        let count = rest.partition_point(|it| it.path.starts_with(text));
        (first, rest.get(..count).unwrap_or_default())
    }

    /// The index of the file that holds `object`.
    fn of(&self, object: ObjectId) -> usize {
        self.ranges.partition_point(|range| range.end <= object.0)
    }

    fn objects(&self, file: usize) -> impl Iterator<Item = ObjectId> + use<> {
        self.ranges[file].clone().map(ObjectId)
    }
}

/// The kustomizations among `files`.
pub(crate) fn kustomizations<'a>(files: &[&'a ManifestFile]) -> Vec<Kustomization<'a>> {
    files
        .iter()
        .copied()
        .filter_map(Kustomization::of)
        .collect()
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
    let mut is_taken = vec![false; files.list.len()];
    closures.mark_included(&mut is_taken);
    paths::mark_included(&units, |it| files.of(it), &mut is_taken);
    for (index, file) in files.list.iter().enumerate() {
        if !is_taken[index] && !files.ranges[index].is_empty() {
            units.push(file_unit(file, files.objects(index)));
        }
    }
    for (number, unit) in units.iter_mut().enumerate() {
        unit.id = UnitId(u32::try_from(number).unwrap_or(u32::MAX));
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

impl Member<'_> {
    pub(crate) fn new(object: ObjectId) -> Self {
        Self {
            object,
            namespace: None,
            default_namespace: None,
            prefix: String::new(),
            suffix: String::new(),
            labels: Vec::new(),
        }
    }
}

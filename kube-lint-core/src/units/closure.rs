//! Everything that a root kustomization includes, with what each layer does to it.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::object::{Kind, Object, ObjectId};

use super::{
    Files, Member, Unit, UnitId, UnitKind,
    kustomization::{Generator, Kustomization, PatchEntry},
    patch::{Changed, Patch},
};

/// The kustomizations of a root and how they include each other.
pub(crate) struct Closures<'i, 'a> {
    kustomizations: &'i [Kustomization<'a>],
    by_folder: FxHashMap<&'a str, usize>,
    files: &'i Files<'a>,
    objects: &'i [Object<'a>],
    /// Paths of the files that any kustomization includes.
    included: BTreeSet<String>,
    pub(crate) patches: FxHashMap<ObjectId, Changed<'a>>,
}

/// What a kustomization yields.
#[derive(Default)]
pub(crate) struct Layer<'a> {
    members: Vec<Member<'a>>,
    known: FxHashSet<ObjectId>,
    generators: Vec<Generator<'a>>,
    incomplete: Option<&'static str>,
}

impl<'i, 'a> Closures<'i, 'a> {
    pub(crate) fn new(
        kustomizations: &'i [Kustomization<'a>],
        files: &'i Files<'a>,
        objects: &'i [Object<'a>],
    ) -> Self {
        let numbered = kustomizations.iter().enumerate();
        Self {
            kustomizations,
            by_folder: numbered.map(|(index, it)| (it.folder, index)).collect(),
            files,
            objects,
            included: BTreeSet::new(),
            patches: FxHashMap::default(),
        }
    }

    /// One unit for each kustomization that is no component and that no other includes.
    pub(crate) fn roots(&mut self) -> Vec<Unit<'a>> {
        let is_included: FxHashSet<usize> = self
            .kustomizations
            .iter()
            .flat_map(|it| it.resources.iter().chain(&it.components))
            .filter_map(|path| self.by_folder.get(path.as_str()).copied())
            .collect();
        (0..self.kustomizations.len())
            .filter(|index| {
                !is_included.contains(index) && !self.kustomizations[*index].is_component
            })
            .map(|index| self.unit(index))
            .collect()
    }

    /// The kustomization in `folder` as a unit.
    pub(crate) fn unit_at(&mut self, folder: &str) -> Option<Unit<'a>> {
        let index = *self.by_folder.get(folder)?;
        Some(self.unit(index))
    }

    fn unit(&mut self, index: usize) -> Unit<'a> {
        let layer = self.layer(index, &mut Vec::new());
        Unit {
            id: UnitId(0),
            kind: UnitKind::Kustomization,
            path: self.kustomizations[index].folder,
            members: layer.members,
            generators: layer.generators,
            incomplete: layer.incomplete,
        }
    }

    /// What the kustomization `index` yields; `within` are those that include it.
    fn layer(&mut self, index: usize, within: &mut Vec<usize>) -> Layer<'a> {
        let mut layer = Layer::default();
        if within.contains(&index) {
            layer.incomplete = Some("its kustomizations include each other");
            return layer;
        }
        within.push(index);
        let kustomization = &self.kustomizations[index];
        layer.incomplete = kustomization.incomplete;
        for path in kustomization
            .resources
            .iter()
            .chain(&kustomization.components)
        {
            self.include(path, &mut layer, within);
        }
        layer
            .generators
            .extend(kustomization.generators.iter().cloned());
        layer.apply(kustomization, self.objects);
        self.patch(kustomization, &layer.members);
        within.pop();
        layer
    }

    fn include(&mut self, path: &str, layer: &mut Layer<'a>, within: &mut Vec<usize>) {
        if let Some(&index) = self.by_folder.get(path) {
            let inner = self.layer(index, within);
            layer.extend(inner);
        } else if let Some(file) = self.files.index(path) {
            self.included.insert(path.to_owned());
            let objects = self.files.objects(file);
            layer.add(objects.map(Member::new));
            if self.files.list[file].is_incomplete {
                layer.incomplete = Some("parts of it could not be read");
            }
        } else {
            layer.incomplete = Some("it includes files that were not read");
        }
    }

    /// Notes which of `members` the patches of `kustomization` change.
    fn patch(&mut self, kustomization: &Kustomization<'a>, members: &[Member<'a>]) {
        for entry in &kustomization.patches {
            for patch in self.patches_of(entry) {
                for member in members {
                    if patch.target.matches(&self.objects[member.object.index()]) {
                        let changed = self.patches.entry(member.object).or_default();
                        changed.add(&patch.change);
                    }
                }
            }
        }
    }

    fn patches_of(&mut self, entry: &PatchEntry<'a>) -> Vec<Patch<'a>> {
        let (path, target) = match entry {
            PatchEntry::Inline(patch) => return vec![patch.clone()],
            PatchEntry::File { path, target } => (path, *target),
        };
        self.included.insert(path.clone());
        let objects = self.files.index(path).map(|file| self.files.objects(file));
        let merges = objects.into_iter().flatten();
        let mut patches: Vec<_> = merges
            .filter_map(|it| Patch::of_object(&self.objects[it.index()]))
            .map(|patch| Patch {
                target: target.unwrap_or(patch.target),
                ..patch
            })
            .collect();
        if patches.is_empty() {
            patches.extend(target.map(Patch::of_anything));
        }
        patches
    }

    /// Sets those of `is_taken` whose files some kustomization includes.
    pub(crate) fn mark_included(&self, is_taken: &mut [bool]) {
        for path in &self.included {
            if let Some(file) = self.files.index(path) {
                is_taken[file] = true;
            }
        }
    }
}

impl<'a> Layer<'a> {
    fn add(&mut self, members: impl Iterator<Item = Member<'a>>) {
        let new = members.filter(|it| self.known.insert(it.object));
        self.members.extend(new);
    }

    fn extend(&mut self, inner: Self) {
        self.add(inner.members.into_iter());
        self.generators.extend(inner.generators);
        self.incomplete = self.incomplete.or(inner.incomplete);
    }

    /// Does to every member what the kustomization's own fields say.
    fn apply(&mut self, kustomization: &Kustomization<'a>, objects: &[Object<'a>]) {
        for member in &mut self.members {
            let kind = objects[member.object.index()].kind();
            if let Some(namespace) = kustomization.namespace {
                member.namespace = Some(namespace);
            }
            if !matches!(kind, Kind::Namespace | Kind::CustomResourceDefinition) {
                member.prefix.insert_str(0, kustomization.prefix);
                member.suffix.push_str(kustomization.suffix);
            }
            member.labels.extend(&kustomization.labels);
        }
        for generator in &mut self.generators {
            generator.namespace = kustomization.namespace.or(generator.namespace);
        }
    }
}

//! Everything that a root kustomization includes, with what each layer does to it.
//!
//! The order of work is kustomize's: resources, generators, components, which change all that is there
//! by then, patches, namespace, names, labels (`accumulateTarget` in `api/internal/target/kusttarget.go`).

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::object::{Object, ObjectId};

use super::{
    Files, Member, Unit, UnitId, UnitKind,
    kustomization::{Kustomization, PatchEntry},
    layer::Layer,
    patch::{Candidate, Match, Names, Patch, Target},
};

/// Layers that are followed; real ones are a handful.
const DEPTH: usize = 64;

/// Members that a layer holds at most, and all layers of a run together: without a limit, thirty
/// kustomizations that include each of the next twice under two names hold a thousand million.
const MEMBERS: usize = 50_000;
const MEMBERS_OF_ALL: usize = 1_000_000;

/// Components that one unit includes at most, however nested.
const COMPONENTS: usize = 1_000;

const TOO_MANY: &str = "its kustomizations hold too many objects";

/// The kustomizations of a root and how they include each other.
pub(crate) struct Closures<'i, 'a> {
    kustomizations: &'i [Kustomization<'a>],
    by_folder: FxHashMap<&'a str, usize>,
    files: &'i Files<'a>,
    objects: &'i [Object<'a>],
    /// For each kustomization, whether several include it.
    is_shared: Vec<bool>,
    /// What the shared ones yield.
    layers: FxHashMap<usize, Rc<Layer<'a>>>,
    /// How many more members may be made.
    budget: usize,
    /// How many more components the unit may include.
    components: usize,
    /// For each file, whether any kustomization or controller includes it.
    pub(crate) included: Vec<bool>,
    pub(crate) patches: FxHashMap<ObjectId, Vec<Patch<'a>>>,
    /// Which patch of which folder's kustomization is noted for which object.
    noted: FxHashSet<(&'a str, usize, ObjectId)>,
}

impl<'i, 'a> Closures<'i, 'a> {
    pub(crate) fn new(
        kustomizations: &'i [Kustomization<'a>],
        files: &'i Files<'a>,
        objects: &'i [Object<'a>],
    ) -> Self {
        let numbered = kustomizations.iter().enumerate();
        let by_folder: FxHashMap<_, _> = numbered.map(|(index, it)| (it.folder, index)).collect();
        let mut includers = vec![0_u32; kustomizations.len()];
        for path in kustomizations.iter().flat_map(|it| &it.resources) {
            if let Some(index) = by_folder.get(path.as_str()) {
                includers[*index] += 1;
            }
        }
        Self {
            kustomizations,
            by_folder,
            files,
            objects,
            is_shared: includers.iter().map(|it| *it > 1).collect(),
            layers: FxHashMap::default(),
            budget: MEMBERS_OF_ALL,
            components: COMPONENTS,
            included: vec![false; files.list.len()],
            patches: FxHashMap::default(),
            noted: FxHashSet::default(),
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
        let roots: Vec<_> = (0..self.kustomizations.len())
            .filter(|index| {
                let it = &self.kustomizations[*index];
                let is_first = self.by_folder.get(it.folder) == Some(index);
                !is_included.contains(index) && !it.is_component && is_first
            })
            .collect();
        roots
            .into_iter()
            .map(|index| {
                let root = &self.kustomizations[index];
                self.unit(UnitKind::Kustomization, root, &mut vec![index])
            })
            .collect()
    }

    /// The kustomization in `folder`.
    pub(crate) fn at(&self, folder: &str) -> Option<&'i Kustomization<'a>> {
        let index = *self.by_folder.get(folder)?;
        Some(&self.kustomizations[index])
    }

    /// What `kustomization` yields, as a unit.
    pub(crate) fn unit_of(
        &mut self,
        kind: UnitKind,
        kustomization: &Kustomization<'a>,
    ) -> Unit<'a> {
        self.unit(kind, kustomization, &mut Vec::new())
    }

    fn unit(
        &mut self,
        kind: UnitKind,
        kustomization: &Kustomization<'a>,
        within: &mut Vec<usize>,
    ) -> Unit<'a> {
        self.components = COMPONENTS;
        let layer = self.build(kustomization, within);
        Unit {
            id: UnitId(0),
            kind,
            path: kustomization.folder,
            members: gather(layer.members),
            generators: layer.generators,
            incomplete: layer.incomplete,
        }
    }

    /// The outermost kustomization at `folder` or above it whose path is longer than `least`.
    pub(crate) fn outermost<'f>(&self, folder: &'f str, least: usize) -> Option<&'f str> {
        let ends = folder.match_indices('/').map(|(at, _)| at);
        let above = ends.chain([folder.len()]).filter(|it| *it > least);
        let mut folders = above.filter_map(|it| folder.get(..it));
        folders.find(|it| self.by_folder.contains_key(it))
    }

    /// What the kustomization `index` yields; `within` are those that include it.
    fn layer(&mut self, index: usize, within: &mut Vec<usize>) -> Rc<Layer<'a>> {
        if let Some(layer) = self.layers.get(&index) {
            return Rc::clone(layer);
        }
        if within.contains(&index) {
            return Rc::new(Layer::incomplete("its kustomizations include each other"));
        }
        if within.len() >= DEPTH {
            return Rc::new(Layer::incomplete(
                "its kustomizations include too many others",
            ));
        }
        within.push(index);
        let layer = Rc::new(self.build(&self.kustomizations[index], within));
        within.pop();
        if self.is_shared[index] {
            self.layers.insert(index, Rc::clone(&layer));
        }
        layer
    }

    fn build(&mut self, kustomization: &Kustomization<'a>, within: &mut Vec<usize>) -> Layer<'a> {
        let mut layer = Layer {
            incomplete: kustomization.incomplete,
            ..Layer::default()
        };
        self.fill(kustomization, &mut layer, within);
        layer
    }

    /// Adds to `layer` what `kustomization` includes and generates, and changes all of it.
    fn fill(
        &mut self,
        kustomization: &Kustomization<'a>,
        layer: &mut Layer<'a>,
        within: &mut Vec<usize>,
    ) {
        for path in &kustomization.resources {
            self.include(path, layer, within);
        }
        layer.drop_repeated();
        if kustomization
            .settings
            .iter()
            .any(|it| self.files.index(it).is_none())
        {
            layer.mark("it names files that were not read");
        }
        for (behavior, generator) in &kustomization.generators {
            if let Some(changed) = layer.generate(*behavior, generator, self.objects) {
                let patches = self.patches.entry(changed).or_default();
                patches.push(Patch::of_anything(Target::default()));
            }
        }
        for path in &kustomization.components {
            self.include_component(path, layer, within);
        }
        self.patch(kustomization, layer);
        layer.apply(kustomization, self.objects);
    }

    fn include(&mut self, path: &str, layer: &mut Layer<'a>, within: &mut Vec<usize>) {
        if let Some(&index) = self.by_folder.get(path) {
            if self.kustomizations[index].is_component {
                layer.mark("it includes a component as a resource");
            }
            let inner = self.layer(index, within);
            if self.charge(inner.members.len(), layer) {
                layer.extend(inner);
            } else {
                layer.mark(TOO_MANY);
            }
        } else if let Some(file) = self.files.index(path) {
            self.include_file(file, layer);
        } else {
            layer.mark("it includes files that were not read");
        }
    }

    fn include_file(&mut self, file: usize, layer: &mut Layer<'a>) {
        self.included[file] = true;
        let objects = self.files.objects(file);
        let objects = objects.filter(|it| !is_local(&self.objects[it.index()]));
        layer.members.extend(objects.map(Member::new));
        let file = self.files.list[file];
        if file.is_incomplete {
            layer.mark("parts of it could not be read");
        }
        if file.kustomization.is_some() {
            layer.mark("it includes a kustomization as a file");
        }
    }

    /// A component adds to what is there, and what it changes is all of that
    /// (`accumulateComponents` in `kusttarget.go`).
    fn include_component(&mut self, path: &str, layer: &mut Layer<'a>, within: &mut Vec<usize>) {
        let Some(&index) = self.by_folder.get(path) else {
            return layer.mark("it includes files that were not read");
        };
        let component = &self.kustomizations[index];
        if !component.is_component {
            layer.mark("it includes as a component what is none");
        }
        if within.contains(&index) {
            return layer.mark("its kustomizations include each other");
        }
        if within.len() >= DEPTH || self.components == 0 {
            return layer.mark("its kustomizations include too many others");
        }
        self.components -= 1;
        if let Some(why) = component.incomplete {
            layer.mark(why);
        }
        within.push(index);
        self.fill(component, layer, within);
        within.pop();
    }

    /// Whether `layer` may get that many more members.
    fn charge(&mut self, members: usize, layer: &Layer<'a>) -> bool {
        let left = self.budget.checked_sub(members);
        self.budget = left.unwrap_or(self.budget);
        left.is_some() && layer.members.len() + members <= MEMBERS
    }

    /// Notes which members of `layer` the patches of `kustomization` change, and drops those that they
    /// delete.
    fn patch(&mut self, kustomization: &Kustomization<'a>, layer: &mut Layer<'a>) {
        let entries = kustomization.patches.iter();
        let patches: Vec<_> = entries.flat_map(|it| self.patches_of(it, layer)).collect();
        let mut names = Names::new(&layer.members, self.objects);
        for (number, patch) in patches.iter().enumerate() {
            let mut is_deleted = FxHashSet::default();
            for index in names.meant_by(&patch.target) {
                let member = &mut layer.members[index];
                let object = &self.objects[member.object.index()];
                let matches = patch.target.matches(&Candidate::of_member(object, member));
                if matches == Match::No {
                    continue;
                }
                if matches == Match::Yes && patch.deletes() {
                    is_deleted.insert(index);
                    continue;
                }
                member.patch(patch, matches);
                names.update(index, member);
                let note = (kustomization.folder, number, member.object);
                if kustomization.is_edited || self.noted.insert(note) {
                    let known = self.patches.entry(member.object).or_default();
                    known.push(patch.clone());
                }
            }
            if !is_deleted.is_empty() {
                layer.remove(&is_deleted);
                names = Names::new(&layer.members, self.objects);
            }
            layer.patch_generated(patch);
        }
    }

    fn patches_of(&mut self, entry: &PatchEntry<'a>, layer: &mut Layer<'a>) -> Vec<Patch<'a>> {
        let (path, target) = match entry {
            PatchEntry::Inline(patch) => return vec![patch.clone()],
            PatchEntry::File { path, target } => (path, *target),
        };
        let Some(file) = self.files.index(path) else {
            layer.mark("it includes patches that were not read");
            return vec![Patch::of_anything(target.unwrap_or_default())];
        };
        self.included[file] = true;
        let operations = self.files.list[file].operations.as_ref();
        if let Some(patch) = operations.and_then(|it| Patch::of_operations(it, target)) {
            return vec![patch];
        }
        let merges = self.files.objects(file);
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
}

/// One member for each object, the others with it as copies.
fn gather(members: Vec<Member<'_>>) -> Vec<Member<'_>> {
    let mut first = FxHashMap::default();
    let mut gathered: Vec<Member<'_>> = Vec::with_capacity(members.len());
    for member in members {
        let index = *first.entry(member.object).or_insert(gathered.len());
        match gathered.get_mut(index) {
            Some(original) => original.copies.push(member),
            None => gathered.push(member),
        }
    }
    gathered
}

/// Whether kustomize leaves `object` out (`DropLocalNodes` in `api/resource/factory.go`).
fn is_local(object: &Object<'_>) -> bool {
    let annotation = object.annotation("config.kubernetes.io/local-config");
    annotation.is_some_and(|it| it.value != "false")
}

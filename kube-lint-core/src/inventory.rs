//! All objects of one run, by unit, kind, namespace and name.

mod aggregation;
mod bindings;
mod definitions;
mod lookup;

use std::{borrow::Cow, ops::Range};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    manifest::{CustomResource, ManifestFile},
    model::{PodSpec, custom_pod_specs, pod_specs},
    object::{Kind, Namespace, Object, ObjectId, is_template},
    span::{FileId, narrow},
    target::{Target, World},
    units::{self, Edit, Files, Member, Patch, Unit, UnitId},
    yaml::Node,
};

pub use aggregation::{Aggregation, selectors_in};
pub use bindings::{Bindings, Grant, NamedGrant, Via};
pub use definitions::{Definition, Keys};
pub use lookup::{Missing, Resolution};

/// The objects of one root and the units they are applied in.
pub struct Inventory<'a> {
    target: &'a Target,
    files: FxHashMap<FileId, &'a ManifestFile>,
    objects: Vec<Object<'a>>,
    units: Vec<Unit<'a>>,
    /// For each object, what it is in the units it is in, in order of the units.
    memberships: Vec<Vec<Membership<'a>>>,
    patches: FxHashMap<ObjectId, Vec<Patch<'a>>>,
    by_kind: FxHashMap<Kind, Vec<ObjectId>>,
    pod_specs: Vec<PodSpec<'a>>,
    definitions: Vec<Definition<'a>>,
    by_name: FxHashMap<(Kind, &'a str), Vec<usize>>,
    /// Definitions by the names that kustomizations made.
    by_new_name: FxHashMap<String, Vec<usize>>,
    /// Definitions in each unit, sorted.
    by_unit: Vec<DefinedIn<'a>>,
    custom_groups: FxHashSet<&'a str>,
    is_one_cluster: bool,
    /// What differs by file; empty where nothing does.
    file_targets: FxHashMap<FileId, FileTarget<'a>>,
    bindings: Bindings<'a>,
    aggregation: Aggregation<'a>,
}

/// What an object is in a unit.
struct Membership<'a> {
    unit: UnitId,
    /// Which of the members.
    member: usize,
    identity: Identity<'a>,
}

/// That a unit holds a definition.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct DefinedIn<'a> {
    unit: UnitId,
    kind: Kind,
    name: &'a str,
    definition: usize,
}

/// A closed world: that of the whole root, or that of an override, which is a cluster of its own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ClosedWorld {
    closed_by: Option<usize>,
}

/// What the objects of one file are meant for.
#[derive(Clone, Copy)]
struct FileTarget<'a> {
    world: World,
    closed_by: Option<usize>,
    namespace: Option<&'a str>,
}

/// An object in a unit, as applied.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Identity<'a> {
    /// The namespace after kustomizations and controllers had their say.
    pub namespace: Namespace<'a>,
    /// The name before prefixes and suffixes of kustomizations, where known: as written, but for
    /// Namespaces that they rename and for names that they patch.
    pub name: Option<&'a str>,
}

impl<'a> Inventory<'a> {
    /// Indexes `files`, which must be sorted by path, for `target`.
    pub fn new(files: Vec<&'a ManifestFile>, target: &'a Target) -> Self {
        let kustomizations = units::kustomizations(&files);
        let patch_files = units::patch_files(&kustomizations);
        let (objects, ranges) = number_objects(&files, |path| patch_files.contains(path));
        let custom_resources = files.iter().flat_map(|it| &it.custom_resources);
        let mut inventory = Self {
            target,
            files: files.iter().map(|it| (it.id, *it)).collect(),
            units: Vec::new(),
            memberships: Vec::new(),
            patches: FxHashMap::default(),
            by_kind: FxHashMap::default(),
            pod_specs: find_pod_specs(&objects, target),
            definitions: Vec::new(),
            by_name: FxHashMap::default(),
            by_new_name: FxHashMap::default(),
            by_unit: Vec::new(),
            custom_groups: custom_resources.map(|it| &*it.group).collect(),
            is_one_cluster: false,
            file_targets: file_targets(&files, target),
            bindings: Bindings::default(),
            aggregation: Aggregation::default(),
            objects,
        };
        for object in &inventory.objects {
            inventory
                .by_kind
                .entry(object.kind())
                .or_default()
                .push(object.id());
        }
        let divided = units::divide(
            &kustomizations,
            &Files::new(files, ranges),
            &inventory.objects,
        );
        inventory.patches = divided.patches;
        inventory.settle(divided.units);
        inventory.define();
        inventory.bindings = Bindings::new(&inventory);
        inventory.aggregation = Aggregation::new(&inventory);
        inventory
    }

    /// As [`new`](Self::new), of those of `files` that lie in `folder`, or are that file, which all
    /// describe one cluster; what lies elsewhere is part of it where a kustomization in there includes
    /// it.
    pub fn of_one_cluster(files: &[&'a ManifestFile], folder: &str, target: &'a Target) -> Self {
        let mut inventory = Self::new(units::reached_from(files, folder), target);
        inventory.is_one_cluster = true;
        inventory
    }

    /// Whether all objects are those of one cluster, so that each may have to do with each.
    pub fn is_one_cluster(&self) -> bool {
        self.is_one_cluster
    }

    fn settle(&mut self, units: Vec<Unit<'a>>) {
        let mut memberships: Vec<_> = self.objects.iter().map(|_| Vec::new()).collect();
        for unit in &units {
            for (index, member) in unit.members.iter().enumerate() {
                memberships[member.object.index()].push(Membership {
                    unit: unit.id,
                    member: index,
                    identity: self.identity_of_member(member),
                });
            }
        }
        self.memberships = memberships;
        self.units = units;
    }

    /// What the manifests are meant for.
    pub fn target(&self) -> &'a Target {
        self.target
    }

    /// Whether objects may exist that the manifests do not define, for the objects of `file`.
    pub fn world_of(&self, file: FileId) -> World {
        let own = self.file_targets.get(&file);
        own.map_or(self.target.world, |it| it.world)
    }

    /// The closed world that `file` is part of.
    pub fn closed_world_of(&self, file: FileId) -> Option<ClosedWorld> {
        let closed_by = self.file_targets.get(&file).and_then(|it| it.closed_by);
        (self.world_of(file) == World::Closed).then_some(ClosedWorld { closed_by })
    }

    /// Namespace of the objects of `file` that set none.
    fn default_namespace(&self, file: FileId) -> Option<&'a str> {
        match self.file_targets.get(&file) {
            Some(own) => own.namespace,
            None => self.target.namespace.as_deref(),
        }
    }

    /// Every object, in order of path and place.
    pub fn objects(&self) -> &[Object<'a>] {
        &self.objects
    }

    /// The object of that number.
    pub fn object(&self, id: ObjectId) -> &Object<'a> {
        &self.objects[id.index()]
    }

    /// The objects of a kind, in order of path and place, patches among them.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Object<'a>> {
        let ids = self.by_kind.get(&kind).map_or(&[][..], Vec::as_slice);
        ids.iter().map(|id| self.object(*id))
    }

    /// Every PodSpec, in order of path and place, those of patches among them.
    pub fn pod_specs(&self) -> &[PodSpec<'a>] {
        &self.pod_specs
    }

    /// The PodSpecs that an object bears.
    pub fn pod_specs_of(&self, object: ObjectId) -> &[PodSpec<'a>] {
        let first = self
            .pod_specs
            .partition_point(|it| it.object().id() < object);
        let rest = self.pod_specs.get(first..).unwrap_or_default();
        let number = rest.partition_point(|it| it.object().id() == object);
        rest.get(..number).unwrap_or_default()
    }

    /// Every unit.
    pub fn units(&self) -> &[Unit<'a>] {
        &self.units
    }

    /// The unit of that number.
    pub fn unit(&self, id: UnitId) -> &Unit<'a> {
        &self.units[id.index()]
    }

    /// The units that `object` is applied in; none for a patch.
    pub fn units_of(&self, object: ObjectId) -> impl Iterator<Item = &Unit<'a>> {
        self.memberships[object.index()]
            .iter()
            .map(|it| self.unit(it.unit))
    }

    /// The member that `object` is in `unit`.
    pub fn member(&self, unit: UnitId, object: ObjectId) -> Option<&Member<'a>> {
        let membership = self.membership(unit, object)?;
        self.unit(unit).members.get(membership.member)
    }

    fn membership(&self, unit: UnitId, object: ObjectId) -> Option<&Membership<'a>> {
        let memberships = &self.memberships[object.index()];
        let found = memberships.binary_search_by_key(&unit, |it| it.unit);
        found.ok().and_then(|it| memberships.get(it))
    }

    /// The objects of `kind` in `unit`.
    pub fn members_of_kind(
        &self,
        unit: &Unit<'a>,
        kind: Kind,
    ) -> impl Iterator<Item = &Object<'a>> {
        let members = unit.members.iter().map(|it| self.object(it.object));
        members.filter(move |it| it.kind() == kind)
    }

    /// Path of a file relative to the root, with `/`.
    pub fn path(&self, file: FileId) -> &'a str {
        self.files.get(&file).map_or("", |it| &*it.path)
    }

    /// Folder of a file relative to the root; empty for the root.
    pub fn folder(&self, file: FileId) -> &'a str {
        self.files.get(&file).map_or("", |it| it.folder())
    }

    /// Whether `object` came from standard input without a file name.
    pub fn is_from_stream(&self, object: &Object<'_>) -> bool {
        self.files
            .get(&object.file())
            .is_some_and(|it| it.is_stream)
    }

    /// Whether some manifest defines custom resources in the API group `group`.
    pub fn defines_group(&self, group: &str) -> bool {
        self.custom_groups.contains(group)
    }

    /// The custom resources that manifests define, in no order.
    pub fn custom_resources(&self) -> impl Iterator<Item = &'a CustomResource> {
        self.files.values().flat_map(|it| &it.custom_resources)
    }

    /// Paths of the files that could not be read in full, so that they may define more than is known.
    pub fn incomplete_files(&self) -> Vec<&'a str> {
        let files = self.files.values();
        let incomplete = files.filter(|it| it.is_incomplete || it.problem.is_some());
        let mut paths: Vec<_> = incomplete.map(|it| &*it.path).collect();
        paths.sort_unstable();
        paths
    }

    /// Name of `object` as applied in `unit`, prefixes and suffixes of kustomizations included, where
    /// known; in another unit than its own, as applied there.
    pub fn applied_name(&self, unit: UnitId, object: &Object<'a>) -> Option<Cow<'a, str>> {
        let own = object.name().map(|it| it.value);
        let elsewhere = || self.units_of(object.id()).next().map(|it| it.id);
        let member = self.member(unit, object.id());
        match member.or_else(|| self.member(elsewhere()?, object.id())) {
            Some(member) => member.applied_name(own),
            None => own.map(Cow::Borrowed),
        }
    }

    /// The names of `object`, where known: as written, and as applied in each of its units.
    pub fn names(&self, object: &Object<'a>) -> Vec<Cow<'a, str>> {
        let units = self.units_of(object.id());
        let mut names: Vec<_> = object
            .name()
            .map(|it| it.value.into())
            .into_iter()
            .collect();
        names.extend(units.filter_map(|it| self.applied_name(it.id, object)));
        names.dedup();
        names
    }

    /// Namespace and name of `object` as applied in `unit`; unknown where the unit holds copies of it
    /// that differ.
    pub fn identity(&self, unit: UnitId, object: ObjectId) -> Identity<'a> {
        match self.membership(unit, object) {
            Some(membership) => membership.identity,
            None => Identity {
                namespace: self.namespace_of(self.object(object), None),
                name: self.object(object).name().map(|it| it.value),
            },
        }
    }

    fn identity_of_member(&self, member: &Member<'a>) -> Identity<'a> {
        let identity = self.placement(member);
        let copies = member.copies.iter().map(|it| self.placement(it));
        copies.fold(identity, |identity, copy| Identity {
            namespace: if copy.namespace == identity.namespace {
                identity.namespace
            } else {
                Namespace::Unknown
            },
            name: identity.name.filter(|it| copy.name == Some(it)),
        })
    }

    /// Namespace and name of one of the [`placements`](Member::placements) of a member.
    pub fn placement(&self, placement: &Member<'a>) -> Identity<'a> {
        let object = self.object(placement.object);
        Identity {
            namespace: self.namespace_of(object, Some(placement)),
            name: placement.base_name(object.name().map(|it| it.value)),
        }
    }

    /// Namespace of `object` where it is the same in every unit that it is in.
    pub fn namespace(&self, object: &Object<'a>) -> Namespace<'a> {
        let memberships = self.memberships[object.id().index()].iter();
        let mut namespaces = memberships.map(|it| it.identity.namespace);
        let first = namespaces.next();
        let common = first.filter(|first| namespaces.all(|it| it == *first));
        common.unwrap_or_else(|| self.namespace_of(object, None))
    }

    /// How messages name `object`: `namespace/name` where its namespace is known, `name` where it is
    /// not, and its kind where it has no name.
    pub fn display(&self, object: &Object<'a>) -> String {
        let Some(name) = object.name() else {
            return object.kind_name().to_owned();
        };
        match self.namespace(object) {
            Namespace::Named(namespace) => format!("{namespace}/{}", name.value),
            Namespace::Cluster | Namespace::Unset | Namespace::Unknown => name.value.to_owned(),
        }
    }

    /// §G2 of the evaluation model: kustomization, manifest, controller, option, unset.
    fn namespace_of(&self, object: &Object<'a>, member: Option<&Member<'a>>) -> Namespace<'a> {
        if !object.kind().may_be_namespaced() {
            return Namespace::Cluster;
        }
        if let Some(namespace) = member.and_then(|it| it.namespace) {
            return Namespace::Named(namespace);
        }
        let written = match member.map_or(Edit::Kept, |it| it.own_namespace) {
            Edit::Unknown => return Namespace::Unknown,
            Edit::Removed => None,
            Edit::Set(namespace) => Some(namespace),
            Edit::Kept => object.at(&["metadata", "namespace"]).and_then(Node::text),
        };
        match written.filter(|it| !it.is_empty()) {
            Some(name) if is_template(name) => Namespace::Unknown,
            Some(name) => Namespace::Named(name),
            None => {
                let default = member.and_then(|it| it.default_namespace);
                let default = default.or_else(|| self.default_namespace(object.file()));
                default.map_or(Namespace::Unset, Namespace::Named)
            }
        }
    }

    /// Whether `object`, as applied, certainly has no field `field` in its mapping `node`: it leaves
    /// it out, it is whole, and no kustomization patches it in.
    pub fn lacks(&self, object: &Object<'a>, node: Node<'a>, field: &str) -> bool {
        if object.is_partial() || node.get(field).is_some() {
            return false;
        }
        let Some(patches) = self.patches.get(&object.id()) else {
            return true;
        };
        let mut path = path_of(object.root(), node);
        path.push(field);
        !patches.iter().any(|patch| patch.touches(&path))
    }

    /// Whether some kustomization may change `node` of `object`.
    pub fn may_change(&self, object: &Object<'a>, node: Node<'a>) -> bool {
        self.is_patched(object, &path_of(object.root(), node))
    }

    /// Whether some kustomization may give `object` the field at `path`, or change it.
    pub fn is_patched(&self, object: &Object<'a>, path: &[&str]) -> bool {
        let patches = self.patches.get(&object.id());
        patches.is_some_and(|it| it.iter().any(|patch| patch.touches(path)))
    }
}

/// The PodSpecs of `objects`, in their order.
fn find_pod_specs<'a>(objects: &[Object<'a>], target: &Target) -> Vec<PodSpec<'a>> {
    let paths = target.pod_spec_paths.as_slice();
    let all = objects
        .iter()
        .flat_map(|it| pod_specs(it).into_iter().chain(custom_pod_specs(it, paths)));
    all.collect()
}

fn file_targets<'a>(
    files: &[&'a ManifestFile],
    target: &'a Target,
) -> FxHashMap<FileId, FileTarget<'a>> {
    if target.overrides.is_empty() {
        return FxHashMap::default();
    }
    let of_path = |path: &str| FileTarget {
        world: target.world_of(path),
        closed_by: target.overridden(path, |it| it.world).map(|it| it.0),
        namespace: target.namespace_of(path),
    };
    files.iter().map(|it| (it.id, of_path(&it.path))).collect()
}

/// Names of the fields from `root` to `node`, without positions in lists.
fn path_of<'a>(root: Node<'a>, node: Node<'a>) -> Vec<&'a str> {
    let mut path = Vec::new();
    let mut at = node;
    while at != root {
        path.extend(at.key().and_then(Node::text));
        match at.parent() {
            Some(parent) => at = parent,
            None => break,
        }
    }
    path.reverse();
    path
}

/// Numbers the objects of all files, and tells which belong to which file.
fn number_objects<'a>(
    files: &[&'a ManifestFile],
    is_patch: impl Fn(&str) -> bool,
) -> (Vec<Object<'a>>, Vec<Range<u32>>) {
    let mut objects = Vec::new();
    let mut ranges = Vec::with_capacity(files.len());
    for file in files {
        let first = narrow(objects.len());
        let is_patch = is_patch(&file.path);
        for manifest in &file.manifests {
            let is_partial = is_patch || manifest.document.error().is_some();
            for root in &manifest.objects {
                let id = ObjectId(narrow(objects.len()));
                objects.push(Object::new(id, manifest.document.node(*root), is_partial));
            }
        }
        ranges.push(first..narrow(objects.len()));
    }
    (objects, ranges)
}

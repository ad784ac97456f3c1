//! Folders that a GitOps controller applies as one: Argo CD's `Application`, Flux's `Kustomization`.

use rustc_hash::FxHashMap;

use crate::{
    object::{Kind, Object, ObjectId, text},
    yaml::Node,
};

use super::{Files, Member, Unit, UnitId, UnitKind, closure::Closures, kustomization::join};

/// A folder that a controller applies.
struct AppliedPath<'a> {
    path: String,
    node: &'a str,
    /// Whether folders below it are applied too.
    is_recursive: bool,
    /// The namespace of objects that set none.
    default_namespace: Option<&'a str>,
}

/// Adds a unit for each folder that a controller applies, or gives the kustomization there the
/// namespace that the controller sends it to.
pub(crate) fn apply<'a>(
    files: &Files<'a>,
    objects: &[Object<'a>],
    closures: &mut Closures<'_, 'a>,
    units: &mut Vec<Unit<'a>>,
) {
    let mut by_path: FxHashMap<_, _> = FxHashMap::default();
    for (index, unit) in units.iter().enumerate() {
        by_path.entry(unit.path.to_owned()).or_insert(index);
    }
    for applied in objects.iter().flat_map(paths_of) {
        let known = by_path.get(&applied.path).copied();
        let index = known.unwrap_or(units.len());
        if known.is_none() {
            let unit = closures.unit_at(&applied.path);
            let Some(unit) = unit.or_else(|| folder_unit(files, &applied)) else {
                continue;
            };
            by_path.entry(unit.path.to_owned()).or_insert(index);
            units.push(unit);
        }
        for member in &mut units[index].members {
            member.default_namespace = member.default_namespace.or(applied.default_namespace);
        }
    }
}

/// The folders that `object` has a controller apply.
fn paths_of<'a>(object: &Object<'a>) -> Vec<AppliedPath<'a>> {
    match object.kind() {
        Kind::Application => argo_paths(object),
        Kind::FluxKustomization => flux_path(object).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// `spec.source` and `spec.sources[]` (Argo CD's `pkg/apis/application/v1alpha1/types.go`).
fn argo_paths<'a>(object: &Object<'a>) -> Vec<AppliedPath<'a>> {
    let Some(spec) = object.spec() else {
        return Vec::new();
    };
    let namespace = object
        .at(&["spec", "destination", "namespace"])
        .and_then(Node::str);
    let sources = spec.get("sources").into_iter().flat_map(Node::items);
    spec.get("source")
        .into_iter()
        .chain(sources)
        .filter_map(|source| {
            let recurse = source.at(&["directory", "recurse"]).and_then(Node::bool);
            applied(
                text(source, "path")?.value,
                recurse == Some(true),
                namespace,
            )
        })
        .collect()
}

/// `spec.path`; without a kustomization there, Flux applies all manifests below it
/// (Flux's `kustomization_types.go`, fields `path` and `targetNamespace`).
fn flux_path<'a>(object: &Object<'a>) -> Option<AppliedPath<'a>> {
    let spec = object.spec()?;
    let namespace = text(spec, "targetNamespace").map(|it| it.value);
    applied(text(spec, "path")?.value, true, namespace)
}

fn applied<'a>(
    path: &'a str,
    is_recursive: bool,
    default_namespace: Option<&'a str>,
) -> Option<AppliedPath<'a>> {
    let joined = join("", path)?;
    let node = path.trim_start_matches("./").trim_end_matches('/');
    // The whole root is never one folder of manifests.
    (!joined.is_empty()).then_some(AppliedPath {
        path: joined,
        node,
        is_recursive,
        default_namespace: default_namespace.filter(|it| !it.is_empty()),
    })
}

fn folder_unit<'a>(files: &Files<'a>, applied: &AppliedPath<'a>) -> Option<Unit<'a>> {
    let mut members = Vec::new();
    let mut incomplete = None;
    let (from, list) = files.starting_with(&applied.path);
    for (index, file) in (from..).zip(list) {
        if lies_in(file.folder(), applied) {
            members.extend(files.objects(index).map(Member::new));
            incomplete = incomplete.or(file
                .is_incomplete
                .then_some("parts of it could not be read"));
        }
    }
    (!members.is_empty()).then_some(Unit {
        id: UnitId(0),
        kind: UnitKind::Path,
        path: applied.node,
        members,
        generators: Vec::new(),
        incomplete,
    })
}

fn lies_in(folder: &str, applied: &AppliedPath<'_>) -> bool {
    match folder.strip_prefix(applied.path.as_str()) {
        Some("") => true,
        Some(rest) => applied.is_recursive && rest.starts_with('/'),
        None => false,
    }
}

/// Sets those of `is_taken` whose files lie in the folder of a unit of [`UnitKind::Path`].
pub(crate) fn mark_included(
    units: &[Unit<'_>],
    file_of: impl Fn(ObjectId) -> usize,
    is_taken: &mut [bool],
) {
    for unit in units.iter().filter(|it| it.kind == UnitKind::Path) {
        for member in &unit.members {
            is_taken[file_of(member.object)] = true;
        }
    }
}

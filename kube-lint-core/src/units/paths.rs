//! Folders that a GitOps controller applies: Argo CD's `Application` and `ApplicationSet`, Flux's
//! `Kustomization`.
//!
//! Whose repository a path is in does not show offline: a path that the root has is taken for its own.

mod argo;
mod flux;
mod folders;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    object::{Kind, Object, is_template},
    yaml::Node,
};

use super::{
    Files, Unit, UnitKind,
    closure::Closures,
    kustomization::{Kustomization, PatchEntry, Setting, join},
    patch::{Patch, Target},
};

use folders::Folders;

/// What a controller applies as one.
struct Application<'a> {
    sources: Vec<AppliedFolder<'a>>,
    /// The namespace of objects that set none.
    default_namespace: Option<&'a str>,
    /// Why it may apply more than these folders.
    incomplete: Option<&'static str>,
}

/// A folder that a controller applies, and what it changes there.
struct AppliedFolder<'a> {
    path: String,
    /// What stands in `kustomization.yaml` after the controller edited it.
    edits: Kustomization<'a>,
    files: Choice<'a>,
}

/// Which files are applied.
#[derive(Clone, Copy)]
enum Choice<'a> {
    /// A kustomization, or the files of the folder.
    Detected,
    /// The files of the folder and the folders below that match the globs.
    Directory {
        is_recursive: bool,
        include: Option<&'a str>,
        exclude: Option<&'a str>,
    },
    /// A kustomization, or all manifests and kustomizations below the folder.
    Everything,
}

/// Adds a unit for each application, or gives the kustomization at its path what it sets.
pub(crate) fn apply<'a>(
    files: &Files<'a>,
    objects: &[Object<'a>],
    closures: &mut Closures<'_, 'a>,
    units: &mut Vec<Unit<'a>>,
) {
    let roots = units.iter().enumerate();
    let roots = roots.map(|(index, it)| (it.path, index)).collect();
    let mut applied = Applied {
        files,
        closures,
        units,
        roots,
        known: FxHashSet::default(),
        within: FxHashSet::default(),
    };
    let mut folders = None;
    for object in objects {
        let applications = match object.kind() {
            Kind::Application => argo::application(object).into_iter().collect(),
            Kind::ApplicationSet => {
                let folders = folders.get_or_insert_with(|| Folders::new(&files.list));
                argo::application_set(object, folders)
            }
            Kind::FluxKustomization => flux::kustomization(object).into_iter().collect(),
            _ => continue,
        };
        for application in &applications {
            applied.add(application);
        }
    }
    let within = applied.within;
    let mut index = 0..;
    units.retain(|_| index.next().is_none_or(|it| !within.contains(&it)));
}

/// The units, as applications add to them.
struct Applied<'u, 'i, 'a> {
    files: &'u Files<'a>,
    closures: &'u mut Closures<'i, 'a>,
    units: &'u mut Vec<Unit<'a>>,
    /// Root kustomizations that no application has claimed, by path.
    roots: FxHashMap<&'a str, usize>,
    /// Root kustomizations that are applied as part of a folder.
    within: FxHashSet<usize>,
    /// Applications that came before; several clusters often have the same.
    known: FxHashSet<String>,
}

impl<'a> Applied<'_, '_, 'a> {
    fn add(&mut self, application: &Application<'a>) {
        if !self.known.insert(application.fingerprint()) {
            return;
        }
        let mut parts = application.sources.iter().filter_map(|it| self.part(it));
        let parts: Vec<_> = parts.by_ref().collect();
        let Some(mut unit) = combine(parts) else {
            return;
        };
        unit.incomplete = unit.incomplete.or(application.incomplete);
        for member in &mut unit.members {
            member.default_namespace = application.default_namespace;
            for copy in &mut member.copies {
                copy.default_namespace = application.default_namespace;
            }
        }
        let claimed = application.sources.first();
        let claimed = claimed.and_then(|it| self.roots.remove(it.path.as_str()));
        match claimed {
            Some(index) if unit.kind == UnitKind::Kustomization => self.units[index] = unit,
            _ => self.units.push(unit),
        }
    }

    /// What is applied of one folder.
    fn part(&mut self, applied: &AppliedFolder<'a>) -> Option<Unit<'a>> {
        let is_directory = matches!(applied.files, Choice::Directory { .. });
        if let Some(own) = self.closures.at(&applied.path).filter(|_| !is_directory) {
            let edited = applied.edit(own);
            return Some(self.closures.unit_of(UnitKind::Kustomization, &edited));
        }
        // The whole root is never one folder of manifests, and a chart is rendered first.
        let chart = format!("{}/Chart.yaml", applied.path);
        if applied.path.is_empty() || (!is_directory && self.files.index(&chart).is_some()) {
            return None;
        }
        let resources = applied.resources(self.files, self.closures);
        let roots = resources.iter().map(String::as_str);
        self.within
            .extend(roots.filter_map(|it| self.roots.get(it)));
        let folder = self.files.below(&applied.path).next()?.folder();
        let made = Kustomization {
            folder: folder.get(..applied.path.len())?,
            resources,
            ..applied.edits.clone()
        };
        let unit = self.closures.unit_of(UnitKind::Path, &made);
        (!unit.members.is_empty()).then_some(unit)
    }
}

/// The sources of one application as one unit.
fn combine(parts: Vec<Unit<'_>>) -> Option<Unit<'_>> {
    let mut parts = parts.into_iter();
    let mut unit = parts.next()?;
    let mut known: FxHashSet<_> = unit.members.iter().map(|it| it.object).collect();
    for part in parts {
        let members = part.members.into_iter();
        unit.members
            .extend(members.filter(|it| known.insert(it.object)));
        unit.generators.extend(part.generators);
        unit.incomplete = unit.incomplete.or(part.incomplete);
        unit.kind = UnitKind::Path;
    }
    Some(unit)
}

impl Application<'_> {
    /// What tells it from others.
    fn fingerprint(&self) -> String {
        use std::fmt::Write;
        let mut print = format!("{:?}", self.default_namespace);
        for source in &self.sources {
            let edits = &source.edits;
            let words = (edits.namespace, edits.prefix, edits.suffix, &edits.labels);
            let written = write!(print, " {} {words:?} {:?}", source.path, edits.components);
            debug_assert!(written.is_ok(), "a String takes everything");
        }
        print
    }
}

impl<'a> AppliedFolder<'a> {
    /// The folder `path` as an application's manifest names it.
    fn new(path: &'a str, files: Choice<'a>) -> Option<Self> {
        if is_template(path) {
            return None;
        }
        Some(Self {
            path: join("", path)?,
            edits: Kustomization::at(""),
            files,
        })
    }

    /// `own` as the controller edits it.
    fn edit(&self, own: &Kustomization<'a>) -> Kustomization<'a> {
        let mut edited = own.clone();
        let edits = &self.edits;
        for (setting, edit) in [
            (&mut edited.namespace, edits.namespace),
            (&mut edited.prefix, edits.prefix),
            (&mut edited.suffix, edits.suffix),
        ] {
            if edit != Setting::Unset {
                *setting = edit;
            }
        }
        edited.labels.extend(&edits.labels);
        edited.is_edited = !edits.patches.is_empty();
        edited.patches.extend(edits.patches.iter().cloned());
        edited.components.extend(edits.components.iter().cloned());
        edited.incomplete = edited.incomplete.or(edits.incomplete);
        edited
    }

    /// The files and kustomizations that are applied where the folder has no kustomization.
    fn resources(&self, files: &Files<'a>, closures: &Closures<'_, 'a>) -> Vec<String> {
        let mut resources: Vec<String> = Vec::new();
        let is_left_in = self.globs();
        for file in files.below(&self.path) {
            let is_below = file.folder().len() > self.path.len();
            let is_reached = match self.files {
                Choice::Everything => true,
                Choice::Detected => !is_below,
                Choice::Directory { is_recursive, .. } => !is_below || is_recursive,
            };
            let base = match self.files {
                Choice::Everything => closures.outermost(file.folder(), self.path.len()),
                Choice::Detected | Choice::Directory { .. } => None,
            };
            if let Some(base) = base {
                if resources.last().is_none_or(|it| it != base) {
                    resources.push(base.to_owned());
                }
            } else if is_reached && file.kustomization.is_none() && is_left_in(&file.path) {
                resources.push(file.path.to_string());
            }
        }
        resources
    }

    /// Whether the globs of an Argo CD directory leave a file in (`findManifests` in Argo CD's
    /// `reposerver/repository/repository.go`).
    fn globs(&self) -> impl Fn(&str) -> bool {
        let (include, exclude) = match self.files {
            Choice::Directory {
                include, exclude, ..
            } => (include, exclude),
            Choice::Detected | Choice::Everything => (None, None),
        };
        let [include, exclude] = [include, exclude].map(|glob| {
            let glob = globset::Glob::new(glob?).ok()?;
            Some(glob.compile_matcher())
        });
        let start = self.path.len() + 1;
        move |path| {
            let relative = path.get(start..).unwrap_or_default();
            let is_in = include.as_ref().is_none_or(|it| it.is_match(relative));
            is_in && exclude.as_ref().is_none_or(|it| !it.is_match(relative))
        }
    }
}

/// Patches that stand in an application: what they change is not looked into.
fn patches(entries: Option<Node<'_>>) -> Vec<PatchEntry<'_>> {
    let entries = entries.into_iter().flat_map(Node::items);
    let patches = entries.map(|it| {
        let target = it.get("target").map(Target::new);
        Patch::of_anything(target.unwrap_or_default())
    });
    patches.map(PatchEntry::Inline).collect()
}

/// A known, not empty string.
fn word(node: Option<Node<'_>>) -> Option<&str> {
    Setting::of(node).word()
}

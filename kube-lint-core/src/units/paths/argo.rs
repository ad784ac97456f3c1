//! Argo CD's `Application` and `ApplicationSet` (`pkg/apis/application/v1alpha1/types.go` and
//! `applicationset_types.go`).

use crate::{
    object::{Object, is_template},
    units::kustomization::{AddedLabel, Kustomization, LabelReach, Setting, join},
    yaml::Node,
};

use super::{Application, AppliedFolder, Choice, Folders, patches, word};

const CHART: &str = "part of it is a Helm chart or made by a plugin";

/// What `object` has Argo CD apply.
pub(super) fn application<'a>(object: &Object<'a>) -> Option<Application<'a>> {
    of_spec(object.spec()?, |source| {
        AppliedFolder::new(source.get("path")?.str()?, choice(source))
    })
}

/// The applications of a template that names its path, or takes it from a git generator of folders.
pub(super) fn application_set<'a>(
    object: &Object<'a>,
    folders: &Folders<'a>,
) -> Vec<Application<'a>> {
    let Some(spec) = object.at(&["spec", "template", "spec"]) else {
        return Vec::new();
    };
    let generators = object.at(&["spec", "generators"]);
    let generators = generators.into_iter().flat_map(Node::items);
    let listed = generators.filter_map(|it| it.at(&["git", "directories"]));
    let found: Vec<&'a str> = listed.flat_map(|it| matching(it, folders)).collect();
    let generated = found.into_iter().filter_map(|folder| {
        let mut application = of_spec(spec, |source| {
            let path = source.get("path")?.str()?;
            if !is_parameter(path, &["path", "path.path"]) {
                return None;
            }
            AppliedFolder::new(folder, choice(source))
        })?;
        let namespace = spec.at(&["destination", "namespace"]).and_then(Node::str);
        if namespace.is_some_and(|it| is_parameter(it, &["path.basename"])) {
            let name = folder.rsplit_once('/').map_or(folder, |(_, name)| name);
            application.default_namespace = Some(name);
        }
        Some(application)
    });
    let fixed = of_spec(spec, |source| {
        AppliedFolder::new(source.get("path")?.str()?, choice(source))
    });
    fixed.into_iter().chain(generated).collect()
}

/// Folders that the entries match, in order (`applicationset/generators/git.go`).
fn matching<'a>(entries: Node<'a>, folders: &Folders<'a>) -> Vec<&'a str> {
    let is_excluded = |entry: Node<'a>| entry.get("exclude").and_then(Node::bool) == Some(true);
    let globs = |exclude: bool| {
        let entries = entries
            .items()
            .filter(move |it| is_excluded(*it) == exclude);
        entries.filter_map(|it| it.get("path")?.str())
    };
    let mut found: Vec<_> = globs(false).flat_map(|it| folders.matching(it)).collect();
    for glob in globs(true) {
        let excluded = folders.matching(glob);
        found.retain(|it| !excluded.contains(it));
    }
    found
}

/// Whether `text` is nothing but the parameter, in either template language: `{{path}}`, `{{.path.path}}`.
fn is_parameter(text: &str, names: &[&str]) -> bool {
    let inner = text.trim().strip_prefix("{{");
    let inner = inner.and_then(|it| it.strip_suffix("}}")).map(str::trim);
    inner.is_some_and(|it| names.contains(&it.trim_start_matches('.')))
}

/// `spec.source` and `spec.sources[]`, which are applied together.
fn of_spec<'a>(
    spec: Node<'a>,
    folder: impl Fn(Node<'a>) -> Option<AppliedFolder<'a>>,
) -> Option<Application<'a>> {
    let listed = spec.get("sources").into_iter().flat_map(Node::items);
    let sources: Vec<_> = spec.get("source").into_iter().chain(listed).collect();
    let is_rendered = |source: &Node<'a>| {
        let fields = ["chart", "helm", "plugin"];
        fields
            .iter()
            .any(|it| source.get(it).is_some_and(|it| !it.is_null()))
    };
    let plain = sources.iter().filter(|it| !is_rendered(it));
    let folders: Vec<_> = plain
        .filter_map(|it| Some(edited(*it, folder(*it)?)))
        .collect();
    (!folders.is_empty()).then_some(Application {
        sources: folders,
        default_namespace: word(spec.at(&["destination", "namespace"])),
        incomplete: sources.iter().any(is_rendered).then_some(CHART),
    })
}

fn choice(source: Node<'_>) -> Choice<'_> {
    match source.get("directory").filter(|it| it.is_mapping()) {
        None => Choice::Detected,
        Some(directory) => Choice::Directory {
            is_recursive: directory.get("recurse").and_then(Node::bool) == Some(true),
            include: word(directory.get("include")),
            exclude: word(directory.get("exclude")),
        },
    }
}

/// What `source.kustomize` does to the kustomization (`ApplicationSourceKustomize` in `types.go`).
fn edited<'a>(source: Node<'a>, folder: AppliedFolder<'a>) -> AppliedFolder<'a> {
    let Some(options) = source.get("kustomize") else {
        return folder;
    };
    let is_set = |field| options.get(field).and_then(Node::bool) == Some(true);
    let reach = match (
        is_set("labelWithoutSelector"),
        is_set("labelIncludeTemplates"),
    ) {
        (false, _) => LabelReach::Selectors,
        (true, true) => LabelReach::Templates,
        (true, false) => LabelReach::Object,
    };
    let labels = options
        .get("commonLabels")
        .into_iter()
        .flat_map(Node::fields);
    let components = options.get("components").into_iter().flat_map(Node::items);
    let components: Option<Vec<_>> = components
        .map(|it| join(&folder.path, it.str().filter(|it| !is_template(it))?))
        .collect();
    let edits = Kustomization {
        namespace: Setting::of(options.get("namespace")),
        prefix: Setting::of(options.get("namePrefix")),
        suffix: Setting::of(options.get("nameSuffix")),
        labels: labels
            .filter_map(|(key, value)| AddedLabel::new(key, value, reach))
            .collect(),
        patches: patches(options.get("patches")),
        incomplete: components
            .is_none()
            .then_some("it includes components outside the root"),
        components: components.unwrap_or_default(),
        ..folder.edits
    };
    AppliedFolder { edits, ..folder }
}

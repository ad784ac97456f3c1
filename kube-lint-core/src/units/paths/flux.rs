//! Flux's `Kustomization` (`api/v1/kustomization_types.go` of its kustomize-controller; what it does to
//! `kustomization.yaml`: `kustomize/kustomize_generator.go` of `fluxcd/pkg`).

use crate::{
    object::{Object, is_template},
    units::kustomization::{AddedLabel, Kustomization, LabelReach, Setting},
    yaml::Node,
};

use super::{Application, AppliedFolder, Choice, patches};

/// What `object` has Flux apply: `spec.path`, relative to the source even where it begins with `/`.
pub(super) fn kustomization<'a>(object: &Object<'a>) -> Option<Application<'a>> {
    let spec = object.spec()?;
    let path = spec.get("path").and_then(Node::str).unwrap_or_default();
    let folder = AppliedFolder::new(path.trim_start_matches('/'), Choice::Everything)?;
    let components = spec.get("components").into_iter().flat_map(Node::items);
    let components: Option<Vec<_>> = components
        .map(|it| super::join(&folder.path, it.str().filter(|it| !is_template(it))?))
        .collect();
    let labels = spec.at(&["commonMetadata", "labels"]);
    let edits = Kustomization {
        namespace: Setting::of(spec.get("targetNamespace")),
        prefix: Setting::of(spec.get("namePrefix")),
        suffix: Setting::of(spec.get("nameSuffix")),
        patches: ["patches", "patchesStrategicMerge", "patchesJson6902"]
            .iter()
            .flat_map(|list| patches(spec.get(list)))
            .collect(),
        labels: labels
            .into_iter()
            .flat_map(Node::fields)
            .filter_map(|(key, value)| AddedLabel::new(key, value, LabelReach::Object))
            .collect(),
        incomplete: components
            .is_none()
            .then_some("it includes components outside the root"),
        components: components.unwrap_or_default(),
        ..folder.edits
    };
    Some(Application {
        sources: vec![AppliedFolder { edits, ..folder }],
        default_namespace: None,
        incomplete: None,
    })
}

//! What one kustomization yields: members and generators, changed by its own fields.

use std::rc::Rc;

use rustc_hash::FxHashSet;

use crate::object::{Kind, Object, ObjectId};

use super::{
    Edit, Member,
    kustomization::{Behavior, GeneratedKind, Generator, Kustomization, Setting},
    patch::{Candidate, Match, Outcome, Patch},
};

/// What a kustomization yields.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layer<'a> {
    /// An object may be there several times, under several names.
    pub(crate) members: Vec<Member<'a>>,
    pub(crate) generators: Vec<Generator<'a>>,
    pub(crate) incomplete: Option<&'static str>,
}

impl<'a> Layer<'a> {
    pub(crate) fn incomplete(why: &'static str) -> Self {
        Self {
            incomplete: Some(why),
            ..Self::default()
        }
    }

    /// Notes that more may be applied than the input shows.
    pub(crate) fn mark(&mut self, why: &'static str) {
        self.incomplete = self.incomplete.or(Some(why));
    }

    pub(crate) fn extend(&mut self, inner: Rc<Self>) {
        let inner = Rc::unwrap_or_clone(inner);
        self.incomplete = self.incomplete.or(inner.incomplete);
        if self.members.is_empty() {
            self.members = inner.members;
        } else {
            self.members.extend(inner.members);
        }
        self.generators.extend(inner.generators);
    }

    /// Leaves one of those that are there twice under one name; kustomize refuses them.
    pub(crate) fn drop_repeated(&mut self) {
        let mut known = FxHashSet::default();
        let count = self.members.len();
        self.members.retain(|it| {
            let names = (it.name, it.prefix.clone(), it.suffix.clone());
            known.insert((it.object, it.namespace, it.own_namespace, names))
        });
        if self.members.len() < count {
            self.mark("it includes an object twice");
        }
    }

    pub(crate) fn remove(&mut self, indices: &FxHashSet<usize>) {
        if indices.is_empty() {
            return;
        }
        let mut index = 0..;
        self.members
            .retain(|_| index.next().is_none_or(|it| !indices.contains(&it)));
    }

    /// Adds what `generator` makes, or changes with it what is there under that name (`AbsorbAll` in
    /// kustomize's `api/resmap/reswrangler.go`); returns the object of a file that it changes.
    pub(crate) fn generate(
        &mut self,
        behavior: Behavior,
        generator: &Generator<'a>,
        objects: &[Object<'a>],
    ) -> Option<ObjectId> {
        let mut same = self.generators.iter_mut();
        let same = same.find(|it| it.is_called(generator.kind, generator.name));
        match (behavior, same) {
            (Behavior::Replace, Some(same)) => {
                same.keys.clone_from(&generator.keys);
                same.node = generator.node;
            }
            (Behavior::Merge, Some(same)) => {
                let added = generator.keys.clone();
                let keys = same.keys.take().zip(added);
                same.keys = keys.map(|(keys, added)| [keys, added].concat());
            }
            (Behavior::Create, _) => self.generators.push(generator.clone()),
            (Behavior::Replace | Behavior::Merge, None) => {
                let mut members = self.members.iter().map(|it| it.object);
                let changed = members.find(|it| {
                    let object = &objects[it.index()];
                    let name = object.name().map(|it| it.value);
                    object.kind() == generator.kind.kind() && name == Some(generator.name)
                });
                if changed.is_none() {
                    self.mark("it changes what was not read");
                    self.generators.push(Generator {
                        keys: None,
                        ..generator.clone()
                    });
                }
                return changed;
            }
        }
        None
    }

    /// Does to what is generated what `patch` does.
    pub(crate) fn patch_generated(&mut self, patch: &Patch<'a>) {
        self.generators.retain_mut(|generator| {
            let matches = patch.target.matches(&Candidate::of_generator(generator));
            if matches == Match::Yes && patch.deletes() {
                return false;
            }
            if matches != Match::No {
                generator.patch(patch, matches);
            }
            true
        });
    }

    /// Does to every member what the kustomization's own fields say.
    pub(crate) fn apply(&mut self, kustomization: &Kustomization<'a>, objects: &[Object<'a>]) {
        for member in &mut self.members {
            let object = &objects[member.object.index()];
            member.set_namespace(kustomization.namespace, object.kind());
            if takes_prefix(object) {
                member.add_names(kustomization.prefix, kustomization.suffix);
            }
            member.labels.extend(&kustomization.labels);
        }
        for generator in &mut self.generators {
            generator.namespace = kustomization.namespace.word().or(generator.namespace);
            let prefix = kustomization.prefix.word().unwrap_or_default();
            generator.prefix.insert_str(0, prefix);
            let suffix = kustomization.suffix.word().unwrap_or_default();
            generator.suffix.push_str(suffix);
        }
    }
}

/// Kinds that keep their names (`api/internal/builtins/PrefixTransformer.go`).
fn takes_prefix(object: &Object<'_>) -> bool {
    let is_api_service =
        object.kind_name() == "APIService" && object.group() == "apiregistration.k8s.io";
    !is_api_service
        && !matches!(
            object.kind(),
            Kind::Namespace | Kind::CustomResourceDefinition
        )
}

impl<'a> Generator<'a> {
    /// Takes over what a patch makes of keys, name and namespace.
    fn patch(&mut self, patch: &Patch<'a>, matches: Match) {
        if ["data", "stringData", "binaryData"]
            .iter()
            .any(|it| patch.touches(&[it]))
        {
            self.keys = None;
        }
        if let Some(outcome) = patch.outcome(&["metadata", "namespace"]) {
            self.namespace = match outcome {
                Outcome::Set(namespace) if matches == Match::Yes => Some(namespace),
                _ => None,
            };
        }
        if matches == Match::Yes
            && let Some(Outcome::Set(name)) = patch.outcome(&["metadata", "name"])
        {
            self.prefix.clear();
            self.suffix.clear();
            self.name = name;
        }
    }

    /// Whether it makes an object of this kind and name, with or without prefix and suffix.
    fn is_called(&self, kind: GeneratedKind, name: &str) -> bool {
        let inner = name.strip_prefix(self.prefix.as_str());
        let inner = inner.and_then(|it| it.strip_suffix(self.suffix.as_str()));
        self.kind == kind && (self.name == name || inner == Some(self.name))
    }
}

impl<'a> Member<'a> {
    /// `namespace:` gives a Namespace its name (`api/internal/konfig/builtinpluginconsts/namespace.go`).
    fn set_namespace(&mut self, setting: Setting<'a>, kind: Kind) {
        match setting {
            Setting::Unset => {}
            Setting::Word(namespace) => {
                self.namespace = Some(namespace);
                if kind == Kind::Namespace {
                    self.name = Edit::Set(namespace);
                }
            }
            Setting::Template => {
                self.namespace = None;
                self.own_namespace = Edit::Unknown;
                if kind == Kind::Namespace {
                    self.name = Edit::Unknown;
                }
            }
        }
    }

    fn add_names(&mut self, prefix: Setting<'a>, suffix: Setting<'a>) {
        self.prefix.insert_str(0, prefix.word().unwrap_or_default());
        self.suffix.push_str(suffix.word().unwrap_or_default());
        if prefix == Setting::Template || suffix == Setting::Template {
            self.name = Edit::Unknown;
        }
    }

    /// Takes over what a patch makes of name and namespace.
    pub(crate) fn patch(&mut self, patch: &Patch<'a>, matches: Match) {
        if let Some(outcome) = patch.outcome(&["metadata", "namespace"]) {
            self.namespace = None;
            self.own_namespace = match outcome {
                Outcome::Removed if matches == Match::Yes => Edit::Removed,
                Outcome::Set(namespace) if matches == Match::Yes => Edit::Set(namespace),
                _ => Edit::Unknown,
            };
        }
        if let Some(outcome) = patch.outcome(&["metadata", "name"]) {
            self.prefix.clear();
            self.suffix.clear();
            self.name = match outcome {
                Outcome::Set(name) if matches == Match::Yes => Edit::Set(name),
                _ => Edit::Unknown,
            };
        }
    }
}

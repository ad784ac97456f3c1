//! What defines a name: the object itself, or one from which a controller or kustomize makes it.

use crate::{
    object::{Kind, Namespace, Object, text},
    units::{Generator, Member, UnitId},
    yaml::Node,
};

use super::Inventory;

/// Something that defines an object of a kind and name.
#[derive(Clone, Debug)]
pub struct Definition<'a> {
    /// Kind of what is defined.
    pub kind: Kind,
    /// Name of what is defined.
    pub name: &'a str,
    /// Where it is defined.
    pub node: Node<'a>,
    /// The keys of a Secret or `ConfigMap`.
    pub keys: Keys<'a>,
    /// The name that kustomizations give to what a generator makes.
    new_name: Option<String>,
    pub(super) origin: Origin<'a>,
}

/// The keys of a Secret or `ConfigMap`, as far as the input tells.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Keys<'a> {
    /// All of them.
    Known(Vec<&'a str>),
    /// There may be others.
    Unknown,
}

/// What stands behind a definition.
#[derive(Clone, Copy, Debug)]
pub(super) enum Origin<'a> {
    /// An object, itself or the source of a controller.
    Object(crate::object::ObjectId),
    /// A generator of a kustomization.
    Generator {
        unit: UnitId,
        namespace: Namespace<'a>,
    },
}

/// Kinds from which a controller makes a Secret, and the fields that name it; without one of these
/// fields the Secret has the name of the object.
const SECRET_SOURCES: &[(Kind, &[&[&str]])] = &[
    (
        Kind::SealedSecret,
        &[&["spec", "template", "metadata", "name"]],
    ),
    (Kind::ExternalSecret, &[&["spec", "target", "name"]]),
    (
        Kind::ClusterExternalSecret,
        &[
            &["spec", "externalSecretSpec", "target", "name"],
            &["spec", "externalSecretName"],
        ],
    ),
    (Kind::VaultSecret, &[&["spec", "destination", "name"]]),
    (Kind::OnePasswordItem, &[]),
    (Kind::SopsSecret, &[]),
    (
        Kind::InfisicalSecret,
        &[&["spec", "managedSecretReference", "secretName"]],
    ),
    (Kind::BitwardenSecret, &[&["spec", "secretName"]]),
];

impl Inventory<'_> {
    /// Fills the index of definitions.
    pub(super) fn define(&mut self) {
        let mut definitions = Vec::new();
        for object in self.objects.iter().filter(|it| !it.is_partial()) {
            let keys = self.keys_of(object);
            define_itself(object, keys, &mut definitions);
            define_secrets(object, &mut definitions);
        }
        for unit in &self.units {
            let generators = unit.generators.iter();
            definitions.extend(generators.map(|it| define_generated(it, unit.id)));
        }
        for (index, it) in definitions.iter().enumerate() {
            self.by_name
                .entry((it.kind, it.name))
                .or_default()
                .push(index);
            for name in self.new_names(it) {
                self.by_new_name.entry(name).or_default().push(index);
            }
        }
        self.definitions = definitions;
    }

    /// The names that kustomizations give to what is defined.
    fn new_names(&self, definition: &Definition<'_>) -> Vec<String> {
        let object = match definition.origin {
            Origin::Object(object) if self.object(object).kind() == definition.kind => object,
            Origin::Object(_) => return Vec::new(),
            Origin::Generator { .. } => return definition.new_name.clone().into_iter().collect(),
        };
        let memberships = self.memberships[object.index()].iter();
        let members = memberships.filter_map(|(unit, _)| self.member(*unit, object));
        let renamed = members.flat_map(Member::placements);
        let renamed = renamed.filter(|it| it.is_renamed());
        let mut names: Vec<_> = renamed
            .filter_map(|it| {
                let name = it.base_name(Some(definition.name))?;
                Some(format!("{}{name}{}", it.prefix, it.suffix))
            })
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Keys of `data`, `stringData` and `binaryData`, if no kustomization changes them.
    fn keys_of<'a>(&self, object: &Object<'a>) -> Keys<'a> {
        let fields = ["data", "stringData", "binaryData"];
        if fields.iter().any(|it| self.is_patched(object, &[it])) {
            Keys::Unknown
        } else {
            written_keys(object, &fields)
        }
    }
}

fn define_generated<'a>(generator: &Generator<'a>, unit: UnitId) -> Definition<'a> {
    let namespace = generator.namespace;
    let is_renamed = !generator.prefix.is_empty() || !generator.suffix.is_empty();
    Definition {
        kind: generator.kind.kind(),
        name: generator.name,
        node: generator.node,
        keys: generator.keys.clone().map_or(Keys::Unknown, Keys::Known),
        new_name: is_renamed
            .then(|| format!("{}{}{}", generator.prefix, generator.name, generator.suffix)),
        origin: Origin::Generator {
            unit,
            namespace: namespace.map_or(Namespace::Unset, Namespace::Named),
        },
    }
}

fn define_itself<'a>(object: &Object<'a>, keys: Keys<'a>, definitions: &mut Vec<Definition<'a>>) {
    let Some(name) = object.name() else { return };
    definitions.push(Definition {
        kind: object.kind(),
        name: name.value,
        node: name.node,
        keys,
        new_name: None,
        origin: Origin::Object(object.id()),
    });
}

fn written_keys<'a>(object: &Object<'a>, fields: &[&str]) -> Keys<'a> {
    if !matches!(object.kind(), Kind::Secret | Kind::ConfigMap) {
        return Keys::Unknown;
    }
    let mut keys = Vec::new();
    for field in fields {
        let Some(map) = object.root().get(field) else {
            continue;
        };
        if !map.is_mapping() && !map.is_null() {
            return Keys::Unknown;
        }
        for (key, _) in map.fields() {
            match key.text() {
                Some(text) if !crate::object::is_template(text) => keys.push(text),
                _ => return Keys::Unknown,
            }
        }
    }
    Keys::Known(keys)
}

/// Secrets that controllers make from `object`.
fn define_secrets<'a>(object: &Object<'a>, definitions: &mut Vec<Definition<'a>>) {
    let mut define = |node: Node<'a>, keys: Keys<'a>| {
        if let Some(name) = crate::object::Text::of(node) {
            definitions.push(Definition {
                kind: Kind::Secret,
                name: name.value,
                node,
                keys,
                new_name: None,
                origin: Origin::Object(object.id()),
            });
        }
    };
    if let Some((_, paths)) = SECRET_SOURCES.iter().find(|it| it.0 == object.kind()) {
        let named = paths.iter().find_map(|path| object.at(path));
        let name = named.or_else(|| object.name().map(|it| it.node));
        if let Some(name) = name {
            define(name, source_keys(object));
        }
    }
    match object.kind() {
        Kind::Certificate => {
            if let Some(name) = object.at(&["spec", "secretName"]) {
                define(name, Keys::Unknown);
            }
        }
        Kind::SecretProviderClass => {
            let made = object.at(&["spec", "secretObjects"]);
            for made in made.into_iter().flat_map(Node::items) {
                made.get("secretName")
                    .into_iter()
                    .for_each(|it| define(it, synced_keys(made)));
            }
        }
        Kind::Ingress if is_issued(object) => {
            let blocks = object
                .at(&["spec", "tls"])
                .into_iter()
                .flat_map(Node::items);
            blocks
                .filter_map(|it| it.get("secretName"))
                .for_each(|it| define(it, Keys::Unknown));
        }
        Kind::Gateway if is_issued(object) => {
            let listeners = object
                .at(&["spec", "listeners"])
                .into_iter()
                .flat_map(Node::items);
            let references = listeners.filter_map(|it| it.at(&["tls", "certificateRefs"]));
            let references = references.flat_map(Node::items);
            references
                .filter_map(|it| it.get("name"))
                .for_each(|it| define(it, Keys::Unknown));
        }
        _ => {}
    }
}

/// Whether cert-manager makes the certificates that the object names.
fn is_issued(object: &Object<'_>) -> bool {
    let annotations = object.metadata().and_then(|it| it.get("annotations"));
    annotations
        .into_iter()
        .flat_map(Node::fields)
        .any(|(key, _)| {
            matches!(
                key.text(),
                Some(
                    "cert-manager.io/issuer"
                        | "cert-manager.io/cluster-issuer"
                        | "kubernetes.io/tls-acme"
                )
            )
        })
}

/// Keys of a Secret made from `object`, where its manifest lists them all.
fn source_keys<'a>(object: &Object<'a>) -> Keys<'a> {
    let maps: &[&[&str]] = match object.kind() {
        Kind::SealedSecret => &[&["spec", "encryptedData"], &["spec", "template", "data"]],
        _ => &[&["spec", "target", "template", "data"]],
    };
    let mut keys: Vec<_> = maps
        .iter()
        .filter_map(|path| object.at(path))
        .flat_map(Node::fields)
        .filter_map(|(key, _)| key.text())
        .collect();
    if object.kind() == Kind::SealedSecret {
        return Keys::Known(keys);
    }
    let Some(data) = object.at(&["spec", "data"]) else {
        return Keys::Unknown;
    };
    let is_open = object.at(&["spec", "dataFrom"]).is_some()
        || object
            .at(&["spec", "target", "template", "templateFrom"])
            .is_some();
    if is_open || object.kind() != Kind::ExternalSecret {
        return Keys::Unknown;
    }
    keys.extend(
        data.items()
            .filter_map(|it| Some(text(it, "secretKey")?.value)),
    );
    Keys::Known(keys)
}

/// Keys of an entry of a `SecretProviderClass`'s `secretObjects`.
fn synced_keys(made: Node<'_>) -> Keys<'_> {
    let data = made.get("data").into_iter().flat_map(Node::items);
    Keys::Known(data.filter_map(|it| Some(text(it, "key")?.value)).collect())
}

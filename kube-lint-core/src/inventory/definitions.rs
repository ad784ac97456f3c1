//! What defines a name: the object itself, or one from which a controller or kustomize makes it.

use crate::{
    object::{Kind, Namespace, Object, text},
    units::{Generator, Member, UnitId},
    yaml::Node,
};

use super::{DefinedIn, Inventory};

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
    (
        Kind::InfisicalSecret,
        &[&["spec", "managedSecretReference", "secretName"]],
    ),
    (Kind::BitwardenSecret, &[&["spec", "secretName"]]),
    // cert-manager writes the key of the ACME account there.
    (
        Kind::Issuer,
        &[&["spec", "acme", "privateKeySecretRef", "name"]],
    ),
    (
        Kind::ClusterIssuer,
        &[&["spec", "acme", "privateKeySecretRef", "name"]],
    ),
];

/// Kinds whose sources of a Secret have the name of the object where no field names it.
const NAMED_LIKE_THEMSELVES: [Kind; 7] = [
    Kind::SealedSecret,
    Kind::ExternalSecret,
    Kind::ClusterExternalSecret,
    Kind::VaultSecret,
    Kind::OnePasswordItem,
    Kind::InfisicalSecret,
    Kind::BitwardenSecret,
];

/// Operators that make Secrets called after an object of theirs, and what they put behind its name:
/// CloudNativePG, Strimzi, ECK, the RabbitMQ cluster operator.
const OPERATORS: &[(Kind, &[&str])] = &[
    (
        Kind::PostgresCluster,
        &["-app", "-superuser", "-ca", "-server", "-replication"],
    ),
    (
        Kind::Kafka,
        &[
            "-cluster-ca-cert",
            "-cluster-ca",
            "-clients-ca-cert",
            "-clients-ca",
        ],
    ),
    (Kind::KafkaUser, &[""]),
    (
        Kind::Elasticsearch,
        &[
            "-es-elastic-user",
            "-es-http-certs-public",
            "-es-http-certs-internal",
        ],
    ),
    (Kind::RabbitmqCluster, &["-default-user"]),
];

/// Keys that cert-manager may write (`pkg/controller/certificates/issuing/internal/secret.go`).
const CERTIFICATE_KEYS: [&str; 9] = [
    "tls.crt",
    "tls.key",
    "ca.crt",
    "keystore.jks",
    "truststore.jks",
    "keystore.p12",
    "truststore.p12",
    "tls-combined.pem",
    "key.der",
];

/// Keys that the token controller adds to a Secret of the type `kubernetes.io/service-account-token`.
const TOKEN_KEYS: [&str; 3] = ["token", "ca.crt", "namespace"];

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
            for name in self.new_names(it) {
                self.by_new_name.entry(name).or_default().push(index);
            }
        }
        self.definitions = definitions;
        self.index_definitions();
    }

    fn index_definitions(&mut self) {
        for (definition, it) in self.definitions.iter().enumerate() {
            let of_name = self.by_name.entry((it.kind, it.name)).or_default();
            of_name.push(definition);
            let mut is_in = |unit| {
                self.by_unit.push(DefinedIn {
                    unit,
                    kind: it.kind,
                    name: it.name,
                    definition,
                });
            };
            match it.origin {
                Origin::Object(object) => {
                    let memberships = self.memberships[object.index()].iter();
                    memberships.for_each(|it| is_in(it.unit));
                }
                Origin::Generator { unit, .. } => is_in(unit),
            }
        }
        self.by_unit.sort_unstable();
    }

    /// Whether an operator makes an object of `kind` and `name` that no manifest shows: for an object
    /// of its own in the root, or by a name that only it gives.
    pub(super) fn is_made_by_operator(&self, kind: Kind, name: &str) -> bool {
        if kind != Kind::Secret {
            return false;
        }
        let defines = |kind, name| self.by_name.contains_key(&(kind, name));
        let is_called_after = OPERATORS.iter().any(|(source, suffixes)| {
            let owners = suffixes.iter().filter_map(|it| name.strip_suffix(it));
            owners.into_iter().any(|owner| defines(*source, owner))
        });
        is_called_after
            // Zalando's Postgres operator.
            || name.ends_with(".credentials.postgresql.acid.zalan.do")
            // The token controller, before Kubernetes 1.24.
            || name.starts_with("default-token-")
    }

    /// The names that kustomizations give to what is defined.
    fn new_names(&self, definition: &Definition<'_>) -> Vec<String> {
        let object = match definition.origin {
            Origin::Object(object) if self.object(object).kind() == definition.kind => object,
            Origin::Object(_) => return Vec::new(),
            Origin::Generator { .. } => return definition.new_name.clone().into_iter().collect(),
        };
        let memberships = self.memberships[object.index()].iter();
        let members = memberships.filter_map(|it| self.unit(it.unit).members.get(it.member));
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
    let kind = object.root().get("type").and_then(Node::text);
    if object.kind() == Kind::Secret && kind == Some("kubernetes.io/service-account-token") {
        keys.extend(TOKEN_KEYS);
    }
    if is_filled_by_controller(object) {
        return Keys::Unknown;
    }
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

/// Whether a controller adds keys: OpenShift injects certificates, the reflectors copy whole objects.
fn is_filled_by_controller(object: &Object<'_>) -> bool {
    const MARKS: [&str; 4] = [
        "config.openshift.io/inject-trusted-cabundle",
        "service.beta.openshift.io/inject-cabundle",
        "reflector.v1.k8s.emberstack.com/reflects",
        "replicator.v1.mittwald.de/replicate-from",
    ];
    let maps = ["labels", "annotations"];
    let metadata = object.metadata();
    let entries = maps.iter().filter_map(|map| metadata?.get(map));
    entries
        .flat_map(Node::fields)
        .any(|(key, _)| key.text().is_some_and(|it| MARKS.contains(&it)))
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
    if let Some((kind, paths)) = SECRET_SOURCES.iter().find(|it| it.0 == object.kind())
        && !is_left_to_others(object)
    {
        let named = paths.iter().find_map(|path| object.at(path));
        let own = || object.name().map(|it| it.node);
        let is_own = NAMED_LIKE_THEMSELVES.contains(kind);
        let name = named.or_else(|| is_own.then(own).flatten());
        if let Some(name) = name {
            define(name, source_keys(object));
        }
    }
    match object.kind() {
        Kind::Certificate => {
            if let Some(name) = object.at(&["spec", "secretName"]) {
                define(name, Keys::Known(CERTIFICATE_KEYS.to_vec()));
            }
        }
        Kind::SopsSecret => {
            let made = object.at(&["spec", "secretTemplates"]);
            let names = made.into_iter().flat_map(Node::items);
            names
                .filter_map(|it| it.get("name"))
                .for_each(|it| define(it, Keys::Unknown));
        }
        Kind::InfisicalSecret => {
            let made = object.at(&["spec", "managedKubeSecretReferences"]);
            let names = made.into_iter().flat_map(Node::items);
            names
                .filter_map(|it| it.get("secretName"))
                .for_each(|it| define(it, Keys::Unknown));
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
                .for_each(|it| define(it, Keys::Known(CERTIFICATE_KEYS.to_vec())));
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

/// Whether an `ExternalSecret` only reads, or adds to a Secret that something else makes.
fn is_left_to_others(object: &Object<'_>) -> bool {
    let policy = object.at(&["spec", "target", "creationPolicy"]);
    let policy = policy.and_then(Node::text);
    object.kind() == Kind::ExternalSecret && policy == Some("None")
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
        // All values in one ciphertext, as the first releases wrote them.
        let is_opaque = object.at(&["spec", "data"]).is_some();
        return if is_opaque {
            Keys::Unknown
        } else {
            Keys::Known(keys)
        };
    }
    let Some(data) = object.at(&["spec", "data"]) else {
        return Keys::Unknown;
    };
    let policy = object.at(&["spec", "target", "creationPolicy"]);
    let is_open = object.at(&["spec", "dataFrom"]).is_some()
        || policy.and_then(Node::text) == Some("Merge")
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

//! Who speaks of which Secret and ConfigMap: the places of `k8s.io/api` and of a few custom resources.

use crate::{
    object::{Kind, Namespace, Object, Text, is_template, text},
    yaml::Node,
};

use super::{
    Container, PodSpec,
    pod_spec::{Path, below},
};

/// A place that names a Secret or `ConfigMap`.
#[derive(Clone, Debug)]
pub struct Reference<'a> {
    /// What is named.
    pub kind: Kind,
    /// Its name.
    pub name: Text<'a>,
    /// Its namespace; `None` for that of the object that names it.
    pub namespace: Option<Namespace<'a>>,
    /// The keys of it that must be there.
    pub keys: Vec<Text<'a>>,
    /// Whether it may be missing.
    pub is_optional: bool,
}

/// Where an object names another.
struct Shape {
    kind: Kind,
    /// Fields to the mapping that names it; `[]` stands for every item of a list.
    path: Path,
    /// The field with the name; empty where the node at `path` is the name itself.
    name: &'static str,
    namespace: Within,
    keys: NamedKeys,
}

/// In which namespace the named object is.
enum Within {
    /// In that of the object that names it.
    Own,
    /// In the one that this field tells, else in that of the object that names it.
    Field(&'static str),
}

/// The keys that a reference names.
enum NamedKeys {
    None,
    /// The field `key`.
    Key,
    /// The fields `key` of the list `items`.
    Items,
}

const fn shape(kind: Kind, path: Path, name: &'static str, keys: NamedKeys) -> Shape {
    Shape {
        kind,
        path,
        name,
        namespace: Within::Own,
        keys,
    }
}

const fn secret(path: Path) -> Shape {
    shape(Kind::Secret, path, "name", NamedKeys::None)
}

/// A reference of an object without a namespace, or into another one.
const fn secret_in(path: Path, name: &'static str, namespace: &'static str) -> Shape {
    Shape {
        kind: Kind::Secret,
        path,
        name,
        namespace: Within::Field(namespace),
        keys: NamedKeys::None,
    }
}

const CONTAINER: &[Shape] = &[
    shape(
        Kind::Secret,
        &["env", "[]", "valueFrom", "secretKeyRef"],
        "name",
        NamedKeys::Key,
    ),
    shape(
        Kind::ConfigMap,
        &["env", "[]", "valueFrom", "configMapKeyRef"],
        "name",
        NamedKeys::Key,
    ),
    secret(&["envFrom", "[]", "secretRef"]),
    shape(
        Kind::ConfigMap,
        &["envFrom", "[]", "configMapRef"],
        "name",
        NamedKeys::None,
    ),
];

const POD: &[Shape] = &[
    shape(
        Kind::Secret,
        &["volumes", "[]", "secret"],
        "secretName",
        NamedKeys::Items,
    ),
    shape(
        Kind::ConfigMap,
        &["volumes", "[]", "configMap"],
        "name",
        NamedKeys::Items,
    ),
    shape(
        Kind::Secret,
        &["volumes", "[]", "projected", "sources", "[]", "secret"],
        "name",
        NamedKeys::Items,
    ),
    shape(
        Kind::ConfigMap,
        &["volumes", "[]", "projected", "sources", "[]", "configMap"],
        "name",
        NamedKeys::Items,
    ),
    secret(&["volumes", "[]", "csi", "nodePublishSecretRef"]),
    secret(&["volumes", "[]", "rbd", "secretRef"]),
    secret(&["volumes", "[]", "cephfs", "secretRef"]),
    secret(&["volumes", "[]", "cinder", "secretRef"]),
    secret(&["volumes", "[]", "flexVolume", "secretRef"]),
    secret(&["volumes", "[]", "iscsi", "secretRef"]),
    secret(&["volumes", "[]", "scaleIO", "secretRef"]),
    secret(&["volumes", "[]", "storageos", "secretRef"]),
    shape(
        Kind::Secret,
        &["volumes", "[]", "azureFile"],
        "secretName",
        NamedKeys::None,
    ),
    secret(&["imagePullSecrets", "[]"]),
];

const fn of_volume(path: Path) -> Shape {
    secret_in(path, "name", "namespace")
}

/// Fields of `PersistentVolumeSpec`; a Secret without a namespace is in that of the claim.
const PERSISTENT_VOLUME: &[Shape] = &[
    of_volume(&["spec", "rbd", "secretRef"]),
    of_volume(&["spec", "cephfs", "secretRef"]),
    of_volume(&["spec", "cinder", "secretRef"]),
    of_volume(&["spec", "flexVolume", "secretRef"]),
    of_volume(&["spec", "iscsi", "secretRef"]),
    of_volume(&["spec", "scaleIO", "secretRef"]),
    of_volume(&["spec", "storageos", "secretRef"]),
    secret_in(&["spec", "azureFile"], "secretName", "secretNamespace"),
    of_volume(&["spec", "csi", "controllerPublishSecretRef"]),
    of_volume(&["spec", "csi", "nodeStageSecretRef"]),
    of_volume(&["spec", "csi", "nodePublishSecretRef"]),
    of_volume(&["spec", "csi", "controllerExpandSecretRef"]),
    of_volume(&["spec", "csi", "nodeExpandSecretRef"]),
];

const SERVICE_ACCOUNT: &[Shape] = &[
    secret(&["secrets", "[]"]),
    secret(&["imagePullSecrets", "[]"]),
];

const INGRESS: &[Shape] = &[shape(
    Kind::Secret,
    &["spec", "tls", "[]"],
    "secretName",
    NamedKeys::None,
)];

const GATEWAY: &[Shape] = &[
    of_volume(&["spec", "listeners", "[]", "tls", "certificateRefs", "[]"]),
    of_volume(&["spec", "tls", "backend", "clientCertificateRef"]),
];

/// `monitoring.coreos.com`: names of Secrets and ConfigMaps mounted as they are.
const PROMETHEUS: &[Shape] = &[
    shape(
        Kind::Secret,
        &["spec", "secrets", "[]"],
        "",
        NamedKeys::None,
    ),
    shape(
        Kind::ConfigMap,
        &["spec", "configMaps", "[]"],
        "",
        NamedKeys::None,
    ),
];

const CERTIFICATE: &[Shape] = &[
    shape(
        Kind::Secret,
        &["spec", "keystores", "jks", "passwordSecretRef"],
        "name",
        NamedKeys::Key,
    ),
    shape(
        Kind::Secret,
        &["spec", "keystores", "pkcs12", "passwordSecretRef"],
        "name",
        NamedKeys::Key,
    ),
];

/// Annotations of ingress-nginx that name a Secret as `name` or `namespace/name`.
const INGRESS_ANNOTATIONS: [&str; 3] = [
    "nginx.ingress.kubernetes.io/auth-secret",
    "nginx.ingress.kubernetes.io/auth-tls-secret",
    "nginx.ingress.kubernetes.io/proxy-ssl-secret",
];

impl<'a> PodSpec<'a> {
    /// The Secrets and ConfigMaps that it names, those of its containers among them.
    pub fn references(&self) -> Vec<Reference<'a>> {
        let mut found = Vec::new();
        find(self.node(), POD, &mut found);
        for container in self.containers() {
            find(container.node(), CONTAINER, &mut found);
        }
        found
    }
}

impl<'a> Container<'a> {
    /// The Secrets and ConfigMaps that its environment names.
    pub fn references(&self) -> Vec<Reference<'a>> {
        let mut found = Vec::new();
        find(self.node(), CONTAINER, &mut found);
        found
    }
}

/// The Secrets and ConfigMaps that `object` names outside of PodSpecs.
pub fn references<'a>(object: &Object<'a>) -> Vec<Reference<'a>> {
    let shapes = match object.kind() {
        Kind::ServiceAccount => SERVICE_ACCOUNT,
        Kind::PersistentVolume => PERSISTENT_VOLUME,
        Kind::Ingress => INGRESS,
        Kind::Gateway => GATEWAY,
        Kind::Certificate => CERTIFICATE,
        Kind::Prometheus | Kind::PrometheusAgent | Kind::Alertmanager => PROMETHEUS,
        _ => return Vec::new(),
    };
    let mut found = Vec::new();
    find(object.root(), shapes, &mut found);
    if object.kind() == Kind::Ingress {
        let annotations = INGRESS_ANNOTATIONS.iter();
        found.extend(annotations.filter_map(|key| of_annotation(object.annotation(key)?)));
    }
    if object.kind() == Kind::PersistentVolume {
        for reference in &mut found {
            reference.namespace.get_or_insert(Namespace::Unknown);
        }
    }
    found
}

/// Kinds whose objects name Secrets or ConfigMaps outside of PodSpecs.
pub const REFERRING: [Kind; 8] = [
    Kind::Alertmanager,
    Kind::Certificate,
    Kind::Gateway,
    Kind::Ingress,
    Kind::PersistentVolume,
    Kind::Prometheus,
    Kind::PrometheusAgent,
    Kind::ServiceAccount,
];

fn of_annotation(value: Text<'_>) -> Option<Reference<'_>> {
    let (namespace, name) = match value.value.split_once('/') {
        Some((namespace, name)) => (Some(Namespace::Named(namespace)), name),
        None => (None, value.value),
    };
    (!name.is_empty()).then(|| Reference {
        kind: Kind::Secret,
        name: Text {
            value: name,
            node: value.node,
        },
        namespace,
        keys: Vec::new(),
        is_optional: false,
    })
}

fn find<'a>(node: Node<'a>, shapes: &[Shape], found: &mut Vec<Reference<'a>>) {
    for shape in shapes {
        let mut nodes = Vec::new();
        below(node, shape.path, &mut nodes);
        found.extend(nodes.into_iter().filter_map(|it| shape.reference(it)));
    }
}

impl Shape {
    fn reference<'a>(&self, node: Node<'a>) -> Option<Reference<'a>> {
        let name = match self.name {
            "" => Text::of(node),
            field => text(node, field),
        };
        // A reference of the Gateway API may be to another kind.
        let is_other = |field, usual| {
            let word = node.get(field).and_then(Node::text);
            word.is_some_and(|it| !it.is_empty() && it != usual)
        };
        if self.kind == Kind::Secret && is_other("kind", "Secret") || is_other("group", "") {
            return None;
        }
        Some(Reference {
            kind: self.kind,
            name: name.filter(|it| !it.value.is_empty())?,
            namespace: self.namespace.of(node),
            keys: self.keys.of(node),
            is_optional: node.get("optional").and_then(Node::bool) == Some(true),
        })
    }
}

impl Within {
    fn of<'a>(&self, node: Node<'a>) -> Option<Namespace<'a>> {
        let Self::Field(field) = self else {
            return None;
        };
        match node.get(field).and_then(Node::text) {
            None | Some("") => None,
            Some(name) if is_template(name) => Some(Namespace::Unknown),
            Some(name) => Some(Namespace::Named(name)),
        }
    }
}

impl NamedKeys {
    fn of<'a>(&self, node: Node<'a>) -> Vec<Text<'a>> {
        match self {
            Self::None => Vec::new(),
            Self::Key => text(node, "key").into_iter().collect(),
            Self::Items => {
                let items = node.get("items").into_iter().flat_map(Node::items);
                items.filter_map(|it| text(it, "key")).collect()
            }
        }
    }
}

//! Roles and bindings that the API server makes itself.
//!
//! `bootstrap.json` holds those of Kubernetes 1.36 (`plugin/pkg/auth/authorizer/rbac/bootstrappolicy`),
//! one a line, without the label and annotation that they all have and without the rules that
//! aggregation gives to `admin`, `edit` and `view`.

use std::sync::LazyLock;

use crate::{
    model::{PolicyRule, Subject},
    object::{Kind, Namespace, Object},
    yaml::{Document, Limits, Node},
};

/// Roles and bindings that every cluster has.
pub struct BuiltIn {
    roles: Vec<BuiltInRole>,
    aggregated: Vec<BuiltInRole>,
    bindings: Vec<BuiltInBinding>,
}

/// A role that every cluster has.
#[derive(Clone, Copy, Debug)]
pub struct BuiltInRole {
    /// [`Kind::Role`] or [`Kind::ClusterRole`].
    pub kind: Kind,
    /// Namespace of a [`Kind::Role`].
    pub namespace: Option<&'static str>,
    /// Its name.
    pub name: &'static str,
    root: Node<'static>,
}

/// A binding that every cluster has.
#[derive(Clone, Copy, Debug)]
pub struct BuiltInBinding {
    /// [`Kind::RoleBinding`] or [`Kind::ClusterRoleBinding`].
    pub kind: Kind,
    /// Namespace of a [`Kind::RoleBinding`].
    pub namespace: Option<&'static str>,
    /// Its name.
    pub name: &'static str,
    root: Node<'static>,
}

/// The roles and bindings that every cluster has.
pub fn built_in() -> &'static BuiltIn {
    static BUILT_IN: LazyLock<BuiltIn> = LazyLock::new(BuiltIn::read);
    &BUILT_IN
}

impl BuiltIn {
    fn read() -> Self {
        static DOCUMENT: LazyLock<Document> = LazyLock::new(|| {
            Document::parse_text(include_str!("bootstrap.json"), &Limits::default())
        });
        let list = |field: &str| {
            let root = DOCUMENT.root();
            let list = root.and_then(|it| it.get(field));
            list.into_iter().flat_map(Node::items)
        };
        let roles = |field: &str, kind| {
            list(field).map(move |root| BuiltInRole {
                kind,
                namespace: word(root, "namespace"),
                name: word(root, "name").unwrap_or_default(),
                root,
            })
        };
        let bindings = |field: &str, kind| {
            list(field).map(move |root| BuiltInBinding {
                kind,
                namespace: word(root, "namespace"),
                name: word(root, "name").unwrap_or_default(),
                root,
            })
        };
        let roles: Vec<_> = roles("clusterRoles", Kind::ClusterRole)
            .chain(roles("roles", Kind::Role))
            .collect();
        let aggregated = roles.iter().filter(|it| it.selectors().is_some());
        Self {
            aggregated: aggregated.copied().collect(),
            roles,
            bindings: bindings("clusterRoleBindings", Kind::ClusterRoleBinding)
                .chain(bindings("roleBindings", Kind::RoleBinding))
                .collect(),
        }
    }

    /// The role of this kind, namespace and name.
    pub fn role(&self, kind: Kind, namespace: Option<&str>, name: &str) -> Option<&BuiltInRole> {
        let mut roles = self.roles.iter();
        roles.find(|it| it.name == name && it.kind == kind && it.namespace == namespace)
    }

    /// Every role.
    pub fn roles(&self) -> &[BuiltInRole] {
        &self.roles
    }

    /// Whether `name` is the account in `kube-system` of one of the controllers of the control plane.
    pub fn is_controller_account(&self, name: &str) -> bool {
        let bindings = self.bindings.iter();
        let of_controllers = bindings.filter(|it| it.name.starts_with("system:controller:"));
        let mut subjects = of_controllers.flat_map(BuiltInBinding::subjects);
        subjects.any(|it| it.name().is_some_and(|it| it.value == name))
    }

    /// Every binding.
    pub fn bindings(&self) -> &[BuiltInBinding] {
        &self.bindings
    }

    /// The roles that aggregate others.
    pub(super) fn aggregated(&self) -> &[BuiltInRole] {
        &self.aggregated
    }

    /// Whether `object`, applied in `namespace`, is one of the roles and bindings: it has the name of
    /// one, and the API server's label or the same content.
    pub fn is(&self, object: &Object<'_>, namespace: Namespace<'_>) -> bool {
        let Some(root) = self.find(object, namespace) else {
            return false;
        };
        let label = object.label("kubernetes.io/bootstrapping");
        label.is_some_and(|it| it.value == "rbac-defaults")
            || ["rules", "roleRef", "subjects"]
                .iter()
                .all(|field| same(object.root().get(field), root.get(field)))
    }

    fn find(&self, object: &Object<'_>, namespace: Namespace<'_>) -> Option<Node<'static>> {
        let (kind, namespace) = (object.kind(), namespace.name());
        let name = object.name()?.value;
        if let Some(role) = self.role(kind, namespace, name) {
            return Some(role.root);
        }
        let mut bindings = self.bindings.iter();
        let binding =
            bindings.find(|it| it.name == name && it.kind == kind && it.namespace == namespace);
        binding.map(|it| it.root)
    }
}

impl BuiltInRole {
    /// Its rules as the API server makes them; none where aggregation gives it its rules.
    pub fn rules(&self) -> impl Iterator<Item = PolicyRule<'static>> + use<> {
        let rules = self.root.get("rules");
        rules.into_iter().flat_map(Node::items).map(PolicyRule::new)
    }

    /// `aggregationRule.clusterRoleSelectors`.
    pub(super) fn selectors(&self) -> Option<Node<'static>> {
        self.root.at(&["aggregationRule", "clusterRoleSelectors"])
    }

    /// `metadata.labels`.
    pub(super) fn labels(&self) -> Option<Node<'static>> {
        self.root.at(&["metadata", "labels"])
    }
}

impl BuiltInBinding {
    /// The role that it binds.
    pub fn role(&self) -> Option<&'static BuiltInRole> {
        let of_role = |field: &str| self.root.at(&["roleRef", field])?.text();
        let (kind, namespace) = match of_role("kind")? {
            "Role" => (Kind::Role, self.namespace),
            _ => (Kind::ClusterRole, None),
        };
        built_in().role(kind, namespace, of_role("name")?)
    }

    /// Whom it names.
    pub fn subjects(&self) -> impl Iterator<Item = Subject<'static>> + use<> {
        let subjects = self.root.get("subjects");
        subjects.into_iter().flat_map(Node::items).map(Subject::new)
    }
}

fn word(root: Node<'static>, field: &str) -> Option<&'static str> {
    root.at(&["metadata", field])?.text()
}

/// Whether two nodes hold the same, `apiGroup` left aside.
fn same(one: Option<Node<'_>>, other: Option<Node<'_>>) -> bool {
    let (Some(one), Some(other)) = (one, other) else {
        return one.is_none_or(Node::is_null) && other.is_none();
    };
    if one.is_mapping() && other.is_mapping() {
        let fields = || {
            one.fields()
                .filter(|(key, _)| key.text() != Some("apiGroup"))
        };
        return fields().count() == other.fields().count()
            && fields().all(|(key, value)| {
                let found = key.text().and_then(|it| other.get(it));
                found.is_some_and(|it| same(Some(value), Some(it)))
            });
    }
    if one.is_sequence() && other.is_sequence() {
        return one.items().count() == other.items().count()
            && one
                .items()
                .zip(other.items())
                .all(|(one, other)| same(Some(one), Some(other)));
    }
    one.is_scalar() && one.text() == other.text()
}

//! Roles, bindings and their parts (`k8s.io/api/rbac/v1/types.go`).

use crate::{
    object::{Object, Text, is_template, text, texts},
    yaml::Node,
};

/// A `Role` or `ClusterRole`.
#[derive(Clone, Copy, Debug)]
pub struct Role<'a> {
    object: Object<'a>,
}

impl<'a> Role<'a> {
    /// The view of a `Role` or `ClusterRole`.
    pub fn new(object: &Object<'a>) -> Self {
        Self { object: *object }
    }

    /// The object.
    pub fn object(&self) -> Object<'a> {
        self.object
    }

    /// The items of `rules`.
    pub fn rules(&self) -> impl Iterator<Item = PolicyRule<'a>> + use<'a> {
        let rules = self.object.root().get("rules");
        rules.into_iter().flat_map(Node::items).map(PolicyRule::new)
    }
}

/// One rule of a role: everything it grants is granted by it alone.
#[derive(Clone, Copy, Debug)]
pub struct PolicyRule<'a> {
    node: Node<'a>,
}

impl<'a> PolicyRule<'a> {
    /// The view of an item of `rules`.
    pub fn new(node: Node<'a>) -> Self {
        Self { node }
    }

    /// The mapping.
    pub fn node(&self) -> Node<'a> {
        self.node
    }

    /// `verbs`, where known.
    pub fn verbs(&self) -> impl Iterator<Item = Text<'a>> + use<'a> {
        texts(self.node, "verbs")
    }

    /// `apiGroups`, where known; the core group is empty.
    pub fn api_groups(&self) -> impl Iterator<Item = Text<'a>> + use<'a> {
        texts(self.node, "apiGroups")
    }

    /// `resources`, where known, subresources behind a slash.
    pub fn resources(&self) -> impl Iterator<Item = Text<'a>> + use<'a> {
        texts(self.node, "resources")
    }

    /// `resourceNames`, where known.
    pub fn resource_names(&self) -> impl Iterator<Item = Text<'a>> + use<'a> {
        texts(self.node, "resourceNames")
    }

    /// Whether the rule is limited to objects of certain names, known or not.
    pub fn is_limited_by_name(&self) -> bool {
        self.node
            .get("resourceNames")
            .is_some_and(|it| it.items().next().is_some())
    }

    /// Whether every entry of its lists is known.
    pub fn is_known(&self) -> bool {
        let lists = self.node.fields().map(|(_, list)| list);
        lists.flat_map(Node::items).all(|it| Text::of(it).is_some())
    }

    /// `nonResourceURLs`, where known.
    pub fn non_resource_urls(&self) -> impl Iterator<Item = Text<'a>> + use<'a> {
        texts(self.node, "nonResourceURLs")
    }
}

/// A `RoleBinding` or `ClusterRoleBinding`.
#[derive(Clone, Copy, Debug)]
pub struct Binding<'a> {
    object: Object<'a>,
}

impl<'a> Binding<'a> {
    /// The view of a `RoleBinding` or `ClusterRoleBinding`.
    pub fn new(object: &Object<'a>) -> Self {
        Self { object: *object }
    }

    /// The object.
    pub fn object(&self) -> Object<'a> {
        self.object
    }

    /// The mapping `roleRef`.
    pub fn role_ref(&self) -> Option<Node<'a>> {
        self.object.root().get("roleRef")
    }

    /// `roleRef.kind`, where known.
    pub fn role_kind(&self) -> Option<Text<'a>> {
        text(self.role_ref()?, "kind")
    }

    /// `roleRef.name`, where known.
    pub fn role_name(&self) -> Option<Text<'a>> {
        text(self.role_ref()?, "name")
    }

    /// The items of `subjects`.
    pub fn subjects(&self) -> impl Iterator<Item = Subject<'a>> + use<'a> {
        let subjects = self.object.root().get("subjects");
        subjects.into_iter().flat_map(Node::items).map(Subject::new)
    }
}

/// Who a role is bound to.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    node: Node<'a>,
}

impl<'a> Subject<'a> {
    /// The view of an item of `subjects`.
    pub fn new(node: Node<'a>) -> Self {
        Self { node }
    }

    /// The mapping.
    pub fn node(&self) -> Node<'a> {
        self.node
    }

    /// `kind`, where known: `User`, `Group` or `ServiceAccount`.
    pub fn kind(&self) -> Option<Text<'a>> {
        text(self.node, "kind")
    }

    /// `name`, where known.
    pub fn name(&self) -> Option<Text<'a>> {
        text(self.node, "name")
    }

    /// `namespace` as written, where known and not empty.
    pub fn namespace(&self) -> Option<Text<'a>> {
        text(self.node, "namespace").filter(|it| !it.value.is_empty())
    }

    /// Whether its namespace is written, but as a template.
    pub fn has_unknown_namespace(&self) -> bool {
        let namespace = self.node.get("namespace").and_then(Node::text);
        namespace.is_some_and(is_template)
    }
}

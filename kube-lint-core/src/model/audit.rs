//! Audit policies (`k8s.io/apiserver/pkg/apis/audit/v1/types.go`).

use crate::{
    object::{Object, Text, is_template, text, texts},
    yaml::Node,
};

/// How much of a request is written to the audit log, the least first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum AuditLevel {
    /// Nothing.
    None,
    /// Who did what when, without bodies.
    Metadata,
    /// The body of the request too.
    Request,
    /// The bodies of request and response too.
    RequestResponse,
}

impl AuditLevel {
    /// The level of this name.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "None" => Self::None,
            "Metadata" => Self::Metadata,
            "Request" => Self::Request,
            "RequestResponse" => Self::RequestResponse,
            _ => return None,
        })
    }

    /// The name in a policy.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Metadata => "Metadata",
            Self::Request => "Request",
            Self::RequestResponse => "RequestResponse",
        }
    }
}

/// A `Policy` of `audit.k8s.io`.
#[derive(Clone, Copy, Debug)]
pub struct AuditPolicy<'a> {
    object: Object<'a>,
}

impl<'a> AuditPolicy<'a> {
    /// The view of a `Policy`.
    pub fn new(object: &Object<'a>) -> Self {
        Self { object: *object }
    }

    /// The object.
    pub fn object(&self) -> Object<'a> {
        self.object
    }

    /// The items of `rules`; the first that matches a request decides.
    pub fn rules(&self) -> impl Iterator<Item = AuditRule<'a>> + use<'a> {
        let rules = self.object.root().get("rules");
        rules.into_iter().flat_map(Node::items).map(AuditRule::new)
    }
}

/// A rule of an audit policy.
#[derive(Clone, Copy, Debug)]
pub struct AuditRule<'a> {
    node: Node<'a>,
}

impl<'a> AuditRule<'a> {
    /// The view of an item of `rules`.
    pub fn new(node: Node<'a>) -> Self {
        Self { node }
    }

    /// The mapping.
    pub fn node(&self) -> Node<'a> {
        self.node
    }

    /// `level`, where known and one of those there are.
    pub fn level(&self) -> Option<AuditLevel> {
        AuditLevel::named(text(self.node, "level")?.value)
    }

    /// The known strings of one of the fields that limit the rule: `users`, `userGroups`, `verbs`,
    /// `namespaces` or `nonResourceURLs`.
    pub fn texts(&self, field: &str) -> impl Iterator<Item = Text<'a>> + use<'a> {
        texts(self.node, field)
    }

    /// Whether the list `field` has items, known or not. An empty list limits nothing.
    pub fn is_limited_by(&self, field: &str) -> bool {
        let list = self.node.get(field);
        list.is_some_and(|it| it.items().next().is_some())
    }

    /// The items of `resources`.
    pub fn resources(&self) -> impl Iterator<Item = GroupResources<'a>> + use<'a> {
        let resources = self.node.get("resources");
        let items = resources.into_iter().flat_map(Node::items);
        items.map(|node| GroupResources { node })
    }

    /// Whether a text in the rule is known only after a template engine ran.
    pub fn has_unknown_text(&self) -> bool {
        let mut below = self.node.descendants();
        below.any(|it| it.text().is_some_and(is_template))
    }
}

/// Resources of one API group in a rule.
#[derive(Clone, Copy, Debug)]
pub struct GroupResources<'a> {
    node: Node<'a>,
}

impl<'a> GroupResources<'a> {
    /// The mapping.
    pub fn node(&self) -> Node<'a> {
        self.node
    }

    /// `group`, empty for the core group; also where it is left out.
    pub fn group(&self) -> &'a str {
        text(self.node, "group").map_or("", |it| it.value)
    }

    /// `resources`, where known; none means all.
    pub fn resources(&self) -> impl Iterator<Item = Text<'a>> + use<'a> {
        texts(self.node, "resources")
    }

    /// `resourceNames`, where known; none means all.
    pub fn resource_names(&self) -> impl Iterator<Item = Text<'a>> + use<'a> {
        texts(self.node, "resourceNames")
    }
}

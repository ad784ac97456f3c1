//! NetworkPolicies and their parts (`k8s.io/api/networking/v1/types.go`, and
//! `extensions/v1beta1/types.go`, which has the same fields).

use crate::{
    object::{Object, Text, text, texts},
    yaml::Node,
};

use super::{
    cidr::Cidr,
    selector::{LabelSelector, Match},
};

/// The way of a connection, seen from the Pods that a policy selects.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Direction {
    /// To the Pods.
    Ingress,
    /// From the Pods.
    Egress,
}

impl Direction {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Ingress, Self::Egress];

    /// The word in `policyTypes`.
    pub const fn policy_type(self) -> &'static str {
        match self {
            Self::Ingress => "Ingress",
            Self::Egress => "Egress",
        }
    }

    /// The field with the rules.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Ingress => "ingress",
            Self::Egress => "egress",
        }
    }

    /// The field of a rule with the peers.
    pub const fn peers_field(self) -> &'static str {
        match self {
            Self::Ingress => "from",
            Self::Egress => "to",
        }
    }
}

/// A `NetworkPolicy`.
#[derive(Clone, Copy, Debug)]
pub struct NetworkPolicy<'a> {
    object: Object<'a>,
}

impl<'a> NetworkPolicy<'a> {
    /// The view of a `NetworkPolicy`.
    pub fn new(object: &Object<'a>) -> Self {
        Self { object: *object }
    }

    /// The object.
    pub fn object(&self) -> Object<'a> {
        self.object
    }

    /// `spec.podSelector`; where it is left out, it is empty and selects every Pod.
    pub fn pod_selector(&self) -> LabelSelector<'a> {
        LabelSelector::new(self.object.at(&["spec", "podSelector"]))
    }

    /// The list `policyTypes`, where it is written and not empty: an empty one has the same default as
    /// one left out.
    pub fn policy_types(&self) -> Option<Node<'a>> {
        let types = self.object.at(&["spec", "policyTypes"])?;
        (!types.is_sequence() || types.items().next().is_some())
            .then_some(types)
            .filter(|it| !it.is_null())
    }

    /// Whether the policy isolates the Pods it selects: it has the direction among its types, and
    /// without types it has Ingress, and Egress where it has egress rules
    /// (`SetDefaults_NetworkPolicy` in `pkg/apis/networking/v1/defaults.go`).
    pub fn isolates(&self, direction: Direction) -> Match {
        let Some(types) = self.policy_types() else {
            return match direction {
                Direction::Ingress => Match::Yes,
                Direction::Egress => self.has_rules(Direction::Egress),
            };
        };
        let mut found = if types.is_sequence() {
            Match::No
        } else {
            Match::Unknown
        };
        for item in types.items() {
            found = found.or(match Text::of(item) {
                Some(it) => Match::known(it.value == direction.policy_type()),
                None => Match::Unknown,
            });
        }
        found
    }

    /// The list of rules for a direction, where written.
    pub fn rules_node(&self, direction: Direction) -> Option<Node<'a>> {
        let rules = self.object.spec()?.get(direction.field())?;
        (!rules.is_null()).then_some(rules)
    }

    /// The rules for a direction; each allows something, and without any nothing is allowed.
    pub fn rules(&self, direction: Direction) -> impl Iterator<Item = Rule<'a>> + use<'a> {
        let rules = self.rules_node(direction);
        rules
            .into_iter()
            .flat_map(Node::items)
            .map(move |node| Rule { node, direction })
    }

    fn has_rules(&self, direction: Direction) -> Match {
        match self.rules_node(direction) {
            None => Match::No,
            Some(rules) if rules.is_sequence() => Match::known(rules.items().next().is_some()),
            Some(_) => Match::Unknown,
        }
    }
}

/// An item of `ingress` or `egress`.
#[derive(Clone, Copy, Debug)]
pub struct Rule<'a> {
    node: Node<'a>,
    direction: Direction,
}

impl<'a> Rule<'a> {
    /// The item.
    pub fn node(&self) -> Node<'a> {
        self.node
    }

    /// The list `from` or `to`, where it is written and not empty.
    pub fn peers_node(&self) -> Option<Node<'a>> {
        filled(self.node, self.direction.peers_field())
    }

    /// Who is allowed; without any, everyone is.
    pub fn peers(&self) -> impl Iterator<Item = Peer<'a>> + use<'a> {
        let peers = self.peers_node();
        peers.into_iter().flat_map(Node::items).map(Peer::new)
    }

    /// The list `ports`, where it is written and not empty; without any, every port is allowed.
    pub fn ports_node(&self) -> Option<Node<'a>> {
        filled(self.node, "ports")
    }
}

/// The field `key`, unless it is null or an empty list.
fn filled<'a>(node: Node<'a>, key: &str) -> Option<Node<'a>> {
    let list = node.get(key).filter(|it| !it.is_null())?;
    (!list.is_sequence() || list.items().next().is_some()).then_some(list)
}

/// An item of `from` or `to`: Pods by their labels and those of their namespace, or addresses.
#[derive(Clone, Copy, Debug)]
pub struct Peer<'a> {
    node: Node<'a>,
}

impl<'a> Peer<'a> {
    /// The view of an item of `from` or `to`.
    pub fn new(node: Node<'a>) -> Self {
        Self { node }
    }

    /// The item.
    pub fn node(&self) -> Node<'a> {
        self.node
    }

    /// `podSelector`; null is the same as left out.
    pub fn pod_selector(&self) -> Option<LabelSelector<'a>> {
        self.selector("podSelector")
    }

    /// `namespaceSelector`; null is the same as left out, and means the policy's own namespace.
    pub fn namespace_selector(&self) -> Option<LabelSelector<'a>> {
        self.selector("namespaceSelector")
    }

    /// `ipBlock`.
    pub fn ip_block(&self) -> Option<IpBlock<'a>> {
        let node = self.node.get("ipBlock").filter(|it| !it.is_null())?;
        Some(IpBlock { node })
    }

    fn selector(&self, field: &str) -> Option<LabelSelector<'a>> {
        let node = self.node.get(field).filter(|it| !it.is_null())?;
        Some(LabelSelector::new(Some(node)))
    }
}

/// Addresses: all of one block but those of others.
#[derive(Clone, Copy, Debug)]
pub struct IpBlock<'a> {
    node: Node<'a>,
}

impl<'a> IpBlock<'a> {
    /// The mapping.
    pub fn node(&self) -> Node<'a> {
        self.node
    }

    /// `cidr`, where known.
    pub fn cidr(&self) -> Option<Text<'a>> {
        text(self.node, "cidr")
    }

    /// `except`, where known.
    pub fn except(&self) -> impl Iterator<Item = Text<'a>> + use<'a> {
        texts(self.node, "except")
    }

    /// Whether addresses may be taken out of the block, by a list that is known or not.
    pub fn has_exceptions(&self) -> bool {
        filled(self.node, "except").is_some()
    }

    /// Whether it is all addresses of a family.
    pub fn is_everything(&self) -> bool {
        let cidr = self.cidr().and_then(|it| Cidr::parse(it.value));
        cidr.is_some_and(|it| it.network().prefix_len() == 0) && !self.has_exceptions()
    }
}

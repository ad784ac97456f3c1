//! What names of roles and accounts stand anywhere but in roles, bindings and accounts themselves.

use rustc_hash::FxHashSet;

use crate::{
    inventory::{ClosedWorld, Inventory},
    object::Kind,
    yaml::Node,
};

/// Names that some object or program speaks of, in each closed world.
#[derive(Debug)]
pub struct Mentions<'a> {
    names: FxHashSet<(ClosedWorld, &'a str)>,
}

/// Parts of fields that hold names of roles or accounts, in lower case.
const FIELDS: [&str; 2] = ["role", "serviceaccount"];

/// Fields of containers whose texts are read by programs.
const TEXTS: [&str; 3] = ["args", "command", "value"];

/// Kinds that are not asked: what they say of roles and accounts is known.
const ACCESS: [Kind; 4] = [
    Kind::ClusterRole,
    Kind::ClusterRoleBinding,
    Kind::Role,
    Kind::RoleBinding,
];

impl<'a> Mentions<'a> {
    /// The names in all objects of closed worlds: in fields such as `serviceAccountName` and
    /// `clusterRole`, and every word of what containers are started with.
    pub fn new(inventory: &Inventory<'a>) -> Self {
        let mut names = FxHashSet::default();
        for object in inventory.objects() {
            let Some(world) = inventory.closed_world_of(object.file()) else {
                continue;
            };
            if !ACCESS.contains(&object.kind()) {
                let nodes = object.root().descendants();
                names.extend(nodes.flat_map(words).map(|it| (world, it)));
            }
        }
        Self { names }
    }

    /// Whether something in `world` speaks of `name`.
    pub fn has(&self, world: ClosedWorld, name: &str) -> bool {
        self.names.contains(&(world, name))
    }
}

/// The names that stand in the scalar `node`.
fn words(node: Node<'_>) -> Vec<&str> {
    let Some(text) = node.text() else {
        return Vec::new();
    };
    let parent = node.parent().and_then(Node::key);
    let mut fields = [node.key(), parent].into_iter().flatten();
    let mut fields = fields.by_ref().filter_map(Node::text);
    let is_between = |it: char| !it.is_alphanumeric() && !"-.:_".contains(it);
    let found = fields.find_map(|field| {
        let lower = field.to_ascii_lowercase();
        if TEXTS.contains(&field) {
            Some(text.split(is_between).collect())
        } else if FIELDS.iter().any(|it| lower.contains(it)) {
            Some(vec![text])
        } else {
            None
        }
    });
    found.unwrap_or_default()
}

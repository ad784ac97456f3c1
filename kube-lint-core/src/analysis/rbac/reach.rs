//! Where a role's rules hold: through which bindings, in which namespaces.

use crate::{
    inventory::{Grant, Inventory},
    object::{Kind, Namespace, Object},
};

use super::{BoundRole, aggregation};

/// Where a role grants what its rules say, as far as the input tells.
#[derive(Clone, Debug)]
pub struct Reach<'a> {
    /// `ClusterRoleBinding`s: everywhere.
    pub cluster_wide: Vec<RoleGrant<'a>>,
    /// `RoleBinding`s: in their namespaces.
    pub namespaced: Vec<RoleGrant<'a>>,
}

/// A binding of a role.
#[derive(Clone, Copy, Debug)]
pub struct RoleGrant<'a> {
    /// The binding.
    pub binding: Object<'a>,
    /// Where it grants; [`Namespace::Cluster`] for everywhere.
    pub namespace: Namespace<'a>,
    /// The aggregated role that it binds in place of the role itself.
    pub through: Option<BoundRole<'a>>,
}

impl Reach<'_> {
    /// Whether no binding of the input binds the role.
    pub fn is_nowhere(&self) -> bool {
        self.cluster_wide.is_empty() && self.namespaced.is_empty()
    }
}

pub(super) fn reach<'a>(inventory: &Inventory<'a>, role: &Object<'a>) -> Reach<'a> {
    let mut reach = Reach {
        cluster_wide: Vec::new(),
        namespaced: Vec::new(),
    };
    let bindings = inventory.bindings();
    for grant in bindings.of_role(role.id()) {
        reach.add(grant, None);
    }
    for aggregating in aggregation::aggregating(inventory, role) {
        match aggregating {
            BoundRole::Defined(object) => bindings
                .of_role(object.id())
                .for_each(|it| reach.add(it, Some(aggregating))),
            BoundRole::BuiltIn(known) => bindings
                .of_reference(Kind::ClusterRole, known.name)
                .filter(|it| it.roles.is_empty())
                .for_each(|it| reach.add(it, Some(aggregating))),
        }
    }
    reach
}

impl<'a> Reach<'a> {
    fn add(&mut self, grant: &Grant<'a>, through: Option<BoundRole<'a>>) {
        let list = if grant.is_cluster_wide() {
            &mut self.cluster_wide
        } else {
            &mut self.namespaced
        };
        let is_known = list
            .iter()
            .any(|it| it.binding.id() == grant.binding.id() && it.namespace == grant.namespace);
        if !is_known {
            list.push(RoleGrant {
                binding: grant.binding,
                namespace: grant.namespace,
                through,
            });
        }
    }
}

//! Where a role's rules hold: through which bindings, in which namespaces.

use crate::{
    inventory::{Grant, Inventory},
    model::{Binding, Subject},
    object::{Kind, Namespace, Object},
};

use super::{BoundRole, aggregation};

/// Where a role grants what its rules say, as far as the input tells.
#[derive(Clone, Debug)]
pub struct Reach<'a> {
    /// `ClusterRoleBinding`s, which hold everywhere; those in the role's own file first.
    pub cluster_wide: Vec<RoleGrant<'a>>,
    /// `RoleBinding`s, which hold in their namespaces; those in the role's own file first.
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

/// How far what a role grants goes, at its widest.
#[derive(Clone, Copy, Debug)]
pub enum Extent<'a> {
    /// Through a `ClusterRoleBinding`, everywhere.
    Cluster(RoleGrant<'a>),
    /// A namespace that opens more than itself, with the binding that gives a `ClusterRole` there.
    Sensitive(&'a str, Option<RoleGrant<'a>>),
    /// One namespace, where known; it is that of a `Role` or of the `RoleBinding`.
    Namespace(Option<&'a str>, Option<RoleGrant<'a>>),
    /// Several namespaces, by `RoleBinding`s.
    Namespaces(RoleGrant<'a>),
    /// No binding of the input binds the `ClusterRole`.
    Nowhere,
}

impl<'a> Extent<'a> {
    /// The binding that carries it there.
    pub fn grant(self) -> Option<RoleGrant<'a>> {
        match self {
            Self::Cluster(grant) | Self::Namespaces(grant) => Some(grant),
            Self::Sensitive(_, grant) | Self::Namespace(_, grant) => grant,
            Self::Nowhere => None,
        }
    }
}

impl Reach<'_> {
    /// Whether no binding of the input binds the role.
    pub fn is_nowhere(&self) -> bool {
        self.cluster_wide.is_empty() && self.namespaced.is_empty()
    }

    /// Whether whoever is bound is known, and none of them is a program: they are users and groups, other
    /// than those that the API server makes of programs.
    pub fn is_for_people(&self) -> bool {
        let grants = self.cluster_wide.iter().chain(&self.namespaced);
        let mut subjects = grants
            .flat_map(|it| Binding::new(&it.binding).subjects())
            .peekable();
        subjects.peek().is_some() && subjects.all(|it| is_person(&it))
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
    let is_afar = |it: &RoleGrant<'a>| it.binding.file() != role.file();
    reach.cluster_wide.sort_by_key(is_afar);
    reach.namespaced.sort_by_key(is_afar);
    reach
}

pub(super) fn extent<'a>(inventory: &Inventory<'a>, role: &Object<'a>) -> Extent<'a> {
    let target = inventory.target();
    if role.kind() == Kind::Role {
        return match inventory.namespace(role).name() {
            Some(it) if target.is_sensitive_namespace(it) => Extent::Sensitive(it, None),
            namespace => Extent::Namespace(namespace, None),
        };
    }
    let reach = reach(inventory, role);
    if let Some(grant) = reach.cluster_wide.first() {
        return Extent::Cluster(*grant);
    }
    let Some(first) = reach.namespaced.first() else {
        return Extent::Nowhere;
    };
    let mut named = reach
        .namespaced
        .iter()
        .filter_map(|it| Some((it.namespace.name()?, *it)));
    if let Some((namespace, grant)) = named.find(|it| target.is_sensitive_namespace(it.0)) {
        return Extent::Sensitive(namespace, Some(grant));
    }
    let mut others = reach.namespaced.iter();
    if others.any(|it| it.namespace != first.namespace) {
        return Extent::Namespaces(*first);
    }
    Extent::Namespace(first.namespace.name(), Some(*first))
}

fn is_person(subject: &Subject<'_>) -> bool {
    let is_kind = subject
        .kind()
        .is_some_and(|it| matches!(it.value, "User" | "Group"));
    is_kind
        && subject
            .name()
            .is_some_and(|it| !it.value.starts_with("system:"))
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

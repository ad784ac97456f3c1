//! Who may do what, decided as Kubernetes' own authorizer does (`plugin/pkg/auth/authorizer/rbac`).

mod aggregation;
mod api;
mod built_in;
mod certificate;
mod covers;
mod deed;
mod hazard;
mod holdings;
mod matching;
mod operators;
mod pod_makers;
mod power;
mod principal;
mod reach;
mod served;

use crate::{
    inventory::{Grant, Inventory},
    model::{Binding, PolicyRule, Role},
    object::{Kind, Object},
};

pub use aggregation::is_near;
pub use api::is_built_in_group;
pub use built_in::{BuiltIn, BuiltInBinding, BuiltInRole, built_in};
pub use certificate::asks_for_organization;
pub use covers::covers;
pub use deed::{Deed, GET_NEEDS_CREATE, WAYS, Way};
pub use hazard::{Hazard, Impact, hazard, hazard_as_another, is_far_reaching, taking_over};
pub use holdings::{Gap, GapKind, Held, Holding, HoldingBinding, Holdings};
pub use matching::{Match, Request, UrlRequest, everything, granting};
pub use operators::{Trade, known_operator};
pub use pod_makers::{PodMaker, PodPower, pod_makers, pod_making_resources};
pub use power::{Allowance, Place, Power};
pub use principal::Principal;
pub use reach::{Extent, Reach, RoleGrant};
pub use served::{Served, group_of, needs_cluster_role_binding, resources, served, served_as};

/// Answers about the roles and bindings of an inventory; costs nothing to make.
#[derive(Clone, Copy)]
pub struct Rbac<'i, 'a> {
    inventory: &'i Inventory<'a>,
}

/// A role that a binding means.
#[derive(Clone, Copy, Debug)]
pub enum BoundRole<'a> {
    /// One of the input.
    Defined(Object<'a>),
    /// One that the API server makes itself.
    BuiltIn(&'static BuiltInRole),
}

impl<'a> BoundRole<'a> {
    /// [`Kind::Role`] or [`Kind::ClusterRole`].
    pub fn kind(self) -> Kind {
        match self {
            Self::Defined(object) => object.kind(),
            Self::BuiltIn(known) => known.kind,
        }
    }

    /// Its name, where known.
    pub fn name(self) -> Option<&'a str> {
        match self {
            Self::Defined(object) => Some(object.name()?.value),
            Self::BuiltIn(known) => Some(known.name),
        }
    }
}

impl<'i, 'a> Rbac<'i, 'a> {
    /// The answers for `inventory`.
    pub fn new(inventory: &'i Inventory<'a>) -> Self {
        Self { inventory }
    }

    /// The role that `grant` binds; `None` where the input does not define it and it is not built in,
    /// so that what it grants is unknown.
    pub fn role(&self, grant: &Grant<'a>) -> Option<BoundRole<'a>> {
        if let Some(role) = grant.roles.first() {
            return Some(self.defined(*self.inventory.object(*role)));
        }
        let binding = Binding::new(&grant.binding);
        let kind = match binding.role_kind()?.value {
            "Role" => Kind::Role,
            "ClusterRole" => Kind::ClusterRole,
            _ => return None,
        };
        let namespace = grant.namespace.name().filter(|_| kind == Kind::Role);
        let name = binding.role_name()?.value;
        built_in()
            .role(kind, namespace, name)
            .map(BoundRole::BuiltIn)
    }

    /// The rules that `role` grants in the end, aggregation considered.
    pub fn rules(&self, role: BoundRole<'a>) -> Vec<PolicyRule<'a>> {
        aggregation::rules(self.inventory, role)
    }

    /// The rules in the manifest of `role` that take effect: none where the API server makes the role
    /// itself, or where aggregation replaces them.
    pub fn own_rules(&self, role: &Object<'a>) -> Vec<PolicyRule<'a>> {
        if self.is_built_in(role) || aggregation::replaces_rules(self.inventory, role) {
            return Vec::new();
        }
        Role::new(role).rules().collect()
    }

    /// Whether `object` is a role or binding that the API server makes itself: by its name, and by the
    /// server's label or the very same content; a name alone anybody can take.
    pub fn is_built_in(&self, object: &Object<'a>) -> bool {
        built_in().is(object, self.inventory.namespace(object))
    }

    /// The bindings by which `role` grants what its rules say.
    pub fn reach(&self, role: &Object<'a>) -> Reach<'a> {
        reach::reach(self.inventory, role)
    }

    /// How far what `role` grants goes.
    pub fn extent(&self, role: &Object<'a>) -> Extent<'a> {
        reach::extent(self.inventory, role)
    }

    /// Whether the rules of `role` become those of another role, of the input or built in.
    pub fn is_aggregated(&self, role: &Object<'a>) -> bool {
        !aggregation::aggregating(self.inventory, role).is_empty()
    }

    fn defined(self, role: Object<'a>) -> BoundRole<'a> {
        let namespace = self.inventory.namespace(&role);
        let known = built_in().role(
            role.kind(),
            namespace.name(),
            role.name().map_or("", |it| it.value),
        );
        match known {
            Some(known) if self.is_built_in(&role) => BoundRole::BuiltIn(known),
            _ => BoundRole::Defined(role),
        }
    }
}

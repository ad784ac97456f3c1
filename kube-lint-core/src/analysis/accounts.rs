//! What a ServiceAccount may do beyond what every account may.

use crate::{
    inventory::{Grant, Inventory, NamedGrant, Via},
    model::PolicyRule,
    object::{Namespace, Object, Relation},
    target::World,
    yaml::Node,
};

use super::{
    rbac::{BoundRole, Hazard, Rbac, is_far_reaching, is_near, taking_over},
    tokens::DEFAULT_ACCOUNT,
};

/// What a binding gives.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Power {
    /// What every account may do anyhow: ask what it may do, and what the API looks like.
    Usual,
    /// The input does not tell: the role is not defined here, or a template writes what it grants.
    Unknown,
    /// More.
    More,
}

/// Roles that every account has by the bindings which the API server makes itself.
const USUAL_ROLES: [&str; 4] = [
    "system:basic-user",
    "system:discovery",
    "system:public-info-viewer",
    "system:service-account-issuer-discovery",
];

/// What `system:basic-user` grants.
const USUAL_RESOURCES: [&str; 3] = [
    "selfsubjectaccessreviews",
    "selfsubjectreviews",
    "selfsubjectrulesreviews",
];

/// What `system:discovery` and `system:service-account-issuer-discovery` grant.
const USUAL_URLS: [&str; 13] = [
    "/.well-known/openid-configuration",
    "/.well-known/openid-configuration/",
    "/api",
    "/apis",
    "/healthz",
    "/livez",
    "/openapi",
    "/openapi/v2",
    "/openid/v1/jwks",
    "/openid/v1/jwks/",
    "/readyz",
    "/version",
    "/version/",
];

/// What `grant` gives to whom it names.
pub fn power<'a>(grant: &Grant<'a>, inventory: &Inventory<'a>) -> Power {
    let rbac = Rbac::new(inventory);
    let Some(role) = rbac.role(grant) else {
        return Power::Unknown;
    };
    match role {
        BoundRole::BuiltIn(known) if USUAL_ROLES.contains(&known.name) => Power::Usual,
        BoundRole::Defined(object)
            if object.is_partial() || inventory.is_patched(&object, &["rules"]) =>
        {
            Power::Unknown
        }
        _ => {
            let rules = rbac.rules(role).into_iter();
            rules.map(|it| worth(&it)).max().unwrap_or(Power::Usual)
        }
    }
}

/// Whether bindings of the input may give more than the usual to the account `name` of the namespace of
/// `from`.
pub fn may_have_power<'a>(from: &Object<'a>, name: &str, inventory: &Inventory<'a>) -> bool {
    let mut counting = counting(from, name, inventory).into_iter();
    counting.any(|it| power(it.grant, inventory) != Power::Usual)
}

/// A binding that certainly gives more than the usual to the account `name` of the namespace of `from`, and
/// does not give it to the accounts of all namespaces. Where the input may hold more than one cluster, it
/// is applied with `from`.
pub fn power_of_its_own<'i, 'a>(
    from: &Object<'a>,
    name: &str,
    inventory: &'i Inventory<'a>,
) -> Option<NamedGrant<'i, 'a>> {
    let is_closed = inventory.world_of(from.file()) == World::Closed;
    let is_own = |it: &NamedGrant<'i, 'a>| {
        let subject = it.subject.name().map_or("", |it| it.value);
        it.relation == Relation::Same
            && (it.via != Via::Group || subject.starts_with("system:serviceaccounts:"))
            && (is_closed || is_near(inventory, from, &it.grant.binding))
    };
    let counting = counting(from, name, inventory).into_iter();
    let mut own = counting.filter(is_own);
    own.find(|it| power(it.grant, inventory) == Power::More)
}

/// The bindings that count for the account `name` of the namespace of `from`.
///
/// A binding that names the account counts wherever it stands. One that names it only as one of many,
/// through a group or as the `default` of a namespace that may be another, counts where it is applied
/// with `from`: the RBAC of one example says nothing of the next.
fn counting<'i, 'a>(
    from: &Object<'a>,
    name: &str,
    inventory: &'i Inventory<'a>,
) -> Vec<NamedGrant<'i, 'a>> {
    let units = inventory.units_of(from.id());
    let namespaces = units.map(|it| inventory.identity(it.id, from.id()).namespace);
    let grants = namespaces.flat_map(|it| inventory.bindings().to_account(it, name));
    let counts = |it: &NamedGrant<'_, 'a>| {
        let is_meant = it.relation == Relation::Same || name != DEFAULT_ACCOUNT;
        it.via != Via::Group && is_meant || is_near(inventory, from, &it.grant.binding)
    };
    grants.filter(counts).collect()
}

/// A way for an account to take over the cluster.
#[derive(Clone, Copy, Debug)]
pub struct Takeover<'i, 'a> {
    /// The binding.
    pub grant: NamedGrant<'i, 'a>,
    /// The worst of what its role lets the account do by one rule.
    pub hazard: Hazard<'a>,
}

/// The binding by which the account `name` in `namespace` can take over the cluster.
pub fn takeover<'i, 'a>(
    namespace: Namespace<'a>,
    name: &str,
    inventory: &'i Inventory<'a>,
) -> Option<NamedGrant<'i, 'a>> {
    let mut all = takeovers(namespace, name, inventory);
    all.next().map(|it| it.grant)
}

/// The ways for the account `name` in `namespace` to take over the cluster: through bindings that certainly
/// name it, everywhere or in a namespace that opens more than itself.
pub fn takeovers<'i, 'a>(
    namespace: Namespace<'a>,
    name: &str,
    inventory: &'i Inventory<'a>,
) -> impl Iterator<Item = Takeover<'i, 'a>> {
    let rbac = Rbac::new(inventory);
    let grants = inventory.bindings().to_account(namespace, name).into_iter();
    let certain = grants.filter(|it| it.relation == Relation::Same);
    let far_reaching = certain.filter(|it| is_far_reaching(it.grant.namespace, inventory.target()));
    far_reaching.flat_map(move |grant| {
        let rules = rbac.role(grant.grant).map(|it| rbac.rules(it));
        let rules = rules.into_iter().flatten();
        rules.filter_map(move |rule| {
            let hazard = taking_over(&rule, grant.grant.namespace)?;
            Some(Takeover { grant, hazard })
        })
    })
}

fn worth(rule: &PolicyRule<'_>) -> Power {
    let written = |field: &str| {
        let list = rule.node().get(field);
        list.into_iter().flat_map(Node::items).count()
    };
    let resources: Vec<_> = rule.resources().collect();
    let urls: Vec<_> = rule.non_resource_urls().collect();
    let is_usual = resources
        .iter()
        .all(|it| USUAL_RESOURCES.contains(&it.value))
        && urls.iter().all(|it| is_usual_url(it.value));
    if !is_usual {
        Power::More
    } else if resources.len() < written("resources") || urls.len() < written("nonResourceURLs") {
        Power::Unknown
    } else {
        Power::Usual
    }
}

fn is_usual_url(url: &str) -> bool {
    USUAL_URLS.contains(&url) || matches!(url, "/api/*" | "/apis/*" | "/openapi/*")
}

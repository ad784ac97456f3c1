//! What the rules of roles open, each role looked at once.

use rustc_hash::FxHashMap;

use crate::{
    analysis::rbac::{BoundRole, Deed, GET_NEEDS_CREATE, Rbac, Request, WAYS, Way, everything},
    inventory::Inventory,
    model::PolicyRule,
    object::{Kind, ObjectId},
};

use super::Opening;

/// A role by its number.
pub(super) type RoleId = usize;

/// What the roles of the input and of the API server open.
pub(super) struct Roles<'i, 'a> {
    inventory: &'i Inventory<'a>,
    numbers: FxHashMap<Key, RoleId>,
    all: Vec<Offers<'a>>,
    terms: Terms,
}

/// On what terms rules open the ways.
struct Terms {
    /// Whether a `RoleBinding` gives each of the ways.
    ways: Vec<bool>,
    /// The same of the parts.
    parts: Vec<bool>,
    /// Whether to `get` what connects to a Pod is not enough.
    needs_create: bool,
}

#[derive(PartialEq, Eq, Hash)]
enum Key {
    Defined(ObjectId),
    BuiltIn(&'static str, Option<&'static str>),
}

/// What a role opens.
pub(super) struct Offers<'a> {
    pub(super) role: BoundRole<'a>,
    /// A rule that allows everything.
    pub(super) everything: Option<Opening<'a>>,
    /// Whether it is the one that the API server makes for who is in charge of a namespace.
    pub(super) is_admin: bool,
    pub(super) rules: Vec<OpenRule<'a>>,
    pub(super) parts: Vec<PartOffer<'a>>,
}

/// A rule that does some deed.
pub(super) struct OpenRule<'a> {
    pub(super) rule: PolicyRule<'a>,
    pub(super) offers: Vec<Offer<'a>>,
}

/// A request that a rule allows.
#[derive(Clone)]
pub(super) struct Offer<'a> {
    pub(super) deed: Deed,
    pub(super) opening: Opening<'a>,
    pub(super) names: Names<'a>,
    /// Whether a `RoleBinding` gives it too.
    pub(super) is_namespaced: bool,
}

/// A request that is of use together with others.
#[derive(Clone)]
pub(super) struct PartOffer<'a> {
    pub(super) part: Part,
    pub(super) opening: Opening<'a>,
    pub(super) names: Names<'a>,
    /// Whether a `RoleBinding` gives it too: in its namespace, or over it.
    pub(super) is_namespaced: bool,
}

/// The objects that a rule is about.
#[derive(Clone, PartialEq)]
pub(super) enum Names<'a> {
    Any,
    These(Vec<&'a str>),
}

impl<'a> Names<'a> {
    fn of(rule: &PolicyRule<'a>) -> Self {
        if rule.is_limited_by_name() {
            Self::These(rule.resource_names().map(|it| it.value).collect())
        } else {
            Self::Any
        }
    }

    pub(super) fn contain(&self, name: &str) -> bool {
        match self {
            Self::Any => true,
            Self::These(names) => names.contains(&name),
        }
    }
}

/// A power that is of use together with others.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Part {
    EscalateClusterRoles,
    WriteClusterRoles,
    EscalateRoles,
    WriteRoles,
    BindClusterRoles,
    BindRoles,
    WriteClusterRoleBindings,
    CreateRoleBindings,
    ActAsGroups,
    ActAsUsers,
    ActAsAccounts,
    CreateSecrets,
    ReadSecrets,
    CreateVolumes,
    ClaimVolumes,
    RunPods,
    LoosenPodSecurity,
    AskForCertificates,
    Approve,
    ApproveForSigner,
    WriteConfigMaps,
}

const RBAC: &str = "rbac.authorization.k8s.io";
const CERTIFICATES: &str = "certificates.k8s.io";
const CREATE: &[&str] = &["create"];
const CHANGE: &[&str] = &["update", "patch"];
const IMPERSONATE: &[&str] = &["impersonate"];
const REQUESTS: &str = "certificatesigningrequests";

/// To change a binding that there is gives its role, and each cluster has one of `cluster-admin`.
const PARTS: [Way<Part>; 27] = [
    Way::new(
        Part::EscalateClusterRoles,
        &["escalate"],
        RBAC,
        ("clusterroles", ""),
    ),
    Way::new(Part::WriteClusterRoles, CHANGE, RBAC, ("clusterroles", "")),
    Way::new(Part::EscalateRoles, &["escalate"], RBAC, ("roles", "")),
    Way::new(Part::WriteRoles, CHANGE, RBAC, ("roles", "")),
    Way::new(
        Part::BindClusterRoles,
        &["bind"],
        RBAC,
        ("clusterroles", ""),
    ),
    Way::new(Part::BindRoles, &["bind"], RBAC, ("roles", "")),
    Way::new(
        Part::WriteClusterRoleBindings,
        &["create", "update", "patch"],
        RBAC,
        ("clusterrolebindings", ""),
    ),
    Way::new(Part::CreateRoleBindings, CREATE, RBAC, ("rolebindings", "")),
    Way::new(Part::ActAsGroups, IMPERSONATE, "", ("groups", "")),
    Way::new(Part::ActAsUsers, IMPERSONATE, "", ("users", "")),
    Way::new(
        Part::ActAsAccounts,
        IMPERSONATE,
        "",
        ("serviceaccounts", ""),
    ),
    Way::new(Part::CreateSecrets, CREATE, "", ("secrets", "")),
    Way::new(
        Part::ReadSecrets,
        &["get", "list", "watch"],
        "",
        ("secrets", ""),
    ),
    Way::new(Part::CreateVolumes, CREATE, "", ("persistentvolumes", "")),
    Way::new(
        Part::ClaimVolumes,
        CREATE,
        "",
        ("persistentvolumeclaims", ""),
    ),
    Way::new(Part::RunPods, CREATE, "", ("pods", "")),
    Way::new(Part::RunPods, CREATE, "", ("replicationcontrollers", "")),
    Way::new(Part::RunPods, CREATE, "apps", ("daemonsets", "")),
    Way::new(Part::RunPods, CREATE, "apps", ("deployments", "")),
    Way::new(Part::RunPods, CREATE, "apps", ("replicasets", "")),
    Way::new(Part::RunPods, CREATE, "apps", ("statefulsets", "")),
    Way::new(Part::RunPods, CREATE, "batch", ("jobs", "")),
    Way::new(Part::LoosenPodSecurity, CHANGE, "", ("namespaces", "")),
    Way::new(
        Part::AskForCertificates,
        CREATE,
        CERTIFICATES,
        (REQUESTS, ""),
    ),
    Way::new(Part::Approve, CHANGE, CERTIFICATES, (REQUESTS, "approval")),
    Way::new(Part::WriteConfigMaps, CHANGE, "", ("configmaps", "")),
    Way::new(
        Part::ApproveForSigner,
        &["approve"],
        CERTIFICATES,
        ("signers", ""),
    ),
];

impl<'i, 'a> Roles<'i, 'a> {
    pub(super) fn new(inventory: &'i Inventory<'a>) -> Self {
        Self {
            inventory,
            numbers: FxHashMap::default(),
            all: Vec::new(),
            terms: Terms {
                ways: WAYS.iter().map(Way::is_namespaced).collect(),
                parts: PARTS.iter().map(Way::is_namespaced).collect(),
                needs_create: inventory.target().kube_version >= GET_NEEDS_CREATE,
            },
        }
    }

    pub(super) fn of(&mut self, role: BoundRole<'a>) -> RoleId {
        let key = match role {
            BoundRole::Defined(object) => Key::Defined(object.id()),
            BoundRole::BuiltIn(known) => Key::BuiltIn(known.name, known.namespace),
        };
        if let Some(number) = self.numbers.get(&key) {
            return *number;
        }
        let rules = Rbac::new(self.inventory).rules(role);
        self.all.push(offers(role, &rules, &self.terms));
        self.numbers.insert(key, self.all.len() - 1);
        self.all.len() - 1
    }

    pub(super) fn offers(&self, role: RoleId) -> &Offers<'a> {
        &self.all[role]
    }
}

fn offers<'a>(role: BoundRole<'a>, rules: &[PolicyRule<'a>], terms: &Terms) -> Offers<'a> {
    let opening = |rule, found, request| Opening {
        role,
        rule,
        found,
        request,
    };
    let all = |it: &PolicyRule<'a>| Some(opening(*it, everything(it)?, EVERYTHING));
    let is_admin = match role {
        BoundRole::BuiltIn(known) => {
            known.kind == Kind::ClusterRole && matches!(known.name, "admin" | "cluster-admin")
        }
        BoundRole::Defined(_) => false,
    };
    let mut offers = Offers {
        role,
        everything: rules.iter().find_map(all),
        is_admin,
        rules: Vec::new(),
        parts: Vec::new(),
    };
    for rule in rules {
        let names = Names::of(rule);
        let entries: Vec<_> = rule.resources().map(|it| it.value).collect();
        let mut open = OpenRule {
            rule: *rule,
            offers: Vec::new(),
        };
        for (way, is_namespaced) in WAYS.iter().zip(&terms.ways) {
            if entries.iter().any(|it| way.is_about(it))
                && let Some((request, found)) = way.opened_by(rule)
                && !(terms.needs_create && is_connecting(&request))
            {
                open.offers.push(Offer {
                    deed: way.deed,
                    opening: opening(*rule, found, request),
                    names: names.clone(),
                    is_namespaced: *is_namespaced,
                });
            }
        }
        for (way, is_namespaced) in PARTS.iter().zip(&terms.parts) {
            if entries.iter().any(|it| way.is_about(it))
                && let Some((request, found)) = way.opened_by(rule)
            {
                offers.parts.push(PartOffer {
                    part: way.deed,
                    opening: opening(*rule, found, request),
                    names: names.clone(),
                    is_namespaced: *is_namespaced,
                });
            }
        }
        if !open.offers.is_empty() {
            offers.rules.push(open);
        }
    }
    offers
}

fn is_connecting(request: &Request<'_>) -> bool {
    request.verb == "get" && request.resource == "pods"
}

const EVERYTHING: Request<'static> = Request {
    verb: "*",
    group: "*",
    resource: "*",
    subresource: "",
    name: "",
};

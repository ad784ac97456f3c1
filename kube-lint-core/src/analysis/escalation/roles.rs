//! What the rules of roles open, each role looked at once.

use rustc_hash::FxHashMap;

use crate::{
    analysis::rbac::{
        BoundRole, Deed, Match, Rbac, Request, WAYS, Way, everything, granting, served_as,
    },
    inventory::Inventory,
    model::PolicyRule,
    object::{Kind, ObjectId},
    target::KubeVersion,
};

use super::Opening;

/// A role by its number.
pub(super) type RoleId = usize;

/// What the roles of the input and of the API server open.
pub(super) struct Roles<'i, 'a> {
    inventory: &'i Inventory<'a>,
    numbers: FxHashMap<Key, RoleId>,
    all: Vec<Offers<'a>>,
    /// Whether a `RoleBinding` gives each of the ways.
    are_namespaced: Vec<bool>,
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

struct PartWay {
    part: Part,
    verbs: &'static [&'static str],
    group: &'static str,
    resource: &'static str,
    subresource: &'static str,
}

const fn part(
    part: Part,
    verbs: &'static [&'static str],
    group: &'static str,
    (resource, subresource): (&'static str, &'static str),
) -> PartWay {
    PartWay {
        part,
        verbs,
        group,
        resource,
        subresource,
    }
}

const RBAC: &str = "rbac.authorization.k8s.io";
const CERTIFICATES: &str = "certificates.k8s.io";
const CREATE: &[&str] = &["create"];
const CHANGE: &[&str] = &["update", "patch"];
const IMPERSONATE: &[&str] = &["impersonate"];
const REQUESTS: &str = "certificatesigningrequests";

/// To change a binding that there is gives its role, and each cluster has one of `cluster-admin`.
const PARTS: [PartWay; 27] = [
    part(
        Part::EscalateClusterRoles,
        &["escalate"],
        RBAC,
        ("clusterroles", ""),
    ),
    part(Part::WriteClusterRoles, CHANGE, RBAC, ("clusterroles", "")),
    part(Part::EscalateRoles, &["escalate"], RBAC, ("roles", "")),
    part(Part::WriteRoles, CHANGE, RBAC, ("roles", "")),
    part(
        Part::BindClusterRoles,
        &["bind"],
        RBAC,
        ("clusterroles", ""),
    ),
    part(Part::BindRoles, &["bind"], RBAC, ("roles", "")),
    part(
        Part::WriteClusterRoleBindings,
        &["create", "update", "patch"],
        RBAC,
        ("clusterrolebindings", ""),
    ),
    part(Part::CreateRoleBindings, CREATE, RBAC, ("rolebindings", "")),
    part(Part::ActAsGroups, IMPERSONATE, "", ("groups", "")),
    part(Part::ActAsUsers, IMPERSONATE, "", ("users", "")),
    part(
        Part::ActAsAccounts,
        IMPERSONATE,
        "",
        ("serviceaccounts", ""),
    ),
    part(Part::CreateSecrets, CREATE, "", ("secrets", "")),
    part(
        Part::ReadSecrets,
        &["get", "list", "watch"],
        "",
        ("secrets", ""),
    ),
    part(Part::CreateVolumes, CREATE, "", ("persistentvolumes", "")),
    part(
        Part::ClaimVolumes,
        CREATE,
        "",
        ("persistentvolumeclaims", ""),
    ),
    part(Part::RunPods, CREATE, "", ("pods", "")),
    part(Part::RunPods, CREATE, "", ("replicationcontrollers", "")),
    part(Part::RunPods, CREATE, "apps", ("daemonsets", "")),
    part(Part::RunPods, CREATE, "apps", ("deployments", "")),
    part(Part::RunPods, CREATE, "apps", ("replicasets", "")),
    part(Part::RunPods, CREATE, "apps", ("statefulsets", "")),
    part(Part::RunPods, CREATE, "batch", ("jobs", "")),
    part(Part::LoosenPodSecurity, CHANGE, "", ("namespaces", "")),
    part(
        Part::AskForCertificates,
        CREATE,
        CERTIFICATES,
        (REQUESTS, ""),
    ),
    part(Part::Approve, CHANGE, CERTIFICATES, (REQUESTS, "approval")),
    part(Part::WriteConfigMaps, CHANGE, "", ("configmaps", "")),
    part(
        Part::ApproveForSigner,
        &["approve"],
        CERTIFICATES,
        ("signers", ""),
    ),
];

impl Part {
    /// Whether a `RoleBinding` gives it: in its namespace, or over it.
    pub(super) fn is_namespaced(self) -> bool {
        let way = PARTS.iter().find(|it| it.part == self);
        let served = way.and_then(|it| served_as(it.group, it.resource));
        served.is_some_and(|it| it.is_namespaced)
            || matches!(self, Self::BindClusterRoles | Self::LoosenPodSecurity)
    }
}

impl<'i, 'a> Roles<'i, 'a> {
    pub(super) fn new(inventory: &'i Inventory<'a>) -> Self {
        Self {
            inventory,
            numbers: FxHashMap::default(),
            all: Vec::new(),
            are_namespaced: WAYS.iter().map(Way::is_namespaced).collect(),
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
        let is_of_old = self.inventory.target().kube_version >= GET_NEEDS_CREATE;
        self.all
            .push(offers(role, &rules, (&self.are_namespaced, is_of_old)));
        self.numbers.insert(key, self.all.len() - 1);
        self.all.len() - 1
    }

    pub(super) fn offers(&self, role: RoleId) -> &Offers<'a> {
        &self.all[role]
    }
}

fn offers<'a>(
    role: BoundRole<'a>,
    rules: &[PolicyRule<'a>],
    (are_namespaced, is_of_old): (&[bool], bool),
) -> Offers<'a> {
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
        let is_about = |resource: &str| {
            let mut entries = entries.iter();
            entries.any(|it| it.starts_with('*') || it.starts_with(resource))
        };
        let mut open = OpenRule {
            rule: *rule,
            offers: Vec::new(),
        };
        for (way, is_namespaced) in WAYS.iter().zip(are_namespaced) {
            if is_about(way.resource)
                && let Some((request, found)) = allowed(rule, way.requests())
                && !(is_of_old && is_connecting(&request))
            {
                open.offers.push(Offer {
                    deed: way.deed,
                    opening: opening(*rule, found, request),
                    names: names.clone(),
                    is_namespaced: *is_namespaced,
                });
            }
        }
        for way in PARTS.iter().filter(|it| is_about(it.resource)) {
            let requests = way.verbs.iter().map(|verb| Request {
                verb,
                group: way.group,
                resource: way.resource,
                subresource: way.subresource,
                name: "",
            });
            if let Some((request, found)) = allowed(rule, requests) {
                offers.parts.push(PartOffer {
                    part: way.part,
                    opening: opening(*rule, found, request),
                    names: names.clone(),
                });
            }
        }
        if !open.offers.is_empty() {
            offers.rules.push(open);
        }
    }
    offers
}

/// `AuthorizePodWebsocketUpgradeCreatePermission`, on from 1.35: to `get` what connects to a Pod is not enough.
const GET_NEEDS_CREATE: KubeVersion = KubeVersion::minor(35);

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

/// The first of `requests` that `rule` allows, for objects of certain names at least.
fn allowed<'a>(
    rule: &PolicyRule<'a>,
    mut requests: impl Iterator<Item = Request<'static>>,
) -> Option<(Request<'static>, Match<'a>)> {
    requests.find_map(|request| {
        // Such requests have no name that the rule could allow.
        let is_refused = !request.may_have_name() && rule.is_limited_by_name();
        let found = granting(rule, &request).filter(|_| !is_refused)?;
        Some((request, found))
    })
}

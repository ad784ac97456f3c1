//! What powers come to in the end: one table of deeds, and the requests by which each is done.

use std::borrow::Cow;

use crate::{model::PolicyRule, target::KubeVersion};

use super::{Impact, Match, Power, Request, granting, power::Carrier, served_as};

/// What its holder can do with a power that opens more than it says; the worst first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Deed {
    /// Everything, on everything.
    Everything,
    /// Write rules into roles that the writer does not have.
    Escalate,
    /// Bind roles that the binder does not have.
    Bind,
    /// Act as users.
    ActAsUsers,
    /// Act as members of groups.
    ActAsGroups,
    /// Act as ServiceAccounts.
    ActAsAccounts,
    /// Make tokens of ServiceAccounts.
    MakeTokens,
    /// Read Secrets.
    ReadSecrets,
    /// Ask the kubelets, which run commands in the Pods of their nodes.
    UseKubelets,
    /// Run commands in Pods.
    RunCommands,
    /// Talk to what runs in Pods.
    Attach,
    /// Add containers to Pods that run.
    AddContainers,
    /// Run Pods.
    RunPods,
    /// Change what Pods run, but not as whom.
    ChangePods,
    /// Approve certificates of clients.
    ApproveCertificates,
    /// Change what others send to the API server.
    ChangeRequests,
    /// Give Pods any path of a node.
    UseNodeDisks,
    /// Read what others send to the API server.
    ReadRequests,
    /// Take the Pod Security labels off namespaces.
    LoosenPodSecurity,
    /// Remove NetworkPolicies.
    OpenNetwork,
    /// Remove events.
    RemoveEvidence,
}

impl Deed {
    /// What it is, behind `may`.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Everything => "do everything",
            Self::Escalate => "grant itself any right",
            Self::Bind => "bind any role",
            Self::ActAsUsers => "act as any user",
            Self::ActAsGroups => "act as any group",
            Self::ActAsAccounts => "act as any ServiceAccount",
            Self::MakeTokens => "make tokens of any ServiceAccount",
            Self::ReadSecrets => "read Secrets",
            Self::UseKubelets | Self::RunCommands | Self::Attach | Self::AddContainers => {
                "run commands in Pods"
            }
            Self::RunPods => "run Pods as any ServiceAccount",
            Self::ChangePods => "change what Pods run",
            Self::ApproveCertificates => "approve certificates",
            Self::ChangeRequests => "change every object on its way into the cluster",
            Self::UseNodeDisks => "use the disks of nodes",
            Self::ReadRequests => "read every object on its way into the cluster",
            Self::LoosenPodSecurity => "loosen Pod security",
            Self::OpenNetwork => "remove NetworkPolicies",
            Self::RemoveEvidence => "remove evidence",
        }
    }

    /// How bad it is in the wrong hands.
    pub const fn impact(self) -> Impact {
        match self {
            Self::ReadRequests
            | Self::LoosenPodSecurity
            | Self::OpenNetwork
            | Self::RemoveEvidence => Impact::Changes,
            _ => Impact::TakesOver,
        }
    }
}

/// Requests of which any one does a deed.
#[derive(Clone, Copy, Debug)]
pub struct Way<D = Deed> {
    /// The deed.
    pub deed: D,
    /// Verbs; any will do.
    pub verbs: &'static [&'static str],
    /// API group; empty for the core group.
    pub group: &'static str,
    /// Plural.
    pub resource: &'static str,
    /// Part of the object; empty for the object itself.
    pub subresource: &'static str,
}

impl<D: Copy> Way<D> {
    /// The way to `deed` by one of `verbs` on a resource, or on a part of its objects.
    pub const fn new(
        deed: D,
        verbs: &'static [&'static str],
        group: &'static str,
        (resource, subresource): (&'static str, &'static str),
    ) -> Self {
        Self {
            deed,
            verbs,
            group,
            resource,
            subresource,
        }
    }

    /// The requests.
    pub fn requests(&self) -> impl Iterator<Item = Request<'static>> + use<D> {
        let way = *self;
        way.verbs.iter().map(move |verb| Request {
            verb,
            group: way.group,
            resource: way.resource,
            subresource: way.subresource,
            name: "",
        })
    }

    /// Whether a `RoleBinding` gives it too, in its namespace or over it.
    pub fn is_namespaced(&self) -> bool {
        let is_cluster_scoped = |group: &str, resource: &str| {
            served_as(group, resource).is_some_and(|it| !it.is_namespaced)
        };
        let mut requests = self.requests();
        requests
            .any(|it| Power::Resource(it).carrier(is_cluster_scoped) != Carrier::ClusterRoleBinding)
    }

    /// The first request by which `rule` opens it, and the entries that do, for objects of certain names only
    /// where it is limited to such.
    pub fn opened_by<'a>(&self, rule: &PolicyRule<'a>) -> Option<(Request<'static>, Match<'a>)> {
        self.opened_as(rule, Cow::Borrowed)
    }

    /// As [`opened_by`](Self::opened_by), where the rule calls the verbs by another name.
    pub fn opened_as<'a>(
        &self,
        rule: &PolicyRule<'a>,
        called: impl Fn(&'static str) -> Cow<'static, str>,
    ) -> Option<(Request<'static>, Match<'a>)> {
        self.requests().find_map(|request| {
            // Such requests have no name that the rule could allow.
            if !request.may_have_name() && rule.is_limited_by_name() {
                return None;
            }
            let verb = &called(request.verb);
            Some((request, granting(rule, &Request { verb, ..request })?))
        })
    }

    /// Whether an entry of `resources` may mean it: most rules are about nothing of the kind.
    pub fn is_about(&self, entry: &str) -> bool {
        entry.starts_with('*') || entry.starts_with(self.resource)
    }
}

/// The version from which `get` alone connects to no Pod, where a WebSocket begins with it: `create` is asked
/// for as well (`AuthorizePodWebsocketUpgradeCreatePermission` in `pkg/features/kube_features.go`).
pub const GET_NEEDS_CREATE: KubeVersion = KubeVersion::minor(35);

const RBAC: &str = "rbac.authorization.k8s.io";
const ADMISSION: &str = "admissionregistration.k8s.io";
const CERTIFICATES: &str = "certificates.k8s.io";
const WRITES: &[&str] = &["create", "update", "patch"];
const CHANGES: &[&str] = &["update", "patch"];
const CONNECTS: &[&str] = &["create", "get"];

use Deed::{
    ActAsAccounts, ActAsGroups, ActAsUsers, AddContainers, ApproveCertificates, Attach, Bind,
    ChangePods, ChangeRequests, Escalate, LoosenPodSecurity, MakeTokens, OpenNetwork, ReadRequests,
    ReadSecrets, RemoveEvidence, RunCommands, RunPods, UseKubelets, UseNodeDisks,
};

/// The ways to every deed but [`Deed::Everything`], in the order of the deeds.
///
/// Sources: RBAC good practices of Kubernetes' documentation; that answers to `patch` and
/// `deletecollection` hold the objects, `apiserver/pkg/endpoints/handlers`; that the template of a Job is
/// never changed, `ValidateJobSpecUpdate` in `pkg/apis/batch/validation`; of what a Pod that runs can be
/// changed, `ValidatePodUpdate` in `pkg/apis/core/validation`.
pub const WAYS: [Way; 30] = [
    Way::new(Escalate, &["escalate"], RBAC, ("clusterroles", "")),
    Way::new(Escalate, &["escalate"], RBAC, ("roles", "")),
    Way::new(Bind, &["bind"], RBAC, ("clusterroles", "")),
    Way::new(Bind, &["bind"], RBAC, ("roles", "")),
    Way::new(ActAsUsers, &["impersonate"], "", ("users", "")),
    Way::new(ActAsGroups, &["impersonate"], "", ("groups", "")),
    Way::new(ActAsAccounts, &["impersonate"], "", ("serviceaccounts", "")),
    Way::new(MakeTokens, &["create"], "", ("serviceaccounts", "token")),
    Way::new(
        ReadSecrets,
        &["get", "list", "watch", "patch", "deletecollection"],
        "",
        ("secrets", ""),
    ),
    Way::new(UseKubelets, CONNECTS, "", ("nodes", "proxy")),
    Way::new(RunCommands, CONNECTS, "", ("pods", "exec")),
    Way::new(Attach, CONNECTS, "", ("pods", "attach")),
    Way::new(AddContainers, CHANGES, "", ("pods", "ephemeralcontainers")),
    Way::new(RunPods, &["create"], "", ("pods", "")),
    Way::new(RunPods, WRITES, "", ("replicationcontrollers", "")),
    Way::new(RunPods, WRITES, "apps", ("daemonsets", "")),
    Way::new(RunPods, WRITES, "apps", ("deployments", "")),
    Way::new(RunPods, WRITES, "apps", ("replicasets", "")),
    Way::new(RunPods, WRITES, "apps", ("statefulsets", "")),
    Way::new(RunPods, WRITES, "batch", ("cronjobs", "")),
    Way::new(RunPods, &["create"], "batch", ("jobs", "")),
    Way::new(ChangePods, CHANGES, "", ("pods", "")),
    Way::new(
        ApproveCertificates,
        CHANGES,
        CERTIFICATES,
        ("certificatesigningrequests", "approval"),
    ),
    Way::new(
        ApproveCertificates,
        &["approve"],
        CERTIFICATES,
        ("signers", ""),
    ),
    Way::new(
        ChangeRequests,
        WRITES,
        ADMISSION,
        ("mutatingwebhookconfigurations", ""),
    ),
    Way::new(UseNodeDisks, &["create"], "", ("persistentvolumes", "")),
    Way::new(
        ReadRequests,
        WRITES,
        ADMISSION,
        ("validatingwebhookconfigurations", ""),
    ),
    Way::new(LoosenPodSecurity, CHANGES, "", ("namespaces", "")),
    Way::new(
        OpenNetwork,
        &["delete", "deletecollection"],
        "networking.k8s.io",
        ("networkpolicies", ""),
    ),
    Way::new(
        RemoveEvidence,
        &["delete", "deletecollection"],
        "",
        ("events", ""),
    ),
];

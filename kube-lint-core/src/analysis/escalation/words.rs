//! Stops and steps in the words that every output uses.

use std::fmt;

use crate::{
    analysis::rbac::{Deed, Principal},
    model::CloudIdentityKind,
    object::Namespace,
};

use super::{Act, EvidenceKind, Step, Stop};

/// The user of the program that makes the tokens and reads the Secrets; each cluster has its binding.
const CONTROLLER_MANAGER: &str = "user `system:kube-controller-manager`";

impl fmt::Display for Stop<'_> {
    /// ServiceAccount `ci/deployer` say, or `cluster-admin`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Principal(Principal::ServiceAccount { namespace, name }) => {
                write!(f, "ServiceAccount {}", Named(*namespace, name))
            }
            Self::Principal(Principal::User(name)) => write!(f, "user `{name}`"),
            Self::Principal(Principal::Group(name)) => write!(f, "group `{name}`"),
            Self::Workload(it) => {
                let kind = it.pod.object().kind_name();
                write!(f, "{kind} {}", Named(it.namespace, &it.name))
            }
            Self::Role { name, .. } => write!(f, "role `{name}`"),
            Self::ClusterAdmin => f.write_str("`cluster-admin`"),
            Self::NodeRoot => f.write_str("root of a node"),
            Self::KubeSystemSecrets => f.write_str("reader of the Secrets of `kube-system`"),
            Self::NamespaceAdmin(namespace) => write!(f, "admin of {}", Place(*namespace)),
            Self::Cloud(it) => {
                let kind = match it.identity.kind {
                    CloudIdentityKind::AwsRole => "AWS role",
                    CloudIdentityKind::GoogleAccount => "Google service account",
                    CloudIdentityKind::AzureClient => "Azure client",
                };
                write!(f, "{kind} `{}`", it.identity.short_name())
            }
        }
    }
}

struct Named<'n>(Namespace<'n>, &'n str);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.name() {
            Some(namespace) => write!(f, "`{namespace}/{}`", self.1),
            None => write!(f, "`{}`", self.1),
        }
    }
}

struct Place<'n>(Namespace<'n>);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.name() {
            Some(namespace) => write!(f, "`{namespace}`"),
            None => f.write_str("its namespace"),
        }
    }
}

impl fmt::Display for Step<'_> {
    /// What is done, as a clause without a subject: runs a Pod as ServiceAccount `ci/admin`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let to = &self.to;
        match self.act {
            Act::IsBound => match to {
                Stop::NamespaceAdmin(namespace) => {
                    write!(f, "may do everything in {}", Place(*namespace))
                }
                _ => f.write_str("may do everything"),
            },
            Act::Does(deed) => f.write_str(&clause(deed, to)),
            Act::ChangesWorkload => match to {
                Stop::NodeRoot => f.write_str("changes a workload so that it is root of its node"),
                Stop::KubeSystemSecrets => {
                    f.write_str("changes a workload of `kube-system` so that it mounts the Secrets")
                }
                _ => write!(f, "changes a workload so that it runs as {to}"),
            },
            Act::MintsToken => write!(f, "makes a Secret with a token of {to}"),
            Act::WritesAwsAuth => {
                f.write_str("makes itself a member of `system:masters` in `aws-auth`")
            }
            Act::HoldsToken => write!(f, "holds the token of {to}"),
            Act::OwnsNode => f.write_str("is root of its node"),
            Act::ReadsNode => write!(f, "reads the token of {to}, which lies on each node"),
            Act::HasCloudIdentity => write!(f, "is {to}"),
        }
    }
}

fn clause(deed: Deed, to: &Stop<'_>) -> String {
    match (deed, to) {
        (Deed::Escalate, _) => "gives a role of its own every right".to_owned(),
        (Deed::Bind, Stop::NamespaceAdmin(namespace)) => {
            format!("binds itself to `cluster-admin` in {}", Place(*namespace))
        }
        (Deed::Bind, Stop::Role { name, .. }) => format!("binds itself to `{name}`"),
        (Deed::Bind, _) => "binds itself to `cluster-admin`".to_owned(),
        (Deed::ActAsGroups, Stop::ClusterAdmin) => "acts as group `system:masters`".to_owned(),
        (Deed::ActAsUsers, Stop::KubeSystemSecrets) => {
            format!("acts as {CONTROLLER_MANAGER}, which reads all Secrets")
        }
        (Deed::ApproveCertificates, Stop::KubeSystemSecrets) => {
            format!("gets a certificate of {CONTROLLER_MANAGER}, which reads all Secrets")
        }
        (Deed::ApproveCertificates, _) => format!("gets a certificate of {to}"),
        (Deed::MakeTokens, _) => format!("makes a token of {to}"),
        (Deed::ReadSecrets, Stop::KubeSystemSecrets) => {
            "reads the Secrets of `kube-system`".to_owned()
        }
        (Deed::ReadSecrets, _) => format!("reads the token of {to} in a Secret"),
        (Deed::UseKubelets, _) => format!("has a kubelet run commands in {to}"),
        (Deed::RunCommands, _) => format!("runs commands in {to}"),
        (Deed::Attach, _) => format!("writes to what runs in {to}"),
        (Deed::AddContainers, _) => format!("adds a container to {to}"),
        (Deed::RunPods, Stop::NodeRoot) => "runs a Pod that is root of its node".to_owned(),
        (Deed::RunPods, Stop::KubeSystemSecrets) => {
            "runs a Pod in `kube-system` that mounts the Secrets".to_owned()
        }
        (Deed::RunPods, _) => format!("runs a Pod as {to}"),
        (Deed::ChangePods, _) => format!("changes what {to} runs"),
        (Deed::ChangeRequests, _) => format!("adds a container to {to} by a webhook"),
        (Deed::UseNodeDisks, _) => "mounts the disk of a node in a Pod".to_owned(),
        (Deed::LoosenPodSecurity, _) => {
            "takes Pod Security off a namespace, and runs a Pod there that is root of its node"
                .to_owned()
        }
        _ => format!("acts as {to}"),
    }
}

impl EvidenceKind {
    /// What stands there, in a few words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Binding => "bound here",
            Self::Rule => "allowed here",
            Self::Account => "the account",
            Self::Workload => "the workload",
            Self::Token => "holds the token",
            Self::Secret => "the Secret",
            Self::Namespace => "Pod Security allows it",
            Self::Field => "root of the node",
            Self::Annotation => "the identity",
            Self::ConfigMap => "who is who",
            Self::Role => "the role",
        }
    }
}

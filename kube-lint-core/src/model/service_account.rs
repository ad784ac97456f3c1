//! ServiceAccounts, and who speaks of them outside of RBAC.

use crate::{
    object::{Kind, Object, Text, text},
    yaml::Node,
};

use super::{
    PodSpec,
    pod_spec::{Path, below},
};

/// A `ServiceAccount` (`k8s.io/api/core/v1/types.go`).
#[derive(Clone, Copy, Debug)]
pub struct ServiceAccount<'a> {
    object: Object<'a>,
}

impl<'a> ServiceAccount<'a> {
    /// The view of a `ServiceAccount`.
    pub fn new(object: &Object<'a>) -> Self {
        Self { object: *object }
    }

    /// The object.
    pub fn object(&self) -> Object<'a> {
        self.object
    }

    /// `automountServiceAccountToken`, unless it is left out or null.
    pub fn automount(&self) -> Option<Node<'a>> {
        automount(self.object.root())
    }

    /// The names in `secrets`, where known.
    pub fn secrets(&self) -> impl Iterator<Item = Text<'a>> + use<'a> {
        self.names("secrets")
    }

    /// The names in `imagePullSecrets`, where known.
    pub fn image_pull_secrets(&self) -> impl Iterator<Item = Text<'a>> + use<'a> {
        self.names("imagePullSecrets")
    }

    /// The identities of clouds that Pods of the account have, where their names have the form of such.
    pub fn cloud_identities(&self) -> impl Iterator<Item = CloudIdentity<'a>> + use<'a> {
        let object = self.object;
        CLOUD_ANNOTATIONS
            .into_iter()
            .filter_map(move |(key, kind)| {
                let name = object.annotation(key)?;
                kind.names(name.value)
                    .then_some(CloudIdentity { kind, name })
            })
    }

    fn names(&self, list: &str) -> impl Iterator<Item = Text<'a>> + use<'a> {
        let list = self.object.root().get(list);
        let items = list.into_iter().flat_map(Node::items);
        items.filter_map(|it| text(it, "name"))
    }
}

/// An identity of a cloud that Pods of an account have.
#[derive(Clone, Copy, Debug)]
pub struct CloudIdentity<'a> {
    /// What it is.
    pub kind: CloudIdentityKind,
    /// The value of the annotation: the ARN of a role, the address of a service account, the id of a client.
    pub name: Text<'a>,
}

impl<'a> CloudIdentity<'a> {
    /// The name without the account and the path of an AWS role.
    pub fn short_name(&self) -> &'a str {
        let name = self.name.value;
        match self.kind {
            CloudIdentityKind::AwsRole => name.rsplit('/').next().unwrap_or(name),
            CloudIdentityKind::GoogleAccount | CloudIdentityKind::AzureClient => name,
        }
    }
}

/// What stands for a program in a cloud.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CloudIdentityKind {
    /// A role of AWS, on EKS.
    AwsRole,
    /// A service account of Google Cloud, on GKE.
    GoogleAccount,
    /// A client of Microsoft Entra, on AKS.
    AzureClient,
}

impl CloudIdentityKind {
    /// Whether `name` has the form of the name of one.
    fn names(self, name: &str) -> bool {
        match self {
            Self::AwsRole => name.starts_with("arn:aws") && name.contains(":role/"),
            Self::GoogleAccount => name.contains('@') && name.ends_with(".gserviceaccount.com"),
            Self::AzureClient => {
                let is_inner = |it: u8| it.is_ascii_hexdigit() || it == b'-';
                name.len() == 36 && name.bytes().all(is_inner)
            }
        }
    }
}

/// The annotations by which the clouds' webhooks and metadata servers know the identity.
const CLOUD_ANNOTATIONS: [(&str, CloudIdentityKind); 3] = [
    ("eks.amazonaws.com/role-arn", CloudIdentityKind::AwsRole),
    (
        "iam.gke.io/gcp-service-account",
        CloudIdentityKind::GoogleAccount,
    ),
    (
        "azure.workload.identity/client-id",
        CloudIdentityKind::AzureClient,
    ),
];

/// The field `automountServiceAccountToken` of a PodSpec or `ServiceAccount`, unless it is left out or
/// null.
pub fn automount(node: Node<'_>) -> Option<Node<'_>> {
    node.get(AUTOMOUNT).filter(|it| !it.is_null())
}

/// The field that asks for, or refuses, the mounted token.
pub const AUTOMOUNT: &str = "automountServiceAccountToken";

/// The type of Secrets that hold a token without end (`SecretTypeServiceAccountToken`).
pub const TOKEN_SECRET: &str = "kubernetes.io/service-account-token";

/// The annotation by which such a Secret names its account (`ServiceAccountNameKey`).
pub const ACCOUNT_ANNOTATION: &str = "kubernetes.io/service-account.name";

/// The annotation of Pods that stand for a static Pod of a node (`MirrorPodAnnotationKey`).
pub const MIRROR_ANNOTATION: &str = "kubernetes.io/config.mirror";

const WORKFLOW: [Path; 6] = [
    &["spec", "templates", "[]", "serviceAccountName"],
    &["spec", "templates", "[]", "executor", "serviceAccountName"],
    &["spec", "templateDefaults", "serviceAccountName"],
    &["spec", "executor", "serviceAccountName"],
    &["spec", "artifactGC", "serviceAccountName"],
    &[
        "spec",
        "templates",
        "[]",
        "outputs",
        "artifacts",
        "[]",
        "artifactGC",
        "serviceAccountName",
    ],
];

const CRON_WORKFLOW: [Path; 3] = [
    &[
        "spec",
        "workflowSpec",
        "templates",
        "[]",
        "serviceAccountName",
    ],
    &["spec", "workflowSpec", "executor", "serviceAccountName"],
    &["spec", "workflowSpec", "artifactGC", "serviceAccountName"],
];

const PIPELINE_RUN: [Path; 4] = [
    &["spec", "serviceAccountName"],
    &["spec", "taskRunTemplate", "serviceAccountName"],
    &["spec", "taskRunSpecs", "[]", "serviceAccountName"],
    &["spec", "taskRunSpecs", "[]", "taskServiceAccountName"],
];

const ISSUER: [Path; 3] = [
    &[
        "spec",
        "vault",
        "auth",
        "kubernetes",
        "serviceAccountRef",
        "name",
    ],
    &["spec", "vault", "auth", "aws", "serviceAccountRef", "name"],
    &[
        "spec",
        "acme",
        "solvers",
        "[]",
        "dns01",
        "route53",
        "auth",
        "kubernetes",
        "serviceAccountRef",
        "name",
    ],
];

/// Where custom resources name an account of their own namespace outside of PodSpecs; sources: the
/// projects' CRDs.
const PLACES: &[(Kind, &[Path])] = &[
    (Kind::Workflow, &WORKFLOW),
    (Kind::WorkflowTemplate, &WORKFLOW),
    (Kind::CronWorkflow, &CRON_WORKFLOW),
    (Kind::TaskRun, &[&["spec", "serviceAccountName"]]),
    (Kind::PipelineRun, &PIPELINE_RUN),
    (Kind::Issuer, &ISSUER),
    (Kind::FluxKustomization, &[&["spec", "serviceAccountName"]]),
    (Kind::HelmRelease, &[&["spec", "serviceAccountName"]]),
];

/// The names by which `object`, which bears `pods`, speaks of accounts of its own namespace, each once;
/// none for kinds without a namespace.
pub fn account_references<'a>(object: &Object<'a>, pods: &[PodSpec<'a>]) -> Vec<Text<'a>> {
    if !object.kind().may_be_namespaced() {
        return Vec::new();
    }
    let pods = pods.iter();
    let mut names: Vec<_> = pods.filter_map(PodSpec::service_account_name).collect();
    let places = PLACES.iter().filter(|(kind, _)| *kind == object.kind());
    let mut nodes = Vec::new();
    // Flux impersonates the account in the other cluster where it is given one.
    if object.at(&["spec", "kubeConfig"]).is_none() {
        for path in places.flat_map(|(_, paths)| *paths) {
            below(object.root(), path, &mut nodes);
        }
    }
    names.extend(nodes.into_iter().filter_map(Text::of));
    if object.root().get("type").and_then(Node::str) == Some(TOKEN_SECRET) {
        names.extend(object.annotation(ACCOUNT_ANNOTATION));
    }
    let mut seen = Vec::new();
    names.retain(|it| {
        let is_new = !it.value.is_empty() && !seen.contains(&it.node);
        seen.push(it.node);
        is_new
    });
    names
}

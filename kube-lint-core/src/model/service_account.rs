//! ServiceAccounts, and who speaks of them outside of RBAC.

use crate::{
    object::{Kind, Object, Text},
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
}

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

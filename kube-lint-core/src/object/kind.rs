//! The kinds that rules and look-ups read, by API group and name.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use Kind as K;
use Scope::{Cluster, Namespaced, Outside};

/// Where an object of a kind lives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// In a namespace.
    Namespaced,
    /// In the cluster, without a namespace.
    Cluster,
    /// In no cluster: a configuration file of a component or tool.
    Outside,
}

/// A kind of object that kube-lint reads; all others are [`Kind::Other`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[expect(missing_docs, reason = "the names are those of the Kubernetes API")]
pub enum Kind {
    AdminNetworkPolicy,
    Alertmanager,
    AnalysisRun,
    AnalysisTemplate,
    Application,
    ApplicationSet,
    AuditPolicy,
    BitwardenSecret,
    CSIDriver,
    Certificate,
    CertificateSigningRequest,
    CiliumClusterwideNetworkPolicy,
    CiliumNetworkPolicy,
    ClusterAnalysisTemplate,
    ClusterExternalSecret,
    ClusterIssuer,
    ClusterNetworkPolicy,
    ClusterRole,
    ClusterRoleBinding,
    ClusterSecretStore,
    ClusterTask,
    ClusterWorkflowTemplate,
    ConfigMap,
    CronJob,
    CronWorkflow,
    CustomResourceDefinition,
    DaemonSet,
    Deployment,
    Elasticsearch,
    EncryptionConfiguration,
    Experiment,
    ExternalSecret,
    FluxKustomization,
    Gateway,
    GatewayRoute,
    GlobalNetworkPolicy,
    HelmRelease,
    InfisicalSecret,
    Ingress,
    Issuer,
    Job,
    Kafka,
    KafkaUser,
    KnativeConfiguration,
    KnativeRevision,
    KnativeService,
    Kustomization,
    MutatingWebhookConfiguration,
    Namespace,
    CalicoNetworkPolicy,
    NetworkPolicy,
    OnePasswordItem,
    PersistentVolume,
    PipelineRun,
    Pod,
    PodTemplate,
    PostgresCluster,
    Prometheus,
    PrometheusAgent,
    RabbitmqCluster,
    ReplicaSet,
    ReplicationController,
    Role,
    RoleBinding,
    Rollout,
    ScaledJob,
    SealedSecret,
    Secret,
    SecretProviderClass,
    Service,
    ServiceAccount,
    SopsSecret,
    StatefulSet,
    StepAction,
    Task,
    TaskRun,
    ThanosRuler,
    ValidatingWebhookConfiguration,
    VaultSecret,
    VirtualService,
    Workflow,
    WorkflowTemplate,
    /// Any kind that no rule and no look-up reads.
    Other,
}

/// Kind, API group, name in manifests, scope.
type Row = (Kind, &'static str, &'static str, Scope);

const ADMISSION: &str = "admissionregistration.k8s.io";
const ARGO: &str = "argoproj.io";
const CALICO: &str = "projectcalico.org";
const CALICO_CRD: &str = "crd.projectcalico.org";
const CERT_MANAGER: &str = "cert-manager.io";
const EXTERNAL_SECRETS: &str = "external-secrets.io";
const GATEWAY: &str = "gateway.networking.k8s.io";
const KNATIVE: &str = "serving.knative.dev";
const PROMETHEUS: &str = "monitoring.coreos.com";
const RBAC: &str = "rbac.authorization.k8s.io";
const TEKTON: &str = "tekton.dev";
const VAULT: &str = "secrets.hashicorp.com";

/// Sources: `k8s.io/api` for the built-in groups (with the groups `extensions` and `apiserver.config`
/// they came from), the projects' own CRDs for the others.
const KINDS: &[Row] = &[
    (
        K::MutatingWebhookConfiguration,
        ADMISSION,
        "MutatingWebhookConfiguration",
        Cluster,
    ),
    (
        K::ValidatingWebhookConfiguration,
        ADMISSION,
        "ValidatingWebhookConfiguration",
        Cluster,
    ),
    (K::ConfigMap, "", "ConfigMap", Namespaced),
    (K::EncryptionConfiguration, "", "EncryptionConfig", Outside),
    (K::Namespace, "", "Namespace", Cluster),
    (K::PersistentVolume, "", "PersistentVolume", Cluster),
    (K::Pod, "", "Pod", Namespaced),
    (K::PodTemplate, "", "PodTemplate", Namespaced),
    (
        K::ReplicationController,
        "",
        "ReplicationController",
        Namespaced,
    ),
    (K::Secret, "", "Secret", Namespaced),
    (K::Service, "", "Service", Namespaced),
    (K::ServiceAccount, "", "ServiceAccount", Namespaced),
    (K::DaemonSet, "apps", "DaemonSet", Namespaced),
    (K::Deployment, "apps", "Deployment", Namespaced),
    (K::ReplicaSet, "apps", "ReplicaSet", Namespaced),
    (K::StatefulSet, "apps", "StatefulSet", Namespaced),
    (K::CronJob, "batch", "CronJob", Namespaced),
    (K::Job, "batch", "Job", Namespaced),
    (K::DaemonSet, "extensions", "DaemonSet", Namespaced),
    (K::Deployment, "extensions", "Deployment", Namespaced),
    (K::Ingress, "extensions", "Ingress", Namespaced),
    (K::NetworkPolicy, "extensions", "NetworkPolicy", Namespaced),
    (K::ReplicaSet, "extensions", "ReplicaSet", Namespaced),
    (K::Ingress, "networking.k8s.io", "Ingress", Namespaced),
    (
        K::NetworkPolicy,
        "networking.k8s.io",
        "NetworkPolicy",
        Namespaced,
    ),
    (K::ClusterRole, RBAC, "ClusterRole", Cluster),
    (K::ClusterRoleBinding, RBAC, "ClusterRoleBinding", Cluster),
    (K::Role, RBAC, "Role", Namespaced),
    (K::RoleBinding, RBAC, "RoleBinding", Namespaced),
    (
        K::CertificateSigningRequest,
        "certificates.k8s.io",
        "CertificateSigningRequest",
        Cluster,
    ),
    (K::CSIDriver, "storage.k8s.io", "CSIDriver", Cluster),
    (K::AuditPolicy, "audit.k8s.io", "Policy", Outside),
    (
        K::EncryptionConfiguration,
        "apiserver.config.k8s.io",
        "EncryptionConfiguration",
        Outside,
    ),
    (
        K::CustomResourceDefinition,
        "apiextensions.k8s.io",
        "CustomResourceDefinition",
        Cluster,
    ),
    (
        K::Kustomization,
        "kustomize.config.k8s.io",
        "Kustomization",
        Outside,
    ),
    (
        K::Kustomization,
        "kustomize.config.k8s.io",
        "Component",
        Outside,
    ),
    (K::Gateway, GATEWAY, "Gateway", Namespaced),
    (K::GatewayRoute, GATEWAY, "GRPCRoute", Namespaced),
    (K::GatewayRoute, GATEWAY, "HTTPRoute", Namespaced),
    (K::GatewayRoute, GATEWAY, "TCPRoute", Namespaced),
    (K::GatewayRoute, GATEWAY, "TLSRoute", Namespaced),
    (K::GatewayRoute, GATEWAY, "UDPRoute", Namespaced),
    (
        K::VirtualService,
        "networking.istio.io",
        "VirtualService",
        Namespaced,
    ),
    (
        K::AdminNetworkPolicy,
        "policy.networking.k8s.io",
        "AdminNetworkPolicy",
        Cluster,
    ),
    (
        K::AdminNetworkPolicy,
        "policy.networking.k8s.io",
        "BaselineAdminNetworkPolicy",
        Cluster,
    ),
    (
        K::ClusterNetworkPolicy,
        "policy.networking.k8s.io",
        "ClusterNetworkPolicy",
        Cluster,
    ),
    (
        K::CiliumNetworkPolicy,
        "cilium.io",
        "CiliumNetworkPolicy",
        Namespaced,
    ),
    (
        K::CiliumClusterwideNetworkPolicy,
        "cilium.io",
        "CiliumClusterwideNetworkPolicy",
        Cluster,
    ),
    (K::CalicoNetworkPolicy, CALICO, "NetworkPolicy", Namespaced),
    (
        K::CalicoNetworkPolicy,
        CALICO_CRD,
        "NetworkPolicy",
        Namespaced,
    ),
    (
        K::GlobalNetworkPolicy,
        CALICO,
        "GlobalNetworkPolicy",
        Cluster,
    ),
    (
        K::GlobalNetworkPolicy,
        CALICO_CRD,
        "GlobalNetworkPolicy",
        Cluster,
    ),
    (K::AnalysisRun, ARGO, "AnalysisRun", Namespaced),
    (K::AnalysisTemplate, ARGO, "AnalysisTemplate", Namespaced),
    (K::Application, ARGO, "Application", Namespaced),
    (K::ApplicationSet, ARGO, "ApplicationSet", Namespaced),
    (
        K::ClusterAnalysisTemplate,
        ARGO,
        "ClusterAnalysisTemplate",
        Cluster,
    ),
    (
        K::ClusterWorkflowTemplate,
        ARGO,
        "ClusterWorkflowTemplate",
        Cluster,
    ),
    (K::CronWorkflow, ARGO, "CronWorkflow", Namespaced),
    (K::Experiment, ARGO, "Experiment", Namespaced),
    (K::Rollout, ARGO, "Rollout", Namespaced),
    (K::Workflow, ARGO, "Workflow", Namespaced),
    (K::WorkflowTemplate, ARGO, "WorkflowTemplate", Namespaced),
    (
        K::FluxKustomization,
        "kustomize.toolkit.fluxcd.io",
        "Kustomization",
        Namespaced,
    ),
    (
        K::HelmRelease,
        "helm.toolkit.fluxcd.io",
        "HelmRelease",
        Namespaced,
    ),
    (K::ScaledJob, "keda.sh", "ScaledJob", Namespaced),
    (
        K::KnativeConfiguration,
        KNATIVE,
        "Configuration",
        Namespaced,
    ),
    (K::KnativeRevision, KNATIVE, "Revision", Namespaced),
    (K::KnativeService, KNATIVE, "Service", Namespaced),
    (K::Alertmanager, PROMETHEUS, "Alertmanager", Namespaced),
    (K::Prometheus, PROMETHEUS, "Prometheus", Namespaced),
    (
        K::PrometheusAgent,
        PROMETHEUS,
        "PrometheusAgent",
        Namespaced,
    ),
    (K::ThanosRuler, PROMETHEUS, "ThanosRuler", Namespaced),
    (K::ClusterTask, TEKTON, "ClusterTask", Cluster),
    (K::PipelineRun, TEKTON, "PipelineRun", Namespaced),
    (K::StepAction, TEKTON, "StepAction", Namespaced),
    (K::Task, TEKTON, "Task", Namespaced),
    (K::TaskRun, TEKTON, "TaskRun", Namespaced),
    (K::Certificate, CERT_MANAGER, "Certificate", Namespaced),
    (K::ClusterIssuer, CERT_MANAGER, "ClusterIssuer", Cluster),
    (K::Issuer, CERT_MANAGER, "Issuer", Namespaced),
    (
        K::ClusterExternalSecret,
        EXTERNAL_SECRETS,
        "ClusterExternalSecret",
        Cluster,
    ),
    (
        K::ClusterSecretStore,
        EXTERNAL_SECRETS,
        "ClusterSecretStore",
        Cluster,
    ),
    (
        K::ExternalSecret,
        EXTERNAL_SECRETS,
        "ExternalSecret",
        Namespaced,
    ),
    (
        K::SecretProviderClass,
        "secrets-store.csi.x-k8s.io",
        "SecretProviderClass",
        Namespaced,
    ),
    (K::SealedSecret, "bitnami.com", "SealedSecret", Namespaced),
    (
        K::SopsSecret,
        "isindir.github.com",
        "SopsSecret",
        Namespaced,
    ),
    (K::VaultSecret, VAULT, "VaultDynamicSecret", Namespaced),
    (K::VaultSecret, VAULT, "VaultPKISecret", Namespaced),
    (K::VaultSecret, VAULT, "VaultStaticSecret", Namespaced),
    (
        K::OnePasswordItem,
        "onepassword.com",
        "OnePasswordItem",
        Namespaced,
    ),
    (
        K::InfisicalSecret,
        "secrets.infisical.com",
        "InfisicalSecret",
        Namespaced,
    ),
    (
        K::BitwardenSecret,
        "k8s.bitwarden.com",
        "BitwardenSecret",
        Namespaced,
    ),
    (
        K::PostgresCluster,
        "postgresql.cnpg.io",
        "Cluster",
        Namespaced,
    ),
    (K::Kafka, "kafka.strimzi.io", "Kafka", Namespaced),
    (K::KafkaUser, "kafka.strimzi.io", "KafkaUser", Namespaced),
    (
        K::Elasticsearch,
        "elasticsearch.k8s.elastic.co",
        "Elasticsearch",
        Namespaced,
    ),
    (
        K::RabbitmqCluster,
        "rabbitmq.com",
        "RabbitmqCluster",
        Namespaced,
    ),
];

/// The rows of [`KINDS`] by name: every object is asked for its kind, more than once.
static BY_NAME: LazyLock<FxHashMap<&str, Vec<&Row>>> = LazyLock::new(|| {
    let mut by_name: FxHashMap<_, Vec<_>> = FxHashMap::default();
    for row in KINDS {
        by_name.entry(row.2).or_default().push(row);
    }
    by_name
});

impl Kind {
    /// The kind called `name` in the API group `group` (empty for the core group).
    pub fn of(group: &str, name: &str) -> Self {
        let rows = BY_NAME.get(name).map_or(&[][..], Vec::as_slice);
        let row = rows.iter().find(|row| row.1 == group);
        row.map_or(Self::Other, |row| row.0)
    }

    /// Where objects of this kind live; unknown for [`Kind::Other`].
    pub fn scope(self) -> Option<Scope> {
        let row = KINDS.iter().find(|row| row.0 == self);
        row.map(|row| row.3)
    }

    /// Whether objects of this kind may live in a namespace: they do, or nothing is known of them.
    pub fn may_be_namespaced(self) -> bool {
        self.scope().is_none_or(|it| it == Namespaced)
    }

    /// Whether objects of this kind live in a namespace.
    pub fn is_namespaced(self) -> bool {
        self.scope() == Some(Namespaced)
    }
}

/// Splits `apiVersion` into group and version; the core group is empty.
///
/// ```
/// use kube_lint_core::object::split_api_version;
///
/// assert_eq!(split_api_version("apps/v1"), ("apps", "v1"));
/// assert_eq!(split_api_version("v1"), ("", "v1"));
/// ```
pub fn split_api_version(api_version: &str) -> (&str, &str) {
    api_version.split_once('/').unwrap_or(("", api_version))
}

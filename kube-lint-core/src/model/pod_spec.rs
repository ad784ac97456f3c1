//! PodSpecs, wherever kinds bear them, and their containers.

use crate::{
    object::{Kind, Object, Text, text},
    yaml::Node,
};

use super::PodSpecPath;

/// Where a kind keeps a PodSpec, and what of it has another shape than in `core/v1`.
struct Shape {
    kind: Kind,
    /// Fields from the object to the PodSpec; `[]` stands for every item of a list.
    path: &'static [&'static str],
    /// Lists of containers, or single ones, by fields below the PodSpec.
    containers: &'static [(ContainerRole, &'static [&'static str])],
    /// Fields from the object to the name of the account, where the PodSpec does not hold it.
    accounts: &'static [Path],
    /// Whether the PodSpec is that of `core/v1` as it stands, so that a field left out has the
    /// default of `core/v1`.
    is_whole: bool,
}

/// What a container is in its Pod.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ContainerRole {
    /// One of `containers`, or what a custom resource has in their place.
    Main,
    /// One of `initContainers`.
    Init,
    /// One of `ephemeralContainers`.
    Ephemeral,
}

use ContainerRole::{Ephemeral, Init, Main};

type Containers = &'static [(ContainerRole, &'static [&'static str])];

const CORE: Containers = &[
    (Init, &["initContainers", "[]"]),
    (Main, &["containers", "[]"]),
    (Ephemeral, &["ephemeralContainers", "[]"]),
];

const WORKFLOW: Containers = &[
    (Main, &["templates", "[]", "container"]),
    (Main, &["templates", "[]", "script"]),
    (
        Main,
        &["templates", "[]", "containerSet", "containers", "[]"],
    ),
    (Init, &["templates", "[]", "initContainers", "[]"]),
    (Main, &["templates", "[]", "sidecars", "[]"]),
    (Main, &["templateDefaults", "container"]),
    (Main, &["templateDefaults", "script"]),
    (
        Main,
        &["templateDefaults", "containerSet", "containers", "[]"],
    ),
    (Init, &["templateDefaults", "initContainers", "[]"]),
    (Main, &["templateDefaults", "sidecars", "[]"]),
];

const TEKTON: Containers = &[
    (Main, &["steps", "[]"]),
    (Main, &["sidecars", "[]"]),
    (Main, &["stepTemplate"]),
];

const SPEC: &[&str] = &["spec"];
const TEMPLATE: &[&str] = &["spec", "template", "spec"];
const JOB_TEMPLATE: &[&str] = &["spec", "jobTemplate", "spec", "template", "spec"];
const METRIC_JOB: &[&str] = &[
    "spec", "metrics", "[]", "provider", "job", "spec", "template", "spec",
];

const fn whole(kind: Kind, path: &'static [&'static str]) -> Shape {
    Shape {
        kind,
        path,
        containers: CORE,
        accounts: &[],
        is_whole: true,
    }
}

const fn alike(kind: Kind, path: &'static [&'static str], containers: Containers) -> Shape {
    Shape {
        kind,
        path,
        containers,
        accounts: &[],
        is_whole: false,
    }
}

/// A PodSpec, or a part of one, of a Tekton run.
const fn of_run(kind: Kind, path: &'static [&'static str], containers: Containers) -> Shape {
    Shape {
        accounts: match kind {
            Kind::TaskRun => &[RUN_ACCOUNT],
            _ => &[PIPELINE_ACCOUNT, RUN_ACCOUNT],
        },
        ..alike(kind, path, containers)
    }
}

const RUN_ACCOUNT: Path = &["spec", "serviceAccountName"];
const PIPELINE_ACCOUNT: Path = &["spec", "taskRunTemplate", "serviceAccountName"];

/// Sources: `k8s.io/api` for the built-in kinds, the projects' CRDs for the others.
const SHAPES: &[Shape] = &[
    whole(Kind::Pod, SPEC),
    whole(Kind::PodTemplate, &["template", "spec"]),
    whole(Kind::ReplicationController, TEMPLATE),
    whole(Kind::Deployment, TEMPLATE),
    whole(Kind::StatefulSet, TEMPLATE),
    whole(Kind::DaemonSet, TEMPLATE),
    whole(Kind::ReplicaSet, TEMPLATE),
    whole(Kind::Job, TEMPLATE),
    whole(Kind::CronJob, JOB_TEMPLATE),
    whole(Kind::Rollout, TEMPLATE),
    whole(
        Kind::Experiment,
        &["spec", "templates", "[]", "template", "spec"],
    ),
    whole(Kind::AnalysisTemplate, METRIC_JOB),
    whole(Kind::ClusterAnalysisTemplate, METRIC_JOB),
    whole(Kind::AnalysisRun, METRIC_JOB),
    whole(
        Kind::ScaledJob,
        &["spec", "jobTargetRef", "template", "spec"],
    ),
    alike(Kind::KnativeService, TEMPLATE, CORE),
    alike(Kind::KnativeConfiguration, TEMPLATE, CORE),
    alike(Kind::KnativeRevision, SPEC, CORE),
    alike(Kind::Workflow, SPEC, WORKFLOW),
    alike(Kind::WorkflowTemplate, SPEC, WORKFLOW),
    alike(Kind::ClusterWorkflowTemplate, SPEC, WORKFLOW),
    alike(Kind::CronWorkflow, &["spec", "workflowSpec"], WORKFLOW),
    alike(Kind::Prometheus, SPEC, CORE),
    alike(Kind::PrometheusAgent, SPEC, CORE),
    alike(Kind::Alertmanager, SPEC, CORE),
    alike(Kind::ThanosRuler, SPEC, CORE),
    alike(Kind::Task, SPEC, TEKTON),
    alike(Kind::ClusterTask, SPEC, TEKTON),
    alike(Kind::StepAction, &[], TEKTON_STEP),
    of_run(Kind::TaskRun, &["spec", "taskSpec"], TEKTON),
    of_run(Kind::TaskRun, &["spec", "podTemplate"], &[]),
    of_run(
        Kind::PipelineRun,
        &["spec", "taskRunTemplate", "podTemplate"],
        &[],
    ),
    of_run(Kind::PipelineRun, &["spec", "podTemplate"], &[]),
    of_run(
        Kind::PipelineRun,
        &["spec", "pipelineSpec", "tasks", "[]", "taskSpec"],
        TEKTON,
    ),
    of_run(
        Kind::PipelineRun,
        &["spec", "pipelineSpec", "finally", "[]", "taskSpec"],
        TEKTON,
    ),
    alike(Kind::Issuer, SOLVER_INGRESS, CORE),
    alike(Kind::Issuer, SOLVER_GATEWAY, CORE),
    alike(Kind::ClusterIssuer, SOLVER_INGRESS, CORE),
    alike(Kind::ClusterIssuer, SOLVER_GATEWAY, CORE),
];

const TEKTON_STEP: Containers = &[(Main, &["spec"])];

const SOLVER_INGRESS: &[&str] = &[
    "spec",
    "acme",
    "solvers",
    "[]",
    "http01",
    "ingress",
    "podTemplate",
    "spec",
];
const SOLVER_GATEWAY: &[&str] = &[
    "spec",
    "acme",
    "solvers",
    "[]",
    "http01",
    "gatewayHTTPRoute",
    "podTemplate",
    "spec",
];

/// A PodSpec in an object.
#[derive(Clone, Copy, Debug)]
pub struct PodSpec<'a> {
    object: Object<'a>,
    node: Node<'a>,
    containers: Containers,
    accounts: &'static [Path],
    is_whole: bool,
}

/// The PodSpecs that `object` bears.
pub fn pod_specs<'a>(object: &Object<'a>) -> Vec<PodSpec<'a>> {
    let mut found = Vec::new();
    for shape in SHAPES.iter().filter(|it| it.kind == object.kind()) {
        let mut nodes = Vec::new();
        below(object.root(), shape.path, &mut nodes);
        found.extend(nodes.into_iter().map(|node| PodSpec {
            object: *object,
            node,
            containers: shape.containers,
            accounts: shape.accounts,
            is_whole: shape.is_whole,
        }));
    }
    found
}

/// The PodSpecs that `object` bears at `paths`, but for those of [`pod_specs`].
pub fn custom_pod_specs<'a>(object: &Object<'a>, paths: &[PodSpecPath]) -> Vec<PodSpec<'a>> {
    let mut found: Vec<PodSpec<'a>> = Vec::new();
    for path in paths.iter().filter(|it| it.is_of(object)) {
        let mut nodes = Vec::new();
        below(object.root(), path.steps(), &mut nodes);
        for node in nodes {
            let known = pod_specs(object);
            if known.iter().chain(&found).all(|it| it.node != node) {
                found.push(PodSpec {
                    object: *object,
                    node,
                    containers: CORE,
                    accounts: &[],
                    is_whole: path.is_whole(),
                });
            }
        }
    }
    found
}

/// Fields to follow; `[]` stands for every item of a list.
pub(super) type Path = &'static [&'static str];

/// Adds the nodes at `path` below `node` to `found`.
pub(super) fn below<'a>(node: Node<'a>, path: &[impl AsRef<str>], found: &mut Vec<Node<'a>>) {
    match path.split_first().map(|(it, rest)| (it.as_ref(), rest)) {
        None => found.push(node),
        Some(("[]", rest)) => node.items().for_each(|item| below(item, rest, found)),
        Some((field, rest)) => {
            if let Some(next) = node.get(field) {
                below(next, rest, found);
            }
        }
    }
}

impl<'a> PodSpec<'a> {
    /// The object that bears it.
    pub fn object(&self) -> Object<'a> {
        self.object
    }

    /// The mapping with `containers`, `volumes` and `serviceAccountName`.
    pub fn node(&self) -> Node<'a> {
        self.node
    }

    /// Whether it is a PodSpec of `core/v1`, so that a field left out has its default there; custom
    /// resources may put their own default in its place.
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// The Pod template around it: the node with the Pods' `metadata`.
    pub fn template(&self) -> Option<Node<'a>> {
        let parent = if self.is_whole {
            self.node.parent()
        } else {
            None
        };
        parent.filter(|it| it.is_mapping())
    }

    /// The labels that its Pods will have.
    pub fn labels(&self) -> Option<Node<'a>> {
        self.template()?.at(&["metadata", "labels"])
    }

    /// Names of the fields from the object to the PodSpec, without positions in lists.
    pub fn path(&self) -> Vec<&'a str> {
        let mut path = Vec::new();
        let mut node = self.node;
        while node != self.object.root() {
            path.extend(node.key().and_then(Node::text));
            match node.parent() {
                Some(parent) => node = parent,
                None => break,
            }
        }
        path.reverse();
        path
    }

    /// `serviceAccountName`, else the deprecated `serviceAccount`, where known and not empty.
    ///
    /// Conversion from v1 sets the new field from the old one where the new one is empty:
    /// `Convert_v1_PodSpec_To_core_PodSpec` in `pkg/apis/core/v1/conversion.go`.
    pub fn service_account_name(&self) -> Option<Text<'a>> {
        self.account_nodes().next().and_then(Text::of)
    }

    /// Whether it names an account, known or not.
    pub fn names_service_account(&self) -> bool {
        self.account_nodes().next().is_some()
    }

    /// What names an account, the field that counts first.
    fn account_nodes(&self) -> impl Iterator<Item = Node<'a>> + use<'a> {
        let (node, object) = (self.node, self.object);
        let own = ["serviceAccountName", "serviceAccount"].into_iter();
        let outer = self.accounts.iter();
        own.filter_map(move |field| node.get(field))
            .chain(outer.filter_map(move |path| object.at(path)))
            .filter(|it| !it.is_null() && it.text() != Some(""))
    }

    /// Whether the object runs Pods for as long as it exists, or at given times, and is no template of what
    /// somebody may run: of a kind that only the configuration knows, that it has a Pod template.
    pub fn runs_pods(&self) -> bool {
        let kind = self.object.kind();
        if kind == Kind::Other {
            return self.is_whole();
        }
        matches!(
            kind,
            Kind::Pod
                | Kind::ReplicationController
                | Kind::Deployment
                | Kind::StatefulSet
                | Kind::DaemonSet
                | Kind::ReplicaSet
                | Kind::Job
                | Kind::CronJob
                | Kind::Rollout
                | Kind::ScaledJob
                | Kind::KnativeService
                | Kind::KnativeConfiguration
                | Kind::Prometheus
                | Kind::PrometheusAgent
                | Kind::Alertmanager
                | Kind::ThanosRuler
        )
    }

    /// `replicas: 0`: no Pod runs.
    pub fn is_scaled_to_zero(&self) -> bool {
        self.object
            .at(&["spec", "replicas"])
            .and_then(Node::integer)
            == Some(0)
    }

    /// Whether its Pods share the network of their node.
    pub fn is_on_host_network(&self) -> bool {
        self.node.get("hostNetwork").and_then(Node::bool) == Some(true)
    }

    /// Its containers of every role.
    pub fn containers(&self) -> Vec<Container<'a>> {
        let mut found = Vec::new();
        for (role, path) in self.containers {
            let mut nodes = Vec::new();
            below(self.node, path, &mut nodes);
            let nodes = nodes.into_iter().filter(|it| it.is_mapping());
            found.extend(nodes.map(|node| Container {
                pod: *self,
                node,
                role: *role,
            }));
        }
        found
    }

    /// The items of `volumes`.
    pub fn volumes(&self) -> impl Iterator<Item = Node<'a>> + use<'a> {
        self.node.get("volumes").into_iter().flat_map(Node::items)
    }
}

/// A container of a PodSpec.
#[derive(Clone, Copy, Debug)]
pub struct Container<'a> {
    pod: PodSpec<'a>,
    node: Node<'a>,
    role: ContainerRole,
}

impl<'a> Container<'a> {
    /// The PodSpec that it is part of.
    pub fn pod(&self) -> PodSpec<'a> {
        self.pod
    }

    /// Its mapping.
    pub fn node(&self) -> Node<'a> {
        self.node
    }

    /// What it is in its Pod.
    pub fn role(&self) -> ContainerRole {
        self.role
    }

    /// Its name, where known.
    pub fn name(&self) -> Option<Text<'a>> {
        text(self.node, "name")
    }

    /// The items of `env`.
    pub fn env(&self) -> impl Iterator<Item = Node<'a>> + use<'a> {
        self.node.get("env").into_iter().flat_map(Node::items)
    }

    /// The items of `envFrom`.
    pub fn env_from(&self) -> impl Iterator<Item = Node<'a>> + use<'a> {
        self.node.get("envFrom").into_iter().flat_map(Node::items)
    }

    /// The items of `volumeMounts`.
    pub fn volume_mounts(&self) -> impl Iterator<Item = Node<'a>> + use<'a> {
        self.node
            .get("volumeMounts")
            .into_iter()
            .flat_map(Node::items)
    }
}

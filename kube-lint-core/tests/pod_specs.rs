//! Every kind that bears a PodSpec: its containers, its volumes' node and its account are found.

use kube_lint_core::{
    Settings, Source, Workspace,
    inventory::Inventory,
    model::{ContainerRole, PodSpec},
};

/// A core PodSpec with one container of each role.
const SPEC: &str = "{serviceAccountName: acct, volumes: [{name: v}], \
    initContainers: [{name: init}], containers: [{name: main}], ephemeralContainers: [{name: debug}]}";

const ALL: &str = "init main debug";

/// A manifest of `kind` with `body` as the fields beside its metadata.
fn manifest(api_version: &str, kind: &str, body: &str) -> String {
    let body = body.replace("SPEC", SPEC);
    format!(
        "apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: it, namespace: ns}}\n{body}\n"
    )
}

fn with<R>(text: &str, ask: impl FnOnce(&Inventory<'_>) -> R) -> R {
    let mut workspace = Workspace::new(Settings::default());
    workspace.set(Source::new("it.yaml", text));
    ask(&workspace.inventory())
}

fn names(pod: &PodSpec<'_>) -> String {
    let containers = pod.containers();
    let names: Vec<_> = containers
        .iter()
        .filter_map(kube_lint_core::model::Container::name)
        .collect();
    names
        .iter()
        .map(|it| it.value)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Containers and accounts of all PodSpecs of a manifest, a line each, with `whole` in front where it
/// is a PodSpec of `core/v1`.
fn describe(api_version: &str, kind: &str, body: &str) -> Vec<String> {
    with(&manifest(api_version, kind, body), |inventory| {
        let pods = inventory.pod_specs().iter();
        pods.map(|pod| {
            let whole = if pod.is_whole() { "whole" } else { "alike" };
            let account = pod.service_account_name().map_or("-", |it| it.value);
            let volumes = pod.volumes().count();
            format!("{whole} {account} {volumes}: {}", names(pod))
        })
        .collect()
    })
}

#[test]
fn whole_pod_specs_are_found() {
    let template = "spec: {template: {spec: SPEC}}";
    let cron = "spec: {jobTemplate: {spec: {template: {spec: SPEC}}}}";
    let metrics = "spec: {metrics: [{name: m, provider: {job: {spec: {template: {spec: SPEC}}}}}]}";
    let rows = [
        ("v1", "Pod", "spec: SPEC"),
        ("v1", "PodTemplate", "template: {spec: SPEC}"),
        ("v1", "ReplicationController", template),
        ("apps/v1", "Deployment", template),
        ("apps/v1", "StatefulSet", template),
        ("apps/v1", "DaemonSet", template),
        ("apps/v1", "ReplicaSet", template),
        ("apps/v1beta1", "StatefulSet", template),
        ("apps/v1beta2", "Deployment", template),
        ("extensions/v1beta1", "Deployment", template),
        ("extensions/v1beta1", "DaemonSet", template),
        ("extensions/v1beta1", "ReplicaSet", template),
        ("batch/v1", "Job", template),
        ("batch/v1", "CronJob", cron),
        ("batch/v1beta1", "CronJob", cron),
        ("argoproj.io/v1alpha1", "Rollout", template),
        (
            "argoproj.io/v1alpha1",
            "Experiment",
            "spec: {templates: [{name: t, template: {spec: SPEC}}]}",
        ),
        ("argoproj.io/v1alpha1", "AnalysisTemplate", metrics),
        ("argoproj.io/v1alpha1", "ClusterAnalysisTemplate", metrics),
        ("argoproj.io/v1alpha1", "AnalysisRun", metrics),
        (
            "keda.sh/v1alpha1",
            "ScaledJob",
            "spec: {jobTargetRef: {template: {spec: SPEC}}}",
        ),
    ];
    for (api_version, kind, body) in rows {
        let expected = format!("whole acct 1: {ALL}");
        assert_eq!(
            describe(api_version, kind, body),
            [expected],
            "{api_version} {kind}"
        );
    }
}

#[test]
fn custom_resources_with_core_containers_are_found() {
    let template = "spec: {template: {spec: SPEC}}";
    let http01 = |solver: &str| {
        format!(
            "spec: {{acme: {{solvers: [{{http01: {{{solver}: {{podTemplate: {{spec: SPEC}}}}}}}}]}}}}"
        )
    };
    let (ingress, gateway) = (http01("ingress"), http01("gatewayHTTPRoute"));
    let rows = [
        ("serving.knative.dev/v1", "Service", template),
        ("serving.knative.dev/v1", "Configuration", template),
        ("serving.knative.dev/v1", "Revision", "spec: SPEC"),
        ("monitoring.coreos.com/v1", "Prometheus", "spec: SPEC"),
        (
            "monitoring.coreos.com/v1alpha1",
            "PrometheusAgent",
            "spec: SPEC",
        ),
        ("monitoring.coreos.com/v1", "Alertmanager", "spec: SPEC"),
        ("monitoring.coreos.com/v1", "ThanosRuler", "spec: SPEC"),
        ("cert-manager.io/v1", "Issuer", &ingress),
        ("cert-manager.io/v1", "Issuer", &gateway),
        ("cert-manager.io/v1", "ClusterIssuer", &ingress),
        ("cert-manager.io/v1", "ClusterIssuer", &gateway),
    ];
    for (api_version, kind, body) in rows {
        let expected = format!("alike acct 1: {ALL}");
        assert_eq!(
            describe(api_version, kind, body),
            [expected],
            "{api_version} {kind}"
        );
    }
}

#[test]
fn workflows_keep_their_containers_in_templates() {
    let spec = "{serviceAccountName: acct, volumes: [{name: v}], \
        templates: [{container: {name: a}}, {script: {name: b}}, \
        {containerSet: {containers: [{name: c}]}}, \
        {initContainers: [{name: d}], sidecars: [{name: e}]}], \
        templateDefaults: {container: {name: f}, script: {name: g}, \
        containerSet: {containers: [{name: h}]}, initContainers: [{name: i}], sidecars: [{name: j}]}}";
    let rows = [
        ("Workflow", format!("spec: {spec}")),
        ("WorkflowTemplate", format!("spec: {spec}")),
        ("ClusterWorkflowTemplate", format!("spec: {spec}")),
        ("CronWorkflow", format!("spec: {{workflowSpec: {spec}}}")),
    ];
    for (kind, body) in rows {
        let found = describe("argoproj.io/v1alpha1", kind, &body);
        assert_eq!(found, ["alike acct 1: a b c d e f g h i j"], "{kind}");
    }
}

#[test]
fn tekton_keeps_containers_in_steps_and_accounts_in_runs() {
    let task = "{volumes: [{name: v}], steps: [{name: a}], sidecars: [{name: b}], stepTemplate: {name: c}}";
    let found = |version: &str, kind: &str, body: String| {
        describe(&format!("tekton.dev/{version}"), kind, &body)
    };
    for kind in ["Task", "ClusterTask"] {
        let spec = format!("spec: {task}");
        assert_eq!(found("v1", kind, spec), ["alike - 1: a b c"], "{kind}");
    }
    let action = "spec: {name: a, image: i}".to_owned();
    assert_eq!(found("v1beta1", "StepAction", action), ["alike - 0: a"]);
    let run = format!(
        "spec: {{serviceAccountName: acct, podTemplate: {{volumes: [{{name: w}}]}}, taskSpec: {task}}}"
    );
    let expected = ["alike acct 1: a b c", "alike acct 1: "];
    assert_eq!(found("v1", "TaskRun", run), expected);
    let tasks = format!("{{tasks: [{{taskSpec: {task}}}], finally: [{{taskSpec: {task}}}]}}");
    let v1 = format!(
        "spec: {{taskRunTemplate: {{serviceAccountName: acct, podTemplate: {{}}}}, pipelineSpec: {tasks}}}"
    );
    let expected = [
        "alike acct 0: ",
        "alike acct 1: a b c",
        "alike acct 1: a b c",
    ];
    assert_eq!(found("v1", "PipelineRun", v1), expected);
    let v1beta1 =
        format!("spec: {{serviceAccountName: acct, podTemplate: {{}}, pipelineSpec: {tasks}}}");
    assert_eq!(found("v1beta1", "PipelineRun", v1beta1), expected);
}

#[test]
fn roles_of_containers_are_told_apart() {
    with(&manifest("v1", "Pod", "spec: SPEC"), |inventory| {
        let containers = inventory.pod_specs()[0].containers();
        let roles: Vec<_> = containers
            .iter()
            .map(kube_lint_core::model::Container::role)
            .collect();
        let expected = [
            ContainerRole::Init,
            ContainerRole::Main,
            ContainerRole::Ephemeral,
        ];
        assert_eq!(roles, expected);
    });
}

#[test]
fn labels_are_those_of_the_template() {
    let labels = |kind, body: &str| {
        let text = manifest("batch/v1", kind, body).replace("batch/v1\nkind: Pod", "v1\nkind: Pod");
        with(&text, |inventory| {
            let labels = inventory.pod_specs()[0].labels();
            labels.and_then(|it| Some(it.get("app")?.str()?.to_owned()))
        })
    };
    let template = "{metadata: {labels: {app: a}}, spec: SPEC}";
    let cron = format!(
        "spec: {{jobTemplate: {{metadata: {{labels: {{app: b}}}}, spec: {{template: {template}}}}}}}"
    );
    assert_eq!(labels("CronJob", &cron).as_deref(), Some("a"));
    let job = format!("spec: {{template: {template}}}");
    assert_eq!(labels("Job", &job).as_deref(), Some("a"));
}

#[test]
fn an_account_that_is_null_or_empty_is_not_named() {
    let account = |fields: &str| {
        let text = manifest("v1", "Pod", &format!("spec: {{{fields}, containers: []}}"));
        with(&text, |inventory| {
            let pod = inventory.pod_specs()[0];
            let name = pod.service_account_name().map(|it| it.value.to_owned());
            (pod.names_service_account(), name)
        })
    };
    assert_eq!(account("serviceAccountName: null"), (false, None));
    assert_eq!(account("serviceAccountName: ''"), (false, None));
    let old = (true, Some("old".to_owned()));
    assert_eq!(account("serviceAccountName: '', serviceAccount: old"), old);
    assert_eq!(
        account("serviceAccountName: old, serviceAccount: other"),
        old
    );
    assert_eq!(account("serviceAccountName: '$(NAME)'"), (true, None));
}

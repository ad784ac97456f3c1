//! `service-accounts/secrets-field`.

use crate::{
    analysis::rbac::is_near,
    diagnostic::Severity,
    inventory::{Inventory, Resolution},
    model::{ServiceAccount, account_references},
    object::{Kind, Object, Text},
    rule::{Check, Reporter, declare_rule},
    target::KubeVersion,
    yaml::Node,
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds accounts with a list of `secrets`, and those with the annotation
    /// `kubernetes.io/enforce-mountable-secrets`, deprecated since Kubernetes 1.32. What OpenShift puts in
    /// the list, and what Tekton reads there, is left alone.
    ///
    /// ## Why is this bad?
    ///
    /// The list looks like a limit and is none: without the annotation Pods of the account mount whatever
    /// Secret of the namespace they like. With it, only Secrets in volumes and variables are held back; who
    /// may create Pods names another account and reads them all the same. Names such as
    /// `web-token-x7k2p` are those of tokens that Kubernetes made unasked before 1.24: a new cluster has no
    /// Secret of that name, an old one keeps a token that never expires.
    ///
    /// ## What to do
    ///
    /// Remove the list. Keep Secrets apart by putting those who use them in namespaces of their own.
    "service-accounts/secrets-field" {
        summary: "account lists Secrets, which limits nobody",
        severity: Warning,
        since: "0.1.0",
        check: Check::Object(&[Kind::ServiceAccount], check),
    }
}

const TEKTON: [Kind; 4] = [
    Kind::ClusterTask,
    Kind::PipelineRun,
    Kind::Task,
    Kind::TaskRun,
];

const ENFORCEMENT: &str = "kubernetes.io/enforce-mountable-secrets";

fn check<'a>(object: &Object<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    // A patch changes an account that is judged where it stands.
    if inventory.units_of(object.id()).next().is_none() {
        return;
    }
    let name = inventory.display(object);
    let enforcement = object.annotation(ENFORCEMENT);
    if let Some(annotation) = enforcement.filter(|it| it.value == "true") {
        if inventory.target().kube_version >= KubeVersion::minor(32) {
            reporter
                .report(
                    annotation.node,
                    format!("account `{name}` relies on `{ENFORCEMENT}`, which is deprecated"),
                )
                .help("keep Secrets apart by namespaces, and remove the annotation and the list")
                .severity(Severity::Info);
        }
        return;
    }
    let listed = ServiceAccount::new(object).secrets();
    let listed: Vec<_> = listed.filter(|it| !is_of_openshift(object, it)).collect();
    if !listed.is_empty() && !is_read_by_tekton(object, &listed, inventory) {
        report(object, &name, &listed, inventory, reporter);
    }
}

fn report<'a>(
    object: &Object<'a>,
    name: &str,
    listed: &[Text<'a>],
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let generated = listed.iter().find(|it| is_generated(object, it));
    if let Some(token) = generated {
        reporter
            .report(
                token.node,
                format!(
                    "account `{name}` lists `{}`, a token that Kubernetes before 1.24 made unasked",
                    token.value
                ),
            )
            .help("remove it, and the Secret if a cluster still has it: its token never expires");
    } else if let Some(list) = object.root().get("secrets").and_then(Node::key)
        && !inventory.is_patched(object, &["metadata", "annotations", ENFORCEMENT])
    {
        reporter
            .report(
                list,
                format!("the list of Secrets of account `{name}` limits nobody"),
            )
            .help("remove it, unless a tool of yours reads it: Pods mount any Secret of the namespace")
            .severity(Severity::Info);
    }
}

/// Whether `listed` has the name that the control plane gave to the token of `account`.
fn is_generated(account: &Object<'_>, listed: &Text<'_>) -> bool {
    random_end(account, listed, "-token-")
}

/// Whether OpenShift put `listed` into the list of `account`: the credentials of its registry.
fn is_of_openshift(account: &Object<'_>, listed: &Text<'_>) -> bool {
    random_end(account, listed, "-dockercfg-")
}

/// Whether the name is that of `account`, `middle`, and the five characters of a generated name.
fn random_end(account: &Object<'_>, listed: &Text<'_>, middle: &str) -> bool {
    let account = account.name().map_or("", |it| it.value);
    let rest = listed.value.strip_prefix(account);
    let end = rest.and_then(|it| it.strip_prefix(middle));
    end.is_some_and(|it| it.len() == 5 && it.bytes().all(|it| it.is_ascii_alphanumeric()))
}

/// Whether Tekton logs in with what is listed: its tasks lie beside the account, a run names the account,
/// or a Secret says for which host it is.
fn is_read_by_tekton<'a>(
    account: &Object<'a>,
    listed: &[Text<'a>],
    inventory: &Inventory<'a>,
) -> bool {
    let name = account.name().map_or("", |it| it.value);
    let mut tasks = TEKTON.into_iter().flat_map(|it| inventory.of_kind(it));
    let is_user = |task: &Object<'a>| {
        let pods = inventory.pod_specs_of(task.id());
        let mut names = account_references(task, pods).into_iter();
        is_near(inventory, account, task) || names.any(|it| it.value == name)
    };
    tasks.any(is_user)
        || listed
            .iter()
            .any(|it| is_for_tekton(account, it, inventory))
}

fn is_for_tekton<'a>(account: &Object<'a>, secret: &Text<'a>, inventory: &Inventory<'a>) -> bool {
    let found = inventory.find(account, Kind::Secret, None, secret.value);
    let Resolution::Found(definitions) = found else {
        return false;
    };
    let objects = definitions.into_iter();
    let mut objects = objects.filter_map(|it| inventory.defining_object(it));
    objects.any(|it| {
        let annotations = it.at(&["metadata", "annotations"]);
        let mut keys = annotations.into_iter().flat_map(Node::fields);
        keys.any(|(key, _)| key.text().is_some_and(|it| it.starts_with("tekton.dev/")))
    })
}

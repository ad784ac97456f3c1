//! `service-accounts/control-plane-identity-reuse`.

use crate::{
    analysis::rbac::built_in,
    inventory::Inventory,
    model::PodSpec,
    rule::{Check, Reporter, declare_rule},
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds workloads of the namespace `kube-system` that run as an account of one of the controllers of the
    /// control plane: `replicaset-controller`, `generic-garbage-collector`,
    /// `clusterrole-aggregation-controller` and the like. The components of Kubernetes themselves, known by
    /// their images, are left alone.
    ///
    /// ## Why is this bad?
    ///
    /// Kubernetes binds these accounts to what its controllers need: to create Pods in every namespace, to
    /// delete any object, to write any role. A program that borrows one takes over the cluster, and the audit
    /// log shows a controller at work.
    ///
    /// ## What to do
    ///
    /// Define an account for the program, and bind it to a role with what it needs.
    "service-accounts/control-plane-identity-reuse" {
        summary: "workload runs as a controller of the control plane",
        severity: Error,
        since: "0.1.0",
        supersedes: ["service-accounts/token-automounted-unneeded"],
        check: Check::PodSpec(check),
    }
}

/// Images that the accounts are made for, by the last part of their name.
const COMPONENTS: [&str; 4] = [
    "hyperkube",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
];

fn check<'a>(pod: &PodSpec<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    let object = pod.object();
    // A patch changes a PodSpec that is judged where it stands.
    let is_patch = inventory.units_of(object.id()).next().is_none();
    if is_patch || inventory.namespace(&object).name() != Some("kube-system") {
        return;
    }
    let account = pod.service_account_name();
    let account = account.filter(|it| built_in().is_controller_account(it.value));
    let Some(account) = account.filter(|it| !inventory.may_change(&object, it.node)) else {
        return;
    };
    if !is_component(pod) {
        let name = inventory.display(&object);
        reporter
            .report(
                account.node,
                format!(
                    "`{name}` runs as `{}`, an account of the control plane",
                    account.value
                ),
            )
            .help("define an account for the program, and bind it to a role with what it needs");
    }
}

/// Whether a container is a component of Kubernetes.
fn is_component(pod: &PodSpec<'_>) -> bool {
    let containers = pod.containers();
    let mut images = containers
        .iter()
        .filter_map(|it| it.node().get("image")?.text());
    images.any(|image| {
        let image = image.split('@').next().unwrap_or_default();
        let last = image.rsplit('/').next().unwrap_or_default();
        let name = last.split(':').next().unwrap_or_default();
        COMPONENTS.contains(&name) || name.ends_with("cloud-controller-manager")
    })
}

//! `network/workload-not-selected`.

use crate::{
    analysis::network::{Network, Uncovered},
    diagnostic::{Confidence, Severity},
    inventory::Inventory,
    model::Direction,
    rule::{Check, Reporter, declare_rule},
    target::World,
};

use super::words;

declare_rule! {
    /// ## What it does
    ///
    /// Finds workloads whose Pods no policy selects for a direction, in a namespace where policies
    /// isolate other Pods in that direction. Selectors are read in full, with the labels that
    /// kustomizations add; policies anywhere in the root count, and those of Cilium, Calico and the
    /// cluster-wide kinds as well. Pods on the network of their node are left out.
    ///
    /// Egress is info: many restrict only the egress of a few Pods. Ingress is info where the namespace's
    /// policies come from another part of the root, unless the manifests are the whole cluster
    /// (`world: closed`); egress is then not reported.
    ///
    /// ## Why is this bad?
    ///
    /// A policy isolates only the Pods that it selects. The others stay open to every Pod of the cluster,
    /// in a namespace that looks protected.
    ///
    /// ## What to do
    ///
    /// Add a policy that selects every Pod of the namespace (`podSelector: {}`) and allows nothing, or one
    /// for these Pods.
    "network/workload-not-selected" {
        summary: "no policy isolates a workload where others are isolated",
        severity: Warning,
        since: "0.1.0",
        check: Check::Network(check),
    }
}

fn check<'a>(network: &Network<'_, 'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    for direction in Direction::ALL {
        for found in network.not_isolated(direction) {
            report(inventory, direction, &found, reporter);
        }
    }
}

fn report(
    inventory: &Inventory<'_>,
    direction: Direction,
    found: &Uncovered<'_, '_>,
    reporter: &mut Reporter<'_>,
) {
    let (Some(first), Some(policy)) = (found.workloads.first(), found.policy) else {
        return;
    };
    let is_closed = inventory.world_of(first.pod.object().file()) == World::Closed;
    let is_near = first.home.group == policy.home.group;
    if direction == Direction::Egress && !is_near && !is_closed {
        return;
    }
    let names = words::names(&found.workloads);
    let place = words::namespaces(inventory, &found.namespaces, &first.home);
    let field = direction.field();
    let mut message = format!(
        "no policy restricts the {field} of {names}, though others in {place} are restricted"
    );
    if direction == Direction::Ingress && !is_near && !is_closed {
        message.push_str(" by manifests elsewhere");
    }
    let finding = reporter.report(first.pod.object().head(), message);
    finding.about(words::namespace(found), field);
    finding
        .instances(found.workloads.len())
        .confidence(Confidence::Medium);
    finding.help(format!(
        "add a policy of the type {} that selects these Pods, or all with `podSelector: {{}}`",
        direction.policy_type()
    ));
    for workload in found.workloads.iter().skip(1) {
        finding.label(workload.pod.object().head(), "nor this");
    }
    finding.label(
        policy.object.head(),
        format!("restricts the {field} of others"),
    );
    if direction == Direction::Egress {
        finding.severity(Severity::Info);
    } else if !is_near && !is_closed {
        finding.severity_of_part(Severity::Info);
    }
}

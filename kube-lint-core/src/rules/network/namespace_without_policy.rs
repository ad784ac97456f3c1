//! `network/namespace-without-policy`.

use rustc_hash::FxHashSet;

use crate::{
    analysis::network::{Group, Network, Uncovered},
    diagnostic::{Confidence, Severity},
    inventory::Inventory,
    object::{Kind, Object},
    rule::{Check, Reporter, declare_rule},
    target::World,
};

use super::words;

declare_rule! {
    /// ## What it does
    ///
    /// Finds namespaces that run workloads and have no policy at all: no NetworkPolicy, none of Cilium
    /// or Calico, and no cluster-wide one that may be for them. Policies anywhere in the root count.
    ///
    /// The namespaces of the control plane and Pods on the network of their node are left out. Where the
    /// manifests are not the whole cluster (`world: open`), this is info: the policies may be applied
    /// from elsewhere.
    ///
    /// ## Why is this bad?
    ///
    /// Without a policy every Pod of the cluster may connect to these Pods, and these Pods to anything:
    /// one Pod that is broken into reaches all others.
    ///
    /// ## What to do
    ///
    /// Add a NetworkPolicy that selects every Pod (`podSelector: {}`) and allows nothing, then allow what
    /// is needed, DNS first.
    "network/namespace-without-policy" {
        summary: "namespace runs workloads without any network policy",
        severity: Warning,
        since: "0.1.0",
        check: Check::Network(check),
    }
}

fn check<'a>(network: &Network<'_, 'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    for found in network.without_any_policy() {
        let Some(first) = found.workloads.first() else {
            continue;
        };
        let is_closed = inventory.world_of(first.pod.object().file()) == World::Closed;
        let place = words::namespaces(inventory, &found.namespaces, &first.home);
        let names = words::names(&found.workloads);
        let runs = if found.namespaces.len() > 1 {
            "run"
        } else {
            "runs"
        };
        let message = if is_closed {
            format!("no network policy in {place}, which {runs} {names}")
        } else {
            format!("no network policy in these manifests for {place}, which {runs} {names}")
        };
        let at = namespace_object(inventory, &found).unwrap_or_else(|| first.pod.object());
        let finding = reporter.report(at.head(), message);
        finding.about(words::namespace(&found), "");
        finding.help("add a NetworkPolicy with `podSelector: {}` that allows nothing, then allow what is needed");
        let mut seen = FxHashSet::default();
        for workload in &found.workloads {
            let object = workload.pod.object();
            // One of several copies is enough.
            let is_new = seen.insert((object.kind(), object.name().map(|it| it.value)));
            if object.id() != at.id() && is_new {
                finding.label(object.head(), "may be reached by every Pod");
            }
        }
        if !is_closed {
            finding
                .severity_of_part(Severity::Info)
                .confidence(Confidence::Medium);
        }
    }
}

/// The Namespace object that is applied with the workloads.
fn namespace_object<'a>(
    inventory: &Inventory<'a>,
    found: &Uncovered<'_, 'a>,
) -> Option<Object<'a>> {
    let home = found.workloads.first()?.home;
    let defined = inventory.definitions_of(Kind::Namespace, home.namespace.name()?);
    let objects = defined
        .into_iter()
        .filter_map(|it| inventory.defining_object(it));
    let is_near = |object: &&Object<'a>| match home.group {
        Group::Unit(unit) => inventory.member(unit, object.id()).is_some(),
        Group::Folder(_) => {
            let folder = inventory.folder(object.file());
            let mut workloads = found.workloads.iter();
            workloads.any(|it| inventory.folder(it.pod.object().file()) == folder)
        }
    };
    objects.into_iter().find(is_near).copied()
}

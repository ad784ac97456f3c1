//! `network/peer-and-or-confusion`.

use crate::{
    analysis::network::{Network, Policy, Workload},
    diagnostic::{Confidence, Severity},
    inventory::Inventory,
    model::{Direction, LabelSelector, Peer, Requirement},
    rule::{Check, Reporter, declare_rule},
    yaml::Node,
};

use super::words;

declare_rule! {
    /// ## What it does
    ///
    /// Finds peers where one dash too many turned *and* into *or*: a `namespaceSelector` and a
    /// `podSelector` that are two items of `from` or `to`, one after the other. It is an error where the
    /// second matches no Pod of the policy's own namespace, but Pods of the namespaces that the first one
    /// selects; a warning where the first one selects every namespace, or several; and else info.
    ///
    /// And the other way round, as a warning: one item with both selectors that matches none of the known
    /// Pods of those namespaces, but Pods of the policy's own.
    ///
    /// ## Why is this bad?
    ///
    /// Two items admit every Pod of the namespaces, where one item would have admitted only those Pods.
    ///
    /// ## What to do
    ///
    /// Remove the dash before `podSelector` if Pods of those namespaces are meant.
    "network/peer-and-or-confusion" {
        summary: "selectors of namespaces and Pods are or, not and",
        severity: Error,
        since: "0.1.0",
        check: Check::Network(check),
    }
}

fn check<'a>(network: &Network<'_, 'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    let of_object = |one: &Policy<'_>, other: &Policy<'_>| one.object.id() == other.object.id();
    for entries in network.policies().chunk_by(of_object) {
        let first = entries.first().filter(|it| !it.object.is_partial());
        let Some(view) = first.and_then(Policy::network_policy) else {
            continue;
        };
        let policy = PolicyInUnits {
            network,
            entries,
            name: inventory.display(&view.object()),
        };
        for rule in Direction::ALL.into_iter().flat_map(|it| view.rules(it)) {
            let peers: Vec<_> = rule.peers().collect();
            for pair in peers.windows(2) {
                if let [one, other] = pair {
                    policy.check_pair(one, other, reporter);
                }
            }
            for peer in &peers {
                policy.check_combined(peer, reporter);
            }
        }
    }
}

/// The two selectors of neighbours of which the first selects namespaces only and the second Pods
/// only.
fn split<'a>(one: &Peer<'a>, other: &Peer<'a>) -> Option<(LabelSelector<'a>, LabelSelector<'a>)> {
    if one.ip_block().is_some() || other.ip_block().is_some() {
        return None;
    }
    match (
        one.namespace_selector(),
        one.pod_selector(),
        other.namespace_selector(),
        other.pod_selector(),
    ) {
        (Some(namespaces), None, None, Some(pods)) => Some((namespaces, pods)),
        _ => None,
    }
}

/// The key of a selector.
fn key<'a>(selector: &LabelSelector<'a>) -> Option<Node<'a>> {
    selector.node().map(|it| it.key().unwrap_or(it))
}

fn names(workloads: &[&Workload<'_>]) -> String {
    words::workloads(workloads)
}

/// A policy, in every unit that it is in.
struct PolicyInUnits<'n, 'i, 'a> {
    network: &'n Network<'i, 'a>,
    entries: &'n [Policy<'a>],
    name: String,
}

impl<'n, 'a> PolicyInUnits<'n, '_, 'a> {
    fn check_pair(&self, one: &Peer<'a>, other: &Peer<'a>, reporter: &mut Reporter<'_>) {
        let Some((namespaces, pods)) = split(one, other) else {
            return;
        };
        let (Some(at), Some(first)) = (key(&pods), key(&namespaces)) else {
            return;
        };
        if pods.is_empty() || !pods.is_known() || !namespaces.is_known() {
            return;
        }
        let (name, who) = (&self.name, whose(&namespaces));
        let message = format!(
            "policy `{name}` allows every Pod of {who}: `podSelector` is a peer of its own and narrows nothing"
        );
        let finding = reporter.report(at, message);
        finding.label(first, format!("alone: every Pod of {who}"));
        let matching: Vec<_> = self.network.workloads_matching(&pods).collect();
        let local = self.local(&matching);
        finding.here(match names(&local).as_str() {
            "" => "alone: no known Pod of the policy's own namespace".to_owned(),
            names => format!("alone: {names} in the policy's own namespace"),
        });
        let meant = self.meant(&matching, &namespaces, &pods);
        if !meant.is_empty() {
            finding.help(format!(
                "remove the dash before `podSelector`, so that of {who} only {} may connect",
                names(&meant)
            ));
            for workload in meant {
                finding.label(workload.pod.object().head(), "likely meant");
            }
            return;
        }
        finding.help(format!(
            "remove the dash before `podSelector` if such Pods of {who} are meant"
        ));
        let is_broad = namespaces.is_empty()
            || local.is_empty() && self.network.namespaces_matching(&namespaces).len() > 1;
        if is_broad {
            finding
                .severity(Severity::Warning)
                .confidence(Confidence::Medium);
        } else {
            finding.severity(Severity::Info).confidence(Confidence::Low);
        }
    }

    /// Those of `matching` that may be in the policy's own namespace.
    fn local(&self, matching: &[&'n Workload<'a>]) -> Vec<&'n Workload<'a>> {
        let is_local = |it: &&&Workload<'a>| {
            let mut entries = self.entries.iter();
            entries.any(|entry| entry.home.shares_namespace(&it.home).is_possible())
        };
        matching.iter().filter(is_local).copied().collect()
    }

    /// Those of `matching` that both selectors select, where a unit has none in the policy's own
    /// namespace.
    fn meant(
        &self,
        matching: &[&'n Workload<'a>],
        namespaces: &LabelSelector<'a>,
        pods: &LabelSelector<'a>,
    ) -> Vec<&'n Workload<'a>> {
        let has_local = |entry: &Policy<'a>| {
            let mut matching = matching.iter();
            matching.any(|it| entry.home.shares_namespace(&it.home).is_possible())
        };
        if self.entries.iter().all(has_local) {
            return Vec::new();
        }
        let is_selected = |it: &&&Workload<'a>| {
            let in_namespace = namespaces.matches(&it.namespace_labels);
            in_namespace.and(pods.matches(&it.labels)).is_certain()
        };
        matching.iter().filter(is_selected).copied().collect()
    }

    /// One item with both selectors, where two may have been meant.
    fn check_combined(&self, peer: &Peer<'a>, reporter: &mut Reporter<'_>) {
        let (Some(namespaces), Some(pods)) = (peer.namespace_selector(), peer.pod_selector())
        else {
            return;
        };
        if pods.is_empty() || namespaces.is_empty() {
            return;
        }
        let matching: Vec<_> = self.network.workloads_matching(&pods).collect();
        let local = self.local(&matching);
        let is_certain = |it: &&Workload<'a>| pods.matches(&it.labels).is_certain();
        if local.is_empty() || !local.iter().all(is_certain) {
            return;
        }
        let may_be_meant = self.entries.iter().any(|entry| {
            let own = self.network.namespace_labels(&entry.home);
            let mut matching = matching.iter();
            namespaces.matches(&own).is_possible()
                || matching.any(|it| self.network.admits(&entry.home, peer, it).is_possible())
        });
        let selected = self.network.namespaces_matching(&namespaces);
        if may_be_meant || selected.is_empty() {
            return;
        }
        let (name, own) = (&self.name, names(&local));
        let selected: Vec<_> = selected.into_iter().map(str::to_owned).collect();
        let others = words::list(&selected);
        let message = format!(
            "a peer of policy `{name}` matches no known Pod of {others}, only {own} of its own namespace"
        );
        let Some(at) = key(&pods) else { return };
        let finding = reporter.report(at, message);
        if let Some(node) = key(&namespaces) {
            finding.label(node, format!("selects {others}"));
        }
        for workload in local {
            finding.label(
                workload.pod.object().head(),
                "in the policy's own namespace",
            );
        }
        finding
            .severity(Severity::Warning)
            .confidence(Confidence::Medium);
        finding.help(
            "put a dash before `podSelector` if Pods of the policy's own namespace are meant",
        );
    }
}

/// The namespaces that a selector selects, in words.
fn whose(namespaces: &LabelSelector<'_>) -> String {
    let pairs = namespaces
        .requirements()
        .iter()
        .filter_map(Requirement::pair);
    let mut names = pairs.filter(|(key, _)| *key == "kubernetes.io/metadata.name");
    match names.next() {
        _ if namespaces.is_empty() => "every namespace".to_owned(),
        Some((_, name)) => format!("namespace `{name}`"),
        None => "the selected namespaces".to_owned(),
    }
}

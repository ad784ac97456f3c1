//! `network/policy-selects-nothing`.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    analysis::network::{Network, Policy, Similar, Workload},
    diagnostic::{Confidence, Severity},
    inventory::Inventory,
    model::{LabelSelector, Labels, Match, Operator, Requirement},
    nearest,
    object::{Kind, ObjectId},
    rule::{Check, Reporter, declare_rule},
    target::World,
    yaml::Node,
};

use super::words;

declare_rule! {
    /// ## What it does
    ///
    /// Finds NetworkPolicies whose `podSelector` matches the Pods of no workload. All workloads of the
    /// root that may be in the policy's namespace are looked at, with the labels that kustomizations add.
    ///
    /// It is an error where one label is a letter or two off (in names under eight letters: one), or where
    /// the selector matches the labels of a workload itself instead of those of its Pods. Otherwise it is
    /// a warning where the manifests are the whole cluster (`world: closed`), and else info. Selectors for
    /// Pods that operators make are left out, and units that are only partly readable.
    ///
    /// ## Why is this bad?
    ///
    /// The policy protects nothing, and the Pods that it was written for stay open.
    ///
    /// ## What to do
    ///
    /// Select the labels in the workload's `spec.template.metadata.labels`.
    "network/policy-selects-nothing" {
        summary: "podSelector of a policy matches no workload",
        severity: Error,
        since: "0.1.0",
        check: Check::Network(check),
    }
}

/// Labels of Pods that operators and controllers make from objects in which the Pods' labels cannot be
/// seen: whole keys, some with their value, and domains before the slash with all that ends in them.
const KEYS_OF_OPERATORS: [&str; 10] = [
    "alertmanager",
    "application=spilo",
    "cluster-name",
    "job-name",
    "k8s-app=kube-dns",
    "operator.prometheus.io/name",
    "prometheus",
    "app.kubernetes.io/managed-by",
    "batch.kubernetes.io/job-name",
    "pod-template-hash",
];
const DOMAINS_OF_OPERATORS: [&str; 22] = [
    "argoproj.io",
    "cert-manager.io",
    "cnpg.io",
    "crossplane.io",
    "crunchydata.com",
    "elastic.co",
    "fluxcd.io",
    "gateway.networking.k8s.io",
    "istio.io",
    "k8ssandra.io",
    "keda.sh",
    "knative.dev",
    "kubevirt.io",
    "linkerd.io",
    "mongodb.com",
    "mysql.oracle.com",
    "percona.com",
    "ray.io",
    "rook.io",
    "sparkoperator.k8s.io",
    "strimzi.io",
    "tekton.dev",
];

fn check<'a>(network: &Network<'_, 'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    let mut is_used: FxHashMap<ObjectId, bool> = FxHashMap::default();
    for policy in network.policies() {
        if policy.object.kind() == Kind::NetworkPolicy {
            let is_used = is_used.entry(policy.object.id()).or_default();
            *is_used = *is_used || may_select(network, policy, inventory);
        }
    }
    let named = named_pairs(network);
    let similar = Similar::new(network);
    let mut done = FxHashSet::default();
    for policy in network.policies() {
        let id = policy.object.id();
        if is_used.get(&id) == Some(&false) && done.insert(id) {
            report(&similar, policy, &named, inventory, reporter);
        }
    }
}

/// Whether `policy` selects something, or cannot be said not to.
fn may_select(network: &Network<'_, '_>, policy: &Policy<'_>, inventory: &Inventory<'_>) -> bool {
    let Some(selector) = policy.pod_selector() else {
        return true;
    };
    let demands = |it: &&Requirement<'_>| matches!(it.operator, Operator::In | Operator::Exists);
    let is_positive = selector.requirements().iter().any(|it| demands(&it));
    let is_incomplete = inventory.unit(policy.home.unit).incomplete.is_some();
    let is_unknown = |it: &Requirement<'_>| it.key.is_none() || it.values.contains(&None);
    if !is_positive
        || !selector.is_known()
        || is_incomplete
        || selector
            .requirements()
            .iter()
            .any(|it| is_unknown(it) || is_of_operator(it))
    {
        return true;
    }
    let mut workloads = network.workloads_matching(selector);
    workloads.any(|it| policy.home.shares_namespace(&it.home).is_possible())
}

fn is_of_operator(requirement: &Requirement<'_>) -> bool {
    let key = requirement.key.unwrap_or_default();
    let (domain, _) = key.split_once('/').unwrap_or_default();
    let is_of = |it: &&str| {
        domain
            .strip_suffix(*it)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    let is_key = |it: &&str| match it.split_once('=') {
        Some(pair) => requirement.pair() == Some(pair),
        None => *it == key,
    };
    DOMAINS_OF_OPERATORS.iter().any(is_of) || KEYS_OF_OPERATORS.iter().any(is_key)
}

/// Labels that policies demand of Pods, and how many do.
fn named_pairs<'a>(
    network: &Network<'_, 'a>,
) -> FxHashMap<(&'a str, &'a str), FxHashSet<ObjectId>> {
    let mut named: FxHashMap<_, FxHashSet<_>> = FxHashMap::default();
    for policy in network.policies() {
        let requirements = policy
            .pod_selector()
            .map_or(&[][..], LabelSelector::requirements);
        for pair in requirements.iter().filter_map(Requirement::pair) {
            named.entry(pair).or_default().insert(policy.object.id());
        }
    }
    named
}

/// What was likely meant instead.
enum Meant<'n, 'a> {
    /// Another value of a label, or another key.
    Label {
        written: Node<'a>,
        instead: &'a str,
        workload: &'n Workload<'a>,
    },
    /// The Pods of a workload whose own labels the selector matches.
    Workload(&'n Workload<'a>),
}

fn report<'a>(
    similar: &Similar<'_, 'a>,
    policy: &Policy<'a>,
    named: &FxHashMap<(&str, &str), FxHashSet<ObjectId>>,
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let Some(selector) = policy.pod_selector() else {
        return;
    };
    let name = inventory.display(&policy.object);
    let workloads = similar.to(selector, &policy.home).into_iter();
    let mut nearby = workloads.filter(|it| {
        it.home.group == policy.home.group && policy.home.shares_namespace(&it.home) == Match::Yes
    });
    match nearby.find_map(|it| meant(selector, it, named)) {
        Some(Meant::Label {
            written,
            instead,
            workload,
        }) => {
            let wrong = written.text().unwrap_or_default();
            let pods = words::workload(workload);
            let message = format!(
                "policy `{name}` selects no Pod: `{wrong}` is likely meant to be `{instead}`, as in the labels of `{pods}`"
            );
            let finding = reporter.report(written, message);
            finding.label(labels_of(workload), format!("labelled `{instead}`"));
            finding
                .help(format!("write `{instead}`"))
                .confidence(Confidence::Medium);
        }
        Some(Meant::Workload(workload)) => {
            let pods = words::workload(workload);
            let kind = workload.pod.object().kind_name();
            let message = format!(
                "policy `{name}` selects no Pod: it matches the labels of {kind} `{pods}`, not those of its Pods"
            );
            let finding = reporter.report(key_of(selector, policy), message);
            finding.label(labels_of(workload), "the labels of the Pods");
            finding.help("select what `spec.template.metadata.labels` has");
        }
        None => {
            let is_closed = inventory.world_of(policy.object.file()) == World::Closed;
            let whose = if is_closed { "" } else { " in these manifests" };
            let message = format!("policy `{name}` selects no Pod of any workload{whose}");
            let finding = reporter.report(key_of(selector, policy), message);
            finding.help("select labels of the Pods, or delete the policy");
            if is_closed {
                finding.severity(Severity::Warning);
            } else {
                finding
                    .severity(Severity::Info)
                    .confidence(Confidence::Medium);
            }
        }
    }
}

/// The key `podSelector`.
fn key_of<'a>(selector: &LabelSelector<'a>, policy: &Policy<'a>) -> Node<'a> {
    let key = selector.node().and_then(Node::key);
    key.unwrap_or_else(|| policy.object.head())
}

/// The labels of the Pods, or where they would stand.
fn labels_of<'a>(workload: &Workload<'a>) -> Node<'a> {
    let labels = workload.pod.labels().and_then(Node::key);
    labels.unwrap_or_else(|| workload.pod.object().head())
}

/// What `selector` means if it was meant for `workload`.
fn meant<'n, 'a>(
    selector: &LabelSelector<'a>,
    workload: &'n Workload<'a>,
    named: &FxHashMap<(&str, &str), FxHashSet<ObjectId>>,
) -> Option<Meant<'n, 'a>> {
    let object = workload.pod.object();
    if object.kind() != Kind::Pod && workload.labels.is_known() {
        let own = Labels::of(object.at(&["metadata", "labels"]));
        if selector.matches(&own) == Match::Yes {
            return Some(Meant::Workload(workload));
        }
    }
    let failing = selector.requirements().iter();
    let mut failing = failing.filter(|it| it.matches(&workload.labels) != Match::Yes);
    let (Some(requirement), None) = (failing.next(), failing.next()) else {
        return None;
    };
    let (key, value) = requirement.pair()?;
    // A label that other policies name as well is one that exists somewhere.
    if named.get(&(key, value)).is_some_and(|it| it.len() > 1) {
        return None;
    }
    let mut labels = workload.labels.pairs();
    labels.find_map(|(other_key, other_value)| {
        let other_value = other_value?;
        let has_own_policy = named.contains_key(&(other_key, other_value));
        if has_own_policy || !requirement.node.is_scalar() {
            return None;
        }
        let written = requirement.node;
        if other_key == key && are_near(value, other_value) {
            let instead = other_value;
            return Some(Meant::Label {
                written,
                instead,
                workload,
            });
        }
        if other_value == value && are_near(key, other_key) {
            let (written, instead) = (written.key()?, other_key);
            return Some(Meant::Label {
                written,
                instead,
                workload,
            });
        }
        None
    })
}

/// Whether one is the other but for a slip, and not one of a series such as `db-a` and `db-b`.
fn are_near(one: &str, other: &str) -> bool {
    let is_series = |text: &str| text.rsplit(['-', '_', '.', '/']).next().map_or(0, str::len) < 4;
    let stems = |text: &str| {
        text.trim_end_matches(|it: char| it.is_ascii_digit())
            .to_owned()
    };
    let differ_in_end = |separator: char| {
        let (one, other) = (one.rsplit_once(separator), other.rsplit_once(separator));
        matches!((one, other), (Some(one), Some(other)) if one.0 == other.0)
    };
    let is_series =
        ['-', '_', '.'].into_iter().any(differ_in_end) && is_series(one) && is_series(other);
    one.len() > 2
        && !is_series
        && stems(one) != stems(other)
        && nearest::distance(one, other, nearest::limit(one)).is_some()
}

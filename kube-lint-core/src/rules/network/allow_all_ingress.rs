//! `network/allow-all-ingress`.

use crate::{
    analysis::network::{Exposed, Network, Policy, Workload},
    diagnostic::Severity,
    inventory::Inventory,
    model::{Direction, IpBlock, LabelSelector, Match, NetworkPolicyRule},
    object::Object,
    rule::{Check, Reporter, declare_rule},
    yaml::Node,
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds ingress rules that admit everyone: without `from` (an empty list means the same), or with
    /// every namespace and every address among the peers.
    ///
    /// It is an error where the policy is for all Pods of a namespace in which another policy denies all
    /// ingress: that one has no effect any more. It is info where only certain ports are open, where the
    /// Pods stand behind an Ingress, a route or a Service that is open to the outside or are an ingress controller,
    /// and where the name of the policy says `allow-all`.
    ///
    /// ## Why is this bad?
    ///
    /// Policies add up: whatever others restrict, this one lets everyone in, from the cluster and from
    /// outside.
    ///
    /// ## What to do
    ///
    /// List who connects under `from`, and the ports under `ports`.
    "network/allow-all-ingress" {
        summary: "policy admits ingress from everywhere",
        severity: Error,
        since: "0.1.0",
        check: Check::Network(check),
    }
}

fn check<'a>(network: &Network<'_, 'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    let mut exposed = None;
    let of_object = |one: &Policy<'_>, other: &Policy<'_>| one.object.id() == other.object.id();
    for entries in network.policies().chunk_by(of_object) {
        let isolates = |it: &&Policy<'_>| it.isolates(Direction::Ingress) == Match::Yes;
        let first = entries.first().filter(isolates);
        let Some(view) = first.and_then(Policy::network_policy) else {
            continue;
        };
        for rule in view.rules(Direction::Ingress) {
            if let Some(at) = admits_everyone(&rule) {
                let exposed = exposed.get_or_insert_with(|| network.exposed_services());
                report(network, entries, &rule, at, exposed, inventory, reporter);
            }
        }
    }
}

/// What in `rule` admits everyone.
fn admits_everyone<'a>(rule: &NetworkPolicyRule<'a>) -> Option<Node<'a>> {
    if rule.peers_node().is_none() {
        let from = rule.node().get("from");
        let is_whole = rule.node().is_mapping() || rule.node().is_null();
        return is_whole.then(|| from.and_then(Node::key).unwrap_or(rule.node()));
    }
    let is_every_namespace = rule.peers().any(|peer| {
        let is_all = |it: Option<_>| it.is_none_or(|it: LabelSelector<'_>| it.is_empty());
        peer.ip_block().is_none()
            && peer.namespace_selector().is_some()
            && is_all(peer.namespace_selector())
            && is_all(peer.pod_selector())
    });
    let mut blocks = rule.peers().filter_map(|it| it.ip_block());
    let block = blocks.find(IpBlock::is_everything)?;
    is_every_namespace.then_some(block.cidr()?.node)
}

fn report<'a>(
    network: &Network<'_, 'a>,
    entries: &[Policy<'a>],
    rule: &NetworkPolicyRule<'a>,
    at: Node<'a>,
    exposed: &[Exposed<'a>],
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let Some(policy) = entries.first() else {
        return;
    };
    let name = inventory.display(&policy.object);
    if let Some(ports) = rule.ports_node() {
        let message = format!("policy `{name}` admits everyone to some ports");
        let finding = reporter.report(at, message);
        finding.label(ports.key().unwrap_or(ports), "to these ports");
        finding
            .severity(Severity::Info)
            .help("list who connects under `from`");
        return;
    }
    let selects_all = policy.pod_selector().is_some_and(LabelSelector::is_empty);
    let mut denied = entries.iter().filter_map(|it| denying(network, it));
    if let Some(denying) = denied.next().filter(|_| selects_all) {
        let message = format!(
            "policy `{name}` admits everyone to every Pod, so that `{}` denies nothing",
            inventory.display(&denying.object)
        );
        let finding = reporter.report(at, message);
        finding.label(denying.object.head(), "denies all ingress, without effect");
        finding
            .help("list who connects under `from`, and which Pods are meant under `podSelector`");
        return;
    }
    let excused = entries.iter().find_map(|it| excuse(network, it, exposed));
    let reason = excused.map_or("", |it| it.0);
    let message = format!("policy `{name}` admits everyone{reason}");
    let finding = reporter.report(at, message);
    finding.help("list who connects under `from`, and the ports under `ports`");
    finding.severity(Severity::Warning);
    if let Some((_, evidence)) = excused {
        finding.severity(Severity::Info);
        if let Some(service) = evidence {
            finding.label(service.head(), "leads here from outside");
        }
    }
}

/// The policy of the same namespace that is meant to deny all ingress.
fn denying<'n, 'a>(network: &'n Network<'_, 'a>, policy: &Policy<'a>) -> Option<&'n Policy<'a>> {
    network.policies().iter().find(|it| {
        let has_rules = || {
            let view = it.network_policy();
            view.is_none_or(|it| it.rules(Direction::Ingress).next().is_some())
        };
        it.object.id() != policy.object.id()
            && it.home.group == policy.home.group
            && it.home.shares_namespace(&policy.home) == Match::Yes
            && it.isolates(Direction::Ingress) == Match::Yes
            && it.pod_selector().is_some_and(LabelSelector::is_empty)
            && !has_rules()
    })
}

/// Words and names of programs that everyone may reach on purpose.
const CONTROLLERS: [&str; 6] = [
    "ingress-nginx",
    "nginx-ingress",
    "traefik",
    "haproxy-ingress",
    "istio-ingress",
    "ingressgateway",
];
const ON_PURPOSE: [&str; 4] = ["allow-all", "allow-any", "permit-all", "allow-external"];

/// Why admitting everyone is likely meant, as the end of a message.
fn excuse<'a>(
    network: &Network<'_, 'a>,
    policy: &Policy<'a>,
    exposed: &[Exposed<'a>],
) -> Option<(&'static str, Option<Object<'a>>)> {
    let name = policy.object.name().map_or("", |it| it.value);
    if ON_PURPOSE.iter().any(|it| name.contains(it)) {
        return Some((", as its name says", None));
    }
    if CONTROLLERS.iter().any(|it| name.contains(it)) {
        return Some((" to an ingress controller", None));
    }
    let selector = policy.pod_selector().filter(|it| !it.is_empty())?;
    let selected = network.workloads_matching(selector);
    let selected: Vec<&Workload<'a>> = selected
        .filter(|it| policy.home.shares_namespace(&it.home).is_possible())
        .collect();
    let leads_here = |it: &&Exposed<'a>| selected.iter().any(|workload| it.leads_to(workload));
    let exposed = exposed.iter().find(leads_here)?;
    Some((
        " to Pods that are open to the outside",
        Some(exposed.service),
    ))
}

//! `service-accounts/powerful-and-exposed`.

use crate::{
    analysis::{
        accounts::{Takeover, takeovers},
        network::{Exposed, Network, Workload},
        openings::{Opening, openings},
        rbac::{Deed, Trade, is_near, known_operator},
        tokens::{Automount, TokenSource, Tokens, makes_pods},
    },
    diagnostic::Severity,
    inventory::Inventory,
    model::ACCOUNT_ANNOTATION,
    object::{Kind, Namespace, Object},
    rule::{Check, Finding, Reporter, declare_rule},
    target::World,
    yaml::Node,
};

use super::words;

declare_rule! {
    /// ## What it does
    ///
    /// Finds workloads that get a token of an account which can take over the cluster, and that are reached
    /// from outside, or easy to break out of. They are reached by a Service of the type `LoadBalancer` or
    /// `NodePort`, by an Ingress, a route of the Gateway API or a `VirtualService` of Istio that leads to their
    /// Service, or by `hostPort`; one breaks out of what is `privileged`, is on the network of its node, sees
    /// its processes, or as root mounts the socket of its container runtime or one of its system folders.
    ///
    /// An account can take over the cluster that may read any Secret, run Pods or commands in them, make
    /// tokens, act as others, change roles and the like, in the whole cluster or in a namespace such as
    /// `kube-system`. Bindings, Services and routes count that are applied together with the workload. It is
    /// a warning for programs that need such a power by trade, such as ingress controllers, which read
    /// Secrets.
    ///
    /// ## Why is this bad?
    ///
    /// One mistake in the program is enough: whoever breaks into it from outside has the token, and with it
    /// the cluster. Whoever breaks out to the node has the tokens of all Pods there.
    ///
    /// ## What to do
    ///
    /// Bind the account to what the program needs, by Roles in the namespaces where it needs it. Or part the
    /// program in two: one that is reached and has no token, and one that has the token and is not reached.
    "service-accounts/powerful-and-exposed" {
        summary: "workload with power over the cluster is exposed",
        severity: Error,
        since: "0.1.0",
        supersedes: [
            "service-accounts/default-used",
            "service-accounts/shared-by-workloads",
            "service-accounts/token-secret-mounted",
        ],
        check: Check::Network(check),
    }
}

fn check<'a>(network: &Network<'_, 'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    let mut exposed = None;
    let of_object =
        |one: &Workload<'_>, other: &Workload<'_>| one.pod.object().id() == other.pod.object().id();
    for entries in network.workloads().chunk_by(of_object) {
        // A workload of several units is one.
        let mut powerful = entries.iter().filter_map(|it| Powerful::of(it, inventory));
        powerful.find(|it| {
            let exposed = exposed.get_or_insert_with(|| network.exposed_services());
            let ways = it.ways_in(exposed, inventory);
            if ways.is_empty() {
                return false;
            }
            report(it, &ways, inventory, reporter);
            true
        });
    }
}

/// A workload with a token of an account that can take over the cluster.
struct Powerful<'w, 'i, 'a> {
    workload: &'w Workload<'a>,
    tokens: Tokens<'i, 'a>,
    held: HeldToken<'a>,
    takeovers: Vec<Takeover<'i, 'a>>,
}

/// A token that a container can read.
#[derive(Clone, Copy)]
struct HeldToken<'a> {
    account: &'a str,
    /// Where the workload asks for it.
    at: Node<'a>,
    /// Whether it is that of the workload's own account, made for it.
    is_own: bool,
}

/// How somebody gets in, or out to the node.
#[derive(Clone, Copy)]
enum Way<'s, 'a> {
    Service(&'s Exposed<'a>),
    Field(Opening, Node<'a>),
}

impl<'w, 'i, 'a> Powerful<'w, 'i, 'a> {
    fn of(workload: &'w Workload<'a>, inventory: &'i Inventory<'a>) -> Option<Self> {
        let pod = &workload.pod;
        if !makes_pods(pod, inventory) {
            return None;
        }
        let tokens = Tokens::of(pod, inventory);
        let object = pod.object();
        let namespace = workload.home.namespace;
        let found = held_tokens(&tokens).into_iter().find_map(|held| {
            let all = takeovers(namespace, held.account, inventory);
            let near =
                all.filter(|it| is_applied_with(&object, &it.grant.grant.binding, inventory));
            let near: Vec<_> = near.collect();
            (!near.is_empty()).then_some((held, near))
        });
        let (held, takeovers) = found?;
        Some(Self {
            workload,
            tokens,
            held,
            takeovers,
        })
    }

    /// The ways in, those from outside first.
    fn ways_in<'s>(
        &self,
        exposed: &'s [Exposed<'a>],
        inventory: &Inventory<'a>,
    ) -> Vec<Way<'s, 'a>> {
        let pod = &self.workload.pod;
        let object = pod.object();
        let services = exposed.iter().filter(|it| {
            it.leads_to(self.workload)
                && !inventory.may_change(&it.by, it.node)
                && is_applied_with(&object, &it.service, inventory)
                && is_applied_with(&it.service, &it.by, inventory)
        });
        let fields = openings(pod, inventory).into_iter();
        let fields = fields.map(|(opening, field)| Way::Field(opening, field));
        services.map(Way::Service).chain(fields).collect()
    }

    /// The program that needs the power by trade.
    fn operator(&self) -> Option<&'static str> {
        let trades: &[Trade] = if self.takeovers.iter().all(only_reads_secrets) {
            &[Trade::Secrets, Trade::Workloads]
        } else {
            &[Trade::Workloads]
        };
        let name = self.workload.pod.object().name();
        let names = [name.map_or("", |it| it.value), self.held.account];
        let mut trades = trades.iter();
        trades.find_map(|trade| names.iter().find_map(|it| known_operator(it, *trade)))
    }
}

/// The tokens of a workload: its own account's first, then those in Secrets.
fn held_tokens<'a>(tokens: &Tokens<'_, 'a>) -> Vec<HeldToken<'a>> {
    let held = tokens
        .mounts()
        .into_iter()
        .filter_map(|it| match it.source {
            TokenSource::Automount | TokenSource::Projected(_) => Some(HeldToken {
                account: tokens.account()?.name,
                at: tokens.account_place()?,
                is_own: true,
            }),
            TokenSource::Secret { object, named } => Some(HeldToken {
                account: object.annotation(ACCOUNT_ANNOTATION)?.value,
                at: named,
                is_own: false,
            }),
        });
    let mut held: Vec<_> = held.collect();
    held.sort_by_key(|it| !it.is_own);
    held.dedup_by_key(|it| it.account);
    held
}

fn only_reads_secrets(takeover: &Takeover<'_, '_>) -> bool {
    takeover.hazard.deed == Some(Deed::ReadSecrets)
}

/// Whether both are certainly in one cluster.
fn is_applied_with<'a>(one: &Object<'a>, other: &Object<'a>, inventory: &Inventory<'a>) -> bool {
    let is_closed = |it: &Object<'a>| inventory.world_of(it.file()) == World::Closed;
    is_closed(one) && is_closed(other) || is_near(inventory, one, other)
}

fn report<'a>(
    powerful: &Powerful<'_, '_, 'a>,
    ways: &[Way<'_, 'a>],
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let takeovers = powerful.takeovers.iter();
    let worst = takeovers.min_by_key(|it| only_reads_secrets(it));
    let (Some(way), Some(takeover)) = (ways.first(), worst) else {
        return;
    };
    let pod = &powerful.workload.pod;
    let name = inventory.display(&pod.object());
    let HeldToken {
        account,
        at,
        is_own,
    } = powerful.held;
    let deed = takeover.hazard.deed.map_or("take over others", Deed::words);
    let place = match takeover.grant.grant.namespace {
        Namespace::Named(namespace) => format!("in `{namespace}`"),
        _ => "in the whole cluster".to_owned(),
    };
    let how = how(way);
    let mut message = format!(
        "`{name}` {how}, with a token of ServiceAccount `{account}`, which may {deed} {place}"
    );
    let mut severity = Severity::Error;
    if let Some(operator) = powerful.operator() {
        severity = Severity::Warning;
        message = format!("{message}, as {operator} does by trade");
    }
    let finding = reporter
        .report(at, message)
        .here(if is_own { "gets its token" } else { "holds its token" })
        .help("bind the account to what the program needs, in the namespaces where it does, or part what is reached from what has the token");
    finding.severity(severity);
    if is_own {
        let tokens = &powerful.tokens;
        finding.confidence(words::confidence_in_token(pod, tokens, true, inventory));
    }
    for way in ways {
        label_way(finding, way);
    }
    if let (Automount::Yes(Some(field)), true) = (powerful.tokens.automount(), is_own) {
        finding.label(field, "mounts the token");
    }
    let subject = takeover.grant.subject;
    let subject = subject.name().map_or(subject.node(), |it| it.node);
    finding.label(subject, "bound here");
    finding.label(takeover.hazard.at.node, format!("lets it {deed}"));
}

/// How somebody gets in, behind the name of the workload.
fn how(way: &Way<'_, '_>) -> String {
    match way {
        Way::Service(exposed) => {
            let kind = match exposed.by.kind() {
                Kind::Service => "Service",
                _ => exposed.by.kind_name(),
            };
            let name = exposed.by.name().map_or("", |it| it.value);
            format!("is reached from outside by {kind} `{name}`")
        }
        Way::Field(opening, _) => match opening {
            Opening::HostPort => "is reached by a port of its node",
            Opening::Root => "can become root of its node",
            Opening::HostProcesses => "sees the processes of its node",
            Opening::HostNetwork => "is on the network of its node",
        }
        .to_owned(),
    }
}

fn label_way(finding: &mut Finding, way: &Way<'_, '_>) {
    match way {
        Way::Service(exposed) => {
            finding.label(exposed.node, "leads here from outside");
            if exposed.by.id() != exposed.service.id() {
                finding.label(exposed.service.head(), "sends on to its Pods");
            }
        }
        Way::Field(opening, field) => {
            finding.label(
                *field,
                match opening {
                    Opening::HostPort => "open on the node",
                    Opening::Root | Opening::HostProcesses | Opening::HostNetwork => {
                        "opens the node"
                    }
                },
            );
        }
    }
}

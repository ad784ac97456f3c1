//! `rbac/networkpolicy-write`.

use std::cell::LazyCell;

use rustc_hash::FxHashMap;

use crate::{
    analysis::{
        network::{Network, Policy, Workload},
        rbac::{Extent, HoldingBinding, Holdings, Principal, Trade, is_near},
        tokens::Tokens,
    },
    diagnostic::Severity,
    inventory::Inventory,
    object::{Namespace, Relation},
    rule::{Check, Reporter, declare_rule},
};

use super::{
    powers::{Entry, Granted, Holder, Powers, Verdict, names},
    tampering::{Tampering, Target},
    words,
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds roles that may create, change or delete policies of the network: `NetworkPolicies`, and those of
    /// `policy.networking.k8s.io`, Cilium and Calico.
    ///
    /// It is a warning where that holds in the whole cluster, in a namespace such as `kube-system`, or in one
    /// with a policy that selects Pods of the very ServiceAccount which holds the role. In other namespaces,
    /// for policies of certain names, and for a cluster role that nothing binds, it is info. So it is where
    /// role or subject bear the name of a program that makes or carries out policies, or that applies
    /// manifests of all kinds, such as Argo CD.
    ///
    /// ## Why is this bad?
    ///
    /// Policies are to hold whoever breaks into a Pod. One who may write them adds a policy that allows
    /// everything, or deletes the one in their way.
    ///
    /// ## What to do
    ///
    /// Leave policies to those who deploy the rest, and take the verbs that write away from programs.
    "rbac/networkpolicy-write" {
        summary: "role can open the isolation of the network",
        severity: Warning,
        since: "0.1.0",
        supersedes: ["rbac/wildcard-resource", "rbac/wildcard-verb"],
        check: Check::Holdings(check),
    }
}

const TAMPERING: Tampering = Tampering {
    targets: &[
        target("networking.k8s.io", "networkpolicies"),
        target("policy.networking.k8s.io", "adminnetworkpolicies"),
        target("policy.networking.k8s.io", "baselineadminnetworkpolicies"),
        target("policy.networking.k8s.io", "clusternetworkpolicies"),
        target("cilium.io", "ciliumnetworkpolicies"),
        target("cilium.io", "ciliumclusterwidenetworkpolicies"),
        target("projectcalico.org", "networkpolicies"),
        target("projectcalico.org", "globalnetworkpolicies"),
        target("crd.projectcalico.org", "networkpolicies"),
        target("crd.projectcalico.org", "globalnetworkpolicies"),
    ],
    trade: Trade::NetworkPolicies,
    help: "leave policies to those who deploy the rest, and let programs only read them",
};

const fn target(group: &'static str, resource: &'static str) -> Target {
    Target {
        group,
        resource,
        verbs: &["create", "update", "patch", "delete", "deletecollection"],
    }
}

/// What lies in no namespace; their definitions are rarely among the files.
const CLUSTER_SCOPED: [&str; 5] = [
    "adminnetworkpolicies",
    "baselineadminnetworkpolicies",
    "ciliumclusterwidenetworkpolicies",
    "clusternetworkpolicies",
    "globalnetworkpolicies",
];

fn check<'a>(holdings: &Holdings<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    let network = LazyCell::new(|| Network::new(inventory));
    let isolation = LazyCell::new(|| Isolation::new(&network, inventory));
    TAMPERING.check(
        (holdings, inventory),
        |powers, granted, entry| {
            let is_in_namespaces = !matches!(granted.extent, Extent::Cluster(_) | Extent::Nowhere);
            if is_in_namespaces && CLUSTER_SCOPED.contains(&entry.request.resource) {
                return None;
            }
            let mut verdict = verdict(powers, granted, entry);
            if is_in_namespaces && !entry.rule.is_limited_by_name() {
                let mut holders = entry.holders.iter();
                let own = holders.find_map(|it| isolation.of(inventory, it));
                if let Some((policy, workload)) = own {
                    add_own(&mut verdict, policy, workload);
                }
            }
            Some(verdict)
        },
        reporter,
    );
}

fn verdict<'h, 'a>(
    powers: Powers<'h, 'a>,
    granted: &Granted<'h, 'a>,
    entry: &Entry<'h, 'a>,
) -> Verdict<'h, 'a> {
    let names = names(&entry.rule);
    let severity = match granted.extent {
        Extent::Cluster(_) | Extent::Sensitive(..) if names.is_none() => Severity::Warning,
        _ => Severity::Info,
    };
    let resource = entry.request.resource;
    let deed = format!(
        "change what `{resource}`{} let through",
        words::called(&entry.rule)
    );
    Verdict {
        here: "opens what they close",
        ..Verdict::on(powers.inventory, granted.reach(), &deed, severity).at(granted.extent, "")
    }
}

fn add_own<'a>(verdict: &mut Verdict<'_, 'a>, policy: &Policy<'a>, workload: &Workload<'a>) {
    verdict.severity = Severity::Warning;
    verdict.message.push_str(", to and from its own Pods too");
    let evidence = [
        (policy.object.head(), "selects Pods of who holds the role"),
        (workload.pod.object().head(), "runs them"),
    ];
    let evidence = evidence.map(|(node, why)| (node, why.to_owned()));
    verdict.evidence.extend(evidence);
}

/// What isolates whom, to be asked for many accounts.
struct Isolation<'n, 'a> {
    network: &'n Network<'n, 'a>,
    /// By the name of their ServiceAccount.
    workloads: FxHashMap<&'a str, Vec<&'n Workload<'a>>>,
    /// By the namespace that they lie in.
    policies: FxHashMap<Namespace<'a>, Vec<&'n Policy<'a>>>,
}

impl<'n, 'a> Isolation<'n, 'a> {
    fn new(network: &'n Network<'n, 'a>, inventory: &Inventory<'a>) -> Self {
        let mut isolation = Self {
            network,
            workloads: FxHashMap::default(),
            policies: FxHashMap::default(),
        };
        for workload in network.workloads().iter().filter(|it| it.is_governed) {
            if let Some(account) = Tokens::of(&workload.pod, inventory).account() {
                let workloads = isolation.workloads.entry(account.name);
                workloads.or_default().push(workload);
            }
        }
        for policy in network.policies() {
            let policies = isolation.policies.entry(policy.home.namespace);
            policies.or_default().push(policy);
        }
        isolation
    }

    /// A policy that certainly selects Pods of `holder`, where it may change it.
    fn of(
        &self,
        inventory: &Inventory<'a>,
        holder: &Holder<'_, 'a>,
    ) -> Option<(&'n Policy<'a>, &'n Workload<'a>)> {
        let Holder::Named(held) = holder else {
            return None;
        };
        let Principal::ServiceAccount { namespace, name } = &held.holding.principal else {
            return None;
        };
        let HoldingBinding::Defined { object, .. } = held.holding.binding else {
            return None;
        };
        let own = self.workloads.get(name.as_ref()).into_iter().flatten();
        let mut own = own.filter(|it| {
            let is_in = |namespace| it.home.namespace.compare(namespace) == Relation::Same;
            is_in(*namespace)
                && is_in(held.holding.scope)
                && is_near(inventory, &object, &it.pod.object())
        });
        own.find_map(|workload| {
            let policies = self.policies.get(&workload.home.namespace);
            let mut policies = policies.into_iter().flatten();
            let policy = policies.find(|it| self.network.selects(it, workload).is_certain())?;
            Some((*policy, *workload))
        })
    }
}

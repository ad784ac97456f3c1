//! `rbac/clusterrolebinding-should-be-rolebinding`.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    analysis::{
        own_namespace::{self, Sign},
        rbac::{Hazard, Holdings, Impact, Rbac, hazard, is_near, served_as},
        tokens::{DEFAULT_ACCOUNT, makes_pods},
    },
    diagnostic::Severity,
    inventory::{Grant, Inventory},
    model::{Binding, PodSpec, PolicyRule},
    object::{Kind, Namespace, Object, Relation},
    rule::{Check, Reporter, declare_rule},
    yaml::Node,
};

use super::words;

declare_rule! {
    /// ## What it does
    ///
    /// Finds `ClusterRoleBindings` that give ServiceAccounts of one namespace nothing but what lies in
    /// namespaces, where something says that the accounts work in their own namespace only:
    ///
    /// * every workload that runs as them is told so, by the variable `WATCH_NAMESPACE` or a flag such as
    ///   `--watch-namespace` or `--namespaced`;
    /// * the role is about ConfigMaps and Secrets, and the workloads have the container `k8s-sidecar`, which
    ///   collects those of its own namespace unless it is told otherwise;
    /// * the role is called after leader election, and grants no more than that needs.
    ///
    /// Programs that say nothing may watch all namespaces, as most operators do, and are left alone. It is
    /// information, and a warning where the role gives access to Secrets, or lets them come by the rights of
    /// others in another way.
    ///
    /// ## Why is this bad?
    ///
    /// Whoever breaks into the program has in every namespace what it needs in one.
    ///
    /// ## What to do
    ///
    /// Make it a `RoleBinding` in the namespace of the program; it may refer to the same cluster role.
    "rbac/clusterrolebinding-should-be-rolebinding" {
        summary: "cluster-wide binding of what works in one namespace",
        severity: Warning,
        since: "0.1.0",
        check: Check::Holdings(check),
    }
}

fn check<'a>(holdings: &Holdings<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    let judge = Judge::new(holdings, inventory);
    for binding in inventory.of_kind(Kind::ClusterRoleBinding) {
        let grants = inventory.bindings().of_binding(binding.id()).iter();
        let mut wide = grants.filter_map(|it| judge.too_wide(it));
        if let Some(wide) = wide.next() {
            report(binding, &wide, inventory, reporter);
        }
    }
}

/// A binding that should hold in one namespace.
struct TooWide<'a> {
    namespace: &'a str,
    evidence: Evidence<'a>,
    rule: PolicyRule<'a>,
    hazard: Hazard<'a>,
}

/// What says that one namespace is enough.
enum Evidence<'a> {
    /// Each workload's word.
    Workloads(Vec<Sign<'a>>),
    /// The name of the role.
    LeaderElection,
}

/// What is known of roles and of the workloads of accounts.
struct Judge<'i, 'a> {
    holdings: &'i Holdings<'a>,
    inventory: &'i Inventory<'a>,
    workloads: FxHashMap<&'a str, Vec<PodSpec<'a>>>,
    /// Group and plural of the custom resources that lie in namespaces.
    custom: FxHashSet<(&'a str, &'a str)>,
}

impl<'i, 'a> Judge<'i, 'a> {
    fn new(holdings: &'i Holdings<'a>, inventory: &'i Inventory<'a>) -> Self {
        let mut workloads: FxHashMap<_, Vec<_>> = FxHashMap::default();
        for pod in inventory.pod_specs() {
            let name = pod.service_account_name();
            let name = name.map_or(DEFAULT_ACCOUNT, |it| it.value);
            workloads.entry(name).or_default().push(*pod);
        }
        let custom = inventory.custom_resources().filter(|it| it.is_namespaced);
        Self {
            holdings,
            inventory,
            workloads,
            custom: custom.map(|it| (&*it.group, &*it.plural)).collect(),
        }
    }

    fn too_wide(&self, grant: &Grant<'a>) -> Option<TooWide<'a>> {
        let rules = self.rules(grant)?;
        let namespace = self.namespace(grant)?;
        let name = Binding::new(&grant.binding).role_name()?.value;
        let evidence = if name.contains("leader-election") && rules.iter().all(elects_leaders) {
            Evidence::LeaderElection
        } else {
            Evidence::Workloads(self.signs(grant, namespace, &rules)?)
        };
        let hazards = rules.iter().filter_map(|it| Some((*it, hazard(it, true)?)));
        let (rule, hazard) = hazards.reduce(|one, other| {
            let is_worse = other.1.impact > one.1.impact;
            if is_worse { other } else { one }
        })?;
        Some(TooWide {
            namespace,
            evidence,
            rule,
            hazard,
        })
    }

    /// What the role grants, where all of it is known and lies in namespaces.
    fn rules(&self, grant: &Grant<'a>) -> Option<Vec<PolicyRule<'a>>> {
        let role = grant.roles.first().map(|it| self.inventory.object(*it))?;
        let is_known =
            |it: &Object<'a>, field| !it.is_partial() && !self.inventory.is_patched(it, &[field]);
        if !is_known(role, "rules")
            || !is_known(&grant.binding, "subjects")
            || !is_known(&grant.binding, "roleRef")
        {
            return None;
        }
        let rbac = Rbac::new(self.inventory);
        let rules = rbac.rules(rbac.role(grant)?);
        let are_namespaced = rules.iter().all(|it| self.lies_in_namespaces(it));
        are_namespaced.then_some(rules)
    }

    fn lies_in_namespaces(&self, rule: &PolicyRule<'a>) -> bool {
        let is_namespaced = |group: &str, resource: &str| {
            let plural = resource.split('/').next().unwrap_or_default();
            let served = served_as(group, plural).map(|it| it.is_namespaced);
            served.unwrap_or_else(|| self.custom.contains(&(group, plural)))
                && !self.holdings.is_cluster_scoped(group, plural)
        };
        rule.is_known()
            && rule.non_resource_urls().next().is_none()
            && rule.api_groups().all(|group| {
                let mut resources = rule.resources();
                resources.all(|it| is_namespaced(group.value, it.value))
            })
    }

    /// The one namespace of all subjects, which are accounts.
    fn namespace(&self, grant: &Grant<'a>) -> Option<&'a str> {
        let mut common = None;
        for subject in Binding::new(&grant.binding).subjects() {
            if subject.kind()?.value != "ServiceAccount" {
                return None;
            }
            let unit = grant.unit;
            let own = self
                .inventory
                .subject_namespace(unit, &grant.binding, &subject)?
                .name()?;
            if *common.get_or_insert(own) != own {
                return None;
            }
        }
        common
    }

    /// What the workloads say that run as the subjects of `grant`; `None` where there are none, or one
    /// does not say that it works in its own namespace only.
    fn signs(
        &self,
        grant: &Grant<'a>,
        namespace: &'a str,
        rules: &[PolicyRule<'a>],
    ) -> Option<Vec<Sign<'a>>> {
        let own = Namespace::Named(namespace);
        let mut signs = Vec::new();
        for subject in Binding::new(&grant.binding).subjects() {
            let named = self.workloads.get(subject.name()?.value)?.iter();
            let mut are_there = false;
            for pod in named.filter(|it| self.is_in(it, grant, own)) {
                if !makes_pods(pod, self.inventory) {
                    return None;
                }
                are_there = true;
                let sign = own_namespace::sign(pod, own)?;
                let is_enough = matches!(sign, Sign::Told(_)) || rules.iter().all(is_collected);
                signs.push(Some(sign).filter(|_| is_enough)?);
            }
            if !are_there {
                return None;
            }
        }
        Some(signs)
    }

    /// Whether the Pods may be those of an account in `namespace` that `grant` names.
    fn is_in(&self, pod: &PodSpec<'a>, grant: &Grant<'a>, namespace: Namespace<'a>) -> bool {
        let object = pod.object();
        let relation = self.inventory.namespace(&object).compare(namespace);
        relation == Relation::Same
            || relation == Relation::Unknown && is_near(self.inventory, &grant.binding, &object)
    }
}

fn is_about(rule: &PolicyRule<'_>, resources: &[&str]) -> bool {
    let mut all = rule.resources();
    all.all(|it| resources.contains(&it.value))
}

/// What a collector of ConfigMaps and Secrets needs.
fn is_collected(rule: &PolicyRule<'_>) -> bool {
    is_about(rule, &["configmaps", "secrets"])
}

/// What programs need to elect the leader of their replicas.
fn elects_leaders(rule: &PolicyRule<'_>) -> bool {
    is_about(
        rule,
        &[
            "configmaps",
            "configmaps/status",
            "endpoints",
            "events",
            "leases",
        ],
    )
}

fn report<'a>(
    binding: &Object<'a>,
    wide: &TooWide<'a>,
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let name = words::named(inventory, binding);
    let subjects: Vec<_> = Binding::new(binding).subjects().collect();
    let who = words::subjects(inventory, binding, &subjects);
    let deed = words::deed(&wide.rule, &wide.hazard);
    let why = match wide.evidence {
        Evidence::Workloads(_) if subjects.len() == 1 => ", but it works in its own only",
        Evidence::Workloads(_) => ", but they work in their own only",
        Evidence::LeaderElection => ", but leaders are elected in one",
    };
    let kind = binding.at(&["kind"]).unwrap_or(binding.head());
    let finding = reporter.report(
        kind,
        format!("{name} lets {who} {deed} in all namespaces{why}"),
    );
    finding.help(format!(
        "make it a `RoleBinding` in the namespace `{}`",
        wide.namespace
    ));
    if wide.hazard.impact < Impact::TakesOver {
        finding.severity(Severity::Info);
    }
    finding.label(wide.hazard.at.node, "granted here");
    match &wide.evidence {
        Evidence::Workloads(signs) => {
            for sign in signs {
                finding.label(sign.node(), label(*sign));
            }
        }
        Evidence::LeaderElection => {
            let role = Binding::new(binding).role_name();
            let role: Option<Node<'_>> = role.map(|it| it.node);
            finding.label(role.unwrap_or(kind), "the role for leader election");
        }
    }
}

fn label(sign: Sign<'_>) -> &'static str {
    match sign {
        Sign::Told(_) => "works in its own namespace",
        Sign::Collector(_) => "collects from its own namespace, unless told otherwise",
    }
}

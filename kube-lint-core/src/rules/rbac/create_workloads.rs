//! `rbac/create-workloads`.

use rustc_hash::FxHashSet;

use crate::{
    analysis::rbac::{Extent, PodMaker, PodPower, Rbac, Trade},
    inventory::Inventory,
    model::PolicyRule,
    object::{Kind, Object},
    rule::{Check, Reporter, declare_rule},
};

use super::words;

declare_rule! {
    /// ## What it does
    ///
    /// Finds roles whose holders decide what Pods run: by `create` on Pods, by `create`, `update` or `patch`
    /// on what controllers make Pods of (Deployments, Jobs and the like, and custom resources such as
    /// Argo's, Tekton's and Knative's), by `update` or `patch` on Pods.
    ///
    /// It is an error where that holds in the whole cluster, or in a namespace such as `kube-system`; a warning
    /// in other namespaces; info for a cluster role that nothing binds. It is one level lower where only
    /// objects of certain names, or only the images of Pods, can be changed, and where role or subject bear
    /// the name of a program that runs Pods for others by trade, such as Argo CD or Tekton.
    ///
    /// ## Why is this bad?
    ///
    /// Who writes a Pod chooses its account, and mounts any Secret of the namespace: they have the rights of
    /// all accounts there together. The labels of Pod Security (`pod-security.kubernetes.io/enforce`) keep
    /// such a Pod from taking over its node; they keep it from no account and no Secret.
    ///
    /// ## What to do
    ///
    /// Bind the role in the namespaces where it is needed, by RoleBindings. Let no account live there that
    /// may do more than who deploys.
    "rbac/create-workloads" {
        summary: "role can run Pods as any ServiceAccount",
        severity: Error,
        since: "0.1.0",
        supersedes: [
            "rbac/ephemeral-containers",
            "rbac/pod-exec-attach",
            "rbac/wildcard-resource",
            "rbac/wildcard-verb",
        ],
        check: Check::Object(&[Kind::Role, Kind::ClusterRole], check),
    }
}

fn check<'a>(object: &Object<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    let rbac = Rbac::new(inventory);
    let rules = rbac.own_rules(object);
    let found = words::pod_makers_of(&rules);
    let Some((rule, first)) = words::plainest(&found) else {
        return;
    };
    let extent = rbac.extent(object);
    let mut level = words::level(extent);
    if first.power != PodPower::Run {
        level = words::lowered(level);
    }
    let message = message(object, &found, (rule, first.power), extent, inventory);
    let said = (level, message);
    let (level, message) = words::allow_for_trade(said, object, extent, Trade::Workloads);
    let at = words::pod_maker_place(rule, first);
    let finding = reporter.report(at.node, message);
    finding
        .here(format!("by `{}`", first.found.verb.value))
        .help(help(extent))
        .severity(level);
    let entries = found.iter().map(|(rule, it)| (*rule, it.found));
    words::label_other_rules(finding, rule, entries);
    words::label_bindings(finding, rbac, object);
}

fn message<'a>(
    object: &Object<'a>,
    found: &[(&PolicyRule<'a>, PodMaker<'a>)],
    (rule, power): (&PolicyRule<'a>, PodPower),
    extent: Extent<'a>,
    inventory: &Inventory<'a>,
) -> String {
    let name = words::named(inventory, object);
    let place = words::place(extent);
    let alike = found.iter().filter(|it| it.1.power == power);
    let mut resources: Vec<_> = alike.map(|it| it.1.found.resource.value).collect();
    let mut seen = FxHashSet::default();
    resources.retain(|it| *it != "*" && seen.insert(*it));
    let called = words::called(rule);
    let deed = match power {
        PodPower::Run if resources.is_empty() => "run Pods as any ServiceAccount".to_owned(),
        PodPower::Run => format!(
            "run Pods as any ServiceAccount through {}",
            words::list(resources)
        ),
        PodPower::ChangeTemplates => {
            let what = match resources[..] {
                [] => "what makes Pods".to_owned(),
                _ => words::list(resources),
            };
            format!("change the Pod templates of {what}{called}")
        }
        PodPower::ChangeImages => format!("change the images of Pods{called}"),
    };
    format!("{name} can {deed} {place}")
}

fn help(extent: Extent<'_>) -> &'static str {
    match extent {
        Extent::Cluster(_) | Extent::Nowhere => {
            "bind it in the namespaces where it is needed, by RoleBindings"
        }
        Extent::Sensitive(..) | Extent::Namespace(..) | Extent::Namespaces(_) => {
            "let no account and no Secret be there that its holders may not use"
        }
    }
}

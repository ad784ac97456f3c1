//! Which of the ways of a source is told, and how bad it is.

use crate::{
    analysis::{
        escalation::{Escalation, EvidenceKind, Stop},
        rbac::Principal,
        tokens::DEFAULT_ACCOUNT,
    },
    diagnostic::Severity,
    inventory::Inventory,
    object::Namespace,
    yaml::Node,
};

/// The worst way of each source that leads over somebody else.
pub(super) fn of_sources<'e, 'a>(
    inventory: &Inventory<'a>,
    all: &'e [Escalation<'a>],
) -> Vec<(Severity, &'e Escalation<'a>)> {
    let same = |one: &Escalation<'a>, other: &Escalation<'a>| one.from == other.from;
    let sources = all.chunk_by(same);
    sources.filter_map(|it| worst(inventory, it)).collect()
}

fn worst<'e, 'a>(
    inventory: &Inventory<'a>,
    ways: &'e [Escalation<'a>],
) -> Option<(Severity, &'e Escalation<'a>)> {
    let alone = ways.iter().filter(|it| through(it).is_none());
    // What its own powers give is told by the rules about these.
    let has_alone = |is: fn(&Stop<'a>) -> bool| alone.clone().any(|it| is(&it.to));
    if has_alone(|it| *it == Stop::ClusterAdmin) {
        return None;
    }
    let is_strong = has_alone(|it| matches!(it, Stop::NodeRoot | Stop::KubeSystemSecrets));
    let told = ways.iter().filter(|it| through(it).is_some());
    let told = told.filter(|it| is_great(&it.to) || !is_strong && is_anothers(it));
    let levels = told.map(|it| (level(it), it));
    let levels = levels.filter(|(level, it)| *level == Severity::Error || !is_told(inventory, it));
    // The first of the worst.
    levels.reduce(|one, other| if other.0 > one.0 { other } else { one })
}

/// Whether it is as much as the cluster.
fn is_great(goal: &Stop<'_>) -> bool {
    matches!(
        goal,
        Stop::ClusterAdmin | Stop::NodeRoot | Stop::KubeSystemSecrets
    )
}

/// Whether what is come by lies where the source is not at home.
fn is_anothers(escalation: &Escalation<'_>) -> bool {
    let Stop::NamespaceAdmin(goal) = &escalation.to else {
        return true;
    };
    match &escalation.from {
        Stop::Principal(Principal::ServiceAccount { namespace, .. }) => namespace != goal,
        Stop::Workload(workload) => workload.namespace != *goal,
        _ => escalation.steps.first().and_then(|it| it.scope) != Some(*goal),
    }
}

fn level(escalation: &Escalation<'_>) -> Severity {
    if is_great(&escalation.to) && escalation.is_certain() {
        Severity::Error
    } else {
        Severity::Warning
    }
}

/// Whether a rule about a single power says something as bad of the first step.
fn is_told<'a>(inventory: &Inventory<'a>, escalation: &Escalation<'a>) -> bool {
    match escalation.steps.first().and_then(|it| it.scope) {
        Some(Namespace::Cluster) => true,
        Some(Namespace::Named(name)) => inventory.target().is_sensitive_namespace(name),
        _ => false,
    }
}

/// The first on the way who is somebody else: another account, a workload of one, a node.
pub(super) fn through<'e, 'a>(escalation: &'e Escalation<'a>) -> Option<&'e Stop<'a>> {
    let passed = escalation.steps.split_last()?.1;
    let mut passed = passed.iter().map(|it| &it.to);
    passed.find(|stop| match stop {
        // What a workload finds on its node it has without going there.
        Stop::NodeRoot if runs_as(&escalation.from, &escalation.steps[1].to) => false,
        Stop::Principal(_) | Stop::NodeRoot => **stop != escalation.from,
        Stop::Workload(_) => !runs_as(stop, &escalation.from),
        _ => false,
    })
}

/// Whether the Pods of `workload` run as `account`.
fn runs_as(workload: &Stop<'_>, account: &Stop<'_>) -> bool {
    let (Stop::Principal(Principal::ServiceAccount { namespace, name }), Stop::Workload(it)) =
        (account, workload)
    else {
        return false;
    };
    let own = it.pod.service_account_name();
    it.namespace == *namespace && own.map_or(DEFAULT_ACCOUNT, |it| it.value) == *name
}

/// What ways that are told as one have in common, where it is not the place of the first step: for those of
/// workloads, how they go on from a node; for those of a role that the API server makes, the binding.
pub(super) fn likeness<'a>(
    inventory: &Inventory<'a>,
    escalation: &Escalation<'a>,
) -> Option<Node<'a>> {
    let step = match escalation.from {
        Stop::Workload(_) => escalation.steps.get(1)?,
        _ => escalation.steps.first()?,
    };
    let of = |kind| step.evidence.iter().find(move |it| it.kind == kind);
    if let Stop::Workload(_) = escalation.from {
        return of(EvidenceKind::Workload).map(|it| it.node);
    }
    let rule = step.opening?.rule.node();
    let is_built_in = inventory.path(rule.document().file()).is_empty();
    let subject = of(EvidenceKind::Binding).filter(|_| is_built_in)?.node;
    subject.parent()?.parent()
}

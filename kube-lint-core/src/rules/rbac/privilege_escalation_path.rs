//! `rbac/privilege-escalation-path`.

mod cases;

use rustc_hash::FxHashMap;

use crate::{
    analysis::{
        escalation::{Act, Cut, Cuts, Escalation, Escalations, EvidenceKind, Stop},
        rbac::{BoundRole, Deed, Holdings, Rbac},
    },
    diagnostic::Severity,
    inventory::Inventory,
    rule::{Check, Finding, NodeKey, Reporter, declare_rule},
    yaml::Node,
};

use super::words;

declare_rule! {
    /// ## What it does
    ///
    /// Follows powers from one identity to the next: who may run Pods in a namespace runs them as any
    /// ServiceAccount there, which may read Secrets elsewhere, and so on. It reports who comes by more than
    /// their own roles say: by everything in the cluster, root of a node, the Secrets of `kube-system`,
    /// everything in a namespace that is not theirs, or an identity in a cloud. Each step has a label, with
    /// the binding, the rule, the workload or the token that shows it.
    ///
    /// Only what the manifests prove counts: both ends of a step are applied together, names and namespaces
    /// are known, a Pod can be root of its node only where the labels of Pod Security on a Namespace in the
    /// manifests allow it.
    ///
    /// The first three are an error where every step follows from the manifests alone; a warning where a step
    /// leads over a node, or a namespace has no label of Pod Security. The last two are a warning.
    ///
    /// Who has it all by a binding of their own, or by a single power such as `escalate`, is left to the
    /// rules about these.
    ///
    /// ## Why is this bad?
    ///
    /// Reviewers look at one role at a time, attackers at all of them. Whoever breaks into a program, or
    /// steals its token, goes the whole way.
    ///
    /// ## What to do
    ///
    /// Cut the way: the help names the rule, the binding or the workload without which there is none.
    /// `kube-lint rbac escalations` shows all ways of a cluster.
    "rbac/privilege-escalation-path" {
        summary: "subject can become more than its roles say",
        severity: Error,
        since: "0.1.0",
        supersedes: [
            "rbac/create-workloads",
            "rbac/ephemeral-containers",
            "rbac/impersonate",
            "rbac/pod-exec-attach",
            "rbac/read-secrets-unscoped",
            "rbac/token-request",
        ],
        check: Check::Holdings(check),
    }
}

/// Sources whose ways begin alike, the worst first.
struct Case<'e, 'a> {
    at: Node<'a>,
    severity: Severity,
    all: Vec<&'e Escalation<'a>>,
}

fn check<'a>(holdings: &Holdings<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    let escalations = Escalations::new(holdings, inventory);
    let mut cases: Vec<Case<'_, 'a>> = Vec::new();
    let mut numbers = FxHashMap::default();
    for (severity, escalation) in cases::of_sources(inventory, escalations.all()) {
        let at = place(inventory, escalation);
        let key = NodeKey::of(cases::likeness(inventory, escalation).unwrap_or(at));
        let number = *numbers.entry(key).or_insert(cases.len());
        match cases.get_mut(number) {
            Some(case) if is_worse((severity, escalation), case) => {
                case.severity = severity;
                case.at = at;
                case.all.insert(0, escalation);
            }
            Some(case) => case.all.push(escalation),
            None => cases.push(Case {
                at,
                severity,
                all: vec![escalation],
            }),
        }
    }
    let mut cuts = escalations.cuts();
    for case in &cases {
        report(case, inventory, &mut cuts, reporter);
    }
}

fn is_worse<'a>((severity, escalation): (Severity, &Escalation<'a>), case: &Case<'_, 'a>) -> bool {
    let first = case.all.first();
    let steps = first.map_or(usize::MAX, |it| it.steps.len());
    severity > case.severity || severity == case.severity && escalation.steps.len() < steps
}

fn report<'a>(
    case: &Case<'_, 'a>,
    inventory: &Inventory<'a>,
    cuts: &mut Cuts<'_, 'a>,
    reporter: &mut Reporter<'_>,
) {
    let Some(worst) = case.all.first() else {
        return;
    };
    let others = others(case);
    let finding = reporter.report(case.at, message(worst, others.len()));
    let first = worst.steps.first().map(ToString::to_string);
    finding
        .here(format!("1: {}", first.unwrap_or_default()))
        .help(help(inventory, worst, cuts.of(worst)))
        .severity(case.severity)
        .instances(1 + others.len());
    label_steps(finding, worst, case.at);
    for (name, node) in others {
        finding.label(node, format!("{name} too"));
    }
}

/// The sources but the first, each once, with what shows them.
fn others<'a>(case: &Case<'_, 'a>) -> Vec<(String, Node<'a>)> {
    let mut names: Vec<String> = case
        .all
        .iter()
        .take(1)
        .map(|it| it.from.to_string())
        .collect();
    let mut others = Vec::new();
    for it in case.all.iter().skip(1) {
        let name = it.from.to_string();
        let evidence = it.steps.iter().flat_map(|it| &it.evidence).next();
        if let Some(evidence) = evidence.filter(|_| !names.contains(&name)) {
            names.push(name.clone());
            others.push((name, evidence.node));
        }
    }
    others
}

fn message(worst: &Escalation<'_>, others: usize) -> String {
    let goal = match &worst.to {
        Stop::KubeSystemSecrets => "come to read the Secrets of `kube-system`".to_owned(),
        goal => format!("become {goal}"),
    };
    let count = worst.steps.len();
    let through = match cases::through(worst) {
        Some(Stop::NodeRoot) => ", over a node".to_owned(),
        Some(stop) => format!(", through {stop}"),
        None => String::new(),
    };
    let others = match others {
        0 => String::new(),
        1 => "; so can 1 other".to_owned(),
        number => format!("; so can {number} others"),
    };
    let from = &worst.from;
    format!("in {count} steps {from} can {goal}{through}{others}")
}

fn label_steps(finding: &mut Finding, worst: &Escalation<'_>, at: Node<'_>) {
    for (number, step) in (1..).zip(&worst.steps) {
        for (index, evidence) in step.evidence.iter().enumerate() {
            if evidence.node == at {
                continue;
            }
            let is_last = index + 1 == step.evidence.len();
            let words = if is_last && (number, evidence.kind) != (1, EvidenceKind::Binding) {
                format!("{number}: {step}")
            } else {
                format!("{number}: {}", evidence.kind.words())
            };
            finding.label(evidence.node, words);
        }
    }
}

fn help<'a>(inventory: &Inventory<'a>, worst: &Escalation<'a>, cut: Option<Cut<'_, 'a>>) -> String {
    match cut {
        Some(Cut::Rule(BoundRole::Defined(object), rule)) => {
            let resources = words::resources(&rule);
            let name = words::named(inventory, &object);
            format!("take the rule on {resources} out of {name}: no other way leads there")
        }
        Some(Cut::Binding(holding)) => {
            let who = Stop::Principal(holding.principal.clone());
            let binding = &holding.binding_name;
            format!("take {who} out of the binding `{binding}`: no other way leads there")
        }
        Some(Cut::Workload(workload)) => {
            let workload = Stop::Workload(workload.clone());
            let mut steps = worst.steps.iter();
            let next = steps.find(|it| it.from == workload).map(|it| it.act);
            let what = match next {
                Some(Act::OwnsNode) => "its rights over the node",
                _ => "the token",
            };
            format!("take {what} from {workload}: no other way leads there")
        }
        Some(Cut::Rule(..)) | None => {
            "no single change stops all ways there: give the source less, and look again".to_owned()
        }
    }
}

/// Where the rules about single powers speak of the first step; of a role that the API server makes, the
/// binding.
fn place<'a>(inventory: &Inventory<'a>, escalation: &Escalation<'a>) -> Node<'a> {
    let step = &escalation.steps[0];
    let written = step.opening.filter(|it| {
        let file = it.rule.node().document().file();
        !inventory.path(file).is_empty()
    });
    let Some(opening) = written else {
        let shown = step.evidence.first();
        return shown.map_or_else(|| escalation.steps[0].evidence[0].node, |it| it.node);
    };
    let (rule, found) = (opening.rule, opening.found);
    if let Act::Does(Deed::RunPods | Deed::ChangePods) | Act::ChangesWorkload = step.act {
        let own = match opening.role {
            BoundRole::Defined(object) => Rbac::new(inventory).own_rules(&object),
            BoundRole::BuiltIn(_) => Vec::new(),
        };
        let is_own = own.iter().any(|it| it.node() == rule.node());
        let rules = if is_own { own } else { vec![rule] };
        let makers = words::pod_makers_of(&rules);
        if let Some((rule, maker)) = words::plainest(&makers) {
            return words::pod_maker_place(rule, maker).node;
        }
    }
    let says_verb = matches!(opening.request.verb, "bind" | "escalate" | "impersonate");
    if says_verb && found.verb.value != "*" {
        return found.verb.node;
    }
    let resource = opening.request.resource;
    let is_meant = |it: &str| it.split('/').next() == Some(resource);
    words::resource_place(&rule, found, is_meant).node
}

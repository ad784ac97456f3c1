//! `kube-lint rbac escalations`: the ways by which somebody comes by more power than they were given.

mod drawing;
mod json;

use std::{
    collections::HashSet,
    io::{self, Write},
};

use kube_lint_core::{
    analysis::escalation::{Cut, Escalation, Escalations, Step, Stop},
    object::Namespace,
    source::printable,
};

use super::{
    cluster::{self, BUILT_IN, Cluster, Files},
    subject::{self, SubjectArg},
};
use crate::{
    args::{EscalationsArgs, WaysFormat},
    commands::{Outcome, to_stdout},
    error::Error,
};

pub(super) fn run(args: &EscalationsArgs) -> Result<Outcome, Error> {
    let files = Files::read(&args.cluster)?;
    let cluster = files.cluster()?;
    let escalations = Escalations::new(&cluster.holdings, &cluster.inventory);
    let from = args.from.as_ref().and_then(SubjectArg::principal);
    let is_asked = |it: &&Escalation<'_>| {
        let asked = from.as_ref();
        asked.is_none_or(|asked| matches!(&it.from, Stop::Principal(it) if it.is(asked)))
    };
    let asked = escalations.all().iter().filter(is_asked);
    let (bound, gained): (Vec<_>, Vec<_>) = asked.partition(|it| it.is_bound());
    let mut cuts = escalations.cuts();
    let mut seen = HashSet::new();
    // What several kustomizations include is there once for each.
    let gained = gained.into_iter();
    let ways = gained.filter(|it| seen.insert((it.from.to_string(), it.to.to_string())));
    let ways: Vec<_> = ways.map(|it| (it, cuts.of(it))).collect();
    to_stdout(|stdout| match args.format {
        WaysFormat::Text => text(stdout, &cluster, &ways),
        WaysFormat::Json => json::write(stdout, &cluster, &ways),
        WaysFormat::Dot => drawing::dot(stdout, &ways),
        WaysFormat::Mermaid => drawing::mermaid(stdout, &ways),
    })?;
    if let Some(from) = &from {
        let shown = subject::shown(from);
        if bound.iter().any(|it| it.to == Stop::ClusterAdmin) {
            cluster::note(&format!("`{shown}` may do everything by a binding"));
        } else if cluster
            .holdings
            .of(from)
            .iter()
            .all(|it| !it.principal.is(from))
        {
            cluster::note(&format!("no binding names `{shown}`"));
        }
    }
    cluster.note_gaps();
    Ok(Outcome::Clean)
}

/// A way, and what to take away so that it is gone.
type Way<'w, 'a> = (&'w Escalation<'a>, Option<Cut<'w, 'a>>);

fn text<'a>(
    output: &mut impl Write,
    cluster: &Cluster<'a>,
    ways: &[Way<'_, 'a>],
) -> io::Result<()> {
    if ways.is_empty() {
        return writeln!(output, "nothing");
    }
    for (number, (way, cut)) in ways.iter().enumerate() {
        if number > 0 {
            writeln!(output)?;
        }
        let steps = cluster::counted(way.steps.len(), "step");
        let goal = match &way.to {
            Stop::KubeSystemSecrets => "come to read the Secrets of kube-system".to_owned(),
            goal => format!("become {}", shown(goal)),
        };
        writeln!(output, "{} can {goal} in {steps}", shown(&way.from))?;
        for (number, step) in (1..).zip(&way.steps) {
            let likely = if step.is_certain { "" } else { ", likely" };
            let does = printable(&step.to_string()).replace('`', "");
            writeln!(
                output,
                "  {number}. {does} ({}{likely})",
                places(cluster, step)
            )?;
        }
        writeln!(output, "  cut: {}", cut_in_words(cluster, cut.as_ref()))?;
    }
    Ok(())
}

/// A stop as one line without marks.
fn shown(stop: &Stop<'_>) -> String {
    printable(&stop.to_string()).replace('`', "")
}

/// The places that show a step, each once; what the API server makes has none.
fn places<'a>(cluster: &Cluster<'a>, step: &Step<'a>) -> String {
    let mut places: Vec<String> = Vec::new();
    for place in step.evidence.iter().filter_map(|it| cluster.place(it.node)) {
        let place = place.shown();
        if !places.contains(&place) {
            places.push(place);
        }
    }
    if places.is_empty() {
        "built in".to_owned()
    } else {
        places.join(", ")
    }
}

fn cut_in_words<'a>(cluster: &Cluster<'a>, cut: Option<&Cut<'_, 'a>>) -> String {
    let at =
        |place: Option<cluster::Place>| place.map_or_else(|| BUILT_IN.to_owned(), |it| it.shown());
    match cut {
        Some(Cut::Rule(role, it)) => {
            let name = printable(role.name().unwrap_or_default());
            format!("the rule of {name} at {}", at(cluster.place(it.node())))
        }
        Some(Cut::Binding(holding)) => {
            let binding = cluster::binding(holding);
            format!(
                "the subject of {binding} at {}",
                at(cluster.binding_place(holding))
            )
        }
        Some(Cut::Workload(workload)) => {
            let head = workload.pod.object().head();
            let workload = shown(&Stop::Workload((*workload).clone()));
            format!(
                "the token or the rights over its node of {workload} at {}",
                at(cluster.place(head))
            )
        }
        None => "no single one stops all ways there".to_owned(),
    }
}

/// Kind, namespace and name of a stop.
fn parts<'s>(stop: &'s Stop<'_>) -> (&'s str, Option<&'s str>, Option<&'s str>) {
    match stop {
        Stop::Principal(it) => {
            let (kind, namespace, name) = subject::parts(it);
            (kind, namespace.and_then(Namespace::name), Some(name))
        }
        Stop::Workload(it) => {
            let kind = it.pod.object().kind_name();
            (kind, it.namespace.name(), Some(&it.name))
        }
        Stop::Role { name, scope } => ("Role", scope.name(), Some(name)),
        Stop::ClusterAdmin => ("ClusterAdmin", None, None),
        Stop::NodeRoot => ("NodeRoot", None, None),
        Stop::KubeSystemSecrets => ("KubeSystemSecrets", None, None),
        Stop::NamespaceAdmin(namespace) => ("NamespaceAdmin", namespace.name(), None),
        Stop::Cloud(it) => ("CloudIdentity", None, Some(it.identity.name.value)),
    }
}

//! The ways for programs.

use std::io::{self, Write};

use kube_lint_core::analysis::escalation::{Cut, Step, Stop};
use serde::Serialize;

use super::{Way, cluster, parts};
use crate::commands::rbac::cluster::{Cluster, Place};

pub(super) fn write<'a>(
    output: &mut impl Write,
    cluster: &Cluster<'a>,
    ways: &[Way<'_, 'a>],
) -> io::Result<()> {
    let escalations = ways.iter().map(|(way, cut)| JsonWay {
        from: JsonStop::of(&way.from),
        to: JsonStop::of(&way.to),
        certain: way.is_certain(),
        steps: way
            .steps
            .iter()
            .map(|it| JsonStep::of(cluster, it))
            .collect(),
        cut: cut.as_ref().map(|it| JsonCut::of(cluster, it)),
    });
    let document = Document {
        version: 1,
        escalations: escalations.collect(),
    };
    serde_json::to_writer(&mut *output, &document)?;
    writeln!(output)
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    escalations: Vec<JsonWay<'a>>,
}

#[derive(Serialize)]
struct JsonWay<'a> {
    from: JsonStop<'a>,
    to: JsonStop<'a>,
    certain: bool,
    steps: Vec<JsonStep<'a>>,
    cut: Option<JsonCut>,
}

#[derive(Serialize)]
struct JsonStop<'a> {
    kind: &'a str,
    namespace: Option<&'a str>,
    name: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonStep<'a> {
    does: String,
    to: JsonStop<'a>,
    certain: bool,
    evidence: Vec<JsonEvidence>,
}

/// `file` and `line` are null for what the API server makes.
#[derive(Serialize)]
struct JsonEvidence {
    what: &'static str,
    file: Option<String>,
    line: Option<u32>,
}

#[derive(Serialize)]
struct JsonCut {
    kind: &'static str,
    name: String,
    file: Option<String>,
    line: Option<u32>,
}

impl<'a> JsonStop<'a> {
    fn of(stop: &'a Stop<'_>) -> Self {
        let (kind, namespace, name) = parts(stop);
        Self {
            kind,
            namespace,
            name,
        }
    }
}

impl<'a> JsonStep<'a> {
    fn of<'i>(cluster: &Cluster<'i>, step: &'a Step<'i>) -> Self {
        let evidence = step.evidence.iter().map(|it| {
            let (file, line) = parted(cluster.place(it.node));
            JsonEvidence {
                what: it.kind.words(),
                file,
                line,
            }
        });
        Self {
            does: step.to_string().replace('`', ""),
            to: JsonStop::of(&step.to),
            certain: step.is_certain,
            evidence: evidence.collect(),
        }
    }
}

impl JsonCut {
    fn of<'i>(cluster: &Cluster<'i>, cut: &Cut<'_, 'i>) -> Self {
        let (kind, name, place) = match cut {
            Cut::Rule(role, it) => {
                let name = role.name().unwrap_or_default().to_owned();
                ("rule", name, cluster.place(it.node()))
            }
            Cut::Binding(holding) => {
                let place = cluster.binding_place(holding);
                ("binding", cluster::binding(holding), place)
            }
            Cut::Workload(workload) => {
                let place = cluster.place(workload.pod.object().head());
                ("workload", workload.name.clone().into_owned(), place)
            }
        };
        let (file, line) = parted(place);
        Self {
            kind,
            name,
            file,
            line,
        }
    }
}

fn parted(place: Option<Place>) -> (Option<String>, Option<u32>) {
    place.map_or((None, None), |it| (Some(it.file), Some(it.line)))
}

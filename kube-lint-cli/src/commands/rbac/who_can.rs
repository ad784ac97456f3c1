//! `kube-lint rbac who-can`: which subjects may do something, and through what.

use std::{
    collections::{BTreeSet, HashMap},
    io::{self, Write},
};

use kube_lint_core::{
    analysis::rbac::{Allowance, Held, Place, Power, Principal},
    object::Namespace,
};
use serde::Serialize;

use super::{
    cluster::{self, BUILT_IN, Cluster, Files, counted},
    request, subject,
};
use crate::{
    args::{AnswerFormat, WhoCanArgs},
    commands::{Outcome, to_stdout},
    error::Error,
};

pub(super) fn run(args: &WhoCanArgs) -> Result<Outcome, Error> {
    let files = Files::read(&args.cluster)?;
    let cluster = files.cluster()?;
    let (power, notes) = request::read(args, &cluster.inventory)?;
    let place = match &args.in_namespace {
        Some(name) => Place::Namespace(name),
        None if args.all_namespaces => Place::Cluster,
        None => Place::Anywhere,
    };
    let held = cluster.holdings.who(&power, place);
    let (whole, named): (Vec<_>, Vec<_>) = held
        .into_iter()
        .partition(|it| it.allowance == Allowance::Whole);
    let answers = answers(&cluster, whole);
    to_stdout(|stdout| match args.format {
        AnswerFormat::Json => json(stdout, &answers),
        AnswerFormat::Text => text(stdout, &answers),
    })?;
    for note in notes
        .into_iter()
        .chain(left_out(&cluster, &power, place, &answers, &named))
    {
        cluster::note(&note);
    }
    cluster.note_gaps();
    Ok(Outcome::Clean)
}

/// Somebody who may do it somewhere, and through what.
struct Answer<'h, 'a> {
    principal: &'h Principal<'a>,
    scope: Namespace<'a>,
    via: Vec<Link>,
}

/// A binding, a role, and the rule of the role.
struct Link {
    binding: String,
    binding_place: Option<cluster::Place>,
    role: String,
    rule_place: Option<cluster::Place>,
}

/// One answer for each subject and scope, in the order of what is held.
fn answers<'h, 'a>(cluster: &Cluster<'a>, held: Vec<Held<'h, 'a>>) -> Vec<Answer<'h, 'a>> {
    let mut answers: Vec<Answer<'h, 'a>> = Vec::new();
    let mut numbers = HashMap::new();
    for it in held {
        let holding = it.holding;
        let key = (&holding.principal, holding.scope);
        let number = *numbers.entry(key).or_insert(answers.len());
        if number == answers.len() {
            answers.push(Answer {
                principal: &holding.principal,
                scope: holding.scope,
                via: Vec::new(),
            });
        }
        answers[number].via.push(Link {
            binding: cluster::binding(holding),
            binding_place: cluster.binding_place(holding),
            role: cluster::role(holding),
            rule_place: cluster.place(it.rule.node()),
        });
    }
    answers
}

fn text(output: &mut impl Write, answers: &[Answer<'_, '_>]) -> io::Result<()> {
    let shown = |it: &Option<cluster::Place>| {
        let place = it.as_ref().map(cluster::Place::shown);
        place.unwrap_or_else(|| BUILT_IN.to_owned())
    };
    let rows = answers.iter().flat_map(|answer| {
        answer.via.iter().map(move |link| {
            [
                subject::shown(answer.principal),
                cluster::scope(answer.scope),
                link.binding.clone(),
                shown(&link.binding_place),
                link.role.clone(),
                shown(&link.rule_place),
            ]
        })
    });
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        return writeln!(output, "nobody");
    }
    let head = ["SUBJECT", "SCOPE", "BINDING", "NAMED AT", "ROLE", "RULE AT"];
    cluster::table(output, head, &rows)
}

/// What `answers` leave out.
fn left_out(
    cluster: &Cluster<'_>,
    power: &Power<'_>,
    place: Place<'_>,
    answers: &[Answer<'_, '_>],
    named: &[Held<'_, '_>],
) -> Vec<String> {
    let mut notes = Vec::new();
    if let (Power::Resource(it), Place::Namespace(_)) = (power, place)
        && cluster.holdings.is_cluster_scoped(it.group, it.resource)
        && it.resource != "namespaces"
    {
        notes.push(format!("`{}` are in no namespace", it.resource));
    }
    let known: BTreeSet<_> = answers.iter().map(|it| it.principal).collect();
    let named: BTreeSet<_> = named.iter().map(|it| &it.holding.principal).collect();
    let others = named.difference(&known).count();
    if others > 0 {
        notes.push(format!(
            "{} more may do so to objects of certain names: ask with a name",
            counted(others, "subject")
        ));
    }
    if let Place::Namespace(_) = place {
        let held = cluster.holdings.who(power, Place::Anywhere);
        let unset = held.iter().map(|it| it.holding);
        let unset = unset.filter(|it| matches!(it.scope, Namespace::Unset | Namespace::Unknown));
        let unset: BTreeSet<_> = unset.map(|it| &it.binding_name).collect();
        if !unset.is_empty() {
            notes.push(format!(
                "{} of no known namespace left out: `--namespace` says which is theirs",
                counted(unset.len(), "role binding")
            ));
        }
    }
    notes
}

fn json(output: &mut impl Write, answers: &[Answer<'_, '_>]) -> io::Result<()> {
    let subjects = answers.iter().map(|answer| {
        let (kind, namespace, name) = subject::parts(answer.principal);
        JsonSubject {
            kind,
            namespace: namespace.and_then(Namespace::name),
            name,
            scope: match answer.scope {
                Namespace::Cluster => Some("cluster"),
                scope => scope.name(),
            },
            via: answer.via.iter().map(JsonLink::of).collect(),
        }
    });
    let document = Document {
        version: 1,
        subjects: subjects.collect(),
    };
    serde_json::to_writer(&mut *output, &document)?;
    writeln!(output)
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    subjects: Vec<JsonSubject<'a>>,
}

#[derive(Serialize)]
struct JsonSubject<'a> {
    kind: &'a str,
    namespace: Option<&'a str>,
    name: &'a str,
    scope: Option<&'a str>,
    via: Vec<JsonLink<'a>>,
}

#[derive(Serialize)]
struct JsonLink<'a> {
    binding: &'a str,
    role: &'a str,
    file: Option<&'a str>,
    line: Option<u32>,
    rule: Option<JsonPlace<'a>>,
}

#[derive(Serialize)]
struct JsonPlace<'a> {
    file: &'a str,
    line: u32,
}

impl<'a> JsonLink<'a> {
    fn of(link: &'a Link) -> Self {
        let at = link.binding_place.as_ref();
        Self {
            binding: &link.binding,
            role: &link.role,
            file: at.map(|it| &*it.file),
            line: at.map(|it| it.line),
            rule: link.rule_place.as_ref().map(|it| JsonPlace {
                file: &it.file,
                line: it.line,
            }),
        }
    }
}

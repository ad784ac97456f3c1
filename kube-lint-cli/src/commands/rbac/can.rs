//! `kube-lint rbac can`: what a subject may do, dangerous powers first.

use std::{
    collections::{HashMap, HashSet},
    io::Write,
};

use kube_lint_core::{
    analysis::rbac::{
        Allowance, Deed, Holding, HoldingBinding, Power, Principal, Request, group_of,
    },
    model::PolicyRule,
    object::{Namespace, Text},
    source::printable,
};

use super::{
    cluster::{self, BUILT_IN, Cluster, Files},
    subject,
};
use crate::{
    args::CanArgs,
    commands::{Outcome, to_stdout},
    error::Error,
};

pub(super) fn run(args: &CanArgs) -> Result<Outcome, Error> {
    let files = Files::read(&args.cluster)?;
    let cluster = files.cluster()?;
    let Some(principal) = args.subject.principal() else {
        return Ok(Outcome::Clean);
    };
    let mut powers = powers(&cluster, &principal);
    powers.sort_by_key(|it| {
        (
            it.worst().is_none(),
            it.worst(),
            it.holding.scope != Namespace::Cluster,
            it.is_built_in(),
        )
    });
    let (rows, copies) = rows(&cluster, &powers);
    let head = [
        "DANGER", "SCOPE", "VERBS", "ON", "BINDING", "NAMED AT", "ROLE", "RULE AT",
    ];
    to_stdout(|stdout| match rows[..] {
        [] => writeln!(stdout, "nothing"),
        _ => cluster::table(stdout, head, &rows),
    })?;
    let holdings = cluster.holdings.of(&principal);
    if !holdings.iter().any(|it| it.principal.is(&principal)) {
        let shown = subject::shown(&principal);
        let rest = match rows[..] {
            [] => "",
            _ => ": all this comes through groups",
        };
        cluster::note(&format!("no binding names `{shown}`{rest}"));
    }
    cluster::note_copies(copies);
    cluster.note_gaps();
    Ok(Outcome::Clean)
}

type Row = [String; 8];

/// The rows of the table, without those of copies, and how many copies are left out.
fn rows<'a>(cluster: &Cluster<'a>, powers: &[RuleHeld<'_, 'a>]) -> (Vec<Row>, usize) {
    let mut rows: Vec<Row> = Vec::new();
    // By what does not tell a place.
    let mut seen = HashMap::new();
    let mut copies = HashSet::new();
    for row in powers.iter().map(|it| it.row(cluster)) {
        let [danger, scope, verbs, objects, binding, _, role, _] = row.clone();
        let first = seen.entry([danger, scope, verbs, objects, binding, role]);
        let first = *first.or_insert(rows.len());
        match rows.get(first) {
            None => rows.push(row),
            // What several kustomizations include is there once for each.
            Some(known) if *known == row => {}
            Some(_) => drop(copies.insert(row)),
        }
    }
    (rows, copies.len())
}

/// A rule that a subject holds.
struct RuleHeld<'h, 'a> {
    /// What it comes to, the worst first.
    deeds: Vec<(Deed, Allowance)>,
    holding: &'h Holding<'a>,
    rule: PolicyRule<'a>,
}

fn powers<'h, 'a>(cluster: &'h Cluster<'a>, principal: &Principal<'a>) -> Vec<RuleHeld<'h, 'a>> {
    let mut powers = Vec::new();
    for holding in cluster.holdings.of(principal) {
        for rule in cluster.holdings.rules(holding) {
            let held = RuleHeld {
                deeds: cluster.holdings.deeds(holding, rule),
                holding,
                rule: *rule,
            };
            // A rule on URLs and nodes, say, gives nothing through a RoleBinding.
            if !held.objects(cluster).is_empty() {
                powers.push(held);
            }
        }
    }
    powers
}

impl RuleHeld<'_, '_> {
    fn worst(&self) -> Option<Deed> {
        self.deeds.first().map(|it| it.0)
    }

    fn is_built_in(&self) -> bool {
        matches!(self.holding.binding, HoldingBinding::BuiltIn(_))
    }
}

impl<'a> RuleHeld<'_, 'a> {
    fn row(&self, cluster: &Cluster<'a>) -> Row {
        let shown =
            |it: Option<cluster::Place>| it.map_or_else(|| BUILT_IN.to_owned(), |it| it.shown());
        [
            clauses(&self.deeds).join(", "),
            cluster::scope(self.holding.scope),
            list(self.rule.verbs()),
            self.objects(cluster),
            cluster::binding(self.holding),
            shown(cluster.binding_place(self.holding)),
            cluster::role(self.holding),
            shown(cluster.place(self.rule.node())),
        ]
    }

    /// What the rule is about, as `kubectl auth can-i` takes it, with the names that it is limited to.
    fn objects(&self, cluster: &Cluster<'a>) -> String {
        let mut objects = resources(cluster, self.holding, &self.rule);
        if self.holding.scope == Namespace::Cluster {
            objects.extend(self.rule.non_resource_urls().map(|it| url(it.value)));
        }
        let objects = objects.join(",");
        if self.rule.is_limited_by_name() && !objects.is_empty() {
            let names = list(self.rule.resource_names());
            return format!("{objects} [{names}]");
        }
        objects
    }
}

/// A URL that is not taken for a resource.
fn url(path: &str) -> String {
    if path.starts_with('/') {
        printable(path)
    } else {
        printable(&format!("{path} (URL)"))
    }
}

/// The resources of `rule` over which `holding` gives power.
fn resources<'a>(
    cluster: &Cluster<'a>,
    holding: &Holding<'a>,
    rule: &PolicyRule<'a>,
) -> Vec<String> {
    let mut found = Vec::new();
    for group in rule.api_groups() {
        for resource in rule.resources() {
            let (group, resource) = (group.value, resource.value);
            if !is_given(cluster, holding, rule, group, resource) {
                continue;
            }
            let (name, part) = match resource.split_once('/') {
                Some((name, part)) => (name, format!("/{part}")),
                None => (resource, String::new()),
            };
            found.push(printable(&match group {
                "" => format!("{name}{part}"),
                _ => format!("{name}.{group}{part}"),
            }));
        }
    }
    found
}

/// Whether any verb of `rule` on the resource is power where `holding` holds.
fn is_given<'a>(
    cluster: &Cluster<'a>,
    holding: &Holding<'a>,
    rule: &PolicyRule<'a>,
    group: &'a str,
    resource: &'a str,
) -> bool {
    let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
    // Of the resources that all groups may have, those of Kubernetes say where they lie.
    let own = group_of(resource).filter(|_| group == "*");
    let group = own.unwrap_or(group);
    let verbs = rule.verbs().map(|it| it.value);
    let mut verbs = verbs.flat_map(|it| match it {
        // Those that a RoleBinding gives on what lies in no namespace.
        "*" => vec!["*", "get", "bind"],
        verb => vec![verb],
    });
    verbs.any(|verb| {
        let power = Power::Resource(Request {
            verb,
            group,
            resource,
            subresource,
            name: "",
        });
        cluster.holdings.allowance(holding, rule, &power).is_some()
    })
}

/// `deeds` in words, each once.
fn clauses(deeds: &[(Deed, Allowance)]) -> Vec<String> {
    let mut clauses: Vec<String> = Vec::new();
    for (deed, allowance) in deeds {
        let clause = match allowance {
            Allowance::Whole => deed.words().to_owned(),
            Allowance::Named => format!("{} (by name)", deed.words()),
        };
        if !clauses.contains(&clause) {
            clauses.push(clause);
        }
    }
    if clauses.len() > MOST_DANGERS {
        let more = clauses.len() - MOST_DANGERS;
        clauses.truncate(MOST_DANGERS);
        clauses.push(format!("{more} more"));
    }
    clauses
}

/// How many dangers of one rule are told.
const MOST_DANGERS: usize = 3;

fn list<'a>(words: impl Iterator<Item = Text<'a>>) -> String {
    let words: Vec<_> = words.map(|it| printable(it.value)).collect();
    words.join(",")
}

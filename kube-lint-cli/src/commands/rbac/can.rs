//! `kube-lint rbac can`: what a subject may do, dangerous powers first.

use std::io::Write;

use kube_lint_core::{
    analysis::rbac::{
        Allowance, DANGERS, Holding, HoldingBinding, Power, Principal, Request, group_of,
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
            it.rank,
            it.holding.scope != Namespace::Cluster,
            it.is_built_in(),
        )
    });
    let rows: Vec<_> = powers.iter().map(|it| it.row(&cluster)).collect();
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
    cluster.note_gaps();
    Ok(Outcome::Clean)
}

/// A rule that a subject holds.
struct RuleHeld<'h, 'a> {
    /// Place of the worst danger in the list of dangers; behind the last where there is none.
    rank: usize,
    dangers: Vec<String>,
    holding: &'h Holding<'a>,
    rule: PolicyRule<'a>,
}

fn powers<'h, 'a>(cluster: &'h Cluster<'a>, principal: &Principal<'a>) -> Vec<RuleHeld<'h, 'a>> {
    let mut powers = Vec::new();
    for holding in cluster.holdings.of(principal) {
        for rule in cluster.holdings.rules(holding) {
            let (rank, dangers) = dangers(cluster, holding, *rule);
            let held = RuleHeld {
                rank,
                dangers,
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
    fn is_built_in(&self) -> bool {
        matches!(self.holding.binding, HoldingBinding::BuiltIn(_))
    }
}

impl<'a> RuleHeld<'_, 'a> {
    fn row(&self, cluster: &Cluster<'a>) -> [String; 8] {
        let shown =
            |it: Option<cluster::Place>| it.map_or_else(|| BUILT_IN.to_owned(), |it| it.shown());
        [
            self.dangers.join(", "),
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
            objects.extend(self.rule.non_resource_urls().map(|it| printable(it.value)));
        }
        let objects = objects.join(",");
        if self.rule.is_limited_by_name() && !objects.is_empty() {
            let names = list(self.rule.resource_names());
            return format!("{objects} [{names}]");
        }
        objects
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

/// The dangers of a rule in words, and the place of the worst.
fn dangers<'a>(
    cluster: &Cluster<'a>,
    holding: &Holding<'a>,
    rule: PolicyRule<'a>,
) -> (usize, Vec<String>) {
    let mut rank = DANGERS.len();
    let mut words: Vec<String> = Vec::new();
    for (number, danger) in DANGERS.iter().enumerate() {
        let Some(allowance) = cluster.holdings.allowance(holding, &rule, &danger.power) else {
            continue;
        };
        let clause = match allowance {
            Allowance::Whole => danger.words.to_owned(),
            Allowance::Named => format!("{} (by name)", danger.words),
        };
        rank = rank.min(number);
        if words.last() != Some(&clause) {
            words.push(clause);
        }
        // Whoever can do everything can do what follows.
        if number == 0 {
            break;
        }
    }
    if words.len() > MOST_DANGERS {
        let more = words.len() - MOST_DANGERS;
        words.truncate(MOST_DANGERS);
        words.push(format!("{more} more"));
    }
    (rank, words)
}

/// How many dangers of one rule are told.
const MOST_DANGERS: usize = 3;

fn list<'a>(words: impl Iterator<Item = Text<'a>>) -> String {
    let words: Vec<_> = words.map(|it| printable(it.value)).collect();
    words.join(",")
}

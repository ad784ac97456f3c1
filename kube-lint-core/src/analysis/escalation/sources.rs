//! From whom to what: the ways of each source.

use crate::analysis::rbac::Principal;

use super::{
    Escalation, Step, Stop,
    graph::{Edge, Vertex, Ways},
    plot::{Link, Plot, Spot},
};

/// Ways to what is of one kind.
struct Kind {
    certain: Ways,
    likely: Ways,
}

/// Adds the ways of every source of `plot`, which is that of `number`, to `all`.
pub(super) fn escalations<'a>(plot: &Plot<'a>, number: usize, all: &mut Vec<Escalation<'a>>) {
    let goals = &plot.goals;
    // The worst first. Who has one of the last two already may come by another.
    let kinds = [
        (&goals.cluster_admin, 1),
        (&goals.node_root, 1),
        (&goals.kube_system_secrets, 1),
        (&goals.namespace_admins, 2),
        (&goals.clouds, 2),
    ];
    let kinds = kinds.map(|(goals, number)| Kind {
        certain: plot.graph.ways(goals, true, number),
        likely: plot.graph.ways(goals, false, number),
    });
    for start in &plot.bound {
        if is_source(&plot.spots[*start as usize]) {
            let ways = kinds.iter().flat_map(|it| it.of(plot, *start));
            add(plot, number, *start, &ways.collect::<Vec<_>>(), all);
        }
    }
    for (start, node) in &plot.rooted {
        let field = plot.graph.edge(*start, *node);
        let ways = kinds.iter().flat_map(|it| it.of(plot, *node));
        let ways = ways.map(|(goal, rest)| (goal, field.into_iter().chain(rest).collect()));
        add(plot, number, *start, &ways.collect::<Vec<_>>(), all);
    }
}

type Way<'g> = (Vertex, Vec<&'g Edge<Link>>);

impl Kind {
    /// The ways from `start`: certain ones where there are.
    fn of<'g>(&self, plot: &'g Plot<'_>, start: Vertex) -> Vec<Way<'g>> {
        let mut goals: Vec<_> = self.certain.goals(start).collect();
        let others = self.likely.goals(start);
        let room = others.filter(|it| !goals.contains(it)).collect::<Vec<_>>();
        goals.extend(room);
        let ways = goals.into_iter().filter_map(|goal| {
            let certain = plot.graph.way(&self.certain, start, goal);
            let way = certain.or_else(|| plot.graph.way(&self.likely, start, goal));
            Some((goal, way?))
        });
        ways.collect()
    }
}

/// Whether it is somebody whom the input makes, and not the API server.
fn is_source(spot: &Spot<'_>) -> bool {
    const ANYBODY: [&str; 4] = [
        "system:anonymous",
        "system:authenticated",
        "system:serviceaccounts",
        "system:unauthenticated",
    ];
    match spot {
        Spot::Stop(Stop::Principal(Principal::User(name) | Principal::Group(name))) => {
            !name.starts_with("system:")
                || ANYBODY.contains(&&**name)
                || name.starts_with("system:serviceaccounts:")
        }
        _ => true,
    }
}

fn add<'a>(
    plot: &Plot<'a>,
    number: usize,
    start: Vertex,
    ways: &[Way<'_>],
    all: &mut Vec<Escalation<'a>>,
) {
    for (goal, way) in ways {
        let (Some(from), Some(to)) = (stop(plot, start), stop(plot, *goal)) else {
            continue;
        };
        let steps = steps(plot, from, way);
        if is_its_own(from, to) || steps.is_empty() {
            continue;
        }
        all.push(Escalation {
            from: from.clone(),
            to: to.clone(),
            steps,
            plot: number,
            start,
            goal: *goal,
        });
    }
}

/// Whether it is an identity in a cloud of the source itself.
fn is_its_own(from: &Stop<'_>, to: &Stop<'_>) -> bool {
    match (from, to) {
        (Stop::Principal(principal), Stop::Cloud(cloud)) => *principal == cloud.account,
        _ => false,
    }
}

fn stop<'p, 'a>(plot: &'p Plot<'a>, vertex: Vertex) -> Option<&'p Stop<'a>> {
    match &plot.spots[vertex as usize] {
        Spot::Stop(stop) | Spot::Gained(stop) => Some(stop),
        _ => None,
    }
}

/// The steps of a way: what is no step of its own belongs to the next one, and at its end to the last.
fn steps<'a>(plot: &Plot<'a>, from: &Stop<'a>, way: &[&Edge<Link>]) -> Vec<Step<'a>> {
    let mut steps: Vec<Step<'a>> = Vec::new();
    let mut at = from.clone();
    let (mut evidence, mut act, mut is_certain) = (Vec::new(), None, true);
    let mut scope = None;
    for edge in way {
        let shown = edge.link.first as usize..(edge.link.first + edge.link.count) as usize;
        evidence.extend(&plot.evidence[shown]);
        is_certain &= edge.is_certain;
        if let Some(done) = edge.link.act {
            let opening = edge.link.opening;
            act = Some((done, opening.map(|it| plot.openings[it as usize])));
        }
        if let (None, Spot::Gained(Stop::Role { scope: place, .. })) =
            (act, &plot.spots[edge.to as usize])
        {
            scope = Some(*place);
        }
        if let Some((done, opening)) = act
            && let Some(to) = stop(plot, edge.to)
        {
            steps.push(Step {
                from: std::mem::replace(&mut at, to.clone()),
                act: done,
                to: to.clone(),
                scope: scope.take(),
                opening,
                evidence: std::mem::take(&mut evidence),
                is_certain: std::mem::replace(&mut is_certain, true),
            });
            act = None;
        }
    }
    steps
}

//! A directed graph of which some edges are steps: the fewest steps to a goal, and what all ways to it pass.

use std::mem;

/// A vertex by its number.
pub(super) type Vertex = u32;

const NONE: u32 = u32::MAX;

/// An edge.
#[derive(Clone, Debug)]
pub(super) struct Edge<L> {
    pub(super) from: Vertex,
    pub(super) to: Vertex,
    /// Whether it is a step of its own, or a part of the one that it leads to.
    pub(super) is_step: bool,
    /// Whether it is certain; others are likely.
    pub(super) is_certain: bool,
    pub(super) link: L,
}

/// The graph, once all edges are known.
#[derive(Debug)]
pub(super) struct Graph<L> {
    edges: Vec<Edge<L>>,
    incoming: Adjacency,
    outgoing: Adjacency,
}

/// The edges at each vertex, in their order.
#[derive(Debug)]
struct Adjacency {
    first: Vec<u32>,
    edges: Vec<u32>,
}

impl Adjacency {
    fn new<L>(count: usize, edges: &[Edge<L>], end: impl Fn(&Edge<L>) -> Vertex) -> Self {
        let mut first = vec![0; count + 1];
        for edge in edges {
            first[end(edge) as usize + 1] += 1;
        }
        for vertex in 0..count {
            first[vertex + 1] += first[vertex];
        }
        let mut next = first.clone();
        let mut sorted = vec![0; edges.len()];
        for (number, edge) in (0..).zip(edges) {
            let place = &mut next[end(edge) as usize];
            sorted[*place as usize] = number;
            *place += 1;
        }
        Self {
            first,
            edges: sorted,
        }
    }

    fn at(&self, vertex: Vertex) -> &[u32] {
        let range = self.first[vertex as usize] as usize..self.first[vertex as usize + 1] as usize;
        &self.edges[range]
    }
}

/// The fewest steps from each vertex to a goal, and to the next best of another goal where asked for.
#[derive(Debug)]
pub(super) struct Ways {
    goals: usize,
    is_certain: bool,
    entries: Vec<Way>,
}

/// A way from a vertex on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Way {
    goal: Vertex,
    steps: u32,
}

const NO_WAY: Way = Way {
    goal: NONE,
    steps: NONE,
};

impl<L> Graph<L> {
    pub(super) fn new(count: usize, edges: Vec<Edge<L>>) -> Self {
        Self {
            incoming: Adjacency::new(count, &edges, |it| it.to),
            outgoing: Adjacency::new(count, &edges, |it| it.from),
            edges,
        }
    }

    /// The ways to `goals` with the fewest steps, by certain edges only if asked; of each vertex to as many
    /// different goals as `number` says.
    ///
    /// Breadth first, backwards from the goals: edges that are no steps are followed at once.
    pub(super) fn ways(&self, goals: &[Vertex], is_certain: bool, number: usize) -> Ways {
        let mut ways = Ways {
            goals: number,
            is_certain,
            entries: vec![NO_WAY; number * (self.incoming.first.len() - 1)],
        };
        let mut level: Vec<_> = goals.iter().map(|goal| (*goal, *goal)).collect();
        let (mut next_level, mut steps) = (Vec::new(), 0);
        while !level.is_empty() {
            let mut done = 0;
            while let Some(&(vertex, goal)) = level.get(done) {
                done += 1;
                if !ways.settle(vertex, Way { goal, steps }) {
                    continue;
                }
                for edge in self.incoming.at(vertex) {
                    let edge = &self.edges[*edge as usize];
                    if edge.is_certain || !is_certain {
                        let list = if edge.is_step {
                            &mut next_level
                        } else {
                            &mut level
                        };
                        list.push((edge.from, goal));
                    }
                }
            }
            level.clear();
            mem::swap(&mut level, &mut next_level);
            steps += 1;
        }
        ways
    }

    /// The edges of the way from `vertex` to `goal`, of those with as few steps the first; `None` where
    /// there is none.
    pub(super) fn way(&self, ways: &Ways, vertex: Vertex, goal: Vertex) -> Option<Vec<&Edge<L>>> {
        let (mut at, mut edges) = (vertex, Vec::new());
        while at != goal {
            let steps = ways.at(at).find(|it| it.goal == goal)?.steps;
            let mut next = self
                .outgoing
                .at(at)
                .iter()
                .map(|it| &self.edges[*it as usize]);
            let edge = next.find(|it| {
                let rest = Way {
                    goal,
                    steps: steps.wrapping_sub(u32::from(it.is_step)),
                };
                (it.is_certain || !ways.is_certain) && ways.at(it.to).any(|it| it == rest)
            })?;
            at = edge.to;
            edges.push(edge);
        }
        Some(edges)
    }

    /// The first edge from one vertex to another.
    pub(super) fn edge(&self, from: Vertex, to: Vertex) -> Option<&Edge<L>> {
        let mut edges = self
            .outgoing
            .at(from)
            .iter()
            .map(|it| &self.edges[*it as usize]);
        edges.find(|it| it.to == to)
    }

    /// For each vertex the first behind it that all its ways to `goal` pass.
    ///
    /// The dominators of the graph turned around (Cooper, Harvey and Kennedy, *A Simple, Fast Dominance
    /// Algorithm*).
    pub(super) fn passes(&self, goal: Vertex) -> Passes {
        let order = self.backwards_from(goal);
        let mut place = vec![NONE; self.incoming.first.len() - 1];
        for (number, vertex) in (0..).zip(&order) {
            place[*vertex as usize] = number;
        }
        // By places in `order`, where the goal comes first.
        let mut next = vec![NONE; order.len()];
        next[0] = 0;
        let mut is_changed = true;
        while mem::take(&mut is_changed) {
            for (number, vertex) in (0_u32..).zip(&order).skip(1) {
                let behind = self.outgoing.at(*vertex).iter();
                let behind = behind.map(|it| place[self.edges[*it as usize].to as usize]);
                let known = behind.filter(|it| *it != NONE && next[*it as usize] != NONE);
                let common = known.reduce(|one, other| meet(&next, one, other));
                let common = common.unwrap_or(NONE);
                is_changed |= next[number as usize] != common;
                next[number as usize] = common;
            }
        }
        Passes { order, place, next }
    }

    /// The vertices that reach `goal`, each before those that reach the goal through it where the graph
    /// allows: in reverse postorder.
    fn backwards_from(&self, goal: Vertex) -> Vec<Vertex> {
        let mut is_seen = vec![false; self.incoming.first.len() - 1];
        is_seen[goal as usize] = true;
        let (mut order, mut stack) = (Vec::new(), vec![(goal, 0)]);
        while let Some((vertex, done)) = stack.last_mut() {
            let Some(edge) = self.incoming.at(*vertex).get(*done) else {
                order.push(*vertex);
                stack.pop();
                continue;
            };
            *done += 1;
            let from = self.edges[*edge as usize].from;
            if !mem::replace(&mut is_seen[from as usize], true) {
                stack.push((from, 0));
            }
        }
        order.reverse();
        order
    }
}

/// The first place that both pass.
fn meet(next: &[u32], mut one: u32, mut other: u32) -> u32 {
    while one != other {
        if one > other {
            one = next[one as usize];
        } else {
            other = next[other as usize];
        }
    }
    one
}

impl Ways {
    fn at(&self, vertex: Vertex) -> impl Iterator<Item = Way> {
        let first = vertex as usize * self.goals;
        let entries = &self.entries[first..first + self.goals];
        entries.iter().copied().filter(|it| it.goal != NONE)
    }

    /// The goals that `vertex` reaches, the nearest first.
    pub(super) fn goals(&self, vertex: Vertex) -> impl Iterator<Item = Vertex> {
        self.at(vertex).map(|it| it.goal)
    }

    /// Notes a way from `vertex`, unless there is one to that goal, or enough of them.
    fn settle(&mut self, vertex: Vertex, way: Way) -> bool {
        let first = vertex as usize * self.goals;
        for entry in &mut self.entries[first..first + self.goals] {
            if entry.goal == way.goal {
                return false;
            }
            if entry.goal == NONE {
                *entry = way;
                return true;
            }
        }
        false
    }
}

/// What all ways to a goal pass.
#[derive(Debug)]
pub(super) struct Passes {
    order: Vec<Vertex>,
    /// Where a vertex stands in `order`.
    place: Vec<u32>,
    next: Vec<u32>,
}

impl Passes {
    /// What every way from `vertex` to the goal passes, the nearest to `vertex` first.
    pub(super) fn from(&self, vertex: Vertex) -> impl Iterator<Item = Vertex> {
        let start = Some(self.place[vertex as usize]).filter(|it| *it != NONE && *it != 0);
        let passed = std::iter::successors(start, |it| {
            let next = self.next[*it as usize];
            (next != 0 && next != NONE).then_some(next)
        });
        passed.skip(1).map(|it| self.order[it as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A graph of certain steps.
    fn graph(count: usize, edges: &[(u32, u32)]) -> Graph<()> {
        let edges = edges.iter().map(|(from, to)| Edge {
            from: *from,
            to: *to,
            is_step: true,
            is_certain: true,
            link: (),
        });
        Graph::new(count, edges.collect())
    }

    fn path(graph: &Graph<()>, ways: &Ways, from: u32, goal: u32) -> Option<Vec<u32>> {
        let edges = graph.way(ways, from, goal)?;
        Some(edges.iter().map(|it| it.to).collect())
    }

    #[test]
    fn ways_are_the_shortest() {
        let graph = graph(5, &[(0, 1), (1, 2), (2, 3), (0, 3), (4, 4)]);
        let ways = graph.ways(&[3], false, 1);
        assert_eq!(path(&graph, &ways, 0, 3), Some(vec![3]));
        assert_eq!(path(&graph, &ways, 1, 3), Some(vec![2, 3]));
        assert_eq!(path(&graph, &ways, 4, 3), None);
        assert_eq!(ways.goals(4).count(), 0);
    }

    #[test]
    fn what_is_no_step_costs_nothing() {
        let mut edges = graph(6, &[(0, 1), (0, 2), (2, 3), (3, 4), (4, 5), (1, 3), (3, 5)]).edges;
        // From 0 by 2, 3, 4 and 5 it is one step, by 1 it would be three.
        for free in [1, 3, 4] {
            edges[free].is_step = false;
        }
        let graph = Graph::new(6, edges);
        let ways = graph.ways(&[5], false, 1);
        assert_eq!(path(&graph, &ways, 0, 5), Some(vec![2, 3, 4, 5]));
    }

    #[test]
    fn a_second_goal_is_another_one() {
        let graph = graph(4, &[(0, 1), (0, 2), (2, 3), (1, 3)]);
        let ways = graph.ways(&[1, 3], false, 2);
        assert_eq!(ways.goals(0).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(path(&graph, &ways, 0, 3).unwrap().len(), 2);
    }

    #[test]
    fn only_certain_ways_are_taken_where_asked_for() {
        let mut edges = graph(3, &[(0, 2), (0, 1), (1, 2)]).edges;
        edges[0].is_certain = false;
        let graph = Graph::new(3, edges);
        let short = graph.ways(&[2], false, 1);
        assert_eq!(path(&graph, &short, 0, 2), Some(vec![2]));
        let long = graph.ways(&[2], true, 1);
        assert_eq!(path(&graph, &long, 0, 2), Some(vec![1, 2]));
    }

    #[test]
    fn what_all_ways_pass_is_found() {
        // Two ways to 3, which leads to the goal by 4; 6 goes there by itself; 7 leads nowhere.
        let edges = [
            (0, 1),
            (0, 2),
            (1, 3),
            (2, 3),
            (3, 4),
            (4, 5),
            (6, 5),
            (0, 7),
        ];
        let graph = graph(8, &edges);
        let passes = graph.passes(5);
        assert_eq!(passes.from(0).collect::<Vec<_>>(), [3, 4]);
        assert_eq!(passes.from(1).collect::<Vec<_>>(), [3, 4]);
        assert_eq!(passes.from(6).count(), 0);
        assert_eq!(passes.from(7).count(), 0);
        assert_eq!(passes.from(5).count(), 0);
    }

    #[test]
    fn circles_do_not_hide_what_is_passed() {
        let graph = graph(5, &[(0, 1), (1, 2), (2, 1), (2, 3), (1, 3), (3, 4), (3, 0)]);
        assert_eq!(graph.passes(4).from(2).collect::<Vec<_>>(), [3]);
        assert_eq!(graph.passes(4).from(0).collect::<Vec<_>>(), [1, 3]);
    }
}

//! The escalation graph, through its public entry: every edge, and what keeps it away.

mod edges;
mod input;
mod limits;
mod neighbours;
mod nodes;
mod properties;

//! By which steps somebody comes by more power than they were given: a graph of identities and powers, of
//! which every edge has its evidence in the input.
//!
//! An edge is there only where the input proves it: both ends are applied together, no template or patch
//! hides what counts, and nothing that is known forbids it.

mod cluster;
mod combined;
mod graph;
mod places;
mod plot;
mod pods;
mod rights;
mod roles;
mod sources;
mod words;

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use crate::{
    inventory::Inventory,
    model::{CloudIdentity, PodSpec, PolicyRule},
    object::Namespace,
    yaml::Node,
};

use super::rbac::{BoundRole, Deed, Holding, Holdings, Match, Principal, Request};

use graph::{Passes, Vertex};
use plot::{Plot, Spot};

pub use pods::rooting;

/// Every way to more power that the input proves.
pub struct Escalations<'a> {
    plots: Vec<Plot<'a>>,
    all: Vec<Escalation<'a>>,
}

/// How somebody comes by more power, with the fewest steps.
#[derive(Clone, Debug)]
pub struct Escalation<'a> {
    /// Who: somebody who is named in a binding, or a workload.
    pub from: Stop<'a>,
    /// What they come by.
    pub to: Stop<'a>,
    /// The steps there.
    pub steps: Vec<Step<'a>>,
    plot: usize,
    start: Vertex,
    goal: Vertex,
}

/// An identity, or a power to be had.
#[derive(Clone, PartialEq, Debug)]
pub enum Stop<'a> {
    /// Somebody.
    Principal(Principal<'a>),
    /// The Pods of a workload.
    Workload(Workload<'a>),
    /// A role, in addition to what one has.
    Role {
        /// The role.
        name: Cow<'a, str>,
        /// Where it holds.
        scope: Namespace<'a>,
    },
    /// Everything in the cluster.
    ClusterAdmin,
    /// Root of a node.
    NodeRoot,
    /// The Secrets of `kube-system`.
    KubeSystemSecrets,
    /// Everything in a namespace.
    NamespaceAdmin(Namespace<'a>),
    /// An identity in a cloud.
    Cloud(Cloud<'a>),
}

/// A workload of which Pods run.
#[derive(Clone, Debug)]
pub struct Workload<'a> {
    /// Its PodSpec.
    pub pod: PodSpec<'a>,
    /// Its namespace, as applied.
    pub namespace: Namespace<'a>,
    /// Its name, as applied.
    pub name: Cow<'a, str>,
}

impl PartialEq for Workload<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.pod.node() == other.pod.node() && self.namespace == other.namespace
    }
}

/// An identity in a cloud that an account has.
#[derive(Clone, Debug)]
pub struct Cloud<'a> {
    /// The identity.
    pub identity: CloudIdentity<'a>,
    /// The account.
    pub account: Principal<'a>,
}

impl PartialEq for Cloud<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.identity.name.value == other.identity.name.value && self.account == other.account
    }
}

/// A step: somebody does something, and so becomes somebody else.
#[derive(Clone, Debug)]
pub struct Step<'a> {
    /// Who.
    pub from: Stop<'a>,
    /// What they do.
    pub act: Act,
    /// What they are then.
    pub to: Stop<'a>,
    /// Where the power holds that lets them, where a single role gives it.
    pub scope: Option<Namespace<'a>>,
    /// The rule that lets them, where one does.
    pub opening: Option<Opening<'a>>,
    /// What shows it, in the order of the thought.
    pub evidence: Vec<Evidence<'a>>,
    /// Whether it follows from the input alone; it is likely otherwise.
    pub is_certain: bool,
}

/// What somebody does to become somebody else.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Act {
    /// They are bound to it.
    IsBound,
    /// A deed of a rule.
    Does(Deed),
    /// They change a workload that there is, and its account.
    ChangesWorkload,
    /// They make a Secret of an account, in which the API server puts a token, and read it.
    MintsToken,
    /// They write who is who on EKS.
    WritesAwsAuth,
    /// Their containers hold a token.
    HoldsToken,
    /// Their containers are root of the node.
    OwnsNode,
    /// They read the token of a Pod that runs on every node.
    ReadsNode,
    /// A cloud takes them for somebody.
    HasCloudIdentity,
}

/// A rule that allows something, and how.
#[derive(Clone, Copy, Debug)]
pub struct Opening<'a> {
    /// The role that grants it in the end.
    pub role: BoundRole<'a>,
    /// The rule, which is that of another role where this one aggregates.
    pub rule: PolicyRule<'a>,
    /// The entries of the rule.
    pub found: Match<'a>,
    /// What it allows.
    pub request: Request<'static>,
}

/// A place in the input that shows a part of a step.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Evidence<'a> {
    /// Where.
    pub node: Node<'a>,
    /// What stands there.
    pub kind: EvidenceKind,
}

/// What shows a part of a step.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum EvidenceKind {
    /// The subject of a binding.
    Binding,
    /// An entry of a rule.
    Rule,
    /// A ServiceAccount, or what proves that there is one.
    Account,
    /// A workload.
    Workload,
    /// What makes containers hold a token.
    Token,
    /// A Secret.
    Secret,
    /// A Namespace.
    Namespace,
    /// A field that makes containers root of their node.
    Field,
    /// An annotation.
    Annotation,
    /// A `ConfigMap`.
    ConfigMap,
    /// A role that is gained.
    Role,
}

/// What to take away so that a way, and all others to the same end, are gone.
#[derive(Clone, Copy, Debug)]
pub enum Cut<'c, 'a> {
    /// A rule of a role.
    Rule(BoundRole<'a>, PolicyRule<'a>),
    /// A subject of a binding.
    Binding(&'c Holding<'a>),
    /// The tokens and the rights over its node of a workload.
    Workload(&'c Workload<'a>),
}

impl<'a> Escalations<'a> {
    /// The ways of everybody who is named in a binding, or whose containers are root of a node, to each
    /// kind of power; the worst first.
    pub fn new(holdings: &Holdings<'a>, inventory: &Inventory<'a>) -> Self {
        let clusters = cluster::clusters(holdings, inventory);
        let mut roles = roles::Roles::new(inventory);
        let plots = clusters.iter();
        let plots: Vec<_> = plots
            .map(|it| Plot::new(it, holdings, &mut roles))
            .collect();
        let mut all = Vec::new();
        for (number, plot) in plots.iter().enumerate() {
            sources::escalations(plot, number, &mut all);
        }
        Self { plots, all }
    }

    /// Those of each source together, the worst first.
    pub fn all(&self) -> &[Escalation<'a>] {
        &self.all
    }

    /// Looks for what to take away.
    pub fn cuts(&self) -> Cuts<'_, 'a> {
        Cuts {
            escalations: self,
            passes: FxHashMap::default(),
        }
    }
}

impl Escalation<'_> {
    /// Whether it follows from the input alone.
    pub fn is_certain(&self) -> bool {
        self.steps.iter().all(|it| it.is_certain)
    }

    /// Whether they have it by a binding, and so come by nothing.
    pub fn is_bound(&self) -> bool {
        matches!(self.steps.as_slice(), [only] if only.act == Act::IsBound)
    }
}

/// Looks for what to take away, and remembers what all ways to an end pass.
pub struct Cuts<'e, 'a> {
    escalations: &'e Escalations<'a>,
    passes: FxHashMap<(usize, Vertex), Passes>,
}

impl<'e, 'a> Cuts<'e, 'a> {
    /// What to take away so that neither this way nor another leads there; `None` where no single thing
    /// does.
    ///
    /// What is nearest to the source comes first, of that a rule before the binding of its role: that
    /// leaves the source the rest of its powers.
    pub fn of(&mut self, escalation: &Escalation<'a>) -> Option<Cut<'e, 'a>> {
        let plot = self.escalations.plots.get(escalation.plot)?;
        let key = (escalation.plot, escalation.goal);
        let passes = self.passes.entry(key);
        let passes = passes.or_insert_with(|| plot.graph.passes(escalation.goal));
        let start = std::iter::once(escalation.start);
        let vertices = start.chain(passes.from(escalation.start));
        let mut spots = vertices.map(|it| &plot.spots[it as usize]);
        let first = spots.find_map(cut)?;
        let next = spots.find(|it| !matches!(it, Spot::Gained(_)));
        match (first, next.and_then(cut)) {
            (Cut::Binding(_), Some(rule @ Cut::Rule(BoundRole::Defined(_), _))) => Some(rule),
            _ => Some(first),
        }
    }
}

/// What there is to take away at a vertex.
fn cut<'c, 'a>(spot: &'c Spot<'a>) -> Option<Cut<'c, 'a>> {
    match spot {
        Spot::Rule(role @ BoundRole::Defined(_), it) => Some(Cut::Rule(*role, *it)),
        Spot::Holding(holding) => Some(Cut::Binding(holding)),
        Spot::Stop(Stop::Workload(workload)) => Some(Cut::Workload(workload)),
        Spot::Combined(Some(part)) => Some(match part {
            (_, Some((role, it))) => Cut::Rule(*role, *it),
            (holding, None) => Cut::Binding(holding),
        }),
        _ => None,
    }
}

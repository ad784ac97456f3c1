//! The graph of one cluster.
//!
//! It stays as small as its input: who may do something to all objects of a namespace leads to one vertex
//! for these, and the objects hang on that.

use std::{borrow::Cow, collections::BTreeSet};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    analysis::rbac::{BoundRole, Deed, Holding, Holdings, Principal, built_in},
    model::PolicyRule,
    object::{Kind, Namespace, Relation},
    span::narrow,
    yaml::Node,
};

use super::{
    Act, Evidence, EvidenceKind, Opening, Stop,
    cluster::Cluster,
    combined,
    graph::{Edge, Graph, Vertex},
    pods::Nodes,
    roles::{RoleId, Roles},
};

/// The graph of one cluster, and what its vertices are.
pub(super) struct Plot<'a> {
    pub(super) graph: Graph<Link>,
    pub(super) spots: Vec<Spot<'a>>,
    pub(super) openings: Vec<Opening<'a>>,
    pub(super) evidence: Vec<Evidence<'a>>,
    /// Who is named in bindings, in their order.
    pub(super) bound: Vec<Vertex>,
    /// Workloads that are root of their nodes, with the vertices of these.
    pub(super) rooted: Vec<(Vertex, Vertex)>,
    pub(super) goals: Goals,
}

/// What there is to come by, by kind.
#[derive(Default)]
pub(super) struct Goals {
    pub(super) cluster_admin: Vec<Vertex>,
    pub(super) node_root: Vec<Vertex>,
    pub(super) kube_system_secrets: Vec<Vertex>,
    pub(super) namespace_admins: Vec<Vertex>,
    pub(super) clouds: Vec<Vertex>,
}

/// What a vertex is.
pub(super) enum Spot<'a> {
    /// Somebody, or what there is to come by.
    Stop(Stop<'a>),
    /// A role somewhere.
    Gained(Stop<'a>),
    /// A subject of a binding.
    Holding(Box<Holding<'a>>),
    /// A rule of a role.
    Rule(BoundRole<'a>, PolicyRule<'a>),
    /// Several powers together; the one without which there is no other way to do the same: a rule, or the
    /// binding of its role.
    Combined(Option<Needed<'a>>),
    /// Whatever is of one kind in one place.
    Hub,
}

/// A power without which others are of no use: the binding that gives it, and the rule, where the input
/// defines its role.
pub(super) type Needed<'a> = (Box<Holding<'a>>, Option<(BoundRole<'a>, PolicyRule<'a>)>);

/// What an edge stands for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Link {
    pub(super) act: Option<Act>,
    /// Which of the openings.
    pub(super) opening: Option<u32>,
    /// Which of the evidence.
    pub(super) first: u32,
    pub(super) count: u32,
}

/// What is of one kind in a namespace, or in all of them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Hub {
    /// Accounts as whom somebody may act, whether they exist or not.
    Names,
    /// Accounts that exist.
    Accounts,
    /// Pods.
    Pods,
    /// Pods that listen to who is attached.
    Listening,
    /// The right to run Pods.
    RunPods,
    /// The right to change workloads of a kind.
    Change(Kind),
    Secrets,
    Roles,
    Users,
    Groups,
    /// Groups but that of the masters.
    CommonGroups,
}

/// What there is one vertex of.
#[derive(PartialEq, Eq, Hash)]
enum Key<'a> {
    Principal(Principal<'a>),
    Role(RoleId, Namespace<'a>),
    Hub(Hub, Namespace<'a>),
    Nodes(Nodes),
    ClusterAdmin,
    KubeSystemSecrets,
    NamespaceAdmin(Namespace<'a>),
}

/// A graph in the making.
pub(super) struct Plotting<'p, 'i, 'a> {
    pub(super) cluster: &'p Cluster<'a>,
    pub(super) roles: &'p mut Roles<'i, 'a>,
    /// The vertex of each workload of the cluster.
    pub(super) workloads: Vec<Vertex>,
    numbers: FxHashMap<Key<'a>, Vertex>,
    spots: Vec<Spot<'a>>,
    edges: Vec<Edge<Link>>,
    openings: Vec<Opening<'a>>,
    evidence: Vec<Evidence<'a>>,
    pub(super) goals: Goals,
    /// The vertex of each subject of a binding.
    pub(super) held: Vec<Vertex>,
    pub(super) namespaces: BTreeSet<Namespace<'a>>,
    /// The vertices of what is known to exist.
    pub(super) existing: FxHashSet<Vertex>,
    pub(super) by_name: ByName<'a>,
}

/// What rules that are limited by name may mean.
#[derive(Default)]
pub(super) struct ByName<'a> {
    pub(super) accounts: FxHashMap<Cow<'a, str>, Vec<(Namespace<'a>, Vertex)>>,
    /// By name of their Pods.
    pub(super) pods: FxHashMap<Cow<'a, str>, Vec<usize>>,
    pub(super) workloads: FxHashMap<Cow<'a, str>, Vec<usize>>,
    pub(super) secrets: FxHashMap<Cow<'a, str>, Vec<usize>>,
}

impl<'a> Plot<'a> {
    pub(super) fn new<'p>(
        cluster: &'p Cluster<'a>,
        holdings: &Holdings<'a>,
        roles: &mut Roles<'_, 'a>,
    ) -> Self {
        let held = cluster.holdings.iter().map(|it| &holdings.all()[*it]);
        let held: Vec<_> = held.filter(|it| is_known(it)).collect();
        let mut plotting = Plotting::new(cluster, roles);
        plotting.place(&held);
        let bound = plotting.bind(&held);
        combined::add(&mut plotting, &held);
        plotting.finish(bound)
    }
}

/// Whether the input says who holds it, and where.
fn is_known(holding: &Holding<'_>) -> bool {
    let is_hidden = match &holding.principal {
        Principal::ServiceAccount { namespace, .. } => *namespace == Namespace::Unknown,
        Principal::User(_) | Principal::Group(_) => false,
    };
    !is_hidden && holding.scope != Namespace::Unknown
}

/// The namespace of an account.
pub(super) fn home<'a>(principal: &Principal<'a>) -> Option<Namespace<'a>> {
    match principal {
        Principal::ServiceAccount { namespace, .. } => Some(*namespace),
        Principal::User(_) | Principal::Group(_) => None,
    }
}

/// Whether what holds in `scope` holds in `namespace`.
pub(super) fn covers(scope: Namespace<'_>, namespace: Namespace<'_>) -> bool {
    scope == Namespace::Cluster || scope.compare(namespace) == Relation::Same
}

impl<'p, 'i, 'a> Plotting<'p, 'i, 'a> {
    fn new(cluster: &'p Cluster<'a>, roles: &'p mut Roles<'i, 'a>) -> Self {
        let mut plotting = Self {
            cluster,
            roles,
            workloads: Vec::new(),
            numbers: FxHashMap::default(),
            spots: Vec::new(),
            edges: Vec::new(),
            openings: Vec::new(),
            evidence: Vec::new(),
            goals: Goals::default(),
            held: Vec::new(),
            namespaces: BTreeSet::new(),
            existing: FxHashSet::default(),
            by_name: ByName::default(),
        };
        let cluster_admin = plotting.one(Key::ClusterAdmin, || Spot::Stop(Stop::ClusterAdmin));
        let node_root = [Nodes::Common, Nodes::Any].map(|it| plotting.node(it));
        let secrets = plotting.kube_system_secrets();
        plotting.goals.cluster_admin.push(cluster_admin);
        plotting.goals.node_root.extend(node_root);
        plotting.goals.kube_system_secrets.push(secrets);
        plotting
    }

    fn finish(self, bound: Vec<Vertex>) -> Plot<'a> {
        let (nodes, cluster) = (&self.goals.node_root, self.cluster);
        let workloads = self.workloads.iter().zip(&cluster.workloads);
        let rooted = workloads
            .filter(|(_, it)| it.root.is_some())
            .map(|(vertex, it)| {
                let place = usize::from(it.nodes != Nodes::Common);
                (*vertex, nodes[place])
            });
        Plot {
            rooted: rooted.collect(),
            graph: Graph::new(self.spots.len(), self.edges),
            spots: self.spots,
            openings: self.openings,
            evidence: self.evidence,
            bound,
            goals: self.goals,
        }
    }

    pub(super) fn add(&mut self, spot: Spot<'a>) -> Vertex {
        self.spots.push(spot);
        narrow(self.spots.len() - 1)
    }

    fn one(&mut self, key: Key<'a>, spot: impl FnOnce() -> Spot<'a>) -> Vertex {
        if let Some(known) = self.numbers.get(&key) {
            return *known;
        }
        let vertex = self.add(spot());
        self.numbers.insert(key, vertex);
        vertex
    }

    pub(super) fn cluster_admin(&self) -> Vertex {
        self.goals.cluster_admin[0]
    }

    pub(super) fn node(&mut self, nodes: Nodes) -> Vertex {
        self.one(Key::Nodes(nodes), || Spot::Stop(Stop::NodeRoot))
    }

    pub(super) fn kube_system_secrets(&mut self) -> Vertex {
        self.one(Key::KubeSystemSecrets, || {
            Spot::Stop(Stop::KubeSystemSecrets)
        })
    }

    pub(super) fn hub(&mut self, hub: Hub, scope: Namespace<'a>) -> Vertex {
        self.one(Key::Hub(hub, scope), || Spot::Hub)
    }

    pub(super) fn principal(&mut self, principal: &Principal<'a>) -> Vertex {
        let stop = || Spot::Stop(Stop::Principal(principal.clone()));
        self.one(Key::Principal(principal.clone()), stop)
    }

    /// The vertex of somebody who is named in a binding.
    pub(super) fn known_principal(&self, principal: Principal<'a>) -> Option<Vertex> {
        self.numbers.get(&Key::Principal(principal)).copied()
    }

    pub(super) fn namespace_admin(&mut self, namespace: Namespace<'a>) -> Vertex {
        let before = self.spots.len();
        let stop = || Spot::Stop(Stop::NamespaceAdmin(namespace));
        let vertex = self.one(Key::NamespaceAdmin(namespace), stop);
        if self.spots.len() > before {
            self.goals.namespace_admins.push(vertex);
            let run = self.hub(Hub::RunPods, namespace);
            self.step(vertex, run, Act::Does(Deed::RunPods), None, &[]);
        }
        vertex
    }

    /// An edge that is no step of its own.
    pub(super) fn lead(&mut self, from: Vertex, to: Vertex, evidence: &[Evidence<'a>]) {
        self.edge(from, to, false, true, (None, None, evidence));
    }

    pub(super) fn step(
        &mut self,
        from: Vertex,
        to: Vertex,
        act: Act,
        opening: Option<u32>,
        evidence: &[Evidence<'a>],
    ) {
        self.edge(from, to, true, true, (Some(act), opening, evidence));
    }

    pub(super) fn edge(
        &mut self,
        from: Vertex,
        to: Vertex,
        is_step: bool,
        is_certain: bool,
        (act, opening, evidence): (Option<Act>, Option<u32>, &[Evidence<'a>]),
    ) {
        let first = narrow(self.evidence.len());
        self.evidence.extend(evidence);
        self.edges.push(Edge {
            from,
            to,
            is_step,
            is_certain,
            link: Link {
                act,
                opening,
                first,
                count: narrow(evidence.len()),
            },
        });
    }

    pub(super) fn len(&self) -> usize {
        self.spots.len()
    }

    pub(super) fn role_vertex(
        &mut self,
        role: RoleId,
        scope: Namespace<'a>,
        spot: impl FnOnce() -> Spot<'a>,
    ) -> Vertex {
        self.one(Key::Role(role, scope), spot)
    }

    /// Everybody, in order.
    pub(super) fn principals(&self) -> impl Iterator<Item = (Principal<'a>, Vertex)> {
        (0..)
            .zip(&self.spots)
            .filter_map(|(number, spot)| match spot {
                Spot::Stop(Stop::Principal(principal)) => Some((principal.clone(), number)),
                _ => None,
            })
    }

    /// The accounts of these names in `scope`: those that exist, or all as whom one may act.
    pub(super) fn accounts(
        &self,
        names: &[&'a str],
        scope: Namespace<'a>,
        must_exist: bool,
    ) -> Vec<Vertex> {
        let alike = names.iter().filter_map(|it| self.by_name.accounts.get(*it));
        let meant = alike.flatten().filter(|it| covers(scope, it.0));
        let vertices = meant.map(|it| it.1);
        vertices
            .filter(|it| !must_exist || self.existing.contains(it))
            .collect()
    }

    /// The accounts whose tokens are in the Secrets of these names in `scope`, with the Secrets.
    pub(super) fn token_secrets(
        &self,
        names: &[&'a str],
        scope: Namespace<'a>,
    ) -> Vec<(Vertex, Node<'a>)> {
        let alike = names.iter().filter_map(|it| self.by_name.secrets.get(*it));
        let secrets = alike.flatten().map(|it| &self.cluster.token_secrets[*it]);
        let meant = secrets.filter(|it| covers(scope, it.namespace));
        let accounts = meant.filter_map(|it| {
            let account = self.known_principal(it.account.clone())?;
            Some((account, it.object.head()))
        });
        accounts.collect()
    }

    /// The workloads of the Pods of these names in `scope`.
    pub(super) fn pods(&self, names: &[&'a str], scope: Namespace<'a>) -> Vec<(Vertex, Node<'a>)> {
        let alike = names.iter().filter_map(|it| self.by_name.pods.get(*it));
        let workloads = alike
            .flatten()
            .map(|it| (*it, &self.cluster.workloads[*it]));
        let meant = workloads.filter(|it| covers(scope, it.1.namespace));
        meant
            .map(|(number, it)| (self.workloads[number], it.pod.object().head()))
            .collect()
    }

    /// The workloads of these names, by number.
    pub(super) fn workloads_called(&self, names: &[&'a str]) -> Vec<usize> {
        let alike = names
            .iter()
            .filter_map(|it| self.by_name.workloads.get(*it));
        alike.flatten().copied().collect()
    }

    /// The roles called `name` of the namespaces that `scope` covers.
    pub(super) fn roles_called(
        &self,
        name: &str,
        scope: Namespace<'a>,
    ) -> Vec<(BoundRole<'a>, Namespace<'a>)> {
        let roles = self.cluster.roles.iter();
        let meant = roles.filter(|it| it.1 == name && covers(scope, it.0));
        meant.map(|it| (BoundRole::Defined(it.2), it.0)).collect()
    }

    /// The cluster role called `name`: that of the input, or else of the API server.
    pub(super) fn cluster_role_called(&self, name: &str) -> Option<BoundRole<'a>> {
        let mut roles = self.cluster.global_roles.iter();
        let defined = roles.find(|it| it.0 == name);
        let defined = defined.map(|it| BoundRole::Defined(it.1));
        defined.or_else(|| {
            let known = built_in().role(Kind::ClusterRole, None, name);
            known.map(BoundRole::BuiltIn)
        })
    }

    pub(super) fn opening(&mut self, opening: Opening<'a>) -> u32 {
        self.openings.push(opening);
        narrow(self.openings.len() - 1)
    }
}

pub(super) fn evidence(node: Node<'_>, kind: EvidenceKind) -> Evidence<'_> {
    Evidence { node, kind }
}

//! The edges of what bindings give: from who is named, through role and rule, to what the rule opens.

use rustc_hash::FxHashSet;

use crate::{
    analysis::rbac::{BoundRole, Deed, Holding, Principal},
    object::Namespace,
};

use super::{
    Act, Evidence, EvidenceKind, Stop,
    graph::Vertex,
    places::{controller, named_at},
    plot::{Hub, Plotting, Spot, covers, evidence},
    roles::{Names, Offer, RoleId},
};

impl<'a> Plotting<'_, '_, 'a> {
    /// Adds what `held` give, and tells whom they name.
    pub(super) fn bind(&mut self, held: &[&Holding<'a>]) -> Vec<Vertex> {
        let (mut bound, mut seen) = (Vec::new(), FxHashSet::default());
        for holding in held {
            let principal = self.principal(&holding.principal);
            if seen.insert(principal) {
                bound.push(principal);
            }
            let vertex = self.add(Spot::Holding(Box::new((*holding).clone())));
            self.held.push(vertex);
            let shown = named_at(holding).map(|it| evidence(it, EvidenceKind::Binding));
            self.lead(principal, vertex, shown.as_slice());
            let role = self.role(holding.role, holding.scope);
            self.lead(vertex, role, &[]);
        }
        bound
    }

    /// The vertex of who holds `role` in `scope`.
    pub(super) fn role(&mut self, role: BoundRole<'a>, scope: Namespace<'a>) -> Vertex {
        let number = self.roles.of(role);
        let before = self.len();
        let vertex = self.role_vertex(number, scope, || {
            let name = role.name().unwrap_or_default().into();
            Spot::Gained(Stop::Role { name, scope })
        });
        if self.len() > before {
            self.open(vertex, number, scope);
        }
        vertex
    }

    /// Adds what the role opens in `scope` to who holds it there.
    fn open(&mut self, vertex: Vertex, number: RoleId, scope: Namespace<'a>) {
        let offers = self.roles.offers(number);
        let (role, everything) = (offers.role, offers.everything);
        if everything.is_some() || offers.is_admin && scope != Namespace::Cluster {
            let goal = match scope {
                Namespace::Cluster => self.cluster_admin(),
                namespace => self.namespace_admin(namespace),
            };
            let shown = everything.map(|it| evidence(it.found.resource.node, EvidenceKind::Rule));
            let from = match everything {
                Some(it) => {
                    let inner = self.add(Spot::Rule(role, it.rule));
                    self.lead(vertex, inner, &[]);
                    inner
                }
                None => vertex,
            };
            let opening = everything.map(|it| self.opening(it));
            self.step(from, goal, Act::IsBound, opening, shown.as_slice());
            // There is nothing more to come by.
            if scope == Namespace::Cluster {
                return;
            }
        }
        for index in 0..self.roles.offers(number).rules.len() {
            let open = &self.roles.offers(number).rules[index];
            let is_given = |it: &&Offer<'a>| it.is_namespaced || scope == Namespace::Cluster;
            let given: Vec<_> = open.offers.iter().filter(is_given).cloned().collect();
            if given.is_empty() {
                continue;
            }
            let inner = self.add(Spot::Rule(role, open.rule));
            self.lead(vertex, inner, &[]);
            for offer in given {
                self.offer(inner, scope, &offer);
            }
        }
    }

    /// Adds what `offer`, of the rule at `from`, opens in `scope`.
    fn offer(&mut self, from: Vertex, scope: Namespace<'a>, offer: &Offer<'a>) {
        let targets = self.targets(scope, offer);
        if targets.is_empty() {
            return;
        }
        let opening = self.opening(offer.opening);
        let rule = evidence(offer.opening.found.resource.node, EvidenceKind::Rule);
        for (target, act, also) in targets {
            let shown: Vec<_> = std::iter::once(rule).chain(also).collect();
            self.step(from, target, act, Some(opening), &shown);
        }
    }

    /// What `offer` opens in `scope`, how, and what shows that it is there.
    fn targets(
        &mut self,
        scope: Namespace<'a>,
        offer: &Offer<'a>,
    ) -> Vec<(Vertex, Act, Option<Evidence<'a>>)> {
        let act = Act::Does(offer.deed);
        let plain = |vertex: Vertex| (vertex, act, None);
        let names = match &offer.names {
            Names::Any => None,
            Names::These(names) => Some(names.as_slice()),
        };
        match (offer.deed, names) {
            (Deed::ActAsUsers, None) => {
                vec![
                    plain(self.hub(Hub::Users, Namespace::Cluster)),
                    plain(self.kube_system_secrets()),
                ]
            }
            (Deed::ActAsUsers, Some(names)) => self.users(names).map(plain).collect(),
            (Deed::ActAsAccounts, None) => vec![plain(self.hub(Hub::Names, scope))],
            (Deed::MakeTokens, None) => vec![plain(self.hub(Hub::Accounts, scope))],
            (Deed::ActAsAccounts, Some(names)) => self
                .accounts(names, scope, false)
                .into_iter()
                .map(plain)
                .collect(),
            (Deed::MakeTokens, Some(names)) => self
                .accounts(names, scope, true)
                .into_iter()
                .map(plain)
                .collect(),
            (Deed::ReadSecrets, None) => vec![plain(self.hub(Hub::Secrets, scope))],
            (Deed::ReadSecrets, Some(names)) => {
                let found = self.token_secrets(names, scope);
                let shown = |it| Some(evidence(it, EvidenceKind::Secret));
                found
                    .into_iter()
                    .map(|it| (it.0, act, shown(it.1)))
                    .collect()
            }
            (
                Deed::UseKubelets | Deed::RunCommands | Deed::AddContainers | Deed::ChangePods,
                None,
            ) => {
                vec![plain(self.hub(Hub::Pods, scope))]
            }
            (Deed::RunCommands | Deed::AddContainers | Deed::ChangePods, Some(names)) => {
                let found = self.pods(names, scope);
                let shown = |it| Some(evidence(it, EvidenceKind::Workload));
                found
                    .into_iter()
                    .map(|it| (it.0, act, shown(it.1)))
                    .collect()
            }
            (Deed::Attach, None) => vec![plain(self.hub(Hub::Listening, scope))],
            (Deed::RunPods, names) => self.run(scope, offer, names),
            (Deed::ChangeRequests, None) if offer.opening.request.verb == "create" => {
                vec![plain(self.hub(Hub::Pods, scope))]
            }
            _ => Vec::new(),
        }
    }

    /// What a rule opens that lets make workloads, or change those that there are.
    fn run(
        &mut self,
        scope: Namespace<'a>,
        offer: &Offer<'a>,
        names: Option<&[&'a str]>,
    ) -> Vec<(Vertex, Act, Option<Evidence<'a>>)> {
        let request = offer.opening.request;
        if request.verb == "create" {
            return vec![(
                self.hub(Hub::RunPods, scope),
                Act::Does(Deed::RunPods),
                None,
            )];
        }
        let Some(kind) = controller(request.resource) else {
            return Vec::new();
        };
        let Some(names) = names else {
            let change = self.hub(Hub::Change(kind), scope);
            return vec![(change, Act::ChangesWorkload, None)];
        };
        let mut found = Vec::new();
        for number in self.workloads_called(names) {
            let workload = &self.cluster.workloads[number];
            let object = workload.pod.object();
            if object.kind() == kind && covers(scope, workload.namespace) {
                let run = self.hub(Hub::RunPods, workload.namespace);
                let shown = evidence(object.head(), EvidenceKind::Workload);
                found.push((run, Act::ChangesWorkload, Some(shown)));
            }
        }
        found
    }

    /// Those of `names` who are users that are named in bindings.
    pub(super) fn users(&self, names: &[&'a str]) -> impl Iterator<Item = Vertex> {
        let users = names.iter().map(|it| Principal::User((*it).into()));
        users.filter_map(|it| self.known_principal(it))
    }
}

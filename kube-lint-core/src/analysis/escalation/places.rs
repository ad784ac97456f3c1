//! The vertices of what is there: accounts, workloads, Secrets, namespaces.

use std::borrow::Cow;

use crate::{
    analysis::rbac::{BoundRole, Holding, HoldingBinding, Principal},
    model::{ContainerRole, ServiceAccount},
    object::{Kind, Namespace},
    yaml::Node,
};

use super::{
    Act, Cloud, Evidence, EvidenceKind, Stop, Workload,
    cluster::{KUBE_SYSTEM, PodSecurity, RunningWorkload, exists_everywhere},
    graph::Vertex,
    plot::{Hub, Plotting, Spot, evidence, home},
    pods::{Coverage, Nodes},
};

/// The kinds of which one runs other Pods by changing them.
const CONTROLLERS: [(Kind, &str); 6] = [
    (Kind::ReplicationController, "replicationcontrollers"),
    (Kind::DaemonSet, "daemonsets"),
    (Kind::Deployment, "deployments"),
    (Kind::ReplicaSet, "replicasets"),
    (Kind::StatefulSet, "statefulsets"),
    (Kind::CronJob, "cronjobs"),
];

/// The kind of the controllers that are called `resource` in rules.
pub(super) fn controller(resource: &str) -> Option<Kind> {
    let found = CONTROLLERS.iter().find(|it| it.1 == resource);
    found.map(|it| it.0)
}

impl<'a> Plotting<'_, '_, 'a> {
    /// Places all that is there, and whom `held` name.
    pub(super) fn place(&mut self, held: &[&Holding<'a>]) {
        let cluster = self.cluster;
        self.namespaces.insert(Namespace::Named(KUBE_SYSTEM));
        let names = cluster.namespaces.keys();
        self.namespaces.extend(names.map(|it| Namespace::Named(it)));
        self.namespaces
            .extend(cluster.workloads.iter().map(|it| it.namespace));
        let secrets = cluster.token_secrets.iter();
        self.namespaces.extend(secrets.map(|it| it.namespace));
        self.namespaces.extend(cluster.roles.iter().map(|it| it.0));
        self.place_accounts(held);
        for (number, workload) in cluster.workloads.iter().enumerate() {
            self.place_workload(number, workload);
        }
        self.place_secrets();
        self.place_roles();
        for namespace in self.namespaces.clone() {
            self.open_namespace(namespace);
        }
        self.join_groups();
    }

    fn place_accounts(&mut self, held: &[&Holding<'a>]) {
        let cluster = self.cluster;
        for (account, object) in &cluster.accounts {
            let vertex = self.place_account(account);
            self.exists(account, vertex, object.head());
            for identity in ServiceAccount::new(object).cloud_identities() {
                let cloud = Cloud {
                    identity,
                    account: account.clone(),
                };
                let goal = self.add(Spot::Stop(Stop::Cloud(cloud)));
                self.goals.clouds.push(goal);
                let shown = evidence(identity.name.node, EvidenceKind::Annotation);
                self.step(vertex, goal, Act::HasCloudIdentity, None, &[shown]);
            }
        }
        for token in cluster.workloads.iter().flat_map(|it| &it.tokens) {
            let vertex = self.place_account(&token.account);
            self.exists(&token.account, vertex, token.node);
        }
        for holding in held {
            let principal = &holding.principal;
            match principal {
                Principal::ServiceAccount { .. } => {
                    let vertex = self.place_account(principal);
                    if exists_everywhere(principal)
                        && let Some(node) = named_at(holding)
                    {
                        self.exists(principal, vertex, node);
                    }
                }
                Principal::User(_) => self.place_in(Hub::Users, principal),
                Principal::Group(_) => self.place_in(Hub::Groups, principal),
            }
        }
    }

    fn place_in(&mut self, hub: Hub, principal: &Principal<'a>) {
        if self.known_principal(principal.clone()).is_none() {
            let vertex = self.principal(principal);
            let all = self.hub(hub, Namespace::Cluster);
            self.lead(all, vertex, &[]);
            let masters = Principal::Group("system:masters".into());
            if hub == Hub::Groups && *principal != masters {
                let common = self.hub(Hub::CommonGroups, Namespace::Cluster);
                self.lead(common, vertex, &[]);
            }
        }
    }

    fn place_account(&mut self, account: &Principal<'a>) -> Vertex {
        if let Some(known) = self.known_principal(account.clone()) {
            return known;
        }
        let vertex = self.principal(account);
        if let Principal::ServiceAccount { namespace, name } = account {
            self.namespaces.insert(*namespace);
            let names = self.hub(Hub::Names, *namespace);
            self.lead(names, vertex, &[]);
            let alike = self.by_name.accounts.entry(name.clone()).or_default();
            alike.push((*namespace, vertex));
        }
        vertex
    }

    /// Notes that there is such an account, so that Pods may run as it and it may have tokens.
    fn exists(&mut self, account: &Principal<'a>, vertex: Vertex, node: Node<'a>) {
        if let Some(namespace) = home(account)
            && self.existing.insert(vertex)
        {
            let accounts = self.hub(Hub::Accounts, namespace);
            self.lead(accounts, vertex, &[evidence(node, EvidenceKind::Account)]);
        }
    }

    fn place_workload(&mut self, number: usize, workload: &RunningWorkload<'a>) {
        let object = workload.pod.object();
        let namespace = workload.namespace;
        let vertex = self.add(Spot::Stop(Stop::Workload(Workload {
            pod: workload.pod,
            namespace,
            name: workload.name.clone(),
        })));
        self.workloads.push(vertex);
        let shown = [evidence(object.head(), EvidenceKind::Workload)];
        let pods = self.hub(Hub::Pods, namespace);
        self.lead(pods, vertex, &shown);
        if listens(workload) {
            let listening = self.hub(Hub::Listening, namespace);
            self.lead(listening, vertex, &shown);
        }
        self.name_workload(number, workload);
        for token in &workload.tokens {
            let account = self.principal(&token.account);
            let shown = evidence(token.node, EvidenceKind::Token);
            let act = (Some(Act::HoldsToken), None, &[shown][..]);
            self.edge(vertex, account, true, token.is_certain, act);
            self.leave_on_nodes(workload, account, shown);
        }
        if let Some(field) = workload.root {
            let node = self.node(workload.nodes);
            let shown = evidence(field, EvidenceKind::Field);
            self.step(vertex, node, Act::OwnsNode, None, &[shown]);
        }
    }

    /// The token of a Pod that runs on each node lies on each node.
    fn leave_on_nodes(
        &mut self,
        workload: &RunningWorkload<'a>,
        account: Vertex,
        token: Evidence<'a>,
    ) {
        let nodes: &[Nodes] = match workload.coverage {
            None => &[],
            Some(Coverage::Common) => &[Nodes::Common],
            Some(Coverage::Every) => &[Nodes::Common, Nodes::Any],
        };
        let head = workload.pod.object().head();
        let shown = [evidence(head, EvidenceKind::Workload), token];
        for it in nodes {
            let node = self.node(*it);
            self.edge(
                node,
                account,
                true,
                false,
                (Some(Act::ReadsNode), None, &shown),
            );
        }
    }

    fn name_workload(&mut self, number: usize, workload: &RunningWorkload<'a>) {
        let object = workload.pod.object();
        let kind = object.kind();
        let by_name = &mut self.by_name;
        let named = by_name.workloads.entry(workload.name.clone()).or_default();
        named.push(number);
        let pods: Vec<Cow<'a, str>> = match kind {
            Kind::Pod => vec![workload.name.clone()],
            Kind::StatefulSet => {
                let replicas = object.at(&["spec", "replicas"]).and_then(Node::integer);
                let replicas = replicas.unwrap_or(1).clamp(0, MOST_REPLICAS);
                let name = &workload.name;
                (0..replicas)
                    .map(|it| format!("{name}-{it}").into())
                    .collect()
            }
            _ => Vec::new(),
        };
        for pod in pods {
            by_name.pods.entry(pod).or_default().push(number);
        }
        if CONTROLLERS.iter().any(|it| it.0 == kind) {
            let change = self.hub(Hub::Change(kind), workload.namespace);
            if self.existing.insert(change) {
                let run = self.hub(Hub::RunPods, workload.namespace);
                let shown = evidence(object.head(), EvidenceKind::Workload);
                self.lead(change, run, &[shown]);
            }
        }
    }

    fn place_secrets(&mut self) {
        for (number, secret) in self.cluster.token_secrets.iter().enumerate() {
            let secrets = self.hub(Hub::Secrets, secret.namespace);
            let account = self.place_account(&secret.account);
            let shown = evidence(secret.object.head(), EvidenceKind::Secret);
            self.lead(secrets, account, &[shown]);
            let named = self.by_name.secrets.entry(secret.name.clone()).or_default();
            named.push(number);
        }
        let all = self.kube_system_secrets();
        let secrets = self.hub(Hub::Secrets, Namespace::Named(KUBE_SYSTEM));
        self.lead(secrets, all, &[]);
    }

    fn place_roles(&mut self) {
        for (namespace, _, object) in &self.cluster.roles {
            let role = self.role(BoundRole::Defined(*object), *namespace);
            let roles = self.hub(Hub::Roles, *namespace);
            let shown = evidence(object.head(), EvidenceKind::Role);
            self.lead(roles, role, &[shown]);
        }
    }

    /// Joins what is in `namespace` with what is everywhere, and with who may run Pods there.
    fn open_namespace(&mut self, namespace: Namespace<'a>) {
        let everywhere = [
            Hub::Names,
            Hub::Accounts,
            Hub::Pods,
            Hub::Listening,
            Hub::RunPods,
            Hub::Secrets,
            Hub::Roles,
        ];
        let changes = CONTROLLERS.map(|it| Hub::Change(it.0));
        for hub in everywhere.into_iter().chain(changes) {
            let all = self.hub(hub, Namespace::Cluster);
            let own = self.hub(hub, namespace);
            self.lead(all, own, &[]);
        }
        let run = self.hub(Hub::RunPods, namespace);
        let accounts = self.hub(Hub::Accounts, namespace);
        self.lead(run, accounts, &[]);
        let secrets = self.hub(Hub::Secrets, namespace);
        self.lead(run, secrets, &[]);
        let security = namespace
            .name()
            .and_then(|it| self.cluster.namespaces.get(it));
        if let Some(PodSecurity::Open { node, is_labelled }) = security {
            let common = self.node(Nodes::Common);
            let shown = evidence(*node, EvidenceKind::Namespace);
            self.edge(run, common, false, *is_labelled, (None, None, &[shown]));
        }
    }

    /// Who is in a group has what the group has.
    fn join_groups(&mut self) {
        let all: Vec<_> = self.principals().collect();
        for (principal, vertex) in all {
            for group in principal.groups() {
                if let Some(group) = self.known_principal(group).filter(|it| *it != vertex) {
                    self.lead(vertex, group, &[]);
                }
            }
        }
    }
}

/// Where the binding names its subject.
pub(super) fn named_at<'a>(holding: &Holding<'a>) -> Option<Node<'a>> {
    match holding.binding {
        HoldingBinding::Defined { subject, .. } => {
            Some(subject.name().map_or(subject.node(), |it| it.node))
        }
        HoldingBinding::BuiltIn(_) => None,
    }
}

/// Of how many Pods of a `StatefulSet` the names are told.
const MOST_REPLICAS: i64 = 100;

/// Whether what runs in one of its containers reads what somebody who is attached writes.
fn listens(workload: &RunningWorkload<'_>) -> bool {
    let containers = workload.pod.containers().into_iter();
    let mut main = containers.filter(|it| it.role() == ContainerRole::Main);
    main.any(|it| it.node().get("stdin").and_then(Node::bool) == Some(true))
}

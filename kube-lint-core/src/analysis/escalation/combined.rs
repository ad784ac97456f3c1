//! Powers that are of use only together with others of the same subject.

use rustc_hash::FxHashMap;

use crate::{
    analysis::rbac::{BoundRole, Deed, Holding, Principal},
    object::{Kind, Namespace},
};

use super::{
    Act, Evidence, EvidenceKind,
    cluster::KUBE_SYSTEM,
    graph::Vertex,
    places::named_at,
    plot::{Hub, Needed, Plotting, Spot, covers, evidence},
    pods::Nodes,
    roles::{Names, Part, PartOffer},
};

/// A part that somebody holds.
#[derive(Clone)]
struct Held<'h, 'a> {
    holding: &'h Holding<'a>,
    /// The vertex of the subject of the binding.
    vertex: Vertex,
    offer: PartOffer<'a>,
}

/// What one subject holds of parts.
struct Parts<'h, 'a> {
    start: Vertex,
    by_part: FxHashMap<Part, Vec<Held<'h, 'a>>>,
    holdings: Vec<(&'h Holding<'a>, Vertex)>,
}

/// Adds the edges of powers that are of use together.
pub(super) fn add<'a>(plotting: &mut Plotting<'_, '_, 'a>, held: &[&Holding<'a>]) {
    let mut by_subject: FxHashMap<&Principal<'a>, Vec<_>> = FxHashMap::default();
    let mut subjects = Vec::new();
    let vertices = plotting.held.clone();
    for (holding, vertex) in held.iter().zip(vertices) {
        let known = by_subject.entry(&holding.principal).or_default();
        if known.is_empty() {
            subjects.push(&holding.principal);
        }
        known.push((*holding, vertex));
    }
    for subject in subjects {
        let holdings = by_subject.remove(subject).unwrap_or_default();
        let start = plotting.principal(subject);
        let parts = Parts::of(plotting, start, holdings);
        parts.roles(plotting);
        parts.bindings(plotting);
        parts.groups(plotting);
        parts.secrets(plotting);
        parts.volumes(plotting);
        parts.namespaces(plotting);
        parts.certificates(plotting);
        parts.aws_auth(plotting);
    }
}

impl<'h, 'a> Parts<'h, 'a> {
    fn of(
        plotting: &mut Plotting<'_, '_, 'a>,
        start: Vertex,
        holdings: Vec<(&'h Holding<'a>, Vertex)>,
    ) -> Self {
        let mut by_part: FxHashMap<_, Vec<_>> = FxHashMap::default();
        for (holding, vertex) in &holdings {
            let number = plotting.roles.of(holding.role);
            let offers = plotting.roles.offers(number);
            let is_everywhere = holding.scope == Namespace::Cluster;
            // There is nothing more to come by.
            if is_everywhere && offers.everything.is_some() {
                by_part.clear();
                break;
            }
            for offer in &offers.parts {
                if is_everywhere || offer.is_namespaced {
                    by_part.entry(offer.part).or_default().push(Held {
                        holding,
                        vertex: *vertex,
                        offer: offer.clone(),
                    });
                }
            }
        }
        Self {
            start,
            by_part,
            holdings,
        }
    }

    fn all(&self, part: Part) -> &[Held<'h, 'a>] {
        self.by_part.get(&part).map_or(&[], Vec::as_slice)
    }

    /// Those that hold in `scope` and are not limited by name.
    fn whole(&self, part: Part, scope: Namespace<'a>) -> Vec<&Held<'h, 'a>> {
        let all = self.all(part).iter();
        all.filter(|it| it.offer.names == Names::Any && covers(it.holding.scope, scope))
            .collect()
    }

    /// Where a part holds, each place once.
    fn scopes(&self, part: Part) -> Vec<Namespace<'a>> {
        let mut scopes: Vec<_> = self.all(part).iter().map(|it| it.holding.scope).collect();
        scopes.sort_unstable();
        scopes.dedup();
        scopes
    }

    /// Where both parts hold: in the narrower of their places.
    fn common_scopes(&self, one: Part, other: Part) -> Vec<Namespace<'a>> {
        let mut scopes = self.scopes(one);
        scopes.extend(self.scopes(other));
        scopes.sort_unstable();
        scopes.dedup();
        scopes.retain(|scope| {
            let holds = |part| {
                let mut all = self.all(part).iter();
                all.any(|it| covers(it.holding.scope, *scope))
            };
            holds(one) && holds(other)
        });
        // What holds everywhere covers the rest.
        if scopes.first() == Some(&Namespace::Cluster) {
            scopes.truncate(1);
        }
        scopes
    }

    /// A vertex from which the parts, of each of which one is needed, lead on; `None` where one is missing.
    fn join(
        &self,
        plotting: &mut Plotting<'_, '_, 'a>,
        act: Act,
        needed: &[Vec<&Held<'h, 'a>>],
    ) -> Option<Joint<'a>> {
        let firsts: Option<Vec<_>> = needed.iter().map(|it| it.first().copied()).collect();
        let firsts = firsts?;
        let sole = needed.iter().find_map(|it| match it.as_slice() {
            [only] => Some(cut(only)),
            _ => None,
        });
        // Without the only binding that gives a part, there is nothing.
        let through = needed.iter().find_map(|it| {
            let (first, rest) = it.split_first()?;
            let is_only = rest.iter().all(|it| it.vertex == first.vertex);
            is_only.then_some(first.vertex)
        });
        let vertex = plotting.add(Spot::Combined(sole));
        plotting.lead(through.unwrap_or(self.start), vertex, &[]);
        let mut shown: Vec<Evidence<'a>> = Vec::new();
        for held in &firsts {
            let binding = named_at(held.holding);
            let binding = binding.map(|it| evidence(it, EvidenceKind::Binding));
            let rule = held.offer.opening.found.resource.node;
            let rule = evidence(rule, EvidenceKind::Rule);
            for it in binding.into_iter().chain([rule]) {
                if !shown.contains(&it) {
                    shown.push(it);
                }
            }
        }
        let opening = firsts.first().map(|it| plotting.opening(it.offer.opening));
        Some(Joint {
            vertex,
            act,
            opening,
            shown,
        })
    }

    /// Who writes any rule into a role that they hold has what they wrote.
    fn roles(&self, plotting: &mut Plotting<'_, '_, 'a>) {
        let act = Act::Does(Deed::Escalate);
        let everywhere = Namespace::Cluster;
        let whole = [
            self.whole(Part::EscalateClusterRoles, everywhere),
            self.whole(Part::WriteClusterRoles, everywhere),
        ];
        // Every cluster has roles of everybody who is authenticated.
        if let Some(joint) = self.join(plotting, act, &whole) {
            let goal = plotting.cluster_admin();
            joint.lead(plotting, goal);
        }
        for (holding, _) in &self.holdings {
            let parts = match holding.role.kind() {
                Kind::Role => [Part::EscalateRoles, Part::WriteRoles],
                _ => [Part::EscalateClusterRoles, Part::WriteClusterRoles],
            };
            if parts.iter().any(|it| self.all(*it).is_empty()) {
                continue;
            }
            // A role of a namespace is written there, another everywhere.
            let place = match holding.role.kind() {
                Kind::Role => holding.scope,
                _ => Namespace::Cluster,
            };
            let needed = parts.map(|it| {
                let all = self.all(it).iter();
                let is_meant = |it: &&Held<'h, 'a>| {
                    covers(it.holding.scope, place) && it.offer.names.contain(&holding.role_name)
                };
                all.filter(is_meant).collect()
            });
            if let Some(joint) = self.join(plotting, act, &needed) {
                let goal = match holding.scope {
                    Namespace::Cluster => plotting.cluster_admin(),
                    namespace => plotting.namespace_admin(namespace),
                };
                joint.lead(plotting, goal);
            }
        }
    }

    /// Who binds themselves to a role has what it gives.
    fn bindings(&self, plotting: &mut Plotting<'_, '_, 'a>) {
        let everywhere = Namespace::Cluster;
        self.bind_any(
            plotting,
            everywhere,
            (Part::BindClusterRoles, Part::WriteClusterRoleBindings),
        );
        let (bind, write) = (Part::BindClusterRoles, Part::CreateRoleBindings);
        for scope in self.common_scopes(bind, write) {
            // Where both hold everywhere there is more by a binding that does.
            if scope != Namespace::Cluster {
                self.bind_any(plotting, scope, (bind, write));
            }
        }
        let (bind, write) = (Part::BindRoles, Part::CreateRoleBindings);
        for scope in self.common_scopes(bind, write) {
            let act = Act::Does(Deed::Bind);
            let needed = [self.whole(bind, scope), self.whole(write, scope)];
            if let Some(joint) = self.join(plotting, act, &needed) {
                let roles = plotting.hub(Hub::Roles, scope);
                joint.lead(plotting, roles);
            }
            self.bind_named(plotting, scope, bind, &self.whole(write, scope));
        }
    }

    /// Binds cluster roles in `scope`: `cluster-admin` where any may be bound.
    fn bind_any(
        &self,
        plotting: &mut Plotting<'_, '_, 'a>,
        scope: Namespace<'a>,
        (bind, write): (Part, Part),
    ) {
        let writes = self.whole(write, scope);
        let needed = [self.whole(bind, scope), writes.clone()];
        if let Some(joint) = self.join(plotting, Act::Does(Deed::Bind), &needed) {
            let goal = match scope {
                Namespace::Cluster => plotting.cluster_admin(),
                namespace => plotting.namespace_admin(namespace),
            };
            joint.lead(plotting, goal);
        }
        self.bind_named(plotting, scope, bind, &writes);
    }

    /// Binds the roles that a rule names.
    fn bind_named(
        &self,
        plotting: &mut Plotting<'_, '_, 'a>,
        scope: Namespace<'a>,
        bind: Part,
        writes: &[&Held<'h, 'a>],
    ) {
        // One that is there is bound already.
        let creates = writes.iter().copied();
        let creates: Vec<_> = creates
            .filter(|it| it.offer.opening.request.verb == "create")
            .collect();
        for held in self.all(bind) {
            let Names::These(names) = &held.offer.names else {
                continue;
            };
            if !covers(held.holding.scope, scope) {
                continue;
            }
            for name in names {
                let roles = match bind {
                    Part::BindRoles => plotting.roles_called(name, scope),
                    _ => plotting
                        .cluster_role_called(name)
                        .map(|it| (it, scope))
                        .into_iter()
                        .collect(),
                };
                for (role, scope) in roles {
                    let needed = [vec![held], creates.clone()];
                    let act = Act::Does(Deed::Bind);
                    if let Some(joint) = self.join(plotting, act, &needed) {
                        let role = plotting.role(role, scope);
                        joint.lead(plotting, role);
                    }
                }
            }
        }
    }

    /// Who acts as a member of a group acts as some user too: a request to do the one alone is refused
    /// (`buildImpersonationRequests` in `apiserver/pkg/endpoints/filters/impersonation`).
    fn groups(&self, plotting: &mut Plotting<'_, '_, 'a>) {
        let users = self.all(Part::ActAsUsers).iter();
        let users: Vec<_> = users.chain(self.all(Part::ActAsAccounts)).collect();
        for held in self.all(Part::ActAsGroups) {
            let act = Act::Does(Deed::ActAsGroups);
            let Some(joint) = self.join(plotting, act, &[vec![held], users.clone()]) else {
                return;
            };
            if held.offer.names.contain("system:masters") {
                let goal = plotting.cluster_admin();
                joint.lead(plotting, goal);
            }
            match &held.offer.names {
                Names::Any => {
                    let groups = plotting.hub(Hub::Groups, Namespace::Cluster);
                    joint.lead(plotting, groups);
                }
                Names::These(names) => {
                    let groups = names.iter().map(|it| Principal::Group((*it).into()));
                    let known: Vec<_> = groups
                        .filter_map(|it| plotting.known_principal(it))
                        .collect();
                    for group in known {
                        joint.lead(plotting, group);
                    }
                }
            }
        }
    }

    /// The API server puts a token into a Secret that says so (`tokens_controller.go`).
    fn secrets(&self, plotting: &mut Plotting<'_, '_, 'a>) {
        let (create, read) = (Part::CreateSecrets, Part::ReadSecrets);
        for scope in self.common_scopes(create, read) {
            let needed = [self.whole(create, scope), self.whole(read, scope)];
            if let Some(joint) = self.join(plotting, Act::MintsToken, &needed) {
                let accounts = plotting.hub(Hub::Accounts, scope);
                joint.lead(plotting, accounts);
            }
        }
    }

    /// What a claim stands for, Pod Security does not see.
    fn volumes(&self, plotting: &mut Plotting<'_, '_, 'a>) {
        if self.all(Part::CreateVolumes).is_empty() {
            return;
        }
        let (claim, run) = (Part::ClaimVolumes, Part::RunPods);
        let scope = self.common_scopes(claim, run).into_iter().next();
        if let Some(scope) = scope {
            let needed = [
                self.whole(Part::CreateVolumes, Namespace::Cluster),
                self.whole(claim, scope),
                self.whole(run, scope),
            ];
            let act = Act::Does(Deed::UseNodeDisks);
            if let Some(joint) = self.join(plotting, act, &needed) {
                let node = plotting.node(Nodes::Common);
                joint.lead(plotting, node);
            }
        }
    }

    /// Who takes the label off a namespace runs there what they like.
    fn namespaces(&self, plotting: &mut Plotting<'_, '_, 'a>) {
        let (loosen, run) = (Part::LoosenPodSecurity, Part::RunPods);
        let known = &plotting.cluster.namespaces;
        for scope in self.common_scopes(loosen, run) {
            let mut names = known.keys();
            let is_known = names.any(|it| covers(scope, Namespace::Named(it)));
            let needed = [self.loosening(scope), self.whole(run, scope)];
            let act = Act::Does(Deed::LoosenPodSecurity);
            if is_known && let Some(joint) = self.join(plotting, act, &needed) {
                let node = plotting.node(Nodes::Common);
                joint.lead(plotting, node);
                return;
            }
        }
    }

    /// A `RoleBinding` gives what its role says of namespaces over its own, which a rule may name.
    fn loosening(&self, scope: Namespace<'a>) -> Vec<&Held<'h, 'a>> {
        let all = self.all(Part::LoosenPodSecurity).iter();
        all.filter(|it| {
            let is_named = scope
                .name()
                .is_some_and(|name| it.offer.names.contain(name));
            covers(it.holding.scope, scope) && (is_named || it.offer.names == Names::Any)
        })
        .collect()
    }

    /// A certificate makes its owner any user, and a member of any group but `system:masters`, which the
    /// API server refuses (`plugin/pkg/admission/certificates/subjectrestriction`).
    fn certificates(&self, plotting: &mut Plotting<'_, '_, 'a>) {
        const SIGNERS: [&str; 2] = ["kubernetes.io/kube-apiserver-client", "kubernetes.io/*"];
        let signers = self.all(Part::ApproveForSigner).iter();
        let signers = signers.filter(|it| SIGNERS.iter().any(|name| it.offer.names.contain(name)));
        let everywhere = Namespace::Cluster;
        let needed = [
            self.whole(Part::Approve, everywhere),
            signers.collect(),
            self.whole(Part::AskForCertificates, everywhere),
        ];
        let act = Act::Does(Deed::ApproveCertificates);
        if let Some(joint) = self.join(plotting, act, &needed) {
            let goals = [
                plotting.hub(Hub::Users, everywhere),
                plotting.hub(Hub::CommonGroups, everywhere),
                plotting.kube_system_secrets(),
            ];
            for goal in goals {
                joint.lead(plotting, goal);
            }
        }
    }

    /// Who writes the `ConfigMap` makes themselves a member of `system:masters`.
    fn aws_auth(&self, plotting: &mut Plotting<'_, '_, 'a>) {
        let scope = Namespace::Named(KUBE_SYSTEM);
        let defined = plotting.cluster.aws_auth;
        let all = self.all(Part::WriteConfigMaps).iter();
        // Only on EKS it means something.
        let writes = all.filter(|it| {
            let is_meant = match &it.offer.names {
                Names::Any => defined.is_some(),
                Names::These(names) => names.contains(&"aws-auth"),
            };
            is_meant && covers(it.holding.scope, scope)
        });
        let needed = [writes.collect()];
        if let Some(mut joint) = self.join(plotting, Act::WritesAwsAuth, &needed) {
            let shown = defined.map(|it| evidence(it.head(), EvidenceKind::ConfigMap));
            joint.shown.extend(shown);
            let goal = plotting.cluster_admin();
            joint.lead(plotting, goal);
        }
    }
}

/// Powers that are held together.
struct Joint<'a> {
    vertex: Vertex,
    act: Act,
    opening: Option<u32>,
    shown: Vec<Evidence<'a>>,
}

impl<'a> Joint<'a> {
    fn lead(&self, plotting: &mut Plotting<'_, '_, 'a>, to: Vertex) {
        plotting.step(self.vertex, to, self.act, self.opening, &self.shown);
    }
}

/// What to take away so that a part is gone.
fn cut<'a>(held: &Held<'_, 'a>) -> Needed<'a> {
    let role = held.holding.role;
    let written = match role {
        BoundRole::Defined(_) => Some((role, held.offer.opening.rule)),
        BoundRole::BuiltIn(_) => None,
    };
    (Box::new(held.holding.clone()), written)
}

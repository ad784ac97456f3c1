//! What is applied together, and so meets in one cluster.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use crate::{
    analysis::{
        namespace_labels::ENFORCE,
        network::{Group, object_labels},
        rbac::{BoundRole, HoldingBinding, Holdings, Principal},
        tokens::{Automount, DEFAULT_ACCOUNT, TokenSource, Tokens, makes_pods},
    },
    inventory::{ClosedWorld, Inventory},
    model::{ACCOUNT_ANNOTATION, Label, PodSpec, Secret, TOKEN_SECRET},
    object::{Kind, Namespace, Object, Text},
    units::{Unit, UnitId},
    yaml::Node,
};

use super::pods::{Coverage, Nodes, coverage, nodes, rooting};

/// What is certain to be applied together.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Together<'a> {
    Everything,
    World(ClosedWorld),
    Group(Group<'a>),
}

impl<'a> Together<'a> {
    fn of(inventory: &Inventory<'a>, object: &Object<'a>, unit: &Unit<'a>) -> Self {
        if inventory.is_one_cluster() {
            return Self::Everything;
        }
        match inventory.closed_world_of(object.file()) {
            Some(world) => Self::World(world),
            None => Self::Group(Group::of(unit)),
        }
    }
}

/// The objects of what is one cluster, as applied.
#[derive(Default)]
pub(super) struct Cluster<'a> {
    /// Which of the holdings.
    pub(super) holdings: Vec<usize>,
    pub(super) accounts: Vec<(Principal<'a>, Object<'a>)>,
    pub(super) workloads: Vec<RunningWorkload<'a>>,
    /// Namespaces that are defined, and whether their Pods may be privileged.
    pub(super) namespaces: FxHashMap<&'a str, PodSecurity<'a>>,
    pub(super) token_secrets: Vec<TokenSecret<'a>>,
    /// Roles of namespaces, by namespace and name.
    pub(super) roles: Vec<(Namespace<'a>, Cow<'a, str>, Object<'a>)>,
    /// Roles of the cluster, by name.
    pub(super) global_roles: Vec<(Cow<'a, str>, Object<'a>)>,
    /// The `ConfigMap` by which EKS knows who is who.
    pub(super) aws_auth: Option<Object<'a>>,
}

/// A workload of which Pods run.
#[derive(Clone)]
pub(super) struct RunningWorkload<'a> {
    pub(super) pod: PodSpec<'a>,
    pub(super) namespace: Namespace<'a>,
    pub(super) name: Cow<'a, str>,
    /// The accounts of which its containers hold tokens.
    pub(super) tokens: Vec<HeldToken<'a>>,
    /// What makes its containers root of their node.
    pub(super) root: Option<Node<'a>>,
    pub(super) nodes: Nodes,
    /// The nodes that each have one of its Pods.
    pub(super) coverage: Option<Coverage>,
}

/// A token that the containers of a workload hold.
#[derive(Clone)]
pub(super) struct HeldToken<'a> {
    pub(super) account: Principal<'a>,
    /// What says so.
    pub(super) node: Node<'a>,
    /// Whether nothing that the input does not show may say otherwise.
    pub(super) is_certain: bool,
}

/// A Secret with a token that does not expire.
pub(super) struct TokenSecret<'a> {
    pub(super) namespace: Namespace<'a>,
    pub(super) name: Cow<'a, str>,
    pub(super) account: Principal<'a>,
    pub(super) object: Object<'a>,
}

/// Whether the API server admits Pods that own their node.
#[derive(Clone, Copy)]
pub(super) enum PodSecurity<'a> {
    /// It does: the label says so, or there is none.
    Open {
        node: Node<'a>,
        /// Whether the label says so, and not only the server's default.
        is_labelled: bool,
    },
    /// It does not, or a template hides what holds.
    Closed,
}

/// The clusters that the input shows, each with whom its bindings name.
pub(super) fn clusters<'a>(holdings: &Holdings<'a>, inventory: &Inventory<'a>) -> Vec<Cluster<'a>> {
    let mut gathering = Gathering {
        inventory,
        clusters: Vec::new(),
        numbers: FxHashMap::default(),
    };
    for (number, holding) in holdings.all().iter().enumerate() {
        if let HoldingBinding::Defined { object, unit, .. } = holding.binding {
            let key = Together::of(inventory, &object, inventory.unit(unit));
            if is_in(inventory, key, holding.role) {
                gathering.founded(key).holdings.push(number);
            }
        }
    }
    gathering.gather();
    gathering.clusters
}

/// Whether `role` is applied there.
fn is_in<'a>(inventory: &Inventory<'a>, key: Together<'a>, role: BoundRole<'a>) -> bool {
    match role {
        BoundRole::BuiltIn(_) => true,
        BoundRole::Defined(object) => {
            let mut units = inventory.units_of(object.id());
            units.any(|it| Together::of(inventory, &object, it) == key)
        }
    }
}

struct Gathering<'i, 'a> {
    inventory: &'i Inventory<'a>,
    clusters: Vec<Cluster<'a>>,
    numbers: FxHashMap<Together<'a>, usize>,
}

impl<'a> Gathering<'_, 'a> {
    fn founded(&mut self, key: Together<'a>) -> &mut Cluster<'a> {
        let number = *self.numbers.entry(key).or_insert(self.clusters.len());
        if number == self.clusters.len() {
            self.clusters.push(Cluster::default());
        }
        &mut self.clusters[number]
    }

    fn gather(&mut self) {
        let inventory = self.inventory;
        for pod in inventory.pod_specs() {
            if pod.runs_pods() && makes_pods(pod, inventory) {
                self.each(&pod.object(), |cluster, unit, namespace| {
                    cluster
                        .workloads
                        .push(workload(inventory, pod, unit, namespace));
                });
            }
        }
        for object in inventory.of_kind(Kind::ServiceAccount) {
            self.each(object, |cluster, unit, namespace| {
                if let Some(name) = inventory.applied_name(unit, object) {
                    let account = Principal::ServiceAccount { namespace, name };
                    cluster.accounts.push((account, *object));
                }
            });
        }
        for object in inventory.of_kind(Kind::Role) {
            self.each(object, |cluster, unit, namespace| {
                if let Some(name) = inventory.applied_name(unit, object) {
                    cluster.roles.push((namespace, name, *object));
                }
            });
        }
        for object in inventory.of_kind(Kind::ClusterRole) {
            self.each(object, |cluster, unit, _| {
                if let Some(name) = inventory.applied_name(unit, object) {
                    cluster.global_roles.push((name, *object));
                }
            });
        }
        for object in inventory.of_kind(Kind::Secret) {
            self.each(object, |cluster, unit, namespace| {
                cluster
                    .token_secrets
                    .extend(token_secret(inventory, object, unit, namespace));
            });
        }
        for object in inventory.of_kind(Kind::ConfigMap) {
            let is_aws_auth = object.name().is_some_and(|it| it.value == "aws-auth");
            if is_aws_auth {
                self.each(object, |cluster, _, namespace| {
                    if namespace == Namespace::Named(KUBE_SYSTEM) {
                        cluster.aws_auth.get_or_insert(*object);
                    }
                });
            }
        }
        for object in inventory.of_kind(Kind::Namespace) {
            self.each(object, |cluster, unit, _| {
                let name = inventory.identity(unit, object.id()).name;
                if let Some(name) = name {
                    let security = pod_security(inventory, object, unit);
                    let known = cluster.namespaces.entry(name).or_insert(security);
                    if matches!(security, PodSecurity::Closed) {
                        *known = security;
                    }
                }
            });
        }
    }

    /// Adds `object` to the clusters that it is applied in, where its namespace is not hidden.
    fn each(
        &mut self,
        object: &Object<'a>,
        mut add: impl FnMut(&mut Cluster<'a>, UnitId, Namespace<'a>),
    ) {
        for unit in self.inventory.units_of(object.id()) {
            let key = Together::of(self.inventory, object, unit);
            let namespace = self.inventory.identity(unit.id, object.id()).namespace;
            let Some(number) = self.numbers.get(&key) else {
                continue;
            };
            if namespace != Namespace::Unknown {
                add(&mut self.clusters[*number], unit.id, namespace);
            }
        }
    }
}

/// The namespace of the control plane.
pub(super) const KUBE_SYSTEM: &str = "kube-system";

fn workload<'a>(
    inventory: &Inventory<'a>,
    pod: &PodSpec<'a>,
    unit: UnitId,
    namespace: Namespace<'a>,
) -> RunningWorkload<'a> {
    let object = pod.object();
    RunningWorkload {
        pod: *pod,
        namespace,
        name: inventory.applied_name(unit, &object).unwrap_or_default(),
        tokens: tokens(inventory, pod, unit, namespace),
        root: rooting(inventory, pod),
        nodes: nodes(inventory, pod),
        coverage: coverage(inventory, pod),
    }
}

fn tokens<'a>(
    inventory: &Inventory<'a>,
    pod: &PodSpec<'a>,
    unit: UnitId,
    namespace: Namespace<'a>,
) -> Vec<HeldToken<'a>> {
    let tokens = Tokens::of(pod, inventory);
    let own = tokens.account().map(|account| {
        let defined = account.objects.first();
        let defined = defined.filter(|it| inventory.member(unit, it.id()).is_some());
        let name = defined.and_then(|it| inventory.applied_name(unit, it));
        Principal::ServiceAccount {
            namespace,
            name: name.unwrap_or(account.name.into()),
        }
    });
    let is_automounted = matches!(tokens.automount(), Automount::Yes(_));
    let held = |account: &Option<Principal<'a>>, node: Option<Node<'a>>, is_certain| {
        Some(HeldToken {
            account: account.clone()?,
            node: node?,
            is_certain,
        })
    };
    let place = tokens.account_place();
    let mut found: Vec<HeldToken<'a>> = Vec::new();
    for mount in tokens.mounts() {
        let token = match mount.source {
            TokenSource::Automount => held(&own, place, is_automounted),
            TokenSource::Projected(node) => held(&own, Some(node), true),
            TokenSource::Secret { object, named } => {
                let secret = token_secret(inventory, &object, unit, namespace);
                held(&secret.map(|it| it.account), Some(named), true)
            }
        };
        found.extend(token.filter(|it| found.iter().all(|known| known.account != it.account)));
    }
    found
}

/// The account of which `object`, a Secret, holds a token.
fn token_secret<'a>(
    inventory: &Inventory<'a>,
    object: &Object<'a>,
    unit: UnitId,
    namespace: Namespace<'a>,
) -> Option<TokenSecret<'a>> {
    if object.kind() != Kind::Secret || !Secret::new(object).is(TOKEN_SECRET) {
        return None;
    }
    let account = object.annotation(ACCOUNT_ANNOTATION)?;
    Some(TokenSecret {
        namespace,
        name: inventory.applied_name(unit, object)?,
        account: Principal::ServiceAccount {
            namespace,
            name: applied_account(inventory, unit, account),
        },
        object: *object,
    })
}

/// The name of the account that is called `name` in the build `unit`, as applied.
fn applied_account<'a>(inventory: &Inventory<'a>, unit: UnitId, name: Text<'a>) -> Cow<'a, str> {
    let definitions = inventory.definitions_of(Kind::ServiceAccount, name.value);
    let mut objects = definitions
        .into_iter()
        .filter_map(|it| inventory.defining_object(it));
    let own = objects.find(|it| inventory.member(unit, it.id()).is_some());
    let applied = own.and_then(|it| inventory.applied_name(unit, it));
    applied.unwrap_or(name.value.into())
}

/// Whether the account exists in every namespace.
pub(super) fn exists_everywhere(account: &Principal<'_>) -> bool {
    matches!(account, Principal::ServiceAccount { name, .. } if name == DEFAULT_ACCOUNT)
}

fn pod_security<'a>(
    inventory: &Inventory<'a>,
    object: &Object<'a>,
    unit: UnitId,
) -> PodSecurity<'a> {
    match object_labels(inventory, unit, object.id()).get(ENFORCE) {
        Label::Value(Some("privileged")) => PodSecurity::Open {
            node: object.label(ENFORCE).map_or(object.head(), |it| it.node),
            is_labelled: true,
        },
        Label::Absent => PodSecurity::Open {
            node: object.head(),
            is_labelled: false,
        },
        Label::Value(_) | Label::Unknown => PodSecurity::Closed,
    }
}

//! Who can read a Secret: through the API, in a Pod, or in another's name.
//!
//! Followed is what the powers themselves give, and one step on: acting as a reader. Who could give
//! themselves more rights first is not asked.

mod rights;
mod targets;

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    inventory::{ClosedWorld, Inventory, Resolution},
    model::Reference,
    object::{Kind, Namespace, Object, ObjectId, Relation},
    units::UnitId,
    yaml::Node,
};

use super::{
    rbac::{Deed, HoldingBinding, Holdings, Principal, is_near},
    references,
};

use rights::{Right, rights};
use targets::Targets;

/// How somebody can read a Secret, the most direct first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ReadingWay {
    /// By a request for the Secret itself.
    Request,
    /// As a workload that has it as a file or a variable.
    Mount,
    /// By Pods of their making, which can have any Secret of the namespace.
    Pods,
    /// By what they run in the Pods that have it.
    Commands,
    /// In the name of a subject that can read it.
    Identity,
}

/// Somebody who can read a Secret.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    /// How.
    pub way: ReadingWay,
    /// The subject in a binding, or the name of the Secret in a workload.
    pub at: Node<'a>,
}

/// The readers of every Secret; what holds for whole namespaces is worked out once.
pub struct SecretReaders<'h, 'a> {
    inventory: &'h Inventory<'a>,
    reading: Vec<Right<'h, 'a>>,
    running: Vec<Right<'h, 'a>>,
    commanding: Vec<Right<'h, 'a>>,
    acting: [(Identity, Vec<Right<'h, 'a>>); 3],
    mounts: FxHashMap<ObjectId, Vec<(ObjectId, Node<'a>)>>,
    audiences: FxHashMap<Where<'a>, Rc<Audience<'h, 'a>>>,
}

/// Whose name is taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Identity {
    Account,
    User,
    Group,
}

/// What decides who reads the Secrets of a namespace, whatever their names.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Where<'a> {
    namespace: Namespace<'a>,
    vicinity: Vicinity<'a>,
    is_mounted: bool,
}

/// Which bindings count.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Vicinity<'a> {
    /// Those of the closed world.
    World(ClosedWorld),
    /// Those of these units, or of the folder.
    Units(Vec<UnitId>, &'a str),
}

/// Those who read every Secret of a place.
#[derive(Default)]
struct Audience<'h, 'a> {
    readers: Vec<Reader<'a>>,
    principals: FxHashSet<&'h Principal<'a>>,
}

impl<'h, 'a> Audience<'h, 'a> {
    fn add(&mut self, right: &Right<'h, 'a>, way: ReadingWay) {
        let Some(at) = right.place() else { return };
        if self.principals.insert(&right.holding.principal) {
            self.readers.push(Reader { way, at });
        }
    }
}

impl<'h, 'a: 'h> SecretReaders<'h, 'a> {
    /// The readers by what everybody holds and what workloads mount.
    pub fn new(holdings: &'h Holdings<'a>, inventory: &'h Inventory<'a>) -> Self {
        let of = |deeds: &[Deed]| rights(holdings, deeds);
        Self {
            inventory,
            reading: of(&[Deed::ReadSecrets]),
            running: of(&[Deed::RunPods]),
            commanding: of(&[
                Deed::RunCommands,
                Deed::Attach,
                Deed::AddContainers,
                Deed::ChangePods,
                Deed::UseKubelets,
            ]),
            acting: [
                (
                    Identity::Account,
                    of(&[Deed::ActAsAccounts, Deed::MakeTokens]),
                ),
                (Identity::User, of(&[Deed::ActAsUsers])),
                (Identity::Group, of(&[Deed::ActAsGroups])),
            ],
            mounts: mounts(inventory),
            audiences: FxHashMap::default(),
        }
    }

    /// The readers of `secret`, the most direct first, each subject and workload once. Those that every
    /// cluster has are left out. A binding counts that is in the same closed world, is applied with the
    /// Secret or lies in its folder, or names its very namespace.
    pub fn of(&mut self, secret: &Object<'a>) -> Vec<Reader<'a>> {
        let mounts = self.mounts.get(&secret.id());
        let mounted = mounts.into_iter().flatten().map(|(_, at)| Reader {
            way: ReadingWay::Mount,
            at: *at,
        });
        let mounted: Vec<_> = mounted.collect();
        let audience = self.audience(secret, !mounted.is_empty());
        let mut own = Audience::default();
        let named = self.named(secret);
        for right in &named {
            if !audience.principals.contains(&right.holding.principal) {
                own.add(right, ReadingWay::Request);
            }
        }
        let targets = Targets::of(named.into_iter());
        for right in self.acting_as(&targets, secret) {
            if !audience.principals.contains(&right.holding.principal) {
                own.add(right, ReadingWay::Identity);
            }
        }
        let shared = audience.readers.iter().copied();
        let mut readers: Vec<_> = shared.chain(own.readers).chain(mounted).collect();
        readers.sort_by_key(|it| it.way);
        readers
    }

    /// The rights to read `secret` by its name.
    fn named(&self, secret: &Object<'a>) -> Vec<&Right<'h, 'a>> {
        let names = self.inventory.names(secret);
        let rights = self.reading.iter();
        let meant = rights.filter(|right| names.iter().any(|it| right.is_for(it)));
        meant
            .filter(|it| self.is_over(it, secret) && self.counts(it, secret))
            .collect()
    }

    fn audience(&mut self, secret: &Object<'a>, is_mounted: bool) -> Rc<Audience<'h, 'a>> {
        let place = Where {
            namespace: self.inventory.namespace(secret),
            vicinity: self.vicinity(secret),
            is_mounted,
        };
        if let Some(known) = self.audiences.get(&place) {
            return Rc::clone(known);
        }
        let audience = Rc::new(self.gather(secret, is_mounted));
        self.audiences.insert(place, Rc::clone(&audience));
        audience
    }

    fn vicinity(&self, secret: &Object<'a>) -> Vicinity<'a> {
        if let Some(world) = self.inventory.closed_world_of(secret.file()) {
            return Vicinity::World(world);
        }
        let units = self.inventory.units_of(secret.id()).map(|it| it.id);
        Vicinity::Units(units.collect(), self.inventory.folder(secret.file()))
    }

    /// Those who read every Secret where `secret` is, in order of directness.
    fn gather(&self, secret: &Object<'a>, is_mounted: bool) -> Audience<'h, 'a> {
        let mut audience = Audience::default();
        let all = |it: &&Right<'h, 'a>| it.is_for_all() && self.is_over(it, secret);
        let reading: Vec<_> = self.reading.iter().filter(all).collect();
        // Who may change a workload of one name may give it any Secret.
        let running = self.running.iter().filter(|it| self.is_over(it, secret));
        let running: Vec<_> = running.collect();
        let commanding = self.commanding.iter().filter(|_| is_mounted).filter(all);
        let commanding: Vec<_> = commanding.collect();
        for (rights, way) in [
            (&reading, ReadingWay::Request),
            (&running, ReadingWay::Pods),
            (&commanding, ReadingWay::Commands),
        ] {
            for right in rights.iter().filter(|it| self.counts(it, secret)) {
                audience.add(right, way);
            }
        }
        let counts = |it: &&Right<'h, 'a>| it.place().is_none() || self.counts(it, secret);
        let readers = reading.into_iter().chain(running).chain(commanding);
        let targets = Targets::of(readers.filter(counts));
        for right in self.acting_as(&targets, secret) {
            audience.add(right, ReadingWay::Identity);
        }
        audience
    }

    /// The rights to act as one of `targets`.
    fn acting_as<'r>(
        &'r self,
        targets: &'r Targets<'h, 'a>,
        secret: &'r Object<'a>,
    ) -> impl Iterator<Item = &'r Right<'h, 'a>> {
        let acting = self.acting.iter().flat_map(|(identity, rights)| {
            let rights = rights.iter();
            rights.filter(|it| targets.are_reached(*identity, it))
        });
        acting.filter(|it| self.counts(it, secret))
    }

    /// Whether the right holds in the namespace of `secret`.
    fn is_over(&self, right: &Right<'h, 'a>, secret: &Object<'a>) -> bool {
        let scope = right.holding.scope;
        scope == Namespace::Cluster
            || scope.compare(self.inventory.namespace(secret)) == Relation::Same
    }

    /// Whether the binding is one of the cluster that `secret` is in, as far as the input tells.
    fn counts(&self, right: &Right<'h, 'a>, secret: &Object<'a>) -> bool {
        let HoldingBinding::Defined { object, .. } = right.holding.binding else {
            return false;
        };
        let world = |it: &Object<'a>| self.inventory.closed_world_of(it.file());
        if let Some(own) = world(secret) {
            return world(&object) == Some(own);
        }
        let names_it = right.holding.scope.name().is_some()
            && right.holding.scope == self.inventory.namespace(secret);
        names_it || is_near(self.inventory, secret, &object)
    }
}

/// The workloads that have each Secret as a file or a variable, with the place that says so.
fn mounts<'a>(inventory: &Inventory<'a>) -> FxHashMap<ObjectId, Vec<(ObjectId, Node<'a>)>> {
    let mut mounts: FxHashMap<_, Vec<(ObjectId, Node<'a>)>> = FxHashMap::default();
    for (object, reference) in references::all(inventory) {
        if !is_read_inside(&object, &reference) {
            continue;
        }
        let (kind, name) = (reference.kind, reference.name.value);
        let found = inventory.find(&object, kind, reference.namespace, name);
        let Resolution::Found(definitions) = found else {
            continue;
        };
        for definition in definitions {
            let Some(secret) = inventory.defining_object(definition) else {
                continue;
            };
            let of_secret = mounts.entry(secret.id()).or_default();
            if of_secret.iter().all(|(by, _)| *by != object.id()) {
                of_secret.push((object.id(), reference.name.node));
            }
        }
    }
    mounts
}

/// Whether containers see what is referred to; others are read by the kubelet or by controllers.
fn is_read_inside(object: &Object<'_>, reference: &Reference<'_>) -> bool {
    const MOUNTING: [Kind; 3] = [Kind::Alertmanager, Kind::Prometheus, Kind::PrometheusAgent];
    let mut above = Vec::new();
    let mut node = Some(reference.name.node);
    while let Some(at) = node {
        above.extend(at.key().and_then(Node::text));
        node = at.parent();
    }
    let is_inside = |it: &&str| matches!(*it, "env" | "envFrom" | "secret");
    let is_listed = MOUNTING.contains(&object.kind()) && above.contains(&"secrets");
    reference.kind == Kind::Secret && (above.iter().any(is_inside) || is_listed)
}

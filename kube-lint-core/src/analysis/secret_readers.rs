//! Who can read a Secret: through the API, in a Pod, or in another's name.
//!
//! Followed is what the powers themselves give, and one step on: acting as a reader. Who could give
//! themselves more rights first is not asked.

mod audience;
mod rights;
mod targets;
mod vicinity;

use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::{
    inventory::{Inventory, Resolution},
    model::Reference,
    object::{Kind, Namespace, Object, ObjectId},
    yaml::Node,
};

use super::{
    rbac::{Deed, Holdings},
    references,
};

use audience::Audience;
use rights::{Right, Rights};
use targets::{Identity, Targets};
use vicinity::{Near, Vicinity};

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

impl ReadingWay {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Request,
        Self::Mount,
        Self::Pods,
        Self::Commands,
        Self::Identity,
    ];
}

/// Somebody who can read a Secret.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    /// How.
    pub way: ReadingWay,
    /// The subject in a binding, or the name of the Secret in a workload.
    pub at: Node<'a>,
}

/// Who can read a Secret, each subject and workload once, in the most direct way.
#[derive(Clone, Debug)]
pub struct Readers<'a> {
    counts: [usize; ReadingWay::ALL.len()],
    /// Some of them, the most direct first.
    pub nearest: Vec<Reader<'a>>,
}

impl Readers<'_> {
    /// How many there are.
    pub fn number(&self) -> usize {
        self.counts.iter().sum()
    }

    /// How many there are that read it in that way.
    pub fn number_by(&self, way: ReadingWay) -> usize {
        self.counts[way as usize]
    }
}

/// The readers of every Secret; what holds for whole namespaces, and everywhere, is worked out once.
pub struct SecretReaders<'h, 'a> {
    inventory: &'h Inventory<'a>,
    reading: Rights<'h, 'a>,
    /// Rights to read Secrets of one name only, by that name.
    named: FxHashMap<&'a str, Vec<Right<'h, 'a>>>,
    running: Rights<'h, 'a>,
    commanding: Rights<'h, 'a>,
    acting: [(Identity, Rights<'h, 'a>); 3],
    mounts: FxHashMap<ObjectId, Vec<(ObjectId, Node<'a>)>>,
    near: FxHashMap<Vicinity<'a>, Rc<Near>>,
    audiences: FxHashMap<Place<'a>, Rc<Audience<'h, 'a>>>,
}

/// What decides who reads Secrets, whatever their names.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Place<'a> {
    /// [`Namespace::Cluster`] for those who read in all namespaces.
    scope: Namespace<'a>,
    vicinity: Vicinity<'a>,
    is_mounted: bool,
}

impl<'a> Place<'a> {
    fn of(secret: &Object<'a>, is_mounted: bool, inventory: &Inventory<'a>) -> Self {
        Self {
            scope: inventory.namespace(secret),
            vicinity: Vicinity::of(secret, inventory),
            is_mounted,
        }
    }
}

const COMMANDS: [Deed; 5] = [
    Deed::RunCommands,
    Deed::Attach,
    Deed::AddContainers,
    Deed::ChangePods,
    Deed::UseKubelets,
];

impl<'h, 'a: 'h> SecretReaders<'h, 'a> {
    /// The readers by what everybody holds and what workloads mount.
    pub fn new(holdings: &'h Holdings<'a>, inventory: &'h Inventory<'a>) -> Self {
        let rights = |deeds: &[Deed]| rights::of(holdings, deeds);
        let (all, some): (Vec<_>, _) = rights(&[Deed::ReadSecrets])
            .into_iter()
            .partition(Right::is_for_all);
        let mut named: FxHashMap<_, Vec<_>> = FxHashMap::default();
        for right in some {
            for name in right.names.iter().flatten() {
                named.entry(*name).or_default().push(right.clone());
            }
        }
        let commanding = rights(&COMMANDS).into_iter().filter(Right::is_for_all);
        Self {
            inventory,
            reading: Rights::new(all),
            named,
            // Who may change a workload of one name may give it any Secret.
            running: Rights::new(rights(&[Deed::RunPods])),
            commanding: Rights::new(commanding.collect()),
            acting: [
                (
                    Identity::Account,
                    &[Deed::ActAsAccounts, Deed::MakeTokens][..],
                ),
                (Identity::User, &[Deed::ActAsUsers]),
                (Identity::Group, &[Deed::ActAsGroups]),
            ]
            .map(|(identity, deeds)| (identity, Rights::new(rights(deeds)))),
            mounts: mounts(inventory),
            near: FxHashMap::default(),
            audiences: FxHashMap::default(),
        }
    }

    /// The readers of `secret`, at most `most` of them one by one. Those that every cluster has are left
    /// out. A binding counts that is in the same closed world, or where there is none, that is applied
    /// with the Secret, lies in its folder or in its namespace.
    pub fn of(&mut self, secret: &Object<'a>, most: usize) -> Readers<'a> {
        let mounts = self.mounts.get(&secret.id()).cloned().unwrap_or_default();
        let place = Place::of(secret, !mounts.is_empty(), self.inventory);
        let near = self.near(&place.vicinity);
        let everywhere = Place {
            scope: Namespace::Cluster,
            ..place.clone()
        };
        let below = self.gathered(everywhere, None, &near);
        let below = self.gathered(place.clone(), Some(below), &near);
        let mut audience = Audience::over(below);
        let named = self.named(secret, place.scope, &near);
        for right in &named {
            audience.add(right, ReadingWay::Request);
        }
        for right in self.acting_as(&Targets::of(named), place.scope, &near) {
            audience.add(right, ReadingWay::Identity);
        }
        let mut counts = audience.counts;
        counts[ReadingWay::Mount as usize] += mounts.len();
        let mounts = mounts.into_iter().map(|(_, at)| Reader {
            way: ReadingWay::Mount,
            at,
        });
        let mut nearest: Vec<_> = audience.nearest(most).into_iter().chain(mounts).collect();
        nearest.sort_by_key(|it| it.way);
        nearest.truncate(most);
        Readers { counts, nearest }
    }

    fn near(&mut self, vicinity: &Vicinity<'a>) -> Rc<Near> {
        if let Some(known) = self.near.get(vicinity) {
            return Rc::clone(known);
        }
        let near = Rc::new(vicinity.near(self.inventory));
        self.near.insert(vicinity.clone(), Rc::clone(&near));
        near
    }

    /// The rights to read `secret` by its name.
    fn named(&self, secret: &Object<'a>, own: Namespace<'a>, near: &Near) -> Vec<&Right<'h, 'a>> {
        let names = self.inventory.names(secret).into_iter();
        let rights = names.filter_map(|it| self.named.get(&*it)).flatten();
        let over = rights.filter(|it| it.is_over(own));
        over.filter(|it| it.counts(own, near)).collect()
    }

    /// Those who read every Secret of a place, on top of those who read all others too.
    fn gathered(
        &mut self,
        place: Place<'a>,
        below: Option<Rc<Audience<'h, 'a>>>,
        near: &Near,
    ) -> Rc<Audience<'h, 'a>> {
        if let Some(known) = self.audiences.get(&place) {
            return Rc::clone(known);
        }
        let mut audience = below.map_or_else(Audience::default, Audience::over);
        self.add_rights(&mut audience, &place, near);
        let mut acting = self.acting_as(&audience.targets, place.scope, near);
        if let Some(below) = &audience.below {
            acting.extend(self.acting_inside(&below.targets, place.scope, near));
        }
        for right in acting {
            audience.add(right, ReadingWay::Identity);
        }
        let audience = Rc::new(audience);
        self.audiences.insert(place, Rc::clone(&audience));
        audience
    }

    /// Adds those whose rights hold in the scope of `place`.
    fn add_rights(&self, audience: &mut Audience<'h, 'a>, place: &Place<'a>, near: &Near) {
        let mut holders = Vec::new();
        for (way, rights) in [
            (ReadingWay::Request, &self.reading),
            (ReadingWay::Pods, &self.running),
            (ReadingWay::Commands, &self.commanding),
        ] {
            if way == ReadingWay::Commands && !place.is_mounted {
                continue;
            }
            for right in rights.over(place.scope, near) {
                audience.add(right, way);
                holders.push(right);
            }
            // Nobody counts them, but others may act as them.
            holders.extend(rights.built_in(place.scope));
        }
        audience.targets = Targets::of(holders);
    }

    /// The rights to act as one of `targets`.
    fn acting_as(
        &self,
        targets: &Targets<'h, 'a>,
        scope: Namespace<'a>,
        near: &Near,
    ) -> Vec<&Right<'h, 'a>> {
        if targets.is_empty() {
            return Vec::new();
        }
        let mut acting = self.acting_inside(targets, scope, near);
        for (identity, rights) in &self.acting {
            let near = near.bindings().flat_map(|it| rights.of_binding(it));
            acting.extend(near.filter(|it| targets.are_reached(*identity, it)));
        }
        acting
    }

    /// Those of them that hold in `scope` and nowhere else.
    fn acting_inside(
        &self,
        targets: &Targets<'h, 'a>,
        scope: Namespace<'a>,
        near: &Near,
    ) -> Vec<&Right<'h, 'a>> {
        let acting = self.acting.iter().flat_map(|(identity, rights)| {
            let inside = rights.over(scope, near).into_iter();
            inside.filter(|it| targets.are_reached(*identity, it))
        });
        acting.collect()
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

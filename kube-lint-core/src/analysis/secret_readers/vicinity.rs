//! Which bindings are of the same cluster as a Secret, as far as the input tells.

use crate::{
    inventory::{ClosedWorld, Inventory},
    object::{Kind, Object, ObjectId},
    units::{UnitId, UnitKind},
};

/// What has to do with an object, whatever its namespace; as [`is_near`](super::super::rbac::is_near) has
/// it, but that all of a closed world is near.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum Vicinity<'a> {
    /// All that there is.
    Cluster,
    /// All of the closed world.
    World(ClosedWorld),
    /// What is applied in these units.
    Units(Vec<UnitId>),
    /// What lies in the folder.
    Folder(&'a str),
}

impl<'a> Vicinity<'a> {
    /// That of `object`.
    pub(super) fn of(object: &Object<'a>, inventory: &Inventory<'a>) -> Self {
        if inventory.is_one_cluster() {
            return Self::Cluster;
        }
        if let Some(world) = inventory.closed_world_of(object.file()) {
            return Self::World(world);
        }
        let mut units = inventory.units_of(object.id());
        if units.all(|it| it.kind == UnitKind::File) {
            return Self::Folder(inventory.folder(object.file()));
        }
        let units = inventory.units_of(object.id());
        Self::Units(units.map(|it| it.id).collect())
    }

    /// What is in it.
    pub(super) fn near(&self, inventory: &Inventory<'a>) -> Near {
        let kinds = [Kind::ClusterRoleBinding, Kind::RoleBinding];
        let is_in = |it: &Object<'a>| match self {
            Self::Cluster => true,
            Self::World(world) => inventory.closed_world_of(it.file()) == Some(*world),
            Self::Units(units) => {
                let mut units = units.iter();
                units.any(|unit| inventory.member(*unit, it.id()).is_some())
            }
            Self::Folder(folder) => inventory.folder(it.file()) == *folder,
        };
        let bindings = kinds.into_iter().flat_map(|it| inventory.of_kind(it));
        let bindings = bindings.filter(|it| is_in(it)).map(Object::id);
        let mut bindings: Vec<_> = bindings.collect();
        bindings.sort_unstable();
        Near {
            bindings,
            is_all: matches!(self, Self::Cluster | Self::World(_)),
        }
    }
}

/// The bindings in a vicinity.
pub(super) struct Near {
    bindings: Vec<ObjectId>,
    is_all: bool,
}

impl Near {
    /// In order.
    pub(super) fn bindings(&self) -> impl Iterator<Item = ObjectId> {
        self.bindings.iter().copied()
    }

    pub(super) fn has(&self, binding: ObjectId) -> bool {
        self.bindings.binary_search(&binding).is_ok()
    }

    /// Whether no others are in the cluster.
    pub(super) fn is_all(&self) -> bool {
        self.is_all
    }
}

//! Who is meant by a name: in the unit, then nearby, then anywhere in the root.

use crate::{
    nearest,
    object::{Kind, Namespace, Object, Relation},
    target::World,
    units::UnitId,
};

use super::{DefinedIn, Definition, Inventory, definitions::Origin};

/// The answer to a look-up.
#[derive(Debug)]
pub enum Resolution<'i, 'a> {
    /// Definitions of that name that may be meant: those of the unit, or else the nearest.
    Found(Vec<&'i Definition<'a>>),
    /// None, and the input is complete enough to say so.
    Missing(Missing<'i, 'a>),
    /// None, but more may exist than the input shows.
    Unknown,
}

/// What is known of a name that nothing defines.
#[derive(Debug)]
pub struct Missing<'i, 'a> {
    /// The namespace that was looked in, for [`Inventory::near_miss`].
    pub namespace: Namespace<'a>,
    /// A definition of the very name in another namespace, where both namespaces are set.
    pub elsewhere: Option<&'i Definition<'a>>,
    /// Whether the input is the whole cluster, so that the object exists nowhere.
    pub is_certain: bool,
}

impl<'a> Inventory<'a> {
    /// Looks up the object of `kind` called `name` that `from` speaks of.
    ///
    /// `namespace` is `None` for the namespace of `from` itself, which differs from unit to unit.
    pub fn find(
        &self,
        from: &Object<'a>,
        kind: Kind,
        namespace: Option<Namespace<'a>>,
        name: &str,
    ) -> Resolution<'_, 'a> {
        let namespaces = self.namespaces_for(from, kind, namespace);
        for &(unit, namespace) in &namespaces {
            let here = self.definitions_in(unit, kind, name);
            let found: Vec<_> = here
                .filter(|it| self.compare_in(it, unit, namespace).is_some_and(may_equal))
                .collect();
            if !found.is_empty() {
                return Resolution::Found(found);
            }
        }
        let named = self.definitions_of(kind, name);
        let first = namespaces.first().map(|it| it.1);
        let sought = first
            .or(namespace)
            .unwrap_or_else(|| self.namespace_of(from, None));
        let found = self.nearest_of(from, &named, &namespaces, sought);
        if !found.is_empty() {
            return Resolution::Found(found);
        }
        if self.is_known(kind, sought.name(), name)
            || self.is_made_by_operator(kind, name)
            || self.may_have_more(from)
        {
            return Resolution::Unknown;
        }
        Resolution::Missing(Missing {
            namespace: sought,
            elsewhere: self.elsewhere(&named, sought),
            is_certain: self.world_of(from.file()) == World::Closed,
        })
    }

    /// The definitions of `kind` called `name` that `from`, where it is applied in `unit`, certainly
    /// means: those of the unit whose namespace is `namespace`, or else the nearest.
    pub(super) fn certain(
        &self,
        from: &Object<'a>,
        unit: UnitId,
        kind: Kind,
        namespace: Namespace<'a>,
        name: &str,
    ) -> Vec<&Definition<'a>> {
        let here: Vec<_> = self
            .definitions_in(unit, kind, name)
            .filter(|it| self.compare_in(it, unit, namespace) == Some(Relation::Same))
            .collect();
        if !here.is_empty() {
            return here;
        }
        let there = self.definitions_of(kind, name).into_iter();
        let there = there.filter(|it| self.compare_anywhere(it, namespace) == Relation::Same);
        self.nearest_to(from, there.collect())
    }

    /// The definitions of `kind` and `name` in `unit`.
    pub(super) fn definitions_in<'i>(
        &'i self,
        unit: UnitId,
        kind: Kind,
        name: &str,
    ) -> impl Iterator<Item = &'i Definition<'a>> + use<'i, 'a> {
        let of_kind = self.defined_in(unit, kind);
        let first = of_kind.partition_point(|it| it.name < name);
        let end = first + of_kind[first..].partition_point(|it| it.name == name);
        let found = of_kind[first..end].iter();
        found.map(|it| &self.definitions[it.definition])
    }

    /// What `unit` defines of `kind`, sorted by name.
    fn defined_in(&self, unit: UnitId, kind: Kind) -> &[DefinedIn<'a>] {
        let key = (unit, kind);
        let first = self.by_unit.partition_point(|it| (it.unit, it.kind) < key);
        let rest = &self.by_unit[first..];
        let length = rest.partition_point(|it| (it.unit, it.kind) == key);
        &rest[..length]
    }

    /// Every definition of `kind` and `name` in the root, `name` being that in the manifest or the one
    /// that a kustomization makes of it.
    pub fn definitions_of(&self, kind: Kind, name: &str) -> Vec<&Definition<'a>> {
        let written = self.by_name.get(&(kind, name)).into_iter().flatten();
        let written = written.map(|it| &self.definitions[*it]);
        let renamed = self.by_new_name.get(name).into_iter().flatten();
        let renamed = renamed.map(|it| &self.definitions[*it]);
        let renamed = renamed.filter(|it| it.kind == kind && it.name != name);
        written.chain(renamed).collect()
    }

    /// The object that `definition` is, unless kustomize generates it.
    pub fn defining_object(&self, definition: &Definition<'a>) -> Option<&Object<'a>> {
        match definition.origin {
            Origin::Object(object) => Some(self.object(object)),
            Origin::Generator { .. } => None,
        }
    }

    /// The namespace to look in, for each unit of `from`.
    fn namespaces_for(
        &self,
        from: &Object<'a>,
        kind: Kind,
        namespace: Option<Namespace<'a>>,
    ) -> Vec<(UnitId, Namespace<'a>)> {
        let is_cluster_scoped = !kind.may_be_namespaced();
        let memberships = self.memberships[from.id().index()].iter();
        memberships
            .map(|it| {
                let sought = if is_cluster_scoped {
                    Namespace::Cluster
                } else {
                    namespace.unwrap_or(it.identity.namespace)
                };
                (it.unit, sought)
            })
            .collect()
    }

    /// How the namespace of `definition` in `unit` compares with `namespace`; `None` where the unit
    /// does not hold it.
    fn compare_in(
        &self,
        definition: &Definition<'a>,
        unit: UnitId,
        namespace: Namespace<'a>,
    ) -> Option<Relation> {
        let own = match definition.origin {
            Origin::Object(object) => {
                let member = self.member(unit, object)?;
                self.namespace_of(self.object(object), Some(member))
            }
            Origin::Generator {
                unit: of,
                namespace,
            } => (of == unit).then_some(namespace)?,
        };
        Some(compare(own, namespace))
    }

    /// How the namespace of `definition` compares with `namespace` in the unit where they are the
    /// closest.
    fn compare_anywhere(&self, definition: &Definition<'a>, namespace: Namespace<'a>) -> Relation {
        match definition.origin {
            Origin::Generator { namespace: own, .. } => compare(own, namespace),
            Origin::Object(object) => {
                let memberships = self.memberships[object.index()].iter();
                let relations = memberships.map(|it| compare(it.identity.namespace, namespace));
                relations
                    .min_by_key(|it| match it {
                        Relation::Same => 0,
                        Relation::Unknown => 1,
                        Relation::Different => 2,
                    })
                    .unwrap_or(Relation::Different)
            }
        }
    }

    /// Those of `named` in any unit that may be in the namespace sought and lie nearest to `from`.
    fn nearest_of<'i>(
        &'i self,
        from: &Object<'a>,
        named: &[&'i Definition<'a>],
        namespaces: &[(UnitId, Namespace<'a>)],
        sought: Namespace<'a>,
    ) -> Vec<&'i Definition<'a>> {
        // The first is the one sought.
        let others = namespaces.get(1..).unwrap_or_default();
        let may_be_meant = |it: &Definition<'a>| {
            let is_in = |namespace| may_equal(self.compare_anywhere(it, namespace));
            is_in(sought) || others.iter().any(|(_, other)| is_in(*other))
        };
        let found = named.iter().copied().filter(|it| may_be_meant(it));
        self.nearest_to(from, found.collect())
    }

    /// Those of `found` that lie nearest to `from`.
    fn nearest_to<'i>(
        &'i self,
        from: &Object<'a>,
        found: Vec<&'i Definition<'a>>,
    ) -> Vec<&'i Definition<'a>> {
        let folder = self.folder(from.file());
        let distance =
            |it: &Definition<'a>| folder_distance(folder, self.folder(it.node.document().file()));
        let Some(least) = found.iter().map(|it| distance(it)).min() else {
            return found;
        };
        found
            .into_iter()
            .filter(|it| distance(it) == least)
            .collect()
    }

    fn is_known(&self, kind: Kind, namespace: Option<&str>, name: &str) -> bool {
        let known = &self.target.known;
        let names = match kind {
            Kind::Secret => &known.secrets,
            Kind::ConfigMap => &known.config_maps,
            Kind::ServiceAccount => &known.service_accounts,
            Kind::Role | Kind::ClusterRole => &known.roles,
            _ => return false,
        };
        names.contain(namespace, name)
    }

    /// Whether `from` is applied with things that the input does not show, or is a patch.
    pub fn may_have_more(&self, from: &Object<'a>) -> bool {
        let mut units = self.units_of(from.id()).peekable();
        units.peek().is_none() || units.any(|it| it.incomplete.is_some())
    }

    /// The definition of `kind` that `from` may mean by a missing name: in `namespace` and a unit of
    /// `from`, its own name a letter or two off.
    pub fn near_miss(
        &self,
        from: &Object<'a>,
        kind: Kind,
        namespace: Namespace<'a>,
        name: &str,
    ) -> Option<&Definition<'a>> {
        let is_there = |it: &DefinedIn<'a>| {
            let definition = &self.definitions[it.definition];
            self.compare_in(definition, it.unit, namespace) == Some(Relation::Same)
        };
        let units = self.units_of(from.id());
        let near = units.flat_map(|unit| {
            let defined = self.defined_in(unit.id, kind);
            nearest::near(name, nearest::limit(name), defined, |it| it.name)
        });
        let meant = near
            .filter(|(_, it)| !differ_in_digits_only(it.name, name) && is_there(it))
            .map(|(distance, it)| (distance, it.definition));
        let (_, definition) = meant.min()?;
        self.definitions.get(definition)
    }

    fn elsewhere<'i>(
        &'i self,
        named: &[&'i Definition<'a>],
        namespace: Namespace<'a>,
    ) -> Option<&'i Definition<'a>> {
        namespace.name()?;
        named
            .iter()
            .copied()
            .find(|it| self.compare_anywhere(it, namespace) == Relation::Different)
    }
}

fn may_equal(relation: Relation) -> bool {
    relation != Relation::Different
}

/// Definitions of cluster-scoped kinds are the same everywhere.
fn compare(own: Namespace<'_>, sought: Namespace<'_>) -> Relation {
    match (own, sought) {
        (Namespace::Cluster, _) | (_, Namespace::Cluster) => Relation::Same,
        _ => own.compare(sought),
    }
}

/// Folders to pass on the way from one to the other.
fn folder_distance(from: &str, to: &str) -> usize {
    let parts = |path: &str| path.split('/').filter(|it| !it.is_empty()).count();
    let common = from
        .split('/')
        .zip(to.split('/'))
        .take_while(|(from, to)| !from.is_empty() && from == to)
        .count();
    parts(from) + parts(to) - 2 * common
}

/// Names such as `worker-1` and `worker-2` are two on purpose.
fn differ_in_digits_only(one: &str, other: &str) -> bool {
    let letters = |name: &str| {
        name.chars()
            .filter(|it| !it.is_ascii_digit())
            .collect::<String>()
    };
    letters(one) == letters(other)
}

#[cfg(test)]
mod tests {
    use super::folder_distance;

    #[test]
    fn distance_counts_folders_up_and_down() {
        assert_eq!(folder_distance("a/b", "a/b"), 0);
        assert_eq!(folder_distance("a/b", "a/c"), 2);
        assert_eq!(folder_distance("", "a"), 1);
    }
}

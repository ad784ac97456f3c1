//! Which bindings bind which role, and whom they name: an index over all units.

use std::{borrow::Cow, ops::Range};

use rustc_hash::FxHashMap;

use crate::{
    model::{Binding, Subject},
    object::{Kind, Namespace, Object, ObjectId, Relation},
    units::{Member, UnitId},
    yaml::Node,
};

use super::Inventory;

/// Every binding of a root, once for each unit that it is applied in.
#[derive(Debug, Default)]
pub struct Bindings<'a> {
    grants: Vec<Grant<'a>>,
    by_binding: FxHashMap<ObjectId, Range<usize>>,
    by_role: FxHashMap<ObjectId, Vec<usize>>,
    by_reference: FxHashMap<(Kind, &'a str), Vec<usize>>,
    accounts: FxHashMap<&'a str, Vec<Entry<'a>>>,
    users: FxHashMap<&'a str, Vec<Entry<'a>>>,
    groups: FxHashMap<&'a str, Vec<Entry<'a>>>,
}

/// A binding as applied in a unit.
#[derive(Clone, Debug)]
pub struct Grant<'a> {
    /// The binding.
    pub binding: Object<'a>,
    /// The unit.
    pub unit: UnitId,
    /// Where what it grants holds: [`Namespace::Cluster`] for a `ClusterRoleBinding`, which holds
    /// everywhere.
    pub namespace: Namespace<'a>,
    /// The roles of the input that it binds: of the unit, or else the nearest. None where the role is
    /// built in, defined elsewhere, or in a namespace that is not certain to be the same.
    pub roles: Vec<ObjectId>,
}

impl Grant<'_> {
    /// Whether it grants in all namespaces, and what lies in none.
    pub fn is_cluster_wide(&self) -> bool {
        self.binding.kind() == Kind::ClusterRoleBinding
    }
}

/// A grant that names somebody, with the item of `subjects` that does.
#[derive(Clone, Copy, Debug)]
pub struct NamedGrant<'i, 'a> {
    /// The grant.
    pub grant: &'i Grant<'a>,
    /// The item of `subjects`.
    pub subject: Subject<'a>,
    /// How it names them.
    pub via: Via,
    /// [`Relation::Unknown`] where one of the namespaces is set and the other is not.
    pub relation: Relation,
}

/// How a subject names a ServiceAccount (`pkg/serviceaccount/util.go`, `MakeUsername` and
/// `MakeGroupNames`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Via {
    /// As a ServiceAccount, or a user or group by its very name.
    Itself,
    /// As `kind: User` with the name `system:serviceaccount:<namespace>:<name>`.
    UserName,
    /// Through a group that it is in.
    Group,
}

#[derive(Clone, Copy, Debug)]
struct Entry<'a> {
    grant: usize,
    subject: Subject<'a>,
    namespace: Namespace<'a>,
    via: Via,
}

impl<'a> Bindings<'a> {
    pub(super) fn new(inventory: &Inventory<'a>) -> Self {
        let mut bindings = Self::default();
        for kind in [Kind::ClusterRoleBinding, Kind::RoleBinding] {
            for object in inventory.of_kind(kind) {
                let first = bindings.grants.len();
                for unit in inventory.units_of(object.id()) {
                    bindings.add(inventory, *object, unit.id);
                }
                let range = first..bindings.grants.len();
                bindings.by_binding.insert(object.id(), range);
            }
        }
        bindings
    }

    fn add(&mut self, inventory: &Inventory<'a>, object: Object<'a>, unit: UnitId) {
        let number = self.grants.len();
        let binding = Binding::new(&object);
        let grant = Grant {
            binding: object,
            unit,
            namespace: inventory.identity(unit, object.id()).namespace,
            roles: inventory.bound_roles(&binding, unit),
        };
        for role in &grant.roles {
            self.by_role.entry(*role).or_default().push(number);
        }
        if let Some((kind, name)) = reference(&binding) {
            self.by_reference
                .entry((kind, name))
                .or_default()
                .push(number);
        }
        for subject in binding.subjects() {
            self.add_subject(inventory, &grant, number, subject);
        }
        self.grants.push(grant);
    }

    fn add_subject(
        &mut self,
        inventory: &Inventory<'a>,
        grant: &Grant<'a>,
        number: usize,
        subject: Subject<'a>,
    ) {
        let (Some(kind), Some(name)) = (subject.kind(), subject.name()) else {
            return;
        };
        let entry = |namespace, via| Entry {
            grant: number,
            subject,
            namespace,
            via,
        };
        match kind.value {
            "ServiceAccount" => {
                let namespace = inventory.subject_namespace(grant.unit, &grant.binding, &subject);
                if let Some(namespace) = namespace {
                    let accounts = self.accounts.entry(name.value).or_default();
                    accounts.push(entry(namespace, Via::Itself));
                }
            }
            "User" => {
                let users = self.users.entry(name.value).or_default();
                users.push(entry(Namespace::Cluster, Via::Itself));
                if let Some((namespace, account)) = account_of_user(name.value) {
                    let accounts = self.accounts.entry(account).or_default();
                    accounts.push(entry(Namespace::Named(namespace), Via::UserName));
                }
            }
            "Group" => {
                let groups = self.groups.entry(name.value).or_default();
                groups.push(entry(Namespace::Cluster, Via::Group));
            }
            _ => {}
        }
    }

    /// Every grant: those of `ClusterRoleBinding`s first, in order of path and place.
    pub fn grants(&self) -> &[Grant<'a>] {
        &self.grants
    }

    /// The grants that `binding` is, one for each of its units.
    pub fn of_binding(&self, binding: ObjectId) -> &[Grant<'a>] {
        let range = self.by_binding.get(&binding).cloned();
        range.map_or(&[], |it| &self.grants[it])
    }

    /// The grants that bind the role `role` of the input.
    pub fn of_role(&self, role: ObjectId) -> impl Iterator<Item = &Grant<'a>> {
        self.numbered(self.by_role.get(&role).map_or(&[], Vec::as_slice))
    }

    /// The grants whose `roleRef` has this kind and name, whatever it means there.
    pub fn of_reference<'i>(
        &'i self,
        kind: Kind,
        name: &'i str,
    ) -> impl Iterator<Item = &'i Grant<'a>> + use<'i, 'a> {
        let numbers = self.by_reference.get(&(kind, name));
        self.numbered(numbers.map_or(&[], Vec::as_slice))
    }

    /// The grants that name the ServiceAccount `name` in `namespace`: as itself, by its user name or,
    /// but for `system:authenticated` in the built-in bindings, through its groups. Every unit's are
    /// given; those of namespaces that may be others have [`Relation::Unknown`].
    pub fn to_account<'i>(
        &'i self,
        namespace: Namespace<'a>,
        name: &str,
    ) -> Vec<NamedGrant<'i, 'a>> {
        let direct = self.accounts.get(name).into_iter().flatten();
        let mut named: Vec<_> = direct
            .map(|it| self.named(it, it.namespace.compare(namespace)))
            .collect();
        for group in ["system:serviceaccounts", "system:authenticated"] {
            named.extend(self.to_group(group));
        }
        match namespace {
            Namespace::Named(namespace) => {
                let group = format!("system:serviceaccounts:{namespace}");
                named.extend(self.to_group(&group));
            }
            _ => named.extend(self.to_some_namespaces_accounts()),
        }
        named.retain(|it| it.relation != Relation::Different);
        named
    }

    /// Grants to `system:serviceaccounts:<namespace>` for any namespace, in order.
    fn to_some_namespaces_accounts(&self) -> Vec<NamedGrant<'_, 'a>> {
        let groups = self.groups.iter();
        let mut entries: Vec<_> = groups
            .filter(|(name, _)| name.starts_with("system:serviceaccounts:"))
            .flat_map(|(_, entries)| entries)
            .collect();
        entries.sort_by_key(|it| (it.grant, it.subject.node().id()));
        let named = entries.into_iter();
        named.map(|it| self.named(it, Relation::Unknown)).collect()
    }

    /// The grants that name the user `name`.
    pub fn to_user(&self, name: &str) -> impl Iterator<Item = NamedGrant<'_, 'a>> {
        let entries = self.users.get(name).into_iter().flatten();
        entries.map(|it| self.named(it, Relation::Same))
    }

    /// The grants that name the group `name`.
    pub fn to_group(&self, name: &str) -> impl Iterator<Item = NamedGrant<'_, 'a>> {
        let entries = self.groups.get(name).into_iter().flatten();
        entries.map(|it| self.named(it, Relation::Same))
    }

    fn named(&self, entry: &Entry<'a>, relation: Relation) -> NamedGrant<'_, 'a> {
        NamedGrant {
            grant: &self.grants[entry.grant],
            subject: entry.subject,
            via: entry.via,
            relation,
        }
    }

    fn numbered<'i>(
        &'i self,
        numbers: &'i [usize],
    ) -> impl Iterator<Item = &'i Grant<'a>> + use<'i, 'a> {
        numbers.iter().map(|it| &self.grants[*it])
    }
}

/// Namespace and name in `system:serviceaccount:<namespace>:<name>`.
fn account_of_user(name: &str) -> Option<(&str, &str)> {
    name.strip_prefix("system:serviceaccount:")?.split_once(':')
}

/// Kind and name of the `roleRef`.
fn reference<'a>(binding: &Binding<'a>) -> Option<(Kind, &'a str)> {
    let kind = match binding.role_kind()?.value {
        "Role" => Kind::Role,
        "ClusterRole" => Kind::ClusterRole,
        _ => return None,
    };
    Some((kind, binding.role_name()?.value))
}

impl<'a> Inventory<'a> {
    /// The bindings of the root.
    pub fn bindings(&self) -> &Bindings<'a> {
        &self.bindings
    }

    /// Namespace of a ServiceAccount that `binding` names, as applied in `unit`; `None` where the
    /// subject matches nobody: a `ClusterRoleBinding` names no namespace for it.
    ///
    /// kustomize rewrites it where the account is called `default` (`api/filters/namespace`) or is part
    /// of the same build (`api/filters/nameref`), and leaves others alone. A `RoleBinding` lends its own
    /// (`appliesToUser` in Kubernetes' `pkg/registry/rbac/validation/rule.go`).
    pub fn subject_namespace(
        &self,
        unit: UnitId,
        binding: &Object<'a>,
        subject: &Subject<'a>,
    ) -> Option<Namespace<'a>> {
        let name = subject.name()?.value;
        if name == "default"
            && let Some(namespace) = self.member(unit, binding.id()).and_then(|it| it.namespace)
        {
            return Some(Namespace::Named(namespace));
        }
        if let Some(namespace) = self.rewritten_namespace(unit, subject, name) {
            return Some(Namespace::Named(namespace));
        }
        if let Some(namespace) = subject.namespace() {
            return Some(Namespace::Named(namespace.value));
        }
        if subject.has_unknown_namespace() || self.is_patched(binding, &["subjects"]) {
            return Some(Namespace::Unknown);
        }
        let is_namespaced = binding.kind() == Kind::RoleBinding;
        is_namespaced.then(|| self.identity(unit, binding.id()).namespace)
    }

    /// Name of the ServiceAccount that `subject` calls `name`, as applied in `unit`.
    ///
    /// kustomize rewrites it where the account is part of the same build (`api/filters/nameref`).
    pub fn subject_name(&self, unit: UnitId, subject: &Subject<'a>, name: &'a str) -> Cow<'a, str> {
        let mut accounts = self.accounts_meant(unit, subject, name);
        let applied = accounts.find_map(|it| it.applied_name(Some(name)));
        applied.unwrap_or(Cow::Borrowed(name))
    }

    /// The namespace that the build `unit` gives to the account that `subject` names, if it is part of
    /// the build.
    fn rewritten_namespace(
        &self,
        unit: UnitId,
        subject: &Subject<'a>,
        name: &str,
    ) -> Option<&'a str> {
        let mut accounts = self.accounts_meant(unit, subject, name);
        accounts.find_map(|it| it.namespace)
    }

    /// The accounts called `name` of the build `unit` that `subject` may name.
    fn accounts_meant<'i>(
        &'i self,
        unit: UnitId,
        subject: &Subject<'a>,
        name: &str,
    ) -> impl Iterator<Item = &'i Member<'a>> + use<'i, 'a> {
        let written = subject.node().get("namespace").and_then(Node::text);
        let written = written.filter(|it| !it.is_empty());
        let accounts = self.definitions_in(unit, Kind::ServiceAccount, name);
        accounts.filter_map(move |definition| {
            let account = self.defining_object(definition)?;
            let member = self.member(unit, account.id())?;
            let original = account.at(&["metadata", "namespace"]).and_then(Node::text);
            let original = original.unwrap_or("default");
            let is_meant = written.is_none_or(|it| it == original || Some(it) == member.namespace);
            is_meant.then_some(member)
        })
    }

    /// The roles that `binding` certainly means where it is applied in `unit`.
    fn bound_roles(&self, binding: &Binding<'a>, unit: UnitId) -> Vec<ObjectId> {
        let Some((kind, name)) = reference(binding) else {
            return Vec::new();
        };
        let object = binding.object();
        let namespace = match kind {
            Kind::ClusterRole => Namespace::Cluster,
            _ => self.identity(unit, object.id()).namespace,
        };
        let found = self.certain(&object, unit, kind, namespace, name);
        let roles = found.into_iter().filter_map(|it| self.defining_object(it));
        roles.map(Object::id).collect()
    }
}

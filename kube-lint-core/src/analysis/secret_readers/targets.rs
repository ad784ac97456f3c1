//! Subjects in whose name others may act.

use rustc_hash::FxHashSet;

use crate::{analysis::rbac::Principal, object::Namespace};

use super::rights::Right;

/// Whose name is taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Identity {
    Account,
    User,
    Group,
}

/// Subjects, by what a right to act as them is limited to.
#[derive(Default)]
pub(super) struct Targets<'h, 'a> {
    accounts: FxHashSet<(Namespace<'a>, &'h str)>,
    account_names: FxHashSet<&'h str>,
    account_namespaces: FxHashSet<Namespace<'a>>,
    users: FxHashSet<&'h str>,
    groups: FxHashSet<&'h str>,
}

impl<'h, 'a: 'h> Targets<'h, 'a> {
    /// The holders of `rights`.
    pub(super) fn of(rights: Vec<&Right<'h, 'a>>) -> Self {
        let mut targets = Self::default();
        for right in rights {
            match &right.holding.principal {
                Principal::ServiceAccount { namespace, name } => {
                    targets.accounts.insert((*namespace, name));
                    targets.account_names.insert(name);
                    targets.account_namespaces.insert(*namespace);
                }
                Principal::User(name) => drop(targets.users.insert(name)),
                Principal::Group(name) => drop(targets.groups.insert(name)),
            }
        }
        targets
    }

    pub(super) fn is_empty(&self) -> bool {
        self.accounts.is_empty() && self.users.is_empty() && self.groups.is_empty()
    }

    /// Whether `right` lets its holder act as one of them.
    pub(super) fn are_reached(&self, identity: Identity, right: &Right<'_, 'a>) -> bool {
        let any = |all: &FxHashSet<&str>| match &right.names {
            None => !all.is_empty(),
            Some(names) => names.iter().any(|it| all.contains(it)),
        };
        let scope = right.holding.scope;
        match (identity, &right.names) {
            (Identity::User, _) => any(&self.users),
            (Identity::Group, _) => any(&self.groups),
            (Identity::Account, _) if scope == Namespace::Cluster => any(&self.account_names),
            (Identity::Account, None) => self.account_namespaces.contains(&scope),
            (Identity::Account, Some(names)) => {
                names.iter().any(|it| self.accounts.contains(&(scope, it)))
            }
        }
    }
}

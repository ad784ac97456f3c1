//! Who may be given power, and whom that makes them part of.

use std::borrow::Cow;

use crate::object::{Namespace, Relation};

/// Somebody who may be given power. A `User` whose name is that of a ServiceAccount is that account.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Principal<'a> {
    /// A ServiceAccount.
    ServiceAccount {
        /// Its namespace, as applied.
        namespace: Namespace<'a>,
        /// Its name, as applied.
        name: Cow<'a, str>,
    },
    /// A user.
    User(Cow<'a, str>),
    /// Everybody in a group.
    Group(Cow<'a, str>),
}

impl<'a> Principal<'a> {
    /// The ServiceAccount `name` in `namespace`.
    pub fn account(namespace: &'a str, name: &'a str) -> Self {
        Self::ServiceAccount {
            namespace: Namespace::Named(namespace),
            name: name.into(),
        }
    }

    /// The user `name`, which is a ServiceAccount where the name is one's
    /// (`system:serviceaccount:<namespace>:<name>`).
    pub fn user(name: &'a str) -> Self {
        let account = name.strip_prefix("system:serviceaccount:");
        match account.and_then(|it| it.split_once(':')) {
            Some((namespace, name)) => Self::account(namespace, name),
            None => Self::User(name.into()),
        }
    }

    /// The groups that they are in for what they are (`pkg/serviceaccount/util.go`,
    /// `authentication/user` of apiserver); others a credential may say.
    pub fn groups(&self) -> Vec<Self> {
        let authenticated = "system:authenticated";
        let names: Vec<Cow<'a, str>> = match self {
            Self::ServiceAccount { namespace, .. } => {
                let own = namespace.name();
                let own = own.map(|it| format!("system:serviceaccounts:{it}").into());
                let all = ["system:serviceaccounts".into(), authenticated.into()];
                own.into_iter().chain(all).collect()
            }
            Self::User(name) if name == "system:anonymous" => vec!["system:unauthenticated".into()],
            Self::Group(name) if name == authenticated || name == "system:unauthenticated" => {
                Vec::new()
            }
            Self::Group(name) if name.starts_with("system:serviceaccounts:") => {
                vec!["system:serviceaccounts".into(), authenticated.into()]
            }
            Self::User(_) | Self::Group(_) => vec![authenticated.into()],
        };
        names.into_iter().map(Self::Group).collect()
    }

    /// Whether the two are certainly one.
    pub fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::ServiceAccount { namespace, name },
                Self::ServiceAccount {
                    namespace: of_other,
                    name: others,
                },
            ) => namespace.compare(*of_other) == Relation::Same && name == others,
            _ => self == other,
        }
    }
}

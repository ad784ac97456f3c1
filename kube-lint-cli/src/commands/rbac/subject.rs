//! Subjects as they are written on the command line and in tables.

use std::str::FromStr;

use kube_lint_core::{analysis::rbac::Principal, object::Namespace, source::printable};

/// A subject that the user named.
#[derive(Clone, Debug)]
pub(crate) struct SubjectArg {
    text: String,
}

impl FromStr for SubjectArg {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.to_owned();
        principal(&text).ok_or(
            "expected `ServiceAccount/<namespace>/<name>`, `User/<name>`, `Group/<name>` or \
             `system:serviceaccount:<namespace>:<name>`",
        )?;
        Ok(Self { text })
    }
}

impl SubjectArg {
    /// Who it is; `None` never comes of a text that was read.
    pub(super) fn principal(&self) -> Option<Principal<'_>> {
        principal(&self.text)
    }
}

fn principal(text: &str) -> Option<Principal<'_>> {
    if text.starts_with("system:serviceaccount:") {
        let account = Principal::user(text);
        return matches!(account, Principal::ServiceAccount { .. }).then_some(account);
    }
    let (kind, name) = text.split_once('/')?;
    let principal = match kind {
        "ServiceAccount" => {
            let (namespace, name) = name.split_once('/')?;
            Principal::ServiceAccount {
                namespace: match namespace {
                    "" => Namespace::Unset,
                    name => Namespace::Named(name),
                },
                name: (!name.is_empty() && !name.contains('/')).then(|| name.into())?,
            }
        }
        "User" => Principal::user(name),
        "Group" => Principal::Group(name.into()),
        _ => return None,
    };
    (!name.is_empty()).then_some(principal)
}

/// Kind, namespace where there is one, and name.
pub(super) fn parts<'p>(
    principal: &'p Principal<'_>,
) -> (&'static str, Option<Namespace<'p>>, &'p str) {
    match principal {
        Principal::ServiceAccount { namespace, name } => ("ServiceAccount", Some(*namespace), name),
        Principal::User(name) => ("User", None, name),
        Principal::Group(name) => ("Group", None, name),
    }
}

/// As it can be asked about.
pub(super) fn shown(principal: &Principal<'_>) -> String {
    let (kind, namespace, name) = parts(principal);
    printable(&match namespace {
        Some(namespace) => format!("{kind}/{}/{name}", namespace.name().unwrap_or_default()),
        None => format!("{kind}/{name}"),
    })
}

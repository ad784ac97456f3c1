//! A power that somebody may hold: a request of any kind.

use crate::model::PolicyRule;

use super::matching::{Request, UrlRequest, granting};

/// What somebody may be allowed to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Power<'q> {
    /// To do something to objects of the API.
    Resource(Request<'q>),
    /// To ask for something else that the API server has.
    Url(UrlRequest<'q>),
}

/// Where a power is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place<'q> {
    /// In the whole cluster or in any namespace.
    Anywhere,
    /// In the whole cluster: in all namespaces, and on what lies in none.
    Cluster,
    /// In the namespace of that name; on what lies in none, in the whole cluster.
    Namespace(&'q str),
}

/// How a rule allows a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Allowance {
    /// As it is.
    Whole,
    /// For objects of certain names only, and the request has none.
    Named,
}

/// Which bindings a power can come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Carrier {
    /// A `RoleBinding` gives it in its namespace.
    AnyBinding,
    /// Only a `ClusterRoleBinding` gives it.
    ClusterRoleBinding,
    /// As the last, but that a `RoleBinding` gives it on its own namespace.
    OwnNamespace,
}

impl Power<'_> {
    /// How `rule` allows it, if it does.
    pub fn allowance(&self, rule: &PolicyRule<'_>) -> Option<Allowance> {
        match self {
            Self::Url(request) => request.is_allowed_by(rule).then_some(Allowance::Whole),
            Self::Resource(request) if request.is_allowed_by(rule) => Some(Allowance::Whole),
            Self::Resource(request) => {
                let is_open = request.name.is_empty() && request.may_have_name();
                let is_granted = is_open && granting(rule, request).is_some();
                is_granted.then_some(Allowance::Named)
            }
        }
    }

    /// Which bindings it can come from, where `is_cluster_scoped` tells whether a resource of that
    /// group lies in no namespace.
    pub(super) fn carrier(&self, is_cluster_scoped: impl Fn(&str, &str) -> bool) -> Carrier {
        let Self::Resource(request) = self else {
            return Carrier::ClusterRoleBinding;
        };
        if !is_cluster_scoped(request.group, request.resource) {
            return Carrier::AnyBinding;
        }
        match (request.group, request.resource, request.verb) {
            // The server asks for it in the namespace of the new RoleBinding
            // (`BindingAuthorized` in `pkg/registry/rbac/escalation_check.go`).
            ("rbac.authorization.k8s.io", "clusterroles", "bind") => Carrier::AnyBinding,
            // A request for one namespace is made in that namespace
            // (`NewRequestInfo` in `apiserver/pkg/endpoints/request/requestinfo.go`).
            ("", "namespaces", "get" | "update" | "patch" | "delete") => Carrier::OwnNamespace,
            _ => Carrier::ClusterRoleBinding,
        }
    }
}

//! The resources that the API server itself serves.
//!
//! `served.txt` holds those of Kubernetes 1.36, one a line: API group, plural, kind, scope, subresources,
//! short names, and the version that no longer serves it. Sources: `api/discovery` of
//! `k8s.io/kubernetes`; for what is gone, earlier versions of `k8s.io/api`, so that the version may be a
//! later one than that which first left it out; and `scheduling.k8s.io` of 1.37. Added are the names that only
//! authorizers know: whom one impersonates (`apiserver/pkg/endpoints/filters/impersonation`), the signers of
//! certificates, parts of resource claims (`pkg/registry/resource`), and the parts of a node that the
//! kubelet asks for (`pkg/kubelet/server/auth.go`).

use std::sync::LazyLock;

use crate::{model::PolicyRule, target::KubeVersion};

use super::is_built_in_group;

/// A resource of a built-in API group.
#[derive(Clone, Copy, Debug)]
pub struct Served {
    /// API group; empty for the core group.
    pub group: &'static str,
    /// Its name in rules of roles and in URLs.
    pub plural: &'static str,
    /// Its name in manifests; `None` for what only authorizers know.
    pub kind: Option<&'static str>,
    /// Whether its objects lie in namespaces.
    pub is_namespaced: bool,
    subresources: &'static str,
    short_names: &'static str,
    /// The first version that is known to serve it no more.
    pub removed: Option<KubeVersion>,
}

impl Served {
    fn of_line(line: &'static str) -> Option<Self> {
        let mut words = line.split(' ');
        let mut word = || words.next().map(|it| if it == "-" { "" } else { it });
        Some(Self {
            group: word().map(|it| if it == "core" { "" } else { it })?,
            plural: word()?,
            kind: word().map(|it| (!it.is_empty()).then_some(it))?,
            is_namespaced: word()? == "namespaced",
            subresources: word()?,
            short_names: word()?,
            removed: word()?.parse().ok(),
        })
    }

    /// The parts of its objects that have requests of their own. `finalizers` is not among them: every
    /// resource may have it (`OwnerReferencesPermissionEnforcement`).
    pub fn subresources(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.subresources.split(',').filter(|it| !it.is_empty())
    }

    /// Whether a cluster of that version serves it.
    pub fn is_in(&self, version: KubeVersion) -> bool {
        self.removed.is_none_or(|it| version < it)
    }

    /// Whether people call it `word`: by its plural, its kind, its singular or a short name, in capitals or
    /// not.
    pub fn is_called(&self, word: &str) -> bool {
        let is = |name: &str| name.eq_ignore_ascii_case(word);
        is(self.plural) || self.kind.is_some_and(is) || self.short_names.split(',').any(is)
    }
}

/// Every resource of the built-in API groups, those that earlier versions served among them.
pub fn served() -> &'static [Served] {
    static SERVED: LazyLock<Vec<Served>> = LazyLock::new(|| {
        let lines = include_str!("served.txt").lines();
        lines.filter_map(Served::of_line).collect()
    });
    &SERVED
}

/// The resource `plural` of the API group `group`.
pub fn served_as(group: &str, plural: &str) -> Option<&'static Served> {
    let found = served().binary_search_by(|it| (it.group, it.plural).cmp(&(group, plural)));
    found.ok().and_then(|it| served().get(it))
}

/// The API group of `resource`, a plural, of the API server's own: the core group where several have
/// one of that name, as in kubectl.
pub fn group_of(resource: &str) -> Option<&'static str> {
    // The core group comes first.
    let mut named = still_served().filter(|it| it.plural == resource);
    named.next().map(|it| it.group)
}

/// Plurals of all resources of the API server's own.
pub fn resources() -> impl Iterator<Item = &'static str> {
    still_served().map(|it| it.plural)
}

fn still_served() -> impl Iterator<Item = &'static Served> {
    served().iter().filter(|it| it.removed.is_none())
}

/// Whether `rule` gives `resource`, one of its own, by a `ClusterRoleBinding` only: it lies in no
/// namespace, and no request for it that the verbs allow is made in one. What is not built in may lie in one.
pub fn needs_cluster_role_binding(rule: &PolicyRule<'_>, resource: &str) -> bool {
    let plural = resource.split('/').next().unwrap_or_default();
    let mut groups = rule.api_groups().peekable();
    let lies_in_none = groups.peek().is_some()
        && groups.all(|it| match served_as(it.value, plural) {
            Some(known) => !known.is_namespaced,
            // A group that does not have it adds nothing.
            None => is_built_in_group(it.value),
        });
    let is_served = rule
        .api_groups()
        .any(|it| served_as(it.value, plural).is_some());
    let are_asked_inside: &[&str] = match plural {
        // A request for one namespace is made in that namespace (`NewRequestInfo` in
        // `apiserver/pkg/endpoints/request/requestinfo.go`).
        "namespaces" => &["get", "update", "patch", "delete", "*"],
        // `BindingAuthorized` in `pkg/registry/rbac/escalation_check.go`.
        "clusterroles" => &["bind", "*"],
        // The admission plugin asked for it in the namespace of the Pod.
        "podsecuritypolicies" => &["use", "*"],
        _ => &[],
    };
    let is_asked_inside = rule.verbs().any(|it| are_asked_inside.contains(&it.value));
    lies_in_none && is_served && !is_asked_inside
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::rbac::{BuiltInRole, built_in};

    #[test]
    fn table_is_sorted_and_whole() {
        let keys = || served().iter().map(|it| (it.group, it.plural));
        assert!(keys().is_sorted());
        assert_eq!(served().len(), include_str!("served.txt").lines().count());
        assert!(keys().all(|(group, _)| is_built_in_group(group)));
    }

    #[test]
    fn built_in_roles_know_no_other_resources() {
        // Of `extensions`, kept for the scale of old.
        const NOT_SERVED: [&str; 1] = ["replicationcontrollers"];
        let rules = built_in().roles().iter().flat_map(BuiltInRole::rules);
        for rule in rules {
            for group in rule.api_groups().filter(|it| is_built_in_group(it.value)) {
                for resource in rule.resources().filter(|it| !it.value.contains('*')) {
                    let (plural, _) = resource
                        .value
                        .split_once('/')
                        .unwrap_or((resource.value, ""));
                    let is_known = served_as(group.value, plural).is_some();
                    assert!(
                        is_known || NOT_SERVED.contains(&plural),
                        "{}/{}",
                        group.value,
                        resource.value
                    );
                }
            }
        }
    }
}

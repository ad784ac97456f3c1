//! The worst that one rule of a role lets its holders do.

use crate::{model::PolicyRule, object::Text};

use super::{Request, everything, granting, needs_cluster_role_binding};

/// How bad what a rule grants is in the wrong hands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Impact {
    /// Its holders see what is no credential.
    Reads,
    /// They change what is in the cluster.
    Changes,
    /// They come by the credentials and rights of others.
    TakesOver,
}

/// The worst of a rule.
#[derive(Clone, Copy, Debug)]
pub struct Hazard<'a> {
    /// How bad it is.
    pub impact: Impact,
    /// What it is, behind `may`; `None` where the rule's own words say it best.
    pub what: Option<&'static str>,
    /// The entry of `resources` that gives it; of `nonResourceURLs` where there is none.
    pub at: Text<'a>,
}

/// Verbs, API group, resource and subresource by which somebody comes by the rights of others.
struct Way {
    what: &'static str,
    verbs: &'static [&'static str],
    group: &'static str,
    resource: &'static str,
    subresource: &'static str,
    /// Whether a `RoleBinding` gives it too.
    is_namespaced: bool,
}

const fn way(
    what: &'static str,
    verbs: &'static [&'static str],
    group: &'static str,
    (resource, subresource): (&'static str, &'static str),
    is_namespaced: bool,
) -> Way {
    Way {
        what,
        verbs,
        group,
        resource,
        subresource,
        is_namespaced,
    }
}

const RBAC: &str = "rbac.authorization.k8s.io";
const WRITES: &[&str] = &["create", "update", "patch"];
const RUN: &str = "run commands in Pods";
/// Of a Pod that runs, its images can be changed, its account cannot.
const CHANGE: &str = "change what Pods run";
const START: &str = "run Pods as any ServiceAccount";

/// What a [`Hazard`] is that gives Secrets.
pub const READS_SECRETS: &str = "read Secrets";

/// The worst first. Sources: RBAC good practices of Kubernetes' documentation; that answers to `patch` and
/// `deletecollection` hold the objects, `apiserver/pkg/endpoints/handlers`; that `bind` on cluster roles is
/// asked for in the namespace of the new binding, `BindingAuthorized` in
/// `pkg/registry/rbac/escalation_check.go`.
const WAYS: &[Way] = &[
    way(
        "grant itself any right",
        &["escalate"],
        RBAC,
        ("clusterroles", ""),
        false,
    ),
    way(
        "grant itself any right",
        &["escalate"],
        RBAC,
        ("roles", ""),
        true,
    ),
    way("bind any role", &["bind"], RBAC, ("clusterroles", ""), true),
    way("bind any role", &["bind"], RBAC, ("roles", ""), true),
    way(
        "act as any user",
        &["impersonate"],
        "",
        ("users", ""),
        false,
    ),
    way(
        "act as any group",
        &["impersonate"],
        "",
        ("groups", ""),
        false,
    ),
    way(
        "act as any ServiceAccount",
        &["impersonate"],
        "",
        ("serviceaccounts", ""),
        true,
    ),
    way(
        "make tokens of any ServiceAccount",
        &["create"],
        "",
        ("serviceaccounts", "token"),
        true,
    ),
    way(
        READS_SECRETS,
        &["get", "list", "watch", "patch", "deletecollection"],
        "",
        ("secrets", ""),
        true,
    ),
    way(RUN, &["get", "create"], "", ("nodes", "proxy"), false),
    way(RUN, &["get", "create"], "", ("pods", "exec"), true),
    way(RUN, &["get", "create"], "", ("pods", "attach"), true),
    way(
        RUN,
        &["update", "patch"],
        "",
        ("pods", "ephemeralcontainers"),
        true,
    ),
    way(START, &["create"], "", ("pods", ""), true),
    way(CHANGE, &["update", "patch"], "", ("pods", ""), true),
    way(START, WRITES, "", ("replicationcontrollers", ""), true),
    way(START, WRITES, "apps", ("daemonsets", ""), true),
    way(START, WRITES, "apps", ("deployments", ""), true),
    way(START, WRITES, "apps", ("replicasets", ""), true),
    way(START, WRITES, "apps", ("statefulsets", ""), true),
    way(START, WRITES, "batch", ("cronjobs", ""), true),
    way(START, WRITES, "batch", ("jobs", ""), true),
    way(
        "approve certificates",
        &["update", "patch"],
        "certificates.k8s.io",
        ("certificatesigningrequests", "approval"),
        false,
    ),
    way(
        "change every object on its way into the cluster",
        WRITES,
        "admissionregistration.k8s.io",
        ("mutatingwebhookconfigurations", ""),
        false,
    ),
    way(
        "use the disks of nodes",
        &["create"],
        "",
        ("persistentvolumes", ""),
        false,
    ),
];

/// The worst that `rule` lets its holders do where a `ClusterRoleBinding` binds it, or else a
/// `RoleBinding`; `None` where it grants nothing there.
pub fn hazard<'a>(rule: &PolicyRule<'a>, is_cluster_wide: bool) -> Option<Hazard<'a>> {
    rule.verbs().next()?;
    let mut resources = rule.resources();
    let resource =
        resources.find(|it| is_cluster_wide || !needs_cluster_role_binding(rule, it.value));
    let at = resource.or_else(|| {
        let urls = || rule.non_resource_urls().next();
        is_cluster_wide.then(urls).flatten()
    })?;
    if let Some(found) = everything(rule) {
        return Some(Hazard {
            impact: Impact::TakesOver,
            what: Some("do everything"),
            at: found.resource,
        });
    }
    let entries: Vec<_> = rule.resources().map(|it| it.value).collect();
    let mut ways = WAYS.iter().filter(|it| {
        let is_given = it.is_namespaced || is_cluster_wide;
        is_given && entries.iter().any(|entry| it.is_about(entry))
    });
    let found = ways.find_map(|way| Some((way, way.opened_by(rule)?)));
    if let Some((way, at)) = found {
        return Some(Hazard {
            impact: Impact::TakesOver,
            what: Some(way.what),
            at,
        });
    }
    let impact = if only_reads(rule) {
        Impact::Reads
    } else {
        Impact::Changes
    };
    Some(Hazard {
        impact,
        what: None,
        at,
    })
}

impl Way {
    /// Whether an entry of `resources` may mean it: most rules are about nothing of the kind.
    fn is_about(&self, entry: &str) -> bool {
        entry.starts_with('*') || entry.starts_with(self.resource)
    }

    fn opened_by<'a>(&self, rule: &PolicyRule<'a>) -> Option<Text<'a>> {
        let found = self.verbs.iter().find_map(|verb| {
            let request = Request {
                verb,
                group: self.group,
                resource: self.resource,
                subresource: self.subresource,
                name: "",
            };
            // Such requests have no name that the rule could allow.
            let is_refused = !request.may_have_name() && rule.is_limited_by_name();
            granting(rule, &request).filter(|_| !is_refused)
        })?;
        Some(found.resource)
    }
}

/// Whether nothing changes by what `rule` grants: it reads, asks the API server a question, or lets a
/// program use what others made.
fn only_reads(rule: &PolicyRule<'_>) -> bool {
    const QUESTIONS: [&str; 2] = ["authentication.k8s.io", "authorization.k8s.io"];
    let are_questions = rule.api_groups().all(|it| QUESTIONS.contains(&it.value));
    rule.verbs().all(|it| match it.value {
        "get" | "list" | "watch" | "use" => true,
        "head" | "options" => rule.resources().next().is_none(),
        "create" => are_questions && rule.resources().next().is_some(),
        _ => false,
    })
}

//! The worst that one rule of a role lets its holders do.

use std::borrow::Cow;

use crate::{
    model::PolicyRule,
    object::{Namespace, Text},
    target::Target,
};

use super::{Deed, WAYS, everything, needs_cluster_role_binding};

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
    /// What it is; `None` where the rule's own words say it best.
    pub deed: Option<Deed>,
    /// The entry of `resources` that gives it; of `nonResourceURLs` where there is none.
    pub at: Text<'a>,
}

/// Whether what is bound in `scope` goes beyond a namespace that is like others: it holds everywhere, or in
/// one that opens more than itself.
pub fn is_far_reaching(scope: Namespace<'_>, target: &Target) -> bool {
    let name = scope.name();
    scope == Namespace::Cluster || name.is_some_and(|it| target.is_sensitive_namespace(it))
}

/// The worst that `rule` lets its holders do in `scope`, where they come by the rights of others and not
/// only of some by name.
pub fn taking_over<'a>(rule: &PolicyRule<'a>, scope: Namespace<'_>) -> Option<Hazard<'a>> {
    let hazard = hazard(rule, scope == Namespace::Cluster).filter(|_| !rule.is_limited_by_name());
    hazard.filter(|it| it.impact == Impact::TakesOver)
}

/// What opens the rights of others among that which `rule` lets its holders do as somebody else, by
/// `impersonate-on:<mode>:<verb>` (`apiserver/pkg/endpoints/filters/impersonation`), where a
/// `ClusterRoleBinding` binds it, or else a `RoleBinding`.
pub fn hazard_as_another<'a>(
    rule: &PolicyRule<'a>,
    mode: &str,
    is_cluster_wide: bool,
) -> Option<Hazard<'a>> {
    worst_way(rule, is_cluster_wide, |verb| {
        format!("impersonate-on:{mode}:{verb}").into()
    })
}

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
            deed: Some(Deed::Everything),
            at: found.resource,
        });
    }
    if let Some(found) = worst_way(rule, is_cluster_wide, Cow::Borrowed) {
        return Some(found);
    }
    let impact = if only_reads(rule) {
        Impact::Reads
    } else {
        Impact::Changes
    };
    Some(Hazard {
        impact,
        deed: None,
        at,
    })
}

/// The first of the ways that `rule` opens, whose verbs it calls by another name.
fn worst_way<'a>(
    rule: &PolicyRule<'a>,
    is_cluster_wide: bool,
    called: impl Fn(&'static str) -> Cow<'static, str>,
) -> Option<Hazard<'a>> {
    let entries: Vec<_> = rule.resources().map(|it| it.value).collect();
    let mut ways = WAYS.iter().filter(|it| {
        it.deed.impact() == Impact::TakesOver
            && entries.iter().any(|entry| it.is_about(entry))
            && (is_cluster_wide || it.is_namespaced())
    });
    ways.find_map(|way| {
        Some(Hazard {
            impact: Impact::TakesOver,
            deed: Some(way.deed),
            at: way.opened_as(rule, &called)?.1.resource,
        })
    })
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

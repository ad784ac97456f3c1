//! What lies in no namespace, granted in one.

use crate::{
    analysis::rbac::{Rbac, RoleGrant, needs_cluster_role_binding},
    diagnostic::{Confidence, Severity},
    inventory::Inventory,
    model::PolicyRule,
    object::{Kind, Object, Text},
    rule::Reporter,
};

use super::words;

/// Reports the resources and URLs of `rules`, those of `object`, that need a `ClusterRoleBinding`.
pub(super) fn check<'a>(
    object: &Object<'a>,
    rules: &[PolicyRule<'a>],
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let is_role = object.kind() == Kind::Role;
    let resources = rules.iter().flat_map(resources_outside);
    let urls = rules.iter().flat_map(PolicyRule::non_resource_urls);
    // A Role with URLs is refused altogether.
    let urls = urls.filter(|_| !is_role);
    let found: Vec<_> = resources.chain(urls).collect();
    let Some(first) = found.first() else {
        return;
    };
    let mut names: Vec<_> = found.iter().map(|it| it.value).collect();
    names.sort_unstable();
    names.dedup();
    let lie = if names.len() == 1 { "lies" } else { "lie" };
    let what = format!("{}, which {lie} in no namespace", words::list(names));
    let role = words::named(inventory, object);
    let finding = if is_role {
        let message = format!("{role} grants nothing on {what}");
        let finding = reporter.report(first.node, message);
        finding
            .help("grant it by a ClusterRole and a ClusterRoleBinding")
            .severity(Severity::Warning)
    } else {
        let Some(grant) = only_namespaced(object, inventory) else {
            return;
        };
        let message = format!("{role} grants nothing on {what}: only role bindings bind it");
        let finding = reporter.report(first.node, message);
        finding
            .help("bind it by a ClusterRoleBinding, or remove what lies in no namespace")
            .severity(Severity::Info)
            .confidence(Confidence::Medium);
        let at = grant.binding.at(&["roleRef", "name"]);
        finding.label(at.unwrap_or(grant.binding.head()), "bound here")
    };
    for it in found.iter().skip(1) {
        finding.label(it.node, "nor this");
    }
}

/// A `RoleBinding` of the role, if it has no other bindings.
fn only_namespaced<'a>(object: &Object<'a>, inventory: &Inventory<'a>) -> Option<RoleGrant<'a>> {
    let reach = Rbac::new(inventory).reach(object);
    let first = reach.namespaced.first().copied();
    first.filter(|_| reach.cluster_wide.is_empty())
}

fn resources_outside<'a>(rule: &PolicyRule<'a>) -> Vec<Text<'a>> {
    let resources = rule.resources();
    resources
        .filter(|it| needs_cluster_role_binding(rule, it.value))
        .collect()
}

//! `rbac/binding-unauthenticated`.

use crate::{
    analysis::rbac::Rbac,
    diagnostic::Severity,
    inventory::Inventory,
    model::{Binding, PolicyRule, Subject},
    object::{Kind, Namespace, Object},
    rule::{Check, Reporter, declare_rule},
    yaml::Node,
};

use super::words;

declare_rule! {
    /// ## What it does
    ///
    /// Finds bindings of the group `system:unauthenticated` and the user `system:anonymous`, whatever the
    /// role. Roles that only show health and version are left out, and the `cluster-info` of kubeadm; for
    /// the public keys of `OpenID` discovery it is info.
    ///
    /// ## Why is this bad?
    ///
    /// Everyone who reaches the API server has what the role grants, without any credential.
    ///
    /// ## What to do
    ///
    /// Remove the subject, and bind those who need the role.
    "rbac/binding-unauthenticated" {
        summary: "binding gives power to anonymous callers",
        severity: Error,
        since: "0.1.0",
        check: Check::Object(&[Kind::RoleBinding, Kind::ClusterRoleBinding], check),
    }
}

/// What the role shows to anonymous callers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Exposure {
    /// Health and version of the API server, or where a new node finds it.
    Harmless,
    /// The public keys by which others check the cluster's tokens.
    PublicKeys,
    /// More, or what cannot be told.
    Power,
}

fn check(object: &Object<'_>, inventory: &Inventory<'_>, reporter: &mut Reporter<'_>) {
    let binding = Binding::new(object);
    let anonymous: Vec<_> = binding.subjects().filter(is_anonymous).collect();
    let Some(first) = anonymous.first().and_then(Subject::name) else {
        return;
    };
    let exposure = exposure(object, inventory);
    if exposure == Exposure::Harmless {
        return;
    }
    let name = words::named(inventory, object);
    let role = binding.role_name();
    let role_name = role.map_or("its role", |it| it.value);
    let mut message = format!("{name} gives `{role_name}` to anonymous callers");
    if exposure == Exposure::PublicKeys {
        message.push_str(", the public keys of OpenID discovery only");
    }
    let finding = reporter.report(first.node, message);
    finding
        .here("everyone who reaches the API server")
        .help("remove the subject, and bind those who need the role");
    for it in anonymous.iter().skip(1).filter_map(Subject::name) {
        finding.label(it.node, "and here");
    }
    if let Some(role) = role {
        finding.label(role.node, "what they get");
    }
    if exposure == Exposure::PublicKeys {
        finding.severity(Severity::Info);
    }
}

fn is_anonymous(subject: &Subject<'_>) -> bool {
    let (Some(kind), Some(name)) = (subject.kind(), subject.name()) else {
        return false;
    };
    matches!(
        (kind.value, name.value),
        ("Group", "system:unauthenticated") | ("User", "system:anonymous")
    )
}

/// The worst of what the bound role shows in any unit.
fn exposure<'a>(object: &Object<'a>, inventory: &Inventory<'a>) -> Exposure {
    let binding = Binding::new(object);
    let (Some(kind), Some(name)) = (binding.role_kind(), binding.role_name()) else {
        return Exposure::Power;
    };
    let is_cluster_info = inventory.namespace(object) == Namespace::Named("kube-public")
        && (kind.value, name.value) == ("Role", "kubeadm:bootstrap-signer-clusterinfo");
    if is_cluster_info {
        return Exposure::Harmless;
    }
    let rbac = Rbac::new(inventory);
    let grants = inventory.bindings().of_binding(object.id()).iter();
    let worst = grants.map(|it| match rbac.role(it) {
        Some(role) => rules_exposure(&rbac.rules(role)),
        None => Exposure::Power,
    });
    worst.max().unwrap_or(Exposure::Power)
}

fn rules_exposure(rules: &[PolicyRule<'_>]) -> Exposure {
    let worst = rules.iter().map(rule_exposure).max();
    worst.unwrap_or(Exposure::Harmless)
}

fn rule_exposure(rule: &PolicyRule<'_>) -> Exposure {
    let written = rule.node().get("nonResourceURLs").into_iter();
    let written = written.flat_map(Node::items).count();
    let urls: Vec<_> = rule.non_resource_urls().map(|it| it.value).collect();
    if rule.node().get("resources").is_some() || urls.is_empty() || urls.len() != written {
        return Exposure::Power;
    }
    let exposures = urls.into_iter().map(url_exposure);
    exposures.max().unwrap_or(Exposure::Power)
}

fn url_exposure(url: &str) -> Exposure {
    let first = url.trim_start_matches('/').split(['/', '*']).next();
    match first {
        Some("healthz" | "livez" | "readyz" | "version") => Exposure::Harmless,
        Some(".well-known" | "openid") => Exposure::PublicKeys,
        _ => Exposure::Power,
    }
}

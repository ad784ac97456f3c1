//! `rbac/portforward-proxy`.

use crate::{
    analysis::{
        network::default_deny,
        rbac::{Extent, Match, Rbac, Request, granting},
    },
    diagnostic::Severity,
    inventory::Inventory,
    model::PolicyRule,
    object::{Kind, Object},
    rule::{Check, Reporter, declare_rule},
};

use super::words;

declare_rule! {
    /// ## What it does
    ///
    /// Finds roles that grant `create` or `get` on `pods/portforward`, `pods/proxy` or `services/proxy`,
    /// without being limited to some by `resourceNames`.
    ///
    /// It is a warning where that holds in the whole cluster, and where it holds in a namespace that a
    /// NetworkPolicy closes to everybody; otherwise it is info.
    ///
    /// ## Why is this bad?
    ///
    /// The connection comes from the node or from the API server: NetworkPolicies do not see who is behind
    /// it. A forwarded port reaches what listens on `localhost` only, such as debuggers and admin pages.
    ///
    /// ## What to do
    ///
    /// Grant it in the namespaces where it is needed, for Services by name, and to people rather than
    /// programs.
    "rbac/portforward-proxy" {
        summary: "role can connect to Pods past NetworkPolicies",
        severity: Warning,
        since: "0.1.0",
        check: Check::Object(&[Kind::Role, Kind::ClusterRole], check),
    }
}

const CONNECTIONS: [(&str, &str); 3] = [
    ("pods", "portforward"),
    ("pods", "proxy"),
    ("services", "proxy"),
];

fn check<'a>(object: &Object<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    let rbac = Rbac::new(inventory);
    let rules = rbac.own_rules(object);
    let found: Vec<_> = rules.iter().flat_map(connecting).collect();
    let Some(first) = found.first() else {
        return;
    };
    let extent = rbac.extent(object);
    let closed = closed_by(object, inventory);
    let mut names: Vec<_> = found.iter().map(|it| it.resource.value).collect();
    names.sort_unstable();
    names.dedup();
    let mut message = format!(
        "{} can connect to Pods by {} {}",
        words::named(inventory, object),
        words::list(names),
        words::place(extent)
    );
    if closed.is_some() {
        message.push_str(", past a NetworkPolicy that lets nobody in");
    }
    let finding = reporter.report(first.resource.node, message);
    finding.help(
        "grant it where it is needed, for Services by name, and to people rather than programs",
    );
    if !matches!(extent, Extent::Cluster(_)) && closed.is_none() {
        finding.severity(Severity::Info);
    }
    for it in found.iter().skip(1) {
        finding.label(it.resource.node, "here too");
    }
    if let Some(policy) = closed {
        finding.label(policy.head(), "lets nobody in");
    }
    words::label_bindings(finding, rbac, object);
}

/// The entries by which `rule` connects to Pods; with `*` it is about more than that.
fn connecting<'a>(rule: &PolicyRule<'a>) -> Vec<Match<'a>> {
    if rule.is_limited_by_name() {
        return Vec::new();
    }
    let found = CONNECTIONS.iter().filter_map(|(resource, subresource)| {
        ["create", "get"].iter().find_map(|verb| {
            let request = Request {
                verb,
                group: "",
                resource,
                subresource,
                name: "",
            };
            granting(rule, &request)
        })
    });
    let mut found: Vec<_> = found.filter(|it| it.resource.value != "*").collect();
    found.dedup_by_key(|it| it.resource.node.id());
    found
}

/// The policy that closes a namespace in which the role holds.
fn closed_by<'a>(object: &Object<'a>, inventory: &Inventory<'a>) -> Option<Object<'a>> {
    if object.kind() == Kind::Role {
        return default_deny(inventory, inventory.namespace(object).name()?);
    }
    let reach = Rbac::new(inventory).reach(object);
    let mut namespaces = reach.namespaced.iter().filter_map(|it| it.namespace.name());
    namespaces.find_map(|it| default_deny(inventory, it))
}

//! `rbac/read-secrets-unscoped`.

use crate::{
    analysis::rbac::{Match, Rbac, Request, Trade, granting},
    inventory::Inventory,
    model::PolicyRule,
    object::{Kind, Object},
    rule::{Check, Reporter, declare_rule},
};

use super::words;

declare_rule! {
    /// ## What it does
    ///
    /// Finds roles that can read Secrets without being limited to some by `resourceNames`. `get`, `list` and
    /// `watch` all reveal their contents, and so do the answers to `patch` and `deletecollection`.
    ///
    /// It is an error where a `ClusterRoleBinding` makes the rule hold in the whole cluster, or where it holds
    /// in a namespace such as `kube-system`; a warning in other namespaces; info for a cluster role that
    /// nothing binds. It is one level lower where role or subject bear the name of a program that reads
    /// Secrets by trade, such as cert-manager.
    ///
    /// ## Why is this bad?
    ///
    /// Secrets hold the passwords, keys and tokens of other programs. Whoever breaks into one that reads
    /// them all has broken into all.
    ///
    /// ## What to do
    ///
    /// List in `resourceNames` the Secrets that are read, with the verb `get` alone; or mount them.
    "rbac/read-secrets-unscoped" {
        summary: "role can read every Secret",
        severity: Error,
        since: "0.1.0",
        supersedes: [
            "rbac/admission-config-write",
            "rbac/create-workloads",
            "rbac/csr-approval-signing",
            "rbac/ephemeral-containers",
            "rbac/impersonate",
            "rbac/nodes-proxy",
            "rbac/pod-exec-attach",
            "rbac/token-request",
            "rbac/wildcard-resource",
            "rbac/wildcard-verb",
            "rbac/write-rbac-objects",
        ],
        check: Check::Object(&[Kind::Role, Kind::ClusterRole], check),
    }
}

const REVEALING: [&str; 5] = ["get", "list", "watch", "patch", "deletecollection"];

fn check(object: &Object<'_>, inventory: &Inventory<'_>, reporter: &mut Reporter<'_>) {
    let rbac = Rbac::new(inventory);
    let rules = rbac.own_rules(object);
    let mut found = rules.iter().filter_map(|it| Some((it, reading(it)?)));
    let Some((rule, first)) = found.next() else {
        return;
    };
    let extent = rbac.extent(object);
    let name = words::named(inventory, object);
    let message = format!("{name} can read every Secret {}", words::place(extent));
    let said = (words::level(extent), message);
    let (level, message) = words::allow_for_trade(said, object, extent, Trade::Secrets);
    let at = words::resource_place(rule, first, |it| it == "secrets");
    let finding = reporter.report(at.node, message);
    finding
        .here(format!("reveals them with `{}`", first.verb.value))
        .help("list the Secrets that are read in `resourceNames`, with the verb `get` alone")
        .severity(level);
    for (_, it) in found {
        finding.label(it.resource.node, "here too");
    }
    words::label_bindings(finding, rbac, object);
}

/// The entries by which `rule` reveals Secrets of any name.
fn reading<'a>(rule: &PolicyRule<'a>) -> Option<Match<'a>> {
    if rule.is_limited_by_name() {
        return None;
    }
    REVEALING.iter().find_map(|verb| {
        let request = Request {
            verb,
            group: "",
            resource: "secrets",
            subresource: "",
            name: "",
        };
        granting(rule, &request)
    })
}

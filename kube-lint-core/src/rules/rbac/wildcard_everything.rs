//! `rbac/wildcard-everything`.

use crate::{
    analysis::rbac::{Extent, Match, Rbac, everything},
    diagnostic::Severity,
    inventory::Inventory,
    model::PolicyRule,
    object::{Kind, Object, Text},
    rule::{Check, Reporter, declare_rule},
};

use super::words;

declare_rule! {
    /// ## What it does
    ///
    /// Finds rules of roles that grant every verb on every resource of every API group, as `*` or as a list
    /// of all verbs that read and write; and rules that grant every verb on every URL.
    ///
    /// It is an error where a `ClusterRoleBinding` makes the rule hold in the whole cluster, or where it holds
    /// in a namespace such as `kube-system` that opens the rest; a warning in other namespaces; info for a
    /// cluster role that nothing binds.
    ///
    /// ## Why is this bad?
    ///
    /// Whoever holds the role, or breaks into a program that does, owns the cluster or the namespace: its
    /// Secrets, its workloads, its roles. What is added to the cluster later is granted too.
    ///
    /// ## What to do
    ///
    /// List the API groups, resources and verbs that are used. The audit log of a test cluster tells which.
    "rbac/wildcard-everything" {
        summary: "role grants everything on everything",
        severity: Error,
        since: "0.1.0",
        supersedes: [
            "rbac/admission-config-write",
            "rbac/audit-trail-delete",
            "rbac/bind-verb",
            "rbac/create-workloads",
            "rbac/csr-approval-signing",
            "rbac/ephemeral-containers",
            "rbac/escalate-verb",
            "rbac/impersonate",
            "rbac/nodes-proxy",
            "rbac/pod-exec-attach",
            "rbac/read-secrets-unscoped",
            "rbac/token-request",
            "rbac/wildcard-resource",
            "rbac/wildcard-verb",
            "rbac/write-rbac-objects",
        ],
        check: Check::Object(&[Kind::Role, Kind::ClusterRole], check),
    }
}

fn check(object: &Object<'_>, inventory: &Inventory<'_>, reporter: &mut Reporter<'_>) {
    let rbac = Rbac::new(inventory);
    let rules = rbac.own_rules(object);
    let all: Vec<_> = rules.iter().filter_map(everything).collect();
    if !all.is_empty() {
        let extent = rbac.extent(object);
        for it in all {
            report(object, it, extent, inventory, reporter);
        }
        return;
    }
    if let Some((verb, url)) = rules.iter().find_map(every_url) {
        let extent = rbac.extent(object);
        report_urls(object, verb, url, extent, inventory, reporter);
    }
}

fn report<'a>(
    object: &Object<'a>,
    entries: Match<'a>,
    extent: Extent<'a>,
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let name = words::named(inventory, object);
    let message = format!("{name} grants everything {}", words::place(extent));
    let finding = reporter.report(entries.resource.node, message);
    finding
        .here("every resource")
        .help("list the API groups, resources and verbs that are used")
        .severity(words::level(extent));
    finding.label(entries.group.node, "of every API group");
    finding.label(entries.verb.node, verbs(entries.verb));
    words::label_bindings(finding, Rbac::new(inventory), object);
}

fn verbs(verb: Text<'_>) -> &'static str {
    match verb.value {
        "*" => "every verb",
        _ => "every verb that reads and writes",
    }
}

/// The entries by which a rule grants every verb on every URL that is no resource.
fn every_url<'a>(rule: &PolicyRule<'a>) -> Option<(Text<'a>, Text<'a>)> {
    let verb = rule.verbs().find(|it| it.value == "*")?;
    let url = rule.non_resource_urls().find(|it| it.value == "*")?;
    Some((verb, url))
}

/// URLs are granted through `ClusterRoleBindings` only.
fn report_urls<'a>(
    object: &Object<'a>,
    verb: Text<'a>,
    url: Text<'a>,
    extent: Extent<'a>,
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let name = words::named(inventory, object);
    let (severity, rest) = match extent {
        Extent::Cluster(_) => (Severity::Warning, ", `/metrics` and `/debug` among them"),
        _ => (Severity::Info, "; no cluster role binding of it was found"),
    };
    let finding = reporter.report(
        url.node,
        format!("{name} grants every verb on every URL that is no resource{rest}"),
    );
    finding
        .here("every URL")
        .help("list the URLs that are read, and `get` as the verb")
        .severity(severity);
    finding.label(verb.node, "every verb");
    words::label_cluster_bindings(finding, Rbac::new(inventory), object);
}

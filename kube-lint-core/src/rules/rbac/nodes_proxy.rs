//! `rbac/nodes-proxy`.

use crate::{
    analysis::rbac::{Match, Rbac, Request, granting},
    diagnostic::Severity,
    inventory::Inventory,
    model::PolicyRule,
    object::{Kind, Object},
    rule::{Check, Reporter, declare_rule},
    target::KubeVersion,
};

use super::words;

declare_rule! {
    /// ## What it does
    ///
    /// Finds cluster roles that grant `get` or `create` on `nodes/proxy`: by that name, as `*/proxy`, or with
    /// every resource of the core API group.
    ///
    /// It is a warning where the rule is limited to nodes of certain names, and info where nothing binds the
    /// cluster role. `RoleBindings` do not give it: nodes lie in no namespace.
    ///
    /// ## Why is this bad?
    ///
    /// The kubelet runs commands in every Pod of its node for whoever has it. Reading is enough, as a
    /// websocket begins with a `GET`; no admission plugin looks at it and no audit log of the API server has
    /// the commands.
    ///
    /// ## What to do
    ///
    /// Grant the parts that are read: `nodes/metrics`, `nodes/stats`, `nodes/log`; and from Kubernetes 1.33 on
    /// `nodes/pods`, `nodes/healthz` and `nodes/configz`.
    "rbac/nodes-proxy" {
        summary: "role can run commands in every Pod through nodes",
        severity: Error,
        since: "0.1.0",
        supersedes: ["rbac/wildcard-resource"],
        check: Check::Object(&[Kind::ClusterRole], check),
    }
}

/// `KubeletFineGrainedAuthz`, on from 1.33.
const FINE_GRAINED: KubeVersion = KubeVersion::minor(33);

fn check(object: &Object<'_>, inventory: &Inventory<'_>, reporter: &mut Reporter<'_>) {
    let rbac = Rbac::new(inventory);
    let rules = rbac.own_rules(object);
    let mut found = rules.iter().filter_map(|it| Some((it, proxying(it)?)));
    let Some((rule, first)) = found.next() else {
        return;
    };
    let reach = rbac.reach(object);
    let is_bound = !reach.cluster_wide.is_empty();
    if !is_bound && !reach.namespaced.is_empty() {
        return;
    }
    let name = words::named(inventory, object);
    let mut message = format!("{name} can run commands in every Pod through `nodes/proxy`");
    let mut level = Severity::Error;
    if rule.is_limited_by_name() {
        level = Severity::Warning;
        message.push_str(", on nodes of certain names");
    }
    if !is_bound {
        level = Severity::Info;
        message.push_str("; no cluster role binding of it was found");
    }
    let parts = if inventory.target().kube_version < FINE_GRAINED {
        "`nodes/metrics`, `nodes/stats` or `nodes/log`"
    } else {
        "`nodes/metrics`, `nodes/stats`, `nodes/log`, `nodes/pods`, `nodes/healthz` or `nodes/configz`"
    };
    let finding = reporter.report(first.resource.node, message);
    finding
        .here(format!("`{}` is enough", first.verb.value))
        .help(format!("grant what is read: {parts}"))
        .severity(level);
    for (_, it) in found {
        finding.label(it.resource.node, "here too");
    }
    words::label_cluster_bindings(finding, rbac, object);
}

fn proxying<'a>(rule: &PolicyRule<'a>) -> Option<Match<'a>> {
    ["get", "create"].iter().find_map(|verb| {
        let request = Request {
            verb,
            group: "",
            resource: "nodes",
            subresource: "proxy",
            name: "",
        };
        granting(rule, &request)
    })
}

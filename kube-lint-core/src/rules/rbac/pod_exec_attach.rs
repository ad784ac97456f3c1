//! `rbac/pod-exec-attach`.

use crate::{
    analysis::rbac::{GET_NEEDS_CREATE, Match, Rbac, Request, Trade, granting},
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
    /// Finds roles that grant `create` on `pods/exec` or `pods/attach`, by name or as `*`. Before Kubernetes
    /// 1.35, `get` is enough: a connection by WebSocket begins with it. From then on the API server asks for
    /// `create` as well, and `get` alone is info.
    ///
    /// It is an error where that holds in the whole cluster, or in a namespace such as `kube-system`, but a
    /// warning there too where only users and groups are bound; a warning in other namespaces; info for a
    /// cluster role that nothing binds. It is one level lower where `resourceNames` limit it to some Pods, and
    /// where role or subject bear the name of a program that runs Pods for others by trade, such as Rook.
    ///
    /// ## Why is this bad?
    ///
    /// Who runs commands in a Pod has its token, its Secrets and its place in the network. Pods by name are
    /// enough: no right to list them is needed.
    ///
    /// ## What to do
    ///
    /// Bind it to people rather than programs, in the namespaces where they debug, for a time.
    "rbac/pod-exec-attach" {
        summary: "role can run commands in Pods",
        severity: Error,
        since: "0.1.0",
        supersedes: [
            "rbac/ephemeral-containers",
            "rbac/wildcard-resource",
            "rbac/wildcard-verb",
        ],
        check: Check::Object(&[Kind::Role, Kind::ClusterRole], check),
    }
}

const SUBRESOURCES: [&str; 2] = ["exec", "attach"];

/// A rule that grants one of the subresources.
struct Granting<'r, 'a> {
    rule: &'r PolicyRule<'a>,
    found: Match<'a>,
    by_get: bool,
}

fn check<'a>(object: &Object<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    let rbac = Rbac::new(inventory);
    let rules = rbac.own_rules(object);
    let found: Vec<_> = rules.iter().flat_map(connecting).collect();
    let weight = |it: &&Granting<'_, '_>| {
        let is_wide = it.found.resource.value == "*";
        (it.by_get, it.rule.is_limited_by_name(), is_wide)
    };
    let Some(first) = found.iter().min_by_key(weight) else {
        return;
    };
    let extent = rbac.extent(object);
    let is_for_people = rbac.reach(object).is_for_people();
    let is_of_old = first.by_get && inventory.target().kube_version >= GET_NEEDS_CREATE;
    let mut message = format!(
        "{} can run commands in Pods{} {}",
        words::named(inventory, object),
        words::called(first.rule),
        words::place(extent)
    );
    if is_of_old {
        message.push_str(", on clusters before Kubernetes 1.35");
    }
    let level = if is_of_old {
        Severity::Info
    } else {
        words::debug_level(extent, first.rule, is_for_people)
    };
    let said = (level, message);
    let (level, message) = words::allow_for_trade(said, object, extent, Trade::Workloads);
    let at = words::resource_place(first.rule, first.found, |it| {
        matches!(it, "pods/exec" | "pods/attach")
    });
    let finding = reporter.report(at.node, message);
    finding
        .here(format!("by `{}`", first.found.verb.value))
        .help("bind it to people rather than programs, in the namespaces where they debug")
        .severity(level);
    let entries = found.iter().map(|it| (it.rule, it.found));
    words::label_other_rules(finding, first.rule, entries);
    words::label_bindings(finding, rbac, object);
}

/// The entries by which `rule` grants commands: the subresources that it names, or what covers them.
fn connecting<'r, 'a>(rule: &'r PolicyRule<'a>) -> Vec<Granting<'r, 'a>> {
    let grant = |subresource| {
        ["create", "get"].iter().find_map(|verb| {
            let request = Request {
                verb,
                group: "",
                resource: "pods",
                subresource,
                name: "",
            };
            Some(Granting {
                rule,
                found: granting(rule, &request)?,
                by_get: *verb == "get",
            })
        })
    };
    SUBRESOURCES.into_iter().filter_map(grant).collect()
}

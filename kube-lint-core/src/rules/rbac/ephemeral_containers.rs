//! `rbac/ephemeral-containers`.

use crate::{
    analysis::rbac::{Match, Rbac, Request, granting},
    inventory::Inventory,
    model::PolicyRule,
    object::{Kind, Object},
    rule::{Check, Reporter, declare_rule},
};

use super::words;

declare_rule! {
    /// ## What it does
    ///
    /// Finds roles that grant `update` or `patch` on `pods/ephemeralcontainers`, by name or as `*`.
    ///
    /// It is an error where that holds in the whole cluster, or in a namespace such as `kube-system`, but a
    /// warning there too where only users and groups are bound; a warning in other namespaces; info for a
    /// cluster role that nothing binds. It is one level lower where `resourceNames` limit it to some Pods.
    ///
    /// ## Why is this bad?
    ///
    /// It puts a container of any image into a Pod that runs: with the Pod's network and volumes, its Secrets
    /// among them, and with the processes of the container that it aims at. The labels of Pod Security
    /// (`pod-security.kubernetes.io/enforce`) hold for it as for any container, so that it is not privileged
    /// where they are set; what the Pod has already, it has.
    ///
    /// ## What to do
    ///
    /// Bind it to people rather than programs, in the namespaces where they debug, for a time.
    "rbac/ephemeral-containers" {
        summary: "role can put containers into running Pods",
        severity: Error,
        since: "0.1.0",
        supersedes: ["rbac/wildcard-resource", "rbac/wildcard-verb"],
        check: Check::Object(&[Kind::Role, Kind::ClusterRole], check),
    }
}

const SUBRESOURCE: &str = "ephemeralcontainers";

fn check<'a>(object: &Object<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    let rbac = Rbac::new(inventory);
    let rules = rbac.own_rules(object);
    let found = rules.iter().filter_map(|it| Some((it, adding(it)?)));
    let found: Vec<_> = found.collect();
    let weight = |(rule, found): &&(&PolicyRule<'_>, Match<'_>)| {
        (rule.is_limited_by_name(), found.resource.value == "*")
    };
    let Some((rule, first)) = found.iter().min_by_key(weight) else {
        return;
    };
    let extent = rbac.extent(object);
    let is_for_people = rbac.reach(object).is_for_people();
    let name = words::named(inventory, object);
    let called = words::called(rule);
    let place = words::place(extent);
    let message = format!("{name} can put containers into running Pods{called} {place}");
    let at = words::resource_place(rule, *first, |it| it.ends_with(SUBRESOURCE));
    let finding = reporter.report(at.node, message);
    finding
        .here(format!("by `{}`", first.verb.value))
        .help("bind it to people rather than programs, in the namespaces where they debug")
        .severity(words::debug_level(extent, rule, is_for_people));
    words::label_other_rules(finding, rule, found.iter().copied());
    words::label_bindings(finding, rbac, object);
}

fn adding<'a>(rule: &PolicyRule<'a>) -> Option<Match<'a>> {
    ["update", "patch"].iter().find_map(|verb| {
        let request = Request {
            verb,
            group: "",
            resource: "pods",
            subresource: SUBRESOURCE,
            name: "",
        };
        granting(rule, &request)
    })
}

//! `rbac/audit-trail-delete`.

use crate::{
    analysis::rbac::{Rbac, Request, granting},
    inventory::Inventory,
    model::PolicyRule,
    object::{Kind, Object, Text},
    rule::{Check, Reporter, declare_rule},
};

use super::words;

declare_rule! {
    /// ## What it does
    ///
    /// Finds roles that can delete events, or all objects of every resource of an API group at once by
    /// `deletecollection`. It also finds those that grant the deletion of `pods/log`, which no request can.
    ///
    /// ## Why is this bad?
    ///
    /// Events are what most people look at first to see what happened, and where no audit log is kept, all
    /// there is. Kubernetes deletes them by itself after an hour.
    ///
    /// ## What to do
    ///
    /// Grant `create` and `patch` on events: that is what it takes to write them.
    "rbac/audit-trail-delete" {
        summary: "role can delete events",
        severity: Info,
        since: "0.1.0",
        check: Check::Object(&[Kind::Role, Kind::ClusterRole], check),
    }
}

const DELETES: [&str; 2] = ["delete", "deletecollection"];

fn check(object: &Object<'_>, inventory: &Inventory<'_>, reporter: &mut Reporter<'_>) {
    let rbac = Rbac::new(inventory);
    let rules = rbac.own_rules(object);
    let mut found = rules.iter().filter_map(trail);
    if let Some(first) = found.next() {
        let name = words::named(inventory, object);
        let what = if first.value == "*" {
            "all objects at once, events among them,"
        } else {
            "events"
        };
        let place = words::place(rbac.extent(object));
        let message = format!("{name} can delete {what} {place}");
        let finding = reporter.report(first.node, message);
        finding.help("grant `create` and `patch` on events: that is what it takes to write them");
        for it in found {
            finding.label(it.node, "here too");
        }
    }
    if let Some(log) = rules.iter().find_map(deleted_log) {
        let name = words::named(inventory, object);
        let message = format!("{name} grants the deletion of `pods/log`, which no request can");
        let finding = reporter.report(log.node, message);
        finding.help("remove it: logs go with their Pods");
    }
}

/// The entry by which a rule deletes events of any name, or everything at once.
fn trail<'a>(rule: &PolicyRule<'a>) -> Option<Text<'a>> {
    if rule.is_limited_by_name() {
        return None;
    }
    let mut requests = ["", "events.k8s.io"].into_iter().flat_map(|group| {
        DELETES.map(|verb| Request {
            verb,
            group,
            resource: "events",
            subresource: "",
            name: "",
        })
    });
    let entries = requests.find_map(|it| granting(rule, &it))?;
    let is_all = entries.resource.value == "*";
    let at_once = rule.verbs().any(|it| it.value == "deletecollection");
    (!is_all || at_once).then_some(entries.resource)
}

/// `pods/log` of the core group with a verb that it does not take.
fn deleted_log<'a>(rule: &PolicyRule<'a>) -> Option<Text<'a>> {
    let deletes = rule.verbs().any(|it| DELETES.contains(&it.value));
    let has_core = rule.api_groups().any(|it| it.value.is_empty());
    // One of several resources that do take it, it is only along for the ride.
    let mut resources = rule.resources();
    let log = resources.next().filter(|it| it.value == "pods/log")?;
    let is_alone = resources.next().is_none();
    (deletes && has_core && is_alone).then_some(log)
}

//! `rbac/aggregation-hijack`.

use crate::{
    analysis::rbac::{
        BoundRole, Impact, Rbac, Request, everything, granting, hazard, is_built_in_group,
        needs_cluster_role_binding,
    },
    diagnostic::Severity,
    inventory::{Inventory, selectors_in},
    model::{Labels, PolicyRule, Role},
    object::{Kind, Object, Text},
    rule::{Check, Reporter, declare_rule},
    target::World,
    yaml::Node,
};

use super::words;

declare_rule! {
    /// ## What it does
    ///
    /// Finds cluster roles whose labels make them part of the roles `view`, `edit` or `admin` that every
    /// cluster has, and that give these what they are not meant to: to `view` whatever reads Secrets, takes on
    /// the rights of others or changes something; to `edit` the writing of roles, and to both `edit` and
    /// `admin` the verbs `escalate` and `bind` and the writing of what belongs to the whole cluster. It is a
    /// warning where that is limited to objects of certain names, and where `view` changes custom resources.
    ///
    /// It also finds cluster roles whose `aggregationRule` takes in every other one; as a warning, those that
    /// have rules of their own, which the rules of others replace; and where the manifests are the whole
    /// cluster (`world: closed`), as info, those that take in none.
    ///
    /// ## Why is this bad?
    ///
    /// Everybody who is bound to `view` in any namespace gets the rules at once, and no binding shows it.
    ///
    /// ## What to do
    ///
    /// Remove the label, or the rule. Put the rules of an aggregated role into a cluster role of its own that
    /// has the label.
    "rbac/aggregation-hijack" {
        summary: "aggregation gives a cluster role more than it shows",
        severity: Error,
        since: "0.1.0",
        check: Check::Object(&[Kind::ClusterRole], check),
    }
}

const RBAC: &str = "rbac.authorization.k8s.io";
const WRITES: [&str; 5] = ["create", "update", "patch", "delete", "deletecollection"];

fn check<'a>(object: &Object<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    let rbac = Rbac::new(inventory);
    if rbac.is_built_in(object) {
        return;
    }
    let rules = rbac.rules(BoundRole::Defined(*object));
    for target in ["view", "edit", "admin"] {
        let label = format!("{RBAC}/aggregate-to-{target}");
        let label = object.label(&label).filter(|it| it.value == "true");
        if let Some(label) = label {
            check_gift(object, label, target, &rules, inventory, reporter);
        }
    }
    if let Some(list) = object.at(&["aggregationRule", "clusterRoleSelectors"]) {
        check_aggregating(object, list, &rules, inventory, reporter);
    }
}

/// What a rule gives that is too much.
struct Excess<'a> {
    /// Behind `lets everybody who`.
    what: String,
    at: Text<'a>,
    level: Severity,
}

fn check_gift<'a>(
    object: &Object<'a>,
    label: Text<'a>,
    target: &str,
    rules: &[PolicyRule<'a>],
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let excesses = rules.iter().filter_map(|it| match target {
        "view" => excess_of_view(it),
        _ => excess_of_edit(it, target == "edit"),
    });
    let excesses: Vec<_> = excesses.collect();
    let worst = excesses
        .iter()
        .reduce(|one, other| if other.level > one.level { other } else { one });
    let Some(worst) = worst else {
        return;
    };
    let name = words::named(inventory, object);
    let message = format!(
        "{name} lets everybody who is bound to `{target}` {}",
        worst.what
    );
    let finding = reporter.report(label.node, message);
    finding
        .here(format!("part of `{target}`"))
        .help("remove the label, or the rule")
        .severity(worst.level);
    for it in &excesses {
        finding.label(it.at.node, "granted here");
    }
}

fn excess_of_view<'a>(rule: &PolicyRule<'a>) -> Option<Excess<'a>> {
    let hazard = hazard(rule, true).filter(|it| it.impact > Impact::Reads)?;
    let is_custom = !rule
        .api_groups()
        .any(|it| it.value == "*" || is_built_in_group(it.value));
    let is_weaker = rule.is_limited_by_name() || is_custom && hazard.impact == Impact::Changes;
    Some(Excess {
        what: words::deed(rule, &hazard),
        at: hazard.at,
        level: if is_weaker {
            Severity::Warning
        } else {
            Severity::Error
        },
    })
}

fn excess_of_edit<'a>(rule: &PolicyRule<'a>, are_roles_excess: bool) -> Option<Excess<'a>> {
    let (what, at) = if let Some(all) = everything(rule) {
        ("do everything".to_owned(), all.resource)
    } else if let Some(at) = given(rule, &["escalate", "bind"], &["roles", "clusterroles"]) {
        ("grant more than they have".to_owned(), at)
    } else if let Some(at) =
        given(rule, &WRITES, &["roles", "rolebindings"]).filter(|_| are_roles_excess)
    {
        ("write roles and bindings".to_owned(), at)
    } else {
        let has_core = rule.api_groups().any(|it| matches!(it.value, "" | "*"));
        let mut resources = rule.resources();
        let at = resources
            .find(|it| has_core && it.value == "*" || needs_cluster_role_binding(rule, it.value))?;
        if !rule
            .verbs()
            .any(|it| it.value == "*" || WRITES.contains(&it.value))
        {
            return None;
        }
        let what = match at.value {
            "*" => "change nodes and all else that belongs to the whole cluster".to_owned(),
            it => format!("change `{it}`, which belongs to the whole cluster"),
        };
        (what, at)
    };
    let level = if rule.is_limited_by_name() {
        Severity::Warning
    } else {
        Severity::Error
    };
    Some(Excess { what, at, level })
}

/// The entry by which `rule` allows one of `verbs` on one of the resources of RBAC.
fn given<'a>(rule: &PolicyRule<'a>, verbs: &[&str], resources: &[&str]) -> Option<Text<'a>> {
    let mut requests = verbs.iter().flat_map(|verb| {
        resources.iter().map(move |resource| Request {
            verb,
            group: RBAC,
            resource,
            subresource: "",
            name: "",
        })
    });
    requests.find_map(|it| Some(granting(rule, &it)?.resource))
}

fn check_aggregating<'a>(
    object: &Object<'a>,
    list: Node<'a>,
    rules: &[PolicyRule<'a>],
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let name = words::named(inventory, object);
    // All built-in roles have it.
    let mut labels = Labels::of(None);
    labels.set("kubernetes.io/bootstrapping", Some("rbac-defaults"));
    let selectors = selectors_in(list);
    if selectors.iter().any(|it| it.matches(&labels).is_certain()) {
        let message = format!("{name} takes in every rule of `cluster-admin` by its selector");
        reporter
            .report(list, message)
            .help("select a label that only the parts of this role have");
        return;
    }
    let own: Vec<_> = Role::new(object).rules().collect();
    let effective = Rbac::new(inventory).own_rules(object);
    if own.is_empty() {
        let is_closed = inventory.world_of(object.file()) == World::Closed;
        if rules.is_empty() && is_closed && !object.is_partial() {
            reporter
                .report(
                    list,
                    format!("{name} takes in no rules: no cluster role is selected"),
                )
                .help("give the label to the cluster roles that are meant")
                .severity(Severity::Info);
        }
    } else if effective.is_empty() && !own.iter().all(|it| is_among(it, rules)) {
        let at = object.root().get("rules");
        let at = at.map_or(object.head(), |it| it.key().unwrap_or(it));
        let finding = reporter.report(
            at,
            format!("{name} has rules of its own, which those that it aggregates replace"),
        );
        finding
            .help("put them into a cluster role that has the label")
            .severity(Severity::Warning);
        finding.label(list, "aggregated by this");
    }
}

/// Whether all that `rule` grants is granted by `rules`, as in a role exported from a cluster.
fn is_among(rule: &PolicyRule<'_>, rules: &[PolicyRule<'_>]) -> bool {
    let words = |of: &PolicyRule<'_>| {
        let lists: [Vec<String>; 5] = [
            of.verbs().map(|it| it.value.to_owned()).collect(),
            of.api_groups().map(|it| it.value.to_owned()).collect(),
            of.resources().map(|it| it.value.to_owned()).collect(),
            of.resource_names().map(|it| it.value.to_owned()).collect(),
            of.non_resource_urls()
                .map(|it| it.value.to_owned())
                .collect(),
        ];
        lists
    };
    let wanted = words(rule);
    rules.iter().any(|it| words(it) == wanted)
}

//! `rbac/binding-broad-group`.

use crate::{
    analysis::{
        accounts::{Power, power},
        rbac::{Hazard, Impact, Rbac, hazard},
    },
    diagnostic::{Confidence, Severity},
    inventory::{Grant, Inventory},
    model::{Binding, PolicyRule, Subject},
    object::{Kind, Namespace, Object, Text},
    rule::{Check, Reporter, declare_rule},
};

use super::words;

declare_rule! {
    /// ## What it does
    ///
    /// Finds bindings of the groups `system:authenticated`, `system:serviceaccounts` and
    /// `system:serviceaccounts:<namespace>`.
    ///
    /// It is a warning where the role only reads what is no credential, where it is limited to objects of
    /// certain names, and where it is not defined in the input. It is info where a namespace's accounts read
    /// in their own namespace, and where a role of certain names only reads or connects to a Service. Roles
    /// that show no more than everybody sees anyway are left out.
    ///
    /// ## Why is this bad?
    ///
    /// The groups hold programs that nobody thought of: every Pod has an account unless told otherwise, and
    /// is in the group of all accounts. On some platforms, `system:authenticated` is everyone with an account
    /// of the provider.
    ///
    /// ## What to do
    ///
    /// Bind the accounts and groups that need the role.
    "rbac/binding-broad-group" {
        summary: "binding gives power to all users or ServiceAccounts",
        severity: Error,
        since: "0.1.0",
        supersedes: ["service-accounts/default-bound"],
        check: Check::Object(&[Kind::RoleBinding, Kind::ClusterRoleBinding], check),
    }
}

fn check<'a>(object: &Object<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    let binding = Binding::new(object);
    let subjects = binding.subjects();
    let broad: Vec<_> = subjects
        .filter_map(|it| Some((group(&it)?, who(group(&it)?.value)?)))
        .collect();
    let (Some((first, who)), Some(role)) = (broad.first(), binding.role_name()) else {
        return;
    };
    let Some(gift) = gift(object, &broad, inventory) else {
        return;
    };
    let name = words::named(inventory, object);
    let message = format!("{name} lets {who} {}", gift.words);
    let finding = reporter.report(first.node, message);
    finding
        .help("bind the accounts and groups that need the role")
        .severity(gift.level);
    if gift.is_unknown {
        finding.confidence(Confidence::Medium);
    }
    for (it, _) in broad.iter().skip(1) {
        finding.label(it.node, "and here");
    }
    finding.label(role.node, "what they get");
    if let Some(at) = gift.at {
        finding.label(at.node, "granted here");
    }
}

fn group<'a>(subject: &Subject<'a>) -> Option<Text<'a>> {
    let is_group = subject.kind()?.value == "Group";
    subject.name().filter(|_| is_group)
}

/// Who is in the group, in words, if it holds everybody of a kind.
fn who(group: &str) -> Option<String> {
    match group {
        "system:authenticated" => Some("every user and ServiceAccount".to_owned()),
        "system:serviceaccounts" => Some("every ServiceAccount of the cluster".to_owned()),
        _ => {
            let namespace = group.strip_prefix("system:serviceaccounts:")?;
            Some(format!("every ServiceAccount of `{namespace}`"))
        }
    }
}

/// What a binding gives, at worst.
struct Gift<'a> {
    level: Severity,
    /// Behind `lets somebody`.
    words: String,
    at: Option<Text<'a>>,
    is_unknown: bool,
}

/// The worst of what `object` gives in any unit; `None` where everybody has that anyway.
fn gift<'a>(
    object: &Object<'a>,
    broad: &[(Text<'a>, String)],
    inventory: &Inventory<'a>,
) -> Option<Gift<'a>> {
    let grants = inventory.bindings().of_binding(object.id()).iter();
    let gifts = grants.filter_map(|it| grant_gift(it, broad, inventory));
    gifts.reduce(|one, other| if other.level > one.level { other } else { one })
}

fn grant_gift<'a>(
    grant: &Grant<'a>,
    broad: &[(Text<'a>, String)],
    inventory: &Inventory<'a>,
) -> Option<Gift<'a>> {
    let rbac = Rbac::new(inventory);
    match power(grant, inventory) {
        Power::Usual => return None,
        Power::Unknown => {
            let role = Binding::new(&grant.binding).role_name()?;
            return Some(Gift {
                level: Severity::Warning,
                words: format!("do what `{}` grants, which is not known here", role.value),
                at: None,
                is_unknown: true,
            });
        }
        Power::More => {}
    }
    let rules = rbac.rules(rbac.role(grant)?);
    let is_own = broad.iter().all(|(group, _)| is_own_group(group, grant));
    let hazards = rules
        .iter()
        .filter_map(|it| Some((it, hazard(it, grant.is_cluster_wide())?)));
    let levels = hazards.map(|(rule, hazard)| (level(rule, &hazard, is_own), rule, hazard));
    let (level, rule, hazard) = levels.reduce(|one, other| {
        let is_worse = (other.0, other.2.impact) > (one.0, one.2.impact);
        if is_worse { other } else { one }
    })?;
    Some(Gift {
        level,
        words: format!(
            "{} {}",
            words::deed(rule, &hazard),
            words::grant_place(grant)
        ),
        at: Some(hazard.at),
        is_unknown: false,
    })
}

/// Whether the group is that of the namespace's own accounts.
fn is_own_group(group: &Text<'_>, grant: &Grant<'_>) -> bool {
    let namespace = group.value.strip_prefix("system:serviceaccounts:");
    namespace.is_some_and(|it| Namespace::Named(it) == grant.namespace)
}

fn level(rule: &PolicyRule<'_>, hazard: &Hazard<'_>, is_own: bool) -> Severity {
    let is_named = rule.is_limited_by_name();
    match hazard.impact {
        Impact::TakesOver | Impact::Changes if !is_named => Severity::Error,
        Impact::Changes if words::all_proxies(rule) => Severity::Info,
        Impact::Reads if is_named || is_own => Severity::Info,
        Impact::TakesOver | Impact::Changes | Impact::Reads => Severity::Warning,
    }
}

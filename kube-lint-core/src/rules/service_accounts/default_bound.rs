//! `service-accounts/default-bound`.

use rustc_hash::FxHashMap;

use crate::{
    analysis::{
        accounts::{Power, power},
        rbac::Rbac,
        tokens::DEFAULT_ACCOUNT,
    },
    diagnostic::{Confidence, Severity},
    inventory::{Grant, Inventory},
    model::{Binding, Subject},
    object::{Namespace, ObjectId},
    rule::{Check, Reporter, declare_rule},
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds bindings that grant something to the account `default` of a namespace: to the account itself,
    /// to the user of its name, or to the group of all accounts of the namespace.
    ///
    /// ## Why is this bad?
    ///
    /// Every Pod that names no account runs as `default`, those that somebody will add next year among
    /// them. What one program needs, all of them get, and whoever breaks into any of them.
    ///
    /// ## What to do
    ///
    /// Define an account for the program that needs the rights, name it in its PodSpec and bind it in
    /// place of `default`.
    "service-accounts/default-bound" {
        summary: "rights are granted to a `default` ServiceAccount",
        severity: Error,
        since: "0.1.0",
        check: Check::Inventory(check),
    }
}

fn check(inventory: &Inventory<'_>, reporter: &mut Reporter<'_>) {
    let rbac = Rbac::new(inventory);
    for grants in by_binding(inventory) {
        let Some(first) = grants.first() else {
            continue;
        };
        let subjects = Binding::new(&first.binding).subjects();
        let named = subjects.filter_map(|it| Some((it, who(&it, &grants, inventory)?)));
        let named: Vec<_> = named.collect();
        if named.is_empty() || rbac.is_built_in(&first.binding) {
            continue;
        }
        let strongest = grants
            .iter()
            .map(|it| (power(it, inventory), *it))
            .reduce(|one, other| if other.0 > one.0 { other } else { one });
        for (subject, who) in named {
            if let Some((power, grant)) = strongest {
                report(grant, subject, &who, power, inventory, reporter);
            }
        }
    }
}

/// The grants of each binding, one for each unit that it is applied in.
fn by_binding<'i, 'a>(inventory: &'i Inventory<'a>) -> Vec<Vec<&'i Grant<'a>>> {
    let mut places: FxHashMap<ObjectId, usize> = FxHashMap::default();
    let mut bindings: Vec<Vec<_>> = Vec::new();
    for grant in inventory.bindings().grants() {
        let place = *places.entry(grant.binding.id()).or_insert(bindings.len());
        match bindings.get_mut(place) {
            Some(grants) => grants.push(grant),
            None => bindings.push(vec![grant]),
        }
    }
    bindings
}

/// Whom `subject` names, in words, if a `default` account is among them.
fn who<'a>(
    subject: &Subject<'a>,
    grants: &[&Grant<'a>],
    inventory: &Inventory<'a>,
) -> Option<String> {
    let name = subject.name()?.value;
    match subject.kind()?.value {
        "ServiceAccount" if name == DEFAULT_ACCOUNT => {
            let mut namespaces: Vec<_> = grants
                .iter()
                .filter_map(|it| inventory.subject_namespace(it.unit, &it.binding, subject))
                .collect();
            namespaces.sort_unstable();
            namespaces.dedup();
            match namespaces.as_slice() {
                [] => None,
                [Namespace::Named(one)] => Some(format!("ServiceAccount `{one}/{name}`")),
                [_] => Some(format!("ServiceAccount `{name}`")),
                several => Some(format!(
                    "ServiceAccount `{name}` in {} namespaces",
                    several.len()
                )),
            }
        }
        "User" => {
            let account = name.strip_prefix("system:serviceaccount:")?;
            let (namespace, account) = account.split_once(':')?;
            (account == DEFAULT_ACCOUNT)
                .then(|| format!("ServiceAccount `{namespace}/{DEFAULT_ACCOUNT}`"))
        }
        "Group" => {
            let namespace = name.strip_prefix("system:serviceaccounts:")?;
            Some(format!(
                "every ServiceAccount of `{namespace}`, `{DEFAULT_ACCOUNT}` among them"
            ))
        }
        _ => None,
    }
}

fn report<'a>(
    grant: &Grant<'a>,
    subject: Subject<'a>,
    who: &str,
    power: Power,
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let binding = Binding::new(&grant.binding);
    let (Some(name), Some(role)) = (subject.name(), binding.role_name()) else {
        return;
    };
    let (by, role_name) = (inventory.display(&grant.binding), role.value);
    let finding = match power {
        Power::Usual => return,
        // What OpenShift lets Pods run as, not what they may do with the API.
        _ if role_name.starts_with("system:openshift:scc:") => reporter
            .report(
                name.node,
                format!("`{by}` grants the constraint `{role_name}` to {who}"),
            )
            .severity(Severity::Info),
        Power::More => reporter.report(name.node, format!("`{by}` grants `{role_name}` to {who}")),
        Power::Unknown => reporter
            .report(
                name.node,
                format!("`{by}` grants `{role_name}`, a role that is not defined here, to {who}"),
            )
            .severity(Severity::Warning)
            .confidence(Confidence::Medium),
    };
    finding.help(
        "define an account for the program that needs the role, bind it instead, and name it in the PodSpec",
    );
    let object = grant.roles.first().map(|it| inventory.object(*it));
    match object {
        Some(object) => finding.label(object.head(), "the role"),
        None => finding.label(role.node, "the role"),
    };
}

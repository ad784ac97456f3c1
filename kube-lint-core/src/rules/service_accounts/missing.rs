//! `service-accounts/missing`.

use crate::{
    analysis::tokens::DEFAULT_ACCOUNT,
    diagnostic::{Confidence, Severity},
    inventory::{Inventory, Missing, Resolution},
    model::account_references,
    object::{Kind, Object, Text},
    rule::{Check, Reporter, declare_rule},
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds workloads and other objects that name a service account which nothing defines: one whose name
    /// is a letter or two away from one that is defined beside it, and one that is defined in another
    /// namespace only. Where the input is the whole cluster (`world: closed`), every account that nothing
    /// defines.
    ///
    /// ## Why is this bad?
    ///
    /// The API server refuses Pods whose account does not exist. A Deployment is accepted all the same
    /// and then has no Pods; what it says is hidden in the events of its `ReplicaSet`.
    ///
    /// ## What to do
    ///
    /// Write the name of the account that is meant, or define the account in the namespace of the Pods. If
    /// something else makes it, list it in the configuration under `known`, as one of its
    /// `service-accounts`.
    "service-accounts/missing" {
        summary: "ServiceAccount is named that nothing defines",
        severity: Error,
        since: "0.1.0",
        check: Check::Object(&[], check),
    }
}

fn check<'a>(object: &Object<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    for name in account_references(object, inventory.pod_specs_of(object.id())) {
        if name.value == DEFAULT_ACCOUNT || inventory.may_change(object, name.node) {
            continue;
        }
        let found = inventory.find(object, Kind::ServiceAccount, None, name.value);
        if let Resolution::Missing(missing) = found {
            report(object, name, &missing, inventory, reporter);
        }
    }
}

fn report<'a>(
    object: &Object<'a>,
    name: Text<'a>,
    missing: &Missing<'_, 'a>,
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let user = inventory.display(object);
    let account = name.value;
    let near = inventory.near_miss(object, Kind::ServiceAccount, missing.namespace, account);
    if let Some(near) = near {
        reporter
            .report(
                name.node,
                format!(
                    "`{user}` names ServiceAccount `{account}`, where only `{}` is defined",
                    near.name
                ),
            )
            .help(format!("write `{}`, or define `{account}`", near.name))
            .confidence(confidence(missing))
            .label(near.node, "defined here");
    } else if let Some(other) = missing.elsewhere {
        let defined = inventory.defining_object(other);
        let defined = defined.map_or_else(|| account.to_owned(), |it| inventory.display(it));
        reporter
            .report(
                name.node,
                format!(
                    "`{user}` names ServiceAccount `{account}`, but only `{defined}` is defined"
                ),
            )
            .help("define the account in the namespace of the Pods: they cannot use one of another")
            .severity(Severity::Warning)
            .confidence(confidence(missing))
            .label(other.node, "defined here, in another namespace");
    } else if missing.is_certain {
        reporter
            .report(
                name.node,
                format!("`{user}` names ServiceAccount `{account}`, which nothing defines"),
            )
            .help("define it beside what names it, or list it under `known` in the configuration")
            .severity(Severity::Warning);
    }
}

fn confidence(missing: &Missing<'_, '_>) -> Confidence {
    if missing.is_certain {
        Confidence::High
    } else {
        Confidence::Medium
    }
}

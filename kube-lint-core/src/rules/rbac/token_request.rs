//! `rbac/token-request`.

use crate::{
    analysis::rbac::{Holdings, Rbac, Request},
    diagnostic::Severity,
    inventory::Inventory,
    rule::{Check, Reporter, declare_rule},
};

use super::{
    powers::{Entry, Granted, Powers, names},
    words,
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds roles that grant `create` on `serviceaccounts/token`, by name or as `*`.
    ///
    /// It is an error where that holds in the whole cluster, or in a namespace such as `kube-system`; a warning
    /// in other namespaces; info where `resourceNames` limit it to some accounts, and for a cluster role that
    /// nothing binds. Where it leads to an account that may do more, `rbac/privilege-escalation-path` speaks
    /// of it instead.
    ///
    /// ## Why is this bad?
    ///
    /// Whoever has a ServiceAccount's token does what the account may do. Who makes tokens of every account
    /// has the rights of all of them together.
    ///
    /// ## What to do
    ///
    /// List in `resourceNames` the accounts whose tokens are needed. Pods need none of this: the kubelet makes
    /// theirs.
    "rbac/token-request" {
        summary: "role can make tokens of any ServiceAccount",
        severity: Error,
        since: "0.1.0",
        supersedes: ["rbac/wildcard-resource", "rbac/wildcard-verb"],
        check: Check::Holdings(check),
    }
}

const REQUEST: Request<'static> = Request {
    verb: "create",
    group: "",
    resource: "serviceaccounts",
    subresource: "token",
    name: "",
};

const RESOURCES: [&str; 1] = ["serviceaccounts/token"];

fn check<'a>(holdings: &Holdings<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    let powers = Powers {
        holdings,
        inventory,
    };
    for granted in powers.granted(&[REQUEST]) {
        report(powers, &granted, reporter);
    }
}

fn report<'a>(powers: Powers<'_, 'a>, granted: &Granted<'_, 'a>, reporter: &mut Reporter<'_>) {
    let mut entries = granted.entries.iter();
    // One that is not limited makes tokens of those of the others too.
    let Some(entry) = entries
        .find(|it| !it.rule.is_limited_by_name())
        .or(granted.entries.first())
    else {
        return;
    };
    let name = words::named(powers.inventory, &granted.role);
    let place = words::place(granted.extent);
    let whose = match names(&entry.rule) {
        None => "every ServiceAccount".to_owned(),
        Some(names) if names.is_empty() => "certain ServiceAccounts".to_owned(),
        Some(names) if names.len() == 1 => format!("ServiceAccount {}", words::list(names)),
        Some(names) => format!("ServiceAccounts {}", words::list(names)),
    };
    let message = format!("{name} can make tokens of {whose} {place}");
    let at = entry.resource_place(&RESOURCES);
    let finding = reporter.report(at.node, message);
    finding
        .here("makes tokens")
        .help(if entry.rule.is_limited_by_name() {
            "see that these accounts may do no more than who makes their tokens"
        } else {
            "list in `resourceNames` the accounts whose tokens are needed"
        })
        .severity(level(granted, entry));
    for other in &granted.entries {
        let other = other.resource_place(&RESOURCES);
        if other.node.id() != at.node.id() {
            finding.label(other.node, "here too");
        }
    }
    words::label_bindings(finding, Rbac::new(powers.inventory), &granted.role);
}

fn level(granted: &Granted<'_, '_>, entry: &Entry<'_, '_>) -> Severity {
    if entry.rule.is_limited_by_name() {
        Severity::Info
    } else {
        words::level(granted.extent)
    }
}

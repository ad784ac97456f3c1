//! `rbac/admission-config-write`.

use crate::{
    analysis::rbac::{Holdings, Request, Trade},
    diagnostic::Severity,
    inventory::Inventory,
    rule::{Check, Reporter, declare_rule},
};

use super::{
    powers::{Entry, Granted, Other, Powers, Verdict},
    tampering::{Tampering, Target},
    words,
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds roles that can make, change or delete the configuration of admission webhooks, and admission
    /// policies with their bindings.
    ///
    /// It is an error where that changes objects: `create`, `update` or `patch` on mutating webhooks, or on
    /// mutating policies and their bindings by one subject. It is a warning where it reads or refuses them, by
    /// validating webhooks and policies, where one half of a mutating policy is missing, and where guards can be
    /// deleted. It is info where `resourceNames` limit it to some, as programs need that renew the certificate
    /// in their own, and for a cluster role that nothing binds. It is one level lower where role or subject bear
    /// the name of a program that looks after webhooks by trade, such as cert-manager.
    ///
    /// ## Why is this bad?
    ///
    /// Whoever writes a mutating webhook sees every object on its way into the cluster, Secrets among them, and
    /// changes it: adds a container to each Pod, of `kube-system` too. A validating one sees as much. And what
    /// guards the cluster is mostly such a webhook or policy itself.
    ///
    /// ## What to do
    ///
    /// List in `resourceNames` the configurations that the program looks after. `create` cannot be limited so:
    /// create them with the manifests instead.
    "rbac/admission-config-write" {
        summary: "role can write admission webhooks or policies",
        severity: Error,
        since: "0.1.0",
        supersedes: ["rbac/wildcard-resource", "rbac/wildcard-verb"],
        check: Check::Holdings(check),
    }
}

const GROUP: &str = "admissionregistration.k8s.io";
const WRITES: [&str; 3] = ["create", "update", "patch"];

const fn target(resource: &'static str) -> Target {
    Target {
        group: GROUP,
        resource,
        verbs: &["create", "update", "patch", "delete"],
    }
}

const TAMPERING: Tampering = Tampering {
    // The worst first.
    targets: &[
        target("mutatingwebhookconfigurations"),
        target("mutatingadmissionpolicies"),
        target("mutatingadmissionpolicybindings"),
        target("validatingwebhookconfigurations"),
        target("validatingadmissionpolicies"),
        target("validatingadmissionpolicybindings"),
    ],
    trade: Trade::Admission,
    help: "list in `resourceNames` those that are its own, and create them with the manifests",
};

fn check<'a>(holdings: &Holdings<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    TAMPERING.check(
        (holdings, inventory),
        |powers, granted, entry| Some(verdict(powers, granted, entry)),
        reporter,
    );
}

fn verdict<'h, 'a>(
    powers: Powers<'h, 'a>,
    granted: &Granted<'h, 'a>,
    entry: &Entry<'h, 'a>,
) -> Verdict<'h, 'a> {
    let on = |deed: &str, here, severity| {
        let verdict = Verdict::on(powers.inventory, granted.reach(), deed, severity);
        Verdict {
            here,
            ..verdict.unless_unbound(granted.extent)
        }
    };
    let Request { verb, resource, .. } = entry.request;
    let write = format!("`{verb}` `{resource}`{}", words::called(&entry.rule));
    if entry.rule.is_limited_by_name() {
        return on(&write, "writes these", Severity::Info);
    }
    if verb == "delete" {
        let deed = format!("{write}, and with them what guards the cluster");
        return on(&deed, "deletes them", Severity::Warning);
    }
    let change = "change every object on its way into the cluster";
    match resource {
        "mutatingwebhookconfigurations" => {
            let deed = format!("{change}, and read it, by a webhook");
            on(&deed, "changes objects", Severity::Error)
        }
        "validatingwebhookconfigurations" => {
            let deed = "read every object on its way into the cluster, and refuse it, by a webhook";
            on(deed, "reads objects", Severity::Warning)
        }
        "mutatingadmissionpolicies" => {
            let half = other_half(powers, entry, "mutatingadmissionpolicybindings");
            policy(half, change, &write, on)
        }
        "mutatingadmissionpolicybindings" => {
            let half = other_half(powers, entry, "mutatingadmissionpolicies");
            policy(half, change, &write, on)
        }
        _ => {
            let deed = format!("{write}, and so say what the cluster refuses");
            on(&deed, "refuses objects", Severity::Warning)
        }
    }
}

fn policy<'h, 'a>(
    half: Option<Other<'h, 'a>>,
    change: &str,
    write: &str,
    on: impl Fn(&str, &'static str, Severity) -> Verdict<'h, 'a>,
) -> Verdict<'h, 'a> {
    let Some(half) = half else {
        let deed = format!("{write}; nobody was found who may write the other half too");
        return on(&deed, "one half of what changes objects", Severity::Warning);
    };
    let deed = format!("{change}, by a policy");
    Verdict {
        others: vec![half],
        ..on(&deed, "changes objects", Severity::Error)
    }
}

/// The rule by which somebody who may write a mutating policy may write its binding too, or the other way
/// round: one changes nothing without the other.
fn other_half<'h, 'a>(
    powers: Powers<'h, 'a>,
    entry: &Entry<'h, 'a>,
    resource: &'static str,
) -> Option<Other<'h, 'a>> {
    let request = |verb| Request {
        verb,
        resource,
        ..entry.request
    };
    let mut holders = entry.holders.iter();
    holders.find_map(|holder| {
        let writes = WRITES.into_iter();
        let mut others = writes.flat_map(|verb| powers.also(holder, request(verb)));
        others.find(|it| !it.rule.is_limited_by_name())
    })
}

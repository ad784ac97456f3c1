//! `rbac/admission-config-write`.

use crate::{
    analysis::rbac::{Extent, Holdings, Rbac, Request, Trade},
    diagnostic::Severity,
    inventory::Inventory,
    rule::{Check, Reporter, declare_rule},
};

use super::{
    powers::{Entry, Granted, Other, Powers, names},
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

/// The worst first.
const RESOURCES: [&str; 6] = [
    "mutatingwebhookconfigurations",
    "mutatingadmissionpolicies",
    "mutatingadmissionpolicybindings",
    "validatingwebhookconfigurations",
    "validatingadmissionpolicies",
    "validatingadmissionpolicybindings",
];

const WRITES: [&str; 3] = ["create", "update", "patch"];

const fn request(verb: &'static str, resource: &'static str) -> Request<'static> {
    Request {
        verb,
        group: "admissionregistration.k8s.io",
        resource,
        subresource: "",
        name: "",
    }
}

fn check<'a>(holdings: &Holdings<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    let powers = Powers {
        holdings,
        inventory,
    };
    let verbs = WRITES.into_iter().chain(["delete"]);
    let requests = verbs.flat_map(|verb| RESOURCES.map(|it| request(verb, it)));
    let requests: Vec<_> = requests.collect();
    for granted in powers.granted(&requests) {
        report(powers, &granted, reporter);
    }
}

/// What comes of an entry.
struct Verdict<'u, 'h, 'a> {
    entry: &'u Entry<'h, 'a>,
    /// Behind the name of the role.
    what: String,
    severity: Severity,
    other: Option<Other<'h, 'a>>,
}

fn report<'a>(powers: Powers<'_, 'a>, granted: &Granted<'_, 'a>, reporter: &mut Reporter<'_>) {
    let verdicts = granted.entries.iter().map(|it| verdict(powers, it));
    // The first of the worst.
    let Some(worst) = verdicts.rev().max_by_key(|it| it.severity) else {
        return;
    };
    let name = words::named(powers.inventory, &granted.role);
    let mut message = format!("{name} can {}", worst.what);
    let mut severity = worst.severity;
    if matches!(granted.extent, Extent::Nowhere) {
        severity = Severity::Info;
        message.push_str("; no binding of it was found");
    }
    let (severity, message) = words::allow_for_trade(
        (severity, message),
        &granted.role,
        granted.extent,
        Trade::Admission,
    );
    let at = worst.entry.resource_place(&RESOURCES);
    let finding = reporter.report(at.node, message);
    finding
        .here(format!("allows `{}`", worst.entry.request.verb))
        .severity(severity);
    finding.help(match names(&worst.entry.rule) {
        None => "list in `resourceNames` those that it looks after",
        Some(_) => "see that these are its own",
    });
    if let Some(other) = &worst.other {
        other.label(finding, &granted.role);
    }
    for entry in &granted.entries {
        let other = entry.resource_place(&RESOURCES);
        if other.node.id() != at.node.id() {
            finding.label(other.node, "here too");
        }
    }
    words::label_bindings(finding, Rbac::new(powers.inventory), &granted.role);
}

fn verdict<'u, 'h, 'a>(powers: Powers<'h, 'a>, entry: &'u Entry<'h, 'a>) -> Verdict<'u, 'h, 'a> {
    let Request { verb, resource, .. } = entry.request;
    let verdict = |what: String, severity| Verdict {
        entry,
        what,
        severity,
        other: None,
    };
    if let Some(names) = names(&entry.rule) {
        let names = words::list(names);
        let what = format!("`{verb}` `{resource}` called {names}");
        return verdict(what, Severity::Info);
    }
    if verb == "delete" {
        let what = format!("delete any of `{resource}`, and with it what guards the cluster");
        return verdict(what, Severity::Warning);
    }
    let change = "change every object on its way into the cluster";
    match resource {
        "mutatingwebhookconfigurations" => {
            let what = format!("{change}, and read it, by a webhook");
            verdict(what, Severity::Error)
        }
        "validatingwebhookconfigurations" => verdict(
            "read every object on its way into the cluster, and refuse it, by a webhook".to_owned(),
            Severity::Warning,
        ),
        "mutatingadmissionpolicies" | "mutatingadmissionpolicybindings" => {
            let half = other_half(powers, entry);
            let mut found = if half.is_some() {
                verdict(format!("{change}, by a policy"), Severity::Error)
            } else {
                let other = other_resource(resource);
                let what =
                    format!("`{verb}` `{resource}`; nobody was found who may write `{other}` too");
                verdict(what, Severity::Warning)
            };
            found.other = half;
            found
        }
        _ => verdict(
            format!("`{verb}` `{resource}`, and so say what the cluster refuses"),
            Severity::Warning,
        ),
    }
}

/// The rule by which somebody who may write a mutating policy may write its binding too, or the other way
/// round: one changes nothing without the other.
fn other_half<'h, 'a>(powers: Powers<'h, 'a>, entry: &Entry<'h, 'a>) -> Option<Other<'h, 'a>> {
    let half = other_resource(entry.request.resource);
    let mut holders = entry.holders.iter();
    holders.find_map(|holder| {
        let others = WRITES.into_iter();
        let mut others = others.flat_map(|verb| powers.also(holder, request(verb, half)));
        others.find(|it| !it.rule.is_limited_by_name())
    })
}

fn other_resource(resource: &str) -> &'static str {
    match resource {
        "mutatingadmissionpolicies" => "mutatingadmissionpolicybindings",
        _ => "mutatingadmissionpolicies",
    }
}

//! `rbac/write-rbac-objects`.

use crate::{
    analysis::rbac::{Extent, Hazard, Holdings, Impact, Request, Trade, hazard},
    diagnostic::Severity,
    inventory::Inventory,
    rule::{Check, Reporter, declare_rule},
};

use super::{
    powers::{Entry, Granted, Holder, Powers, Right, names},
    words,
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds roles that can make, change or delete roles and bindings, where nobody who holds them has
    /// `escalate` or `bind` as well, of which `rbac/escalate-verb` and `rbac/bind-verb` speak.
    ///
    /// It is a warning for cluster roles and cluster role bindings; and for roles and role bindings in the
    /// whole cluster, or in a namespace such as `kube-system`, where somebody who holds the role has a right
    /// that opens those of others, which the finding names. It is info in other namespaces, without such a
    /// right, where all that is granted is to delete them, and for a cluster role that nothing binds. It is one
    /// level lower where `resourceNames` limit it, and where role or subject bear the name of a program that
    /// makes roles by trade.
    ///
    /// ## Why is this bad?
    ///
    /// The API server lets nobody write into a role, or bind, what they may not do themselves. So whoever breaks
    /// into the holder gains no right by it, but can hand out those that it has, to everybody for ever, in
    /// objects that nobody looks at again. Every right that the holder is given later can be handed out too.
    ///
    /// ## What to do
    ///
    /// Take it away where roles and bindings can come with the manifests. Grant `roles` and `rolebindings` in the
    /// namespaces that need them instead of `clusterroles` and `clusterrolebindings`. Keep rights apart that
    /// are not handed out: another ServiceAccount can have them.
    "rbac/write-rbac-objects" {
        summary: "role can hand out the rights of its holders",
        severity: Warning,
        since: "0.1.0",
        supersedes: ["rbac/wildcard-resource", "rbac/wildcard-verb"],
        check: Check::Holdings(check),
    }
}

const GROUP: &str = "rbac.authorization.k8s.io";
const WRITES: [&str; 3] = ["create", "update", "patch"];

/// With these, the API server does not ask whether the holder has what it hands out.
const UNCHECKED: [Request<'static>; 4] = [
    request("bind", "clusterroles"),
    request("bind", "roles"),
    request("escalate", "clusterroles"),
    request("escalate", "roles"),
];

const fn request(verb: &'static str, resource: &'static str) -> Request<'static> {
    Request {
        verb,
        group: GROUP,
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
    let requests = verbs.flat_map(|verb| words::RBAC_RESOURCES.map(|it| request(verb, it)));
    let requests: Vec<_> = requests.collect();
    for granted in powers.granted(&requests) {
        report(powers, granted, reporter);
    }
}

/// A rule of the role, judged.
struct Verdict<'a> {
    at: usize,
    severity: Severity,
    /// Who has a right worth handing out, and which.
    worth: Option<(String, Right<'a>, Hazard<'a>)>,
}

fn report<'h, 'a>(
    powers: Powers<'h, 'a>,
    mut granted: Granted<'h, 'a>,
    reporter: &mut Reporter<'_>,
) {
    granted.entries.retain(|entry| {
        let is_checked = |it: &Holder<'h, 'a>| {
            let mut unchecked = UNCHECKED.into_iter();
            unchecked.all(|request| powers.also(it, request).is_empty())
        };
        entry.holders.iter().any(is_checked)
    });
    let verdicts = (0..granted.entries.len()).rev();
    let verdicts = verdicts.map(|at| verdict(powers, &granted, at));
    // The first of the worst.
    let Some(worst) = verdicts.max_by_key(|it| it.severity) else {
        return;
    };
    let entry = &granted.entries[worst.at];
    let is_write = entry.request.verb != "delete";
    // The whole API group is a matter of its own.
    if entry.found.resource.value == "*" && worst.severity == Severity::Info {
        return;
    }
    let (severity, message) = words::allow_for_trade(
        (worst.severity, message(powers, &granted, &worst)),
        &granted.role,
        granted.extent,
        Trade::Roles,
    );
    let at = entry.resource_place(&words::RBAC_RESOURCES);
    let finding = reporter.report(at.node, message);
    finding
        .here(format!("allows `{}`", entry.request.verb))
        .help(if is_write {
            "take it away where roles and bindings can come with the manifests, or keep rights \
             apart that are not handed out"
        } else {
            "list in `resourceNames` those that it made"
        })
        .severity(severity);
    if let Some((_, right, hazard)) = &worst.worth {
        let deed = words::deed(&right.rule, hazard);
        finding.label(hazard.at.node, format!("lets it {deed}"));
    }
    granted.label_resources(finding, powers.inventory, (at, &words::RBAC_RESOURCES));
}

fn message<'a>(powers: Powers<'_, 'a>, granted: &Granted<'_, 'a>, worst: &Verdict<'a>) -> String {
    let entry = &granted.entries[worst.at];
    let name = words::named(powers.inventory, &granted.role);
    let place = words::place(granted.extent);
    let is_write = |it: &Entry<'_, '_>| it.request.verb != "delete";
    let mut what = Vec::new();
    let alike = granted.entries.iter();
    let alike = alike.filter(|it| {
        is_write(it) == is_write(entry) && it.rule.node().id() == entry.rule.node().id()
    });
    for it in alike.map(|it| kind(it.request.resource).to_owned()) {
        if !what.contains(&it) {
            what.push(it);
        }
    }
    let what = words::join(&what);
    let some = words::called(&entry.rule);
    if !is_write(entry) {
        return format!("{name} can delete {what}{some}, and so take away what they give, {place}");
    }
    match &worst.worth {
        Some((who, right, hazard)) => {
            let deed = words::deed(&right.rule, hazard);
            format!(
                "{name} can write {what}{some} {place}, and {who} may {deed}: it can hand that out"
            )
        }
        None => format!(
            "{name} can write {what}{some}, and so hand out what its holders may do, {place}"
        ),
    }
}

fn kind(resource: &str) -> &'static str {
    match resource {
        "clusterroles" => "cluster roles",
        "clusterrolebindings" => "cluster role bindings",
        "roles" => "roles",
        _ => "role bindings",
    }
}

fn verdict<'h, 'a>(powers: Powers<'h, 'a>, granted: &Granted<'h, 'a>, at: usize) -> Verdict<'a> {
    let entry = &granted.entries[at];
    let Request { verb, resource, .. } = entry.request;
    if verb == "delete" || matches!(granted.extent, Extent::Nowhere) {
        return Verdict {
            at,
            severity: Severity::Info,
            worth: None,
        };
    }
    let mut holders = entry.holders.iter();
    let worth = holders.find_map(|it| {
        let (right, hazard) = worth(powers, granted, it)?;
        Some((powers.name(it), right, hazard))
    });
    let is_of_cluster = resource.starts_with("cluster");
    let severity = match granted.extent {
        Extent::Cluster(_) if is_of_cluster || worth.is_some() => Severity::Warning,
        Extent::Sensitive(..) if worth.is_some() => Severity::Warning,
        _ => Severity::Info,
    };
    let severity = match names(&entry.rule) {
        Some(_) => words::lowered(severity),
        None => severity,
    };
    Verdict {
        at,
        severity,
        worth,
    }
}

/// A right of `holder` that opens those of others, as far as the role goes.
fn worth<'h, 'a>(
    powers: Powers<'h, 'a>,
    granted: &Granted<'h, 'a>,
    holder: &Holder<'h, 'a>,
) -> Option<(Right<'a>, Hazard<'a>)> {
    let is_everywhere = matches!(granted.extent, Extent::Cluster(_));
    let rights = powers.beside(holder).into_iter();
    let mut rights = rights.filter(|it| it.is_everywhere || !is_everywhere);
    rights.find_map(|it| {
        let found = hazard(&it.rule, it.is_everywhere)?;
        let opens = found.impact == Impact::TakesOver && !it.rule.is_limited_by_name();
        opens.then_some((it, found))
    })
}

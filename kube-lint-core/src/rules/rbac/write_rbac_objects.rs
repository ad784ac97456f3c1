//! `rbac/write-rbac-objects`.

use crate::{
    analysis::rbac::{Extent, Hazard, Holdings, Impact, Request, Trade, hazard},
    diagnostic::Severity,
    inventory::Inventory,
    rule::{Check, Reporter, declare_rule},
};

use super::{
    powers::{Entry, Granted, Holder, Powers, Right, Verdict},
    tampering::{Tampering, Target},
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

const TAMPERING: Tampering = Tampering {
    // The worst first.
    targets: &[
        target("clusterrolebindings"),
        target("clusterroles"),
        target("rolebindings"),
        target("roles"),
    ],
    trade: Trade::Roles,
    help: "take it away where roles and bindings can come with the manifests, or keep rights apart that \
           are not handed out",
};

/// With these, the API server does not ask whether the holder has what it hands out.
const UNCHECKED: [Request<'static>; 4] = [
    request("bind", "clusterroles"),
    request("bind", "roles"),
    request("escalate", "clusterroles"),
    request("escalate", "roles"),
];

const fn target(resource: &'static str) -> Target {
    Target {
        group: GROUP,
        resource,
        verbs: &["create", "update", "patch", "delete"],
    }
}

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
    TAMPERING.check((holdings, inventory), verdict, reporter);
}

fn verdict<'h, 'a>(
    powers: Powers<'h, 'a>,
    granted: &Granted<'h, 'a>,
    entry: &Entry<'h, 'a>,
) -> Option<Verdict<'h, 'a>> {
    if !entry.holders.iter().any(|it| is_checked(powers, it)) {
        return None;
    }
    let what = format!("{}{}", what(granted, entry), words::called(&entry.rule));
    let on = |deed: &str, severity| {
        Verdict::on(powers.inventory, granted.reach(), deed, severity).at(granted.extent, "")
    };
    let is_all = entry.found.resource.value == "*";
    if is_delete(entry) {
        let deed = format!("delete {what}, and so take away what they give,");
        // The whole API group is a matter of its own.
        return (!is_all).then(|| Verdict {
            here: "deletes them",
            ..on(&deed, Severity::Info)
        });
    }
    let mut holders = entry.holders.iter();
    let worth = holders.find_map(|it| Some((it, worth(powers, granted, it)?)));
    let severity = severity(granted, entry, worth.is_some());
    if is_all && severity == Severity::Info {
        return None;
    }
    let here = "writes them";
    let Some((holder, (right, hazard))) = worth else {
        let deed = format!("write {what}, and so hand out what its holders may do,");
        return Some(Verdict {
            here,
            ..on(&deed, severity)
        });
    };
    let who = powers.name(holder);
    let deed = words::deed(&right.rule, &hazard);
    let mut verdict = on(&format!("write {what}"), severity);
    verdict.message = format!(
        "{}, and {who} may {deed}: it can hand that out",
        verdict.message
    );
    Some(Verdict {
        here,
        evidence: vec![(hazard.at.node, format!("lets it {deed}"))],
        ..verdict
    })
}

fn is_delete(entry: &Entry<'_, '_>) -> bool {
    entry.request.verb == "delete"
}

/// Whether the API server asks if `holder` has what it hands out.
fn is_checked<'h, 'a>(powers: Powers<'h, 'a>, holder: &Holder<'h, 'a>) -> bool {
    let mut unchecked = UNCHECKED.into_iter();
    unchecked.all(|it| powers.also(holder, it).is_empty())
}

/// What the rule of `entry` is about, as far as it does the same to it.
fn what(granted: &Granted<'_, '_>, entry: &Entry<'_, '_>) -> String {
    let alike = granted.entries.iter().filter(|it| {
        it.rule.node().id() == entry.rule.node().id() && is_delete(it) == is_delete(entry)
    });
    let kinds = alike.map(|it| match it.request.resource {
        "clusterroles" => "cluster roles",
        "clusterrolebindings" => "cluster role bindings",
        "roles" => "roles",
        _ => "role bindings",
    });
    let kinds: Vec<_> = kinds.map(str::to_owned).collect();
    words::join(&kinds)
}

fn severity(granted: &Granted<'_, '_>, entry: &Entry<'_, '_>, has_worth: bool) -> Severity {
    let is_of_cluster = entry.request.resource.starts_with("cluster");
    let severity = match granted.extent {
        Extent::Cluster(_) if is_of_cluster || has_worth => Severity::Warning,
        Extent::Sensitive(..) if has_worth => Severity::Warning,
        _ => Severity::Info,
    };
    if entry.rule.is_limited_by_name() {
        words::lowered(severity)
    } else {
        severity
    }
}

/// A right of `holder` that opens those of others, as far as the role goes.
fn worth<'h, 'a>(
    powers: Powers<'h, 'a>,
    granted: &Granted<'h, 'a>,
    holder: &Holder<'h, 'a>,
) -> Option<(Right<'a>, Hazard<'a>)> {
    if matches!(granted.extent, Extent::Nowhere) {
        return None;
    }
    let is_everywhere = matches!(granted.extent, Extent::Cluster(_));
    let rights = powers.beside(holder).into_iter();
    let mut rights = rights.filter(|it| it.is_everywhere || !is_everywhere);
    rights.find_map(|it| {
        let found = hazard(&it.rule, it.is_everywhere)?;
        let opens = found.impact == Impact::TakesOver && !it.rule.is_limited_by_name();
        opens.then_some((it, found))
    })
}

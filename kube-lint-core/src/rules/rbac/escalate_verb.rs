//! `rbac/escalate-verb`.

use crate::{
    analysis::rbac::{Extent, Holdings, Request},
    diagnostic::Severity,
    inventory::Inventory,
    object::Kind,
    rule::{Check, Reporter, declare_rule},
};

use super::{
    powers::{Entry, Granted, Holder, Other, Powers, Spot, Verdict, Words, names},
    words,
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds roles that grant `escalate` on roles or cluster roles, by name or as `*`.
    ///
    /// It is an error where somebody who holds it may write such roles too, by the same role or another one,
    /// and a warning where nobody was found who may. Where `resourceNames` limit one of the two, it is an error
    /// if the holder can so change a role that it holds. It is info for a cluster role that nothing binds.
    ///
    /// ## Why is this bad?
    ///
    /// The API server lets nobody write into a role what they may not do themselves, but for those who have
    /// `escalate`. They add whatever they like to a role of their own: in the whole cluster, or in a namespace.
    ///
    /// ## What to do
    ///
    /// Take the verb away, and list the other verbs in place of `*`. A program that makes roles for others can
    /// hold the rights that it hands out.
    "rbac/escalate-verb" {
        summary: "role lets its holders give themselves any right",
        severity: Error,
        since: "0.1.0",
        supersedes: [
            "rbac/bind-verb",
            "rbac/read-secrets-unscoped",
            "rbac/token-request",
            "rbac/wildcard-resource",
            "rbac/wildcard-verb",
        ],
        check: Check::Holdings(check),
    }
}

const REQUESTS: [Request<'static>; 2] = [escalate("clusterroles"), escalate("roles")];

const fn escalate(resource: &'static str) -> Request<'static> {
    Request {
        verb: "escalate",
        group: "rbac.authorization.k8s.io",
        resource,
        subresource: "",
        name: "",
    }
}

const WORDS: Words<'static> = Words {
    spot: Spot::Verb,
    resources: &words::RBAC_RESOURCES,
    help: "take `escalate` away, and list the other verbs in place of `*`",
};

fn check<'a>(holdings: &Holdings<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    let powers = Powers {
        holdings,
        inventory,
    };
    for granted in powers.granted(&REQUESTS) {
        granted.report(
            powers,
            &WORDS,
            |it| Some(verdict(powers, &granted, it)),
            reporter,
        );
    }
}

fn verdict<'h, 'a>(
    powers: Powers<'h, 'a>,
    granted: &Granted<'h, 'a>,
    entry: &Entry<'h, 'a>,
) -> Verdict<'h, 'a> {
    let what = words::what_roles(entry.request.resource, &entry.rule);
    let name = words::named(powers.inventory, &granted.role);
    let place = words::place(granted.extent);
    let message = format!("{name} allows `escalate` on {what} {place}");
    let mut holders = entry.holders.iter();
    let used = holders.find_map(|it| Some((it, writing(powers, entry, it)?)));
    let (severity, message) = match &used {
        _ if matches!(granted.extent, Extent::Nowhere) => (Severity::Info, message),
        Some((holder, other)) => {
            let (who, verb) = (powers.name(holder), other.verb);
            let rest = format!("{who} may `{verb}` them too: it can give itself every right there");
            (Severity::Error, format!("{message}, and {rest}"))
        }
        None => (
            Severity::Warning,
            format!("{message}; nobody was found who can make use of it"),
        ),
    };
    Verdict {
        severity,
        message,
        here: "allows `escalate`",
        others: used.into_iter().map(|it| it.1).collect(),
        evidence: Vec::new(),
    }
}

/// The rule by which `holder` can write a role with whatever rights it likes.
fn writing<'h, 'a>(
    powers: Powers<'h, 'a>,
    entry: &Entry<'h, 'a>,
    holder: &Holder<'h, 'a>,
) -> Option<Other<'h, 'a>> {
    let kind = match entry.request.resource {
        "roles" => Kind::Role,
        _ => Kind::ClusterRole,
    };
    let writes = ["update", "patch", "create"].into_iter().flat_map(|verb| {
        let request = Request {
            verb,
            ..entry.request
        };
        powers.also(holder, request)
    });
    let mut usable = writes.filter(|other| match (names(&entry.rule), names(&other.rule)) {
        (None, None) => true,
        // A role that is made has no name yet that `escalate` could be limited to.
        (Some(_), None) if other.verb == "create" => false,
        (Some(one), None) | (None, Some(one)) => holds(powers, holder, kind, &one),
        (Some(mut one), Some(other)) => {
            one.retain(|it| other.contains(it));
            holds(powers, holder, kind, &one)
        }
    });
    usable.next()
}

fn holds<'h, 'a>(
    powers: Powers<'h, 'a>,
    holder: &Holder<'h, 'a>,
    kind: Kind,
    names: &[&str],
) -> bool {
    let held = powers.roles_of(holder, kind);
    held.iter().any(|it| names.contains(it))
}

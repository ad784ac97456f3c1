//! `rbac/impersonate`.

mod constrained;

use crate::{
    analysis::rbac::{Extent, Holdings, Principal, Request, Trade},
    diagnostic::Severity,
    inventory::Inventory,
    model::PolicyRule,
    object::{Namespace, Relation, Text},
    rule::{Check, Finding, Reporter, declare_rule},
};

use super::{
    powers::{Entry, Granted, Holder, Powers, Takeover, names},
    words,
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds roles that grant `impersonate` on users, groups or ServiceAccounts, by name or as `*`.
    ///
    /// It is an error where that holds in the whole cluster or in a namespace such as `kube-system`, a
    /// warning in other namespaces, and info for a cluster role that nothing binds. Where `resourceNames`
    /// limit it, it is an error if one of them is known to take over the cluster, as `system:masters` does,
    /// and one level lower otherwise. It is one level lower too where nobody who may name a group may name a
    /// user, without whom there is none, and where role or subject bear the name of a program that hands on
    /// the requests of others by trade. `uids` and `userextras` are silent: they only add to whom one may act
    /// as.
    ///
    /// From Kubernetes 1.35 on there is `impersonate:user-info` and its like, of the API group
    /// `authentication.k8s.io`, which take a second right: `impersonate-on:user-info:get` on what is read as
    /// somebody else. They are judged by that: info where nobody was found who has both, or where the node
    /// is that of the Pod itself; an error in the whole cluster where what may be done so opens the rights of
    /// others.
    ///
    /// ## Why is this bad?
    ///
    /// The API server takes a request with the header `Impersonate-User` for that user's, and one with
    /// `Impersonate-Group: system:masters` for an administrator's. Whoever may send any has every right.
    ///
    /// ## What to do
    ///
    /// List in `resourceNames` who is impersonated. Mind that `*` on `serviceaccounts` grants it, where
    /// the verbs that are used would not.
    "rbac/impersonate" {
        summary: "role can act as somebody else",
        severity: Error,
        since: "0.1.0",
        supersedes: ["rbac/token-request", "rbac/wildcard-resource", "rbac/wildcard-verb"],
        check: Check::Holdings(check),
    }
}

const USERS: Request<'static> = classic("users");
const SERVICE_ACCOUNTS: Request<'static> = classic("serviceaccounts");
const CLASSIC: [Request<'static>; 3] = [USERS, classic("groups"), SERVICE_ACCOUNTS];

const RESOURCES: [&str; 3] = ["groups", "serviceaccounts", "users"];

/// Users and groups whom the API server, or the way in which clusters are set up, lets do everything.
const MIGHTY: [&str; 5] = [
    "kubeadm:cluster-admins",
    "kubernetes-admin",
    "kubernetes-super-admin",
    "system:admin",
    "system:masters",
];

const fn classic(resource: &'static str) -> Request<'static> {
    Request {
        verb: "impersonate",
        group: "",
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
    for granted in powers.granted(&CLASSIC) {
        report(powers, &granted, reporter);
    }
    constrained::check(powers, reporter);
}

/// A rule of the role, judged.
struct Use<'u, 'h, 'a> {
    entry: &'u Entry<'h, 'a>,
    severity: Severity,
    takeover: Option<Takeover<'h, 'a>>,
    /// What keeps it from being of use, behind the rest.
    but: Option<&'static str>,
}

fn report<'a>(powers: Powers<'_, 'a>, granted: &Granted<'_, 'a>, reporter: &mut Reporter<'_>) {
    let uses: Vec<_> = granted
        .entries
        .iter()
        .map(|it| usage(powers, granted, it))
        .collect();
    let Some(worst) = uses.iter().rev().max_by_key(|it| it.severity) else {
        return;
    };
    let mut whom = Vec::new();
    let alike = uses.iter().filter(|it| it.but == worst.but);
    for it in alike.map(|it| whom_of(it.entry)) {
        if !whom.contains(&it) {
            whom.push(it);
        }
    }
    let name = words::named(powers.inventory, &granted.role);
    let whom = words::join(&whom);
    let place = words::place(granted.extent);
    let message = match worst.but {
        None => format!("{name} can act as {whom} {place}"),
        Some(but) => format!("{name} can act as {whom} {place}, but {but}"),
    };
    let (severity, mut message) = words::allow_for_trade(
        (worst.severity, message),
        &granted.role,
        granted.extent,
        Trade::Impersonation,
    );
    // Where it acts as all of them, it may be another entry that says it best.
    let mut alike = uses.iter().filter(|it| it.severity == worst.severity);
    let takeover = alike.find_map(|it| it.takeover.as_ref());
    if let Some(it) = takeover {
        message = format!("{message}; {}", it.clause());
    }
    let at = worst.entry.place(&RESOURCES);
    let finding = reporter.report(at.node, message);
    finding.severity(severity);
    say_what_to_do(finding, &worst.entry.rule, at);
    if let Some(it) = takeover {
        it.label(finding);
    }
    granted.label(finding, powers.inventory, (at, &RESOURCES));
}

fn say_what_to_do(finding: &mut Finding, rule: &PolicyRule<'_>, at: Text<'_>) {
    let is_said = rule.verbs().any(|it| it.value == "impersonate");
    finding.here(match at.value {
        "impersonate" => "acts as others",
        _ if is_said => "`impersonate` is among its verbs",
        _ => "`*` grants `impersonate` too",
    });
    finding.help(if rule.is_limited_by_name() {
        "see that those named may do no more than who acts as them"
    } else if is_said {
        "list in `resourceNames` whom it acts as"
    } else {
        "list the verbs that are used in place of `*`"
    });
}

/// `any user`, or those named.
fn whom_of(entry: &Entry<'_, '_>) -> String {
    named(
        &entry.rule,
        match entry.request.resource {
            "users" => ("user", "users"),
            "groups" => ("group", "groups"),
            _ => ("ServiceAccount", "ServiceAccounts"),
        },
    )
}

/// Those whom `rule` is about, which are called so, one and several of them.
fn named(rule: &PolicyRule<'_>, (one, several): (&str, &str)) -> String {
    match names(rule) {
        None => format!("any {one}"),
        Some(names) if names.is_empty() => format!("certain {several}"),
        Some(names) if names.len() == 1 => format!("{one} {}", words::list(names)),
        Some(names) => format!("{several} {}", words::list(names)),
    }
}

fn usage<'u, 'h, 'a>(
    powers: Powers<'h, 'a>,
    granted: &Granted<'h, 'a>,
    entry: &'u Entry<'h, 'a>,
) -> Use<'u, 'h, 'a> {
    let level = words::level(granted.extent);
    let mut found = Use {
        entry,
        severity: level,
        takeover: None,
        but: None,
    };
    if let Some(names) = names(&entry.rule) {
        if entry.request.resource == "users" && are_accounts(&names) {
            found.but =
                Some("the API server asks for these as `serviceaccounts` of their namespace");
            found.severity = Severity::Info;
            return found;
        }
        found.takeover = takeover(powers, granted, entry, &names);
        let is_mighty = entry.request.resource != "serviceaccounts"
            && names.iter().any(|it| MIGHTY.contains(it));
        let takes_over = found.takeover.is_some() || is_mighty;
        found.severity = match granted.extent {
            Extent::Nowhere => Severity::Info,
            _ if takes_over => Severity::Error,
            _ => words::lowered(level),
        };
    }
    if entry.request.resource == "groups" && !may_name_user(powers, entry) {
        found.severity = words::lowered(found.severity);
        found.but = Some("nobody was found who may name a user along with it");
    } else if entry.request.resource == "groups" && matches!(granted.extent, Extent::Cluster(_)) {
        let names = names(&entry.rule).unwrap_or_else(|| vec!["system:masters"]);
        found.takeover = takeover(powers, granted, entry, &names);
    }
    found
}

/// Whether all are names of ServiceAccounts, for which the API server asks by namespace and name
/// (`serviceaccount.SplitUsername` in `apiserver/pkg/endpoints/filters/impersonation`).
fn are_accounts(names: &[&str]) -> bool {
    let is_account = |it: &&str| matches!(Principal::user(it), Principal::ServiceAccount { name, .. } if !name.is_empty());
    !names.is_empty() && names.iter().all(is_account)
}

/// Whether somebody who holds it may impersonate a user or ServiceAccount, without which no request names
/// a group (`buildImpersonationRequests`, there).
fn may_name_user<'a>(powers: Powers<'_, 'a>, entry: &Entry<'_, 'a>) -> bool {
    let mut holders = entry.holders.iter();
    holders.any(|it| {
        let mut others = [USERS, SERVICE_ACCOUNTS].into_iter();
        others.any(|other| !powers.also(it, other).is_empty())
    })
}

/// One of those named who takes over the cluster.
fn takeover<'h, 'a>(
    powers: Powers<'h, 'a>,
    granted: &Granted<'h, 'a>,
    entry: &Entry<'h, 'a>,
    names: &[&str],
) -> Option<Takeover<'h, 'a>> {
    let resource = entry.request.resource;
    powers.takeover(&granted.role, |principal| match principal {
        Principal::User(name) => resource == "users" && names.contains(&&**name),
        Principal::Group(name) => resource == "groups" && names.contains(&&**name),
        Principal::ServiceAccount { namespace, name } => {
            let mut holders = entry.holders.iter();
            resource == "serviceaccounts"
                && names.contains(&&**name)
                && holders.any(|it| is_reached(powers, it, *namespace))
        }
    })
}

/// Whether `holder` acts as accounts of `namespace`.
fn is_reached<'a>(
    powers: Powers<'_, 'a>,
    holder: &Holder<'_, 'a>,
    namespace: Namespace<'a>,
) -> bool {
    let scope = match holder {
        Holder::Named(held) => held.holding.scope,
        Holder::Anybody(role, _) => powers.inventory.namespace(role),
    };
    scope == Namespace::Cluster || scope.compare(namespace) == Relation::Same
}

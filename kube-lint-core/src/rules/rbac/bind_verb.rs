//! `rbac/bind-verb`.

use crate::{
    analysis::rbac::{
        BoundRole, Extent, Holdings, Impact, Rbac, Request, built_in, hazard, is_near,
    },
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
    /// Finds roles that grant `bind` on roles or cluster roles, by name or as `*`.
    ///
    /// It is an error where somebody who holds it may write bindings too, by the same role or another one, and
    /// a warning where nobody was found who may. Where `resourceNames` limit it, what those roles grant
    /// decides: it is an error where one of them opens the rights of others, a warning where one is not known
    /// or changes things, info where all of them only read. It is info for a cluster role that nothing binds.
    ///
    /// ## Why is this bad?
    ///
    /// The API server lets nobody bind a role whose rights they do not have themselves, but for those who have
    /// `bind`. They bind themselves to `cluster-admin`: everywhere, or in the namespaces where they may write
    /// role bindings.
    ///
    /// ## What to do
    ///
    /// List in `resourceNames` the roles that are handed out, or take the verb away: who holds a role's rights
    /// may bind it anyway.
    "rbac/bind-verb" {
        summary: "role lets its holders give themselves any role",
        severity: Error,
        since: "0.1.0",
        supersedes: ["rbac/wildcard-resource", "rbac/wildcard-verb"],
        check: Check::Holdings(check),
    }
}

const REQUESTS: [Request<'static>; 2] = [request("bind", "clusterroles"), request("bind", "roles")];

const fn request(verb: &'static str, resource: &'static str) -> Request<'static> {
    Request {
        verb,
        group: "rbac.authorization.k8s.io",
        resource,
        subresource: "",
        name: "",
    }
}

const WORDS: Words<'static> = Words {
    spot: Spot::Verb,
    resources: &words::RBAC_RESOURCES,
    help: "list in `resourceNames` the roles that are handed out, or take `bind` away",
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

/// Who may write bindings too.
struct Writing<'u, 'h, 'a> {
    holder: &'u Holder<'h, 'a>,
    other: Other<'h, 'a>,
    /// Whether bindings that hold everywhere.
    is_cluster_wide: bool,
}

fn verdict<'h, 'a>(
    powers: Powers<'h, 'a>,
    granted: &Granted<'h, 'a>,
    entry: &Entry<'h, 'a>,
) -> Verdict<'h, 'a> {
    let mut holders = entry.holders.iter();
    let by = holders.find_map(|it| writing(powers, entry, it));
    let worth = worth(powers, granted, entry);
    let severity = match (granted.extent, &by) {
        (Extent::Nowhere, _) => Severity::Info,
        (_, None) => worth.min(Severity::Warning),
        (_, Some(_)) => worth,
    };
    Verdict {
        severity,
        message: message(powers, granted, entry, by.as_ref(), severity),
        here: "allows `bind`",
        others: by.into_iter().map(|it| it.other).collect(),
        evidence: Vec::new(),
    }
}

fn message<'a>(
    powers: Powers<'_, 'a>,
    granted: &Granted<'_, 'a>,
    entry: &Entry<'_, 'a>,
    by: Option<&Writing<'_, '_, 'a>>,
    severity: Severity,
) -> String {
    let name = words::named(powers.inventory, &granted.role);
    let what = words::what_roles(entry.request.resource, &entry.rule);
    let place = words::place(granted.extent);
    let message = format!("{name} allows `bind` on {what} {place}");
    match by {
        _ if matches!(granted.extent, Extent::Nowhere) => message,
        Some(by) => {
            let bindings = if by.is_cluster_wide {
                "cluster role bindings"
            } else {
                "role bindings"
            };
            let which = if entry.rule.is_limited_by_name() {
                "them"
            } else {
                "any of them"
            };
            let rest = match severity {
                Severity::Info => ", which only read",
                _ => "",
            };
            let who = powers.name(by.holder);
            let verb = by.other.verb;
            format!(
                "{message}, and {who} may `{verb}` {bindings} too: it can bind itself to {which}{rest}"
            )
        }
        None => format!("{message}; nobody was found who can make use of it"),
    }
}

/// How bad it is that somebody gives themselves the roles that `entry` is about.
fn worth<'a>(powers: Powers<'_, 'a>, granted: &Granted<'_, 'a>, entry: &Entry<'_, 'a>) -> Severity {
    let Some(names) = names(&entry.rule) else {
        return Severity::Error;
    };
    // One that is not known may be anything.
    let unknown = names.is_empty().then_some(Severity::Warning);
    let worths = names
        .iter()
        .map(|it| worth_of(powers, granted, entry.request.resource, it));
    worths.chain(unknown).max().unwrap_or(Severity::Warning)
}

fn worth_of<'a>(
    powers: Powers<'_, 'a>,
    granted: &Granted<'_, 'a>,
    resource: &str,
    name: &str,
) -> Severity {
    let kind = match resource {
        "roles" => Kind::Role,
        _ => Kind::ClusterRole,
    };
    let inventory = powers.inventory;
    let definitions = inventory.definitions_of(kind, name).into_iter();
    let mut defined = definitions.filter_map(|it| inventory.defining_object(it));
    let defined = defined.find(|it| is_near(inventory, &granted.role, it));
    let built_in = || built_in().role(kind, None, name).map(BoundRole::BuiltIn);
    let role = defined.map(|it| BoundRole::Defined(*it)).or_else(built_in);
    let Some(role) = role else {
        return Severity::Warning;
    };
    let rules = Rbac::new(inventory).rules(role);
    let is_cluster_wide = kind == Kind::ClusterRole;
    let impacts = rules
        .iter()
        .filter_map(|it| Some(hazard(it, is_cluster_wide)?.impact));
    match impacts.max() {
        Some(Impact::TakesOver) => Severity::Error,
        Some(Impact::Changes) => Severity::Warning,
        Some(Impact::Reads) | None => Severity::Info,
    }
}

/// How `holder` can bind the roles.
fn writing<'u, 'h, 'a>(
    powers: Powers<'h, 'a>,
    entry: &Entry<'h, 'a>,
    holder: &'u Holder<'h, 'a>,
) -> Option<Writing<'u, 'h, 'a>> {
    // A binding that holds everywhere asks for `bind` everywhere, and binds no `Role`.
    let may_be_cluster_wide = entry.request.resource == "clusterroles" && holder.is_everywhere();
    let bindings = [
        ("clusterrolebindings", may_be_cluster_wide),
        ("rolebindings", true),
    ];
    bindings
        .into_iter()
        .filter(|it| it.1)
        .find_map(|(resource, _)| {
            let verbs = ["create", "update", "patch"].into_iter();
            let mut writes = verbs.flat_map(|it| powers.also(holder, request(it, resource)));
            // To change a binding of a certain name gives the role that it binds already.
            let other = writes.find(|it| !it.rule.is_limited_by_name())?;
            Some(Writing {
                holder,
                other,
                is_cluster_wide: resource == "clusterrolebindings",
            })
        })
}

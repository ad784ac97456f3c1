//! `rbac/token-request`.

use crate::{
    analysis::rbac::{
        Extent, Holding, HoldingBinding, Holdings, Impact, Principal, Rbac, Request, hazard,
        is_near,
    },
    diagnostic::Severity,
    inventory::Inventory,
    object::{Namespace, Relation, Text},
    rule::{Check, Reporter, declare_rule},
    yaml::Node,
};

use super::{
    powers::{Entry, Granted, Holder, Powers, names},
    words,
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds roles that grant `create` on `serviceaccounts/token`, by name or as `*`.
    ///
    /// It is an error where that holds in the whole cluster, in a namespace such as `kube-system`, or in one
    /// with an account that may do more than its namespace holds; a warning in other namespaces; info where
    /// `resourceNames` limit it to some accounts, and for a cluster role that nothing binds.
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
    let mightier = mightier(powers, granted, entry);
    let name = words::named(powers.inventory, &granted.role);
    let place = words::place(granted.extent);
    let whose = match names(&entry.rule) {
        None => "every ServiceAccount".to_owned(),
        Some(names) if names.is_empty() => "certain ServiceAccounts".to_owned(),
        Some(names) if names.len() == 1 => format!("ServiceAccount {}", words::list(names)),
        Some(names) => format!("ServiceAccounts {}", words::list(names)),
    };
    let mut message = format!("{name} can make tokens of {whose} {place}");
    if let Some(it) = &mightier {
        let (account, deed) = (&it.account, &it.deed);
        message = format!("{message}; {account} may {deed} in the whole cluster");
    }
    let at = entry.resource_place(&RESOURCES);
    let finding = reporter.report(at.node, message);
    finding
        .here("makes tokens")
        .help(if entry.rule.is_limited_by_name() {
            "see that these accounts may do no more than who makes their tokens"
        } else {
            "list in `resourceNames` the accounts whose tokens are needed"
        })
        .severity(level(granted, entry, mightier.is_some()));
    if let Some(it) = mightier {
        finding.label(it.rule.node, format!("lets it {}", it.deed));
        finding.label(it.binding, "bound to it everywhere here");
    }
    for other in &granted.entries {
        let other = other.resource_place(&RESOURCES);
        if other.node.id() != at.node.id() {
            finding.label(other.node, "here too");
        }
    }
    words::label_bindings(finding, Rbac::new(powers.inventory), &granted.role);
}

fn level(granted: &Granted<'_, '_>, entry: &Entry<'_, '_>, is_mightier: bool) -> Severity {
    match words::level(granted.extent) {
        _ if entry.rule.is_limited_by_name() => Severity::Info,
        Severity::Warning if is_mightier => Severity::Error,
        level => level,
    }
}

/// An account of which tokens can be made and which takes over more than its namespace.
struct Mightier<'a> {
    account: String,
    deed: String,
    rule: Text<'a>,
    binding: Node<'a>,
}

fn mightier<'a>(
    powers: Powers<'_, 'a>,
    granted: &Granted<'_, 'a>,
    entry: &Entry<'_, 'a>,
) -> Option<Mightier<'a>> {
    let names = names(&entry.rule);
    let is_everywhere = matches!(granted.extent, Extent::Cluster(_) | Extent::Nowhere);
    if is_everywhere && names.is_none() {
        return None;
    }
    let mut all = powers.holdings.all().iter();
    all.find_map(|holding| {
        let Principal::ServiceAccount { namespace, name } = &holding.principal else {
            return None;
        };
        let HoldingBinding::Defined {
            object, subject, ..
        } = holding.binding
        else {
            return None;
        };
        let is_meant = names.as_ref().is_none_or(|it| it.contains(&&**name))
            && holding.scope == Namespace::Cluster
            && is_near(powers.inventory, &granted.role, &object)
            && entry
                .holders
                .iter()
                .any(|it| is_reached(powers, it, holding, *namespace));
        let mut rules = powers.holdings.rules(holding).iter().filter(|_| is_meant);
        let (rule, hazard) = rules.find_map(|it| {
            let found = hazard(it, true).filter(|it| it.impact == Impact::TakesOver);
            Some((it, found?))
        })?;
        Some(Mightier {
            account: words::subject(powers.inventory, &object, &subject)?,
            deed: words::deed(rule, &hazard),
            rule: hazard.at,
            binding: object.at(&["roleRef", "name"]).unwrap_or(object.head()),
        })
    })
}

/// Whether `holder` is another one than that of `holding`, and makes tokens in `namespace`.
fn is_reached<'a>(
    powers: Powers<'_, 'a>,
    holder: &Holder<'_, 'a>,
    holding: &Holding<'a>,
    namespace: Namespace<'a>,
) -> bool {
    let scope = match holder {
        Holder::Named(held) if held.holding.principal.is(&holding.principal) => return false,
        Holder::Named(held) => held.holding.scope,
        Holder::Anybody(role, _) => powers.inventory.namespace(role),
    };
    scope == Namespace::Cluster || scope.compare(namespace) == Relation::Same
}

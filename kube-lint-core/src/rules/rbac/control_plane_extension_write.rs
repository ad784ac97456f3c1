//! `rbac/control-plane-extension-write`.

use crate::{
    analysis::rbac::{Extent, Holdings, Trade},
    diagnostic::Severity,
    inventory::Inventory,
    rule::{Check, Reporter, declare_rule},
};

use super::{
    powers::{Entry, Granted, Powers, Verdict},
    tampering::{Tampering, Target, holds_in},
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds roles that may write, without being limited to some by `resourceNames`, what extends the API or
    /// leads traffic:
    ///
    /// | resource | what it lets somebody do |
    /// |---|---|
    /// | `apiservices` | answer for a whole API group |
    /// | `customresourcedefinitions` | see and change all objects of a kind, by a conversion webhook |
    /// | `endpoints`, `endpointslices` | lead the traffic of Services elsewhere |
    /// | `services/status`, `services` | draw traffic to any address into the cluster (CVE-2020-8554) |
    /// | `leases` of `kube-system` | hold up controllers and scheduler, by taking their place |
    ///
    /// It is a warning in the whole cluster, for `leases` in `kube-system` too, and info in single namespaces.
    /// It is info where all it can do is to create Services or new kinds, as most operators must; where role or
    /// subject bear the name of a program that needs it by trade; and for a cluster role that nothing binds.
    /// To create leases is no finding: leader election needs it, and it changes none that is there.
    ///
    /// A role has one finding, for the worst; labels tell the rest. Rules that cover every resource of the
    /// core API group are left to others.
    ///
    /// ## Why is this bad?
    ///
    /// All of these put a program between others: it reads and changes what passes, tokens and Secrets among
    /// it, or brings it to a halt.
    ///
    /// ## What to do
    ///
    /// List in `resourceNames` the objects that are changed: an operator knows its own kinds. Grant leases by
    /// a Role in the program's own namespace.
    "rbac/control-plane-extension-write" {
        summary: "role can step in between parts of the cluster",
        severity: Warning,
        since: "0.1.0",
        supersedes: ["rbac/wildcard-resource", "rbac/wildcard-verb"],
        check: Check::Holdings(check),
    }
}

const TAMPERING: Tampering = Tampering {
    targets: &[
        target("apiregistration.k8s.io", "apiservices", WRITES),
        target("apiextensions.k8s.io", "customresourcedefinitions", CHANGES),
        target("apiextensions.k8s.io", "customresourcedefinitions", CREATES),
        target("", "endpoints", WRITES),
        target("discovery.k8s.io", "endpointslices", WRITES),
        target("", "services/status", CHANGES),
        target("", "services", CREATES),
        target("coordination.k8s.io", "leases", CHANGES),
    ],
    trade: Trade::Extensions,
    help: "list in `resourceNames` those that are changed, or grant it by a role in the program's namespace",
};

const WRITES: &[&str] = &["create", "update", "patch"];
const CHANGES: &[&str] = &["update", "patch"];
const CREATES: &[&str] = &["create"];

const fn target(
    group: &'static str,
    resource: &'static str,
    verbs: &'static [&'static str],
) -> Target {
    Target {
        group,
        resource,
        verbs,
    }
}

/// What an entry lets somebody do.
struct Deed {
    words: &'static str,
    /// Behind the place.
    rest: &'static str,
    here: &'static str,
    /// How bad it is in the whole cluster.
    everywhere: Severity,
    /// In single namespaces, if it is worth a word there.
    in_namespace: Option<Severity>,
}

fn check<'a>(holdings: &Holdings<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    TAMPERING.check((holdings, inventory), verdict, reporter);
}

fn verdict<'h, 'a>(
    powers: Powers<'h, 'a>,
    granted: &Granted<'h, 'a>,
    entry: &Entry<'h, 'a>,
) -> Option<Verdict<'h, 'a>> {
    let deed = Some(deed(entry)).filter(|_| !entry.rule.is_limited_by_name())?;
    let inventory = powers.inventory;
    let severity = match granted.extent {
        Extent::Cluster(_) | Extent::Nowhere => deed.everywhere,
        _ if entry.request.resource == "leases" => {
            Some(deed.everywhere).filter(|_| holds_in(inventory, granted, "kube-system"))?
        }
        _ => deed.in_namespace?,
    };
    Some(Verdict {
        here: deed.here,
        ..Verdict::on(inventory, granted.reach(), deed.words, severity)
            .at(granted.extent, deed.rest)
    })
}

fn deed(entry: &Entry<'_, '_>) -> Deed {
    let request = entry.request;
    let deed = |words, here| Deed {
        words,
        rest: "",
        here,
        everywhere: Severity::Warning,
        in_namespace: None,
    };
    match (request.resource, request.subresource, request.verb) {
        ("apiservices", ..) => deed("answer for whole API groups", "answers for API groups"),
        ("customresourcedefinitions", _, "create") => Deed {
            everywhere: Severity::Info,
            ..deed("define new kinds", "defines new kinds")
        },
        ("customresourcedefinitions", ..) => deed(
            "see and change all custom resources by a conversion webhook",
            "converts custom resources",
        ),
        ("services", "status", _) => Deed {
            in_namespace: Some(Severity::Info),
            ..deed(
                "take over traffic to any address by the status of Services",
                "takes over traffic to any address",
            )
        },
        ("services", ..) => Deed {
            everywhere: Severity::Info,
            ..deed(
                "take over traffic to any address by `externalIPs` of new Services",
                "takes over traffic to any address",
            )
        },
        ("leases", ..) => Deed {
            rest: ", those of controllers and scheduler among them",
            ..deed("change every lease", "changes leases")
        },
        _ => Deed {
            in_namespace: Some(Severity::Info),
            ..deed(
                "lead the traffic of Services elsewhere",
                "leads traffic elsewhere",
            )
        },
    }
}

//! `rbac/node-tampering`.

use crate::{
    analysis::rbac::{Holdings, Request, Trade},
    diagnostic::Severity,
    inventory::Inventory,
    rule::{Check, Reporter, declare_rule},
};

use super::{
    powers::{Entry, Granted, Holder, Other, Powers, Verdict},
    tampering::{Tampering, Target},
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds cluster roles that may change or delete nodes, or change their status, without being limited to
    /// some by `resourceNames`.
    ///
    /// It is an error where somebody who holds it may delete or evict Pods too, by the same role or another
    /// one, and a warning else; one level lower where role or subject bear the name of a program that looks
    /// after nodes, such as cluster-autoscaler or kured; info for a cluster role that nothing binds.
    /// `RoleBindings` do not give it: nodes lie in no namespace. Rules that cover every resource of the core
    /// API group are left to others.
    ///
    /// ## Why is this bad?
    ///
    /// Labels and taints of nodes, and what they report of themselves, decide where Pods run. Whoever has
    /// broken into a node draws Pods there, with their Secrets and tokens: it closes the other nodes, and
    /// evicts the Pods from them.
    ///
    /// ## What to do
    ///
    /// Grant what is read. A program that works on its own node only can be held to it by its kubelet's rights
    /// or by an admission policy, and one that works on certain nodes by `resourceNames`.
    "rbac/node-tampering" {
        summary: "role can change or delete nodes",
        severity: Error,
        since: "0.1.0",
        supersedes: ["rbac/wildcard-verb"],
        check: Check::Holdings(check),
    }
}

const TAMPERING: Tampering = Tampering {
    targets: &[
        Target {
            group: "",
            resource: "nodes",
            verbs: &["update", "patch", "delete"],
        },
        Target {
            group: "",
            resource: "nodes/status",
            verbs: &["update", "patch"],
        },
    ],
    trade: Trade::Nodes,
    help: "grant what is read, or list the nodes in `resourceNames`",
};

fn check<'a>(holdings: &Holdings<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    TAMPERING.check((holdings, inventory), verdict, reporter);
}

fn verdict<'h, 'a>(
    powers: Powers<'h, 'a>,
    granted: &Granted<'h, 'a>,
    entry: &Entry<'h, 'a>,
) -> Option<Verdict<'h, 'a>> {
    if entry.rule.is_limited_by_name() {
        return None;
    }
    let (deed, here) = match (entry.request.subresource, entry.request.verb) {
        ("status", _) => ("change what every node reports", "changes what they report"),
        (_, "delete") => ("delete every node", "deletes them"),
        _ => ("change labels and taints of every node", "changes them"),
    };
    let mut verdict = Verdict {
        here,
        ..Verdict::on(powers.inventory, granted.reach(), deed, Severity::Warning)
            .unless_unbound(granted.extent)
    };
    let mut holders = entry.holders.iter();
    if let Some((holder, other)) = holders.find_map(|it| Some((it, evicting(powers, it)?))) {
        let what = match other.verb {
            "create" => "evict",
            _ => "delete",
        };
        let who = powers.name(holder);
        let draws = format!("{who} may {what} Pods too: it can draw them to a node of its choice");
        verdict.worsen(granted.extent, &draws, &[other]);
    }
    Some(verdict)
}

/// The rule by which `holder` may drive Pods from their nodes.
fn evicting<'h, 'a>(powers: Powers<'h, 'a>, holder: &Holder<'h, 'a>) -> Option<Other<'h, 'a>> {
    const REQUESTS: [Request<'static>; 3] = [
        on_pods("delete", ""),
        on_pods("deletecollection", ""),
        on_pods("create", "eviction"),
    ];
    let found = REQUESTS.into_iter().flat_map(|it| powers.also(holder, it));
    let mut found = found.filter(|it| !it.rule.is_limited_by_name());
    found.next()
}

const fn on_pods(verb: &'static str, subresource: &'static str) -> Request<'static> {
    Request {
        verb,
        group: "",
        resource: "pods",
        subresource,
        name: "",
    }
}

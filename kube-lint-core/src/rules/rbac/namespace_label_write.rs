//! `rbac/namespace-label-write`.

use crate::{
    analysis::{
        namespace_labels::{Guard, Reliance, reliances},
        rbac::{Extent, Holdings, Trade},
    },
    diagnostic::Severity,
    inventory::Inventory,
    model::PolicyRule,
    object::Namespace,
    rule::{Check, Reporter, declare_rule},
    yaml::Node,
};

use super::{
    powers::{Entry, Granted, Holder, Other, Powers, Verdict, names},
    tampering::{Tampering, Target, makes_pods},
    words,
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds roles that may `patch` or `update` namespaces, and so change their labels. A `RoleBinding` gives
    /// it for its own namespace.
    ///
    /// It is an error where somebody who holds it may also make Pods in a namespace whose label
    /// `pod-security.kubernetes.io/enforce` forbids some, or where what is applied with the role trusts
    /// namespaces by their labels: NetworkPolicies, webhooks, stores of secrets. Otherwise it is a warning
    /// in the whole cluster and in a namespace such as `kube-system`, and info in other namespaces, for
    /// namespaces of certain names, and for a cluster role that nothing binds. It is one level lower where
    /// role or subject bear the name of a program that labels namespaces by trade. Rules that cover every
    /// resource of the core API group are left to others.
    ///
    /// ## Why is this bad?
    ///
    /// The labels of a namespace decide which Pods are admitted to it, whether webhooks see what happens in
    /// it, and which policies and stores let it in. Whoever may change them takes the guard away, and then
    /// starts the Pod that it was to keep out.
    ///
    /// ## What to do
    ///
    /// Take the verbs away, or list namespaces in `resourceNames`. Have policies select namespaces by
    /// `kubernetes.io/metadata.name`, which nobody can change.
    "rbac/namespace-label-write" {
        summary: "role can change the labels of namespaces",
        severity: Error,
        since: "0.1.0",
        supersedes: ["rbac/wildcard-verb"],
        check: Check::Holdings(check),
    }
}

const TAMPERING: Tampering = Tampering {
    targets: &[Target {
        group: "",
        resource: "namespaces",
        verbs: &["patch", "update"],
    }],
    trade: Trade::Namespaces,
    help: "take the verb away, or list namespaces in `resourceNames`",
};

fn check<'a>(holdings: &Holdings<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    TAMPERING.check((holdings, inventory), verdict, reporter);
}

fn verdict<'h, 'a>(
    powers: Powers<'h, 'a>,
    granted: &Granted<'h, 'a>,
    entry: &Entry<'h, 'a>,
) -> Option<Verdict<'h, 'a>> {
    let names = names(&entry.rule);
    let is_reached = |it: &Holder<'h, 'a>| is_reached(it.scope(), names.as_deref());
    if !entry.holders.iter().any(is_reached) {
        return None;
    }
    let severity = match granted.extent {
        Extent::Cluster(_) | Extent::Sensitive(..) if names.is_none() => Severity::Warning,
        _ => Severity::Info,
    };
    let deed = format!(
        "change the labels of {}",
        whose(granted.extent, &entry.rule)
    );
    let mut verdict = Verdict {
        here: "changes labels",
        ..Verdict::on(powers.inventory, granted.reach(), &deed, severity)
    };
    if let Some(opened) = opened(powers, granted, entry) {
        verdict.evidence = opened.evidence();
        let who = powers.name(opened.holder);
        let why = format!("{who} may make Pods too: it can {}", opened.deed());
        verdict.worsen(granted.extent, &why, &[opened.pods]);
    }
    Some(verdict)
}

/// Whether a rule that is limited to `names` is about a namespace of `scope`, as far as is known.
fn is_reached(scope: Namespace<'_>, names: Option<&[&str]>) -> bool {
    match (scope.name(), names) {
        (Some(own), Some(names)) => names.is_empty() || names.contains(&own),
        _ => true,
    }
}

/// The namespaces in words. Where a `RoleBinding` gives it, it is that of the binding.
fn whose(extent: Extent<'_>, rule: &PolicyRule<'_>) -> String {
    match extent {
        Extent::Sensitive(name, _) | Extent::Namespace(Some(name), _) => {
            format!("namespace `{name}`")
        }
        Extent::Namespace(None, _) => "its namespace".to_owned(),
        Extent::Namespaces(_) => "the namespaces it is bound in".to_owned(),
        Extent::Cluster(_) | Extent::Nowhere if rule.is_limited_by_name() => {
            format!("namespaces{}", words::called(rule))
        }
        Extent::Cluster(_) => "every namespace".to_owned(),
        Extent::Nowhere => "namespaces; no binding of it was found".to_owned(),
    }
}

/// What somebody gets past by changing labels.
struct Opened<'o, 'h, 'a> {
    holder: &'o Holder<'h, 'a>,
    pods: Other<'h, 'a>,
    guards: Vec<Reliance<'a>>,
}

fn opened<'o, 'h, 'a>(
    powers: Powers<'h, 'a>,
    granted: &Granted<'h, 'a>,
    entry: &'o Entry<'h, 'a>,
) -> Option<Opened<'o, 'h, 'a>> {
    if matches!(granted.extent, Extent::Nowhere) {
        return None;
    }
    let holders = entry.holders.iter();
    let mut making = holders
        .flat_map(|holder| {
            let makers = makes_pods(powers, holder).into_iter();
            makers.map(move |pods| (holder, pods))
        })
        .peekable();
    making.peek()?;
    let all = reliances(powers.inventory, &granted.role);
    if all.is_empty() {
        return None;
    }
    let names = names(&entry.rule);
    making.find_map(|(holder, pods)| {
        let scope = pods.holding.map_or(holder.scope(), |it| it.scope);
        // Where labels can be changed and Pods be made.
        let is_there = |namespace: &str| {
            let mut scopes = [holder.scope(), scope].into_iter();
            scopes.all(|it| it == Namespace::Cluster || it.name() == Some(namespace))
                && names.as_ref().is_none_or(|it| it.contains(&namespace))
        };
        let mut listed = names.iter().flatten();
        let is_anywhere = names.is_none() || listed.any(|it| is_there(it));
        let guards = all.iter().copied();
        let guards = guards.filter(|it| it.namespace.map_or(is_anywhere, is_there));
        let guards: Vec<_> = guards.collect();
        (!guards.is_empty()).then_some(Opened {
            holder,
            pods,
            guards,
        })
    })
}

impl<'a> Opened<'_, '_, 'a> {
    /// What they can do, told by the first guard.
    fn deed(&self) -> String {
        let first = self.guards.first();
        match first.map(|it| (it.guard, it.namespace)) {
            Some((Guard::PodSecurity, Some(namespace))) => {
                format!("lift the Pod Security of `{namespace}`")
            }
            Some((Guard::NetworkPolicy, _)) => {
                "be let in by a NetworkPolicy that goes by labels of namespaces".to_owned()
            }
            Some((Guard::Webhook, _)) => {
                "get past a webhook that goes by labels of namespaces".to_owned()
            }
            Some((Guard::SecretStore, _)) => {
                "be served by a ClusterSecretStore that goes by labels of namespaces".to_owned()
            }
            Some((Guard::PodSecurity, None)) | None => "lift Pod Security".to_owned(),
        }
    }

    /// The first guard of each kind.
    fn evidence(&self) -> Vec<(Node<'a>, String)> {
        let mut guards = self.guards.clone();
        guards.dedup_by_key(|it| it.guard);
        let evidence = guards.into_iter().map(|it| {
            let why = match it.guard {
                Guard::PodSecurity => "refuses Pods by this label",
                Guard::NetworkPolicy => "lets namespaces in by this label",
                Guard::Webhook => "sees to namespaces by this label",
                Guard::SecretStore => "serves namespaces by this label",
            };
            (it.at, why.to_owned())
        });
        evidence.collect()
    }
}

//! `rbac/critical-configmap-write`.

use crate::{
    analysis::rbac::{Extent, Holdings, Trade},
    diagnostic::Severity,
    inventory::Inventory,
    rule::{Check, Reporter, declare_rule},
};

use super::{
    powers::{Entry, Granted, Powers, Verdict, names},
    tampering::{Tampering, Target, holds_in},
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds roles that may change every ConfigMap of `kube-system`, there or in the whole cluster, and those
    /// whose `resourceNames` list one that the cluster itself lives by: `aws-auth`, `coredns`,
    /// `coredns-custom`, `kube-dns`, `kubeadm-config`, `extension-apiserver-authentication`.
    ///
    /// It is an error for `aws-auth` by name, and a warning else; one level lower where role or subject bear the
    /// name of a program that writes ConfigMaps in all namespaces by trade, such as istiod; info for a cluster
    /// role that nothing binds. To create ConfigMaps changes none that is there, and is no finding. Rules that
    /// cover every resource of the core API group are left to others.
    ///
    /// ## Why is this bad?
    ///
    /// `aws-auth` says which AWS roles are administrators of an EKS cluster. `coredns` says where names lead,
    /// for every Pod. `extension-apiserver-authentication` says whom extensions of the API believe, and
    /// `kubeadm-config` how the control plane is started after the next upgrade.
    ///
    /// ## What to do
    ///
    /// List in `resourceNames` the ConfigMaps that are changed, or grant it by a Role in the namespaces of the
    /// program.
    "rbac/critical-configmap-write" {
        summary: "role can change ConfigMaps that the cluster lives by",
        severity: Error,
        since: "0.1.0",
        supersedes: ["rbac/wildcard-verb"],
        check: Check::Holdings(check),
    }
}

const SYSTEM: &str = "kube-system";

const TAMPERING: Tampering = Tampering {
    targets: &[Target {
        group: "",
        resource: "configmaps",
        verbs: &["update", "patch"],
    }],
    trade: Trade::ConfigMaps,
    help: "list in `resourceNames` those that are changed, or grant it by a role in the program's namespaces",
};

/// Names, what changing them does, and how bad that is.
const CRITICAL: [(&str, &str, Severity); 6] = [
    (
        "aws-auth",
        "make anybody an administrator by `kube-system/aws-auth`",
        Severity::Error,
    ),
    (
        "extension-apiserver-authentication",
        "choose whom extensions of the API believe by \
         `kube-system/extension-apiserver-authentication`",
        Severity::Warning,
    ),
    (
        "coredns",
        "choose where names lead by `kube-system/coredns`",
        Severity::Warning,
    ),
    (
        "coredns-custom",
        "choose where names lead by `kube-system/coredns-custom`",
        Severity::Warning,
    ),
    (
        "kube-dns",
        "choose where names lead by `kube-system/kube-dns`",
        Severity::Warning,
    ),
    (
        "kubeadm-config",
        "change how the control plane is started by `kube-system/kubeadm-config`",
        Severity::Warning,
    ),
];

fn check<'a>(holdings: &Holdings<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    TAMPERING.check((holdings, inventory), verdict, reporter);
}

fn verdict<'h, 'a>(
    powers: Powers<'h, 'a>,
    granted: &Granted<'h, 'a>,
    entry: &Entry<'h, 'a>,
) -> Option<Verdict<'h, 'a>> {
    let inventory = powers.inventory;
    let (deed, severity) = deed(entry).filter(|_| holds_in(inventory, granted, SYSTEM))?;
    // Bound in several namespaces, it is this one that counts.
    let extent = match granted.extent {
        Extent::Sensitive(_, grant) | Extent::Namespace(_, grant) => {
            Extent::Sensitive(SYSTEM, grant)
        }
        Extent::Namespaces(grant) => Extent::Sensitive(SYSTEM, Some(grant)),
        extent => extent,
    };
    let verdict = Verdict::on(inventory, (&granted.role, extent), deed, severity);
    Some(Verdict {
        here: "changes them",
        ..if entry.rule.is_limited_by_name() {
            verdict.unless_unbound(extent)
        } else {
            verdict.at(extent, ", those of the control plane among them")
        }
    })
}

/// What the entry lets somebody do in the namespace of the control plane.
fn deed(entry: &Entry<'_, '_>) -> Option<(&'static str, Severity)> {
    let Some(names) = names(&entry.rule) else {
        return Some(("change every ConfigMap", Severity::Warning));
    };
    let mut critical = CRITICAL.iter();
    let (_, deed, severity) = critical.find(|it| names.contains(&it.0))?;
    Some((deed, *severity))
}

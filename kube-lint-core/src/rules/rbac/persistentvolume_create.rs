//! `rbac/persistentvolume-create`.

use crate::{
    analysis::rbac::{Holdings, Trade},
    diagnostic::Severity,
    inventory::Inventory,
    rule::{Check, Reporter, declare_rule},
};

use super::{
    powers::{Entry, Granted, Holder, Other, Powers, Verdict},
    tampering::{Tampering, Target, create, makes_pods},
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds cluster roles that may create PersistentVolumes; as info, those that may create `storageclasses`.
    ///
    /// It is an error where somebody who holds it may create claims and Pods too, by the same role or another
    /// one, and a warning else; one level lower where role or subject bear the name of a program that makes
    /// volumes, such as a CSI provisioner; info for a cluster role that nothing binds. To change a volume
    /// that is there is no finding: its source is fixed for ever. `RoleBindings` do not give it, and rules that
    /// cover every resource of the core API group are left to others.
    ///
    /// ## Why is this bad?
    ///
    /// A volume of the kind `hostPath` is any folder of a node. A Pod that mounts it through a claim passes
    /// Pod Security even at `restricted`, which sees the claim only; it reads the credentials of the kubelet
    /// and of every Pod of the node.
    ///
    /// ## What to do
    ///
    /// Let a provisioner make the volumes, and people and programs only claims.
    "rbac/persistentvolume-create" {
        summary: "role can create volumes on the disks of nodes",
        severity: Error,
        since: "0.1.0",
        supersedes: ["rbac/wildcard-resource", "rbac/wildcard-verb"],
        check: Check::Holdings(check),
    }
}

const TAMPERING: Tampering = Tampering {
    targets: &[
        // An update may not change the source of a volume (`ValidatePersistentVolumeUpdate` in
        // `pkg/apis/core/validation/validation.go`).
        Target {
            group: "",
            resource: "persistentvolumes",
            verbs: &["create"],
        },
        Target {
            group: "storage.k8s.io",
            resource: "storageclasses",
            verbs: &["create"],
        },
    ],
    trade: Trade::Volumes,
    help: "let a provisioner make the volumes, and grant `create` on `persistentvolumeclaims` only",
};

fn check<'a>(holdings: &Holdings<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    TAMPERING.check(
        (holdings, inventory),
        |powers, granted, entry| Some(verdict(powers, granted, entry)),
        reporter,
    );
}

fn verdict<'h, 'a>(
    powers: Powers<'h, 'a>,
    granted: &Granted<'h, 'a>,
    entry: &Entry<'h, 'a>,
) -> Verdict<'h, 'a> {
    let on = |deed, severity| {
        let verdict = Verdict::on(powers.inventory, granted.reach(), deed, severity);
        verdict.unless_unbound(granted.extent)
    };
    if entry.request.resource == "storageclasses" {
        let deed = "create StorageClasses, which say what volumes are made of";
        return Verdict {
            here: "makes storage classes",
            ..on(deed, Severity::Info)
        };
    }
    let deed = "create PersistentVolumes on any path of a node";
    let mut verdict = Verdict {
        here: "makes volumes",
        ..on(deed, Severity::Warning)
    };
    let mut holders = entry.holders.iter();
    if let Some((holder, by)) = holders.find_map(|it| Some((it, mounting(powers, it)?))) {
        let who = powers.name(holder);
        let mounts = format!(
            "{who} may create claims and Pods too: it can read and write the disks of nodes"
        );
        verdict.worsen(granted.extent, &mounts, &by);
    }
    verdict
}

/// The rules by which `holder` may make a claim and a Pod beside it.
fn mounting<'h, 'a>(powers: Powers<'h, 'a>, holder: &Holder<'h, 'a>) -> Option<[Other<'h, 'a>; 2]> {
    let claims = powers.also(holder, create("", "persistentvolumeclaims"));
    let pods = makes_pods(powers, holder);
    let pairs = claims
        .iter()
        .flat_map(|claim| pods.iter().map(move |pod| [*claim, *pod]));
    let mut pairs = pairs.filter(|[claim, pod]| claim.overlaps(pod));
    pairs.next()
}

//! `manifest/removed-api-version`.

use crate::{
    diagnostic::Applicability,
    inventory::Inventory,
    object::{Kind, Object, split_api_version, text},
    rule::{Check, Reporter, declare_rule},
    target::KubeVersion,
    yaml::{NewValue, Node},
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds objects of an API version that the target Kubernetes (`kube-version`, by default the newest
    /// known) no longer serves: roles, bindings, NetworkPolicies, Ingresses, workloads and audit policies.
    ///
    /// ## Why is this bad?
    ///
    /// The API server does not know the version: the object is never applied, and what it should
    /// forbid or grant is not in force.
    ///
    /// ## What to do
    ///
    /// Write the version that replaced it; the help says where fields changed with it.
    "manifest/removed-api-version" {
        summary: "version of an API that Kubernetes no longer serves",
        severity: Error,
        since: "0.1.0",
        fix: Safe,
        check: Check::Object(&[
            Kind::AuditPolicy,
            Kind::ClusterRole,
            Kind::ClusterRoleBinding,
            Kind::CronJob,
            Kind::DaemonSet,
            Kind::Deployment,
            Kind::Ingress,
            Kind::NetworkPolicy,
            Kind::ReplicaSet,
            Kind::Role,
            Kind::RoleBinding,
            Kind::StatefulSet,
        ], check),
    }
}

struct Removal {
    group: &'static str,
    version: &'static str,
    /// No kinds are all kinds.
    kinds: &'static [Kind],
    removed: KubeVersion,
    replacement: &'static str,
    /// What else changed.
    changes: &'static str,
}

const SELECTOR: &str = "; `spec.selector` is required there";
const SAME: &str = "";

/// `APILifecycleRemoved` and `APILifecycleReplacement` in `k8s.io/api/*/*/zz_generated.prerelease-lifecycle.go`;
/// the alpha versions, which are not in there, by the deprecation guide of Kubernetes' documentation;
/// `audit.k8s.io` by the change log of 1.24.
const REMOVALS: &[Removal] = &[
    removal(
        "rbac.authorization.k8s.io",
        "v1alpha1",
        &[],
        22,
        "rbac.authorization.k8s.io/v1",
        SAME,
    ),
    removal(
        "rbac.authorization.k8s.io",
        "v1beta1",
        &[],
        22,
        "rbac.authorization.k8s.io/v1",
        SAME,
    ),
    removal(
        "extensions",
        "v1beta1",
        &[Kind::NetworkPolicy],
        16,
        "networking.k8s.io/v1",
        SAME,
    ),
    removal(
        "extensions",
        "v1beta1",
        &[Kind::Ingress],
        22,
        "networking.k8s.io/v1",
        INGRESS,
    ),
    removal(
        "networking.k8s.io",
        "v1beta1",
        &[Kind::Ingress],
        22,
        "networking.k8s.io/v1",
        INGRESS,
    ),
    removal("extensions", "v1beta1", &[], 16, "apps/v1", SELECTOR),
    removal("apps", "v1beta1", &[], 16, "apps/v1", SELECTOR),
    removal("apps", "v1beta2", &[], 16, "apps/v1", SAME),
    removal("batch", "v2alpha1", &[Kind::CronJob], 21, "batch/v1", SAME),
    removal("batch", "v1beta1", &[Kind::CronJob], 25, "batch/v1", SAME),
    removal("audit.k8s.io", "v1alpha1", &[], 24, "audit.k8s.io/v1", SAME),
    removal("audit.k8s.io", "v1beta1", &[], 24, "audit.k8s.io/v1", SAME),
];

const INGRESS: &str =
    "; `backend` has `service.name` and `service.port` there, and `pathType` is required";

const fn removal(
    group: &'static str,
    version: &'static str,
    kinds: &'static [Kind],
    minor: u16,
    replacement: &'static str,
    changes: &'static str,
) -> Removal {
    Removal {
        group,
        version,
        kinds,
        removed: KubeVersion::minor(minor),
        replacement,
        changes,
    }
}

fn check(object: &Object<'_>, inventory: &Inventory<'_>, reporter: &mut Reporter<'_>) {
    if object.is_partial() {
        return;
    }
    let Some(written) = text(object.root(), "apiVersion") else {
        return;
    };
    let (group, version) = split_api_version(written.value);
    let removal = REMOVALS.iter().find(|it| {
        let is_kind = it.kinds.is_empty() || it.kinds.contains(&object.kind());
        it.group == group && it.version == version && is_kind
    });
    let Some(removal) = removal else { return };
    if inventory.target().kube_version < removal.removed {
        return;
    }
    let replacement = removal.replacement;
    let message = format!(
        "the {} `{}` is never applied: Kubernetes serves no `{}` since {}",
        object.kind_name(),
        inventory.display(object),
        written.value,
        removal.removed
    );
    let finding = reporter.report(written.node, message);
    finding.help(format!("write `{replacement}`{}", removal.changes));
    // Patches find the object by its version.
    if removal.changes == SAME && !names_versions(object) && !inventory.is_patched(object, &[]) {
        let edits = written.node.rewritten(NewValue::Text(replacement));
        finding.fix(Applicability::Safe, format!("write `{replacement}`"), edits);
    }
}

/// Whether subjects have an `apiVersion`, as those of bindings had in `v1alpha1`, and an `apiGroup` in its
/// place since (`Subject` in `k8s.io/api/rbac/v1alpha1/types.go`).
fn names_versions(object: &Object<'_>) -> bool {
    let subjects = object.root().get("subjects");
    let mut subjects = subjects.into_iter().flat_map(Node::items);
    subjects.any(|it| it.get("apiVersion").is_some())
}

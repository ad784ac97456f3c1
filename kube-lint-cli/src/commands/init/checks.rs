//! Which rules stand for the checks of other linters.

/// A check, and the rules that look at the same.
pub(super) type Row = (&'static str, &'static [&'static str]);

const WILDCARDS: &[&str] = &[
    "rbac/wildcard-everything",
    "rbac/wildcard-resource",
    "rbac/wildcard-verb",
];
const NO_POLICY: &[&str] = &[
    "network/namespace-without-policy",
    "network/workload-not-selected",
];

/// Names of `docs/generated/checks.md` of kube-linter.
pub(super) const KUBE_LINTER: &[Row] = &[
    ("access-to-create-pods", &["rbac/create-workloads"]),
    ("access-to-secrets", &["rbac/read-secrets-unscoped"]),
    (
        "cluster-admin-role-binding",
        &["rbac/cluster-admin-binding"],
    ),
    (
        "dangling-networkpolicy",
        &["network/policy-selects-nothing"],
    ),
    (
        "deprecated-service-account-field",
        &["service-accounts/deprecated-field"],
    ),
    ("env-var-secret", &["secrets/env-literal-secret"]),
    ("no-extensions-v1beta", &["manifest/removed-api-version"]),
    (
        "non-existent-service-account",
        &["service-accounts/missing"],
    ),
    ("non-isolated-pod", NO_POLICY),
    ("wildcard-in-rules", WILDCARDS),
];

/// Ids of the policy index of checkov, and of its `checkov/kubernetes/checks`.
pub(super) const CHECKOV: &[Row] = &[
    (
        "CKV_K8S_38",
        &["service-accounts/token-automounted-unneeded"],
    ),
    (
        "CKV_K8S_41",
        &["service-accounts/automount-default-account"],
    ),
    ("CKV_K8S_42", &["service-accounts/default-bound"]),
    ("CKV_K8S_49", WILDCARDS),
    ("CKV_K8S_155", &["rbac/admission-config-write"]),
    ("CKV_K8S_156", &["rbac/csr-approval-signing"]),
    ("CKV_K8S_157", &["rbac/bind-verb"]),
    ("CKV_K8S_158", &["rbac/escalate-verb"]),
    ("CKV2_K8S_1", &["rbac/bind-verb"]),
    ("CKV2_K8S_2", &["rbac/nodes-proxy", "rbac/pod-exec-attach"]),
    ("CKV2_K8S_3", &["rbac/impersonate"]),
    ("CKV2_K8S_4", &["rbac/control-plane-extension-write"]),
    ("CKV2_K8S_5", &["rbac/read-secrets-unscoped"]),
    ("CKV2_K8S_6", NO_POLICY),
    ("CKV_SECRET_13", &["secrets/private-key-committed"]),
];

/// The rules for a check; none where no rule looks at the same.
pub(super) fn rules(table: &[Row], check: &str) -> &'static [&'static str] {
    let row = table.iter().find(|(name, _)| *name == check);
    row.map_or(&[], |(_, rules)| rules)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use kube_lint_core::rules;

    use super::*;

    #[test]
    fn tables_name_rules_that_exist_and_checks_once() {
        for table in [KUBE_LINTER, CHECKOV] {
            let names: BTreeSet<_> = table.iter().map(|(name, _)| name).collect();
            assert_eq!(names.len(), table.len());
            for rule in table.iter().flat_map(|(_, rules)| *rules) {
                assert!(rules::find(rule).is_some(), "{rule}");
            }
        }
    }
}

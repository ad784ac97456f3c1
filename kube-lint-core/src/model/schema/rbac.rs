//! Roles and bindings: `k8s.io/api/rbac/v1/types.go`, its older versions included.

use super::{
    Schema, TEXTS,
    Type::{List, Object, Text},
    meta::{LABEL_SELECTOR, OBJECT_META},
    strict,
};

pub(super) static ROLE: Schema = strict(
    "Role",
    &[
        ("apiVersion", Text),
        ("kind", Text),
        ("metadata", Object(&OBJECT_META)),
        ("rules", List(&Object(&POLICY_RULE))),
    ],
);

pub(super) static CLUSTER_ROLE: Schema = strict(
    "ClusterRole",
    &[
        ("aggregationRule", Object(&AGGREGATION_RULE)),
        ("apiVersion", Text),
        ("kind", Text),
        ("metadata", Object(&OBJECT_META)),
        ("rules", List(&Object(&POLICY_RULE))),
    ],
);

pub(super) static AGGREGATION_RULE: Schema = strict(
    "AggregationRule",
    &[("clusterRoleSelectors", List(&Object(&LABEL_SELECTOR)))],
);

pub(super) static POLICY_RULE: Schema = strict(
    "PolicyRule",
    &[
        ("apiGroups", TEXTS),
        ("nonResourceURLs", TEXTS),
        ("resourceNames", TEXTS),
        ("resources", TEXTS),
        ("verbs", TEXTS),
    ],
);

pub(super) static ROLE_BINDING: Schema = strict(
    "RoleBinding",
    &[
        ("apiVersion", Text),
        ("kind", Text),
        ("metadata", Object(&OBJECT_META)),
        ("roleRef", Object(&ROLE_REF)),
        ("subjects", List(&Object(&SUBJECT))),
    ],
);

pub(super) static CLUSTER_ROLE_BINDING: Schema = strict(
    "ClusterRoleBinding",
    &[
        ("apiVersion", Text),
        ("kind", Text),
        ("metadata", Object(&OBJECT_META)),
        ("roleRef", Object(&ROLE_REF)),
        ("subjects", List(&Object(&SUBJECT))),
    ],
);

pub(super) static ROLE_REF: Schema = strict(
    "RoleRef",
    &[("apiGroup", Text), ("kind", Text), ("name", Text)],
);

pub(super) static SUBJECT: Schema = strict(
    "Subject",
    &[
        ("apiGroup", Text),
        ("apiVersion", Text),
        ("kind", Text),
        ("name", Text),
        ("namespace", Text),
    ],
);

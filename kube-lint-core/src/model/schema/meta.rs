//! Metadata, selectors and references: `k8s.io/apimachinery/pkg/apis/meta/v1/types.go` and `k8s.io/api/core/v1/types.go`.

use super::{
    Schema, TEXT_MAP, TEXTS,
    Type::{Any, Boolean, Integer, List, Object, Text},
    strict,
};

pub(super) static OBJECT_META: Schema = strict(
    "ObjectMeta",
    &[
        ("annotations", TEXT_MAP),
        ("clusterName", Text),
        ("creationTimestamp", Text),
        ("deletionGracePeriodSeconds", Integer),
        ("deletionTimestamp", Text),
        ("finalizers", TEXTS),
        ("generateName", Text),
        ("generation", Integer),
        ("labels", TEXT_MAP),
        ("managedFields", List(&Any)),
        ("name", Text),
        ("namespace", Text),
        ("ownerReferences", List(&Object(&OWNER_REFERENCE))),
        ("resourceVersion", Text),
        ("selfLink", Text),
        ("uid", Text),
    ],
);

pub(super) static OWNER_REFERENCE: Schema = strict(
    "OwnerReference",
    &[
        ("apiVersion", Text),
        ("blockOwnerDeletion", Boolean),
        ("controller", Boolean),
        ("kind", Text),
        ("name", Text),
        ("uid", Text),
    ],
);

pub(super) static LABEL_SELECTOR: Schema = strict(
    "LabelSelector",
    &[
        (
            "matchExpressions",
            List(&Object(&LABEL_SELECTOR_REQUIREMENT)),
        ),
        ("matchLabels", TEXT_MAP),
    ],
);

pub(super) static LABEL_SELECTOR_REQUIREMENT: Schema = strict(
    "LabelSelectorRequirement",
    &[("key", Text), ("operator", Text), ("values", TEXTS)],
);

pub(super) static LOCAL_OBJECT_REFERENCE: Schema =
    strict("LocalObjectReference", &[("name", Text)]);

pub(super) static OBJECT_REFERENCE: Schema = strict(
    "ObjectReference",
    &[
        ("apiVersion", Text),
        ("fieldPath", Text),
        ("kind", Text),
        ("name", Text),
        ("namespace", Text),
        ("resourceVersion", Text),
        ("uid", Text),
    ],
);

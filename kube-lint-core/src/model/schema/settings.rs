//! Objects that hold data or settings: `k8s.io/api/core/v1/types.go`, `k8s.io/apiserver/pkg/apis/audit/v1/types.go` and
//! `k8s.io/apiserver/pkg/apis/apiserver/v1/types_encryption.go`.

use super::{
    Schema, TEXT_MAP, TEXTS,
    Type::{Boolean, Integer, List, Object, Text},
    meta::{LOCAL_OBJECT_REFERENCE, OBJECT_META, OBJECT_REFERENCE},
    strict,
};

pub(super) static SECRET: Schema = strict(
    "Secret",
    &[
        ("apiVersion", Text),
        ("data", TEXT_MAP),
        ("immutable", Boolean),
        ("kind", Text),
        ("metadata", Object(&OBJECT_META)),
        ("stringData", TEXT_MAP),
        ("type", Text),
    ],
);

pub(super) static CONFIG_MAP: Schema = strict(
    "ConfigMap",
    &[
        ("apiVersion", Text),
        ("binaryData", TEXT_MAP),
        ("data", TEXT_MAP),
        ("immutable", Boolean),
        ("kind", Text),
        ("metadata", Object(&OBJECT_META)),
    ],
);

pub(super) static SERVICE_ACCOUNT: Schema = strict(
    "ServiceAccount",
    &[
        ("apiVersion", Text),
        ("automountServiceAccountToken", Boolean),
        ("imagePullSecrets", List(&Object(&LOCAL_OBJECT_REFERENCE))),
        ("kind", Text),
        ("metadata", Object(&OBJECT_META)),
        ("secrets", List(&Object(&OBJECT_REFERENCE))),
    ],
);

pub(super) static AUDIT_POLICY: Schema = strict(
    "AuditPolicy",
    &[
        ("apiVersion", Text),
        ("kind", Text),
        ("metadata", Object(&OBJECT_META)),
        ("omitManagedFields", Boolean),
        ("omitStages", TEXTS),
        ("rules", List(&Object(&AUDIT_RULE))),
    ],
);

pub(super) static AUDIT_RULE: Schema = strict(
    "AuditRule",
    &[
        ("level", Text),
        ("namespaces", TEXTS),
        ("nonResourceURLs", TEXTS),
        ("omitManagedFields", Boolean),
        ("omitStages", TEXTS),
        ("resources", List(&Object(&GROUP_RESOURCES))),
        ("userGroups", TEXTS),
        ("users", TEXTS),
        ("verbs", TEXTS),
    ],
);

pub(super) static GROUP_RESOURCES: Schema = strict(
    "GroupResources",
    &[
        ("group", Text),
        ("resourceNames", TEXTS),
        ("resources", TEXTS),
    ],
);

pub(super) static ENCRYPTION_CONFIGURATION: Schema = strict(
    "EncryptionConfiguration",
    &[
        ("apiVersion", Text),
        ("kind", Text),
        ("resources", List(&Object(&RESOURCE_CONFIGURATION))),
    ],
);

pub(super) static RESOURCE_CONFIGURATION: Schema = strict(
    "ResourceConfiguration",
    &[
        ("providers", List(&Object(&PROVIDER_CONFIGURATION))),
        ("resources", TEXTS),
    ],
);

pub(super) static PROVIDER_CONFIGURATION: Schema = strict(
    "ProviderConfiguration",
    &[
        ("aescbc", Object(&KEYED_PROVIDER)),
        ("aesgcm", Object(&KEYED_PROVIDER)),
        ("identity", Object(&IDENTITY_PROVIDER)),
        ("kms", Object(&KMS_PROVIDER)),
        ("secretbox", Object(&KEYED_PROVIDER)),
    ],
);

pub(super) static KEYED_PROVIDER: Schema =
    strict("KeyedProvider", &[("keys", List(&Object(&ENCRYPTION_KEY)))]);

pub(super) static ENCRYPTION_KEY: Schema =
    strict("EncryptionKey", &[("name", Text), ("secret", Text)]);

pub(super) static IDENTITY_PROVIDER: Schema = strict("IdentityProvider", &[]);

pub(super) static KMS_PROVIDER: Schema = strict(
    "KmsProvider",
    &[
        ("apiVersion", Text),
        ("cachesize", Integer),
        ("endpoint", Text),
        ("name", Text),
        ("timeout", Text),
    ],
);

//! Objects that bear PodSpecs: `k8s.io/api/{core,apps,batch}/v1/types.go`, older versions included.

use super::{
    Schema, TEXT_MAP,
    Type::{Any, Boolean, Integer, List, Object, Text},
    lenient,
    meta::{LABEL_SELECTOR, OBJECT_META},
    pod::POD_SPEC,
};

pub(super) static POD: Schema = lenient(
    "Pod",
    &[
        ("apiVersion", Text),
        ("kind", Text),
        ("metadata", Object(&OBJECT_META)),
        ("spec", Object(&POD_SPEC)),
        ("status", Any),
    ],
);

pub(super) static POD_TEMPLATE: Schema = lenient(
    "PodTemplate",
    &[
        ("apiVersion", Text),
        ("kind", Text),
        ("metadata", Object(&OBJECT_META)),
        ("template", Object(&POD_TEMPLATE_SPEC)),
    ],
);

pub(super) static POD_TEMPLATE_SPEC: Schema = lenient(
    "PodTemplateSpec",
    &[
        ("metadata", Object(&OBJECT_META)),
        ("spec", Object(&POD_SPEC)),
    ],
);

pub(super) static REPLICATION_CONTROLLER: Schema = lenient(
    "ReplicationController",
    &[
        ("apiVersion", Text),
        ("kind", Text),
        ("metadata", Object(&OBJECT_META)),
        ("spec", Object(&REPLICATION_CONTROLLER_SPEC)),
        ("status", Any),
    ],
);

pub(super) static REPLICATION_CONTROLLER_SPEC: Schema = lenient(
    "ReplicationControllerSpec",
    &[
        ("minReadySeconds", Integer),
        ("replicas", Integer),
        ("selector", TEXT_MAP),
        ("template", Object(&POD_TEMPLATE_SPEC)),
    ],
);

pub(super) static DEPLOYMENT: Schema = lenient(
    "Deployment",
    &[
        ("apiVersion", Text),
        ("kind", Text),
        ("metadata", Object(&OBJECT_META)),
        ("spec", Object(&DEPLOYMENT_SPEC)),
        ("status", Any),
    ],
);

pub(super) static DEPLOYMENT_SPEC: Schema = lenient(
    "DeploymentSpec",
    &[
        ("minReadySeconds", Integer),
        ("paused", Boolean),
        ("progressDeadlineSeconds", Integer),
        ("replicas", Integer),
        ("revisionHistoryLimit", Integer),
        ("rollbackTo", Any),
        ("selector", Object(&LABEL_SELECTOR)),
        ("strategy", Any),
        ("template", Object(&POD_TEMPLATE_SPEC)),
    ],
);

pub(super) static STATEFUL_SET: Schema = lenient(
    "StatefulSet",
    &[
        ("apiVersion", Text),
        ("kind", Text),
        ("metadata", Object(&OBJECT_META)),
        ("spec", Object(&STATEFUL_SET_SPEC)),
        ("status", Any),
    ],
);

pub(super) static STATEFUL_SET_SPEC: Schema = lenient(
    "StatefulSetSpec",
    &[
        ("minReadySeconds", Integer),
        ("ordinals", Any),
        ("persistentVolumeClaimRetentionPolicy", Any),
        ("podManagementPolicy", Text),
        ("replicas", Integer),
        ("revisionHistoryLimit", Integer),
        ("selector", Object(&LABEL_SELECTOR)),
        ("serviceName", Text),
        ("template", Object(&POD_TEMPLATE_SPEC)),
        ("updateStrategy", Any),
        ("volumeClaimTemplates", List(&Any)),
    ],
);

pub(super) static DAEMON_SET: Schema = lenient(
    "DaemonSet",
    &[
        ("apiVersion", Text),
        ("kind", Text),
        ("metadata", Object(&OBJECT_META)),
        ("spec", Object(&DAEMON_SET_SPEC)),
        ("status", Any),
    ],
);

pub(super) static DAEMON_SET_SPEC: Schema = lenient(
    "DaemonSetSpec",
    &[
        ("minReadySeconds", Integer),
        ("revisionHistoryLimit", Integer),
        ("selector", Object(&LABEL_SELECTOR)),
        ("template", Object(&POD_TEMPLATE_SPEC)),
        ("templateGeneration", Integer),
        ("updateStrategy", Any),
    ],
);

pub(super) static REPLICA_SET: Schema = lenient(
    "ReplicaSet",
    &[
        ("apiVersion", Text),
        ("kind", Text),
        ("metadata", Object(&OBJECT_META)),
        ("spec", Object(&REPLICA_SET_SPEC)),
        ("status", Any),
    ],
);

pub(super) static REPLICA_SET_SPEC: Schema = lenient(
    "ReplicaSetSpec",
    &[
        ("minReadySeconds", Integer),
        ("replicas", Integer),
        ("selector", Object(&LABEL_SELECTOR)),
        ("template", Object(&POD_TEMPLATE_SPEC)),
    ],
);

pub(super) static JOB: Schema = lenient(
    "Job",
    &[
        ("apiVersion", Text),
        ("kind", Text),
        ("metadata", Object(&OBJECT_META)),
        ("spec", Object(&JOB_SPEC)),
        ("status", Any),
    ],
);

pub(super) static JOB_SPEC: Schema = lenient(
    "JobSpec",
    &[
        ("activeDeadlineSeconds", Integer),
        ("backoffLimit", Integer),
        ("backoffLimitPerIndex", Integer),
        ("completionMode", Text),
        ("completions", Integer),
        ("managedBy", Text),
        ("manualSelector", Boolean),
        ("maxFailedIndexes", Integer),
        ("parallelism", Integer),
        ("podFailurePolicy", Any),
        ("podReplacementPolicy", Text),
        ("scheduling", Any),
        ("selector", Object(&LABEL_SELECTOR)),
        ("successPolicy", Any),
        ("suspend", Boolean),
        ("template", Object(&POD_TEMPLATE_SPEC)),
        ("ttlSecondsAfterFinished", Integer),
    ],
);

pub(super) static CRON_JOB: Schema = lenient(
    "CronJob",
    &[
        ("apiVersion", Text),
        ("kind", Text),
        ("metadata", Object(&OBJECT_META)),
        ("spec", Object(&CRON_JOB_SPEC)),
        ("status", Any),
    ],
);

pub(super) static CRON_JOB_SPEC: Schema = lenient(
    "CronJobSpec",
    &[
        ("concurrencyPolicy", Text),
        ("failedJobsHistoryLimit", Integer),
        ("jobTemplate", Object(&JOB_TEMPLATE_SPEC)),
        ("schedule", Text),
        ("startingDeadlineSeconds", Integer),
        ("successfulJobsHistoryLimit", Integer),
        ("suspend", Boolean),
        ("timeZone", Text),
    ],
);

pub(super) static JOB_TEMPLATE_SPEC: Schema = lenient(
    "JobTemplateSpec",
    &[
        ("metadata", Object(&OBJECT_META)),
        ("spec", Object(&JOB_SPEC)),
    ],
);

//! Volumes of Pods: `k8s.io/api/core/v1/types.go`.

use super::{
    Schema, TEXT_MAP, TEXTS,
    Type::{Any, Boolean, Integer, List, Object, Scalar, Text},
    lenient,
    meta::LOCAL_OBJECT_REFERENCE,
    pod::{OBJECT_FIELD_SELECTOR, RESOURCE_FIELD_SELECTOR},
    strict,
};

pub(super) static VOLUME: Schema = lenient(
    "Volume",
    &[
        ("awsElasticBlockStore", Any),
        ("azureDisk", Any),
        ("azureFile", Object(&AZURE_FILE_VOLUME_SOURCE)),
        ("cephfs", Object(&CEPH_FS_VOLUME_SOURCE)),
        ("cinder", Object(&CINDER_VOLUME_SOURCE)),
        ("configMap", Object(&CONFIG_MAP_VOLUME_SOURCE)),
        ("csi", Object(&CSI_VOLUME_SOURCE)),
        ("downwardAPI", Object(&DOWNWARD_VOLUME_SOURCE)),
        ("emptyDir", Object(&EMPTY_DIR_VOLUME_SOURCE)),
        ("ephemeral", Any),
        ("fc", Any),
        ("flexVolume", Object(&FLEX_VOLUME_SOURCE)),
        ("flocker", Any),
        ("gcePersistentDisk", Any),
        ("gitRepo", Any),
        ("glusterfs", Any),
        ("hostPath", Object(&HOST_PATH_VOLUME_SOURCE)),
        ("image", Any),
        ("iscsi", Object(&ISCSI_VOLUME_SOURCE)),
        ("name", Text),
        ("nfs", Any),
        ("persistentVolumeClaim", Any),
        ("photonPersistentDisk", Any),
        ("portworxVolume", Any),
        ("projected", Object(&PROJECTED_VOLUME_SOURCE)),
        ("quobyte", Any),
        ("rbd", Object(&RBD_VOLUME_SOURCE)),
        ("scaleIO", Object(&SCALE_IO_VOLUME_SOURCE)),
        ("secret", Object(&SECRET_VOLUME_SOURCE)),
        ("storageos", Object(&STORAGE_OS_VOLUME_SOURCE)),
        ("vsphereVolume", Any),
    ],
);

pub(super) static SECRET_VOLUME_SOURCE: Schema = strict(
    "SecretVolumeSource",
    &[
        ("defaultMode", Integer),
        ("defaultUser", Integer),
        ("items", List(&Object(&KEY_TO_PATH))),
        ("optional", Boolean),
        ("secretName", Text),
    ],
);

pub(super) static CONFIG_MAP_VOLUME_SOURCE: Schema = strict(
    "ConfigMapVolumeSource",
    &[
        ("defaultMode", Integer),
        ("defaultUser", Integer),
        ("items", List(&Object(&KEY_TO_PATH))),
        ("name", Text),
        ("optional", Boolean),
    ],
);

pub(super) static KEY_TO_PATH: Schema = strict(
    "KeyToPath",
    &[
        ("key", Text),
        ("mode", Integer),
        ("path", Text),
        ("user", Integer),
    ],
);

pub(super) static HOST_PATH_VOLUME_SOURCE: Schema =
    strict("HostPathVolumeSource", &[("path", Text), ("type", Text)]);

pub(super) static EMPTY_DIR_VOLUME_SOURCE: Schema = lenient(
    "EmptyDirVolumeSource",
    &[("medium", Text), ("mode", Integer), ("sizeLimit", Scalar)],
);

pub(super) static PROJECTED_VOLUME_SOURCE: Schema = strict(
    "ProjectedVolumeSource",
    &[
        ("defaultMode", Integer),
        ("defaultUser", Integer),
        ("sources", List(&Object(&VOLUME_PROJECTION))),
    ],
);

pub(super) static VOLUME_PROJECTION: Schema = lenient(
    "VolumeProjection",
    &[
        ("clusterTrustBundle", Any),
        ("configMap", Object(&CONFIG_MAP_PROJECTION)),
        ("downwardAPI", Object(&DOWNWARD_PROJECTION)),
        ("podCertificate", Any),
        ("secret", Object(&SECRET_PROJECTION)),
        (
            "serviceAccountToken",
            Object(&SERVICE_ACCOUNT_TOKEN_PROJECTION),
        ),
    ],
);

pub(super) static SECRET_PROJECTION: Schema = strict(
    "SecretProjection",
    &[
        ("items", List(&Object(&KEY_TO_PATH))),
        ("name", Text),
        ("optional", Boolean),
    ],
);

pub(super) static CONFIG_MAP_PROJECTION: Schema = strict(
    "ConfigMapProjection",
    &[
        ("items", List(&Object(&KEY_TO_PATH))),
        ("name", Text),
        ("optional", Boolean),
    ],
);

pub(super) static SERVICE_ACCOUNT_TOKEN_PROJECTION: Schema = strict(
    "ServiceAccountTokenProjection",
    &[
        ("audience", Text),
        ("expirationSeconds", Integer),
        ("path", Text),
        ("user", Integer),
    ],
);

pub(super) static DOWNWARD_PROJECTION: Schema = lenient(
    "DownwardAPIProjection",
    &[("items", List(&Object(&DOWNWARD_VOLUME_FILE)))],
);

pub(super) static DOWNWARD_VOLUME_SOURCE: Schema = lenient(
    "DownwardAPIVolumeSource",
    &[
        ("defaultMode", Integer),
        ("defaultUser", Integer),
        ("items", List(&Object(&DOWNWARD_VOLUME_FILE))),
    ],
);

pub(super) static DOWNWARD_VOLUME_FILE: Schema = lenient(
    "DownwardAPIVolumeFile",
    &[
        ("fieldRef", Object(&OBJECT_FIELD_SELECTOR)),
        ("mode", Integer),
        ("path", Text),
        ("resourceFieldRef", Object(&RESOURCE_FIELD_SELECTOR)),
        ("user", Integer),
    ],
);

pub(super) static CSI_VOLUME_SOURCE: Schema = lenient(
    "CSIVolumeSource",
    &[
        ("driver", Text),
        ("fsType", Text),
        ("nodePublishSecretRef", Object(&LOCAL_OBJECT_REFERENCE)),
        ("readOnly", Boolean),
        ("volumeAttributes", TEXT_MAP),
    ],
);

pub(super) static AZURE_FILE_VOLUME_SOURCE: Schema = lenient(
    "AzureFileVolumeSource",
    &[
        ("readOnly", Boolean),
        ("secretName", Text),
        ("shareName", Text),
    ],
);

pub(super) static CEPH_FS_VOLUME_SOURCE: Schema = lenient(
    "CephFSVolumeSource",
    &[
        ("monitors", TEXTS),
        ("path", Text),
        ("readOnly", Boolean),
        ("secretFile", Text),
        ("secretRef", Object(&LOCAL_OBJECT_REFERENCE)),
        ("user", Text),
    ],
);

pub(super) static CINDER_VOLUME_SOURCE: Schema = lenient(
    "CinderVolumeSource",
    &[
        ("fsType", Text),
        ("readOnly", Boolean),
        ("secretRef", Object(&LOCAL_OBJECT_REFERENCE)),
        ("volumeID", Text),
    ],
);

pub(super) static FLEX_VOLUME_SOURCE: Schema = lenient(
    "FlexVolumeSource",
    &[
        ("driver", Text),
        ("fsType", Text),
        ("options", TEXT_MAP),
        ("readOnly", Boolean),
        ("secretRef", Object(&LOCAL_OBJECT_REFERENCE)),
    ],
);

pub(super) static ISCSI_VOLUME_SOURCE: Schema = lenient(
    "ISCSIVolumeSource",
    &[
        ("chapAuthDiscovery", Boolean),
        ("chapAuthSession", Boolean),
        ("fsType", Text),
        ("initiatorName", Text),
        ("iqn", Text),
        ("iscsiInterface", Text),
        ("lun", Integer),
        ("portals", TEXTS),
        ("readOnly", Boolean),
        ("secretRef", Object(&LOCAL_OBJECT_REFERENCE)),
        ("targetPortal", Text),
    ],
);

pub(super) static RBD_VOLUME_SOURCE: Schema = lenient(
    "RBDVolumeSource",
    &[
        ("fsType", Text),
        ("image", Text),
        ("keyring", Text),
        ("monitors", TEXTS),
        ("pool", Text),
        ("readOnly", Boolean),
        ("secretRef", Object(&LOCAL_OBJECT_REFERENCE)),
        ("user", Text),
    ],
);

pub(super) static SCALE_IO_VOLUME_SOURCE: Schema = lenient(
    "ScaleIOVolumeSource",
    &[
        ("fsType", Text),
        ("gateway", Text),
        ("protectionDomain", Text),
        ("readOnly", Boolean),
        ("secretRef", Object(&LOCAL_OBJECT_REFERENCE)),
        ("sslEnabled", Boolean),
        ("storageMode", Text),
        ("storagePool", Text),
        ("system", Text),
        ("volumeName", Text),
    ],
);

pub(super) static STORAGE_OS_VOLUME_SOURCE: Schema = lenient(
    "StorageOSVolumeSource",
    &[
        ("fsType", Text),
        ("readOnly", Boolean),
        ("secretRef", Object(&LOCAL_OBJECT_REFERENCE)),
        ("volumeName", Text),
        ("volumeNamespace", Text),
    ],
);

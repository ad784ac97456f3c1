//! PodSpecs and their containers: `k8s.io/api/core/v1/types.go`.

use super::{
    Schema, TEXT_MAP, TEXTS,
    Type::{Any, Boolean, Integer, List, Map, Object, Scalar, Text},
    lenient,
    meta::LOCAL_OBJECT_REFERENCE,
    strict,
    volume::VOLUME,
};

pub(super) static POD_SPEC: Schema = lenient(
    "PodSpec",
    &[
        ("activeDeadlineSeconds", Integer),
        ("affinity", Any),
        ("automountServiceAccountToken", Boolean),
        ("containers", List(&Object(&CONTAINER))),
        ("dnsConfig", Any),
        ("dnsPolicy", Text),
        ("enableServiceLinks", Boolean),
        ("ephemeralContainers", List(&Object(&EPHEMERAL_CONTAINER))),
        ("evictionResponders", List(&Any)),
        ("hostAliases", List(&Any)),
        ("hostIPC", Boolean),
        ("hostNetwork", Boolean),
        ("hostPID", Boolean),
        ("hostUsers", Boolean),
        ("hostname", Text),
        ("hostnameOverride", Text),
        ("imagePullSecrets", List(&Object(&LOCAL_OBJECT_REFERENCE))),
        ("initContainers", List(&Object(&CONTAINER))),
        ("nodeName", Text),
        ("nodeSelector", TEXT_MAP),
        ("os", Any),
        ("overhead", Map(&Scalar)),
        ("preemptionPolicy", Text),
        ("priority", Integer),
        ("priorityClassName", Text),
        ("readinessGates", List(&Any)),
        ("resourceClaims", List(&Any)),
        ("resources", Any),
        ("restartPolicy", Text),
        ("runtimeClassName", Text),
        ("schedulerName", Text),
        ("schedulingGates", List(&Any)),
        ("schedulingGroup", Any),
        ("securityContext", Object(&POD_SECURITY_CONTEXT)),
        ("serviceAccount", Text),
        ("serviceAccountName", Text),
        ("setHostnameAsFQDN", Boolean),
        ("shareProcessNamespace", Boolean),
        ("subdomain", Text),
        ("terminationGracePeriodSeconds", Integer),
        ("tolerations", List(&Any)),
        ("topologySpreadConstraints", List(&Any)),
        ("volumes", List(&Object(&VOLUME))),
    ],
);

pub(super) static CONTAINER: Schema = lenient(
    "Container",
    &[
        ("args", TEXTS),
        ("command", TEXTS),
        ("env", List(&Object(&ENV_VAR))),
        ("envFrom", List(&Object(&ENV_FROM_SOURCE))),
        ("image", Text),
        ("imagePullPolicy", Text),
        ("lifecycle", Any),
        ("livenessProbe", Any),
        ("name", Text),
        ("ports", List(&Object(&CONTAINER_PORT))),
        ("readinessProbe", Any),
        ("resizePolicy", List(&Any)),
        ("resources", Any),
        ("restartPolicy", Text),
        ("restartPolicyRules", List(&Any)),
        ("securityContext", Object(&SECURITY_CONTEXT)),
        ("startupProbe", Any),
        ("stdin", Boolean),
        ("stdinOnce", Boolean),
        ("terminationMessagePath", Text),
        ("terminationMessagePolicy", Text),
        ("tty", Boolean),
        ("volumeDevices", List(&Any)),
        ("volumeMounts", List(&Object(&VOLUME_MOUNT))),
        ("workingDir", Text),
    ],
);

pub(super) static EPHEMERAL_CONTAINER: Schema = lenient(
    "EphemeralContainer",
    &[
        ("args", TEXTS),
        ("command", TEXTS),
        ("env", List(&Object(&ENV_VAR))),
        ("envFrom", List(&Object(&ENV_FROM_SOURCE))),
        ("image", Text),
        ("imagePullPolicy", Text),
        ("lifecycle", Any),
        ("livenessProbe", Any),
        ("name", Text),
        ("ports", List(&Object(&CONTAINER_PORT))),
        ("readinessProbe", Any),
        ("resizePolicy", List(&Any)),
        ("resources", Any),
        ("restartPolicy", Text),
        ("restartPolicyRules", List(&Any)),
        ("securityContext", Object(&SECURITY_CONTEXT)),
        ("startupProbe", Any),
        ("stdin", Boolean),
        ("stdinOnce", Boolean),
        ("targetContainerName", Text),
        ("terminationMessagePath", Text),
        ("terminationMessagePolicy", Text),
        ("tty", Boolean),
        ("volumeDevices", List(&Any)),
        ("volumeMounts", List(&Object(&VOLUME_MOUNT))),
        ("workingDir", Text),
    ],
);

pub(super) static CONTAINER_PORT: Schema = strict(
    "ContainerPort",
    &[
        ("containerPort", Integer),
        ("hostIP", Text),
        ("hostPort", Integer),
        ("name", Text),
        ("protocol", Text),
    ],
);

pub(super) static ENV_VAR: Schema = strict(
    "EnvVar",
    &[
        ("name", Text),
        ("value", Text),
        ("valueFrom", Object(&ENV_VAR_SOURCE)),
    ],
);

pub(super) static ENV_VAR_SOURCE: Schema = strict(
    "EnvVarSource",
    &[
        ("configMapKeyRef", Object(&CONFIG_MAP_KEY_SELECTOR)),
        ("fieldRef", Object(&OBJECT_FIELD_SELECTOR)),
        ("fileKeyRef", Object(&FILE_KEY_SELECTOR)),
        ("resourceFieldRef", Object(&RESOURCE_FIELD_SELECTOR)),
        ("secretKeyRef", Object(&SECRET_KEY_SELECTOR)),
    ],
);

pub(super) static CONFIG_MAP_KEY_SELECTOR: Schema = strict(
    "ConfigMapKeySelector",
    &[("key", Text), ("name", Text), ("optional", Boolean)],
);

pub(super) static SECRET_KEY_SELECTOR: Schema = strict(
    "SecretKeySelector",
    &[("key", Text), ("name", Text), ("optional", Boolean)],
);

pub(super) static FILE_KEY_SELECTOR: Schema = strict(
    "FileKeySelector",
    &[
        ("key", Text),
        ("optional", Boolean),
        ("path", Text),
        ("volumeName", Text),
    ],
);

pub(super) static OBJECT_FIELD_SELECTOR: Schema = strict(
    "ObjectFieldSelector",
    &[("apiVersion", Text), ("fieldPath", Text)],
);

pub(super) static RESOURCE_FIELD_SELECTOR: Schema = lenient(
    "ResourceFieldSelector",
    &[
        ("containerName", Text),
        ("divisor", Scalar),
        ("resource", Text),
    ],
);

pub(super) static ENV_FROM_SOURCE: Schema = strict(
    "EnvFromSource",
    &[
        ("configMapRef", Object(&CONFIG_MAP_ENV_SOURCE)),
        ("prefix", Text),
        ("secretRef", Object(&SECRET_ENV_SOURCE)),
    ],
);

pub(super) static SECRET_ENV_SOURCE: Schema =
    strict("SecretEnvSource", &[("name", Text), ("optional", Boolean)]);

pub(super) static CONFIG_MAP_ENV_SOURCE: Schema = strict(
    "ConfigMapEnvSource",
    &[("name", Text), ("optional", Boolean)],
);

pub(super) static VOLUME_MOUNT: Schema = strict(
    "VolumeMount",
    &[
        ("bindMountOptions", TEXTS),
        ("mountPath", Text),
        ("mountPropagation", Text),
        ("name", Text),
        ("readOnly", Boolean),
        ("recursiveReadOnly", Text),
        ("subPath", Text),
        ("subPathExpr", Text),
    ],
);

pub(super) static SECURITY_CONTEXT: Schema = lenient(
    "SecurityContext",
    &[
        ("allowPrivilegeEscalation", Boolean),
        ("appArmorProfile", Object(&APP_ARMOR_PROFILE)),
        ("capabilities", Object(&CAPABILITIES)),
        ("privileged", Boolean),
        ("procMount", Text),
        ("readOnlyRootFilesystem", Boolean),
        ("runAsGroup", Integer),
        ("runAsNonRoot", Boolean),
        ("runAsUser", Integer),
        ("seLinuxOptions", Any),
        ("seccompProfile", Object(&SECCOMP_PROFILE)),
        ("windowsOptions", Any),
    ],
);

pub(super) static POD_SECURITY_CONTEXT: Schema = lenient(
    "PodSecurityContext",
    &[
        ("appArmorProfile", Object(&APP_ARMOR_PROFILE)),
        ("fsGroup", Integer),
        ("fsGroupChangePolicy", Text),
        ("runAsGroup", Integer),
        ("runAsNonRoot", Boolean),
        ("runAsUser", Integer),
        ("seLinuxChangePolicy", Text),
        ("seLinuxOptions", Any),
        ("seccompProfile", Object(&SECCOMP_PROFILE)),
        ("supplementalGroups", List(&Integer)),
        ("supplementalGroupsPolicy", Text),
        ("sysctls", List(&Any)),
        ("windowsOptions", Any),
    ],
);

pub(super) static CAPABILITIES: Schema =
    lenient("Capabilities", &[("add", TEXTS), ("drop", TEXTS)]);

pub(super) static SECCOMP_PROFILE: Schema = lenient(
    "SeccompProfile",
    &[("localhostProfile", Text), ("type", Text)],
);

pub(super) static APP_ARMOR_PROFILE: Schema = lenient(
    "AppArmorProfile",
    &[("localhostProfile", Text), ("type", Text)],
);

//! The resources that every API server serves, by API group, and which of them lie in no namespace.

/// The resources of one API group (`k8s.io/api`, `apiextensions-apiserver`, `kube-aggregator`), and the
/// names that only RBAC knows: `users` and `signers` say.
struct Group {
    name: &'static str,
    namespaced: &'static [&'static str],
    cluster_scoped: &'static [&'static str],
}

/// The core group comes first: a name without a group means that, as in kubectl.
const GROUPS: [Group; 23] = [
    Group {
        name: "",
        namespaced: &[
            "bindings",
            "configmaps",
            "endpoints",
            "events",
            "limitranges",
            "persistentvolumeclaims",
            "pods",
            "podtemplates",
            "replicationcontrollers",
            "resourcequotas",
            "secrets",
            "serviceaccounts",
            "services",
        ],
        cluster_scoped: &[
            "componentstatuses",
            "groups",
            "namespaces",
            "nodes",
            "persistentvolumes",
            "users",
        ],
    },
    Group {
        name: "apps",
        namespaced: &[
            "controllerrevisions",
            "daemonsets",
            "deployments",
            "replicasets",
            "statefulsets",
        ],
        cluster_scoped: &[],
    },
    Group {
        name: "admissionregistration.k8s.io",
        namespaced: &[],
        cluster_scoped: &[
            "mutatingadmissionpolicies",
            "mutatingadmissionpolicybindings",
            "mutatingwebhookconfigurations",
            "validatingadmissionpolicies",
            "validatingadmissionpolicybindings",
            "validatingwebhookconfigurations",
        ],
    },
    Group {
        name: "apiextensions.k8s.io",
        namespaced: &[],
        cluster_scoped: &["customresourcedefinitions"],
    },
    Group {
        name: "apiregistration.k8s.io",
        namespaced: &[],
        cluster_scoped: &["apiservices"],
    },
    Group {
        name: "authentication.k8s.io",
        namespaced: &[],
        cluster_scoped: &["selfsubjectreviews", "tokenreviews", "uids", "userextras"],
    },
    Group {
        name: "authorization.k8s.io",
        namespaced: &["localsubjectaccessreviews"],
        cluster_scoped: &[
            "selfsubjectaccessreviews",
            "selfsubjectrulesreviews",
            "subjectaccessreviews",
        ],
    },
    Group {
        name: "autoscaling",
        namespaced: &["horizontalpodautoscalers"],
        cluster_scoped: &[],
    },
    Group {
        name: "batch",
        namespaced: &["cronjobs", "jobs"],
        cluster_scoped: &[],
    },
    Group {
        name: "certificates.k8s.io",
        namespaced: &["podcertificaterequests"],
        cluster_scoped: &[
            "certificatesigningrequests",
            "clustertrustbundles",
            "signers",
        ],
    },
    Group {
        name: "coordination.k8s.io",
        namespaced: &["leasecandidates", "leases"],
        cluster_scoped: &[],
    },
    Group {
        name: "discovery.k8s.io",
        namespaced: &["endpointslices"],
        cluster_scoped: &[],
    },
    Group {
        name: "events.k8s.io",
        namespaced: &["events"],
        cluster_scoped: &[],
    },
    Group {
        name: "flowcontrol.apiserver.k8s.io",
        namespaced: &[],
        cluster_scoped: &["flowschemas", "prioritylevelconfigurations"],
    },
    Group {
        name: "internal.apiserver.k8s.io",
        namespaced: &[],
        cluster_scoped: &["storageversions"],
    },
    Group {
        name: "networking.k8s.io",
        namespaced: &["ingresses", "networkpolicies"],
        cluster_scoped: &["ingressclasses", "ipaddresses", "servicecidrs"],
    },
    Group {
        name: "node.k8s.io",
        namespaced: &[],
        cluster_scoped: &["runtimeclasses"],
    },
    Group {
        name: "policy",
        namespaced: &["poddisruptionbudgets"],
        cluster_scoped: &[],
    },
    Group {
        name: "rbac.authorization.k8s.io",
        namespaced: &["rolebindings", "roles"],
        cluster_scoped: &["clusterrolebindings", "clusterroles"],
    },
    Group {
        name: "resource.k8s.io",
        namespaced: &["resourceclaims", "resourceclaimtemplates"],
        cluster_scoped: &["deviceclasses", "devicetaintrules", "resourceslices"],
    },
    Group {
        name: "scheduling.k8s.io",
        namespaced: &[],
        cluster_scoped: &["priorityclasses"],
    },
    Group {
        name: "storage.k8s.io",
        namespaced: &["csistoragecapacities"],
        cluster_scoped: &[
            "csidrivers",
            "csinodes",
            "storageclasses",
            "volumeattachments",
            "volumeattributesclasses",
        ],
    },
    Group {
        name: "storagemigration.k8s.io",
        namespaced: &[],
        cluster_scoped: &["storageversionmigrations"],
    },
];

/// Whether the API server serves `resource` of the API group `group` outside all namespaces; `None`
/// where it is no resource of the API server's own.
pub(super) fn is_cluster_scoped(group: &str, resource: &str) -> Option<bool> {
    let group = GROUPS.iter().find(|it| it.name == group)?;
    let is_in = |list: &[&str]| list.contains(&resource);
    is_in(group.cluster_scoped)
        .then_some(true)
        .or(is_in(group.namespaced).then_some(false))
}

/// The API group of `resource`, a plural, of the API server's own: the core group where several have
/// one of that name, as in kubectl.
pub fn group_of(resource: &str) -> Option<&'static str> {
    let mut groups = GROUPS.iter();
    let found = groups
        .find(|it| it.namespaced.contains(&resource) || it.cluster_scoped.contains(&resource));
    found.map(|it| it.name)
}

/// Plurals of all resources of the API server's own.
pub fn resources() -> impl Iterator<Item = &'static str> {
    let lists = GROUPS
        .iter()
        .flat_map(|it| [it.namespaced, it.cluster_scoped]);
    lists.flatten().copied()
}

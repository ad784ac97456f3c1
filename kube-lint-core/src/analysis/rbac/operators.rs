//! Well-known programs that hold a dangerous power by trade.

use Trade::{
    Admission, Certificates, ConfigMaps, Extensions, GitOps, Impersonation, Namespaces,
    NetworkPolicies, Nodes, Roles, Secrets, Volumes, Workloads,
};

/// What a program does that needs such a power.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trade {
    /// It reads and writes other people's Secrets: stores, certificates, ingress.
    Secrets,
    /// It runs other people's Pods: by their templates, from their repositories, for their data.
    Workloads,
    /// It hands requests of people on in their name.
    Impersonation,
    /// It approves requests for certificates, of nodes as they come up say.
    Certificates,
    /// It looks after admission webhooks: those that it answers itself, or their certificates.
    Admission,
    /// It makes roles and bindings for the programs that it runs.
    Roles,
    /// It makes the policies of networks, or carries them out.
    NetworkPolicies,
    /// It writes `ConfigMap`s into the namespaces of others.
    ConfigMaps,
    /// It makes namespaces, or labels them.
    Namespaces,
    /// It adds, labels or drains nodes, or writes down how they are.
    Nodes,
    /// It makes volumes.
    Volumes,
    /// It installs extensions of the API, or leads the traffic of Services.
    Extensions,
    /// It applies whatever a repository holds: most of the others too.
    GitOps,
}

impl Trade {
    /// Whether who applies other people's manifests has it too.
    const fn is_of_gitops(self) -> bool {
        !matches!(self, Secrets | Impersonation | Certificates)
    }
}

/// By name.
const PROGRAMS: &[(&str, &[Trade])] = &[
    ("actions-runner-controller", &[Workloads]),
    ("antrea", &[NetworkPolicies, Nodes]),
    ("approver-policy", &[Certificates]),
    ("argo", &[Workloads]),
    ("argo-cd", &[GitOps]),
    ("argo-rollouts", &[Workloads]),
    ("argo-workflows", &[Workloads]),
    ("argocd", &[GitOps]),
    ("aws-load-balancer-controller", &[Extensions]),
    ("aws-node", &[Nodes]),
    ("calico", &[NetworkPolicies, Nodes]),
    ("canal", &[Nodes]),
    (
        "capsule",
        &[
            Impersonation,
            Admission,
            NetworkPolicies,
            ConfigMaps,
            Namespaces,
        ],
    ),
    ("cattle", &[Impersonation, Admission, Roles]),
    ("ceph-csi", &[Workloads, Volumes]),
    ("cert-controller", &[Admission]),
    (
        "cert-manager",
        &[
            Secrets,
            Workloads,
            Certificates,
            Admission,
            ConfigMaps,
            Extensions,
        ],
    ),
    ("cilium", &[NetworkPolicies, Nodes, Extensions]),
    ("cloud-controller-manager", &[Nodes, Extensions]),
    ("cloud-node-manager", &[Nodes]),
    ("cloud-provider", &[Extensions]),
    ("cloudnative-pg", &[Workloads]),
    ("cluster-autoscaler", &[Nodes]),
    ("cluster-machine-approver", &[Certificates]),
    ("consul", &[Admission]),
    ("contour", &[Secrets]),
    ("crossplane", &[Workloads, Roles, ConfigMaps, Extensions]),
    ("csi-azuredisk", &[Volumes]),
    ("csi-azurefile", &[Volumes]),
    ("csi-cinder", &[Volumes]),
    ("csi-hostpath", &[Volumes]),
    ("csi-nfs", &[Volumes]),
    ("csi-provisioner", &[Volumes]),
    ("csi-smb", &[Volumes]),
    ("dapr", &[Admission]),
    ("datadog", &[Admission]),
    ("draino", &[Nodes]),
    ("dynatrace", &[Admission]),
    ("ebs-csi", &[Volumes]),
    ("efs-csi", &[Volumes]),
    ("elastic-operator", &[Workloads, Admission]),
    ("external-provisioner", &[Volumes]),
    ("external-secrets", &[Secrets, Admission]),
    ("flannel", &[Nodes]),
    ("fleet-agent", &[GitOps]),
    ("flux", &[GitOps]),
    ("fluxcd", &[GitOps]),
    ("gatekeeper", &[Admission, Extensions]),
    ("gce-pd-csi", &[Volumes]),
    ("gitlab-operator", &[Roles]),
    ("gitlab-runner", &[Workloads]),
    ("gpu-operator", &[Nodes]),
    ("haproxy-ingress", &[Secrets]),
    ("helm-controller", &[GitOps]),
    ("hnc", &[Namespaces]),
    ("hostpath-provisioner", &[Volumes]),
    ("ingress-nginx", &[Secrets, Admission]),
    ("istio", &[Admission]),
    ("istio-ingressgateway", &[Secrets]),
    ("istio-operator", &[Namespaces]),
    ("istiod", &[Workloads, Admission, ConfigMaps, Extensions]),
    ("jaeger-operator", &[Roles]),
    ("jobset", &[Workloads]),
    ("kapp-controller", &[GitOps]),
    ("karpenter", &[Nodes]),
    ("keda", &[Workloads, Admission, Extensions]),
    ("kiali", &[Namespaces]),
    ("knative", &[Workloads, Admission, Extensions]),
    ("knative-operator", &[Roles]),
    ("kong", &[Secrets]),
    ("kruise", &[Workloads]),
    ("kube-oidc-proxy", &[Impersonation]),
    ("kube-router", &[NetworkPolicies, Nodes]),
    ("kube-vip", &[Extensions]),
    ("kubefed", &[Impersonation]),
    ("kubeflow", &[Workloads]),
    ("kubelet-csr-approver", &[Certificates]),
    ("kubelet-rubber-stamp", &[Certificates]),
    ("kuberay-operator", &[Workloads]),
    ("kubevirt", &[Workloads, Admission, Roles, Nodes]),
    ("kubewarden", &[Admission]),
    ("kueue", &[Admission]),
    ("kuma", &[Admission]),
    ("kured", &[Nodes]),
    ("kustomize-controller", &[GitOps]),
    ("kyverno", &[Admission, ConfigMaps, Extensions]),
    ("linkerd", &[Admission, Extensions]),
    ("linstor", &[Volumes]),
    ("local-path-provisioner", &[Volumes]),
    ("longhorn", &[Volumes]),
    ("machine-approver", &[Certificates]),
    ("metallb", &[Admission, Extensions]),
    ("minio-operator", &[Workloads]),
    ("namespace-operator", &[Namespaces]),
    ("nfd", &[Nodes]),
    ("nfs-client-provisioner", &[Volumes]),
    ("nginx-ingress", &[Secrets]),
    ("node-feature-discovery", &[Nodes]),
    ("node-problem-detector", &[Nodes]),
    ("node-termination-handler", &[Nodes]),
    (
        "olm",
        &[Roles, NetworkPolicies, ConfigMaps, Namespaces, Extensions],
    ),
    ("opa", &[Admission]),
    ("openebs", &[Volumes]),
    ("openunison", &[Impersonation]),
    ("operator-lifecycle-manager", &[Roles]),
    ("ovn-kubernetes", &[NetworkPolicies]),
    ("pinniped", &[Impersonation]),
    ("pomerium", &[Impersonation]),
    ("portworx", &[Volumes]),
    ("prometheus-operator", &[Workloads, ConfigMaps, Extensions]),
    ("rabbitmq-cluster-operator", &[Roles]),
    (
        "rancher",
        &[
            Impersonation,
            Admission,
            Roles,
            NetworkPolicies,
            ConfigMaps,
            Namespaces,
            Extensions,
        ],
    ),
    ("reflector", &[ConfigMaps]),
    ("rook", &[Workloads, Roles, ConfigMaps, Volumes, Extensions]),
    ("sealed-secrets", &[Secrets]),
    ("secrets-store-csi", &[Secrets]),
    ("spark-operator", &[Workloads, Admission]),
    ("spire", &[Admission]),
    ("strimzi", &[Workloads, Roles, ConfigMaps]),
    ("system-upgrade", &[Nodes]),
    ("tailscale", &[Impersonation]),
    ("tekton", &[Workloads, Admission]),
    ("tekton-operator", &[Roles]),
    ("teleport", &[Impersonation]),
    ("tigera-operator", &[Roles, NetworkPolicies, Extensions]),
    ("traefik", &[Secrets]),
    ("training-operator", &[Workloads, Admission]),
    ("trident", &[Volumes]),
    ("trust-manager", &[ConfigMaps]),
    ("vault-agent-injector", &[Admission]),
    ("vault-secrets-operator", &[Secrets]),
    (
        "velero",
        &[Workloads, ConfigMaps, Namespaces, Volumes, Extensions],
    ),
    ("virt-handler", &[Nodes]),
    ("volcano", &[Workloads]),
    ("vsphere-csi", &[Volumes]),
];

/// The well-known program of `trade` after which `name` is called. A name proves nothing, so this lowers
/// a finding by one level and no more.
pub fn known_operator(name: &str, trade: Trade) -> Option<&'static str> {
    let is_of_trade = |trades: &[Trade]| {
        trades.contains(&trade) || trade.is_of_gitops() && trades.contains(&GitOps)
    };
    let known = PROGRAMS
        .iter()
        .filter(|(program, trades)| is_of_trade(trades) && has_words(name, program));
    known.map(|it| it.0).max_by_key(|it| it.len())
}

/// Whether `words` stand in `name`, between dashes, colons or its ends.
fn has_words(name: &str, words: &str) -> bool {
    let is_bound = |it: Option<char>| it.is_none_or(|it| !it.is_alphanumeric());
    name.match_indices(words).any(|(at, found)| {
        let before = name.get(..at).and_then(|it| it.chars().next_back());
        let after = name
            .get(at + found.len()..)
            .and_then(|it| it.chars().next());
        is_bound(before) && is_bound(after)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_program_is_listed_once() {
        assert!(PROGRAMS.is_sorted_by(|one, other| one.0 < other.0));
    }

    #[test]
    fn operators_are_known_by_whole_words() {
        let known = |name| known_operator(name, Secrets);
        assert_eq!(known("cert-manager-cainjector"), Some("cert-manager"));
        assert_eq!(known("my-kong"), Some("kong"));
        assert_eq!(known("hongkong"), None);
        assert_eq!(known("kongfu"), None);
        assert_eq!(known("argocd-server"), None);
        let deploys = known_operator("my-argo-cd-server", Workloads);
        assert_eq!(deploys, Some("argo-cd"));
    }
}

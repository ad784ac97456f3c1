//! Well-known programs that hold a dangerous power by trade.

/// What a program does that needs such a power.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trade {
    /// It reads and writes other people's Secrets: stores, certificates, ingress.
    Secrets,
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
    /// It runs other people's Pods: by their templates, from their repositories, for their data.
    Workloads,
}

/// They apply whatever a repository holds.
const GITOPS: &[&str] = &[
    "argo-cd",
    "argocd",
    "fleet-agent",
    "flux",
    "fluxcd",
    "helm-controller",
    "kapp-controller",
    "kustomize-controller",
];

const SECRETS: &[&str] = &[
    "cert-manager",
    "contour",
    "external-secrets",
    "haproxy-ingress",
    "ingress-nginx",
    "istio-ingressgateway",
    "kong",
    "nginx-ingress",
    "sealed-secrets",
    "secrets-store-csi",
    "traefik",
    "vault-secrets-operator",
];
const NETWORK_POLICIES: &[&str] = &[
    "antrea",
    "calico",
    "capsule",
    "cilium",
    "kube-router",
    "olm",
    "ovn-kubernetes",
    "rancher",
    "tigera-operator",
];
const CONFIG_MAPS: &[&str] = &[
    "capsule",
    "cert-manager",
    "crossplane",
    "istiod",
    "kyverno",
    "olm",
    "prometheus-operator",
    "rancher",
    "reflector",
    "rook-ceph",
    "strimzi",
    "trust-manager",
    "velero",
];
const NAMESPACES: &[&str] = &[
    "capsule",
    "hnc",
    "istio-operator",
    "kiali",
    "namespace-operator",
    "olm",
    "rancher",
    "velero",
];
const NODES: &[&str] = &[
    "antrea",
    "aws-node",
    "calico",
    "canal",
    "cilium",
    "cloud-controller-manager",
    "cloud-node-manager",
    "cluster-autoscaler",
    "draino",
    "flannel",
    "gpu-operator",
    "karpenter",
    "kube-router",
    "kubevirt",
    "kured",
    "nfd",
    "node-feature-discovery",
    "node-problem-detector",
    "node-termination-handler",
    "system-upgrade",
    "virt-handler",
];
const VOLUMES: &[&str] = &[
    "ceph-csi",
    "csi-azuredisk",
    "csi-azurefile",
    "csi-cinder",
    "csi-hostpath",
    "csi-nfs",
    "csi-provisioner",
    "csi-smb",
    "ebs-csi",
    "efs-csi",
    "external-provisioner",
    "gce-pd-csi",
    "hostpath-provisioner",
    "linstor",
    "local-path-provisioner",
    "longhorn",
    "nfs-client-provisioner",
    "openebs",
    "portworx",
    "rook-ceph",
    "trident",
    "velero",
    "vsphere-csi",
];
const EXTENSIONS: &[&str] = &[
    "aws-load-balancer-controller",
    "cert-manager",
    "cilium",
    "cloud-controller-manager",
    "cloud-provider",
    "crossplane",
    "gatekeeper",
    "istiod",
    "keda",
    "knative",
    "kube-vip",
    "kyverno",
    "linkerd",
    "metallb",
    "olm",
    "prometheus-operator",
    "rancher",
    "rook-ceph",
    "tigera-operator",
    "velero",
];
const WORKLOADS: &[&str] = &[
    "actions-runner-controller",
    "argo-rollouts",
    "argo-workflows",
    "argo",
    "ceph-csi",
    "cert-manager",
    "cloudnative-pg",
    "crossplane",
    "elastic-operator",
    "gitlab-runner",
    "istiod",
    "jobset",
    "keda",
    "knative",
    "kruise",
    "kubeflow",
    "kuberay-operator",
    "kubevirt",
    "minio-operator",
    "prometheus-operator",
    "rook",
    "spark-operator",
    "strimzi",
    "tekton",
    "training-operator",
    "velero",
    "volcano",
];

impl Trade {
    const fn programs(self) -> &'static [&'static str] {
        match self {
            Self::Secrets => SECRETS,
            Self::NetworkPolicies => NETWORK_POLICIES,
            Self::ConfigMaps => CONFIG_MAPS,
            Self::Namespaces => NAMESPACES,
            Self::Nodes => NODES,
            Self::Volumes => VOLUMES,
            Self::Extensions => EXTENSIONS,
            Self::Workloads => WORKLOADS,
        }
    }

    /// Whether who applies other people's manifests has it too.
    const fn is_of_gitops(self) -> bool {
        !matches!(self, Self::Secrets)
    }
}

/// The well-known program of `trade` after which `name` is called. A name proves nothing, so this lowers
/// a finding by one level and no more.
pub fn known_operator(name: &str, trade: Trade) -> Option<&'static str> {
    let gitops = if trade.is_of_gitops() { GITOPS } else { &[] };
    let mut known = gitops.iter().chain(trade.programs()).copied();
    known.find(|it| has_words(name, it))
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
    fn operators_are_known_by_whole_words() {
        let known = |name| known_operator(name, Trade::Secrets);
        assert_eq!(known("cert-manager-cainjector"), Some("cert-manager"));
        assert_eq!(known("my-kong"), Some("kong"));
        assert_eq!(known("hongkong"), None);
        assert_eq!(known("kongfu"), None);
    }
}

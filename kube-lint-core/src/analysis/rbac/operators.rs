//! Well-known programs that hold a dangerous power by trade.

/// What a program does that needs such a power.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trade {
    /// It reads and writes other people's Secrets: stores, certificates, ingress.
    Secrets,
    /// It runs other people's Pods: by their templates, from their repositories, for their data.
    Workloads,
}

impl Trade {
    const fn programs(self) -> &'static [&'static str] {
        match self {
            Self::Secrets => &[
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
            ],
            Self::Workloads => &[
                "actions-runner-controller",
                "argo-cd",
                "argo-rollouts",
                "argo-workflows",
                "argocd",
                "argo",
                "ceph-csi",
                "cert-manager",
                "cloudnative-pg",
                "crossplane",
                "elastic-operator",
                "fluxcd",
                "flux",
                "gitlab-runner",
                "helm-controller",
                "istiod",
                "jobset",
                "keda",
                "knative",
                "kruise",
                "kubeflow",
                "kuberay-operator",
                "kubevirt",
                "kustomize-controller",
                "minio-operator",
                "prometheus-operator",
                "rook",
                "spark-operator",
                "strimzi",
                "tekton",
                "training-operator",
                "velero",
                "volcano",
            ],
        }
    }
}

/// The well-known program of `trade` after which `name` is called. A name proves nothing, so this lowers
/// a finding by one level and no more.
pub fn known_operator(name: &str, trade: Trade) -> Option<&'static str> {
    let mut known = trade.programs().iter().copied();
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

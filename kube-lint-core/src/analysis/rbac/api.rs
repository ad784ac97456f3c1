//! What is known of API groups and programs.

/// API groups that the API server itself serves (`k8s.io/api`, `apiextensions-apiserver` and
/// `kube-aggregator`), with those it once served.
const BUILT_IN_GROUPS: [&str; 25] = [
    "",
    "admission.k8s.io",
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "apiregistration.k8s.io",
    "apps",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "autoscaling",
    "batch",
    "certificates.k8s.io",
    "coordination.k8s.io",
    "discovery.k8s.io",
    "events.k8s.io",
    "extensions",
    "flowcontrol.apiserver.k8s.io",
    "internal.apiserver.k8s.io",
    "networking.k8s.io",
    "node.k8s.io",
    "policy",
    "rbac.authorization.k8s.io",
    "resource.k8s.io",
    "scheduling.k8s.io",
    "storage.k8s.io",
    "storagemigration.k8s.io",
];

/// Whether the API server itself serves the API group `group`, so that it is no custom resource's.
pub fn is_built_in_group(group: &str) -> bool {
    BUILT_IN_GROUPS.binary_search(&group).is_ok()
}

/// Programs whose trade is to read and write other people's Secrets: stores, certificates, ingress.
const SECRET_OPERATORS: [&str; 12] = [
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

/// The well-known program that reads Secrets by trade and after which `name` is called. A name proves
/// nothing, so this lowers a finding by one level and no more.
pub fn known_operator(name: &str) -> Option<&'static str> {
    let known = SECRET_OPERATORS.into_iter();
    known.into_iter().find(|it| has_words(name, it))
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
    fn tables_are_sorted() {
        assert!(BUILT_IN_GROUPS.is_sorted());
    }

    #[test]
    fn operators_are_known_by_whole_words() {
        assert_eq!(
            known_operator("cert-manager-cainjector"),
            Some("cert-manager")
        );
        assert_eq!(known_operator("my-kong"), Some("kong"));
        assert_eq!(known_operator("hongkong"), None);
        assert_eq!(known_operator("kongfu"), None);
    }
}

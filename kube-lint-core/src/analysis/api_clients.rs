//! Whether a workload looks like a client of the Kubernetes API.
//!
//! An account without bindings may still be in use: its token proves to Vault or Consul who the Pod is,
//! and its bindings may stand in another repository. These signs are wide on purpose: none of them is a
//! proof, and a program that shows none hardly ever is a client.

use crate::{
    model::{Container, PodSpec},
    yaml::Node,
};

/// Annotations of Pods into which a sidecar is put that logs in with the account's token.
const INJECTORS: [&str; 4] = [
    "conjur.org/",
    "consul.hashicorp.com/",
    "linkerd.io/inject",
    "vault.hashicorp.com/agent-inject",
];

/// Words of names, arguments and values that speak of the API or of its tokens; in lower case.
const WORDS: [&str; 8] = [
    "in-cluster",
    "incluster",
    "k8s",
    "kube",
    "leader-elect",
    "leader_elect",
    "leaderelect",
    "serviceaccount",
];

/// Words in the last part of the name of an image whose program calls the API.
const IMAGE_WORDS: [&str; 21] = [
    "agent",
    "autoscaler",
    "chaos",
    "cni",
    "controller",
    "csi",
    "descheduler",
    "ingress",
    "injector",
    "k8s",
    "kube",
    "kubectl",
    "kubernetes",
    "manager",
    "operator",
    "provisioner",
    "reloader",
    "resizer",
    "scheduler",
    "snapshotter",
    "webhook",
];

/// Programs that call the API, by the last part of the name of their image.
const IMAGES: [&str; 58] = [
    "alloy",
    "ambassador",
    "argo-events",
    "argocd",
    "argoexec",
    "cilium",
    "consul",
    "contour",
    "coredns",
    "crossplane",
    "dashboard",
    "datadog",
    "emissary",
    "eventrouter",
    "external-dns",
    "external-secrets",
    "falco",
    "filebeat",
    "flagger",
    "flannel",
    "fluent-bit",
    "fluentd",
    "gatekeeper",
    "headlamp",
    "heapster",
    "hubble-relay",
    "hyperkube",
    "istiod",
    "jenkins",
    "keda",
    "keycloak",
    "kiali",
    "kiam",
    "kong",
    "kured",
    "kyverno",
    "loki",
    "metacontroller",
    "metricbeat",
    "metrics-server",
    "multus",
    "opentelemetry-collector",
    "otelcol",
    "patroni",
    "pilot",
    "prometheus",
    "promtail",
    "rook",
    "speaker",
    "spilo",
    "telegraf",
    "tiller",
    "traefik",
    "vault",
    "vector",
    "velero",
    "weave",
    "weave-kube",
];

/// The first sign that the Pods of `pod` call the API: an annotation, a variable, an argument, an image.
pub fn sign<'a>(pod: &PodSpec<'a>) -> Option<Node<'a>> {
    annotation(pod).or_else(|| pod.containers().iter().find_map(in_container))
}

fn annotation<'a>(pod: &PodSpec<'a>) -> Option<Node<'a>> {
    let annotations = pod.template()?.at(&["metadata", "annotations"])?;
    let mut keys = annotations.fields().map(|(key, _)| key);
    keys.find(|key| {
        let key = key.text().unwrap_or_default();
        INJECTORS.iter().any(|it| key.starts_with(it))
    })
}

fn in_container<'a>(container: &Container<'a>) -> Option<Node<'a>> {
    let variables = container.env().filter_map(|it| {
        let (name, value) = (it.get("name"), it.get("value"));
        let field = it.at(&["valueFrom", "fieldRef", "fieldPath"]);
        name.filter(|it| speaks_of_api(*it))
            .or_else(|| value.filter(|it| speaks_of_api(*it)))
            .or_else(|| field.filter(|it| it.text().is_some_and(is_asked_by_clients)))
    });
    let arguments = ["command", "args"]
        .into_iter()
        .filter_map(|field| container.node().get(field));
    let arguments = arguments
        .flat_map(Node::items)
        .filter(|it| speaks_of_api(*it));
    let image = container.node().get("image");
    let image = image.filter(|it| it.text().is_some_and(is_api_image));
    image.into_iter().chain(variables).chain(arguments).next()
}

/// Who wants to know where, or as whom, the Pod runs, mostly goes on to ask for what else is there.
fn is_asked_by_clients(field: &str) -> bool {
    matches!(field, "metadata.namespace" | "spec.serviceAccountName")
}

fn speaks_of_api(node: Node<'_>) -> bool {
    let text = node.text().unwrap_or_default().to_ascii_lowercase();
    WORDS.iter().any(|it| text.contains(it))
}

/// Judges an image by the last part of its name; registry, tag and digest say nothing.
fn is_api_image(image: &str) -> bool {
    let name = image.split('@').next().unwrap_or_default();
    let last = name.rsplit('/').next().unwrap_or_default();
    let last = last.split(':').next().unwrap_or_default();
    let is_known = |it: &&str| {
        last.strip_prefix(*it)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    let is_word =
        |it: &str| IMAGE_WORDS.contains(&it) || it.starts_with("kube") || it.starts_with("k8s");
    IMAGES.iter().any(is_known) || last.split(['-', '_', '.']).any(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_judged_by_their_own_name() {
        assert!(is_api_image("quay.io/prometheus/prometheus:v3.0.0"));
        assert!(is_api_image(
            "registry.k8s.io/ingress-nginx/controller@sha256:00"
        ));
        assert!(is_api_image("bitnami/kubectl"));
        assert!(is_api_image("ghcr.io/acme/backup_operator:1"));
        assert!(!is_api_image("registry.k8s.io/pause:3.9"));
        assert!(!is_api_image("localhost:5000/shop/web:1"));
        assert!(!is_api_image("nginx"));
    }

    #[test]
    fn tables_are_sorted() {
        assert!(INJECTORS.is_sorted());
        assert!(WORDS.is_sorted());
        assert!(IMAGE_WORDS.is_sorted());
        assert!(IMAGES.is_sorted());
    }
}

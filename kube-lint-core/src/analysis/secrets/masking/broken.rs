//! Text that does not parse: only what is known by heart is shown.

use crate::span::{Span, narrow};

/// Names of fields that tell nothing but the shape of a manifest.
const FIELDS: &[&str] = &[
    "accessModes",
    "affinity",
    "allowPrivilegeEscalation",
    "annotations",
    "apiGroup",
    "apiGroups",
    "apiVersion",
    "args",
    "automountServiceAccountToken",
    "backend",
    "base",
    "capabilities",
    "clusterIP",
    "command",
    "concurrencyPolicy",
    "configMap",
    "configMapKeyRef",
    "configMapRef",
    "containerPort",
    "containers",
    "cpu",
    "data",
    "defaultMode",
    "dnsPolicy",
    "egress",
    "emptyDir",
    "endPort",
    "env",
    "envFrom",
    "except",
    "exec",
    "failureThreshold",
    "finalizers",
    "from",
    "generateName",
    "hostIPC",
    "hostNetwork",
    "hostPID",
    "hostPath",
    "host",
    "http",
    "httpGet",
    "httpHeaders",
    "image",
    "imagePullPolicy",
    "imagePullSecrets",
    "immutable",
    "ingress",
    "initContainers",
    "initialDelaySeconds",
    "ipBlock",
    "items",
    "jobTemplate",
    "key",
    "keys",
    "kind",
    "labels",
    "level",
    "lifecycle",
    "limits",
    "livenessProbe",
    "matchExpressions",
    "matchLabels",
    "medium",
    "memory",
    "metadata",
    "mountPath",
    "name",
    "namespace",
    "namespaceSelector",
    "namespaces",
    "nodePort",
    "nodeSelector",
    "nonResourceURLs",
    "omitStages",
    "operator",
    "optional",
    "parallelism",
    "path",
    "pathType",
    "paths",
    "periodSeconds",
    "podSelector",
    "policyTypes",
    "port",
    "ports",
    "privileged",
    "projected",
    "protocol",
    "providers",
    "readOnly",
    "readOnlyRootFilesystem",
    "readinessProbe",
    "replicas",
    "requests",
    "resourceNames",
    "resources",
    "restartPolicy",
    "roleRef",
    "rules",
    "runAsNonRoot",
    "runAsUser",
    "schedule",
    "secret",
    "secretKeyRef",
    "secretName",
    "secretRef",
    "secrets",
    "securityContext",
    "selector",
    "serviceAccount",
    "serviceAccountName",
    "service",
    "serviceName",
    "sources",
    "spec",
    "status",
    "stringData",
    "subPath",
    "subjects",
    "suspend",
    "targetPort",
    "template",
    "terminationGracePeriodSeconds",
    "timeoutSeconds",
    "tls",
    "to",
    "tolerations",
    "type",
    "updateStrategy",
    "users",
    "value",
    "valueFrom",
    "values",
    "verbs",
    "volumeClaimTemplates",
    "volumeMounts",
    "volumes",
    "backoffLimit",
    "matchPolicy",
    "rollingUpdate",
    "strategy",
];

/// Everything on each line of `text` but the names of well-known fields, indentation and dashes.
///
/// For text that does not parse: what stands where a name or a value belongs may be either, or the
/// middle of a block.
pub fn after_keys(text: &str) -> Vec<Span> {
    let mut hidden = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end_matches(['\n', '\r', ' ']);
        let from = shown(content);
        if from < content.len() {
            hidden.push(Span::new(
                start + narrow(from),
                start + narrow(content.len()),
            ));
        }
        start += narrow(line.len());
    }
    hidden
}

/// Bytes at the beginning of a line that may be shown.
fn shown(line: &str) -> usize {
    if matches!(line.trim_end(), "---" | "...") {
        return line.len();
    }
    let bare = line.trim_start_matches([' ', '-', '\t', '{', '[', '}', ']', ',']);
    let indent = line.len() - bare.len();
    let quote = bare.chars().next().filter(|it| matches!(it, '"' | '\''));
    let name = quote.map_or(bare, |it| bare.strip_prefix(it).unwrap_or(bare));
    let end = name
        .find(|it: char| !it.is_ascii_alphanumeric())
        .unwrap_or(name.len());
    let (word, rest) = name.split_at_checked(end).unwrap_or((name, ""));
    let rest = quote.map_or(rest, |it| rest.strip_prefix(it).unwrap_or_default());
    let is_key = rest
        .strip_prefix(':')
        .is_some_and(|it| it.is_empty() || it.starts_with([' ', '"', '{', '[']));
    if is_key && FIELDS.contains(&word) {
        line.len() - rest.len() + 1
    } else {
        indent
    }
}

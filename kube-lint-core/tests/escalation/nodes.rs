//! Root of nodes: how it is come by, and what lies there.

use crate::input::{account, bind, from, grant, namespace, ways, workload};

const CI: &str = "ServiceAccount ci/ci";
const ROOT: &str = "root of a node: runs a Pod that is root of its node";

fn runner() -> String {
    grant("ci/ci", "ci", &["create :pods"])
}

#[test]
fn pod_security_says_whether_pods_may_own_their_node() {
    for (enforce, expected) in [
        ("privileged", vec![ROOT.to_owned()]),
        ("", vec![ROOT.replace("node:", "node (likely):")]),
        ("baseline", Vec::new()),
        ("restricted", Vec::new()),
        ("{{ .Values.level }}", Vec::new()),
    ] {
        let text = runner() + &namespace("ci", enforce);
        assert_eq!(from(CI, &text), expected, "{enforce}");
    }
    assert!(from(CI, &runner()).is_empty());
    let everywhere = grant("ci/ci", "*", &["create :pods"]) + &namespace("shop", "privileged");
    assert_eq!(
        from(CI, &everywhere),
        [
            ROOT.to_owned(),
            "reader of the Secrets of kube-system: runs a Pod in kube-system that mounts the Secrets"
                .to_owned()
        ]
    );
}

#[test]
fn a_volume_of_ones_own_making_is_not_seen_by_pod_security() {
    let rules = [
        "create :persistentvolumes",
        "create :persistentvolumeclaims",
        "create :pods",
    ];
    let text = grant("ci/ci", "*", &rules[..1]) + &namespace("ci", "restricted");
    let claims = grant("ci/ci", "ci", &rules[1..]);
    let mounts = "root of a node: mounts the disk of a node in a Pod";
    assert_eq!(from(CI, &(text.clone() + &claims)), [mounts]);
    assert!(from(CI, &(text.clone() + &grant("ci/ci", "ci", &rules[2..]))).is_empty());
    assert!(from(CI, &(text + &grant("ci/ci", "ci", &rules[1..2]))).is_empty());
    assert!(from(CI, &grant("ci/ci", "ci", &rules)).is_empty());
}

#[test]
fn who_loosens_pod_security_runs_what_they_like() {
    let loosens = "root of a node: takes Pod Security off a namespace, and runs a Pod there that is root \
        of its node";
    let text = namespace("ci", "restricted");
    for rules in [
        ["patch :namespaces", "create :pods"],
        ["update :namespaces ci", "create apps:deployments"],
    ] {
        assert_eq!(
            from(CI, &(text.clone() + &grant("ci/ci", "ci", &rules))),
            [loosens]
        );
    }
    let other = grant("ci/ci", "ci", &["patch :namespaces other", "create :pods"]);
    assert!(from(CI, &(text + &other)).is_empty());
}

/// Whether a workload with these fields is root of its node.
fn is_root(pod: &str, container: &str) -> bool {
    let text = workload(("Deployment", "shop/tool"), "default", pod, container);
    let text = text + &bind("view", "shop", "shop/reader");
    let text = text + &grant("ci/ci", "shop", &["create :pods/exec"]);
    !from(CI, &text).is_empty()
}

#[test]
fn fields_make_containers_root_of_their_node() {
    let privileged = ", securityContext: {privileged: true}";
    assert!(is_root("", privileged));
    assert!(!is_root("", ", securityContext: {privileged: false}"));
    assert!(!is_root(
        "",
        ", securityContext: {privileged: true, runAsUser: 1000}"
    ));
    assert!(!is_root(
        ", securityContext: {runAsNonRoot: true}",
        privileged
    ));
    assert!(!is_root(", hostUsers: false", privileged));
    assert!(!is_root(", hostPID: true", ""));
    assert!(is_root(
        ", hostPID: true",
        ", securityContext: {capabilities: {add: [SYS_PTRACE]}}"
    ));
    assert!(!is_root(
        "",
        ", securityContext: {capabilities: {add: [SYS_PTRACE]}}"
    ));
}

#[test]
fn paths_make_containers_root_of_their_node() {
    let volume = |path: &str| format!(", volumes: [{{name: host, hostPath: {{path: {path}}}}}]");
    let mount = ", volumeMounts: [{name: host, mountPath: /host}]";
    let read_only = ", volumeMounts: [{name: host, mountPath: /host, readOnly: true}]";
    assert!(is_root(&volume("/"), mount));
    assert!(is_root(&volume("/etc/"), mount));
    assert!(!is_root(&volume("/"), read_only));
    assert!(!is_root(&volume("/"), ""));
    assert!(!is_root(&volume("/var/log"), mount));
    let part = ", volumeMounts: [{name: host, mountPath: /host, subPath: data}]";
    assert!(!is_root(&volume("/var"), part));
    assert!(is_root(&volume("/var/run/docker.sock"), read_only));
}

/// The ways of a privileged workload where a `DaemonSet` runs as an admin.
fn from_node(pod: &str, agent: &str) -> Vec<String> {
    let text = account("infra/agent") + &bind("cluster-admin", "*", "infra/agent");
    let privileged = ", securityContext: {privileged: true}";
    let text = text + &workload(("Deployment", "shop/tool"), "default", pod, privileged);
    let text = text + &workload(("DaemonSet", "infra/agent"), "agent", agent, "");
    from("Deployment shop/tool", &text)
}

#[test]
fn what_runs_on_every_node_leaves_its_token_there() {
    let root = "root of a node: is root of its node".to_owned();
    let reads = "cluster-admin (likely): is root of its node; reads the token of ServiceAccount \
        infra/agent, which lies on each node; may do everything"
        .to_owned();
    assert_eq!(from_node("", ""), [reads.clone(), root.clone()]);
    let linux = ", nodeSelector: {kubernetes.io/os: linux}";
    assert_eq!(from_node("", linux), [reads.clone(), root.clone()]);
    for narrowed in [
        ", nodeSelector: {disk: fast}",
        ", affinity: {nodeAffinity: {}}",
        ", automountServiceAccountToken: false",
    ] {
        assert_eq!(from_node("", narrowed), vec![root.clone()], "{narrowed}");
    }
    // A node that is set apart has only what goes there.
    let apart = ", tolerations: [{key: gpu, operator: Exists}]";
    assert_eq!(from_node(apart, ""), vec![root.clone()]);
    assert_eq!(
        from_node(apart, ", tolerations: [{operator: Exists}]"),
        [reads, root.clone()]
    );
    assert_eq!(from_node(", nodeName: one", ""), [root]);
}

#[test]
fn who_runs_commands_in_a_privileged_pod_is_root_of_its_node() {
    let privileged = ", securityContext: {privileged: true}";
    let text = workload(("DaemonSet", "ci/agent"), "default", "", privileged);
    let text = text + &grant("ci/ci", "ci", &["create :pods/exec"]);
    assert_eq!(
        ways(&text),
        [
            "ServiceAccount ci/ci > root of a node: runs commands in DaemonSet ci/agent; is root of its node",
            "DaemonSet ci/agent > root of a node: is root of its node"
        ]
    );
}

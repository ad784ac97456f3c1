//! What keeps an edge away.

use crate::input::{account, bind, from, grant, role, workload};

const CI: &str = "ServiceAccount ci/ci";

#[test]
fn what_templates_hide_gives_no_edge() {
    let admin = account("ci/admin") + &bind("cluster-admin", "*", "ci/admin");
    for (fine, hidden) in [
        ("verbs: ['create']", "verbs: ['{{ .Values.verb }}']"),
        (
            "resources: ['pods']",
            "resources: ['{{ .Values.resource }}']",
        ),
        (
            "name: ci-ci-in-ci}\nrules",
            "name: '{{ .Values.name }}'}\nrules",
        ),
        (
            "namespace: ci}\nroleRef",
            "namespace: '{{ .Values.namespace }}'}\nroleRef",
        ),
        (
            "name: ci, namespace: 'ci'",
            "name: '{{ .Values.name }}', namespace: 'ci'",
        ),
        (
            "name: ci, namespace: 'ci'",
            "name: ci, namespace: '{{ .Values.namespace }}'",
        ),
    ] {
        let text = admin.clone() + &grant("ci/ci", "ci", &["create :pods"]);
        assert_eq!(from(CI, &text).len(), 1);
        let changed = text.replace(fine, hidden);
        assert_ne!(changed, text, "{fine}");
        assert!(from(CI, &changed).is_empty(), "{hidden}");
    }
}

#[test]
fn namespaces_that_are_not_set_are_not_those_that_are() {
    let unset = |text: String| {
        text.replace(", namespace: ci}", "}")
            .replace(", namespace: 'ci'}", "}")
    };
    let named = account("ci/admin") + &bind("cluster-admin", "*", "ci/admin");
    let run = grant("ci/ci", "ci", &["create :pods"]);
    assert!(from("ServiceAccount ci", &(named + &unset(run.clone()))).is_empty());
    // Both unset are one.
    let role = bind("admin", "ci", "ci/admin") + &account("ci/admin") + &run;
    let ways = from("ServiceAccount ci", &unset(role));
    let way = "admin of its namespace: runs a Pod as ServiceAccount admin; may do everything in its namespace";
    assert_eq!(ways, [way]);
}

#[test]
fn a_token_that_is_not_mounted_is_not_stolen() {
    let text = account("ci/admin") + &bind("cluster-admin", "*", "ci/admin");
    let text = text + &grant("ci/ci", "ci", &["create :pods/exec"]);
    let tool = workload(("Deployment", "ci/tool"), "admin", "", "");
    assert_eq!(from(CI, &(text.clone() + &tool)).len(), 1);
    for field in [
        ", automountServiceAccountToken: false",
        ", automountServiceAccountToken: 'x'",
    ] {
        let tool = workload(("Deployment", "ci/tool"), "admin", field, "");
        let ways = from(CI, &(text.clone() + &tool));
        assert!(ways.iter().all(|it| it.contains("(likely)")), "{ways:?}");
    }
    let none = tool.replace("spec: {template", "spec: {replicas: 0, template");
    assert!(from(CI, &(text.clone() + &none)).is_empty());
    // Where the account is not defined, it may say otherwise.
    let text = text.replace(&account("ci/admin"), "");
    let ways = from(CI, &(text + &tool));
    assert!(ways[0].starts_with("cluster-admin (likely): "), "{ways:?}");
}

#[test]
fn role_bindings_give_nothing_over_what_lies_in_no_namespace() {
    let admin = account("ci/admin") + &bind("cluster-admin", "*", "ci/admin");
    let tool = workload(("Deployment", "ci/tool"), "admin", "", "");
    for rule in [
        "get :nodes/proxy",
        "impersonate :users",
        "create admissionregistration.k8s.io:mutatingwebhookconfigurations",
    ] {
        let text = admin.clone() + &tool + &grant("ci/ci", "ci", &[rule]);
        assert!(from(CI, &text).is_empty(), "{rule}");
    }
}

#[test]
fn rules_are_never_added_up() {
    let admin = account("ci/admin") + &bind("cluster-admin", "*", "ci/admin");
    let rules = ["create :configmaps", "get :pods"];
    assert!(from(CI, &(admin.clone() + &grant("ci/ci", "ci", &rules))).is_empty());
    let aggregated =
        role("part", &["create :pods"]).replace("name: part", "name: part, labels: {of: all}");
    let whole = role("whole", &["get :pods"]).replace(
        "rules:",
        "aggregationRule: {clusterRoleSelectors: [{matchLabels: {of: all}}]}\nrules:",
    );
    let text = admin + &aggregated + &whole + &bind("whole", "ci", "ci/ci");
    assert_eq!(from(CI, &text).len(), 1);
}

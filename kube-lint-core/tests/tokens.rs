//! Accounts and tokens of Pods, held to Kubernetes' own admission.
//!
//! `fixtures/oracles/podadmit.jsonl` is what `plugin/pkg/admission/serviceaccount` of Kubernetes 1.36.3
//! did with a Pod for each combination of fields; all rows agree, none is excepted.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails the test")]

use std::{fmt::Write, fs, path::Path};

use kube_lint_core::{
    Config, Linter, Scope, Source, Workspace,
    analysis::tokens::{Automount, TokenSource, Tokens, mount_at_token_path},
    inventory::Inventory,
};
use serde_json::Value;

fn ask<R>(config: &str, text: &str, question: impl FnOnce(&Inventory<'_>) -> R) -> R {
    let settings = Config::from_yaml(".kube-lint.yaml", config)
        .unwrap()
        .settings;
    let mut workspace = Workspace::new(settings);
    workspace.set(Source::new("it.yaml", text));
    question(&workspace.inventory())
}

/// The Pod and account of a row.
fn manifests(row: &Value) -> String {
    let word = |key: &str| row[key].as_str().unwrap_or_default();
    let automount = |value: &str| match value {
        "true" | "false" => format!("automountServiceAccountToken: {value}\n"),
        _ => String::new(),
    };
    let mut pod =
        String::from("apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n  namespace: ns\n");
    if word("variant") == "static-mirror" {
        pod.push_str("  annotations: {kubernetes.io/config.mirror: x}\n");
    }
    pod.push_str("spec:\n");
    if !automount(word("pod")).is_empty() {
        write!(pod, "  {}", automount(word("pod"))).unwrap();
    }
    pod.push_str(match word("nameField") {
        "none" => "",
        "serviceAccountName" => "  serviceAccountName: acct\n",
        "serviceAccount" => "  serviceAccount: acct\n",
        "both-differ" => "  serviceAccountName: acct\n  serviceAccount: other\n",
        other => panic!("{other}"),
    });
    let (volume, mount) = match word("variant") {
        "own-mount-at-token-path" => (
            "{name: own, emptyDir: {}}",
            "{name: own, mountPath: /var/run/secrets/kubernetes.io/serviceaccount}",
        ),
        "own-projected-token" => (
            "{name: own, projected: {sources: [{serviceAccountToken: {path: t}}]}}",
            "{name: own, mountPath: /tok}",
        ),
        _ => ("", ""),
    };
    write!(
        pod,
        "  volumes: [{volume}]\n  initContainers: [{{name: init}}]\n  containers: [{{name: main, volumeMounts: [{mount}]}}]\n"
    )
    .unwrap();
    if word("serviceAccount") == "absent" {
        return pod;
    }
    let name = if word("nameField") == "none" {
        "default"
    } else {
        "acct"
    };
    let pull = if word("variant") == "sa-pull-secrets" {
        "imagePullSecrets: [{name: reg}]\n"
    } else {
        ""
    };
    format!(
        "{pod}---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {{name: {name}, namespace: ns}}\n{}{pull}",
        automount(word("serviceAccount"))
    )
}

/// What the row says, and what kube-lint says of its manifests: account, containers with a mount at the
/// path of the token, and whether there is a token at all.
fn compare(row: &Value) -> (String, String) {
    let mounted = row["tokenMountedIn"].as_array();
    let mounted = mounted.into_iter().flatten().filter_map(Value::as_str);
    let expected = format!(
        "{} {:?} {}",
        row["account"].as_str().unwrap_or("-"),
        mounted.collect::<Vec<_>>(),
        row["tokenVolume"]
    );
    let found = ask("world: closed", &manifests(row), |inventory| {
        let pod = inventory.pod_specs()[0];
        let tokens = Tokens::of(&pod, inventory);
        let account = tokens.account().filter(|it| !it.is_missing);
        let is_refused = account.is_none();
        let mounts = tokens.mounts();
        let mut mounted = Vec::new();
        for container in pod.containers().iter().filter(|_| !is_refused) {
            let name = container.name().unwrap().value;
            if let Some(own) = mount_at_token_path(container) {
                mounted.push(format!(
                    "{name}:{}",
                    own.get("name").unwrap().str().unwrap()
                ));
            }
            let is_automounted = mounts.iter().any(|it| {
                it.container.node() == container.node()
                    && matches!(it.source, TokenSource::Automount)
            });
            if is_automounted {
                mounted.push(format!("{name}:kube"));
            }
        }
        let has_token = !is_refused && !mounts.is_empty();
        format!(
            "{} {mounted:?} {has_token}",
            account.map_or("-", |it| it.name)
        )
    });
    (expected, found)
}

#[test]
fn admission_agrees_on_every_row() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/oracles/podadmit.jsonl");
    let text = fs::read_to_string(path).unwrap();
    let rows: Vec<Value> = text
        .lines()
        .map(|it| serde_json::from_str(it).unwrap())
        .collect();
    assert_eq!(rows.len(), 129);
    for row in rows {
        let (expected, found) = compare(&row);
        assert_eq!(found, expected, "{row}");
    }
}

/// `automount` of the first PodSpec of an open world, and the number of token mounts.
fn automount(text: &str) -> (String, usize) {
    ask("", text, |inventory| {
        let tokens = Tokens::of(&inventory.pod_specs()[0], inventory);
        let word = match tokens.automount() {
            Automount::Yes(_) => "yes",
            Automount::No(_) => "no",
            Automount::Assumed => "assumed",
        };
        (word.to_owned(), tokens.mounts().len())
    })
}

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: ns}\n";

#[test]
fn a_token_is_assumed_where_the_account_is_not_in_the_input() {
    let pod = |spec: &str| {
        automount(&format!(
            "{POD}spec: {{{spec} containers: [{{name: a}}, {{name: b}}]}}"
        ))
    };
    assert_eq!(pod(""), ("assumed".to_owned(), 2));
    assert_eq!(pod("serviceAccountName: acct,"), ("assumed".to_owned(), 2));
    assert_eq!(
        pod("serviceAccountName: '{{ .name }}',"),
        ("assumed".to_owned(), 2)
    );
    assert_eq!(
        pod("automountServiceAccountToken: false,"),
        ("no".to_owned(), 0)
    );
    assert_eq!(
        pod("automountServiceAccountToken: null,"),
        ("assumed".to_owned(), 2)
    );
    assert_eq!(
        pod("automountServiceAccountToken: '{{ .mount }}',"),
        ("assumed".to_owned(), 2)
    );
    assert_eq!(
        pod("automountServiceAccountToken: off,"),
        ("no".to_owned(), 0)
    );
}

#[test]
fn custom_resources_may_have_defaults_of_their_own() {
    let account =
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: acct, namespace: ns}\n---\n";
    let prometheus = "apiVersion: monitoring.coreos.com/v1\nkind: Prometheus\nmetadata: {name: p, namespace: ns}\n\
        spec: {serviceAccountName: acct}\n";
    assert_eq!(automount(&format!("{account}{prometheus}")).0, "assumed");
    assert_eq!(
        automount(&format!(
            "{account}{POD}spec: {{serviceAccountName: acct}}\n"
        ))
        .0,
        "yes"
    );
}

#[test]
fn only_tokens_that_the_api_server_takes_count() {
    let volume = |source: &str| {
        let spec = format!(
            "{{automountServiceAccountToken: false, volumes: [{{name: t, projected: {{sources: [{source}]}}}}], \
            containers: [{{name: a, volumeMounts: [{{name: t, mountPath: /t}}]}}, {{name: b}}]}}"
        );
        automount(&format!("{POD}spec: {spec}\n")).1
    };
    assert_eq!(volume("{serviceAccountToken: {path: t}}"), 1);
    assert_eq!(
        volume("{serviceAccountToken: {path: t, audience: vault}}"),
        0
    );
    let own = "{serviceAccountToken: {path: t, audience: 'https://kubernetes.default.svc'}}";
    assert_eq!(volume(own), 1);
    assert_eq!(volume("{configMap: {name: c}}"), 0);
}

#[test]
fn secrets_with_tokens_count_where_they_are_mounted() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: ns}\n\
        spec: {automountServiceAccountToken: false, \
        volumes: [{name: t, secret: {secretName: token}}, {name: u, projected: {sources: [{secret: {name: token}}]}}], \
        containers: [{name: a, volumeMounts: [{name: t, mountPath: /t}, {name: u, mountPath: /u}]}]}\n---\n";
    let secret = |kind: &str| {
        format!(
            "apiVersion: v1\nkind: Secret\nmetadata: {{name: token, namespace: ns}}\ntype: {kind}\n"
        )
    };
    let mounts = |kind| automount(&format!("{pod}{}", secret(kind))).1;
    assert_eq!(mounts("kubernetes.io/service-account-token"), 2);
    assert_eq!(mounts("Opaque"), 0);
}

#[test]
fn of_a_secret_with_a_token_only_the_token_counts() {
    let reading = |spec: &str| {
        let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: token, namespace: ns}\n\
            type: kubernetes.io/service-account-token\n";
        automount(&format!(
            "{POD}spec: {{automountServiceAccountToken: false, {spec}}}\n---\n{secret}"
        ))
        .1
    };
    let variable = |key: &str| {
        reading(&format!(
            "containers: [{{name: a, env: [{{name: T, valueFrom: {{secretKeyRef: {{name: token, key: {key}}}}}}}]}}]"
        ))
    };
    assert_eq!(variable("token"), 1);
    assert_eq!(variable("ca.crt"), 0);
    let all = "containers: [{name: a, envFrom: [{secretRef: {name: token}}]}]";
    assert_eq!(reading(all), 1);
    let file = |key: &str| {
        reading(&format!(
            "volumes: [{{name: t, secret: {{secretName: token, items: [{{key: {key}, path: f}}]}}}}], \
            containers: [{{name: a, volumeMounts: [{{name: t, mountPath: /t}}]}}]"
        ))
    };
    assert_eq!(file("token"), 1);
    assert_eq!(file("ca.crt"), 0);
}

/// The rules of the family that speak of the Pod's token.
fn rules_of_token(pod: &str) -> Vec<&'static str> {
    let mut settings = Config::from_yaml(".kube-lint.yaml", "world: closed")
        .unwrap()
        .settings;
    settings
        .levels
        .select(&["service-accounts".parse().unwrap()]);
    let source = Source::new("it.yaml", format!("{POD}{pod}"));
    let report = Linter::new(settings).check(vec![source], &Scope::Everything);
    report.findings.iter().map(|it| it.rule).collect()
}

#[test]
fn one_rule_speaks_of_a_token_and_the_closest_does() {
    let account =
        "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: acct, namespace: ns}\n";
    let containers = "containers: [{name: a, image: registry.example.com/a}]";
    let unneeded = rules_of_token(&format!(
        "spec: {{serviceAccountName: acct, {containers}}}\n{account}"
    ));
    assert_eq!(unneeded, ["service-accounts/token-automounted-unneeded"]);
    for spec in ["", "serviceAccountName: default, "] {
        let default = rules_of_token(&format!("spec: {{{spec}{containers}}}\n"));
        assert_eq!(default, ["service-accounts/default-used"]);
    }
}

#[test]
fn a_patched_field_decides_nothing() {
    let mut workspace = Workspace::new(kube_lint_core::Settings::default());
    let account = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: acct}\n";
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {serviceAccountName: acct, containers: [{name: a}]}\n";
    let patch = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: acct}\nautomountServiceAccountToken: false\n";
    workspace.set(Source::new("account.yaml", account));
    workspace.set(Source::new("pod.yaml", pod));
    workspace.set(Source::new("patch.yaml", patch));
    let kustomization = "resources: [account.yaml, pod.yaml]\npatches: [{path: patch.yaml}]\n";
    workspace.set(Source::new("kustomization.yaml", kustomization));
    let inventory = workspace.inventory();
    let tokens = Tokens::of(&inventory.pod_specs()[0], &inventory);
    assert_eq!(tokens.automount(), Automount::Assumed);
}

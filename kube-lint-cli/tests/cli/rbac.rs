//! `kube-lint rbac` answers who may do what in one cluster.

use serde_json::{Value, json};
use snapbox::str;
use tempfile::TempDir;

use crate::{folder, kube_lint, write};

const ROLES: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules:
- {apiGroups: [''], resources: [secrets], verbs: [get, list]}
- {apiGroups: [''], resources: [nodes, namespaces], verbs: [get]}
- {nonResourceURLs: [/shop], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: one, namespace: shop}
rules:
- {apiGroups: [''], resources: [secrets], resourceNames: [one], verbs: [get]}
";

const BINDINGS: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects:
- {kind: ServiceAccount, name: web}
- {kind: User, name: 'system:serviceaccount:shop:api'}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: one, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: one}
subjects:
- {kind: User, name: jane}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: homeless}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects:
- {kind: Group, name: team}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: everywhere}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects:
- {kind: Group, name: auditors}
";

fn cluster() -> TempDir {
    folder(&[("roles.yaml", ROLES), ("bindings.yaml", BINDINGS)])
}

/// Standard output and error of `kube-lint rbac` with `args`.
fn ask(folder: &TempDir, args: &[&str]) -> (String, String) {
    let command = kube_lint().current_dir(folder.path()).arg("rbac");
    let output = command.args(args).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let text = |it| String::from_utf8(it).unwrap();
    (text(output.stdout), text(output.stderr))
}

/// The rows of a table that are not of what every cluster has.
fn defined(table: &str) -> Vec<Vec<&str>> {
    let rows = table.lines().filter(|it| !it.contains("(built in)"));
    rows.map(|it| {
        it.split("  ")
            .map(str::trim)
            .filter(|it| !it.is_empty())
            .collect()
    })
    .collect()
}

/// What `kube-lint rbac` with `args` says where it cannot answer.
fn fails(folder: &TempDir, args: &[&str], stderr: impl snapbox::IntoData) {
    let command = kube_lint().current_dir(folder.path()).arg("rbac");
    let command = command.args(args).assert().code(2);
    command.stdout_eq("").stderr_eq(stderr.into_data());
}

#[test]
fn who_can_shows_the_way_from_the_subject_to_the_rule() {
    let folder = cluster();
    let (table, notes) = ask(&folder, &["who-can", "get", "secrets", "-n", "shop"]);
    let reader = ["ClusterRole/reader", "roles.yaml:5"];
    let readers = "RoleBinding/readers";
    assert_eq!(
        defined(&table),
        [
            vec!["SUBJECT", "SCOPE", "BINDING", "NAMED AT", "ROLE", "RULE AT"],
            [
                &[
                    "Group/auditors",
                    "cluster",
                    "ClusterRoleBinding/everywhere",
                    "bindings.yaml:28"
                ],
                &reader[..]
            ]
            .concat(),
            [
                &[
                    "ServiceAccount/shop/web",
                    "shop",
                    readers,
                    "bindings.yaml:6"
                ],
                &reader[..]
            ]
            .concat(),
            [
                &[
                    "ServiceAccount/shop/api",
                    "shop",
                    readers,
                    "bindings.yaml:7"
                ],
                &reader[..]
            ]
            .concat(),
        ]
    );
    assert!(table.contains("\nGroup/system:masters "), "{table}");
    assert_eq!(
        notes,
        "note: 1 subject more may do so to objects of certain names: ask with a name\n\
         note: 1 role binding of no known namespace left out: `--namespace` says which is theirs\n"
    );
}

/// Who of the input may do what `args` ask.
fn subjects(folder: &TempDir, args: &[&str]) -> Vec<String> {
    let args = [&["who-can"], args].concat();
    let (table, _) = ask(folder, &args);
    let rows = defined(&table)
        .into_iter()
        .filter(|it| it.len() > 1)
        .skip(1);
    rows.map(|row| format!("{} {}", row[0], row[1])).collect()
}

#[test]
fn a_question_is_about_a_place() {
    let folder = cluster();
    let auditors = "Group/auditors cluster";
    let (web, api) = (
        "ServiceAccount/shop/web shop",
        "ServiceAccount/shop/api shop",
    );
    let everybody = [auditors, web, api, "Group/team (unset)"];
    assert_eq!(subjects(&folder, &["list", "secrets"]), everybody);
    assert_eq!(subjects(&folder, &["list", "secrets", "-A"]), [auditors]);
    assert_eq!(
        subjects(&folder, &["list", "secrets", "-n", "other"]),
        [auditors]
    );
    assert_eq!(
        subjects(
            &folder,
            &["list", "secrets", "-n", "default", "--namespace", "default"]
        ),
        [auditors, "Group/team default"]
    );
    let named = subjects(&folder, &["get", "secrets", "one", "-n", "shop"]);
    assert_eq!(named, [auditors, web, api, "User/jane shop"]);
    assert_eq!(subjects(&folder, &["get", "nodes"]), [auditors]);
    assert_eq!(subjects(&folder, &["get", "/shop"]), [auditors]);
    assert_eq!(subjects(&folder, &["get", "namespaces", "shop"]), everybody);
    assert_eq!(subjects(&folder, &["delete", "secrets"]), [""; 0]);
    assert_eq!(subjects(&folder, &["get", "secrets.apps"]), [""; 0]);
}

#[test]
fn json_names_subject_scope_and_places() {
    let folder = cluster();
    let args = ["who-can", "get", "secrets", "--format", "json"];
    let (text, _) = ask(&folder, &args);
    let answer: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(answer["version"], 1);
    let subjects = answer["subjects"].as_array().unwrap();
    assert_eq!(
        subjects[1],
        json!({
            "kind": "ServiceAccount",
            "namespace": "shop",
            "name": "web",
            "scope": "shop",
            "via": [{
                "binding": "RoleBinding/readers",
                "role": "ClusterRole/reader",
                "file": "bindings.yaml",
                "line": 6,
                "rule": {"file": "roles.yaml", "line": 5},
            }],
        })
    );
    assert_eq!(subjects[0]["scope"], "cluster");
    assert_eq!(subjects[3]["scope"], Value::Null);
    let masters = subjects.iter().find(|it| it["name"] == "system:masters");
    assert_eq!(masters.unwrap()["via"][0]["file"], Value::Null);
}

#[test]
fn can_lists_what_a_subject_holds_the_dangerous_first() {
    let folder = cluster();
    let expected = [
        vec![
            "DANGER", "SCOPE", "VERBS", "ON", "BINDING", "NAMED AT", "ROLE", "RULE AT",
        ],
        vec![
            "read Secrets",
            "shop",
            "get,list",
            "secrets",
            "RoleBinding/readers",
            "bindings.yaml:7",
            "ClusterRole/reader",
            "roles.yaml:5",
        ],
        vec![
            "shop",
            "get",
            "namespaces",
            "RoleBinding/readers",
            "bindings.yaml:7",
            "ClusterRole/reader",
            "roles.yaml:6",
        ],
    ];
    for subject in ["ServiceAccount/shop/api", "system:serviceaccount:shop:api"] {
        let (table, notes) = ask(&folder, &["can", subject]);
        assert_eq!(defined(&table), expected);
        assert!(table.contains("ClusterRole/system:basic-user"), "{table}");
        assert_eq!(notes, "");
    }
    let (table, _) = ask(&folder, &["can", "User/jane"]);
    let jane = &defined(&table)[1];
    assert_eq!(
        jane[..4],
        ["read Secrets (by name)", "shop", "get", "secrets [one]"]
    );
    let (masters, _) = ask(&folder, &["can", "Group/system:masters"]);
    let rows: Vec<_> = masters.lines().skip(1).take(2).collect();
    assert!(
        rows[0].starts_with("do everything  cluster  *  "),
        "{masters}"
    );
    assert!(
        rows[0].contains(" *.*  ") && rows[1].contains(" * (URL)  "),
        "{masters}"
    );
    let (_, notes) = ask(&folder, &["can", "User/nobody"]);
    assert_eq!(
        notes,
        "note: no binding names `User/nobody`: all this comes through groups\n"
    );
}

#[test]
fn what_contradicts_itself_is_no_cluster() {
    let folder = folder(&[
        ("one/roles.yaml", ROLES),
        ("one/bindings.yaml", BINDINGS),
        ("two/roles.yaml", ROLES),
    ]);
    // Copies are no contradiction.
    assert_eq!(
        subjects(&folder, &["get", "secrets", "-A"]),
        ["Group/auditors cluster"]
    );
    let copies = ["who-can", "get", "secrets", "-A"];
    let (table, notes) = ask(&folder, &copies);
    assert_eq!(table.matches("Group/auditors").count(), 1);
    assert_eq!(notes, "");
    write(folder.path(), "two/bindings.yaml", BINDINGS);
    for args in [&copies[..], &["can", "Group/auditors"]] {
        let (table, notes) = ask(&folder, args);
        assert_eq!(
            table.matches("one/bindings.yaml:28").count(),
            table.matches("ClusterRole/reader").count()
        );
        assert!(
            notes.ends_with(" more through copies of these roles and bindings\n"),
            "{notes}"
        );
    }
    let other = ROLES.replace("[get, list]", "[get]");
    write(folder.path(), "two/roles.yaml", &other);
    fails(
        &folder,
        &["who-can", "get", "secrets"],
        str![[r#"
error: what is below the path is no single cluster, objects are defined there twice and differently: choose with `--in`
  ClusterRole `reader`
    one/roles.yaml:3
    two/roles.yaml:3

"#]],
    );
    let one = ["get", "secrets", "-A", "--in", "one"];
    assert_eq!(subjects(&folder, &one), ["Group/auditors cluster"]);
    let two = ["get", "secrets", "-A", "--in", "two/roles.yaml"];
    assert_eq!(subjects(&folder, &two), [""; 0]);
}

#[test]
fn a_cluster_holds_what_its_kustomizations_include() {
    let overlay = "namespace: prod\nresources: [../base]\n";
    let folder = folder(&[
        ("base/kustomization.yaml", "resources: [all.yaml]\n"),
        ("base/all.yaml", &[ROLES, "---\n", BINDINGS].concat()),
        ("prod/kustomization.yaml", overlay),
        ("test/kustomization.yaml", &overlay.replace("prod", "test")),
    ]);
    let prod = ["list", "secrets", "--in", "prod"];
    assert_eq!(
        subjects(&folder, &prod),
        [
            "Group/auditors cluster",
            "ServiceAccount/prod/web prod",
            "ServiceAccount/shop/api prod",
            "Group/team prod"
        ]
    );
    // Both overlays include the binding, which is one all the same.
    assert_eq!(
        subjects(&folder, &["get", "nodes"]),
        ["Group/auditors cluster"]
    );
    let (table, _) = ask(&folder, &["can", "Group/auditors"]);
    assert_eq!(table.matches("read Secrets").count(), 1);
    let base = ["list", "secrets", "-n", "shop", "--in", "base"];
    assert_eq!(subjects(&folder, &base).len(), 3);
}

#[test]
fn a_file_that_is_named_counts_even_if_git_ignores_it() {
    let rendered = [ROLES, "---\n", BINDINGS].concat();
    let folder = folder(&[
        (".gitignore", "rendered.yaml\n"),
        (".kube-lint.yaml", "namespace: shop\n"),
        ("rendered.yaml", &rendered),
    ]);
    assert_eq!(subjects(&folder, &["get", "nodes"]), [""; 0]);
    let named = ["get", "nodes", "--in", "rendered.yaml"];
    assert_eq!(subjects(&folder, &named), ["Group/auditors cluster"]);
    let team = ["list", "secrets", "-n", "shop", "--in", "rendered.yaml"];
    assert_eq!(subjects(&folder, &team).last().unwrap(), "Group/team shop");
}

#[test]
fn what_is_not_known_is_said() {
    let folder = cluster();
    let missing = BINDINGS.replace("name: reader}", "name: missing}");
    write(folder.path(), "bindings.yaml", &missing);
    let remote = "resources: [roles.yaml, 'https://example.com/roles']\n";
    write(folder.path(), "kustomization.yaml", remote);
    write(
        folder.path(),
        "chart/role.yaml",
        "kind: {{ .Values.kind }}\napiVersion: v1\n",
    );
    let (_, notes) = ask(&folder, &["who-can", "get", "pods"]);
    assert_eq!(
        notes,
        "note: not considered: 3 bindings of a role that is neither defined here nor built in, bindings.yaml:25 say\n\
         note: not considered: what could not be read of 1 file, chart/role.yaml say\n\
         note: not considered: what a kustomization applies more than is here, `.` say: it includes remote resources\n"
    );
}

#[test]
fn a_question_that_means_nothing_is_refused() {
    let folder = cluster();
    fails(
        &folder,
        &["who-can", "get", "secret"],
        "error: `secret` is neither a resource of Kubernetes nor one that a CustomResourceDefinition here \
         defines, did you mean `secrets`? (with its API group, `secret.example.com` say, any will do)\n",
    );
    fails(
        &folder,
        &["who-can", "get", "/metrics", "name"],
        "error: a URL has neither a name nor a namespace\n",
    );
    fails(
        &folder,
        &["who-can", "get", "pods", "--in", "nowhere"],
        "error: no such file or folder: `nowhere`\n",
    );
    let command = kube_lint().current_dir(folder.path());
    command.args(["rbac", "can", "jane"]).assert().code(2);
    let (_, notes) = ask(&folder, &["who-can", "create", "pods", "web", "-A"]);
    assert_eq!(
        notes,
        "note: a request to create has no name: `web` is left aside\n"
    );
}

const ESCALATION: &str = "\
apiVersion: v1
kind: ServiceAccount
metadata: {name: installer, namespace: ci}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: installer}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects:
- {kind: ServiceAccount, name: installer, namespace: ci}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: deployer, namespace: ci}
rules:
- {apiGroups: [apps], resources: [deployments], verbs: [create]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: deployer, namespace: ci}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: deployer}
subjects:
- {kind: ServiceAccount, name: deployer}
- {kind: User, name: 'ja\"ne #1'}
---
apiVersion: v1
kind: Namespace
metadata: {name: ci}
";

#[test]
fn escalations_shows_each_way_step_by_step() {
    let folder = folder(&[("ci.yaml", ESCALATION)]);
    let deployer = ["escalations", "--from", "ServiceAccount/ci/deployer"];
    let (text, notes) = ask(&folder, &deployer);
    assert_eq!(
        text,
        "\
ServiceAccount ci/deployer can become cluster-admin in 2 steps
  1. runs a Pod as ServiceAccount ci/installer (ci.yaml:23, ci.yaml:16, ci.yaml:3)
  2. may do everything (ci.yaml:10)
  cut: the rule of deployer at ci.yaml:16

ServiceAccount ci/deployer can become root of a node in 1 step
  1. runs a Pod that is root of its node (ci.yaml:23, ci.yaml:16, ci.yaml:28, likely)
  cut: the rule of deployer at ci.yaml:16
"
    );
    assert_eq!(notes, "");
    let (all, _) = ask(&folder, &["escalations"]);
    assert!(
        all.contains("\n\nuser ja\"ne #1 can become cluster-admin in 2 steps\n"),
        "{all}"
    );
    let (text, notes) = ask(
        &folder,
        &["escalations", "--from", "ServiceAccount/ci/installer"],
    );
    assert_eq!(text, "nothing\n");
    assert_eq!(
        notes,
        "note: `ServiceAccount/ci/installer` may do everything by a binding\n"
    );
    let (text, notes) = ask(&folder, &["escalations", "--from", "User/nobody"]);
    assert_eq!(text, "nothing\n");
    assert_eq!(notes, "note: no binding names `User/nobody`\n");
}

#[test]
fn escalations_are_there_for_programs() {
    let folder = folder(&[("ci.yaml", ESCALATION)]);
    let from = "system:serviceaccount:ci:deployer";
    let args = ["escalations", "--from", from, "--format", "json"];
    let (text, _) = ask(&folder, &args);
    let answer: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(answer["version"], 1);
    let place = |what: &str, line: u32| json!({"what": what, "file": "ci.yaml", "line": line});
    assert_eq!(
        answer["escalations"][0],
        json!({
            "from": {"kind": "ServiceAccount", "namespace": "ci", "name": "deployer"},
            "to": {"kind": "ClusterAdmin", "namespace": null, "name": null},
            "certain": true,
            "steps": [
                {
                    "does": "runs a Pod as ServiceAccount ci/installer",
                    "to": {"kind": "ServiceAccount", "namespace": "ci", "name": "installer"},
                    "certain": true,
                    "evidence": [
                        place("bound here", 23),
                        place("allowed here", 16),
                        place("the account", 3),
                    ],
                },
                {
                    "does": "may do everything",
                    "to": {"kind": "ClusterAdmin", "namespace": null, "name": null},
                    "certain": true,
                    "evidence": [
                        place("bound here", 10),
                        {"what": "allowed here", "file": null, "line": null},
                    ],
                },
            ],
            "cut": {"kind": "rule", "name": "deployer", "file": "ci.yaml", "line": 16},
        })
    );
    assert_eq!(answer["escalations"].as_array().unwrap().len(), 2);
}

#[test]
fn escalations_are_drawn() {
    let folder = folder(&[("ci.yaml", ESCALATION)]);
    let (dot, _) = ask(&folder, &["escalations", "--format", "dot"]);
    assert_eq!(
        dot,
        r#"digraph escalations {
  rankdir=LR;
  node [shape=box];
  n0 [label="ServiceAccount ci/deployer"];
  n1 [label="ServiceAccount ci/installer"];
  n2 [label="cluster-admin"];
  n3 [label="root of a node"];
  n4 [label="user ja\"ne #1"];
  n0 -> n1 [label="runs a Pod as ServiceAccount ci/installer"];
  n1 -> n2 [label="may do everything"];
  n0 -> n3 [label="runs a Pod that is root of its node", style=dashed];
  n4 -> n1 [label="runs a Pod as ServiceAccount ci/installer"];
  n4 -> n3 [label="runs a Pod that is root of its node", style=dashed];
}
"#
    );
    let (mermaid, _) = ask(&folder, &["escalations", "--format", "mermaid"]);
    assert_eq!(
        mermaid,
        r##"flowchart LR
  n0["ServiceAccount ci/deployer"]
  n1["ServiceAccount ci/installer"]
  n2["cluster-admin"]
  n3["root of a node"]
  n4["user ja#quot;ne #35;1"]
  n0 -->|"runs a Pod as ServiceAccount ci/installer"| n1
  n1 -->|"may do everything"| n2
  n0 -.->|"runs a Pod that is root of its node"| n3
  n4 -->|"runs a Pod as ServiceAccount ci/installer"| n1
  n4 -.->|"runs a Pod that is root of its node"| n3
"##
    );
}

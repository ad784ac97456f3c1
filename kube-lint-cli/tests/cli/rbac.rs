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
    let base = ["list", "secrets", "-n", "shop", "--in", "base"];
    assert_eq!(subjects(&folder, &base).len(), 3);
}

#[test]
fn what_is_not_known_is_said() {
    let folder = cluster();
    let missing = BINDINGS.replace("name: reader}", "name: missing}");
    write(folder.path(), "bindings.yaml", &missing);
    write(
        folder.path(),
        "chart/role.yaml",
        "kind: {{ .Values.kind }}\napiVersion: v1\n",
    );
    let (_, notes) = ask(&folder, &["who-can", "get", "pods"]);
    assert_eq!(
        notes,
        "note: not considered: 3 bindings of a role that is neither defined here nor built in, bindings.yaml:25 say\n\
         note: not considered: what could not be read of 1 file, chart/role.yaml say\n"
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

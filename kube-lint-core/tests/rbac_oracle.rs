//! Held to the answers of Kubernetes' own authorizer in `fixtures/oracles/rbac`.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails the test")]

use std::{collections::BTreeSet, fs, path::Path};

use kube_lint_core::{
    Settings, Source, Workspace,
    analysis::rbac::{
        Allowance, Holding, HoldingBinding, Holdings, Place, Power, Principal, Request, UrlRequest,
        covers,
    },
    model::{PolicyRule, Role},
    object::{Kind, Namespace},
};
use serde_json::Value;

fn read(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/oracles/rbac");
    fs::read_to_string(folder.join(name)).unwrap()
}

fn word<'v>(question: &'v Value, key: &str) -> &'v str {
    question[key].as_str().unwrap_or_default()
}

fn power(question: &Value) -> Power<'_> {
    let verb = word(question, "verb");
    match word(question, "nonResourceURL") {
        "" => Power::Resource(Request {
            verb,
            group: word(question, "apiGroup"),
            resource: word(question, "resource"),
            subresource: word(question, "subresource"),
            name: word(question, "resourceName"),
        }),
        path => Power::Url(UrlRequest { verb, path }),
    }
}

fn place(question: &Value) -> Place<'_> {
    match word(question, "namespace") {
        "" => Place::Cluster,
        namespace => Place::Namespace(namespace),
    }
}

fn principal(subject: &Value) -> Principal<'_> {
    let name = word(subject, "name");
    match word(subject, "kind") {
        "ServiceAccount" => Principal::account(word(subject, "namespace"), name),
        "Group" => Principal::Group(name.into()),
        _ => Principal::user(name),
    }
}

fn shown(principal: &Principal<'_>) -> String {
    match principal {
        Principal::ServiceAccount { namespace, name } => {
            format!("ServiceAccount/{}/{name}", namespace.name().unwrap())
        }
        Principal::User(name) => format!("User/{name}"),
        Principal::Group(name) => format!("Group/{name}"),
    }
}

/// Who may do it, as the oracle writes them.
fn who(holdings: &Holdings<'_>, question: &Value, with_built_in: bool) -> BTreeSet<String> {
    let held = holdings.who(&power(question), place(question));
    held.iter()
        .filter(|it| it.allowance == Allowance::Whole)
        .filter(|it| {
            // Of these the oracle knows without being told.
            let is_master = it.holding.principal == Principal::Group("system:masters".into());
            let is_defined = matches!(it.holding.binding, HoldingBinding::Defined { .. });
            with_built_in || is_master || is_defined
        })
        .map(|it| shown(&it.holding.principal))
        .collect()
}

/// The subjects that the oracle lists, a ServiceAccount that is named as a user by its own name.
fn expected(answer: &Value) -> BTreeSet<String> {
    let subjects = answer["subjects"].as_array().unwrap().iter();
    let subjects = subjects.map(|it| match it.as_str().unwrap().strip_prefix("User/") {
        Some(user) => shown(&Principal::user(user)),
        None => it.as_str().unwrap().to_owned(),
    });
    subjects.collect()
}

/// The rules of `list`, as the role of a manifest.
fn with_rules<T>(list: &Value, ask: impl FnOnce(Vec<PolicyRule<'_>>) -> T) -> T {
    let role = serde_json::json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": "asked"},
        "rules": list,
    });
    let mut workspace = Workspace::new(Settings::default());
    workspace.set(Source::new("role.json", role.to_string()));
    let inventory = workspace.cluster("");
    let role = inventory.of_kind(Kind::ClusterRole).next().unwrap();
    ask(Role::new(role).rules().collect())
}

fn is_covered(question: &Value) -> bool {
    with_rules(&question["owner"], |owner| {
        with_rules(&question["servant"], |servant| {
            servant.iter().all(|it| covers(&owner, it))
        })
    })
}

fn assert_answers(name: &str, with_built_in: bool, questions: usize) {
    let mut workspace = Workspace::new(Settings::default());
    workspace.set(Source::new("a.yaml", read(&format!("{name}.yaml"))));
    let answers = read(&format!("{name}.jsonl"));
    let answers: Vec<Value> = answers
        .lines()
        .map(|it| serde_json::from_str(it).unwrap())
        .collect();
    let inventory = workspace.cluster("");
    let holdings = Holdings::new(&inventory);
    let mut asked = 0;
    for answer in &answers {
        match word(answer, "op") {
            "" => {
                let held = holdings.can(
                    &principal(&answer["subject"]),
                    &power(answer),
                    place(answer),
                );
                let is_allowed = held.iter().any(|it| it.allowance == Allowance::Whole);
                assert_eq!(is_allowed, answer["allowed"].as_bool().unwrap(), "{answer}");
            }
            "who" => assert_eq!(
                who(&holdings, answer, with_built_in),
                expected(answer),
                "{answer}"
            ),
            "covers" => {
                let is_covered = is_covered(answer);
                assert_eq!(is_covered, answer["allowed"].as_bool().unwrap(), "{answer}");
            }
            op => panic!("{op}"),
        }
        asked += 1;
    }
    assert_eq!(asked, questions);
}

#[test]
fn rules_match_as_the_authorizer_says() {
    assert_answers("matching", false, 27);
}

#[test]
fn rules_cover_each_other_as_the_api_server_says() {
    let questions = read("covers.jsonl");
    let questions: Vec<Value> = questions
        .lines()
        .map(|it| serde_json::from_str(it).unwrap())
        .collect();
    assert_eq!(questions.len(), 300);
    for question in questions {
        let is_covered = is_covered(&question);
        assert_eq!(
            is_covered,
            question["allowed"].as_bool().unwrap(),
            "{question}"
        );
    }
}

#[test]
fn built_in_roles_grant_as_the_authorizer_says() {
    assert_answers("bootstrap", true, 10);
}

/// What everybody holds in manifests of one cluster.
fn with_holdings(files: &[(&str, &str)], check: impl FnOnce(&Holdings<'_>)) {
    let mut workspace = Workspace::new(Settings::default());
    for (path, text) in files {
        workspace.set(Source::new(*path, *text));
    }
    check(&Holdings::new(&workspace.cluster("")));
}

fn get<'q>(resource: &'q str, name: &'q str) -> Power<'q> {
    Power::Resource(Request {
        verb: "get",
        group: "",
        resource,
        subresource: "",
        name,
    })
}

const NAMESPACES: &str = r#"
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: wide}
rules:
- {apiGroups: [""], resources: [namespaces, nodes], verbs: [get, list]}
- {apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [bind, get]}
- {apiGroups: [example.com], resources: [regions, shops], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: here, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: wide}
subjects: [{kind: User, name: jane}]
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: regions.example.com}
spec:
  group: example.com
  scope: Cluster
  names: {plural: regions, kind: Region}
  versions: [{name: v1, served: true, storage: true}]
"#;

/// `NewRequestInfo` gives a request for a namespace that namespace, and `BindingAuthorized` asks for
/// `bind` in the namespace of the binding.
#[test]
fn a_role_binding_gives_of_what_lies_in_no_namespace_its_own_and_what_may_be_bound_there() {
    with_holdings(&[("a.yaml", NAMESPACES)], |holdings| {
        let jane = Principal::user("jane");
        let is_allowed = |power: Power<'_>, place| !holdings.can(&jane, &power, place).is_empty();
        let request = |verb, group, resource| {
            Power::Resource(Request {
                verb,
                group,
                resource,
                subresource: "",
                name: "",
            })
        };
        let rbac = "rbac.authorization.k8s.io";
        assert!(is_allowed(get("namespaces", ""), Place::Namespace("shop")));
        assert!(is_allowed(get("namespaces", "shop"), Place::Anywhere));
        assert!(!is_allowed(get("namespaces", "other"), Place::Anywhere));
        assert!(!is_allowed(
            request("list", "", "namespaces"),
            Place::Anywhere
        ));
        assert!(!is_allowed(get("nodes", ""), Place::Anywhere));
        assert!(is_allowed(
            request("bind", rbac, "clusterroles"),
            Place::Namespace("shop")
        ));
        assert!(!is_allowed(
            request("get", rbac, "clusterroles"),
            Place::Anywhere
        ));
        assert!(!is_allowed(
            request("get", "example.com", "regions"),
            Place::Anywhere
        ));
        assert!(is_allowed(
            request("get", "example.com", "shops"),
            Place::Anywhere
        ));
    });
}

#[test]
fn an_account_without_a_known_namespace_is_nobody_else() {
    let text = r#"
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: here}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{kind: ServiceAccount, name: web}, {kind: ServiceAccount, name: "{{ name }}"}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: nowhere}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: missing}
subjects: [{kind: User, name: jane}]
"#;
    with_holdings(&[("a.yaml", text)], |holdings| {
        let pods = get("pods", "");
        let default = Principal::account("default", "web");
        assert!(holdings.can(&default, &pods, Place::Anywhere).is_empty());
        let unset = Principal::ServiceAccount {
            namespace: Namespace::Unset,
            name: "web".into(),
        };
        assert_eq!(holdings.can(&unset, &pods, Place::Anywhere).len(), 1);
        let default = Place::Namespace("default");
        assert!(holdings.can(&unset, &pods, default).is_empty());
        assert_eq!(holdings.gaps().len(), 2);
    });
}

#[test]
fn names_are_those_that_kustomizations_give() {
    let base = r#"
apiVersion: v1
kind: ServiceAccount
metadata: {name: web}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader}
rules: [{apiGroups: [""], resources: [secrets], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reads}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: ServiceAccount, name: web}]
"#;
    let overlay =
        |name: &str| format!("namespace: {name}\nnamePrefix: {name}-\nresources: [../base]\n");
    let (one, two) = (overlay("one"), overlay("two"));
    let files = [
        ("base/all.yaml", base),
        ("base/kustomization.yaml", "resources: [all.yaml]\n"),
        ("one/kustomization.yaml", &*one),
        ("two/kustomization.yaml", &*two),
    ];
    with_holdings(&files, |holdings| {
        let held = holdings.who(&get("secrets", ""), Place::Namespace("two"));
        let defined = held
            .iter()
            .filter(|it| matches!(it.holding.binding, HoldingBinding::Defined { .. }));
        let names: Vec<_> = defined
            .map(|it| {
                let holding = it.holding;
                let who = shown(&holding.principal);
                format!("{who} {} {}", holding.binding_name, holding.role_name)
            })
            .collect();
        assert_eq!(names, ["ServiceAccount/two/two-web two-reads two-reader"]);
    });
}

const COMBINED: &str = r#"
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: secrets}
rules: [{apiGroups: [""], resources: [secrets], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: pods}
rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: secrets, namespace: one}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: secrets}
subjects: [{kind: ServiceAccount, name: web, namespace: one}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: pods, namespace: NAMESPACE}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: pods}
subjects: [SUBJECT]
"#;

/// The bindings by which whoever reads the Secrets of `one` reads Pods there too.
fn combined(files: &[(&str, &str)]) -> Vec<String> {
    let mut workspace = Workspace::new(Settings::default());
    for (path, text) in files {
        workspace.set(Source::new(*path, *text));
    }
    let inventory = workspace.inventory();
    let holdings = Holdings::new(&inventory);
    let held = holdings.who(&get("secrets", ""), Place::Namespace("one"));
    let mut held = held.iter().filter(|it| is_of(it.holding, "secrets"));
    let held = held.next().unwrap();
    let also = holdings.also(&inventory, held, &get("pods", ""));
    let names = also.iter().map(|it| it.holding.binding_name.to_string());
    names.collect()
}

fn is_of(holding: &Holding<'_>, binding: &str) -> bool {
    holding.binding_name == binding
}

#[test]
fn powers_combine_for_one_subject_in_one_place() {
    let account = "{kind: ServiceAccount, name: web, namespace: one}";
    for (namespace, subject, expected) in [
        ("one", account, true),
        (
            "one",
            "{kind: User, name: 'system:serviceaccount:one:web'}",
            true,
        ),
        (
            "one",
            "{kind: Group, name: 'system:serviceaccounts:one'}",
            true,
        ),
        ("two", account, false),
        (
            "one",
            "{kind: ServiceAccount, name: web, namespace: two}",
            false,
        ),
        (
            "one",
            "{kind: Group, name: 'system:serviceaccounts:two'}",
            false,
        ),
    ] {
        let text = COMBINED
            .replace("NAMESPACE", namespace)
            .replace("SUBJECT", subject);
        let expected: &[&str] = if expected { &["pods"] } else { &[] };
        assert_eq!(
            combined(&[("a.yaml", &text)]),
            expected,
            "{namespace} {subject}"
        );
        let (secrets, pods) = text.rsplit_once("---").unwrap();
        let near = [("a/a.yaml", secrets), ("a/b.yaml", pods)];
        assert_eq!(combined(&near), expected, "{namespace} {subject}");
        // Folders that nothing applies together may be two clusters.
        let far = [("a/a.yaml", secrets), ("b/b.yaml", pods)];
        assert_eq!(combined(&far), [""; 0]);
    }
}

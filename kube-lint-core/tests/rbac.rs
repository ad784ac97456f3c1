//! The RBAC engine against answers of Kubernetes' own authorizer.
//!
//! The cases here were taken from such answers; `rbac_oracle.rs` asks the authorizer's own questions.

use kube_lint_core::{
    analysis::rbac::{Rbac, Request, UrlRequest},
    inventory::{Inventory, NamedGrant},
    manifest::{Manifest, ManifestFile},
    model::PolicyRule,
    object::{Content, Kind, Namespace, Relation},
    span::FileId,
    target::Target,
    yaml::{self, Document, Limits, Piece},
};

fn file(number: u32, path: &str, text: &str) -> ManifestFile {
    let mut file = ManifestFile::new(FileId::new(number), path);
    if path.ends_with("kustomization.yaml") {
        file.kustomization = Some(Document::parse_text(text, &Limits::default()));
        return file;
    }
    for piece in yaml::split(text) {
        let Piece::Chunk(chunk) = piece else {
            panic!("{path}: bad separator");
        };
        let document = Document::parse(file.id, chunk, &Limits::default());
        if let Content::Objects(objects) = Content::of(&document) {
            file.manifests.push(Manifest { document, objects });
        }
    }
    file
}

fn files(texts: &[(&str, &str)]) -> Vec<ManifestFile> {
    let mut texts = texts.to_vec();
    texts.sort_unstable();
    (0..)
        .zip(texts)
        .map(|(number, (path, text))| file(number, path, text))
        .collect()
}

/// Whether a rule that holds for one of `grants` in `namespace` passes `test`.
fn any_rule<'a>(
    rbac: Rbac<'_, 'a>,
    grants: &[NamedGrant<'_, 'a>],
    namespace: Option<&str>,
    test: impl Fn(&PolicyRule<'a>) -> bool,
) -> bool {
    let mut held = grants.iter().filter(|it| {
        let is_here = namespace.is_some() && it.grant.namespace.name() == namespace;
        it.relation == Relation::Same && (it.grant.is_cluster_wide() || is_here)
    });
    held.any(|it| {
        let role = rbac.role(it.grant);
        role.is_some_and(|role| rbac.rules(role).iter().any(&test))
    })
}

/// Whether ServiceAccount `account` (`namespace/name`) may do `words`: `verb group resource
/// [subresource [name]]` or `verb /url`, `-` for empty.
fn can(inventory: &Inventory<'_>, account: &str, namespace: &str, words: &str) -> bool {
    let (own, name) = account.split_once('/').expect("an account has a slash");
    let grants = inventory.bindings().to_account(Namespace::Named(own), name);
    let namespace = (!namespace.is_empty()).then_some(namespace);
    let mut words = words
        .split(' ')
        .map(|it| if it == "-" { "" } else { it })
        .chain(std::iter::repeat(""));
    let mut word = || words.next().expect("words never end");
    let (verb, group) = (word(), word());
    let rbac = Rbac::new(inventory);
    if group.starts_with('/') {
        let request = UrlRequest { verb, path: group };
        return any_rule(rbac, &grants, None, |it| request.is_allowed_by(it));
    }
    let request = Request {
        verb,
        group,
        resource: word(),
        subresource: word(),
        name: word(),
    };
    any_rule(rbac, &grants, namespace, |it| request.is_allowed_by(it))
}

const CLUSTER: &str = r#"
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules:
- {apiGroups: ["*"], resources: ["*"], verbs: [get]}
- {apiGroups: [""], resources: ["pods/*"], verbs: [create]}
- {apiGroups: [""], resources: ["*/log"], verbs: [list]}
- {apiGroups: [""], resources: [secrets], resourceNames: [one], verbs: [list, create]}
- {nonResourceURLs: ["/metrics*", "/api/*/x"], verbs: [post]}
- {apiGroups: [""], resources: [Pods], verbs: [delete]}
- {apiGroups: [core], resources: [configmaps], verbs: [delete]}
- {apiGroups: [""], resources: [services], verbs: [GET, deletecollection]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: everywhere}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects:
- {kind: ServiceAccount, name: direct, namespace: one}
- {kind: User, name: "system:serviceaccount:one:by-user"}
- {kind: Group, name: "system:serviceaccounts:two"}
- {kind: ServiceAccount, name: homeless}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: here, namespace: three}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects:
- {kind: ServiceAccount, name: local}
- {kind: ServiceAccount, name: foreign, namespace: other}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: editors, namespace: three}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects:
- {kind: ServiceAccount, name: editor}
"#;

#[test]
fn rules_match_as_the_authorizer_says() {
    let target = Target::default();
    let files = files(&[("cluster.yaml", CLUSTER)]);
    let inventory = Inventory::new(files.iter().collect(), &target);
    for (account, namespace, words, expected) in [
        ("one/direct", "", "get - pods exec", true),
        ("one/direct", "", "create - pods exec", false),
        ("one/direct", "", "list - pods log", true),
        ("one/direct", "", "list - pods", false),
        ("one/direct", "", "list - secrets", false),
        ("one/direct", "", "list - secrets - one", true),
        ("one/direct", "", "create - secrets", false),
        ("one/direct", "", "delete - pods", false),
        ("one/direct", "", "delete - configmaps", false),
        ("one/direct", "", "deletecollection - services", true),
        ("one/direct", "", "delete - services", false),
        ("one/direct", "", "watch - pods", false),
        ("one/by-user", "", "get - secrets", true),
        ("two/anything", "", "get - secrets", true),
        ("default/homeless", "", "get - secrets", false),
        ("three/local", "three", "get - secrets", true),
        ("three/local", "four", "get - secrets", false),
        ("other/foreign", "three", "get - secrets", true),
        ("three/local", "", "get - nodes", false),
        ("three/local", "", "post /metrics", false),
        ("one/direct", "", "post /metrics/x", true),
        ("one/direct", "", "post /api/v1/x", false),
        ("one/direct", "", "get /metrics", false),
        ("three/editor", "three", "get - secrets", true),
        (
            "three/editor",
            "three",
            "impersonate - serviceaccounts",
            true,
        ),
        (
            "three/editor",
            "three",
            "create - serviceaccounts token",
            true,
        ),
        (
            "three/editor",
            "three",
            "create rbac.authorization.k8s.io rolebindings",
            false,
        ),
    ] {
        assert_eq!(
            can(&inventory, account, namespace, words),
            expected,
            "{account} {words} in {namespace:?}"
        );
    }
}

#[test]
fn aggregation_replaces_rules_unless_nothing_matches() {
    let text = r#"
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: top}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {mid: "true"}}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: mid, labels: {mid: "true"}}
aggregationRule: {clusterRoleSelectors: [{matchExpressions: [{key: leaf, operator: Exists}]}]}
rules: [{apiGroups: [""], resources: [lost], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: leaf, labels: {leaf: "true", rbac.authorization.k8s.io/aggregate-to-view: "true"}}
rules: [{apiGroups: [""], resources: [leaves], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: lonely}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {nobody: "true"}}]}
rules: [{apiGroups: [""], resources: [kept], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: top}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: top}
subjects: [{kind: ServiceAccount, name: top, namespace: a}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: lonely}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: lonely}
subjects: [{kind: ServiceAccount, name: lonely, namespace: a}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: edit, namespace: b}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects: [{kind: ServiceAccount, name: editor, namespace: a}]
"#;
    let target = Target::default();
    let files = files(&[("roles.yaml", text)]);
    let inventory = Inventory::new(files.iter().collect(), &target);
    assert!(can(&inventory, "a/top", "", "get - leaves"));
    assert!(!can(&inventory, "a/top", "", "get - lost"));
    assert!(can(&inventory, "a/lonely", "", "get - kept"));
    assert!(can(&inventory, "a/editor", "b", "get - leaves"));
    let rbac = Rbac::new(&inventory);
    let leaf = inventory
        .of_kind(Kind::ClusterRole)
        .find(|it| it.name().unwrap().value == "leaf")
        .unwrap();
    let reach = rbac.reach(leaf);
    let names = |grants: &[kube_lint_core::analysis::rbac::RoleGrant<'_>]| {
        let names = grants.iter().map(|it| it.binding.name().unwrap().value);
        names.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(names(&reach.cluster_wide), ["top"]);
    assert_eq!(names(&reach.namespaced), ["edit"]);
}

#[test]
fn a_role_without_a_name_that_selects_itself_aggregates_for_nobody() {
    let nameless = "apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {labels: {of: all}}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {of: all}}]}
";
    let named = "apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader, labels: {of: all}}
rules: [{apiGroups: [''], resources: [secrets], verbs: [get]}]
";
    let files = files(&[("a.yaml", nameless), ("b.yaml", named)]);
    let target = Target::default();
    let inventory = Inventory::new(files.iter().collect(), &target);
    let mut roles = inventory.of_kind(Kind::ClusterRole);
    let reader = roles.find(|it| it.name().is_some()).expect("it has a name");
    assert!(Rbac::new(&inventory).reach(reader).is_nowhere());
}

/// The answers are those of `kubectl kustomize` 5.5.
#[test]
fn kustomize_rewrites_subjects_named_default_or_of_the_build() {
    let all = r"
apiVersion: v1
kind: ServiceAccount
metadata: {name: web, namespace: system}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: plain}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: view}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects:
- {kind: ServiceAccount, name: SUBJECT}
";
    for (subject, expected) in [
        ("web, namespace: system", "shop/web"),
        ("web", "shop/web"),
        ("web, namespace: other", "other/web"),
        ("web, namespace: default", "default/web"),
        ("plain, namespace: system", "system/plain"),
        ("plain, namespace: default", "shop/plain"),
        ("plain, namespace: shop", "shop/plain"),
        ("plain", "shop/plain"),
        ("default", "shop/default"),
        ("default, namespace: elsewhere", "shop/default"),
        ("foreign, namespace: system", "system/foreign"),
        ("homeless", "nobody/homeless"),
    ] {
        let all = all.replace("SUBJECT", subject);
        let files = files(&[
            (
                "kustomization.yaml",
                "namespace: shop\nresources: [all.yaml]\n",
            ),
            ("all.yaml", &all),
        ]);
        let target = Target::default();
        let inventory = Inventory::new(files.iter().collect(), &target);
        let name = expected.split_once('/').unwrap().1;
        for namespace in ["shop", "system", "default", "other", "nobody"] {
            let account = format!("{namespace}/{name}");
            assert_eq!(
                can(&inventory, &account, "", "get - pods"),
                account == expected && namespace != "nobody",
                "{subject}: {account}"
            );
        }
    }
}

#[test]
fn a_name_alone_makes_no_role_built_in() {
    let text = r#"
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: system:basic-user}
rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: cluster-admin}
rules:
- {apiGroups: ["*"], resources: ["*"], verbs: ["*"]}
- {nonResourceURLs: ["*"], verbs: ["*"]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: system:node, labels: {kubernetes.io/bootstrapping: rbac-defaults}}
rules: []
"#;
    let target = Target::default();
    let files = files(&[("roles.yaml", text)]);
    let inventory = Inventory::new(files.iter().collect(), &target);
    let rbac = Rbac::new(&inventory);
    let answers: Vec<_> = inventory
        .of_kind(Kind::ClusterRole)
        .map(|it| rbac.is_built_in(it))
        .collect();
    assert_eq!(answers, [false, true, true]);
}

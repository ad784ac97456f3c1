//! What is applied together, under which names, and who is meant by a name.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails the test")]

use kube_lint_core::{
    Config, Source, Workspace,
    inventory::{Inventory, Keys, Resolution},
    object::{Kind, Namespace, Object},
    units::{Unit, UnitKind},
};

/// A workspace of files given as path and text.
fn workspace(files: &[(&str, &str)]) -> Workspace {
    with_config("", files)
}

fn with_config(config: &str, files: &[(&str, &str)]) -> Workspace {
    let settings = Config::from_yaml(".kube-lint.yaml", config)
        .unwrap()
        .settings;
    let mut workspace = Workspace::new(settings);
    for (path, text) in files {
        workspace.set(Source::new(*path, *text));
    }
    workspace
}

fn object(kind: &str, name: &str) -> String {
    let version = match kind {
        "Deployment" => "apps/v1",
        "Role" | "RoleBinding" | "ClusterRole" => "rbac.authorization.k8s.io/v1",
        _ => "v1",
    };
    format!("apiVersion: {version}\nkind: {kind}\nmetadata:\n  name: {name}\n")
}

fn namespaced(kind: &str, name: &str, namespace: &str) -> String {
    format!("{}  namespace: {namespace}\n", object(kind, name))
}

fn unit<'i, 'a>(inventory: &'i Inventory<'a>, path: &str) -> &'i Unit<'a> {
    let found = inventory.units().iter().find(|it| it.path == path);
    found.unwrap_or_else(|| panic!("no unit {path}"))
}

fn names<'a>(inventory: &Inventory<'a>, unit: &Unit<'a>) -> Vec<&'a str> {
    let members = unit.members.iter();
    members
        .map(|it| inventory.object(it.object).name().unwrap().value)
        .collect()
}

fn only<'i, 'a>(inventory: &'i Inventory<'a>, kind: Kind) -> &'i Object<'a> {
    let mut objects = inventory.of_kind(kind);
    let first = objects.next().unwrap();
    assert!(objects.next().is_none());
    first
}

#[test]
fn an_overlay_takes_its_base_along_and_sets_the_namespace() {
    let base = namespaced("Secret", "a", "old");
    let workspace = workspace(&[
        ("base/kustomization.yaml", "resources: [a.yaml]\n"),
        ("base/a.yaml", &base),
        (
            "live/kustomization.yaml",
            "namespace: live\nnamePrefix: x-\nresources: [../base]\n",
        ),
        (
            "test/kustomization.yml",
            "namespace: test\nresources: [../base/]\n",
        ),
    ]);
    let inventory = workspace.inventory();
    let paths: Vec<_> = inventory.units().iter().map(|it| it.path).collect();
    assert_eq!(
        paths,
        ["live", "test"],
        "a base that others include is no unit of its own"
    );
    let secret = only(&inventory, Kind::Secret);
    let live = unit(&inventory, "live");
    assert_eq!(
        inventory.identity(live.id, secret.id()).namespace,
        Namespace::Named("live")
    );
    assert_eq!(inventory.member(live.id, secret.id()).unwrap().prefix, "x-");
    assert_eq!(
        inventory.namespace(secret),
        Namespace::Named("old"),
        "the units do not agree"
    );
}

#[test]
fn the_outer_kustomization_has_the_last_word() {
    let workspace = workspace(&[
        (
            "base/kustomization.yaml",
            "namespace: inner\nnamePrefix: b-\nresources: [a.yaml]\n",
        ),
        ("base/a.yaml", &object("Secret", "a")),
        (
            "top/kustomization.yaml",
            "namespace: outer\nnamePrefix: t-\nresources: [../base]\n",
        ),
    ]);
    let inventory = workspace.inventory();
    let secret = only(&inventory, Kind::Secret);
    assert_eq!(inventory.namespace(secret), Namespace::Named("outer"));
    let top = unit(&inventory, "top");
    assert_eq!(
        inventory.member(top.id, secret.id()).unwrap().prefix,
        "t-b-"
    );
}

#[test]
fn a_component_is_no_unit_but_part_of_those_that_include_it() {
    let workspace = workspace(&[
        (
            "part/kustomization.yaml",
            "kind: Component\nresources: [b.yaml]\n",
        ),
        ("part/b.yaml", &object("Secret", "b")),
        (
            "top/kustomization.yaml",
            "resources: [a.yaml]\ncomponents: [../part]\n",
        ),
        ("top/a.yaml", &object("Secret", "a")),
    ]);
    let inventory = workspace.inventory();
    assert_eq!(inventory.units().len(), 1);
    assert_eq!(names(&inventory, unit(&inventory, "top")), ["a", "b"]);
}

#[test]
fn what_is_not_seen_makes_a_unit_incomplete() {
    for entry in [
        "resources: [https://example.org/a.yaml]",
        "resources: [github.com/org/repository//config?ref=v1]",
        "resources: [missing.yaml]",
        "resources: [../../outside.yaml]",
        "helmCharts: [{name: x}]",
    ] {
        let text = format!("{entry}\n");
        let workspace = workspace(&[("a/kustomization.yaml", &text)]);
        assert!(
            unit(&workspace.inventory(), "a").incomplete.is_some(),
            "{entry}"
        );
    }
}

#[test]
fn kustomizations_that_include_each_other_end() {
    let workspace = workspace(&[
        ("a/kustomization.yaml", "resources: [../b]\n"),
        ("b/kustomization.yaml", "resources: [../a]\n"),
        ("c/kustomization.yaml", "resources: [../a]\n"),
    ]);
    let inventory = workspace.inventory();
    assert_eq!(
        unit(&inventory, "c").incomplete,
        Some("its kustomizations include each other")
    );
}

const DEPLOYMENT: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers: [{name: web}]\n";

/// Whether the deployment `web`, included and patched by `kustomization`, certainly sets no account.
fn lacks_account(kustomization: &str, patch: &str) -> bool {
    let workspace = workspace(&[
        ("kustomization.yaml", kustomization),
        ("web.yaml", DEPLOYMENT),
        ("patch.yaml", patch),
    ]);
    let inventory = workspace.inventory();
    let pods = inventory.pod_specs();
    let pod = pods.iter().find(|it| !it.object().is_partial()).unwrap();
    inventory.lacks(&pod.object(), pod.node(), "serviceAccountName")
}

#[test]
fn a_field_that_a_kustomization_patches_in_is_not_lacking() {
    let merge = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {serviceAccountName: web}}}\n";
    let other = merge.replace("serviceAccountName: web", "hostNetwork: true");
    let operation = "- {op: add, path: /spec/template/spec/serviceAccountName, value: web}\n";
    let inline = "resources: [web.yaml]\npatches:\n- target: {kind: Deployment}\n  patch: |-\n    - {op: add, path: /spec/template/spec/serviceAccountName, value: web}\n";
    let file = "resources: [web.yaml]\npatches: [{path: patch.yaml}]\n";
    let old = "resources: [web.yaml]\npatchesStrategicMerge: [patch.yaml]\n";
    let targeted = "resources: [web.yaml]\npatches: [{path: patch.yaml, target: {kind: Deployment, name: web}}]\n";
    assert!(lacks_account("resources: [web.yaml]\n", ""));
    assert!(!lacks_account(file, merge));
    assert!(!lacks_account(old, merge));
    assert!(!lacks_account(inline, ""));
    assert!(
        !lacks_account(targeted, operation),
        "operations in a file are not looked into"
    );
    assert!(lacks_account(file, &other), "the patch sets something else");
    assert!(
        lacks_account(file, &merge.replace("name: web}", "name: cart}")),
        "it is for another"
    );
    assert!(lacks_account(&inline.replace("Deployment", "Job"), ""));
}

#[test]
fn a_patch_is_partial_and_in_no_unit() {
    let workspace = workspace(&[
        (
            "kustomization.yaml",
            "resources: [web.yaml]\npatches: [{path: patch.yaml}]\n",
        ),
        ("web.yaml", DEPLOYMENT),
        ("patch.yaml", DEPLOYMENT),
    ]);
    let inventory = workspace.inventory();
    let patch = inventory
        .objects()
        .iter()
        .find(|it| it.is_partial())
        .unwrap();
    assert_eq!(inventory.path(patch.file()), "patch.yaml");
    assert_eq!(inventory.units_of(patch.id()).count(), 0);
    assert_eq!(inventory.definitions_of(Kind::Deployment, "web").len(), 1);
}

#[test]
fn controllers_apply_folders() {
    let argo = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec:\n  source: {path: apps/shop}\n  destination: {namespace: shop}\n";
    let flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: f}\nspec: {path: ./infra, targetNamespace: infra}\n";
    let workspace = workspace(&[
        ("argo.yaml", argo),
        ("apps/shop/a.yaml", &object("Secret", "a")),
        ("apps/shop/below/b.yaml", &object("Secret", "b")),
        ("flux.yaml", flux),
        ("infra/deep/c.yaml", &object("Secret", "c")),
        ("infra/deep/d.yaml", &namespaced("Secret", "d", "own")),
    ]);
    let inventory = workspace.inventory();
    let shop = unit(&inventory, "apps/shop");
    assert_eq!(
        (shop.kind, names(&inventory, shop)),
        (UnitKind::Path, vec!["a"])
    );
    assert_eq!(names(&inventory, unit(&inventory, "infra")), ["c", "d"]);
    let namespaces: Vec<_> = inventory
        .of_kind(Kind::Secret)
        .map(|it| inventory.namespace(it))
        .collect();
    let named = Namespace::Named;
    assert_eq!(
        namespaces,
        [
            named("shop"),
            Namespace::Unset,
            named("infra"),
            named("infra")
        ],
        "Argo CD fills namespaces in, Flux overrides them"
    );
}

#[test]
fn templates_and_options_decide_the_namespace() {
    let files = [
        ("a.yaml", object("Secret", "a")),
        (
            "b.yaml",
            namespaced("Secret", "b", "'{{ .Release.Namespace }}'"),
        ),
        ("c.yaml", object("ClusterRole", "c")),
    ];
    let files = files.each_ref().map(|(path, text)| (*path, text.as_str()));
    let namespaces = |config| {
        let workspace = with_config(config, &files);
        let inventory = workspace.inventory();
        let objects = inventory.objects().iter();
        objects
            .map(|it| format!("{:?}", inventory.namespace(it)))
            .collect::<Vec<_>>()
    };
    assert_eq!(namespaces(""), ["Unset", "Unknown", "Cluster"]);
    assert_eq!(
        namespaces("namespace: n"),
        ["Named(\"n\")", "Unknown", "Cluster"]
    );
}

/// Looks `name` up as the only `ServiceAccount` of `files` would: where it is found, or why not.
fn find(config: &str, files: &[(&str, &str)], name: &str) -> String {
    let workspace = with_config(config, files);
    let inventory = workspace.inventory();
    let from = only(&inventory, Kind::ServiceAccount);
    match inventory.find(from, Kind::Secret, None, name) {
        Resolution::Found(found) => {
            let paths = found
                .iter()
                .map(|it| inventory.path(it.node.document().file()));
            paths.collect::<Vec<_>>().join(" ")
        }
        Resolution::Unknown => "unknown".to_owned(),
        Resolution::Missing(missing) => format!(
            "near {:?}, elsewhere {:?}, certain {}",
            inventory
                .near_miss(from, Kind::Secret, missing.namespace, name)
                .map(|it| it.name),
            missing
                .elsewhere
                .map(|it| inventory.path(it.node.document().file())),
            missing.is_certain
        ),
    }
}

#[test]
fn a_name_is_sought_in_the_unit_then_nearby_then_anywhere() {
    let account = object("ServiceAccount", "s");
    let secret = object("Secret", "database");
    let kustomization = (
        "a/kustomization.yaml",
        "resources: [account.yaml, secret.yaml]\n",
    );
    let files = [
        kustomization,
        ("a/account.yaml", account.as_str()),
        ("a/near.yaml", secret.as_str()),
        ("a/secret.yaml", secret.as_str()),
        ("b/far.yaml", secret.as_str()),
    ];
    assert_eq!(find("", &files, "database"), "a/secret.yaml");
    let files = [files[1], files[2], files[4]];
    assert_eq!(find("", &files, "database"), "a/near.yaml");
    let files = [files[0], files[2]];
    assert_eq!(find("", &files, "database"), "b/far.yaml");
    assert_eq!(
        find("", &files, "cache"),
        "near None, elsewhere None, certain false"
    );
    assert_eq!(
        find("world: closed", &files, "cache"),
        "near None, elsewhere None, certain true"
    );
    assert_eq!(
        find("known: {secrets: [cache]}", &files, "cache"),
        "unknown"
    );
}

#[test]
fn a_near_name_counts_only_in_the_same_unit_and_namespace() {
    let account = namespaced("ServiceAccount", "s", "shop");
    let secret = namespaced("Secret", "database", "shop");
    let together = format!("{account}---\n{secret}");
    let near = "near Some(\"database\"), elsewhere None, certain false";
    let none = "near None, elsewhere None, certain false";
    assert_eq!(find("", &[("a.yaml", &together)], "databse"), near);
    assert_eq!(
        find("", &[("a.yaml", &account), ("b.yaml", &secret)], "databse"),
        none
    );
    let numbered = together.replace("database", "worker-1");
    assert_eq!(
        find("", &[("a.yaml", &numbered)], "worker-2"),
        none,
        "digits are on purpose"
    );
    let other = together.replace(
        "database\n  namespace: shop",
        "database\n  namespace: other",
    );
    let elsewhere = "near None, elsewhere Some(\"a.yaml\"), certain false";
    assert_eq!(find("", &[("a.yaml", &other)], "database"), elsewhere);
}

#[test]
fn unset_and_set_namespaces_are_never_called_different() {
    let account = object("ServiceAccount", "s");
    let secret = namespaced("Secret", "database", "shop");
    let files = [("a.yaml", account.as_str()), ("b.yaml", secret.as_str())];
    assert_eq!(find("", &files, "database"), "b.yaml");
}

#[test]
fn an_incomplete_unit_gives_no_verdict() {
    let account = object("ServiceAccount", "s");
    let files = [
        (
            "kustomization.yaml",
            "resources: [a.yaml, 'https://example.org/b.yaml']\n",
        ),
        ("a.yaml", account.as_str()),
    ];
    assert_eq!(find("world: closed", &files, "database"), "unknown");
}

#[test]
fn producers_and_generators_define_secrets() {
    let sealed = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: sealed}\nspec: {encryptedData: {password: AgB}}\n";
    let external = "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: e}\nspec:\n  target: {name: external}\n  data: [{secretKey: token}]\n";
    let generator =
        "resources: [a.yaml]\nsecretGenerator:\n- name: made\n  literals: [user=u, password=p]\n";
    let account = object("ServiceAccount", "s");
    let all = format!("{account}---\n{sealed}---\n{external}");
    let workspace = workspace(&[("kustomization.yaml", generator), ("a.yaml", &all)]);
    let inventory = workspace.inventory();
    let from = only(&inventory, Kind::ServiceAccount);
    for (name, keys) in [
        ("sealed", vec!["password"]),
        ("external", vec!["token"]),
        ("made", vec!["user", "password"]),
    ] {
        let Resolution::Found(found) = inventory.find(from, Kind::Secret, None, name) else {
            panic!("{name} is not found");
        };
        assert_eq!(found[0].keys, Keys::Known(keys), "{name}");
    }
}

#[test]
fn lists_are_flattened() {
    let list = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: a}}\n- apiVersion: v1\n  kind: List\n  items:\n  - {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}\n";
    let workspace = workspace(&[("list.yaml", list)]);
    let inventory = workspace.inventory();
    let kinds: Vec<_> = inventory.objects().iter().map(Object::kind).collect();
    assert_eq!(kinds, [Kind::Secret, Kind::ConfigMap]);
}

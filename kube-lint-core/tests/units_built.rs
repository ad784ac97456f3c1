//! Kustomizations as kustomize builds them. The names, namespaces, keys and refusals expected here were
//! got from `kustomize build` (5.7.1); templates, selectors and limits are this project's own.

use kube_lint_core::{
    Settings, Source, Workspace,
    inventory::{Inventory, Keys},
    object::{Kind, Object},
    units::Member,
};

fn workspace(files: &[(&str, &str)]) -> Workspace {
    let mut workspace = Workspace::new(Settings::default());
    for (path, text) in files {
        workspace.set(Source::new(*path, *text));
    }
    workspace
}

fn object(kind: &str, name: &str) -> String {
    format!("apiVersion: v1\nkind: {kind}\nmetadata:\n  name: {name}\n")
}

/// Namespace and name of all that the unit `path` holds, generated ones with `#` before them.
fn built(files: &[(&str, &str)], path: &str) -> Vec<String> {
    let workspace = workspace(files);
    let inventory = workspace.inventory();
    let unit = inventory
        .units()
        .iter()
        .find(|it| it.path == path)
        .expect("the unit");
    let placements = unit.members.iter().flat_map(Member::placements);
    let members = placements.map(|it| {
        let identity = inventory.placement(it);
        let namespace = identity.namespace.name().unwrap_or("-");
        let name = identity.name.unwrap_or("?");
        format!("{namespace}/{}{name}{}", it.prefix, it.suffix)
    });
    let generated = unit.generators.iter().map(|it| {
        let namespace = it.namespace.unwrap_or("-");
        format!("#{namespace}/{}{}{}", it.prefix, it.name, it.suffix)
    });
    let mut built: Vec<_> = members.chain(generated).collect();
    built.sort();
    built
}

/// Why the unit `k` is not complete, with `k/kustomization.yaml` of this text.
fn reason(kustomization: &str) -> Option<&'static str> {
    let secret = object("Secret", "a");
    let component = "kind: Component\nresources: []\n";
    let workspace = workspace(&[
        ("k/kustomization.yaml", kustomization),
        ("k/a.yaml", &secret),
        ("base/kustomization.yaml", "resources: [a.yaml]\n"),
        ("base/a.yaml", &object("ConfigMap", "base")),
        ("part/kustomization.yaml", component),
    ]);
    let inventory = workspace.inventory();
    let unit = inventory
        .units()
        .iter()
        .find(|it| it.path == "k")
        .expect("the unit");
    unit.incomplete
}

#[test]
fn a_unit_that_does_not_build_for_want_of_a_file_is_incomplete() {
    for kustomization in [
        "resources: [missing.yaml]",
        "resources: [a.yaml]\npatches: [{path: missing.yaml}]",
        "resources: [a.yaml]\npatchesStrategicMerge: [missing.yaml]",
        "resources: [a.yaml]\nconfigurations: [missing.yaml]",
        "resources: [a.yaml]\ncomponents: [../missing]",
        "resources: [/a.yaml]",
        "resources: [../base/kustomization.yaml]",
        "resources: [../part]",
        "components: [../base]",
        "resources: [a.yaml, ./a.yaml]",
        "resources: [../base, ../base/]",
        "resources: [a.yaml]\nsecretGenerator: [{name: x, behavior: merge}]",
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nresources: [a.yaml]",
        "kind: Kustomization",
    ] {
        assert!(reason(kustomization).is_some(), "{kustomization}");
    }
    for kustomization in [
        "resources: [a.yaml, ../base/]\ncomponents: [../part]",
        "resources: [a.yaml]\nbases: [../base]",
        "resources: [a.yaml]\nreplacements: []\nhelmCharts: []",
        "apiVersion: kustomize.config.k8s.io/v1beta1\nresources: [../base/../k/a.yaml]",
        "resources: [a.yaml]\n---\nresources: [missing.yaml]",
    ] {
        assert_eq!(reason(kustomization), None, "{kustomization}");
    }
}

#[test]
fn one_folder_has_one_kustomization() {
    let secret = object("Secret", "a");
    let workspace = workspace(&[
        ("Kustomization", "resources: [a.yaml]\n"),
        ("kustomization.yml", "resources: [a.yaml]\n"),
        ("a.yaml", &secret),
    ]);
    let inventory = workspace.inventory();
    let reasons: Vec<_> = inventory.units().iter().map(|it| it.incomplete).collect();
    assert_eq!(reasons, [Some("its folder has several kustomizations")]);
}

#[test]
fn the_capital_name_makes_a_kustomization_too() {
    let secret = object("Secret", "a");
    let files = [
        ("k/Kustomization", "namespace: new\nresources: [a.yaml]\n"),
        ("k/a.yaml", secret.as_str()),
    ];
    assert_eq!(built(&files, "k"), ["new/a"]);
}

#[test]
fn a_component_changes_all_that_its_includer_holds_by_then() {
    let (a, b, c) = (
        object("Secret", "a"),
        object("Secret", "b"),
        object("Secret", "c"),
    );
    let files = [
        (
            "top/kustomization.yaml",
            "namespace: outer\nresources: [a.yaml]\ncomponents: [../one, ../two]\nsecretGenerator: [{name: g, literals: [a=b]}]\n",
        ),
        ("top/a.yaml", a.as_str()),
        (
            "one/kustomization.yaml",
            "kind: Component\nnamespace: inner\nnamePrefix: one-\nresources: [b.yaml]\ncomponents: [../three]\n",
        ),
        ("one/b.yaml", b.as_str()),
        (
            "two/kustomization.yaml",
            "kind: Component\nnameSuffix: -two\nresources: [c.yaml]\n",
        ),
        ("two/c.yaml", c.as_str()),
        (
            "three/kustomization.yaml",
            "kind: Component\nnamePrefix: three-\n",
        ),
    ];
    assert_eq!(
        built(&files, "top"),
        [
            "#outer/one-three-g-two",
            "outer/c-two",
            "outer/one-three-a-two",
            "outer/one-three-b-two"
        ]
    );
}

#[test]
fn a_namespace_renames_the_namespace() {
    let all = format!(
        "{}---\n{}",
        object("Namespace", "old"),
        object("Secret", "a")
    );
    let files = [
        (
            "kustomization.yaml",
            "namespace: new\nnamePrefix: p-\nresources: [all.yaml]\n",
        ),
        ("all.yaml", all.as_str()),
    ];
    assert_eq!(built(&files, ""), ["-/new", "new/p-a"]);
    let workspace = workspace(&files);
    let inventory = workspace.inventory();
    assert_eq!(inventory.definitions_of(Kind::Namespace, "new").len(), 1);
}

#[test]
fn a_base_may_be_included_twice_under_two_names() {
    let secret = object("Secret", "a");
    let include = |settings: &str| format!("{settings}\nresources: [../base]\n");
    let (one, two) = (include("namespace: one"), include("namespace: two"));
    let files = [
        ("base/kustomization.yaml", "resources: [a.yaml]\n"),
        ("base/a.yaml", secret.as_str()),
        ("one/kustomization.yaml", one.as_str()),
        ("two/kustomization.yaml", two.as_str()),
        (
            "all/kustomization.yaml",
            "namePrefix: x-\nresources: [../one, ../two]\n",
        ),
    ];
    assert_eq!(built(&files, "all"), ["one/x-a", "two/x-a"]);
    let workspace = workspace(&files);
    let inventory = workspace.inventory();
    let unit = &inventory.units()[0];
    let identity = inventory.identity(unit.id, unit.members[0].object);
    assert_eq!(
        format!("{:?}", identity.namespace),
        "Unknown",
        "nothing is concluded from a namespace that it has only once"
    );
}

#[test]
fn patches_take_objects_away() {
    let all = [object("Secret", "a"), object("Secret", "b")].join("---\n");
    let delete = "$patch: delete\napiVersion: v1\nkind: Secret\nmetadata: {name: a}\n";
    let built = |patches: &str| {
        let kustomization = format!("namePrefix: x-\nresources: [all.yaml]\n{patches}\n");
        let files = [
            ("k/kustomization.yaml", kustomization.as_str()),
            ("k/all.yaml", all.as_str()),
            ("k/patch.yaml", delete),
            (
                "top/kustomization.yaml",
                "resources: [../k]\npatches: [{target: {kind: Secret, name: x-b}, patch: '{$patch: delete, kind: Secret, apiVersion: v1, metadata: {name: any}}'}]\n",
            ),
        ];
        built(&files, "top")
    };
    assert_eq!(built(""), ["-/x-a"], "by the name that the base made");
    assert!(built("patches: [{path: patch.yaml}]").is_empty());
    assert!(built("patchesStrategicMerge: [patch.yaml]").is_empty());
    assert_eq!(
        built("patches: [{target: {kind: ConfigMap}, path: patch.yaml}]"),
        ["-/x-a"]
    );
    assert_eq!(
        built("patches: [{target: {name: a, labelSelector: x=y}, path: patch.yaml}]"),
        ["-/x-a"],
        "labels are not looked at, so that it stays"
    );
}

#[test]
fn operations_move_and_rename() {
    let secret = format!("{}  namespace: old\n", object("Secret", "a"));
    let built = |operations: &str, settings: &str| {
        let kustomization = format!(
            "{settings}\nresources: [a.yaml]\npatches: [{{target: {{version: v1, kind: Secret, namespace: old}}, path: p.yaml}}]\n"
        );
        let files = [
            ("kustomization.yaml", kustomization.as_str()),
            ("a.yaml", secret.as_str()),
            ("p.yaml", operations),
        ];
        built(&files, "").join(" ")
    };
    let remove = "# why\n- op: remove\n  path: /metadata/namespace\n";
    let set = "[{\"op\": \"replace\", \"path\": \"/metadata/namespace\", \"value\": \"new\"}]";
    let rename = "- {op: replace, path: /metadata/name, value: b}\n";
    assert_eq!(built(remove, ""), "-/a");
    assert_eq!(built(remove, "namespace: new"), "new/a");
    assert_eq!(built(set, ""), "new/a");
    assert_eq!(built(rename, "namePrefix: x-"), "old/x-b");
    assert_eq!(
        built("- {op: test, path: /metadata/namespace, value: x}\n", ""),
        "old/a"
    );
}

#[test]
fn local_objects_are_left_out() {
    let all = format!(
        "{}  annotations: {{config.kubernetes.io/local-config: 'true'}}\n---\n{}  annotations: {{config.kubernetes.io/local-config: 'false'}}\n",
        object("Secret", "a"),
        object("Secret", "b")
    );
    let files = [
        ("k/kustomization.yaml", "resources: [all.yaml]\n"),
        ("k/all.yaml", all.as_str()),
    ];
    assert_eq!(built(&files, "k"), ["-/b"]);
}

#[test]
fn templates_make_names_and_namespaces_unknown() {
    let secret = format!("{}  namespace: own\n", object("Secret", "a"));
    let files = [
        (
            "kustomization.yaml",
            "namespace: ${where}\nnamePrefix: ${which}-\nresources: [a.yaml]\n",
        ),
        ("a.yaml", secret.as_str()),
    ];
    assert_eq!(built(&files, ""), ["-/?"]);
    let workspace = workspace(&files);
    let inventory = workspace.inventory();
    let namespace = inventory.namespace(&inventory.objects()[0]);
    assert_eq!(format!("{namespace:?}"), "Unknown");
}

fn keys(inventory: &Inventory<'_>, kind: Kind, name: &str) -> Vec<String> {
    let found = inventory.definitions_of(kind, name);
    let keys = found.iter().map(|it| match &it.keys {
        Keys::Known(keys) => keys.join(" "),
        Keys::Unknown => "unknown".to_owned(),
    });
    keys.collect()
}

#[test]
fn generators_merge_replace_and_carry_names() {
    let top = |behavior: &str, name: &str| {
        format!(
            "namespace: new\nnamePrefix: t-\nresources: [../base]\nconfigMapGenerator: [{{name: {name}, behavior: {behavior}, literals: [z=1]}}]\n"
        )
    };
    for (behavior, name, expected) in [
        ("merge", "g", "x z"),
        ("merge", "b-g", "x z"),
        ("replace", "g", "z"),
    ] {
        let top = top(behavior, name);
        let files = [
            (
                "base/kustomization.yaml",
                "namePrefix: b-\nconfigMapGenerator: [{name: g, literals: [x=1]}]\n",
            ),
            ("top/kustomization.yaml", top.as_str()),
        ];
        assert_eq!(built(&files, "top"), ["#new/t-b-g"]);
        let workspace = workspace(&files);
        let inventory = workspace.inventory();
        assert_eq!(keys(&inventory, Kind::ConfigMap, "g"), [expected]);
        assert_eq!(keys(&inventory, Kind::ConfigMap, "t-b-g"), [expected]);
    }
}

#[test]
fn generators_are_patched_as_objects_are() {
    let files = [(
        "kustomization.yaml",
        "secretGenerator: [{name: a, literals: [x=1]}, {name: b, literals: [x=1]}]\npatches:\n- {target: {name: a}, patch: '- {op: add, path: /metadata/namespace, value: new}'}\n- {target: {name: b}, patch: '{$patch: delete, apiVersion: v1, kind: Secret, metadata: {name: b}}'}\n",
    )];
    assert_eq!(built(&files, ""), ["#new/a"]);
}

#[test]
fn keys_that_a_patch_may_add_are_not_known() {
    let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {x: '1'}\n";
    let keys_with = |kustomization: &str| {
        let workspace = workspace(&[("kustomization.yaml", kustomization), ("c.yaml", map)]);
        let inventory = workspace.inventory();
        keys(&inventory, Kind::ConfigMap, "c")
    };
    assert_eq!(keys_with("resources: [c.yaml]\n"), ["x"]);
    assert_eq!(
        keys_with(
            "resources: [c.yaml]\npatches: [{target: {kind: ConfigMap}, patch: '- {op: add, path: /data/y, value: v}'}]\n"
        ),
        ["unknown"]
    );
    assert_eq!(
        keys_with(
            "resources: [c.yaml]\nconfigMapGenerator: [{name: c, behavior: merge, literals: [y=1]}]\n"
        ),
        ["unknown"]
    );
}

#[test]
fn a_name_that_a_kustomization_made_is_found() {
    let secret = object("Secret", "a");
    let workspace = workspace(&[
        (
            "base/kustomization.yaml",
            "namePrefix: b-\nresources: [a.yaml]\n",
        ),
        ("base/a.yaml", &secret),
    ]);
    let inventory = workspace.inventory();
    for name in ["a", "b-a"] {
        let found = inventory.definitions_of(Kind::Secret, name);
        assert_eq!(found.len(), 1, "{name}");
    }
}

/// Whether the ServiceAccount `a` surely has no field at `path`, under this kustomization.
fn lacks(kustomization: &str, path: &[&str]) -> bool {
    let account = format!("{}  annotations: {{}}\n", object("ServiceAccount", "a"));
    let workspace = workspace(&[
        (
            "base/kustomization.yaml",
            "namePrefix: b-\nresources: [a.yaml]\n",
        ),
        ("base/a.yaml", &account),
        ("top/kustomization.yaml", kustomization),
        (
            "top/p.yaml",
            "- {op: add, path: /metadata/annotations/x~1y, value: v}\n",
        ),
    ]);
    let inventory = workspace.inventory();
    let account: &Object<'_> = inventory
        .of_kind(Kind::ServiceAccount)
        .next()
        .expect("an account");
    let (field, above) = path.split_last().expect("a field");
    let node = account.at(above).expect("a mapping");
    inventory.lacks(account, node, field)
}

#[test]
fn whatever_may_add_a_field_is_heeded() {
    let annotation = ["metadata", "annotations", "x/y"];
    let mount = ["automountServiceAccountToken"];
    let with = |rest: &str| format!("resources: [../base]\n{rest}\n");
    assert!(lacks(&with(""), &annotation));
    let file = with("patches: [{target: {kind: ServiceAccount}, path: p.yaml}]");
    assert!(!lacks(&file, &annotation), "a slash is ~1 in a pointer");
    assert!(lacks(&file, &mount), "operations in a file are looked into");
    let common = with("commonAnnotations: {x/y: v}");
    assert!(!lacks(&common, &annotation));
    assert!(lacks(&common, &mount));
    for rest in [
        "patches: [{patch: '{apiVersion: v1, kind: ServiceAccount, metadata: {name: b-a}, automountServiceAccountToken: false}'}]",
        "patches: [{patch: '{apiVersion: v1, kind: ServiceAccount, metadata: {name: a}, automountServiceAccountToken: false}'}]",
        "patches: [{target: {name: 'b-?a'}, patch: '- {op: add, path: /automountServiceAccountToken, value: false}'}]",
        "patchesStrategicMerge:\n- |-\n  apiVersion: v1\n  kind: Secret\n  metadata: {name: x}\n  ---\n  apiVersion: v1\n  kind: ServiceAccount\n  metadata: {name: a}\n  automountServiceAccountToken: false",
        "patches: [{patch: '{{ .Values.patch }}'}]",
        "patches: [{target: {kind: ServiceAccount}, patch: '- {op: move, from: /automountServiceAccountToken, path: /x}'}]",
        "transformers: [x.yaml]",
        "replacements: [{source: {kind: Secret}, targets: [{select: {kind: ServiceAccount}, fieldPaths: [x]}]}]",
        "replacements: [{path: replacement.yaml}]",
    ] {
        assert!(!lacks(&with(rest), &mount), "{rest}");
    }
    let other = "replacements: [{source: {kind: Secret}, targets: [{select: {kind: Job}, fieldPaths: [x]}]}]";
    assert!(lacks(&with(other), &mount));
}

/// Thirty levels of two kustomizations, each of which includes both of the next level.
fn lattice(kind: &str, list: &str, settings: impl Fn(usize, usize) -> String) -> Workspace {
    let mut workspace = Workspace::new(Settings::default());
    for level in 0..30 {
        for side in 0..2 {
            let below = level + 1;
            let included = if level == 29 {
                "resources: [a.yaml]".to_owned()
            } else {
                format!("{list}: [../{below}-0, ../{below}-1]")
            };
            let text = format!("kind: {kind}\n{}{included}\n", settings(level, side));
            workspace.set(Source::new(
                format!("{level}-{side}/kustomization.yaml"),
                text,
            ));
        }
    }
    for side in 0..2 {
        let secret = object("Secret", &format!("s{side}"));
        workspace.set(Source::new(format!("29-{side}/a.yaml"), secret));
    }
    workspace.set(Source::new(
        "top/kustomization.yaml",
        format!("{list}: [../0-0]\n"),
    ));
    workspace
}

#[test]
fn a_lattice_of_kustomizations_ends_at_once() {
    let plain = lattice("Kustomization", "resources", |_, _| String::new());
    let inventory = plain.inventory();
    let top = inventory
        .units()
        .iter()
        .find(|it| it.path == "top")
        .unwrap();
    assert_eq!(top.members.len(), 2);
    assert_eq!(top.incomplete, Some("it includes an object twice"));
}

#[test]
fn a_lattice_of_ever_new_names_is_cut_short() {
    let named = lattice("Kustomization", "resources", |level, side| {
        format!("namePrefix: p{level}{side}-\n")
    });
    let inventory = named.inventory();
    let top = inventory
        .units()
        .iter()
        .find(|it| it.path == "top")
        .unwrap();
    assert_eq!(
        top.incomplete,
        Some("its kustomizations hold too many objects")
    );
    let members = top.members.iter().map(|it| it.placements().count());
    assert!(members.sum::<usize>() <= 50_000);
}

#[test]
fn a_lattice_of_components_is_cut_short() {
    let components = lattice("Component", "components", |_, _| {
        "namePrefix: p-\n".to_owned()
    });
    let inventory = components.inventory();
    let top = inventory
        .units()
        .iter()
        .find(|it| it.path == "top")
        .unwrap();
    assert!(top.incomplete.is_some());
}

#[test]
fn a_long_chain_of_kustomizations_is_cut_short() {
    let mut workspace = Workspace::new(Settings::default());
    for level in 0..5000 {
        let text = format!("resources: [../{}]\n", level + 1);
        workspace.set(Source::new(format!("{level}/kustomization.yaml"), text));
    }
    let inventory = workspace.inventory();
    assert_eq!(inventory.units().len(), 1);
    assert!(inventory.units()[0].incomplete.is_some());
}

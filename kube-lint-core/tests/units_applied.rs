//! What Argo CD and Flux apply together.

use kube_lint_core::{Settings, Source, Workspace, units::UnitKind};

const REPOSITORY: &str = "repoURL: https://example.org/this.git";

fn application(source: &str, namespace: &str) -> String {
    format!(
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: app}}\nspec:\n  destination: {{namespace: '{namespace}'}}\n  source: {{{REPOSITORY}, {source}}}\n"
    )
}

fn flux(spec: &str) -> String {
    format!(
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {{name: flux}}\nspec: {{{spec}}}\n"
    )
}

fn secret(name: &str) -> String {
    format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: {name}}}\n")
}

/// The units that do not hold the manifests of controllers: path, members, and why they are not
/// complete.
fn units(files: &[(&str, &str)]) -> Vec<String> {
    let mut workspace = Workspace::new(Settings::default());
    for (path, text) in files {
        workspace.set(Source::new(*path, *text));
    }
    let inventory = workspace.inventory();
    let units = inventory.units().iter();
    let units = units.filter(|it| it.kind != UnitKind::File);
    let described = units.map(|unit| {
        let members = unit.members.iter().map(|member| {
            let identity = inventory.placement(member);
            let namespace = identity.namespace.name().unwrap_or("-");
            let name = identity.name.unwrap_or("?");
            format!("{namespace}/{}{name}{}", member.prefix, member.suffix)
        });
        let mut members: Vec<_> = members.collect();
        members.sort();
        let reason = unit.incomplete.map(|it| format!(" ({it})"));
        format!(
            "{}: {}{}",
            unit.path,
            members.join(" "),
            reason.unwrap_or_default()
        )
    });
    described.collect()
}

/// A folder of manifests, one of a kustomization, and a chart.
fn folders(controllers: &[&str]) -> Vec<String> {
    let names: Vec<_> = (0..controllers.len())
        .map(|it| format!("controllers/{it}.yaml"))
        .collect();
    let (a, b, c) = (secret("a"), secret("b"), secret("c"));
    let mut files = vec![
        ("plain/a.yaml", a.as_str()),
        ("plain/deep/b.yaml", b.as_str()),
        ("plain/deep/values.yaml", "x: 1\n"),
        (
            "built/kustomization.yaml",
            "namePrefix: own-\nresources: [c.yaml]\n",
        ),
        ("built/c.yaml", c.as_str()),
        (
            "part/kustomization.yaml",
            "kind: Component\nnameSuffix: -part\n",
        ),
        ("chart/Chart.yaml", "apiVersion: v2\nname: chart\n"),
        ("chart/crd.yaml", a.as_str()),
    ];
    files.extend(
        names
            .iter()
            .map(String::as_str)
            .zip(controllers.iter().copied()),
    );
    units(&files)
}

const BUILT: &str = "built: -/own-c";

#[test]
fn a_directory_has_globs_and_depth() {
    for (source, expected) in [
        ("path: plain", "plain: shop/a"),
        ("path: ./plain/", "plain: shop/a"),
        (
            "path: plain, directory: {recurse: true}",
            "plain: shop/a shop/b",
        ),
        (
            "path: plain, directory: {recurse: true, exclude: 'deep/*'}",
            "plain: shop/a",
        ),
        (
            "path: plain, directory: {recurse: true, exclude: '{a,x}.yaml'}",
            "plain: shop/b",
        ),
        (
            "path: plain, directory: {recurse: true, include: '*b.yaml'}",
            "plain: shop/b",
        ),
        ("path: built, directory: {recurse: false}", "built: shop/c"),
    ] {
        let units = folders(&[&application(source, "shop")]);
        assert_eq!(units, [BUILT, expected], "{source}");
    }
}

#[test]
fn what_is_rendered_or_not_here_makes_no_unit() {
    for source in [
        "path: chart",
        "path: plain, helm: {releaseName: x}",
        "path: plain, plugin: {name: x}",
        "path: plain, chart: x",
        "path: missing",
        "path: .",
        "path: ../plain",
        "path: '{{path}}'",
        "path: plain/a",
    ] {
        let units = folders(&[&application(source, "shop")]);
        assert_eq!(units, [BUILT], "{source}");
    }
}

#[test]
fn an_application_edits_the_kustomization() {
    for (source, expected) in [
        ("path: built", "built: shop/own-c"),
        (
            "path: built, kustomize: {namespace: other}",
            "built: other/own-c",
        ),
        (
            "path: built, kustomize: {namePrefix: x-, nameSuffix: -y}",
            "built: shop/x-c-y",
        ),
        (
            "path: built, kustomize: {components: [../part]}",
            "built: shop/own-c-part",
        ),
        (
            "path: built, kustomize: {components: ['{{x}}']}",
            "built: shop/own-c (it includes components outside the root)",
        ),
    ] {
        let units = folders(&[&application(source, "shop")]);
        assert_eq!(units, [expected], "{source}");
    }
}

#[test]
fn each_namespace_that_a_folder_is_applied_to_is_a_unit() {
    let (one, two) = (
        application("path: plain", "one"),
        application("path: plain", "two"),
    );
    assert_eq!(
        folders(&[&one, &two, &one]),
        [BUILT, "plain: one/a", "plain: two/a"]
    );
    let (one, two) = (
        application("path: built", "one"),
        application("path: built", "two"),
    );
    assert_eq!(
        folders(&[&one, &two]),
        ["built: one/own-c", "built: two/own-c"]
    );
    let template = application("path: plain", "{{cluster}}");
    assert_eq!(folders(&[&template]), [BUILT, "plain: -/a"]);
}

#[test]
fn sources_of_one_application_are_one_unit() {
    let several = |more: &str| {
        format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: app}}\nspec:\n  destination: {{namespace: shop}}\n  sources: [{{{REPOSITORY}, path: plain}}, {{{REPOSITORY}, path: built}}, {{{REPOSITORY}, ref: values}}{more}]\n"
        )
    };
    assert_eq!(
        folders(&[&several("")]),
        [BUILT, "plain: shop/a shop/own-c"]
    );
    assert_eq!(
        folders(&[&several(", {chart: redis}")]),
        [
            BUILT,
            "plain: shop/a shop/own-c (part of it is a Helm chart or made by a plugin)"
        ]
    );
}

#[test]
fn the_root_is_applied_where_it_has_a_kustomization() {
    let (a, app) = (secret("a"), application("path: .", "shop"));
    let files = [
        ("kustomization.yaml", "resources: [a.yaml]\n"),
        ("a.yaml", a.as_str()),
        ("app.yaml", app.as_str()),
    ];
    assert_eq!(units(&files), [": shop/a"]);
    assert!(
        units(&files[1..]).is_empty(),
        "but never as a folder of manifests"
    );
}

#[test]
fn an_application_set_applies_the_folders_of_its_generator() {
    let set = |path: &str, namespace: &str| {
        format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {{name: set}}\nspec:\n  generators:\n  - git: {{{REPOSITORY}, directories: [{{path: addons/*}}, {{path: addons/no, exclude: true}}]}}\n  template:\n    spec:\n      source: {{{REPOSITORY}, path: '{path}'}}\n      destination: {{namespace: '{namespace}'}}\n"
        )
    };
    let units = |path: &str, namespace: &str| {
        let (a, b, c) = (secret("a"), secret("b"), secret("c"));
        let set = set(path, namespace);
        units(&[
            ("addons/one/a.yaml", &a),
            ("addons/two/kustomization.yaml", "resources: [b.yaml]\n"),
            ("addons/two/b.yaml", &b),
            ("addons/no/c.yaml", &c),
            ("set.yaml", &set),
        ])
    };
    let named = ["addons/two: two/b", "addons/one: one/a"];
    assert_eq!(units("{{path}}", "{{path.basename}}"), named);
    assert_eq!(units("{{ .path.path }}", "{{ .path.basename }}"), named);
    let other = ["addons/two: -/b", "addons/one: -/a"];
    assert_eq!(units("{{path}}", "{{cluster}}"), other);
    assert_eq!(
        units("addons/no", "x"),
        ["addons/two: -/b", "addons/no: x/c"]
    );
}

#[test]
fn flux_applies_all_below_a_folder_and_overrides_namespaces() {
    let (a, b, c, d) = (secret("a"), secret("b"), secret("c"), secret("d"));
    let owned = "apiVersion: v1\nkind: Secret\nmetadata: {name: e, namespace: own}\n";
    let units = |spec: &str| {
        let flux = flux(spec);
        units(&[
            ("flux.yaml", &flux),
            ("apps/a.yaml", &a),
            ("apps/deep/b.yaml", &b),
            ("apps/deep/e.yaml", owned),
            (
                "apps/built/kustomization.yaml",
                "namePrefix: own-\nresources: [c.yaml]\n",
            ),
            ("apps/built/c.yaml", &c),
            ("apps/built/below/unused.yaml", &d),
        ])
    };
    let built = "apps/built: -/own-c";
    let all = "apps: -/a -/b -/own-c own/e";
    assert_eq!(units("path: ./apps"), [all]);
    assert_eq!(units("path: /apps/"), [all]);
    assert_eq!(
        units("path: apps, targetNamespace: all, namePrefix: x-"),
        ["apps: all/x-a all/x-b all/x-e all/x-own-c"]
    );
    assert_eq!(
        units("path: apps/built, targetNamespace: all"),
        ["apps/built: all/own-c"]
    );
    assert_eq!(units("path: ./"), [built], "the root has no kustomization");
    assert_eq!(units("sourceRef: {kind: GitRepository}"), [built]);
}

#[test]
fn two_thousand_applications_are_no_burden() {
    let mut workspace = Workspace::new(Settings::default());
    for number in 0..2000 {
        let app = application(&format!("path: apps/{number}"), "shop");
        workspace.set(Source::new(format!("argo/{number}.yaml"), app));
        workspace.set(Source::new(
            format!("apps/{number}/a.yaml"),
            secret(&format!("s{number}")),
        ));
    }
    let inventory = workspace.inventory();
    let paths = inventory.units().iter();
    assert_eq!(paths.filter(|it| it.kind == UnitKind::Path).count(), 2000);
}

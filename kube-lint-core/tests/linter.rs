//! The pipeline through its public names: scope, copies, fingerprints, order, workspaces.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails the test")]

use std::{fs, path::Path};

use kube_lint_core::{
    Config, Linter, Report, Scope, Settings, Source, Workspace,
    report::{SkipReason, Skipped},
};

const ROLE: &str = "apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: deployer
  namespace: ci
rules:
- apiGroups: [apps]
  resources: [controllerrevisions]
  verbs: ['*']
";

/// The default settings with one rule.
fn one_rule() -> Settings {
    let mut settings = Settings::default();
    settings
        .levels
        .select(&["rbac/wildcard-verb".parse().unwrap()]);
    settings
}

fn check(files: &[(&str, &str)], scope: &Scope) -> Report {
    let sources = files
        .iter()
        .map(|(path, text)| Source::new(*path, *text))
        .collect();
    Linter::new(one_rule()).check(sources, scope)
}

fn below(paths: &[&str]) -> Scope {
    Scope::Below(paths.iter().map(|it| (*it).to_owned()).collect())
}

/// `path:line` of every finding.
fn places(report: &Report) -> Vec<String> {
    let at = report.findings.iter().map(|it| &it.primary);
    at.map(|it| format!("{}:{}", report.path(it.place.file), it.start.line))
        .collect()
}

#[test]
fn copies_are_one_finding_at_the_file_with_the_fewest_objects() {
    let bundle = format!(
        "{ROLE}---\n{}",
        ROLE.replace("deployer", "other").replace('*', "get")
    );
    let report = check(
        &[("install.yaml", &bundle), ("parts/role.yaml", ROLE)],
        &Scope::Everything,
    );
    assert_eq!(places(&report), ["parts/role.yaml:9"]);
    let related = &report.findings[0].related;
    assert!(
        related
            .iter()
            .any(|it| report.path(it.place.file) == "install.yaml"),
        "{related:?}"
    );
}

#[test]
fn objects_of_two_names_or_namespaces_are_no_copies() {
    let other = ROLE.replace("namespace: ci", "namespace: cd");
    let report = check(&[("a.yaml", ROLE), ("b.yaml", &other)], &Scope::Everything);
    assert_eq!(places(&report), ["a.yaml:9", "b.yaml:9"]);
}

#[test]
fn only_findings_with_a_label_in_scope_are_reported() {
    let other = ROLE.replace("deployer", "other");
    let files = [
        ("a/role.yaml", ROLE),
        ("b/copy.yaml", ROLE),
        ("ab/other.yaml", &other),
    ];
    let in_scope = |scope| places(&check(&files, &scope));
    assert_eq!(in_scope(below(&["a"])), ["a/role.yaml:9"]);
    assert_eq!(
        in_scope(below(&["b/copy.yaml"])),
        ["a/role.yaml:9"],
        "the copy is a label"
    );
    assert_eq!(in_scope(below(&["ab", "c"])), ["ab/other.yaml:9"]);
    assert_eq!(in_scope(below(&[""])).len(), 2);
    assert_eq!(in_scope(below(&["c"])), Vec::<String>::new());
}

fn prints(files: &[(&str, &str)]) -> Vec<String> {
    let report = check(files, &Scope::Everything);
    let mut prints: Vec<_> = report
        .findings
        .iter()
        .map(|it| it.fingerprint.to_string())
        .collect();
    prints.sort();
    prints
}

#[test]
fn a_fingerprint_survives_edits_around_the_finding() {
    let before = prints(&[("a.yaml", ROLE)]);
    let moved = format!(
        "# a comment\n\n{}---\n{ROLE}",
        ROLE.replace('*', "get").replace("deployer", "x")
    );
    assert_eq!(prints(&[("deep/b.yaml", &moved)]), before);
    assert_ne!(
        prints(&[("a.yaml", &ROLE.replace("deployer", "other"))]),
        before
    );
}

#[test]
fn findings_of_one_field_path_have_their_own_fingerprints() {
    let twice = format!(
        "{ROLE}- apiGroups: [policy]\n  resources: [poddisruptionbudgets]\n  verbs: ['*']\n"
    );
    let prints = prints(&[("a.yaml", &twice)]);
    assert_eq!(prints.len(), 2);
    assert_ne!(prints[0], prints[1]);
}

fn fixture(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../fixtures")
        .join(name)
}

/// Everything of a report that output is made of.
fn shown(report: &Report) -> String {
    let findings = report.findings.iter().map(|it| {
        let labels = it
            .labels()
            .map(|it| (report.path(it.place.file), it.start, it.end, &it.message));
        format!(
            "{} {} {} {:?}\n",
            it.rule,
            it.severity,
            it.message,
            labels.collect::<Vec<_>>()
        )
    });
    format!("{}{:?}", findings.collect::<String>(), report.summary)
}

#[test]
fn the_order_of_files_does_not_matter() {
    let mut files: Vec<_> = fs::read_dir(fixture("demo/rbac/roles"))
        .unwrap()
        .map(|it| it.unwrap().path())
        .map(|path| {
            Source::new(
                path.file_name().unwrap().to_str().unwrap(),
                fs::read(&path).unwrap(),
            )
        })
        .collect();
    let forward = Linter::default().check(files.clone(), &Scope::Everything);
    files.reverse();
    let backward = Linter::default().check(files, &Scope::Everything);
    assert_eq!(shown(&forward), shown(&backward));
}

#[cfg(feature = "disk")]
#[test]
fn a_workspace_says_after_an_edit_what_a_fresh_run_says() {
    let root = fixture("demo");
    let mut workspace = Workspace::open(&root, Settings::default());
    let before = shown(&workspace.check(&Scope::Everything));
    workspace.set(Source::new("rbac/new.yaml", ROLE));
    let changed = workspace.check(&Scope::Everything);
    assert!(places(&changed).contains(&"rbac/new.yaml:9".to_owned()));
    assert!(workspace.remove("rbac/new.yaml"));
    assert!(!workspace.remove("rbac/new.yaml"));
    assert_eq!(shown(&workspace.check(&Scope::Everything)), before);
    assert_eq!(
        shown(&Linter::default().check_disk(&root, &Scope::Everything)),
        before
    );
}

#[test]
fn columns_can_be_had_as_a_language_server_counts() {
    let role = ROLE
        .replace("[apps]", "[😀é] # 語")
        .replace("  verbs", "  # é\n  verbs");
    let role = role.replace("verbs: ['*']", "verbs: ['😀', 'é', '*']");
    let report = check(&[("a.yaml", &role)], &Scope::Everything);
    let label = &report.findings[0].primary;
    let excerpt = report.excerpt(label.place).unwrap();
    let line = role.lines().nth(label.start.line as usize - 1).unwrap();
    let before = line.split("'*'").next().unwrap();
    let span = label.place.span;
    assert_eq!(label.start.column as usize, 1 + before.chars().count());
    assert_eq!(
        excerpt.utf16_column(span.start()) as usize,
        1 + before.encode_utf16().count()
    );
    assert_eq!(
        excerpt.utf16_column(span.end()),
        excerpt.utf16_column(span.start()) + 3
    );
    let next_line = span.end() + 2;
    assert_eq!(excerpt.utf16_column(next_line), 1);
}

#[test]
fn a_file_keeps_its_number_when_it_changes() {
    let mut workspace = Workspace::new(one_rule());
    workspace.set(Source::new("a.yaml", ROLE));
    workspace.set(Source::new("b.yaml", ROLE.replace("deployer", "other")));
    let numbers = |workspace: &Workspace| {
        let report = workspace.check(&Scope::Everything);
        let files = report.findings.iter().map(|it| it.primary.place.file);
        files.collect::<Vec<_>>()
    };
    let before = numbers(&workspace);
    workspace.set(Source::new("a.yaml", format!("# longer\n{ROLE}")));
    assert_eq!(numbers(&workspace), before);
    assert_eq!(
        places(&workspace.check(&Scope::Everything)),
        ["a.yaml:10", "b.yaml:9"]
    );
}

#[test]
fn an_excluded_file_is_named_until_it_is_removed() {
    let config = Config::from_yaml(".kube-lint.yaml", "exclude: [vendor]\n").unwrap();
    let mut workspace = Workspace::new(config.settings);
    for _ in 0..2 {
        workspace.set(Source::new("vendor/a.yaml", ROLE));
    }
    let skipped = |workspace: &Workspace| workspace.check(&Scope::Everything).summary.skipped.len();
    assert_eq!(skipped(&workspace), 1);
    assert!(workspace.remove("vendor/a.yaml"));
    assert_eq!(skipped(&workspace), 0);
    assert!(!workspace.remove("vendor/a.yaml"));
}

#[test]
fn a_workspace_may_be_shared_by_threads() {
    let mut workspace = Workspace::new(one_rule());
    workspace.set(Source::new("a.yaml", ROLE));
    let found = std::thread::scope(|scope| {
        let check = || workspace.check(&Scope::Everything).findings.len();
        [scope.spawn(check), scope.spawn(check)].map(|it| it.join().unwrap())
    });
    assert_eq!(found, [1, 1]);
}

/// A kustomization names a Role by a link; once the Role is edited, it does so still.
#[cfg(all(feature = "disk", unix))]
#[test]
fn a_link_to_a_file_outlives_an_edit() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    fs::create_dir(folder.join("app")).unwrap();
    let kustomization = "resources: [link.yaml]\nnamespace: shop\n";
    fs::write(folder.join("app/kustomization.yaml"), kustomization).unwrap();
    fs::write(folder.join("role.yaml"), ROLE).unwrap();
    std::os::unix::fs::symlink("../role.yaml", folder.join("app/link.yaml")).unwrap();
    let mut workspace = Workspace::open(folder, Settings::default());
    let before = shown(&workspace.check(&Scope::Everything));
    assert!(before.contains("`shop/deployer`"), "{before}");
    workspace.set(Source::new("role.yaml", ROLE));
    assert_eq!(shown(&workspace.check(&Scope::Everything)), before);
}

#[cfg(feature = "disk")]
#[test]
fn whoever_opens_a_folder_can_see_how_far_it_is() {
    let seen = std::sync::Mutex::new(Vec::new());
    let root = fixture("demo");
    let workspace = Workspace::open_observed(&root, Settings::default(), |reading| {
        seen.lock().unwrap().push((reading.read, reading.of));
    });
    let files = workspace.check(&Scope::Everything).summary.files;
    let mut seen = seen.into_inner().unwrap();
    assert_eq!(seen[0], (0, files));
    seen.sort_unstable();
    let expected: Vec<_> = (0..=files).map(|read| (read, files)).collect();
    assert_eq!(seen, expected);
}

#[cfg(feature = "disk")]
#[test]
fn what_is_no_manifest_is_skipped_with_its_reason() {
    let report = Linter::default().check_disk(&fixture("not-manifests"), &Scope::Everything);
    assert_eq!(shown(&report).lines().count(), 1, "{}", shown(&report));
    assert_eq!(report.summary.objects, 0);
    let files: Vec<_> = report
        .summary
        .skipped
        .iter()
        .map(|it| (it.path.as_str(), it.reason))
        .collect();
    assert_eq!(files.len(), report.summary.files, "every file has a reason");
    for (path, reason) in files {
        let expected = if path == "helm-template.yaml" {
            SkipReason::Template
        } else {
            SkipReason::NotManifest
        };
        assert_eq!(reason, expected, "{path}");
    }
}

#[test]
fn excluded_files_are_named() {
    let config = Config::from_yaml(".kube-lint.yaml", "exclude: [vendor]\n").unwrap();
    let linter = Linter::new(config.settings);
    let sources = vec![
        Source::new("vendor/a.yaml", ROLE),
        Source::new("b.yaml", ROLE),
    ];
    let report = linter.check(sources, &Scope::Everything);
    let excluded = Skipped {
        path: "vendor/a.yaml".into(),
        reason: SkipReason::Excluded,
        documents: 0,
    };
    assert_eq!(report.summary.skipped, [excluded]);
    assert!(
        report
            .findings
            .iter()
            .all(|it| report.path(it.primary.place.file) == "b.yaml")
    );
}

#[test]
fn definitions_of_custom_resources_are_counted_not_linted() {
    let definition = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.example.org}\nspec:\n  group: example.org\n  scope: Namespaced\n  names: {kind: Thing, plural: things}\n  versions: []\n";
    let report = check(&[("crd.yaml", definition)], &Scope::Everything);
    assert_eq!(
        (report.summary.objects, report.summary.skipped[0].reason),
        (0, SkipReason::CustomResourceDefinition)
    );
    let mut workspace = Workspace::new(Settings::default());
    workspace.set(Source::new("crd.yaml", definition));
    assert!(workspace.inventory().defines_group("example.org"));
    assert!(!workspace.inventory().defines_group("example.com"));
}

#[test]
fn a_document_behind_a_bad_separator_is_linted() {
    let text = format!("--- x\n{ROLE}");
    let report = check(&[("a.yaml", &text)], &Scope::Everything);
    assert_eq!(places(&report), ["a.yaml:10"]);
}

#[test]
fn keys_may_be_spelt_with_escapes() {
    let text = ROLE
        .replace("apiVersion:", "\"\\x61piVersion\":")
        .replace("kind:", "\"\\x6bind\":");
    assert_eq!(
        places(&check(&[("a.yaml", &text)], &Scope::Everything)),
        ["a.yaml:9"]
    );
}

#[test]
fn columns_behind_a_masked_value_are_those_of_the_file() {
    let secret = "kind: Secret\napiVersion: v1\nmetadata: {name: a}\n";
    let last = "stringData: {token: 'süß\u{85}語\u{200e}😀!', token: b}";
    let source = Source::new("a.yaml", &*format!("{secret}{last}\n"));
    let report = Linter::new(Settings::default()).check(vec![source], &Scope::Everything);
    let mut findings = report.findings.iter();
    let finding = findings.find(|it| it.rule == "manifest/duplicate-key");
    let label = &finding.unwrap().primary;

    let before = last.rsplit_once("token").unwrap().0;
    assert_eq!(label.start.column as usize, 1 + before.chars().count());
    let excerpt = report.excerpt(label.place).unwrap();
    assert_eq!(excerpt.text().len(), secret.len() + last.len() + 1);
    let shown = excerpt.text().lines().next_back();
    assert_eq!(shown.unwrap(), "stringData: {token: **×××∗∗𝕏**, token: *}");
}

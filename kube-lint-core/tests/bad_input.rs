//! Input that is broken, hostile or odd: a clear message each time, and the rest is linted.

use std::{
    collections::BTreeMap,
    fmt::Write,
    time::{Duration, Instant},
};

use kube_lint_core::{Diagnostic, Linter, Report, Scope, Settings, Source, Workspace};

/// Stands in the place of a secret; no message may hold it.
const PLANTED: &str = "hunter2-planted";

/// A Role that one rule speaks of.
const BAD_ROLE: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: deployer, namespace: ci}
rules:
- {apiGroups: [apps], resources: [controllerrevisions], verbs: ['*']}
";

fn lint(sources: Vec<Source>) -> Report {
    let start = Instant::now();
    let report = Linter::new(Settings::default()).check(sources, &Scope::Everything);
    assert!(start.elapsed() < Duration::from_secs(60), "that took long");
    for finding in &report.findings {
        says_nothing_secret(finding);
    }
    let excerpts = report
        .findings
        .iter()
        .filter_map(|it| report.excerpt(it.primary.place));
    let excerpts: BTreeMap<_, _> = excerpts.map(|it| (it.offset(), it)).collect();
    for excerpt in excerpts.into_values() {
        assert!(!excerpt.text().contains(PLANTED), "{}", excerpt.text());
    }
    report
}

fn says_nothing_secret(finding: &Diagnostic) {
    let labels = std::iter::once(&finding.primary).chain(&finding.related);
    let mut said = vec![finding.message.clone()];
    said.extend(finding.help.clone());
    said.extend(labels.map(|it| it.message.clone()));
    for text in said {
        assert!(!text.contains(PLANTED), "{} says {text}", finding.rule);
    }
}

/// Findings of a rule in a file.
fn found<'r>(report: &'r Report, path: &str, rule: &str) -> Vec<&'r Diagnostic> {
    let findings = report.findings.iter();
    findings
        .filter(|it| it.rule == rule && report.path(it.primary.place.file) == path)
        .collect()
}

/// Lints `text` beside a Role with a fault, which must be found, and gives the messages about it.
fn messages(text: impl Into<Vec<u8>>) -> Vec<String> {
    let report = lint(vec![
        Source::new("odd.yaml", text),
        Source::new("role.yaml", BAD_ROLE),
    ]);
    assert_eq!(found(&report, "role.yaml", "rbac/wildcard-verb").len(), 1);
    let findings = report.findings.iter();
    let of_odd = findings.filter(|it| report.path(it.primary.place.file) == "odd.yaml");
    of_odd
        .map(|it| format!("{}: {}", it.rule, it.message))
        .collect()
}

fn has(messages: &[String], start: &str) {
    assert!(
        messages.iter().any(|it| it.starts_with(start)),
        "nothing says {start:?}: {messages:?}"
    );
}

#[test]
fn one_broken_document_of_five_leaves_four() {
    let broken = format!("apiVersion: v1\nkind: Secret\nstringData:\n  a: \"{PLANTED}\n b: c\n");
    let text = [BAD_ROLE, BAD_ROLE, &broken, BAD_ROLE, BAD_ROLE].join("---\n");
    let report = lint(vec![Source::new("five.yaml", text)]);
    assert_eq!(
        found(&report, "five.yaml", "manifest/syntax-error").len(),
        1
    );
    let wildcards = found(&report, "five.yaml", "rbac/wildcard-verb");
    let places: usize = wildcards.iter().map(|it| 1 + it.related.len()).sum();
    assert!(places >= 4, "{wildcards:?}");
    assert_eq!(report.summary.objects, 5);
}

#[test]
fn what_stands_before_an_error_is_linted() {
    let text = format!("{BAD_ROLE}- apiGroups: [apps\n  verbs: [get]\n");
    let report = lint(vec![Source::new("role.yaml", text)]);
    assert_eq!(
        found(&report, "role.yaml", "manifest/syntax-error").len(),
        1
    );
    assert_eq!(found(&report, "role.yaml", "rbac/wildcard-verb").len(), 1);
}

#[test]
fn utf16_is_named() {
    let wide = |order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        BAD_ROLE.encode_utf16().flat_map(order).collect()
    };
    for text in [wide(u16::to_le_bytes), wide(u16::to_be_bytes)] {
        let expected = "manifest/unreadable-file: the file is UTF-16; save it as UTF-8";
        assert_eq!(messages(text), [expected]);
    }
}

#[test]
fn bytes_that_are_no_text_are_refused_with_their_place() {
    let mut text = BAD_ROLE.as_bytes().to_vec();
    text.extend(b"# \xFF");
    has(
        &messages(text),
        "manifest/unreadable-file: the file is not UTF-8: invalid byte at line 6, column 3",
    );
    messages([0x89, b'P', b'N', b'G', 0, 1, 2, 3]);
}

#[test]
fn nul_bytes_end_a_document_but_not_the_file() {
    let other = BAD_ROLE.replace("deployer", "other");
    let text = format!("apiVersion: v1\nkind: Secret\nstringData:\n  a: {PLANTED}\0\n---\n{other}");
    let said = messages(text);
    has(&said, "manifest/syntax-error: the document does not parse");
    has(&said, "rbac/wildcard-verb");
    messages(vec![0; 1000]);
}

#[test]
fn a_byte_order_mark_changes_nothing() {
    let report = lint(vec![Source::new(
        "role.yaml",
        format!("\u{feff}{BAD_ROLE}"),
    )]);
    let findings = found(&report, "role.yaml", "rbac/wildcard-verb");
    assert_eq!(findings[0].primary.start.line, 5);
    assert_eq!(report.summary.objects, 1);
}

#[test]
fn line_breaks_of_windows_change_nothing() {
    let text = format!("{BAD_ROLE}---\n{BAD_ROLE}").replace('\n', "\r\n");
    let report = lint(vec![Source::new("role.yaml", text)]);
    assert_eq!(report.summary.objects, 2);
    let findings = found(&report, "role.yaml", "rbac/wildcard-verb");
    let plain = lint(vec![Source::new("role.yaml", BAD_ROLE)]);
    let expected = found(&plain, "role.yaml", "rbac/wildcard-verb");
    assert_eq!(findings[0].primary.start, expected[0].primary.start);
    assert_eq!(findings[0].primary.end, expected[0].primary.end);
    assert!(found(&report, "role.yaml", "manifest/syntax-error").is_empty());
}

#[test]
fn a_large_scalar_is_read() {
    let large = "x".repeat(15 << 20);
    let text =
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: 1}}\ndata:\n  a: {large}\n");
    has(&messages(text), "manifest/boolean-word: `metadata.name`");
}

#[test]
fn deep_nesting_is_refused_without_overflow() {
    let start = format!("apiVersion: v1\nkind: ConfigMap\ndata: {PLANTED}\nspec: ");
    let block = (0..10_000).fold(String::from("\n"), |mut text, depth| {
        // Two spaces would make a file of 100 MB.
        writeln!(text, "{}- ", " ".repeat(depth % 2_000)).unwrap();
        text
    });
    let compact = "- ".repeat(10_000);
    let flow = "[".repeat(10_000);
    let closed = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let mappings = "{a: ".repeat(10_000);
    for nested in [compact.replacen("- ", "\n- ", 1), flow, closed, mappings] {
        has(
            &messages(format!("{start}{nested}\n")),
            "manifest/unreadable-file: the document is too much to read: collections are nested",
        );
    }
    messages(format!("{start}{block}"));
    let json = format!(
        "{{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"data\": {}{}}}",
        "[".repeat(10_000),
        "]".repeat(10_000)
    );
    has(
        &messages(json),
        "manifest/unreadable-file: the document is too much",
    );
}

#[test]
fn an_alias_bomb_is_refused() {
    let mut text = String::from("apiVersion: v1\nkind: ConfigMap\ndata:\n  a0: &a0 [x, x]\n");
    for level in 1..60 {
        let before = format!("*a{}", level - 1);
        writeln!(text, "  a{level}: &a{level} [{before}, {before}, {before}]").unwrap();
    }
    has(
        &messages(text),
        "manifest/unreadable-file: the document is too much to read: aliases",
    );
}

#[test]
fn a_hundred_thousand_documents_are_linted() {
    let many = |object: &str| {
        let document = format!("---\n{object}\nmetadata: {{name: a1}}\n");
        let numbered = (0..100_000).map(|number| document.replace("a1", &format!("a{number}")));
        numbered.collect::<String>()
    };
    for object in [
        "apiVersion: v1\nkind: ServiceAccount",
        "apiVersion: example.com/v1\nkind: Robot",
    ] {
        let report = lint(vec![
            Source::new("many.yaml", many(object)),
            Source::new("role.yaml", BAD_ROLE),
        ]);
        assert_eq!(report.summary.objects, 100_001);
        assert_eq!(found(&report, "role.yaml", "rbac/wildcard-verb").len(), 1);
    }
    let separators = "---\n".repeat(100_000);
    assert_eq!(
        lint(vec![Source::new("a.yaml", separators)]).summary.files,
        1
    );
}

#[test]
fn many_faults_in_one_file_are_told() {
    let keys = "  a: b\n".repeat(20_000);
    let said = messages(format!("apiVersion: v1\nkind: ConfigMap\ndata:\n{keys}"));
    assert_eq!(said.len(), 1, "the same key is one fault");

    let numbers: Vec<_> = (0..20_000)
        .map(|key| format!("  k{key}: {key}\n"))
        .collect();
    let numbers = numbers.concat();
    let said = messages(format!("apiVersion: v1\nkind: ConfigMap\ndata:\n{numbers}"));
    assert_eq!(said.len(), 20_000);

    let broken = "---\napiVersion: v1\nkind: Secret\ndata: [\n".repeat(10_000);
    assert_eq!(messages(broken).len(), 10_000);

    for kind in ["v1\nkind: ConfigMap", "example.com/v1\nkind: Robot"] {
        let copy = format!("---\napiVersion: {kind}\nmetadata: {{name: a}}\n");
        let said = messages(copy.repeat(5_000));
        assert_eq!(said.len(), 1);
        assert!(said[0].contains("5000 times"), "{said:?}");
    }
}

#[test]
fn nothing_is_nothing_and_counted() {
    for text in [
        "",
        "\n\n",
        "# only a comment\n",
        "---\n---\n# one\n",
        "\u{feff}",
        "   ",
    ] {
        let report = lint(vec![Source::new("empty.yaml", text)]);
        assert!(report.findings.is_empty(), "{text:?}");
        assert_eq!(report.summary.files, 1);
        assert_eq!(report.summary.objects, 0);
        assert_eq!(report.summary.skipped.len(), 1, "{text:?}");
    }
    let report = lint(Vec::new());
    assert_eq!((report.summary.files, report.findings.len()), (0, 0));
}

#[test]
fn every_document_that_is_not_linted_is_accounted_for() {
    let template = "apiVersion: v1\nkind: Secret\nmetadata:\n  {{- include \"x\" . }}\n";
    let other = "on: push\njobs: {apiVersion: v1}\n";
    let report = lint(vec![
        Source::new("template.yaml", template),
        Source::new("other.yaml", other),
        Source::new("words.yaml", "no manifest at all"),
    ]);
    assert!(report.findings.is_empty());
    let skipped: Vec<_> = report
        .summary
        .skipped
        .iter()
        .map(|it| (&*it.path, it.reason.id()))
        .collect();
    assert_eq!(
        skipped,
        [
            ("other.yaml", "not-manifest"),
            ("template.yaml", "template"),
            ("words.yaml", "not-manifest"),
        ]
    );
}

#[test]
fn no_error_quotes_the_text_that_it_is_about() {
    let odd = [
        "a: *PLANTED",
        "a: !PLANTED!x y",
        "PLANTED: {PLANTED",
        "a: 'PLANTED",
        "a: \"PLANTED\\q\"",
        "%PLANTED\n---\na: b",
        "? PLANTED\n: [PLANTED",
        "a: @PLANTED",
        "a: `PLANTED`",
        "a: b: PLANTED",
        "<<: PLANTED",
        "a: !!int PLANTED",
        "a: !!binary PLANTED",
        "a: |9PLANTED",
        "a: .inf",
        "? {PLANTED: x}\n: y",
        "*PLANTED : x",
        "- PLANTED\nx",
        "a: PLANTED\n\tb: c",
        "...PLANTED",
        "--- PLANTED",
        "a: \u{85}PLANTED",
    ];
    for line in odd {
        let line = line.replace("PLANTED", PLANTED);
        let text = format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\n{line}\n");
        messages(text);
        let inside = line.replace('\n', "\n  ");
        messages(format!(
            "apiVersion: v1\nkind: Secret\nstringData:\n  {inside}\n"
        ));
    }
}

#[test]
fn every_prefix_of_a_manifest_is_read() {
    let text = format!(
        "{BAD_ROLE}---\n{{\"apiVersion\": \"v1\", \"kind\": \"Secret\", \"data\": {{\"a\": \"{PLANTED}\"}}}}\n"
    );
    for end in 0..text.len() {
        let mut workspace = Workspace::new(Settings::default());
        workspace.set(Source::new("part.yaml", &text.as_bytes()[..end]));
        let report = workspace.check(&Scope::Everything);
        assert_eq!(report.summary.files, 1);
    }
}

#[cfg(all(feature = "disk", unix))]
mod disk {
    use std::{fs, os::unix::fs::symlink, path::Path, process::Command};

    use super::{BAD_ROLE, Linter, Scope, Settings, found};

    fn open(root: &Path) -> super::Report {
        Linter::new(Settings::default()).check_disk(root, &Scope::Everything)
    }

    #[test]
    fn pipes_loops_and_large_files_do_not_stop_the_rest() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::write(root.join("bad.yaml"), BAD_ROLE).unwrap();
        fs::write(
            root.join("good.yaml"),
            "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a, namespace: b}\nautomountServiceAccountToken: false\n",
        )
        .unwrap();
        let pipe = Command::new("mkfifo").arg(root.join("pipe.yaml")).status();
        assert!(pipe.unwrap().success());
        symlink("loop.yaml", root.join("loop.yaml")).unwrap();
        fs::create_dir(root.join("inner")).unwrap();
        symlink("..", root.join("inner/again")).unwrap();
        let large = format!(
            "apiVersion: v1\nkind: ConfigMap\ndata:\n  a: {}\n",
            "x".repeat(50 << 20)
        );
        fs::write(root.join("large.yaml"), large).unwrap();

        let report = open(root);
        assert_eq!(found(&report, "bad.yaml", "rbac/wildcard-verb").len(), 1);
        assert_eq!(report.summary.objects, 2);
        let message = |path| {
            let findings = found(&report, path, "manifest/unreadable-file");
            assert_eq!(findings.len(), 1, "{path}");
            findings[0].message.clone()
        };
        assert_eq!(message("pipe.yaml"), "the file is a named pipe, not a file");
        assert!(message("loop.yaml").contains("symbolic link loop"));
        assert!(message("large.yaml").starts_with("the file is too large: "));
        assert!(message("large.yaml").contains("(16 MiB)"));
    }

    #[test]
    fn a_folder_without_manifests_is_no_fault() {
        let folder = tempfile::tempdir().unwrap();
        let report = open(folder.path());
        assert_eq!((report.summary.files, report.findings.len()), (0, 0));
        fs::write(folder.path().join("notes.txt"), "kind: Secret\n").unwrap();
        let report = open(folder.path());
        assert_eq!((report.summary.files, report.findings.len()), (0, 0));
    }
}

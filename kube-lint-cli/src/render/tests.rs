//! What the command line alone cannot bring about: suppressed findings of both kinds; and the schema
//! of SARIF, where it is there.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use kube_lint_core::{
    Linter, Scope, Settings, Source,
    report::{Suppressed, Suppression},
};
use serde_json::{Value, json};

use super::*;

const ROLE: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: deployer, namespace: ci}
rules:
- {apiGroups: [apps], resources: [controllerrevisions], verbs: ['*']} # because
- {apiGroups: [policy], resources: [poddisruptionbudgets], verbs: ['*']}
- {apiGroups: [apps], resources: [deployments/scale], verbs: ['*']}
";

/// Of three findings one is in force, one was allowed with a reason, one is in the baseline.
fn report() -> Report {
    let source = Source::new("a.yaml", ROLE);
    let mut report = Linter::new(Settings::default()).check(vec![source], &Scope::Everything);
    report.findings.retain(|it| it.rule == "rbac/wildcard-verb");
    report.summary.warnings = 1;
    let [allowed, old, new] = <[Diagnostic; 3]>::try_from(report.findings).unwrap();
    let in_source = Suppression::InSource {
        label: allowed.primary.clone(),
        reason: Some("a test \"needs\" it".to_owned()),
    };
    report.findings = vec![new];
    report.suppressed = vec![
        Suppressed {
            finding: allowed,
            by: in_source,
        },
        Suppressed {
            finding: old,
            by: Suppression::Baseline,
        },
    ];
    report
}

fn text(report: &Report, format: Format) -> String {
    let style = Style {
        color: false,
        info: true,
    };
    let origin = Origin {
        paths: Paths::default(),
        folder: "deploy/".to_owned(),
        now: 1_769_817_600,
    };
    let mut text = Vec::new();
    super::report(&mut text, report, format, style, &origin).unwrap();
    String::from_utf8(text).unwrap()
}

fn read(report: &Report, format: Format) -> Value {
    serde_json::from_str(&text(report, format)).unwrap()
}

#[test]
fn sarif_says_why_a_finding_counts_for_nothing() {
    let sarif = read(&report(), Format::Sarif);
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let suppressions: Vec<_> = results.iter().map(|it| it.get("suppressions")).collect();
    let location = json!({"physicalLocation": {
        "artifactLocation": {"uri": "deploy/a.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 5, "startColumn": 65, "endLine": 5, "endColumn": 68},
    }});
    let allowed = json!([{
        "kind": "inSource",
        "status": "accepted",
        "justification": "a test \"needs\" it",
        "location": location,
    }]);
    let old = json!([{
        "kind": "external",
        "status": "accepted",
        "justification": "in the baseline",
    }]);
    assert_eq!(suppressions, [None, Some(&allowed), Some(&old)]);
}

#[test]
fn json_says_why_a_finding_counts_for_nothing() {
    let json = read(&report(), Format::Json);
    assert_eq!(json["findings"].as_array().unwrap().len(), 1);
    assert_eq!(json["summary"]["suppressed"], 2);
    let [allowed, old] = json["suppressed"].as_array().unwrap().as_slice() else {
        panic!("{json}");
    };
    assert_eq!(allowed["line"], 5);
    assert_eq!(allowed["suppression"]["by"], "in-source");
    assert_eq!(allowed["suppression"]["reason"], "a test \"needs\" it");
    assert_eq!(allowed["suppression"]["line"], 5);
    assert_eq!(old["line"], 6);
    assert_eq!(old["suppression"], json!({"by": "baseline"}));
}

#[test]
fn suppressed_findings_are_skipped_tests() {
    let junit = text(&report(), Format::Junit);
    assert!(junit.contains(r#"tests="3" failures="1" errors="0" skipped="2""#));
    assert!(junit.contains(r#"<skipped message="a test &quot;needs&quot; it"/>"#));
    assert!(junit.contains(r#"<skipped message="in the baseline"/>"#));
}

#[test]
fn suppressed_findings_are_suppressed_events() {
    let events = text(&report(), Format::Ocsf);
    let events = events.lines().map(|it| serde_json::from_str(it).unwrap());
    let events: Vec<Value> = events.collect();
    let states: Vec<_> = events.iter().map(|it| &it["status_id"]).collect();
    assert_eq!(states, [1, 3, 3]);
    assert_eq!(events[1]["status_detail"], "a test \"needs\" it");
}

#[test]
fn no_other_format_shows_suppressed_findings_but_the_summary_counts_them() {
    let report = report();
    for format in [
        Format::Pretty,
        Format::Short,
        Format::Github,
        Format::Gitlab,
    ] {
        let text = text(&report, format);
        let grants = |resource: &str| text.contains(&format!("every verb on `{resource}`"));
        assert!(grants("deployments/scale"), "{format:?}");
        assert!(
            !grants("controllerrevisions") && !grants("poddisruptionbudgets"),
            "{format:?}"
        );
    }
    let markdown = text(&report, Format::Markdown);
    assert!(markdown.starts_with("### kube-lint: 1 warning, 1 suppressed, 1 known\n"));
    assert_eq!(
        summary::findings(&report, false),
        "1 warning, 1 suppressed, 1 known"
    );
    let mut nothing = Report::default();
    nothing.suppressed = report.suppressed;
    assert_eq!(
        summary::findings(&nothing, false),
        "no findings, 1 suppressed, 1 known"
    );
}

/// The demonstration's findings, so that there are some of most kinds.
fn demo() -> Report {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/demo");
    let linter = Linter::new(Settings::default());
    linter.check_disk(Path::new(folder), &Scope::Everything)
}

#[test]
#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
fn sarif_is_as_its_schema_asks() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/schemas");
    let named = env::var_os("KUBE_LINT_SCHEMAS").map(PathBuf::from);
    let folder = named.unwrap_or(beside);
    if !folder.is_dir() {
        println!("skipped: KUBE_LINT_SCHEMAS does not name the folder of the schemas");
        return;
    }
    let path = folder.join("sarif-schema-2.1.0.json");
    let schema: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let unreadable = Source::new("b [1].yaml", b"\xff\xfe\x00\xd8".as_slice());
    let unreadable = Linter::new(Settings::default()).check(vec![unreadable], &Scope::Everything);
    for report in [report(), demo(), unreadable, Report::default()] {
        let sarif = read(&report, Format::Sarif);
        let errors = schema.iter_errors(&sarif);
        let errors: Vec<_> = errors
            .map(|it| format!("{it} at {}", it.instance_path()))
            .collect();
        assert_eq!(errors, [""; 0]);
    }
    // And not because it asks for nothing.
    assert!(!schema.is_valid(&json!({"version": "2.1.0", "runs": [{}]})));
}

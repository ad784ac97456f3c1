//! Embedding: texts linted in a few lines, and a workspace that follows edits.

use std::io::{self, Write};

use kube_lint_core::{Linter, Report, Scope, Settings, Source, Workspace};

const ROLE: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: deployer
  namespace: ci
rules:
- apiGroups: [apps]
  resources: [controllerrevisions]
  verbs: ['*']
";

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();

    // Once: texts in, a report out. `Linter::check_disk` takes a folder instead.
    let linter = Linter::new(Settings::default());
    let report = linter.check(vec![Source::new("role.yaml", ROLE)], &Scope::Everything);
    print(&mut out, &report)?;

    // Again and again: only the file that changed is parsed.
    let mut workspace = Workspace::new(Settings::default());
    workspace.set(Source::new("role.yaml", ROLE));
    let mended = ROLE.replace("'*'", "get, list, patch");
    workspace.set(Source::new("role.yaml", mended));
    let scope = Scope::Below(vec!["role.yaml".to_owned()]);
    print(&mut out, &workspace.check(&scope))
}

fn print(out: &mut impl Write, report: &Report) -> io::Result<()> {
    for finding in &report.findings {
        let path = report.path(finding.primary.place.file);
        let at = finding.primary.start;
        let (severity, rule) = (finding.severity, finding.rule);
        writeln!(
            out,
            "{path}:{}:{}: {severity}[{rule}] {}",
            at.line, at.column, finding.message
        )?;
    }
    writeln!(
        out,
        "{} findings in {} objects",
        report.findings.len(),
        report.summary.objects
    )
}

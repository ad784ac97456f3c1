//! Lints a folder with every rule and prints one line a finding: `lint FOLDER [RULE…]`.

use std::{env, io::Write, path::Path};

use kube_lint_core::{Linter, Scope, Settings};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = env::args().skip(1);
    let root = arguments.next().unwrap_or_else(|| ".".to_owned());
    let rules: Vec<String> = arguments.collect();
    let mut settings = Settings::default();
    if !rules.is_empty() {
        let patterns = rules
            .iter()
            .map(|it| it.parse())
            .collect::<Result<Vec<_>, _>>();
        settings
            .levels
            .select(&patterns.map_err(|it| format!("{it:?}"))?);
    }
    let report = Linter::new(settings).check_disk(Path::new(&root), &Scope::Everything);
    let mut out = std::io::stdout().lock();
    for finding in &report.findings {
        let path = report.path(finding.primary.place.file);
        let at = finding.primary.start;
        writeln!(
            out,
            "{path}:{}:{}: {}[{}] {}",
            at.line, at.column, finding.severity, finding.rule, finding.message
        )?;
        for label in &finding.related {
            let path = report.path(label.place.file);
            writeln!(
                out,
                "    {path}:{}:{} {}",
                label.start.line, label.start.column, label.message
            )?;
        }
    }
    let summary = &report.summary;
    writeln!(
        out,
        "{} files, {} objects, {} errors, {} warnings, {} infos",
        summary.files, summary.objects, summary.errors, summary.warnings, summary.infos
    )?;
    Ok(())
}

//! A report as text: for people, for problem matchers, for programs.

mod github;
mod gitlab;
mod json;
mod junit;
mod markdown;
mod ocsf;
mod pretty;
mod sarif;
mod short;
mod snippet;
mod summary;
#[cfg(test)]
mod tests;

use std::{
    borrow::Cow,
    cmp::Reverse,
    env,
    io::{self, IsTerminal, Write},
    time::Duration,
};

use kube_lint_core::{
    diagnostic::{Diagnostic, Severity},
    report::{Report, Suppression},
    span::FileId,
};

use crate::{
    args::{ColorChoice, Format},
    error::Error,
    paths::Paths,
};

/// What may differ between two outputs of one format.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    /// Whether escapes of a terminal are understood.
    pub(crate) color: bool,
    /// Whether findings of the level info are shown, where the format hides them.
    pub(crate) info: bool,
}

/// Where and when a report was made.
#[derive(Debug)]
pub(crate) struct Origin {
    /// How files are named for people and editors.
    pub(crate) paths: Paths,
    /// The root as its repository names it, with a `/` at the end: who shows findings beside the code
    /// knows the paths of the repository only.
    pub(crate) folder: String,
    /// Seconds since 1970-01-01 UTC.
    pub(crate) now: u64,
}

impl Origin {
    fn path(&self, report: &Report, file: FileId) -> String {
        self.folder.clone() + report.path(file)
    }
}

impl Style {
    fn shows(self, finding: &Diagnostic) -> bool {
        self.info || finding.severity > Severity::Info
    }
}

/// A report with the names that its files have for people and editors.
#[derive(Clone, Copy, Debug)]
struct View<'a> {
    report: &'a Report,
    paths: &'a Paths,
}

impl<'a> View<'a> {
    fn path(self, file: FileId) -> Cow<'a, str> {
        self.paths.name(self.report.path(file))
    }
}

/// Writes the findings.
pub(crate) fn report(
    output: &mut impl Write,
    report: &Report,
    format: Format,
    style: Style,
    origin: &Origin,
) -> io::Result<()> {
    let view = View {
        report,
        paths: &origin.paths,
    };
    match format {
        Format::Pretty => pretty::write(output, view, style),
        Format::Short => short::write(output, view, style),
        Format::Json => json::write(output, report),
        Format::Sarif => sarif::write(output, report, origin),
        Format::Github => github::write(output, report, style, origin),
        Format::Gitlab => gitlab::write(output, report, origin),
        Format::Junit => junit::write(output, report, style, origin),
        Format::Ocsf => ocsf::write(output, report, origin),
        Format::Markdown => markdown::write(output, report, origin),
    }
}

/// The findings that `style` shows, the worst first: GitHub cuts off what comes late.
fn worst_first(report: &Report, style: Style) -> Vec<&Diagnostic> {
    let findings = report.findings.iter();
    let mut shown: Vec<_> = findings.filter(|it| style.shows(it)).collect();
    shown.sort_by_key(|it| Reverse(it.severity));
    shown
}

/// All findings, those that count for nothing last.
fn every(report: &Report) -> impl Iterator<Item = (&Diagnostic, Option<&Suppression>)> {
    let findings = report.findings.iter().map(|it| (it, None));
    let suppressed = report.suppressed.iter();
    findings.chain(suppressed.map(|it| (&it.finding, Some(&it.by))))
}

/// Where the page of a rule is read.
fn page(rule: &str) -> String {
    format!(
        "{}/blob/main/docs/rules/{rule}.md",
        env!("CARGO_PKG_REPOSITORY")
    )
}

/// Why a finding counts for nothing, in a few words.
fn reason(by: &Suppression) -> &str {
    match by {
        Suppression::InSource { reason, .. } => {
            reason.as_deref().unwrap_or("allowed in the source")
        }
        Suppression::Baseline => "in the baseline",
    }
}

/// Writes the summary to stderr, but for programs, which find it in their output.
pub(crate) fn summary(report: &Report, format: Format, style: Style, elapsed: Duration) {
    if !matches!(format, Format::Json | Format::Sarif) {
        to_stderr(&summary::text(report, style, elapsed));
    }
}

/// Writes to stderr what else there is to say of a report, where there is a summary.
pub(crate) fn notes(notes: &[String], format: Format) {
    if format != Format::Json {
        for text in notes {
            note(text);
        }
    }
}

/// Writes a line to stderr.
pub(crate) fn note(text: &str) {
    to_stderr(&format!("{text}\n"));
}

/// Writes to stderr why a run could not take place.
pub(crate) fn error(error: &Error, color: ColorChoice) {
    let color = color.on(&io::stderr());
    to_stderr(&match error {
        Error::Config(error) => pretty::config_error(error, "config", color),
        Error::Baseline(error) => pretty::config_error(error, "baseline", color),
        _ if color => format!("\u{1b}[1;31merror:\u{1b}[0m {error}\n"),
        _ => format!("error: {error}\n"),
    });
}

fn to_stderr(text: &str) {
    // Where even stderr is closed, the exit status is all that is left to say.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

impl ColorChoice {
    /// Whether to write colours to that stream.
    pub(crate) fn on(self, stream: &impl IsTerminal) -> bool {
        let is_set = |name| env::var_os(name).is_some_and(|it| !it.is_empty());
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto if is_set("NO_COLOR") => false,
            Self::Auto if env::var_os("CLICOLOR_FORCE").is_some_and(|it| it != "0") => true,
            Self::Auto => stream.is_terminal() && env::var_os("TERM").is_none_or(|it| it != "dumb"),
        }
    }
}

//! A report as text: for people, for problem matchers, for programs.

mod json;
mod pretty;
mod short;
mod snippet;
mod summary;

use std::{
    borrow::Cow,
    env,
    io::{self, IsTerminal, Write},
    time::Duration,
};

use kube_lint_core::{
    diagnostic::{Diagnostic, Severity},
    report::Report,
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

/// Writes the findings; `paths` say how those formats name files that are for people and editors.
pub(crate) fn report(
    output: &mut impl Write,
    report: &Report,
    paths: &Paths,
    format: Format,
    style: Style,
) -> io::Result<()> {
    let view = View { report, paths };
    match format {
        Format::Pretty => pretty::write(output, view, style),
        Format::Short => short::write(output, view, style),
        Format::Json => json::write(output, report),
    }
}

/// Writes the summary to stderr, but for programs, which find it in their output.
pub(crate) fn summary(report: &Report, format: Format, style: Style, elapsed: Duration) {
    if format != Format::Json {
        to_stderr(&summary::text(report, style, elapsed));
    }
}

/// Writes to stderr why a run could not take place.
pub(crate) fn error(error: &Error, color: ColorChoice) {
    let color = color.on(&io::stderr());
    to_stderr(&match error {
        Error::Config(error) => pretty::config_error(error, color),
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

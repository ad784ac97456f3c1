//! Findings with their source, for people.

use std::{
    fmt,
    io::{self, IsTerminal, Write},
};

use kube_lint_core::{
    config::ConfigError,
    diagnostic::{Diagnostic, Label, ObjectReference, Severity},
    span::FileId,
};
use miette::{
    GraphicalTheme, LabeledSpan, MietteHandler, MietteHandlerOpts, ReportHandler, SourceCode,
    ThemeCharacters, ThemeStyles,
};

use super::{
    Style, View,
    snippet::{Mark, Snippet},
};

/// Columns where there is no terminal to ask.
const WIDTH: usize = 100;
/// Other files that are quoted; a defect can have a hundred copies.
const FILES: usize = 3;
/// Labels that are drawn in one file.
const LABELS: usize = 6;

pub(super) fn write(output: &mut impl Write, view: View<'_>, style: Style) -> io::Result<()> {
    let handler = handler(style.color, &io::stdout());
    let shown: Vec<_> = view
        .report
        .findings
        .iter()
        .filter(|it| style.shows(it))
        .collect();
    for group in shown.chunk_by(|left, right| subject(left) == subject(right)) {
        let (bold, plain) = if style.color {
            ("\u{1b}[1m", "\u{1b}[0m")
        } else {
            ("", "")
        };
        if let Some(first) = group.first() {
            writeln!(output, "{bold}{}{plain}\n", Heading(view, first))?;
        }
        for finding in group {
            writeln!(
                output,
                "{}",
                Rendered(&handler, &Finding::new(view, finding))
            )?;
        }
    }
    Ok(())
}

/// The error as a finding in a file that is for kube-lint; `what` is a word for it.
pub(super) fn config_error(error: &ConfigError, what: &str, color: bool) -> String {
    let mark = Mark {
        excerpt: error.excerpt(),
        span: error.span(),
        start: error.start(),
        last_line: error.start().line,
        message: "",
    };
    let finding = Finding {
        severity: Severity::Error,
        code: Some(format!("error[{what}]")),
        message: error.message().to_owned(),
        help: None,
        snippet: Some(Snippet::new(error.path().into(), &[mark])),
        elsewhere: Vec::new(),
    };
    Rendered(&handler(color, &io::stderr()), &finding).to_string()
}

fn handler(color: bool, stream: &impl IsTerminal) -> MietteHandler {
    let styles = if color {
        ThemeStyles::ansi()
    } else {
        ThemeStyles::none()
    };
    let characters = ThemeCharacters {
        advice: "→".to_owned(),
        ..ThemeCharacters::unicode()
    };
    let options = MietteHandlerOpts::new()
        .force_graphical(true)
        .graphical_theme(GraphicalTheme { characters, styles })
        .color(color)
        .terminal_links(false)
        .show_related_errors_as_nested();
    if stream.is_terminal() {
        options.build()
    } else {
        options.width(WIDTH).build()
    }
}

/// What findings under one heading have in common.
fn subject(finding: &Diagnostic) -> (FileId, Option<&ObjectReference>) {
    (finding.primary.place.file, finding.object.as_ref())
}

/// `Role ci/deployer · rbac/roles.yaml`.
struct Heading<'a>(View<'a>, &'a Diagnostic);

impl fmt::Display for Heading<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(view, finding) = self;
        if let Some(object) = &finding.object {
            write!(f, "{object} · ")?;
        }
        f.write_str(&view.path(finding.primary.place.file))
    }
}

/// What miette draws: a finding, or the part of its evidence that lies in another file.
#[derive(Debug)]
struct Finding<'a> {
    severity: Severity,
    code: Option<String>,
    message: String,
    help: Option<&'a str>,
    snippet: Option<Snippet<'a>>,
    elsewhere: Vec<Self>,
}

impl<'a> Finding<'a> {
    fn new(view: View<'a>, finding: &'a Diagnostic) -> Self {
        let mut files = by_file(finding);
        let here = files.remove(0);
        let snippet = snippet(view, &here, text_of);
        let message = match snippet {
            Some(_) => finding.message.clone(),
            None => format!("{}: {}", view.path(here.file), finding.message),
        };
        let quoted: usize = files.iter().take(FILES).map(|it| it.quoted().len()).sum();
        let labels = 1 + finding.related.len();
        let others = files.iter().take(FILES);
        let mut elsewhere: Vec<_> = others.map(|it| Self::evidence(view, it)).collect();
        elsewhere.extend(Self::more(labels - quoted - here.quoted().len()));
        Self {
            severity: finding.severity,
            code: Some(format!("{}[{}]", finding.severity, finding.rule)),
            message,
            help: finding.help.as_deref(),
            snippet,
            elsewhere,
        }
    }

    fn evidence(view: View<'a>, labels: &FileLabels<'a>) -> Self {
        let [label] = labels.labels.as_slice() else {
            return Self::note("see also".to_owned()).with(snippet(view, labels, text_of));
        };
        let snippet = snippet(view, labels, |_| "");
        let message = match (label.message.as_str(), &snippet) {
            ("", Some(_)) => "see also".to_owned(),
            (message, Some(_)) => message.to_owned(),
            (message, None) => {
                let path = view.path(labels.file);
                format!("{path}:{}: {message}", label.start.line)
            }
        };
        Self::note(message).with(snippet)
    }

    fn more(number: usize) -> Option<Self> {
        match number {
            0 => None,
            1 => Some(Self::note("and in 1 more place".to_owned())),
            _ => Some(Self::note(format!("and in {number} more places"))),
        }
    }

    fn note(message: String) -> Self {
        Self {
            severity: Severity::Info,
            code: None,
            message,
            help: None,
            snippet: None,
            elsewhere: Vec::new(),
        }
    }

    fn with(self, snippet: Option<Snippet<'a>>) -> Self {
        Self { snippet, ..self }
    }
}

/// The labels of a finding that lie in one file.
struct FileLabels<'a> {
    file: FileId,
    labels: Vec<&'a Label>,
}

impl<'a> FileLabels<'a> {
    fn quoted(&self) -> &[&'a Label] {
        self.labels.get(..LABELS).unwrap_or(&self.labels)
    }
}

/// The labels of a finding by file, that of the primary label first.
fn by_file(finding: &Diagnostic) -> Vec<FileLabels<'_>> {
    let mut files: Vec<FileLabels<'_>> = Vec::new();
    for label in finding.labels() {
        let file = label.place.file;
        match files.iter_mut().find(|it| it.file == file) {
            Some(known) => known.labels.push(label),
            None => files.push(FileLabels {
                file,
                labels: vec![label],
            }),
        }
    }
    files
}

fn snippet<'a>(
    view: View<'a>,
    labels: &FileLabels<'a>,
    message: fn(&'a Label) -> &'a str,
) -> Option<Snippet<'a>> {
    let marks = labels.quoted().iter().filter_map(|label| {
        Some(Mark {
            excerpt: view.report.excerpt(label.place)?,
            span: label.place.span,
            start: label.start,
            last_line: label.end.line,
            message: message(label),
        })
    });
    let marks: Vec<_> = marks.collect();
    (!marks.is_empty()).then(|| Snippet::new(view.path(labels.file), &marks))
}

fn text_of(label: &Label) -> &str {
    &label.message
}

impl fmt::Display for Finding<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Finding<'_> {}

impl miette::Diagnostic for Finding<'_> {
    fn code<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        self.code.as_ref().map(|it| Box::new(it) as Box<_>)
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        })
    }

    fn help<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        self.help.map(|it| Box::new(it) as Box<_>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.snippet.as_ref().map(|it| it as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.snippet
            .as_ref()
            .map(|it| Box::new(it.labels()) as Box<_>)
    }

    fn related<'b>(&'b self) -> Option<Box<dyn Iterator<Item = &'b dyn miette::Diagnostic> + 'b>> {
        let elsewhere = self
            .elsewhere
            .iter()
            .map(|it| it as &dyn miette::Diagnostic);
        (!self.elsewhere.is_empty()).then(|| Box::new(elsewhere) as Box<_>)
    }
}

/// A finding as text.
struct Rendered<'a>(&'a MietteHandler, &'a Finding<'a>);

impl fmt::Display for Rendered<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.debug(self.1, f)
    }
}

#[cfg(test)]
mod tests {
    use kube_lint_core::{config::Config, source::Excerpt, span::Span};

    use super::*;

    /// Numbers without a pattern, the same in every run.
    struct Numbers(u32);

    impl Numbers {
        fn below(&mut self, end: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 17;
            self.0 ^= self.0 << 5;
            self.0 as usize % end
        }

        fn text(&mut self) -> String {
            const PARTS: [&str; 8] = ["a", "ü", "\t", "\n", "\r\n", "語", " ", "\n\n\n"];
            let mut text = String::from("x: 1\n");
            for _ in 0..self.below(40) {
                let part = PARTS[self.below(PARTS.len())];
                let times = if part.contains('\n') || self.below(4) > 0 {
                    1
                } else {
                    200
                };
                text.push_str(&part.repeat(times));
            }
            text
        }

        fn mark<'a>(&mut self, excerpt: &'a Excerpt) -> Mark<'a> {
            let text = excerpt.text();
            let mut ends = [0; 2].map(|_| self.below(text.len() + 1));
            ends.sort_unstable();
            let [start, end] = ends.map(|it| {
                let at = (it..=text.len()).find(|&it| text.is_char_boundary(it));
                u32::try_from(at.unwrap()).unwrap()
            });
            Mark {
                excerpt,
                span: Span::new(start, end),
                start: excerpt.position(start),
                last_line: excerpt.position(end).line,
                message: ["", "here"][self.below(2)],
            }
        }
    }

    #[test]
    fn every_place_in_every_text_can_be_drawn() {
        let handler = handler(false, &io::stdin());
        let mut numbers = Numbers(7);
        for _ in 0..3000 {
            let text = numbers.text();
            // No key of a configuration is `x`, and the error holds an excerpt.
            let error = Config::from_yaml("a.yaml", &text).unwrap_err();
            let count = 1 + numbers.below(4);
            let marks: Vec<_> = (0..count).map(|_| numbers.mark(error.excerpt())).collect();
            let note = Finding::note("note".to_owned());
            let finding = note.with(Some(Snippet::new("a.yaml".into(), &marks)));
            let drawn = Rendered(&handler, &finding).to_string();
            let place = format!("{}:{}", marks[0].start.line, marks[0].start.column);
            assert!(!drawn.contains("Failed"), "{text:?} {marks:?}\n{drawn}");
            assert!(drawn.contains(&place), "{text:?} {marks:?}\n{drawn}");
            assert!(drawn.lines().all(|it| it.chars().count() < 500), "{drawn}");
        }
    }
}

//! What allows findings in the manifests themselves: comments and annotations.

mod annotation;
mod comment;
mod cover;
mod covers;
mod judge;

use memchr::memmem;

use crate::{
    analysis::secrets,
    config::RulePattern,
    edit::Edit,
    rule::{Fault, FaultKind, Misread},
    source::{Excerpt, printable},
    span::{FileId, Place, Span, narrow},
    yaml::{Chunk, Document, NodeId},
};

use comment::{Reach, Written};
use cover::Lines;

pub(crate) use judge::{Judge, Stage};

/// What every suppression holds, so that files without it need no second look.
const WORD: &[u8] = b"kube-lint";

/// What one file suppresses.
#[derive(Debug)]
pub(crate) struct Directives {
    file: FileId,
    /// Whether the file holds [`WORD`] at all.
    is_active: bool,
    /// Whether rules saw any of the file; faults of others are nobody's business.
    is_linted: bool,
    /// Whether a part of the file could not be read, so that findings may be missing.
    is_partial: bool,
    /// Byte at which the first line with content begins.
    top: u32,
    list: Vec<Directive>,
    faults: Vec<Fault>,
    /// Lines that may be in no document.
    excerpts: Vec<Excerpt>,
}

/// One comment or annotation.
#[derive(Debug)]
struct Directive {
    place: Place,
    names: Vec<Name>,
    /// As it may be shown.
    reason: Option<String>,
    /// Bytes of the file; nothing where the comment has nothing below it.
    covers: Vec<Span>,
    /// Whether findings may be missing because the document does not parse.
    is_partial: bool,
}

/// One of the names in a directive.
#[derive(Debug)]
struct Name {
    place: Place,
    pattern: RulePattern,
    /// What takes it out.
    removal: Option<Vec<Edit>>,
}

/// Where a comment stands.
#[derive(Clone, Copy)]
struct Stands {
    /// From `kube-lint` to the end of the reason.
    at: Place,
    /// What goes with it: its line, where nothing else is there; `None` where another comment follows.
    whole: Option<Place>,
}

impl Directives {
    /// What the lines of the file say that belong to no document: its top, and its separators.
    pub(crate) fn new(file: FileId, text: &str) -> Self {
        let mut directives = Self {
            file,
            is_active: memmem::find(text.as_bytes(), WORD).is_some(),
            is_linted: false,
            is_partial: false,
            top: 0,
            list: Vec::new(),
            faults: Vec::new(),
            excerpts: Vec::new(),
        };
        if directives.is_active {
            directives.read_lines(text);
        }
        directives
    }

    /// Lines with suppressions that may be in no document.
    pub(crate) fn excerpts(&self) -> &[Excerpt] {
        &self.excerpts
    }

    fn read_lines(&mut self, text: &str) {
        let mut is_top = true;
        let whole = Chunk {
            offset: 0,
            first_line: 1,
            text,
        };
        for line in lines(&whole) {
            let content = line.text.trim_start_matches('\u{feff}');
            let is_separator = is_separator(content);
            is_top &= is_separator || is_passed_over(content) || content.starts_with('%');
            if is_top {
                self.top = line.offset + length(line.text);
            }
            if is_top || is_separator {
                self.read_line(&line, is_separator);
            }
        }
    }

    /// Reads a line at the top of the file, or a separator.
    fn read_line(&mut self, line: &Chunk<'_>, is_separator: bool) {
        let is_top = line.offset < self.top;
        self.each(line, |directives, written, stands| match written.content {
            Ok((Reach::File, _)) if is_top => {
                directives.push(&written, stands, vec![Span::new(0, u32::MAX)], false);
            }
            Ok((Reach::File, _)) => directives.fault(stands.at, FaultKind::NotAtTop),
            Ok((Reach::Line, _)) if is_separator => {
                directives.fault(stands.at, FaultKind::OnSeparator);
            }
            Ok((Reach::Line, _)) => {}
            Err(misread) => directives.fault(stands.at, FaultKind::Misread(misread)),
        });
    }

    /// Reads the comments of a part of the file that holds nothing else.
    pub(crate) fn add_blank(&mut self, chunk: &Chunk<'_>) {
        if !self.is_active {
            return;
        }
        for line in lines(chunk).filter(|it| !is_separator(it.text)) {
            self.each(&line, |directives, written, stands| {
                directives.add_written(&written, stands, Vec::new(), false);
            });
        }
    }

    /// Reads the comments and annotations of a document in which `objects` are linted; `true` where
    /// there are any.
    pub(crate) fn add(&mut self, document: &Document, objects: &[NodeId]) -> bool {
        let is_partial = document.error().is_some();
        self.is_linted |= is_partial || !objects.is_empty();
        self.is_partial |= is_partial;
        if !self.is_active || memmem::find(document.text().as_bytes(), WORD).is_none() {
            return false;
        }
        let before = (self.list.len(), self.faults.len());
        let mut lines = Lines::of(document, objects);
        for comment in document.comments() {
            let text = document.text().get(comment.range()).unwrap_or_default();
            for written in comment::read(text) {
                let span = written.span.shifted(comment.start());
                let covered = lines.covered_by(comment);
                let covered = covered.map(|it| it.shifted(document.offset()));
                if !lines.is_separator(comment) {
                    let stands = Stands {
                        at: document.place(span),
                        whole: comment::whole(document.text(), span).map(|it| document.place(it)),
                    };
                    let covers = covered.into_iter().collect();
                    self.add_written(&written, stands, covers, is_partial);
                }
            }
        }
        annotation::add(document, self);
        before != (self.list.len(), self.faults.len())
    }

    /// Takes a comment of a document; what stands at the top was read with the lines.
    fn add_written(
        &mut self,
        written: &Written<'_>,
        stands: Stands,
        covers: Vec<Span>,
        is_partial: bool,
    ) {
        let is_top = stands.at.span.start() < self.top;
        match written.content {
            Ok((Reach::Line, _)) => self.push(written, stands, covers, is_partial),
            _ if is_top => {}
            Ok((Reach::File, _)) => self.fault(stands.at, FaultKind::NotAtTop),
            Err(misread) => self.fault(stands.at, FaultKind::Misread(misread)),
        }
    }

    /// Hands over what is written in the comment at the end of a line.
    fn each(&mut self, line: &Chunk<'_>, mut take: impl FnMut(&mut Self, Written<'_>, Stands)) {
        let Some((before, _)) = line.text.split_once('#') else {
            return;
        };
        let start = length(before);
        let text = line.text.get(before.len()..).unwrap_or_default();
        let found = comment::read(text);
        if !found.is_empty() {
            self.excerpts.push(excerpt(line));
        }
        for written in found {
            let span = written.span.shifted(start);
            let file = self.file;
            let place = |it: Span| Place {
                file,
                span: it.shifted(line.offset),
            };
            let stands = Stands {
                at: place(span),
                whole: comment::whole(line.text, span).map(place),
            };
            take(self, written, stands);
        }
    }

    /// Keeps a comment.
    fn push(&mut self, written: &Written<'_>, stands: Stands, covers: Vec<Span>, is_partial: bool) {
        let Ok((_, (names, reason))) = &written.content else {
            return;
        };
        let at = stands.at;
        let spans = names.iter().map(|(offset, name)| {
            let start = at.span.start() + offset;
            Span::new(start, start + length(name))
        });
        let spans: Vec<_> = spans.collect();
        let mut known = Vec::new();
        for (number, (_, name)) in names.iter().enumerate() {
            let removed = match spans.as_slice() {
                [_] => stands.whole,
                _ => comment::with_comma(&spans, number).map(|span| Place { span, ..at }),
            };
            let removal = removed.map(|place| {
                let replacement = String::new();
                vec![Edit { place, replacement }]
            });
            let place = Place {
                span: spans[number],
                ..at
            };
            known.extend(self.name(name, place, removal));
        }
        self.list.push(Directive {
            place: at,
            names: known,
            reason: reason.map(shown),
            covers,
            is_partial,
        });
    }

    /// The rules that `text` names; a fault where it names none.
    fn name(&mut self, text: &str, place: Place, removal: Option<Vec<Edit>>) -> Option<Name> {
        match text.parse() {
            Ok(pattern) => Some(Name {
                place,
                pattern,
                removal,
            }),
            Err(_) if secrets::is_doubtful(text) => {
                let message = "it names no rule".to_owned();
                self.fault(place, FaultKind::UnknownRule(message));
                None
            }
            Err(error) => {
                self.fault(place, FaultKind::UnknownRule(error.to_string()));
                None
            }
        }
    }

    fn fault(&mut self, place: Place, kind: FaultKind) {
        self.faults.push(Fault { place, kind });
    }

    fn misread(&mut self, place: Place, misread: Misread) {
        self.fault(place, FaultKind::Misread(misread));
    }
}

/// A reason as it may be shown.
fn shown(reason: &str) -> String {
    if secrets::is_doubtful(reason) {
        return "not shown, as it may hold a secret".to_owned();
    }
    printable(reason)
}

/// A line alone, for the case that no document is kept that holds it.
fn excerpt(line: &Chunk<'_>) -> Excerpt {
    let whole = Span::new(0, length(line.text));
    let hidden = secrets::is_doubtful(line.text).then_some(whole);
    Excerpt::new(line.offset, line.first_line, line.text, hidden.as_slice())
}

/// The lines of a part of a file, with their breaks.
fn lines<'a>(chunk: &Chunk<'a>) -> impl Iterator<Item = Chunk<'a>> + use<'a> {
    let (mut offset, mut first_line) = (chunk.offset, chunk.first_line);
    chunk.text.split_inclusive(['\n', '\r']).map(move |text| {
        let line = Chunk {
            offset,
            first_line,
            text,
        };
        offset += length(text);
        first_line += u32::from(text.ends_with('\n'));
        line
    })
}

/// Whether a line ends a document.
fn is_separator(line: &str) -> bool {
    line.strip_prefix("---").is_some_and(is_passed_over)
}

/// Whether a line holds nothing but a comment.
fn is_passed_over(line: &str) -> bool {
    let content = line.trim();
    content.is_empty() || content.starts_with('#')
}

fn length(text: &str) -> u32 {
    narrow(text.len())
}

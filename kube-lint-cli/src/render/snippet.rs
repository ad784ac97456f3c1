//! The lines around a finding, cut to what a terminal can show, as a source for miette.
//!
//! miette's own sources scan the file from its start for every label and count columns in bytes; a
//! snippet takes a few lines out of a masked excerpt by its line index.

use std::{borrow::Cow, collections::BTreeMap};

use kube_lint_core::{
    source::Excerpt,
    span::{Position, Span},
};
use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

/// Bytes of a line that are shown; a longer one is cut around its first label.
const WIDTH: usize = 120;
/// Of these, bytes before the label.
const BEFORE: usize = 40;
/// A label over more lines is drawn on its first one.
const TALL: u32 = 6;

/// A place to be shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark<'a> {
    pub(super) excerpt: &'a Excerpt,
    pub(super) span: Span,
    /// The first character; given, since to find a column takes time on a long line.
    pub(super) start: Position,
    /// The line of the end.
    pub(super) last_line: u32,
    pub(super) message: &'a str,
}

/// Some lines of one file and the labels in them.
#[derive(Debug)]
pub(super) struct Snippet<'a> {
    path: Cow<'a, str>,
    text: String,
    chunks: Vec<Chunk>,
    labels: Vec<(LabeledSpan, Position)>,
}

/// Lines without a gap.
#[derive(Debug)]
struct Chunk {
    first_line: u32,
    lines: usize,
    span: SourceSpan,
}

impl<'a> Snippet<'a> {
    /// The lines of `marks`, all of the file of that path; the first is what the finding is about.
    pub(super) fn new(path: Cow<'a, str>, marks: &[Mark<'a>]) -> Self {
        let shown: Vec<_> = marks.iter().map(Shown::of).collect();
        let mut lines = BTreeMap::new();
        for mark in &shown {
            let own = mark.start.line..=mark.last_line;
            for number in own.start().saturating_sub(1)..=own.end() + 1 {
                let line = Line::of(mark.excerpt, number);
                // What follows the last line break of a file is a line only for who points at it.
                let line = line.filter(|it| own.contains(&number) || !it.is_end);
                if let Some(line) = line {
                    lines.entry(number).or_insert(line);
                }
            }
        }
        for mark in &shown {
            let bytes = mark.span;
            if let Some(line) = lines.get_mut(&mark.start.line) {
                line.aim(bytes.start());
            }
        }
        let mut snippet = Self {
            path,
            text: String::new(),
            chunks: Vec::new(),
            labels: Vec::new(),
        };
        let placed = snippet.lay_out(&lines);
        snippet.labels = labels(&shown, &placed);
        snippet
    }

    pub(super) fn labels(&self) -> impl Iterator<Item = LabeledSpan> {
        self.labels.iter().map(|(label, _)| label.clone())
    }

    /// Joins the lines and says where each came to lie.
    fn lay_out(&mut self, lines: &BTreeMap<u32, Line<'_>>) -> Vec<Placed> {
        let mut placed = Vec::with_capacity(lines.len());
        for (&number, line) in lines {
            let start = self.text.len();
            let cut = line.write_to(&mut self.text);
            placed.push(Placed {
                number,
                start,
                cut,
                end: self.text.len(),
            });
            self.text.push('\n');
            let length = self.text.len() - start;
            match self.chunks.last_mut() {
                Some(chunk) if chunk.next_line() == number => chunk.grow(length),
                _ => self.chunks.push(Chunk {
                    first_line: number,
                    lines: 1,
                    span: SourceSpan::new(start.into(), length),
                }),
            }
        }
        placed
    }

    /// Position of the label that is exactly there.
    fn position(&self, span: &SourceSpan) -> Option<Position> {
        let mut labels = self.labels.iter();
        labels
            .find(|(label, _)| label.inner() == span)
            .map(|&(_, position)| position)
    }
}

impl Chunk {
    fn next_line(&self) -> u32 {
        self.first_line + u32::try_from(self.lines).unwrap_or(u32::MAX)
    }

    fn grow(&mut self, length: usize) {
        self.lines += 1;
        let start = self.span.offset();
        self.span = SourceSpan::new(start.into(), self.span.len() + length);
    }

    fn holds(&self, span: &SourceSpan) -> bool {
        let end = self.span.offset() + self.span.len();
        self.span.offset() <= span.offset() && span.offset() + span.len() <= end
    }
}

/// A mark without what is not drawn.
struct Shown<'a> {
    excerpt: &'a Excerpt,
    message: &'a str,
    span: Span,
    start: Position,
    last_line: u32,
}

impl<'a> Shown<'a> {
    fn of(mark: &Mark<'a>) -> Self {
        let Mark {
            excerpt,
            span,
            start,
            message,
            ..
        } = *mark;
        let (span, lines) = without_blank_end(excerpt, span);
        let end = mark.last_line.saturating_sub(lines).max(start.line);
        let (span, last_line) = if end - start.line < TALL {
            (span, end)
        } else {
            (first_line_of(excerpt, span, start.line), start.line)
        };
        Self {
            excerpt,
            message,
            span,
            start,
            last_line,
        }
    }
}

/// The span up to its last byte that is seen, and the number of lines that this is shorter: block
/// scalars and maps end with their line break.
fn without_blank_end(excerpt: &Excerpt, span: Span) -> (Span, u32) {
    let offset = excerpt.offset();
    let start = span.start().saturating_sub(offset) as usize;
    let end = span.end().saturating_sub(offset) as usize;
    let text = excerpt.text().get(start..end).unwrap_or_default();
    let (seen, blank) = text.split_at(text.trim_end().len());
    let length = u32::try_from(seen.len()).unwrap_or(u32::MAX);
    let lines = u32::try_from(blank.matches('\n').count()).unwrap_or(u32::MAX);
    let span = Span::new(span.start(), span.start().saturating_add(length));
    (span, lines)
}

fn first_line_of(excerpt: &Excerpt, span: Span, line: u32) -> Span {
    let end = excerpt
        .line(line)
        .map_or(span.end(), |it| it.end() + excerpt.offset());
    Span::new(span.start(), span.end().min(end))
}

/// A line of a file, and where to cut it.
struct Line<'a> {
    text: &'a str,
    /// Byte of the file at which it starts.
    offset: u32,
    /// Whether it is what follows the last line break.
    is_end: bool,
    /// The byte of the first label.
    aim: Option<u32>,
}

impl<'a> Line<'a> {
    fn of(excerpt: &'a Excerpt, number: u32) -> Option<Self> {
        let span = excerpt.line(number)?;
        Some(Self {
            text: excerpt.text().get(span.range())?,
            offset: excerpt.offset() + span.start(),
            is_end: span.is_empty() && span.start() as usize == excerpt.text().len(),
            aim: None,
        })
    }

    fn aim(&mut self, at: u32) {
        let at = at.saturating_sub(self.offset);
        self.aim = Some(self.aim.map_or(at, |it| it.min(at)));
    }

    /// Writes what is shown of the line and says what of the file that is.
    fn write_to(&self, text: &mut String) -> Cut {
        let line = self.text.trim_end();
        let whole = line.len() <= WIDTH;
        let aim = self.aim.map_or(0, |it| it as usize);
        let from = if whole || aim + BEFORE <= WIDTH {
            0
        } else {
            aim - BEFORE
        };
        let from = boundary(line, from);
        let to = if whole {
            line.len()
        } else {
            boundary(line, from + WIDTH)
        };
        let left = if from > 0 { "…" } else { "" };
        text.push_str(left);
        text.push_str(line.get(from..to).unwrap_or_default());
        if to < line.len() {
            text.push('…');
        }
        let byte = |at: usize| self.offset + u32::try_from(at).unwrap_or(u32::MAX);
        Cut {
            bytes: Span::new(byte(from), byte(to)),
            left: left.len(),
        }
    }
}

/// The last start of a character at or before `at`.
fn boundary(text: &str, at: usize) -> usize {
    let mut starts = (0..=at.min(text.len())).rev();
    starts.find(|&it| text.is_char_boundary(it)).unwrap_or(0)
}

/// What is shown of a line.
struct Cut {
    /// Bytes of the file.
    bytes: Span,
    /// Bytes of the mark for what is left out before them.
    left: usize,
}

/// Where a line lies in the text of a snippet.
struct Placed {
    number: u32,
    start: usize,
    end: usize,
    cut: Cut,
}

impl Placed {
    /// The byte of the snippet for a byte of the file, the nearest that is shown.
    fn offset(&self, at: u32) -> usize {
        let shown = at.clamp(self.cut.bytes.start(), self.cut.bytes.end());
        let inside = (shown - self.cut.bytes.start()) as usize;
        (self.start + self.cut.left + inside).min(self.end)
    }
}

fn labels(shown: &[Shown<'_>], placed: &[Placed]) -> Vec<(LabeledSpan, Position)> {
    let line = |number| placed.iter().find(|it| it.number == number);
    let mut labels = Vec::with_capacity(shown.len());
    for mark in shown {
        let (Some(first), Some(last)) = (line(mark.start.line), line(mark.last_line)) else {
            continue;
        };
        let start = first.offset(mark.span.start());
        let length = last.offset(mark.span.end()).saturating_sub(start);
        let message = (!mark.message.is_empty()).then(|| mark.message.to_owned());
        let label = if labels.is_empty() {
            LabeledSpan::new_primary_with_span(message, (start, length))
        } else {
            LabeledSpan::new_with_span(message, (start, length))
        };
        labels.push((label, mark.start));
    }
    labels
}

impl SourceCode for Snippet<'_> {
    /// The whole chunk of a label, or, asked for no lines around it, its position.
    fn read_span<'b>(
        &'b self,
        span: &SourceSpan,
        before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'b> + 'b>, MietteError> {
        let mut chunks = self.chunks.iter();
        let chunk = chunks.find(|it| it.holds(span));
        let chunk = chunk.ok_or(MietteError::OutOfBounds)?;
        let position = match self.position(span) {
            Some(position) if before == 0 => position,
            _ => Position {
                line: chunk.first_line,
                column: 1,
            },
        };
        let start = chunk.span.offset();
        let bytes = self.text.as_bytes();
        Ok(Box::new(MietteSpanContents::new_named(
            self.path.clone().into_owned(),
            bytes
                .get(start..start + chunk.span.len())
                .unwrap_or_default(),
            chunk.span,
            position.line.saturating_sub(1) as usize,
            position.column.saturating_sub(1) as usize,
            chunk.lines,
        )))
    }
}

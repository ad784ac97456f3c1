//! Feeds the events of `granit-parser` to the builder and mends their spans.

use std::borrow::Cow;

use granit_parser::{ErrorKind, Event, Options, Parser, ScalarStyle, ScanError, StrInput};

use crate::span::{Span, narrow};

use super::{
    build::{Builder, Leaf, Next, Stop},
    document::{Limits, SyntaxErrorKind},
    mend::Patches,
    quoted,
    resolve::Tag,
    text,
    tree::{Style, Tree},
};

/// How often a text is mended before it is taken as it is.
const ROUNDS: usize = 16;

/// Reads the first document of `readable`, a prefix of `text`.
pub(super) fn read(text: &str, readable: &str, limits: Limits) -> Tree {
    let mut patches = Patches::of(readable);
    for _ in 0..ROUNDS {
        let known = patches.scalars();
        let mended = patches.apply(readable);
        let tree = read_once(text, &mended, limits, &mut patches);
        if patches.scalars() == known {
            return tree;
        }
    }
    let mended = patches.apply(readable);
    read_once(text, &mended, limits, &mut patches)
}

fn read_once(text: &str, mended: &str, limits: Limits, patches: &mut Patches) -> Tree {
    let mut reader = Reader {
        parser: Parser::new_from_str_with_options(mended, options(limits)),
        builder: Builder::new(text, limits),
        anchors: Vec::new(),
        last: 0,
        patches,
        tabs: memchr::memchr(b'\t', text.as_bytes()).is_some(),
    };
    // What stopped the reader is in the tree.
    _ = reader.document();
    reader.builder.finish()
}

fn options(limits: Limits) -> Options {
    let depth = limits.depth.min(10_000) as usize;
    granit_parser::options! {
        emit_anchor_events: true,
        max_buffered_comment_events: usize::MAX,
        flow_nesting_limit: depth,
        block_nesting_limit: depth,
    }
}

struct Reader<'t, 'b, 'p> {
    parser: Parser<'t, StrInput<'t>>,
    builder: Builder<'b>,
    /// Node of each anchor, by granit's number of the anchor.
    anchors: Vec<u32>,
    /// The node added last.
    last: u32,
    patches: &'p mut Patches,
    /// Whether the text holds tabs.
    tabs: bool,
}

type Tagged<'t> = Option<Cow<'t, granit_parser::Tag>>;

impl Reader<'_, '_, '_> {
    fn document(&mut self) -> Result<(), Stop> {
        loop {
            let Some(event) = self.parser.next_event() else {
                return Ok(());
            };
            let (event, span) = event.map_err(|error| self.fail(&error))?;
            match event {
                Event::Scalar(value, style, anchor, tag) => {
                    self.scalar(&value, style, &tag, &span);
                    self.define(anchor);
                }
                Event::MappingStart(style, anchor, tag) => {
                    self.mapping(style, &tag, &span)?;
                    self.define(anchor);
                }
                Event::SequenceStart(style, anchor, tag) => {
                    self.sequence(style, &tag, &span)?;
                    self.define(anchor);
                }
                Event::MappingEnd | Event::SequenceEnd => self.close(bytes(&span)),
                Event::Anchor(_, name) => self.anchor(&name, bytes(&span)),
                Event::Alias(anchor) => {
                    let target = self.anchors.get(anchor).copied().unwrap_or(u32::MAX);
                    self.builder.alias(bytes(&span), target)?;
                }
                Event::Comment(..) => self.builder.comment(bytes(&span)),
                Event::DocumentStart(_, version) => {
                    self.builder.skip_to(bytes(&span).end() as usize);
                    if version.is_some_and(|it| (it.major, it.minor) != (1, 1)) {
                        let message = "only version 1.1 of YAML is supported";
                        let kind = SyntaxErrorKind::Unsupported;
                        self.builder.refuse(kind, bytes(&span), message);
                        return Err(Stop);
                    }
                }
                Event::DocumentEnd => {
                    self.rest();
                    return Ok(());
                }
                _ => {}
            }
        }
    }

    /// Remembers the node added last as the target of granit's anchor number `anchor`, 0 for none.
    fn define(&mut self, anchor: usize) {
        if anchor == 0 {
            return;
        }
        if self.anchors.len() <= anchor {
            self.anchors.resize(anchor + 1, u32::MAX);
        }
        if let Some(node) = self.anchors.get_mut(anchor) {
            *node = self.last;
        }
    }

    fn anchor(&mut self, name: &str, span: Span) {
        self.builder.anchor(self.last, span);
        let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if !name.bytes().all(known) {
            self.syntax(span, "an anchor may only hold letters, digits, `-` and `_`");
        }
    }

    fn syntax(&mut self, span: Span, message: &str) {
        self.builder.refuse(SyntaxErrorKind::Syntax, span, message);
    }

    /// Looks for content behind the end of the document, which kubectl ignores.
    fn rest(&mut self) {
        while let Some(event) = self.parser.next_event() {
            match event {
                Ok((Event::Comment(..), span)) => self.builder.comment(bytes(&span)),
                Ok((Event::StreamEnd, _)) => return,
                Ok((_, span)) => return self.builder.drop_from(bytes(&span).start()),
                Err(error) => {
                    let at = error.marker().byte_offset().unwrap_or(0);
                    return self.builder.drop_from(narrow(at));
                }
            }
        }
    }

    fn fail(&mut self, error: &ScanError) -> Stop {
        let at = error.marker().byte_offset().unwrap_or(0);
        let span = text::character(self.builder.text(), at);
        let (_, start) = self.content();
        match error.kind() {
            ErrorKind::InvalidQuotedScalarIndent | ErrorKind::UnknownQuotedScalarEscape => {
                self.patches.quoted(self.builder.text(), start);
            }
            // What follows `...` on its line is ignored by kubectl like the lines after it.
            ErrorKind::InvalidDocumentEnd => {
                self.settle();
                self.builder.drop_from(span.start());
                return Stop;
            }
            _ => {}
        }
        let kind = match error.kind() {
            ErrorKind::RecursionLimitExceeded => SyntaxErrorKind::Limit,
            _ => SyntaxErrorKind::Syntax,
        };
        let message = match error.kind() {
            ErrorKind::RecursionLimitExceeded => "collections are nested too deep".to_owned(),
            // These quote the text.
            ErrorKind::UnexpectedCharacter { .. } => {
                "found a character that cannot start any token".to_owned()
            }
            ErrorKind::Custom(_) | ErrorKind::InputIo { .. } | ErrorKind::InputDecoding { .. } => {
                "cannot be read as YAML".to_owned()
            }
            kind => kind.to_string(),
        };
        self.builder.refuse(kind, span, &message);
        Stop
    }

    /// Gives a key without a value an empty one.
    fn settle(&mut self) {
        if self.builder.next() == Next::Value {
            self.builder.scalar(&Leaf {
                span: self.empty(),
                style: Style::Plain,
                text: "",
                decoded: false,
                tag: None,
            });
        }
    }

    fn scalar(
        &mut self,
        value: &str,
        style: ScalarStyle,
        tag: &Tagged<'_>,
        event: &granit_parser::Span,
    ) {
        let given = bytes(event);
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::SingleQuoted,
            ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
            ScalarStyle::Literal => Style::Literal,
            ScalarStyle::Folded => Style::Folded,
        };
        let (span, text, decoded) = match style {
            Style::Literal | Style::Folded => {
                (self.block_scalar(given, value), Cow::Borrowed(value), true)
            }
            Style::Plain if given.is_empty() => (self.empty(), Cow::Borrowed(""), false),
            _ => self.flow_scalar(given, style, value),
        };
        self.check_tab(span);
        self.check_key(span);
        if self.builder.next() == Next::Root
            && style == Style::Plain
            && span.is_empty()
            && tag.is_none()
        {
            // A document of comments alone.
            return;
        }
        self.last = self.builder.scalar(&Leaf {
            span,
            style,
            text: &text,
            decoded,
            tag: tag_of(tag, event),
        });
    }

    /// The text of a plain or quoted scalar, and whether that differs from the source.
    fn flow_scalar<'v>(
        &mut self,
        span: Span,
        style: Style,
        value: &'v str,
    ) -> (Span, Cow<'v, str>, bool) {
        let source = self.builder.text().get(span.range()).unwrap_or_default();
        let changed = self.patches.touch(span);
        let (inner, text) = if style == Style::Plain {
            self.colons(span);
            (source, changed.then(|| source.to_owned()))
        } else {
            let inner = source.get(1..source.len().saturating_sub(1));
            let text = changed.then(|| quoted::decode(source)).flatten();
            if changed && text.is_none() {
                self.syntax(span, "an escape that YAML does not know");
            }
            (inner.unwrap_or_default(), text)
        };
        let text = text.map_or(Cow::Borrowed(value), Cow::Owned);
        let decoded = inner != text;
        if decoded
            && style == Style::DoubleQuoted
            && let Some(at) = quoted::refused_escape(source)
        {
            let span = quoted::escape_span(source, span.start(), at);
            self.syntax(span, "an escape that YAML 1.1 does not know");
        }
        (span, text, decoded)
    }

    /// Looks at the colons of a plain scalar in a flow collection, which libyaml reads otherwise.
    fn colons(&mut self, span: Span) {
        let innermost = self.builder.innermost().map(|(style, _)| style);
        if !matches!(innermost, Some(Style::FlowMapping | Style::FlowSequence)) {
            return;
        }
        let bytes = self.builder.text().as_bytes();
        let end = span.end() as usize;
        if let Some([b':', b',' | b'[' | b']' | b'{' | b'}', ..]) = bytes.get(end..) {
            self.patches.colon(end);
        }
        let source = bytes.get(span.range()).unwrap_or_default();
        if source.starts_with(b":") || memchr::memchr(b'?', source).is_some() {
            let message = "between brackets a text with `?`, or that starts with `:`, needs quotes";
            self.syntax(span, message);
        }
    }

    /// libyaml allows only keys on one line, unless a `?` announces them.
    fn check_key(&mut self, span: Span) {
        let text = self.builder.text();
        let source = text.get(span.range()).unwrap_or_default();
        if self.builder.next() != Next::Key || !text::has_line_breaks(source) {
            return;
        }
        let before = text.get(..span.start() as usize).unwrap_or_default();
        if !before.trim_end().ends_with('?') {
            self.syntax(span, "a key must be on one line");
        }
    }

    /// libyaml allows no tab between a dash, or the start of a line, and what follows it.
    fn check_tab(&mut self, span: Span) {
        if !self.tabs {
            return;
        }
        let before = self.builder.text().get(..span.start() as usize);
        let before = before.unwrap_or_default();
        let indicator = before.trim_end_matches([' ', '\t']);
        let blanks = before.get(indicator.len()..).unwrap_or_default();
        let innermost = self.builder.innermost().map(|(style, _)| style);
        let in_flow = matches!(innermost, Some(Style::FlowMapping | Style::FlowSequence));
        let misplaced = indicator.is_empty() || indicator.ends_with(['-', '?', '\n']);
        if !in_flow && misplaced && blanks.contains('\t') {
            let start = narrow(indicator.len());
            self.syntax(
                Span::new(start, span.start()),
                "a tab cannot stand for blanks here",
            );
        }
    }

    fn mapping(
        &mut self,
        style: granit_parser::StructureStyle,
        tag: &Tagged<'_>,
        event: &granit_parser::Span,
    ) -> Result<(), Stop> {
        self.check_tab(bytes(event));
        let style = match style {
            granit_parser::StructureStyle::Block => Style::BlockMapping,
            granit_parser::StructureStyle::Flow => Style::FlowMapping,
        };
        self.last = self.builder.open(style, bytes(event), tag_of(tag, event))?;
        Ok(())
    }

    fn sequence(
        &mut self,
        style: granit_parser::StructureStyle,
        tag: &Tagged<'_>,
        event: &granit_parser::Span,
    ) -> Result<(), Stop> {
        let (style, span) = match style {
            granit_parser::StructureStyle::Block => (Style::BlockSequence, self.dash(bytes(event))),
            granit_parser::StructureStyle::Flow => (Style::FlowSequence, bytes(event)),
        };
        self.check_tab(span);
        self.last = self.builder.open(style, span, tag_of(tag, event))?;
        Ok(())
    }

    /// Ends a collection: at its bracket, or behind what it holds.
    fn close(&mut self, end: Span) {
        let bracket = self.builder.text().get(end.range());
        let at = match bracket {
            Some("}" | "]") => end.end() as usize,
            _ => self.builder.end(),
        };
        self.builder.close(at);
    }

    /// The first `-` of a block sequence, where granit gives its first item.
    fn dash(&self, given: Span) -> Span {
        let (_, at) = self.content();
        match self.builder.text().as_bytes().get(at) {
            Some(b'-') => Span::between(at, at + 1),
            _ => given,
        }
    }

    /// From the `|` or `>` to the last line of the content, where granit gives the content alone.
    fn block_scalar(&self, given: Span, value: &str) -> Span {
        let (_, header) = self.content();
        let bytes = self.builder.text().as_bytes();
        let header = match bytes.get(header) {
            Some(b'|' | b'>') => header,
            _ => given.start() as usize,
        };
        let header_end = header + indicators(bytes.get(header..).unwrap_or_default());
        let keeps = bytes
            .get(header..header_end)
            .is_some_and(|it| it.contains(&b'+'));
        let content = self
            .builder
            .text()
            .get(..given.end() as usize)
            .unwrap_or_default();
        let content = without_indentation(content);
        let end = if keeps || value.trim_end_matches('\n').ends_with([' ', '\t']) {
            without_line_break(content).len()
        } else {
            content.trim_end_matches([' ', '\n', '\r']).len()
        };
        Span::between(header, end.max(header_end))
    }

    /// Behind the colon or dash that the empty scalar follows, and behind its anchor or tag.
    fn empty(&self) -> Span {
        let (end, _) = self.content();
        Span::between(end, end)
    }

    /// Where the next node stands: the end of the indicators and properties before it, and its
    /// first byte.
    fn content(&self) -> (usize, usize) {
        let bytes = self.builder.text().as_bytes();
        let mut end = self.builder.end();
        let indicator = match (self.builder.next(), self.builder.innermost()) {
            (Next::Value | Next::MergeValue, _) => Some(b':'),
            (_, Some((Style::BlockSequence, items))) if items > 0 => Some(b'-'),
            _ => None,
        };
        let at = skip_blank(bytes, end);
        if indicator.is_some() && bytes.get(at).copied() == indicator {
            end = at + 1;
        }
        loop {
            let at = skip_blank(bytes, end);
            if !matches!(bytes.get(at), Some(b'&' | b'!')) {
                return (end, at);
            }
            let rest = bytes.get(at..).unwrap_or_default();
            let length = rest
                .iter()
                .position(|it| it.is_ascii_whitespace() || *it == b',');
            end = at + length.unwrap_or(rest.len());
        }
    }
}

/// The index of the first byte at or after `at` that is neither blank nor in a comment.
fn skip_blank(bytes: &[u8], mut at: usize) -> usize {
    while let Some(byte) = bytes.get(at) {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => at += 1,
            b'#' => {
                let rest = bytes.get(at..).unwrap_or_default();
                at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            }
            _ => break,
        }
    }
    at
}

/// Length of the header of a block scalar: `|`, `>-`, `|2+`.
fn indicators(bytes: &[u8]) -> usize {
    let mark = |it: &&u8| matches!(it, b'|' | b'>' | b'+' | b'-' | b'1'..=b'9');
    bytes.iter().take_while(mark).count()
}

/// The text without the blanks of its last line, if that holds nothing else.
fn without_indentation(text: &str) -> &str {
    let trimmed = text.trim_end_matches(' ');
    if trimmed.ends_with('\n') {
        trimmed
    } else {
        text
    }
}

fn without_line_break(text: &str) -> &str {
    let line = text.strip_suffix('\n').unwrap_or(text);
    line.strip_suffix('\r').unwrap_or(line)
}

fn tag_of(tag: &Tagged<'_>, event: &granit_parser::Span) -> Option<(Tag, Span)> {
    let tag = tag.as_ref()?;
    let name = format!("{}{}", tag.handle(), tag.suffix());
    let span = event.tag_span().unwrap_or(*event);
    Some((Tag::named(&name), bytes(&span)))
}

fn bytes(span: &granit_parser::Span) -> Span {
    let range = span.byte_range().unwrap_or_default();
    Span::between(range.start, range.end)
}

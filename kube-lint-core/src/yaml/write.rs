//! Writes a document as the JSON that kubectl makes of it.

use std::{borrow::Cow, fmt::Write as _, vec};

use super::{
    document::{Document, SyntaxError, SyntaxErrorKind},
    node::{Items, Node},
    number::write_json_float,
    resolve::Scalar,
};

/// The JSON text that `sigs.k8s.io/yaml`'s `YAMLToJSON` makes of a document: keys in order, as Go's
/// `encoding/json` writes them. An empty document is `null`.
///
/// # Errors
///
/// Where kubectl refuses the document: its [`error`](Document::error), or one of kind
/// [`Limit`](SyntaxErrorKind::Limit) where aliases would make the JSON 100 times longer than the
/// document and more than 100 MB.
pub fn to_json(document: &Document) -> Result<String, SyntaxError> {
    if let Some(error) = document.error() {
        return Err(error.clone());
    }
    let Some(root) = document.root() else {
        return Ok("null".to_owned());
    };
    let mut writer = Writer {
        out: String::with_capacity(document.text().len()),
        longest: (document.text().len() * 100).max(100_000_000),
        open: Vec::new(),
    };
    writer.node(root)?;
    while let Some(open) = writer.open.last_mut() {
        match open.next() {
            Some((first, key, node)) => writer.entry(first, key.as_deref(), node)?,
            None => writer.close(),
        }
    }
    Ok(writer.out)
}

/// A collection that is being written.
enum Open<'a> {
    Mapping(bool, vec::IntoIter<(Cow<'a, str>, Node<'a>)>),
    Sequence(bool, Items<'a>),
}

impl<'a> Open<'a> {
    /// The next value with its key, and whether it is the first.
    fn next(&mut self) -> Option<(bool, Option<Cow<'a, str>>, Node<'a>)> {
        match self {
            Self::Mapping(first, fields) => {
                let (key, value) = fields.next()?;
                Some((std::mem::take(first), Some(key), value))
            }
            Self::Sequence(first, items) => {
                let item = items.next()?;
                Some((std::mem::take(first), None, item))
            }
        }
    }
}

struct Writer<'a> {
    out: String,
    longest: usize,
    open: Vec<Open<'a>>,
}

impl<'a> Writer<'a> {
    fn entry(&mut self, first: bool, key: Option<&str>, node: Node<'a>) -> Result<(), SyntaxError> {
        if !first {
            self.out.push(',');
        }
        if let Some(key) = key {
            self.string(key);
            self.out.push(':');
        }
        self.node(node)
    }

    fn node(&mut self, node: Node<'a>) -> Result<(), SyntaxError> {
        if self.out.len() > self.longest {
            return Err(SyntaxError {
                span: node.span(),
                message: "aliases make the document too large".to_owned(),
                kind: SyntaxErrorKind::Limit,
            });
        }
        if node.is_mapping() {
            self.out.push('{');
            let keyed = |(key, value): (Node<'a>, _)| Some((key.key_text()?, value));
            let mut fields: Vec<_> = node.fields().filter_map(keyed).collect();
            fields.sort_by(|one, other| one.0.cmp(&other.0));
            self.open.push(Open::Mapping(true, fields.into_iter()));
        } else if node.is_sequence() {
            self.out.push('[');
            self.open.push(Open::Sequence(true, node.items()));
        } else {
            self.scalar(node.scalar().unwrap_or(Scalar::Null));
        }
        Ok(())
    }

    fn close(&mut self) {
        match self.open.pop() {
            Some(Open::Mapping(..)) => self.out.push('}'),
            Some(Open::Sequence(..)) => self.out.push(']'),
            None => {}
        }
    }

    fn scalar(&mut self, scalar: Scalar<'_>) {
        // Writing to a string cannot fail.
        _ = match scalar {
            Scalar::Null => self.out.write_str("null"),
            Scalar::Bool(value) => write!(self.out, "{value}"),
            Scalar::Int(value) => write!(self.out, "{value}"),
            Scalar::Uint(value) => write!(self.out, "{value}"),
            Scalar::Float(value) => {
                write_json_float(&mut self.out, value);
                Ok(())
            }
            Scalar::Str(text) => {
                self.string(text);
                Ok(())
            }
        };
    }

    /// A string as Go's `encoding/json` escapes it, HTML included.
    fn string(&mut self, text: &str) {
        self.out.push('"');
        for character in text.chars() {
            match character {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\n' => self.out.push_str("\\n"),
                '\r' => self.out.push_str("\\r"),
                '\t' => self.out.push_str("\\t"),
                '\u{8}' => self.out.push_str("\\b"),
                '\u{c}' => self.out.push_str("\\f"),
                '\0'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                    _ = write!(self.out, "\\u{:04x}", u32::from(character));
                }
                _ => self.out.push(character),
            }
        }
        self.out.push('"');
    }
}

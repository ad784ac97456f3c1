//! What becomes of another linter's configuration.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    path::Path,
};

use kube_lint_core::{
    path_globs::PathGlobs,
    rules,
    source::printable,
    span::Span,
    yaml::{Document, Limits, Node},
};

use super::checks::{self, Row};
use crate::error::Error;

/// Settings that say the same, and what cannot be said.
#[derive(Debug, Default)]
pub(super) struct Translation {
    /// The file that it comes from.
    pub(super) source: Option<&'static str>,
    pub(super) exclude: Vec<String>,
    /// By rule, or `*` for all: the level, and what it stands for.
    pub(super) rules: BTreeMap<&'static str, (String, String)>,
    pub(super) fail_on: Option<&'static str>,
    /// What was not translated, and why not.
    pub(super) lost: Vec<String>,
}

impl Translation {
    /// A translation of the first of `names` that is in `folder`, of which nothing is translated yet.
    pub(super) fn begin(
        folder: &Path,
        names: &[&'static str],
    ) -> Result<(Self, Option<Document>), Error> {
        let mut translation = Self::default();
        let there = names.iter().copied().find(|it| folder.join(it).is_file());
        let Some(name) = there else {
            let expected = names.join("` or `");
            let none = format!("there is no `{expected}` to translate");
            translation.lost.push(none);
            return Ok((translation, None));
        };
        translation.source = Some(name);
        Ok((translation, Some(read(folder, name)?)))
    }

    /// Switches off the rules that stand for the check that `node` names.
    pub(super) fn switch_off(&mut self, table: &[Row], name: &str, line: usize) {
        let found = checks::rules(table, name);
        if found.is_empty() {
            self.lose(line, &format!("`{name}` has no equivalent"));
        }
        for rule in found {
            let level = ("off".to_owned(), name.to_owned());
            self.rules.insert(rule, level);
        }
    }

    /// Leaves only the rules that stand for these checks, each at its declared level.
    pub(super) fn select(&mut self, table: &[Row], checks: &[(String, usize)]) {
        let why = "only what is listed was run".to_owned();
        self.rules.insert("*", ("off".to_owned(), why));
        for (name, line) in checks {
            let found = checks::rules(table, name);
            if found.is_empty() {
                self.lose(*line, &format!("`{name}` has no equivalent"));
            }
            for rule in found.iter().filter_map(|id| rules::find(id)) {
                let level = (rule.severity.to_string(), name.clone());
                self.rules.insert(rule.id, level);
            }
        }
    }

    /// Leaves out the files of a glob, if it is one.
    pub(super) fn exclude(&mut self, glob: String, line: usize) {
        match PathGlobs::new([glob.as_str()]) {
            Ok(_) => self.exclude.push(glob),
            Err(error) => self.lose(line, &format!("`{glob}`: {error}")),
        }
    }

    pub(super) fn lose(&mut self, line: usize, why: &str) {
        let source = self.source.unwrap_or_default();
        self.lost.push(format!("{source}:{line}: {why}"));
    }

    /// Says what was translated, and what was not.
    pub(super) fn write(&self, output: &mut impl Write) -> io::Result<()> {
        let Some(source) = self.source else {
            return self.lost.iter().try_for_each(|it| writeln!(output, "{it}"));
        };
        writeln!(output, "translated `{source}`")?;
        if self.lost.is_empty() {
            return Ok(());
        }
        writeln!(output, "\nNot translated:")?;
        for line in &self.lost {
            writeln!(output, "  {}", printable(line))?;
        }
        Ok(())
    }
}

fn read(folder: &Path, name: &str) -> Result<Document, Error> {
    let path = folder.join(name);
    let text = fs::read_to_string(&path).map_err(|error| Error::of_path(&path, error))?;
    let document = Document::parse_text(&text, &Limits::default());
    if let Some(error) = document.error() {
        return Err(Error::OtherConfig {
            path: name.to_owned(),
            line: line_at(&document, error.span),
            message: printable(&error.message),
        });
    }
    Ok(document)
}

/// 1-based line of a node in a file that is one document.
pub(super) fn line(node: Node<'_>) -> usize {
    line_at(node.document(), node.span())
}

fn line_at(document: &Document, span: Span) -> usize {
    let before = document.text().get(..span.start() as usize);
    1 + before.map_or(0, |it| it.matches('\n').count())
}

/// The texts of a list, or those between commas of a text, each with its line.
pub(super) fn words(node: Option<Node<'_>>) -> Vec<(String, usize)> {
    let Some(node) = node else {
        return Vec::new();
    };
    let items: Vec<_> = if node.is_sequence() {
        node.items().collect()
    } else {
        vec![node]
    };
    let texts = items.into_iter().flat_map(|it| {
        let words = it.text().unwrap_or_default().split(',').map(str::trim);
        words.map(move |word| (word.to_owned(), line(it)))
    });
    texts.filter(|(word, _)| !word.is_empty()).collect()
}

//! Manifests that somebody half edited: no panic, and every report in order.
//!
//! The fixtures are changed at random, the same way in every run: bits flipped, lines left out and
//! repeated, files spliced, values replaced by ones of other types.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails the test")]

use std::{collections::BTreeMap, fs, path::Path};

use kube_lint_core::{
    Linter, Report, Scope, Settings, Source,
    diagnostic::{Confidence, Label, Severity},
    rules::RULES,
    target::World,
};

const GROUPS: u64 = 40;
const FILES: usize = 12;

/// Values that fit nearly nowhere.
const VALUES: [&str; 24] = [
    "null",
    "[]",
    "{}",
    "[1, 2]",
    "{a: b}",
    "-1",
    "1e999",
    "true",
    "\"\"",
    "\"{{ x }}\"",
    "{{ .Values.x }}",
    "[[[[]]]]",
    "|\n   text\n",
    "*a",
    "&a b",
    "!!str 1",
    "99999999999999999999",
    "\"\\u0000\\u001b[31m\"",
    "\u{202e}abc",
    "é",
    "[null]",
    "{? [a] : b}",
    "'*'",
    "\"a\\nb\"",
];

/// Pieces of YAML that end, begin and confuse.
const PIECES: [&str; 14] = [
    "---\n",
    "...\n",
    "\r",
    "\t",
    "\u{feff}",
    "%YAML 1.2\n",
    "\u{85}",
    "\u{2028}",
    "- ",
    "? ",
    "&a ",
    "<<: *a\n",
    "\0",
    "ü",
];

/// A generator of numbers (Knuth's MMIX).
struct Random(u64);

impl Random {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % count.max(1)
    }

    fn one_of<'t, T>(&mut self, items: &'t [T]) -> &'t T {
        &items[self.below(items.len())]
    }
}

fn lines(text: &[u8]) -> Vec<Vec<u8>> {
    let lines = text.split_inclusive(|it| *it == b'\n');
    lines.map(<[u8]>::to_vec).collect()
}

fn mutate(text: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
    let mut text = text.to_vec();
    let at = random.below(text.len() + 1);
    let mut lines = lines(&text);
    let line = random.below(lines.len());
    match random.below(6) {
        0 => text.iter_mut().skip(at).take(1).for_each(|it| *it ^= 0x11),
        1 if !lines.is_empty() => {
            lines.remove(line);
            text = lines.concat();
        }
        2 if !lines.is_empty() => {
            let repeated = lines[random.below(lines.len())].clone();
            lines.insert(line, repeated);
            text = lines.concat();
        }
        3 => {
            text.truncate(at);
            text.extend(&other[random.below(other.len() + 1)..]);
        }
        4 => drop(text.splice(at..at, random.one_of(&PIECES).bytes())),
        _ => {
            let value = *random.one_of(&VALUES);
            replace_value(&mut lines, line, value);
            text = lines.concat();
        }
    }
    text
}

/// Gives the first key at or behind `line` another value, in place of the lines below it.
fn replace_value(lines: &mut Vec<Vec<u8>>, line: usize, value: &str) {
    let indent = |it: &[u8]| it.iter().take_while(|it| **it == b' ').count();
    let key = lines.iter().skip(line).position(|it| it.contains(&b':'));
    let Some(at) = key.map(|it| line + it) else {
        return;
    };
    let own = indent(&lines[at]);
    let colon = lines[at].iter().position(|it| *it == b':').unwrap();
    lines[at].truncate(colon + 1);
    lines[at].extend(format!(" {value}\n").bytes());
    while lines.get(at + 1).is_some_and(|it| indent(it) > own) {
        lines.remove(at + 1);
    }
}

/// Path and bytes of every fixture.
fn fixtures(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().flatten().collect();
    entries.sort_by_key(fs::DirEntry::path);
    for entry in entries {
        let path = entry.path();
        if path.is_dir() {
            fixtures(&path, found);
        } else if path.extension().is_some_and(|it| it == "yaml") {
            let text = fs::read(&path).unwrap();
            if text.len() < 20_000 {
                found.push((path.to_string_lossy().replace('\\', "/"), text));
            }
        }
    }
}

fn group(fixtures: &[(String, Vec<u8>)], random: &mut Random) -> Vec<Source> {
    let first = random.below(fixtures.len());
    let near = fixtures.iter().cycle().skip(first).take(FILES);
    near.map(|(path, text)| {
        let mut text = text.clone();
        for _ in 0..random.below(4) {
            let other = &random.one_of(fixtures).1;
            text = mutate(&text, other, random);
        }
        Source::new(path.clone(), text)
    })
    .collect()
}

/// Everything of a report that output is made of.
fn shown(report: &Report) -> String {
    let findings = report.findings.iter().map(|it| {
        let at = |it: &Label| {
            let path = report.path(it.place.file);
            format!(
                "{path} {:?} {:?} {:?} {}",
                it.place.span, it.start, it.end, it.message
            )
        };
        let labels: Vec<_> = it.labels().map(at).collect();
        let edits = it.fix.iter().flat_map(|it| &it.edits);
        let edits = edits.map(|it| (it.place.span, &it.replacement));
        let edits: Vec<_> = edits.collect();
        format!(
            "{} {} {} {} {:?} {edits:?} {:?} {} {labels:?}\n",
            it.rule, it.severity, it.confidence, it.message, it.help, it.object, it.fingerprint
        )
    });
    format!("{}{:?}", findings.collect::<String>(), report.summary)
}

fn has_control_characters(text: &str) -> bool {
    text.chars().any(char::is_control)
}

fn assert_in_order(report: &Report, sources: &[Source]) {
    let texts: BTreeMap<_, _> = sources
        .iter()
        .map(|it| (it.path.as_str(), it.content.as_ref().unwrap()))
        .collect();
    let levels: BTreeMap<_, _> = RULES.iter().map(|it| (it.id, it.severity)).collect();
    for finding in &report.findings {
        assert!(finding.severity <= levels[finding.rule], "{finding:?}");
        let is_guess = finding.confidence == Confidence::Low;
        assert!(
            !is_guess || finding.severity == Severity::Info,
            "{finding:?}"
        );
        let words = finding.labels().map(|it| &it.message);
        let mut words = words.chain(&finding.help).chain([&finding.message]);
        assert!(!words.any(|it| has_control_characters(it)), "{finding:?}");
        if let Some(fix) = &finding.fix {
            assert!(!has_control_characters(&fix.message), "{finding:?}");
            let bytes = texts[report.path(finding.primary.place.file)];
            let text = std::str::from_utf8(bytes).unwrap();
            assert!(fix.apply(text).is_ok(), "{finding:?}");
        }
        for label in finding.labels() {
            let bytes = texts[report.path(label.place.file)];
            assert_place(label, bytes);
            if let Some(excerpt) = report.excerpt(label.place) {
                let mut lines = excerpt.text().split(['\n', '\t']);
                assert!(!lines.any(has_control_characters), "{finding:?}");
            }
        }
    }
}

fn assert_place(label: &Label, bytes: &[u8]) {
    let range = label.place.span.range();
    assert!(range.end <= bytes.len(), "outside the file: {label:?}");
    if let Ok(text) = std::str::from_utf8(bytes) {
        let are_whole = text.is_char_boundary(range.start) && text.is_char_boundary(range.end);
        assert!(are_whole, "part of a character: {label:?}");
    }
    let position = |it: kube_lint_core::span::Position| (it.line, it.column);
    assert!(position(label.start) <= position(label.end), "{label:?}");
}

/// Of all rules, those that are off by default among them.
fn linter(world: World) -> Linter {
    let mut settings = Settings::default();
    let patterns = RULES.iter().map(|it| it.id.parse().unwrap());
    settings.levels.select(&patterns.collect::<Vec<_>>());
    settings.target.set_world(world);
    Linter::new(settings)
}

#[test]
fn mutated_manifests_are_linted_in_order_and_the_same_in_any_order() {
    let mut all = Vec::new();
    fixtures(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures"),
        &mut all,
    );
    let mut findings = 0;
    for seed in 0..GROUPS {
        let linter = linter(if seed % 2 == 0 {
            World::Open
        } else {
            World::Closed
        });
        let mut sources = group(&all, &mut Random(seed));
        let report = linter.check(sources.clone(), &Scope::Everything);
        assert_in_order(&report, &sources);
        sources.reverse();
        let reversed = linter.check(sources, &Scope::Everything);
        assert_eq!(shown(&report), shown(&reversed), "seed {seed}");
        findings += report.findings.len();
    }
    assert!(findings > 500, "the fixtures are still read: {findings}");
}

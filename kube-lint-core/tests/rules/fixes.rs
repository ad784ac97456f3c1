//! Every fix does what it says: applied, its finding is gone, and nothing else has changed.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use kube_lint_core::{
    Config, Diagnostic, Linter, Report, Scope, Settings, Source,
    diagnostic::{Applicability, Fix},
    edit::{Edit, apply},
    rules::RULES,
    span::{FileId, Place},
    yaml::{self, Document, Limits, Piece, to_json},
};

use super::{cases, sources};

/// Path and text of every file of a root.
type Texts = BTreeMap<String, String>;

fn settings(case: &Path) -> Settings {
    let config = fs::read_to_string(case.join(".kube-lint.yaml")).unwrap_or_default();
    let config = Config::from_yaml(".kube-lint.yaml", &config).unwrap();
    config.settings
}

/// The files of a case, if all are text.
fn texts(case: &Path) -> Option<Texts> {
    let texts = sources(case).into_iter().map(|it| {
        let text = String::from_utf8(it.content.unwrap()).ok()?;
        Some((it.path, text))
    });
    texts.collect()
}

fn lint(texts: &Texts, settings: &Settings) -> Report {
    let sources = texts
        .iter()
        .map(|(path, text)| Source::new(path, text.as_str()));
    Linter::new(settings.clone()).check(sources.collect(), &Scope::Everything)
}

/// What a finding is, however many of its kind there are.
fn key(_: &Report, finding: &Diagnostic) -> String {
    fingerprint(finding)
}

fn fingerprint(finding: &Diagnostic) -> String {
    let fingerprint = finding.fingerprint.to_string();
    fingerprint.split(':').next().unwrap().to_owned()
}

/// As [`key`], where a fix gave the field that it is about another name, or the object another group.
fn words(_: &Report, finding: &Diagnostic) -> String {
    format!("{} {}", finding.rule, finding.message)
}

/// As [`key`], where a fix gave the object another name.
fn quoted(report: &Report, finding: &Diagnostic) -> String {
    let place = finding.primary.place;
    let quoted = report.excerpt(place).and_then(|it| {
        let (span, offset) = (place.span.range(), it.offset() as usize);
        it.text().get(span.start - offset..span.end - offset)
    });
    let path = report.path(place.file);
    format!("{} {path} {}", finding.rule, quoted.unwrap_or_default())
}

/// The findings of `after` that `before` has not, each counted as often as it is there.
fn new<'r>(before: &Report, after: &'r Report) -> Vec<&'r Diagnostic> {
    let mut known: Vec<_> = before.findings.iter().collect();
    let mut left: Vec<_> = after.findings.iter().collect();
    for same in [key, words, quoted] {
        left.retain(|it| {
            let is_same = |known: &&Diagnostic| same(before, known) == same(after, it);
            let found = known.iter().position(is_same);
            found.map(|at| known.remove(at)).is_none()
        });
    }
    left
}

/// How often `finding` is in `path`, in copies of its object too.
fn count(report: &Report, path: &str, finding: &Diagnostic) -> usize {
    let findings = report.findings.iter();
    let same = findings
        .filter(|it| it.rule == finding.rule && fingerprint(it) == fingerprint(finding))
        .flat_map(places);
    same.filter(|it| report.path(it.file) == path).count()
}

/// Where a finding is: its place, and those of copies.
fn places(finding: &Diagnostic) -> impl Iterator<Item = Place> {
    let labels = finding.related.iter();
    let copies = labels.filter(|it| it.message == "the same in this copy");
    let copies = copies.map(|it| it.place);
    std::iter::once(finding.primary.place).chain(copies)
}

/// A finding with a fix and the file that it mends.
struct Fixable<'r> {
    path: &'r str,
    finding: &'r Diagnostic,
    fix: &'r Fix,
}

fn fixable(report: &Report) -> Vec<Fixable<'_>> {
    let findings = report.findings.iter();
    let fixable = findings.filter_map(|finding| {
        Some(Fixable {
            path: report.path(finding.primary.place.file),
            finding,
            fix: finding.fix.as_ref()?,
        })
    });
    fixable.collect()
}

fn describe(texts: &Texts, fixable: &Fixable<'_>) -> String {
    let Fixable { path, finding, fix } = fixable;
    let text = &texts[*path];
    let fixed = fix.apply(text);
    format!(
        "{path}:{} {}: {}\n{}\n{}",
        finding.primary.start.line,
        finding.rule,
        finding.message,
        fix.message,
        fixed.unwrap_or_else(|error| error.to_string())
    )
}

fn assert_neat(text: &str, fixable: &Fixable<'_>, described: &str) {
    let fix = fixable.fix;
    assert!(!fix.edits.is_empty(), "{described}");
    assert!(fix.edits.is_sorted(), "{described}");
    assert!(!fix.message.ends_with('.'), "{described}");
    assert!(!fix.message.starts_with(char::is_uppercase), "{described}");
    let file = fixable.finding.primary.place.file;
    for edit in &fix.edits {
        assert_eq!(edit.place.file, file, "another file: {described}");
        let breaks = edit.replacement.matches('\n').count();
        let windows = edit.replacement.matches("\r\n").count();
        let is_windows = text.contains("\r\n");
        assert_eq!(windows, if is_windows { breaks } else { 0 }, "{described}");
    }
}

/// Asserts that all bytes of `text` that no edit is about are in `fixed`, in order, with the replacements
/// between them.
fn assert_rest_is_kept(text: &str, fixed: &str, edits: &[Edit]) {
    let (mut rest, mut left) = (fixed, 0);
    for edit in edits {
        let range = edit.place.span.range();
        rest = rest.strip_prefix(&text[left..range.start]).unwrap();
        rest = rest.strip_prefix(edit.replacement.as_str()).unwrap();
        left = range.end;
    }
    assert_eq!(rest, &text[left..]);
}

/// Applies each fix alone.
fn assert_each_mends(texts: &Texts, settings: &Settings) -> usize {
    let before = lint(texts, settings);
    let fixable = fixable(&before);
    for it in &fixable {
        let described = describe(texts, it);
        let text = &texts[it.path];
        assert_neat(text, it, &described);
        let fixed = it.fix.apply(text).unwrap();
        assert_rest_is_kept(text, &fixed, &it.fix.edits);
        let mut texts = texts.clone();
        texts.insert(it.path.to_owned(), fixed);
        let after = lint(&texts, settings);
        let left = count(&after, it.path, it.finding);
        let there = count(&before, it.path, it.finding);
        assert!(left < there, "not gone: {described}");
        if it.fix.applicability == Applicability::Safe {
            let new = new(&before, &after);
            assert!(new.is_empty(), "new: {new:#?}\n{described}");
        }
    }
    fixable.len()
}

/// Applies the safe fixes of all files at once, as far as they do not overlap; `None` where there are none.
fn mend(texts: &Texts, report: &Report) -> Option<Texts> {
    let mut chosen: BTreeMap<&str, Vec<&Edit>> = BTreeMap::new();
    let mut is_any = false;
    for it in fixable(report) {
        if it.fix.applicability != Applicability::Safe {
            continue;
        }
        let edits = chosen.entry(it.path).or_default();
        let more: Vec<_> = edits.iter().copied().chain(&it.fix.edits).collect();
        if apply(&texts[it.path], more.iter().copied()).is_ok() {
            *edits = more;
            is_any = true;
        }
    }
    let mut mended = texts.clone();
    for (path, edits) in chosen {
        mended.insert(path.to_owned(), apply(&texts[path], edits).unwrap());
    }
    is_any.then_some(mended)
}

/// Applies all safe fixes, again and again until none is left; gives the number of rounds.
fn assert_all_mend(texts: &Texts, settings: &Settings) -> usize {
    const ROUNDS: usize = 8;
    let mut texts = texts.clone();
    let first = lint(&texts, settings);
    let mut report = first.clone();
    for round in 0..ROUNDS {
        let Some(mended) = mend(&texts, &report) else {
            return round;
        };
        let after = lint(&mended, settings);
        let new = new(&report, &after);
        let paths: Vec<_> = texts.keys().collect();
        assert!(new.is_empty(), "new in {paths:?}: {new:#?}\n{mended:#?}");
        let number = |report: &Report| report.findings.iter().flat_map(places).count();
        let is_better = number(&after) < number(&report);
        assert!(is_better, "{paths:?}: {:#?}\n{mended:#?}", after.findings);
        (texts, report) = (mended, after);
    }
    panic!("still to be mended after {ROUNDS} rounds: {texts:#?}");
}

/// Every fixture that is text, `good` ones too: other rules may speak of them.
fn fixtures() -> Vec<(Texts, Settings)> {
    let cases = RULES
        .iter()
        .flat_map(|rule| ["bad", "good"].map(|it| cases(rule, it)))
        .flatten();
    let read = cases.filter_map(|case| Some((texts(&case)?, settings(&case))));
    read.collect()
}

#[test]
fn each_fix_mends_its_finding() {
    for (texts, settings) in fixtures() {
        assert_each_mends(&texts, &settings);
    }
}

#[test]
fn safe_fixes_go_together_and_come_to_an_end() {
    for (texts, settings) in fixtures() {
        assert_all_mend(&texts, &settings);
    }
}

/// Another way to write a file, `None` where it cannot be written so.
type Rewrite = fn(&str) -> Option<String>;

/// Ways that mean the same to kubectl.
const STYLES: [(&str, Rewrite); 6] = [
    ("line breaks of Windows", |text| {
        Some(text.replace('\n', "\r\n"))
    }),
    ("a byte order mark", |text| {
        let is_yaml = !text.starts_with(['{', '-']);
        is_yaml.then(|| format!("\u{feff}{text}"))
    }),
    ("no line break at the end", |text| {
        Some(text.trim_end().to_owned())
    }),
    ("JSON in a line", |text| json(text, |it| it)),
    ("JSON on many lines", |text| {
        json(text, |it| {
            let value: serde_json::Value = serde_json::from_str(&it).unwrap();
            serde_json::to_string_pretty(&value).unwrap()
        })
    }),
    ("comments", |text| {
        let lines = text.lines().map(|line| {
            let is_bare = line.is_empty() || line.contains('#') || line.starts_with("---");
            let comment = if is_bare { "" } else { " # note" };
            format!("{line}{comment}\n")
        });
        Some(lines.collect())
    }),
];

fn documents(text: &str) -> Vec<Document> {
    let chunks = yaml::split(text).filter_map(|it| match it {
        Piece::Chunk(chunk) => Some(chunk),
        Piece::BadSeparator { .. } => None,
    });
    let file = FileId::new(0);
    let parse = |chunk| Document::parse(file, chunk, &Limits::default());
    chunks.map(parse).collect()
}

/// What kubectl makes of a text, if it takes all of it.
fn meaning(text: &str) -> Option<Vec<String>> {
    let documents = documents(text);
    let written = documents.iter().map(|it| to_json(it).ok());
    written.collect()
}

fn json(text: &str, style: fn(String) -> String) -> Option<String> {
    let documents = meaning(text)?.into_iter().filter(|it| it != "null");
    let documents: Vec<_> = documents.map(style).collect();
    Some(documents.join("\n---\n"))
}

#[test]
fn fixes_keep_to_the_style_of_the_file() {
    let mut mended: BTreeMap<&str, usize> = BTreeMap::new();
    let mut all = 0;
    for (texts, settings) in fixtures() {
        let number = fixable(&lint(&texts, &settings)).len();
        if number == 0 {
            continue;
        }
        all += number;
        for (style, rewrite) in STYLES {
            let rewritten = texts.iter().map(|(path, text)| {
                let rewritten = rewrite(text).filter(|it| meaning(it) == meaning(text));
                (path.clone(), rewritten.unwrap_or_else(|| text.clone()))
            });
            let rewritten: Texts = rewritten.collect();
            *mended.entry(style).or_default() += assert_each_mends(&rewritten, &settings);
        }
    }
    // The others leave out comments, or give each line one, which is not to be lost.
    for (style, _) in STYLES.iter().take(3) {
        assert_eq!(mended[style], all, "{style}");
    }
    assert!(mended.values().all(|it| *it > all / 2), "{mended:?}");
}

#[cfg(feature = "disk")]
#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
#[test]
fn safe_fixes_of_real_manifests_leave_nothing_new() {
    use kube_lint_core::{
        discover::{discover, read},
        target::World,
    };

    let Ok(corpus) = std::env::var("KUBE_LINT_CORPUS") else {
        println!("skipped: KUBE_LINT_CORPUS does not name a folder of manifests");
        return;
    };
    for root in fs::read_dir(corpus).unwrap() {
        let found = discover(&root.unwrap().path(), |_, _| false);
        let texts = found.files.into_iter().filter_map(|it| {
            let text = String::from_utf8(read(&it).ok()?).ok()?;
            Some((it.name, text))
        });
        let texts: Texts = texts.collect();
        // What is safe may depend on whether there is more than the manifests.
        for world in [World::Open, World::Closed] {
            let mut settings = Settings::default();
            settings.target.world = world;
            assert_all_mend_at_once(&texts, &settings);
        }
    }
}

/// Applies the safe fixes of all files, once.
#[cfg(feature = "disk")]
fn assert_all_mend_at_once(texts: &Texts, settings: &Settings) {
    let before = lint(texts, settings);
    let fixable = fixable(&before);
    for it in &fixable {
        let fixed = it.fix.apply(&texts[it.path]).unwrap();
        assert_rest_is_kept(&texts[it.path], &fixed, &it.fix.edits);
    }
    let Some(mended) = mend(texts, &before) else {
        return;
    };
    let after = lint(&mended, settings);
    let new = new(&before, &after);
    assert!(new.is_empty(), "{new:#?}");
    for it in &fixable {
        let is_safe = it.fix.applicability == Applicability::Safe;
        let left = count(&after, it.path, it.finding);
        let is_gone = left < count(&before, it.path, it.finding);
        assert!(is_gone || !is_safe, "{}", describe(texts, it));
    }
}

#[test]
fn rules_say_which_fixes_they_have() {
    for rule in RULES {
        let mut seen = BTreeSet::new();
        for case in cases(rule, "bad") {
            let report = super::lint(rule, &case);
            let fixes = report.findings.iter().filter_map(|it| it.fix.as_ref());
            seen.extend(fixes.map(|it| it.applicability));
        }
        assert_eq!(rule.fix, seen.pop_last(), "{}", rule.id);
    }
}

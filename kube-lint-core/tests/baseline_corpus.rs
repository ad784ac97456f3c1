//! A baseline of real manifests, in the folders of `KUBE_LINT_CORPUS`, survives edits and moves.

#![cfg(feature = "disk")]
#![expect(clippy::unwrap_used, reason = "what goes wrong here fails the test")]

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
};

use kube_lint_core::{
    Baseline, Linter, Report, Scope, Settings, Source, Workspace,
    discover::{discover, read},
};

/// Path and text of every file of a root.
type Texts = BTreeMap<String, String>;

const EDITS: usize = 20;

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

    fn one_of<'t, T>(&mut self, items: &'t [T]) -> Option<&'t T> {
        let at = self.below(items.len());
        items.get(at)
    }
}

#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
fn roots() -> Vec<PathBuf> {
    let Ok(corpus) = env::var("KUBE_LINT_CORPUS") else {
        println!("skipped: KUBE_LINT_CORPUS does not name a folder of manifests");
        return Vec::new();
    };
    let entries = fs::read_dir(corpus).unwrap();
    let mut roots: Vec<_> = entries.map(|it| it.unwrap().path()).collect();
    roots.sort();
    assert!(!roots.is_empty());
    roots
}

fn texts(root: &Path) -> Texts {
    let found = discover(root, |_, _| false);
    let texts = found.files.into_iter().filter_map(|it| {
        let text = String::from_utf8(read(&it).ok()?).ok()?;
        Some((it.name, text))
    });
    texts.collect()
}

fn check(texts: &Texts, baseline: &Baseline) -> Report {
    let mut workspace = Workspace::new(Settings::default());
    for (path, text) in texts {
        workspace.set(Source::new(path, text.as_str()));
    }
    workspace.check_against(&[baseline], &Scope::Everything)
}

fn accept(texts: &Texts) -> (Report, Baseline) {
    let sources = texts
        .iter()
        .map(|(path, text)| Source::new(path, text.as_str()));
    let report = Linter::default().check(sources.collect(), &Scope::Everything);
    let written = Baseline::of(&report).to_yaml();
    let baseline = Baseline::from_yaml("baseline.yaml", &written).unwrap();
    assert_eq!(baseline.len(), report.findings.len());
    (report, baseline)
}

fn assert_nothing_new(what: &str, texts: &Texts, baseline: &Baseline) {
    let report = check(texts, baseline);
    let new = report.findings.iter().map(|it| {
        let path = report.path(it.primary.place.file);
        format!(
            "{path}:{} {} {}",
            it.primary.start.line, it.rule, it.message
        )
    });
    let new: Vec<_> = new.collect();
    assert!(new.is_empty(), "{what}: {new:#?} {:#?}", report.gone);
    assert_eq!(report.gone, [[]], "{what}");
}

/// Lines that findings touch, by path.
fn touched(report: &Report) -> BTreeSet<(String, u32)> {
    let labels = report.findings.iter().flat_map(|it| it.labels());
    let lines = labels.flat_map(|it| {
        let path = report.path(it.place.file);
        (it.start.line..=it.end.line).map(move |line| (path.to_owned(), line))
    });
    lines.collect()
}

/// Changes a line of a file in a way that says nothing new; `false` where it has no such line.
fn edit(text: &mut String, is_touched: impl Fn(u32) -> bool, random: &mut Random) -> bool {
    let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
    let free: Vec<_> = (0..lines.len())
        .filter(|it| !is_touched(u32::try_from(it + 1).unwrap()))
        .collect();
    let Some(&at) = random.one_of(&free) else {
        return false;
    };
    let line = &lines[at];
    let ports = line.find("containerPort: ").map(|at| at + 15);
    match (ports, random.below(2)) {
        (Some(at_port), _) => lines[at] = format!("{}1234", &line[..at_port]),
        (None, 0) => lines.insert(at, String::new()),
        _ => lines.insert(at, "# a comment".to_owned()),
    }
    *text = lines.join("\n") + "\n";
    true
}

fn is_block_style(path: &str, text: &str) -> bool {
    !path.ends_with(".json") && !text.contains(['|', '>', '"', '\'', '{', '\t'])
}

#[test]
fn a_baseline_holds_all_that_was_found() {
    for root in roots() {
        let texts = texts(&root);
        let (_, baseline) = accept(&texts);
        assert_nothing_new(&root.display().to_string(), &texts, &baseline);
    }
}

#[test]
fn edits_that_no_finding_touches_bring_nothing_new() {
    for (seed, root) in roots().iter().enumerate() {
        let mut texts = texts(root);
        let (report, baseline) = accept(&texts);
        let touched = touched(&report);
        let mut random = Random(seed as u64);
        // In a text of several lines a comment would be none.
        let plain = texts
            .iter()
            .filter(|(path, text)| is_block_style(path, text));
        let plain: Vec<_> = plain.map(|(path, _)| path.clone()).collect();
        let mut edits = 0;
        while edits < EDITS {
            let path = random.one_of(&plain).unwrap();
            let text = texts.get_mut(path).unwrap();
            let is_touched = |line| touched.contains(&(path.clone(), line));
            edits += usize::from(edit(text, is_touched, &mut random));
        }
        assert_nothing_new(&root.display().to_string(), &texts, &baseline);
    }
}

#[test]
fn moves_bring_nothing_new() {
    for (seed, root) in roots().iter().enumerate() {
        let texts = texts(root);
        let (report, baseline) = accept(&texts);
        let moved = texts
            .iter()
            .map(|(path, text)| (format!("deep/er/{path}"), text.clone()));
        assert_nothing_new(
            &format!("{} below", root.display()),
            &moved.collect(),
            &baseline,
        );
        let mut random = Random(seed as u64);
        let mut renamed = texts.clone();
        let found = report
            .findings
            .iter()
            .map(|it| report.path(it.primary.place.file));
        let found: Vec<_> = found.filter(|it| !is_named(it, &texts)).collect();
        for _ in 0..EDITS {
            let Some(path) = random.one_of(&found) else {
                break;
            };
            let (folder, name) = path.rsplit_once('/').unwrap_or_default();
            let prefix = *random.one_of(&["0-", "zz-"]).unwrap();
            if let Some(text) = renamed.remove(*path) {
                renamed.insert(format!("{folder}/{prefix}{name}"), text);
            }
        }
        assert_nothing_new(&format!("{} renamed", root.display()), &renamed, &baseline);
    }
}

/// Whether some kustomization may name the file, so that it cannot be renamed alone.
fn is_named(path: &str, texts: &Texts) -> bool {
    let (_, name) = path.rsplit_once('/').unwrap_or(("", path));
    let is_kustomization = |it: &str| it.to_lowercase().contains("kustomization");
    path.starts_with(['.', '/'])
        || !path.contains('/')
        || is_kustomization(path)
        || texts
            .iter()
            .any(|(path, text)| is_kustomization(path) && text.contains(name))
}

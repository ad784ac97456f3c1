//! A workspace after edits, removals and additions says what a fresh run over the same files says.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails the test")]

use std::{collections::BTreeMap, fs, path::Path};

use kube_lint_core::{
    Linter, Report, Scope, Settings, Source, Workspace, source::Excerpt, target::World,
};

/// Files at the start; the other fixtures take their place, or come to them.
const FILES: usize = 80;
const STEPS: usize = 25;

/// Paths and texts of the fixtures, in order.
fn fixtures() -> Vec<(String, String)> {
    fn collect(folder: &Path, root: &Path, found: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().to_str().unwrap();
            if path.is_dir() {
                collect(&path, root, found);
            } else if path.extension().is_some_and(|it| it == "yaml")
                && let Ok(text) = fs::read_to_string(&path)
            {
                found.push((name.to_owned(), text));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
    let mut found = Vec::new();
    collect(&root, &root, &mut found);
    found.sort();
    found
}

/// Numbers that are the same in every run (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(end).unwrap()).unwrap()
    }
}

/// All of a report but the numbers of files, which tell nothing.
fn shown(report: &Report) -> Vec<String> {
    let findings = report.findings.iter().map(|it| {
        let labels = it.labels().map(|it| {
            let quoted = report.excerpt(it.place).map(Excerpt::text);
            let path = report.path(it.place.file);
            (path, it.place.span, it.start, it.end, &it.message, quoted)
        });
        format!(
            "{} {} {:?} {} {:?} {:?} {} {:?}",
            it.rule,
            it.severity,
            it.confidence,
            it.message,
            it.help,
            it.object,
            it.fingerprint,
            labels.collect::<Vec<_>>()
        )
    });
    let suppressed = report.suppressed.iter().map(|it| {
        let finding = &it.finding;
        format!("suppressed {} {}", finding.rule, finding.fingerprint)
    });
    let summary = format!("{:?}", report.summary);
    findings.chain(suppressed).chain([summary]).collect()
}

fn edit_at_random(settings: &Settings, seed: u64) {
    let fixtures = fixtures();
    let mut random = Random(seed);
    let mut files = BTreeMap::new();
    let mut workspace = Workspace::new(settings.clone());
    for step in 0..FILES + STEPS {
        let (path, text) = &fixtures[random.below(fixtures.len())];
        let (_, other) = &fixtures[random.below(fixtures.len())];
        match random.below(4) {
            0 if step > FILES => {
                let index = random.below(files.len());
                let gone: String = files.keys().nth(index).cloned().unwrap();
                files.remove(&gone);
                assert!(workspace.remove(&gone));
            }
            kind => {
                let text = if kind == 1 { other } else { text };
                files.insert(path.clone(), text.clone());
                workspace.set(Source::new(path, text.as_str()));
            }
        }
        if step >= FILES {
            let sources = files.iter();
            let sources = sources.map(|(path, text)| Source::new(path, text.as_str()));
            let fresh = Linter::new(settings.clone()).check(sources.collect(), &Scope::Everything);
            let kept = workspace.check(&Scope::Everything);
            assert_eq!(shown(&kept), shown(&fresh), "step {step} of seed {seed}");
        }
    }
}

#[test]
fn edits_leave_nothing_behind() {
    edit_at_random(&Settings::default(), 0x5eed);
}

#[test]
fn edits_of_a_whole_cluster_leave_nothing_behind() {
    let mut settings = Settings::default();
    settings.target.world = World::Closed;
    edit_at_random(&settings, 0xfade);
}

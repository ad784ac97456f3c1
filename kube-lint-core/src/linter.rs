//! The pipeline: texts in, a report out.

mod judge;
mod known;
mod parse;
mod resolve;
mod subject;

#[cfg(feature = "disk")]
use std::{
    cell::RefCell,
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

#[cfg(feature = "disk")]
use crate::discover::{self, Filter};

use crate::{
    analysis::{network::Network, rbac::Holdings},
    baseline::Baseline,
    config::Settings,
    inventory::Inventory,
    model::PodSpec,
    report::{Report, SkipReason, Skipped},
    rule::{Check, Finding, Reporter, Rule},
    rules::RULES,
    source::{Excerpt, printable},
    span::{FileId, narrow},
    yaml::{Document, Limits},
};

use known::Known;
use parse::{Parsed, Parser};
use subject::Subjects;

/// A file to lint.
#[derive(Clone, Debug)]
pub struct Source {
    /// Path relative to the root, with `/`; empty for a stream without a name.
    pub path: String,
    /// The bytes, or why they could not be read (lower case, no full stop).
    pub content: Result<Vec<u8>, String>,
}

impl Source {
    /// A file of this text.
    pub fn new(path: impl Into<String>, text: impl Into<Vec<u8>>) -> Self {
        Self {
            path: path.into(),
            content: Ok(text.into()),
        }
    }
}

/// How far a workspace that is being opened is.
#[cfg(feature = "disk")]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reading {
    /// Files read so far; reports of several threads may come out of order.
    pub read: usize,
    /// Files found.
    pub of: usize,
}

/// Which findings are reported: those with a label in one of these files or folders.
#[derive(Clone, Debug, Default)]
pub enum Scope {
    /// All.
    #[default]
    Everything,
    /// Paths of files and folders, relative to the root, with `/`; the root itself is `""`.
    Below(Vec<String>),
}

/// Lints texts or a folder once.
///
/// ```
/// use kube_lint_core::{Linter, Scope, Settings, Source};
///
/// let role = "\
/// apiVersion: rbac.authorization.k8s.io/v1
/// kind: Role
/// metadata: {name: deployer, namespace: ci}
/// rules:
/// - {apiGroups: [apps], resources: [controllerrevisions], verbs: ['*']}
/// ";
/// let linter = Linter::new(Settings::default());
/// let report = linter.check(vec![Source::new("role.yaml", role)], &Scope::Everything);
/// assert_eq!(report.findings[0].rule, "rbac/wildcard-verb");
/// assert_eq!(report.findings[0].primary.start.line, 5);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Linter {
    settings: Settings,
}

impl Linter {
    /// A linter with these settings.
    pub fn new(settings: Settings) -> Self {
        Self { settings }
    }

    /// Lints `sources` as one root.
    pub fn check(&self, sources: Vec<Source>, scope: &Scope) -> Report {
        let mut workspace = Workspace::new(self.settings.clone());
        workspace.load(sources, |source| source);
        workspace.check(scope)
    }

    /// Lints every manifest below the folder `root`, or the file `root`, as one root.
    #[cfg(feature = "disk")]
    pub fn check_disk(&self, root: &Path, scope: &Scope) -> Report {
        Workspace::open(root, self.settings.clone()).check(scope)
    }
}

/// Keeps parsed files, so that linting again after one of them changed parses only that one.
///
/// It can be sent to and shared with other threads. The settings are those that it was made with, since
/// they decide what of a file is kept; others need another workspace.
///
/// ```
/// use kube_lint_core::{Scope, Settings, Source, Workspace};
///
/// let mut workspace = Workspace::new(Settings::default());
/// workspace.set(Source::new("a.yaml", "apiVersion: v1\nkind: ServiceAccount\n"));
/// assert_eq!(workspace.check(&Scope::Everything).summary.objects, 1);
/// workspace.remove("a.yaml");
/// assert_eq!(workspace.check(&Scope::Everything).summary.objects, 0);
/// ```
#[derive(Debug)]
pub struct Workspace {
    settings: Settings,
    parser: Parser,
    /// By path; the order of output.
    files: BTreeMap<String, Parsed>,
    excluded: BTreeSet<String>,
    next: u32,
}

impl Workspace {
    /// An empty workspace.
    pub fn new(settings: Settings) -> Self {
        let rules = enabled(&settings);
        let parser = Parser {
            rules: rules
                .filter(|it| {
                    matches!(
                        it.check,
                        Check::File(_) | Check::Document(_) | Check::Misfits(_)
                    )
                })
                .collect(),
            pod_spec_paths: settings.target.pod_spec_paths.clone(),
            limits: Limits::default(),
        };
        Self {
            settings,
            parser,
            files: BTreeMap::new(),
            excluded: BTreeSet::new(),
            next: 0,
        }
    }

    /// A workspace with every manifest below the folder `root`, or with the file `root`.
    #[cfg(feature = "disk")]
    pub fn open(root: &Path, settings: Settings) -> Self {
        Self::open_observed(root, settings, |_| {})
    }

    /// As [`open`](Self::open), telling `observe` how far it is: once when all files are found, then
    /// whenever one has been read, on the thread that read it.
    #[cfg(feature = "disk")]
    pub fn open_observed(
        root: &Path,
        settings: Settings,
        observe: impl Fn(Reading) + Sync,
    ) -> Self {
        let mut workspace = Self::new(settings);
        let settings = workspace.settings.clone();
        let excluded = RefCell::new(BTreeSet::new());
        let found = discover::discover(root, |path, is_folder| {
            let is_excluded = settings.leaves_out(path, is_folder);
            if is_excluded {
                excluded.borrow_mut().insert(path.to_owned());
            }
            is_excluded
        });
        workspace.excluded = excluded.into_inner();
        let of = found.files.len();
        let read = AtomicUsize::new(0);
        observe(Reading { read: 0, of });
        workspace.load(found.files, |file| {
            let source = open(file);
            let read = 1 + read.fetch_add(1, Ordering::Relaxed);
            observe(Reading { read, of });
            source
        });
        workspace.load(found.problems, |problem| Source {
            path: problem.name,
            content: Err(problem.reason),
        });
        for link in found.links {
            if let Some(parsed) = workspace.files.get_mut(&link.target) {
                parsed.file.aliases.push(link.name.into());
            }
        }
        workspace
    }

    /// Tells which files [`open`](Self::open) would read below `root` if they were there.
    #[cfg(feature = "disk")]
    pub fn filter(&self, root: &Path) -> Filter<impl Fn(&str, bool) -> bool + use<>> {
        let settings = self.settings.clone();
        Filter::new(root, move |path, is_folder| {
            settings.leaves_out(path, is_folder)
        })
    }

    /// Paths of the files that the workspace holds, in order.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Adds a file that the walk did not find, because git ignores it or for its name, say; one that is
    /// already there is left as it is.
    #[cfg(feature = "disk")]
    pub fn include(&mut self, found: discover::Found) {
        if !self.files.contains_key(&found.name) {
            self.load(vec![found], open);
        }
    }

    /// Adds a file, or replaces the one of the same path, which keeps its [`FileId`].
    pub fn set(&mut self, source: Source) {
        let Some(old) = self.files.get(&source.path) else {
            return self.load(vec![source], |source| source);
        };
        let mut parsed = self.parser.parse(old.file.id, &source.path, source.content);
        parsed.file.aliases.clone_from(&old.file.aliases);
        self.files.insert(source.path, parsed);
    }

    /// Forgets a file; `false` where there is none of that path.
    pub fn remove(&mut self, path: &str) -> bool {
        self.excluded.remove(path) || self.files.remove(path).is_some()
    }

    /// Parses what `open` makes of each of `items`, in parallel where the feature is on.
    pub(crate) fn load<T: Send>(&mut self, items: Vec<T>, open: impl Fn(T) -> Source + Sync) {
        let first = self.next;
        self.next += narrow(items.len());
        let (parser, settings) = (&self.parser, &self.settings);
        let numbered: Vec<_> = (first..).zip(items).collect();
        let parsed = in_parallel(numbered, |(number, item)| {
            let source = open(item);
            if settings.leaves_out(&source.path, false) {
                return (source.path, None);
            }
            let parsed = parser.parse(FileId(number), &source.path, source.content);
            (source.path, Some(parsed))
        });
        for (path, parsed) in parsed {
            match parsed {
                Some(parsed) => drop(self.files.insert(path, parsed)),
                None => drop(self.excluded.insert(path)),
            }
        }
    }

    /// The objects that the workspace holds, by unit, kind and name.
    pub fn inventory(&self) -> Inventory<'_> {
        let files = self.files.values().map(|it| &it.file).collect();
        Inventory::new(files, &self.settings.target)
    }

    /// The objects of the one cluster that `folder` describes, or the file of that path, as
    /// [`Inventory::of_one_cluster`] has it; the root is `""`.
    pub fn cluster(&self, folder: &str) -> Inventory<'_> {
        let files: Vec<_> = self.files.values().map(|it| &it.file).collect();
        Inventory::of_one_cluster(&files, folder, &self.settings.target)
    }

    /// Lints what the workspace holds; the same files give the same report, in whatever order they
    /// came and on however many threads.
    pub fn check(&self, scope: &Scope) -> Report {
        self.check_against(&[], scope)
    }

    /// As [`check`](Self::check); findings that one of `baselines` holds are out of force.
    pub fn check_against(&self, baselines: &[&Baseline], scope: &Scope) -> Report {
        let inventory = self.inventory();
        let path = |file| inventory.path(file);
        let by_id: BTreeMap<_, _> = self.files.values().map(|it| (it.file.id, it)).collect();
        let rank = |file| by_id.get(&file).map_or((0, 0, ""), |it| it.rank());
        let findings = resolve::merge_copies(self.find(&inventory), rank);
        let directives = self.files.values().map(|it| &it.directives);
        let findings = judge::judge(findings, directives, &self.settings, path);
        let mut report = self.summarise();
        let known = Known {
            baselines,
            levels: &self.settings.levels,
        };
        resolve::diagnose(findings, scope, known, &mut report, |file, starts| {
            by_id
                .get(&file)
                .map_or_else(Vec::new, |it| excerpts(it, starts))
        });
        report
    }

    /// What the rules find, at the levels in force, each with its subject.
    fn find(&self, inventory: &Inventory<'_>) -> Vec<Finding> {
        let of_files = self.files.values().flat_map(|it| it.findings.clone());
        let rules: Vec<_> = enabled(&self.settings).collect();
        let gathered = Gathered::default();
        let of_all = in_parallel(rules, |rule| run(rule, inventory, &gathered));
        let mut findings: Vec<_> = of_files.chain(of_all.into_iter().flatten()).collect();
        let path = |file| inventory.path(file);
        resolve::apply_levels(&mut findings, &self.settings.levels, path);
        resolve::drop_superseded(&mut findings);
        let subjects = Subjects::new(inventory);
        in_parallel(findings, |mut finding| {
            if finding.fix.is_some() && subjects.is_patched(&finding) {
                finding.fix = None;
            }
            let subject = finding.subject.take();
            finding.subject = subject.or_else(|| Some(subjects.of(&finding)));
            finding
        })
    }

    /// Lints as if the files `without` were not there and those of `instead` were as they are given;
    /// afterwards all is as before.
    pub fn check_as(&mut self, without: &[String], instead: Vec<Source>, scope: &Scope) -> Report {
        let paths = instead.iter().map(|it| &it.path).chain(without);
        let paths: BTreeSet<_> = paths.cloned().collect();
        let aside = paths.into_iter().map(|path| {
            let parsed = self.files.remove(&path);
            (path, parsed)
        });
        let aside: Vec<_> = aside.collect();
        self.load(instead, |source| source);
        for (path, parsed) in &aside {
            if let (Some(parsed), Some(loaded)) = (parsed, self.files.get_mut(path)) {
                loaded.file.aliases.clone_from(&parsed.file.aliases);
            }
        }
        let report = self.check(scope);
        for (path, parsed) in aside {
            self.files.remove(&path);
            if let Some(parsed) = parsed {
                self.files.insert(path, parsed);
            }
        }
        report
    }

    /// A report without findings.
    fn summarise(&self) -> Report {
        let mut report = Report {
            paths: vec![String::new(); self.next as usize],
            ..Report::default()
        };
        report.summary.files = self.files.len();
        for (path, parsed) in &self.files {
            let shown = if path.is_empty() {
                "<stdin>".to_owned()
            } else {
                printable(path)
            };
            report.summary.objects += parsed.objects;
            report
                .summary
                .skipped
                .extend(parsed.skipped.iter().map(|(reason, documents)| Skipped {
                    path: shown.clone(),
                    reason: *reason,
                    documents: *documents,
                }));
            report.paths[parsed.file.id.index()] = shown;
        }
        let excluded = self.excluded.iter().map(|path| Skipped {
            path: printable(path),
            reason: SkipReason::Excluded,
            documents: 0,
        });
        report.summary.skipped.extend(excluded);
        report
    }
}

#[cfg(feature = "disk")]
fn open(found: discover::Found) -> Source {
    Source {
        content: discover::read(&found),
        path: found.name,
    }
}

/// The rules that are not off.
fn enabled(settings: &Settings) -> impl Iterator<Item = &'static Rule> {
    let rules = RULES.iter().copied();
    rules.filter(|rule| settings.levels.is_on_somewhere(rule))
}

/// The texts of a file that hold one of `starts`, sorted bytes of it, in order.
fn excerpts(parsed: &Parsed, starts: &[u32]) -> Vec<Excerpt> {
    let is_quoted = |document: &&Document| {
        let next = starts.partition_point(|it| *it < document.offset());
        let within = |it: &u32| *it <= document.span().end();
        starts.get(next).is_some_and(within)
    };
    let kept = parsed.file.manifests.iter().map(|it| &it.document);
    let kept = kept.chain(&parsed.file.kustomization).filter(is_quoted);
    let dropped = parsed.excerpts.iter().cloned();
    let mut excerpts: Vec<_> = kept.map(parse::excerpt).chain(dropped).collect();
    excerpts.sort_by_key(Excerpt::offset);
    let is_alone = |line: &&Excerpt| {
        let next = excerpts.partition_point(|it| it.offset() <= line.offset());
        let before = next.checked_sub(1).and_then(|it| excerpts.get(it));
        before.is_none_or(|it| !it.span().contains(line.span()))
    };
    let lines = parsed.directives.excerpts().iter().filter(is_alone);
    let lines: Vec<_> = lines.cloned().collect();
    excerpts.extend(lines);
    excerpts.sort_by_key(Excerpt::offset);
    excerpts
}

/// What takes time to make and many rules ask for: the first that does makes it.
#[derive(Default)]
struct Gathered<'i, 'a> {
    network: OnceLock<Network<'i, 'a>>,
    holdings: OnceLock<Holdings<'a>>,
}

/// What `rule` finds in the inventory.
fn run<'i, 'a>(
    rule: &'static Rule,
    inventory: &'i Inventory<'a>,
    gathered: &Gathered<'i, 'a>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut reporter = Reporter::new(rule, &mut findings);
    match rule.check {
        Check::File(_) | Check::Document(_) | Check::Misfits(_) | Check::Suppression(_) => {}
        Check::Object([], check) => {
            inventory
                .objects()
                .iter()
                .for_each(|it| check(it, inventory, &mut reporter));
        }
        Check::Object(kinds, check) => {
            let objects = kinds.iter().flat_map(|kind| inventory.of_kind(*kind));
            objects.for_each(|it| check(it, inventory, &mut reporter));
        }
        Check::PodSpec(check) => {
            inventory
                .pod_specs()
                .iter()
                .for_each(|it| check(it, inventory, &mut reporter));
        }
        Check::Container(check) => {
            let containers = inventory.pod_specs().iter().flat_map(PodSpec::containers);
            containers.for_each(|it| check(&it, inventory, &mut reporter));
        }
        Check::Unit(check) => {
            inventory
                .units()
                .iter()
                .for_each(|it| check(it, inventory, &mut reporter));
        }
        Check::Network(check) => {
            let network = gathered.network.get_or_init(|| Network::new(inventory));
            check(network, inventory, &mut reporter);
        }
        Check::Holdings(check) => {
            let holdings = gathered.holdings.get_or_init(|| Holdings::new(inventory));
            check(holdings, inventory, &mut reporter);
        }
        Check::Inventory(check) => check(inventory, &mut reporter),
    }
    findings
}

#[cfg(feature = "parallel")]
fn in_parallel<T: Send, R: Send>(items: Vec<T>, each: impl Fn(T) -> R + Sync + Send) -> Vec<R> {
    use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
    if items.len() < 2 {
        return items.into_iter().map(each).collect();
    }
    // Few items are apt to differ much, rules above all.
    let most = items.len().div_ceil(100);
    let items = items.into_par_iter().with_max_len(most);
    items.map(each).collect()
}

#[cfg(not(feature = "parallel"))]
fn in_parallel<T: Send, R: Send>(items: Vec<T>, each: impl Fn(T) -> R + Sync + Send) -> Vec<R> {
    items.into_iter().map(each).collect()
}

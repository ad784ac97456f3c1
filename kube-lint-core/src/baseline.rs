//! Findings that are known already, so that only new ones count.

mod file;

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, VecDeque},
};

use rustc_hash::FxHashMap;

use crate::{
    config::ConfigError,
    diagnostic::{Diagnostic, Severity},
    report::{Gone, Report},
};

/// Findings that are known already.
///
/// A finding is known by its rule, its object and the field that it is about; each known one excuses
/// one finding. Which file holds the object and on which line does not matter: of findings that are
/// otherwise alike those in the same file are paired first. A finding of a higher level than the known
/// one is new, and so is one that is about more objects.
///
/// ```
/// use kube_lint_core::{Baseline, Scope, Settings, Source, Workspace};
///
/// let role = |name| format!("\
/// apiVersion: rbac.authorization.k8s.io/v1
/// kind: Role
/// metadata: {{name: {name}, namespace: ci}}
/// rules:
/// - {{apiGroups: [apps], resources: [deployments], verbs: ['*']}}
/// ");
/// let mut workspace = Workspace::new(Settings::default());
/// workspace.set(Source::new("a.yaml", role("deployer")));
/// let known = Baseline::of(&workspace.check(&Scope::Everything));
///
/// workspace.set(Source::new("b.yaml", role("builder")));
/// let report = workspace.check_against(&[&known], &Scope::Everything);
/// assert_eq!(report.findings.len(), 1);
/// assert_eq!(report.path(report.findings[0].primary.place.file), "b.yaml");
///
/// // It survives being written and read.
/// let read = Baseline::from_yaml("baseline.yaml", &known.to_yaml())?;
/// assert_eq!(read, known);
/// # Ok::<(), kube_lint_core::config::ConfigError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Baseline {
    /// In order.
    entries: Vec<Entry>,
    /// Where the findings are those of an earlier revision: the files that were not the same then.
    changed: Option<BTreeSet<String>>,
}

/// Findings that cannot be told apart.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Entry {
    path: String,
    rule: String,
    /// For people; only whether there is one matters.
    object: Option<String>,
    level: Severity,
    key: u64,
    instances: usize,
    count: usize,
}

impl Baseline {
    /// The findings of `report` but for those that a comment or an annotation allows.
    pub fn of(report: &Report) -> Self {
        let findings = report.findings.iter().chain(report.known());
        let entries = findings.map(|it| Entry::of(it, report));
        Self::new(entries.collect())
    }

    /// The findings of an earlier revision, of which `changed` are the files that were not there or not
    /// the same.
    ///
    /// A new finding in another file has its cause elsewhere: something is not there any more. What a
    /// rule found weaker because that may be defined outside the input is no weaker then.
    pub fn of_revision(report: &Report, changed: impl IntoIterator<Item = String>) -> Self {
        Self {
            changed: Some(changed.into_iter().collect()),
            ..Self::of(report)
        }
    }

    /// Whether the file `path` is the same as at the revision of the baseline.
    pub(crate) fn knows_unchanged(&self, path: &str) -> bool {
        let changed = self.changed.as_ref();
        changed.is_some_and(|it| !it.contains(path))
    }

    /// Reads what [`to_yaml`](Self::to_yaml) wrote; `path` is only named in errors.
    ///
    /// # Errors
    ///
    /// The first that is no YAML or does not belong into a baseline, with its place.
    pub fn from_yaml(path: &str, text: &str) -> Result<Self, ConfigError> {
        Ok(Self::new(file::read(path, text)?))
    }

    /// YAML for people to review: sorted, without a value of the manifests.
    pub fn to_yaml(&self) -> String {
        file::write(&self.entries)
    }

    /// Number of findings.
    pub fn len(&self) -> usize {
        self.entries.iter().map(|it| it.count).sum()
    }

    /// Whether no finding is known.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn new(mut entries: Vec<Entry>) -> Self {
        entries.sort_unstable();
        entries.dedup_by(|later, earlier| {
            let is_same = Self::is_same(later, earlier);
            if is_same {
                earlier.count += later.count;
            }
            is_same
        });
        Self {
            entries,
            changed: None,
        }
    }

    /// Whether two entries differ in number alone.
    fn is_same(one: &Entry, other: &Entry) -> bool {
        one.key == other.key
            && (one.level, one.instances) == (other.level, other.instances)
            && (&one.path, &one.rule, &one.object) == (&other.path, &other.rule, &other.object)
    }

    /// Tells which of `sightings` are known, and what of the baseline was not seen again.
    ///
    /// `is_there` is asked whether a file exists, `is_judged` whether a rule had a
    /// say in a file.
    pub(crate) fn recognise(
        &self,
        sightings: &[Sighting<'_>],
        is_there: impl Fn(&str) -> bool,
        is_judged: impl Fn(&str, &str) -> bool,
    ) -> Recognised {
        let mut groups: BTreeMap<u64, Group<'_>> = BTreeMap::new();
        for (index, sighting) in sightings.iter().enumerate() {
            let group = groups.entry(sighting.key).or_default();
            group.seen.push((index, sighting));
        }
        for entry in &self.entries {
            let group = groups.entry(entry.key).or_default();
            let entries = std::iter::repeat_n(entry, entry.count);
            group.known.extend(entries);
        }
        let mut recognised = Recognised {
            known: vec![false; sightings.len()],
            gone: Vec::new(),
        };
        for group in groups.into_values() {
            group.pair(&is_there, &mut recognised);
        }
        recognised.gone.retain(|it| is_judged(&it.rule, &it.path));
        recognised.gone.sort_unstable();
        recognised
    }
}

impl Entry {
    /// Whether a finding is no worse than this one.
    fn excuses(&self, sighting: &Sighting<'_>) -> bool {
        self.level >= sighting.level && self.instances >= sighting.instances
    }

    fn of(finding: &Diagnostic, report: &Report) -> Self {
        Self {
            path: report.path(finding.primary.place.file).to_owned(),
            rule: finding.rule.to_owned(),
            object: finding.object.as_ref().map(ToString::to_string),
            level: finding.severity,
            key: finding.fingerprint.key,
            instances: finding.instances,
            count: 1,
        }
    }
}

/// A finding as far as a baseline knows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sighting<'a> {
    pub(crate) path: &'a str,
    pub(crate) level: Severity,
    pub(crate) instances: usize,
    pub(crate) key: u64,
}

/// What came out of a comparison.
pub(crate) struct Recognised {
    /// For each finding whether it is known.
    pub(crate) known: Vec<bool>,
    /// In order.
    pub(crate) gone: Vec<Gone>,
}

type Seen<'a> = (usize, &'a Sighting<'a>);

/// All that has one key.
#[derive(Default)]
struct Group<'a> {
    seen: Vec<Seen<'a>>,
    known: Vec<&'a Entry>,
}

impl Group<'_> {
    fn pair(self, is_there: impl Fn(&str) -> bool, recognised: &mut Recognised) {
        if self.known.is_empty() {
            return;
        }
        let mut files: FxHashMap<&str, Self> = FxHashMap::default();
        let mut paths = Vec::new();
        for it in self.seen {
            files.entry(it.1.path).or_default().seen.push(it);
            paths.push(it.1.path);
        }
        for it in self.known {
            files.entry(&it.path).or_default().known.push(it);
            paths.push(&it.path);
        }
        paths.sort_unstable();
        paths.dedup();
        let mut rest = Self::default();
        for path in paths {
            let left = files.remove(path).unwrap_or_default().pair_all(recognised);
            rest.seen.extend(left.seen);
            rest.known.extend(left.known);
        }
        rest.pair_moved(is_there, recognised);
    }

    /// Pairs what is in different files. What is about no object is about its file, which must be gone
    /// if it is to have moved.
    fn pair_moved(self, is_there: impl Fn(&str) -> bool, recognised: &mut Recognised) {
        let (stayed, known) = self
            .known
            .into_iter()
            .partition(|it| it.object.is_none() && is_there(&it.path));
        let seen = self.seen;
        let left = Self { seen, known }.pair_all(recognised);
        // What has become worse is not gone.
        let gone = left.known.into_iter().skip(left.seen.len()).chain(stayed);
        recognised.gone.extend(gone.map(|it| Gone {
            path: it.path.clone(),
            rule: it.rule.clone(),
            object: it.object.clone(),
        }));
    }

    /// Pairs as many as can be, whatever their files, and gives back the rest.
    fn pair_all(mut self, recognised: &mut Recognised) -> Self {
        self.seen
            .sort_by_key(|it| Reverse((it.1.level, it.1.instances)));
        self.known
            .sort_by_key(|it| Reverse((it.level, it.instances)));
        let mut known = VecDeque::from(self.known);
        self.seen.retain(|it| {
            let excuse = known.iter().position(|entry| entry.excuses(it.1));
            if let Some(excuse) = excuse {
                known.remove(excuse);
                recognised.known[it.0] = true;
            }
            excuse.is_none()
        });
        self.known = known.into();
        self
    }
}

//! `kube-lint config`: which settings hold for a path, and why.

use std::io::{self, Write};

use kube_lint_core::{
    config::{Config, Level, Places},
    model::Cidr,
    path_globs::PathGlobs,
    rule::Rule,
    rules::RULES,
    source::printable,
    target::{SENSITIVE_NAMESPACES, Target, Word},
};

use super::{Outcome, to_stdout};
use crate::{
    args::{ConfigArgs, RuleLevel, SettingsArgs},
    error::Error,
    in_force,
    root::{self, FoundBy, Root},
};

/// A name for a file of a folder that only globs for any file match.
const ANY_FILE: &str = "*";

pub(crate) fn run(args: &ConfigArgs) -> Result<Outcome, Error> {
    let flags = &args.settings;
    let start = match &args.path {
        Some(path) => root::existing(path)?,
        None => root::existing(".".as_ref())?,
    };
    let root = match &flags.root {
        Some(folder) => Root::named(folder)?,
        None => Root::of(&start)?,
    };
    let path = match &args.path {
        Some(path) => root.relative(path)?,
        None => String::new(),
    };
    let is_folder = start.is_dir() || path.is_empty();
    let file = root.config_file(flags.config.as_deref())?;
    let written = file
        .as_ref()
        .map_or(Ok(Config::default()), root::ConfigFile::read)?;
    let answer = Answer {
        file: file.as_ref().map_or("", |it| &*it.name),
        places: Places::of(file.as_ref().map_or("", |it| &*it.text)),
        in_force: in_force::with_flags(written.clone(), flags),
        written,
        asked: if is_folder {
            joined(&path, ANY_FILE)
        } else {
            path.clone()
        },
        is_folder,
        flags,
    };
    to_stdout(|stdout| {
        answer.write_found(stdout, &root, &path)?;
        answer.write_options(stdout)?;
        answer.write_overrides(stdout)?;
        answer.write_rules(stdout)
    })?;
    Ok(Outcome::Clean)
}

fn joined(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}

/// What holds, and what it is made of.
struct Answer<'a> {
    /// The configuration, as messages show its path; empty where there is none.
    file: &'a str,
    places: Places,
    /// What the file says.
    written: Config,
    /// The same with the flags before it.
    in_force: Config,
    /// The file that is asked about, or one that stands for those of a folder.
    asked: String,
    is_folder: bool,
    flags: &'a SettingsArgs,
}

/// Name, value and where the value comes from.
type Row = [String; 3];

impl Answer<'_> {
    fn write_found(&self, output: &mut impl Write, root: &Root, path: &str) -> io::Result<()> {
        let why = match root.found_by {
            FoundBy::Name => "--root",
            FoundBy::Config => "holds the nearest configuration",
            FoundBy::Git => "top of the git work tree",
            FoundBy::Path => "no configuration and no git work tree around it",
        };
        let (file, found) = match (self.file, &self.flags.config) {
            ("", _) => ("none", "no .kube-lint.yaml in the root"),
            (file, Some(_)) => (file, "--config"),
            (file, None) => (file, "in the root"),
        };
        let mut rows = vec![
            row("root", &root.folder.display().to_string(), why),
            row("configuration", file, found),
        ];
        if !path.is_empty() {
            rows.push(row("path", path, &self.why_left_out()));
        }
        table(output, &rows)
    }

    fn why_left_out(&self) -> String {
        let settings = &self.in_force.settings;
        let mut globs = settings.exclude.globs().iter();
        let is_match = |glob: &&String| {
            let glob = PathGlobs::new([glob.as_str()]);
            glob.is_ok_and(|it| it.has_file(&self.asked))
        };
        if let Some(glob) = globs.find(is_match) {
            format!("left out by `{glob}` of exclude")
        } else if settings.leaves_out(&self.asked, self.is_folder) {
            "left out by include".to_owned()
        } else {
            String::new()
        }
    }

    fn write_options(&self, output: &mut impl Write) -> io::Result<()> {
        let Config {
            settings,
            fail_on,
            baseline,
        } = &self.in_force;
        let target = &settings.target;
        let include = settings.include.as_ref();
        let include = include.map_or("all files".to_owned(), |it| list(it.globs(), "no file"));
        let mut rows = vec![
            self.option("include", &include, None),
            self.option("exclude", &list(settings.exclude.globs(), "none"), None),
            self.option(
                "fail-on",
                fail_on.word(),
                flag("--fail-on", self.flags.fail_on.as_ref()),
            ),
            self.option(
                "require-reason",
                settings.require_reason.word(),
                self.flags.require_reason.then_some("--require-reason"),
            ),
            self.option("baseline", baseline.as_deref().unwrap_or("none"), None),
        ];
        rows.extend(self.target_rows(target));
        writeln!(output)?;
        table(output, &rows)
    }

    fn target_rows(&self, target: &Target) -> Vec<Row> {
        let written = &self.written.settings.target;
        let flags = self.flags;
        let known = &target.known;
        let sensitive = target.sensitive_namespaces.as_ref();
        let sensitive = sensitive.map_or(SENSITIVE_NAMESPACES.join(", "), |it| {
            list(it.globs(), "none")
        });
        let readers = target.max_secret_readers.map(|it| it.to_string());
        let paths: Vec<_> = target.pod_spec_paths.iter().collect();
        let cidrs: Vec<_> = target.cluster_cidrs.iter().map(Cidr::network).collect();
        let version = flag("--kube-version", flags.kube_version.as_ref());
        let mut rows = vec![
            self.overridable(
                "world",
                target.world_of(&self.asked).word(),
                flag("--world", flags.world.as_ref()),
                written
                    .overridden(&self.asked, |it| it.world)
                    .map(|it| it.0),
            ),
            self.option("kube-version", &target.kube_version.to_string(), version),
            self.overridable(
                "namespace",
                target.namespace_of(&self.asked).unwrap_or("unset"),
                flag("--namespace", flags.namespace.as_ref()),
                written
                    .overridden(&self.asked, |it| it.namespace.as_ref())
                    .map(|it| it.0),
            ),
        ];
        for (name, globs) in [
            ("known.secrets", known.secrets.globs()),
            ("known.config-maps", known.config_maps.globs()),
            ("known.service-accounts", known.service_accounts.globs()),
            ("known.roles", known.roles.globs()),
        ] {
            rows.push(self.option(name, &list(globs, "none"), None));
        }
        let cloud = target.cloud.map_or("unknown", Word::word);
        let readers = readers.as_deref().unwrap_or("any number");
        rows.push(self.option("sensitive-namespaces", &sensitive, None));
        rows.push(self.option("pod-spec-paths", &list(&paths, "none"), None));
        rows.push(self.option("cluster-cidrs", &list(&cidrs, "unknown"), None));
        rows.push(self.option("cloud", cloud, None));
        rows.push(self.option("max-secret-readers", readers, None));
        rows
    }

    /// An option that no override changes; `flag` is the one that sets it.
    fn option(&self, name: &str, value: &str, flag: Option<&str>) -> Row {
        self.overridable(name, value, flag, None)
    }

    fn overridable(
        &self,
        name: &str,
        value: &str,
        flag: Option<&str>,
        overridden_by: Option<usize>,
    ) -> Row {
        let source = match (flag, overridden_by) {
            (Some(flag), _) => flag.to_owned(),
            (None, Some(index)) => self.place_in_override(index, &[name]),
            (None, None) => {
                let path: Vec<_> = name.split('.').collect();
                self.place(&path).unwrap_or_else(|| "default".to_owned())
            }
        };
        row(name, value, &source)
    }

    /// `file:line` of a key; `None` where the file does not have it.
    fn place(&self, path: &[&str]) -> Option<String> {
        let line = self.places.line(path)?;
        Some(format!("{}:{line}", self.file))
    }

    fn place_in_override(&self, index: usize, path: &[&str]) -> String {
        let number = index.to_string();
        let whole = [&["overrides", &number], path].concat();
        let place = self.place(&whole).unwrap_or_default();
        format!("{place} (overrides[{index}])")
    }

    fn write_overrides(&self, output: &mut impl Write) -> io::Result<()> {
        let overrides = self.written.settings.target.overrides.iter();
        let rows = overrides.enumerate().map(|(index, it)| {
            let place = self.place(&["overrides", &index.to_string()]);
            let holds = if it.paths.has_file(&self.asked) {
                "holds"
            } else {
                "does not hold"
            };
            let name = format!("overrides[{index}]");
            let value = format!("{holds} for {}", list(it.paths.globs(), "nothing"));
            row(&name, &value, &place.unwrap_or_default())
        });
        let rows: Vec<_> = rows.collect();
        if !rows.is_empty() {
            writeln!(output)?;
        }
        table(output, &rows)
    }

    fn write_rules(&self, output: &mut impl Write) -> io::Result<()> {
        let rows: Vec<_> = RULES.iter().filter_map(|rule| self.rule(rule)).collect();
        if rows.is_empty() {
            return writeln!(output, "\nevery rule has its declared level");
        }
        writeln!(output, "\nrules with another level than declared:")?;
        table(output, &rows)
    }

    /// What changes the level of `rule`.
    fn rule(&self, rule: &Rule) -> Option<Row> {
        let level = self.in_force.settings.levels.level_of(rule, &self.asked);
        if level == rule.is_on_by_default.then_some(rule.severity) {
            return None;
        }
        let level = level.map_or(Level::Off, Level::On).word();
        let value = format!("{level}, declared {}", rule.declared());
        Some(row(rule.id, &value, &self.why_level(rule)))
    }

    fn why_level(&self, rule: &Rule) -> String {
        let SettingsArgs {
            select,
            ignore,
            level,
            ..
        } = self.flags;
        if !select.is_empty() && !select.iter().any(|it| it.holds(rule)) {
            return "--select".to_owned();
        }
        if let Some(pattern) = ignore.iter().find(|it| it.holds(rule)) {
            return format!("--ignore {pattern}");
        }
        let by_flag = |it: &&RuleLevel| it.pattern.sets(rule, it.level);
        if let Some(RuleLevel { pattern, level }) = level.iter().rev().find(by_flag) {
            return format!("--level {pattern}={}", level.word());
        }
        let written = &self.written.settings.levels;
        let Some(change) = written.change_of(rule, &self.asked) else {
            return "--select".to_owned();
        };
        let pattern = change.pattern.as_str();
        let place = match change.override_index() {
            Some(index) => self.place_in_override(index, &["rules", pattern]),
            None => self.place(&["rules", pattern]).unwrap_or_default(),
        };
        format!("{place} `{pattern}`")
    }
}

/// The flag, where it was given.
fn flag<'f, T>(name: &'f str, given: Option<&T>) -> Option<&'f str> {
    given.map(|_| name)
}

fn list<T: ToString>(items: &[T], none: &str) -> String {
    if items.is_empty() {
        return none.to_owned();
    }
    let items: Vec<_> = items.iter().map(ToString::to_string).collect();
    items.join(", ")
}

fn row(name: &str, value: &str, source: &str) -> Row {
    [name, value, source].map(printable)
}

/// Columns as wide as they need to be, but for values that are too long to keep the last in sight.
fn table(output: &mut impl Write, rows: &[Row]) -> io::Result<()> {
    const WIDEST: usize = 40;
    let width = |column: usize| {
        let widths = rows.iter().map(|row| row[column].chars().count());
        widths.filter(|it| *it <= WIDEST).max().unwrap_or(0)
    };
    let (first, second) = (width(0), width(1));
    for [name, value, source] in rows {
        let line = format!("{name:first$}  {value:second$}  {source}");
        writeln!(output, "{}", line.trim_end())?;
    }
    Ok(())
}

//! `kube-lint check`: lints a root and reports on what was named.

mod baseline;
mod since;

use std::{
    io::{self, BufWriter, Read, Write},
    path::{Path, PathBuf},
    time::Instant,
};

use kube_lint_core::{
    config::{Config, FailOn, Settings},
    discover::Found,
    linter::{Scope, Source, Workspace},
    report::Report,
};

use self::{baseline::Named, since::Since};
use super::{Outcome, to_file, to_stdout};
use crate::{
    args::{CheckArgs, ColorChoice, Format},
    error::Error,
    in_force,
    paths::Paths,
    progress::Progress,
    render::{self, Origin, Style},
    root::{self, Root},
};

pub(crate) fn run(args: &CheckArgs, color: ColorChoice) -> Result<Outcome, Error> {
    let started = Instant::now();
    let style = Style {
        color: color.on(&io::stdout()),
        info: args.show.is_some(),
    };
    let (mut format, quiet) = (args.format, args.quiet);
    let file = args.output.clone();
    let write_baseline = args.write_baseline.clone();
    let progress = Progress::start(!quiet && !has_stdin(&args.paths));
    let run = Run::new(args, &progress)?;
    if let Some(path) = write_baseline {
        let written = baseline::write(&path, &run.workspace)?;
        drop(progress);
        if !quiet {
            render::note(&written);
        }
        return Ok(Outcome::Clean);
    }
    let (report, notes) = run.lint();
    drop(progress);
    let origin = &run.origin;
    if let Some(path) = file {
        to_file(&path, |file| {
            let color = color.on(file);
            let mut file = BufWriter::new(file);
            let style = Style { color, ..style };
            render::report(&mut file, &report, format, style, origin)?;
            file.flush()
        })?;
        format = Format::Pretty;
    }
    to_stdout(|stdout| render::report(stdout, &report, format, style, origin))?;
    if !quiet {
        render::summary(&report, format, style, started.elapsed());
        render::notes(&notes, format);
    }
    let mut levels = report.findings.iter().map(|it| it.severity);
    Ok(if levels.any(|it| run.fail_on.is_reached_by(it)) {
        Outcome::Found
    } else {
        Outcome::Clean
    })
}

/// All that is read before anything is reported.
struct Run {
    input: Input,
    scope: Scope,
    workspace: Workspace,
    baseline: Option<Named>,
    since: Option<Since>,
    fail_on: FailOn,
    origin: Origin,
}

impl Run {
    fn new(args: &CheckArgs, progress: &Progress) -> Result<Self, Error> {
        if let Some(threads) = args.threads {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.get());
            pool.build_global()?;
        }
        let input = Input::of(args)?;
        let root = match &args.settings.root {
            Some(folder) => Root::named(folder)?,
            None => Root::of(&input.start()?)?,
        };
        let scope = match args.since {
            // What a deleted file opens may be anywhere.
            Some(_) if args.paths.is_empty() => Scope::Everything,
            _ => input.scope(&root)?,
        };
        let Config {
            settings,
            fail_on,
            baseline,
        } = in_force::config(&root, &args.settings)?;
        let configured = baseline.map(|it| root.beside_config(&args.settings, &it));
        let baseline = args.baseline.clone().or(configured);
        // What is written anew is not read.
        let baseline = baseline.filter(|_| args.write_baseline.is_none());
        let baseline = baseline.as_deref().map(Named::read).transpose()?;
        let revision = args.since.clone();
        let origin = Origin {
            paths: input.paths(&root),
            folder: input.folder_in_repository(&root),
            now: settings.target.now.unwrap_or(0),
        };
        let mut workspace = input.open(settings, &root, progress)?;
        let since = revision.map(|it| Since::new(&mut workspace, &root, it));
        Ok(Self {
            since: since.transpose()?,
            input,
            scope,
            workspace,
            baseline,
            fail_on,
            origin,
        })
    }

    /// The report, and what is to be said of it besides.
    fn lint(&self) -> (Report, Vec<String>) {
        let since = self.since.as_ref().map(|it| &it.findings);
        let baseline = self.baseline.as_ref().map(|it| &it.findings);
        let baselines: Vec<_> = since.into_iter().chain(baseline).collect();
        let report = self.workspace.check_against(&baselines, &self.scope);
        let mut gone = report.gone.iter().map(Vec::len);
        let mut notes = Vec::new();
        if let Some(since) = &self.since {
            notes.push(since.note(&report, gone.next().unwrap_or_default()));
        }
        if let Some(baseline) = &self.baseline {
            // A stream of its own says nothing of what lies around it.
            let is_whole = !matches!(self.input, Input::Stdin);
            let gone = gone.next().filter(|_| is_whole);
            notes.extend(baseline.note(gone.unwrap_or_default()));
        }
        (report, notes)
    }
}

/// What the user named.
enum Input {
    Paths(Vec<PathBuf>),
    /// Stdin in place of a file of a root.
    Replacing(PathBuf),
    /// Stdin on its own.
    Stdin,
}

impl Input {
    fn of(args: &CheckArgs) -> Result<Self, Error> {
        let has_stdin = has_stdin(&args.paths);
        match &args.stdin_filename {
            _ if has_stdin && args.paths.len() > 1 => Err(Error::StdinAndPaths),
            _ if has_stdin && args.since.is_some() => Err(Error::SinceOfStdin),
            _ if has_stdin && args.write_baseline.is_some() => Err(Error::BaselineOfStdin),
            Some(_) if !has_stdin => Err(Error::FilenameWithoutStdin),
            Some(path) => Ok(Self::Replacing(path.clone())),
            None if has_stdin => Ok(Self::Stdin),
            None if args.paths.is_empty() => Ok(Self::Paths(vec![PathBuf::from(".")])),
            None => Ok(Self::Paths(args.paths.clone())),
        }
    }

    /// Where the search for a root begins.
    fn start(&self) -> Result<PathBuf, Error> {
        match self {
            Self::Paths(paths) => {
                let first = paths.first().map_or(Path::new("."), PathBuf::as_path);
                root::existing(first)
            }
            Self::Replacing(path) => root::absolute(path),
            // Nothing around it is read, but the configuration of the place holds.
            Self::Stdin => root::existing(Path::new(".")),
        }
    }

    fn scope(&self, root: &Root) -> Result<Scope, Error> {
        let paths = match self {
            Self::Stdin => return Ok(Scope::Everything),
            Self::Replacing(path) => vec![root.relative(path)?],
            Self::Paths(paths) => {
                let existing = paths.iter().map(|path| {
                    root::existing(path)?;
                    root.relative(path)
                });
                existing.collect::<Result<_, _>>()?
            }
        };
        if paths.iter().any(String::is_empty) {
            return Ok(Scope::Everything);
        }
        Ok(Scope::Below(paths))
    }

    fn paths(&self, root: &Root) -> Paths {
        match self {
            Self::Paths(_) | Self::Replacing(_) => Paths::from_here(&root.folder),
            Self::Stdin => Paths::default(),
        }
    }

    fn folder_in_repository(&self, root: &Root) -> String {
        match self {
            Self::Stdin => String::new(),
            Self::Paths(_) | Self::Replacing(_) => root.folder_in_repository(),
        }
    }

    /// Reads the root, and what was named although the root leaves it out.
    fn open(
        &self,
        settings: Settings,
        root: &Root,
        progress: &Progress,
    ) -> Result<Workspace, Error> {
        let open = |settings| {
            Workspace::open_observed(&root.folder, settings, |reading| progress.note(reading))
        };
        match self {
            Self::Paths(paths) => {
                let mut workspace = open(settings);
                for path in paths.iter().filter(|it| it.is_file()) {
                    let name = root.relative(path)?;
                    let path = path.clone();
                    workspace.include(Found { path, name });
                }
                Ok(workspace)
            }
            Self::Replacing(path) => {
                let mut workspace = open(settings);
                workspace.set(stdin(root.relative(path)?)?);
                Ok(workspace)
            }
            Self::Stdin => {
                let mut workspace = Workspace::new(settings);
                // A stream has no name.
                workspace.set(stdin(String::new())?);
                Ok(workspace)
            }
        }
    }
}

fn has_stdin(paths: &[PathBuf]) -> bool {
    paths.iter().any(|it| it == Path::new("-"))
}

fn stdin(path: String) -> Result<Source, Error> {
    let mut bytes = Vec::new();
    let read = io::stdin().lock().read_to_end(&mut bytes);
    read.map_err(|error| Error::of_path("<stdin>", error))?;
    let content = Ok(bytes);
    Ok(Source { path, content })
}

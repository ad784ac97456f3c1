//! `kube-lint check`: lints a root and reports on what was named.

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
    let progress = Progress::start(!quiet && !has_stdin(&args.paths));
    let Linted {
        report,
        fail_on,
        origin,
    } = lint(args, &progress)?;
    drop(progress);
    if let Some(path) = file {
        to_file(&path, |file| {
            let color = color.on(file);
            let mut file = BufWriter::new(file);
            let style = Style { color, ..style };
            render::report(&mut file, &report, format, style, &origin)?;
            file.flush()
        })?;
        format = Format::Pretty;
    }
    to_stdout(|stdout| render::report(stdout, &report, format, style, &origin))?;
    if !quiet {
        render::summary(&report, format, style, started.elapsed());
    }
    let mut levels = report.findings.iter().map(|it| it.severity);
    Ok(if levels.any(|it| fail_on.is_reached_by(it)) {
        Outcome::Found
    } else {
        Outcome::Clean
    })
}

struct Linted {
    report: Report,
    fail_on: FailOn,
    origin: Origin,
}

fn lint(args: &CheckArgs, progress: &Progress) -> Result<Linted, Error> {
    if let Some(threads) = args.threads {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.get());
        pool.build_global()?;
    }
    let input = Input::of(args)?;
    let root = match &args.settings.root {
        Some(folder) => Root::named(folder)?,
        None => Root::of(&input.start()?)?,
    };
    let scope = input.scope(&root)?;
    let Config {
        settings, fail_on, ..
    } = in_force::config(&root, &args.settings)?;
    let origin = Origin {
        paths: input.paths(&root),
        folder: input.folder_in_repository(&root),
        now: settings.target.now.unwrap_or(0),
    };
    let workspace = input.open(settings, &root, progress)?;
    Ok(Linted {
        report: workspace.check(&scope),
        fail_on,
        origin,
    })
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
            Some(_) if !has_stdin => Err(Error::FilenameWithoutStdin),
            Some(path) => Ok(Self::Replacing(path.clone())),
            None if has_stdin => Ok(Self::Stdin),
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

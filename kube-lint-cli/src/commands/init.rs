//! `kube-lint init`: a commented configuration from what a folder holds.

mod checkov;
mod checks;
mod kube_linter;
mod marks;
mod survey;
mod template;
mod translation;

use std::{
    fs::OpenOptions,
    io::{self, ErrorKind, Write},
    path::Path,
};

use kube_lint_core::{
    Baseline, Scope, Settings, Workspace, config::Config, discover, path_globs::PathGlobs,
};

use super::{Outcome, to_stdout};
use crate::{
    args::{InitArgs, Linter},
    error::Error,
    in_force,
    root::{self, CONFIG, Root},
};

use marks::Allowance;
use survey::Survey;
use translation::Translation;

/// The baseline beside a configuration.
const BASELINE: &str = ".kube-lint-baseline.yaml";

pub(crate) fn run(args: &InitArgs) -> Result<Outcome, Error> {
    let folder = Root::named(&args.folder)?.folder;
    if let Some(there) = CONFIG
        .map(|it| folder.join(it))
        .iter()
        .find(|it| it.exists())
    {
        return Err(Error::ConfigExists(root::shown(there).into()));
    }
    let found = discover::discover(&folder, |_, _| false);
    let translation = match args.from {
        Some(Linter::KubeLinter) => kube_linter::translate(&folder)?,
        Some(Linter::Checkov) => checkov::translate(&folder)?,
        None => Translation::default(),
    };
    let left_out =
        PathGlobs::new(translation.exclude.iter().map(String::as_str)).unwrap_or_default();
    let files = found.files.iter().filter(|it| !left_out.has_file(&it.name));
    let settings = in_force::at_the_clock(Settings::default());
    let report = Workspace::open(&folder, settings).check(&Scope::Everything);
    let allowances = args.from.map(|from| marks::find(files, from, &report));
    let baseline = args.baseline.then_some(BASELINE);
    let text = template::text(&Survey::of(&found, &report), &translation, baseline);
    // What it reads is what it was written from: an error here is one of the templates.
    let config = Config::from_yaml(CONFIG[0], &text)?;
    let mut files = vec![(folder.join(CONFIG[0]), text)];
    if let Some(name) = baseline {
        let settings = in_force::at_the_clock(config.settings);
        let report = Workspace::open(&folder, settings).check(&Scope::Everything);
        // Before the configuration, which is of no use without it.
        files.insert(0, (folder.join(name), Baseline::of(&report).to_yaml()));
    }
    for (path, text) in &files {
        write(path, text)?;
    }
    to_stdout(|stdout| {
        for (path, _) in &files {
            writeln!(stdout, "wrote `{}`", root::shown(path))?;
        }
        translation.write(stdout)?;
        write_allowances(stdout, allowances.as_deref().unwrap_or_default())
    })?;
    Ok(Outcome::Clean)
}

/// Creates the file, never writing over one that came meanwhile.
fn write(path: &Path, text: &str) -> Result<(), Error> {
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    let written = file.and_then(|mut it| it.write_all(text.as_bytes()));
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Error::ConfigExists(root::shown(path).into()),
        _ => Error::Unwritable {
            path: path.to_owned(),
            error,
        },
    })
}

/// What to add to which objects, in place of what other linters read.
fn write_allowances(output: &mut impl Write, allowances: &[Allowance]) -> io::Result<()> {
    if allowances.is_empty() {
        return Ok(());
    }
    writeln!(
        output,
        "\nThese annotations and comments are not read by kube-lint; add in their place:"
    )?;
    for it in allowances {
        it.write(output)?;
    }
    Ok(())
}

//! Baselines as files.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use kube_lint_core::{Baseline, Scope};

use super::Run;
use crate::{
    commands::{Outcome, to_file},
    error::Error,
    render,
};

/// A baseline and the file it was read from.
pub(super) struct Named {
    path: PathBuf,
    pub(super) findings: Baseline,
}

impl Named {
    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        let text = fs::read_to_string(path).map_err(|error| Error::of_path(path, error))?;
        let findings = Baseline::from_yaml(&path.display().to_string(), &text);
        Ok(Self {
            path: path.to_owned(),
            findings: findings.map_err(Error::Baseline)?,
        })
    }

    /// What became of the findings of the baseline.
    pub(super) fn note(&self, known: usize, gone: usize) -> String {
        let path = self.path.display();
        let findings = if gone == 1 {
            "finding is"
        } else {
            "findings are"
        };
        match gone {
            0 => format!("baseline `{path}`: {known} known"),
            _ => format!(
                "baseline `{path}`: {known} known; {gone} {findings} gone: write it anew with \
                 `--write-baseline {path}`"
            ),
        }
    }
}

/// Accepts everything that is found in the root.
pub(super) fn write(path: &Path, run: &Run, quiet: bool) -> Result<Outcome, Error> {
    let baseline = Baseline::of(&run.workspace.check(&Scope::Everything));
    to_file(path, |file| file.write_all(baseline.to_yaml().as_bytes()))?;
    if !quiet {
        let plural = if baseline.len() == 1 { "" } else { "s" };
        let path = path.display();
        render::note(&format!(
            "wrote {} finding{plural} to `{path}`",
            baseline.len()
        ));
    }
    Ok(Outcome::Clean)
}

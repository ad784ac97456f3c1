//! Baselines as files.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use kube_lint_core::{Baseline, Scope, Workspace};

use crate::{commands::to_file, error::Error};

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

    /// That the baseline can shrink, where it can.
    pub(super) fn note(&self, gone: usize) -> Option<String> {
        let path = self.path.display();
        let findings = match gone {
            0 => return None,
            1 => "1 finding of the baseline is".to_owned(),
            _ => format!("{gone} findings of the baseline are"),
        };
        Some(format!(
            "{findings} gone: write it anew with `--write-baseline {path}`"
        ))
    }
}

/// Accepts everything that is found in the root, and says so.
pub(super) fn write(path: &Path, workspace: &Workspace) -> Result<String, Error> {
    let baseline = Baseline::of(&workspace.check(&Scope::Everything));
    to_file(path, |file| file.write_all(baseline.to_yaml().as_bytes()))?;
    let plural = if baseline.len() == 1 { "" } else { "s" };
    let (count, path) = (baseline.len(), path.display());
    Ok(format!("wrote {count} finding{plural} to `{path}`"))
}

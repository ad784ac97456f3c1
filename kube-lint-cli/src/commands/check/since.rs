//! What was found at an earlier revision.

use std::collections::{HashMap, HashSet};

use kube_lint_core::{Baseline, Report, Scope, Source, Workspace};

use crate::{
    error::Error,
    git::{File, Kind, Tree},
    root::Root,
};

/// What was found at an earlier revision.
pub(super) struct Since {
    revision: String,
    pub(super) findings: Baseline,
}

impl Since {
    /// Lints the root as it was at `revision`, judged as the working tree is: by the same settings, and
    /// of the files that would be read today.
    pub(super) fn new(
        workspace: &mut Workspace,
        root: &Root,
        revision: String,
    ) -> Result<Self, Error> {
        let tree = Tree::of(&root.folder, &revision)?;
        let files = tree.files()?;
        let changed = tree.changed()?;
        let (without, instead) = differences(workspace, root, &files, &changed);
        let ids: Vec<_> = instead.iter().map(|it| it.id.as_str()).collect();
        let contents = tree.contents(&ids)?;
        let sources = instead.iter().zip(contents).map(|(file, content)| Source {
            path: file.name.clone(),
            content,
        });
        let changed = instead.iter().map(|it| &it.name).chain(&without).cloned();
        let changed: Vec<_> = changed.collect();
        let report = workspace.check_as(&without, sources.collect(), &Scope::Everything);
        let findings = Baseline::of_revision(&report, changed);
        Ok(Self { revision, findings })
    }

    /// What became of the findings of the revision.
    pub(super) fn note(&self, report: &Report, fixed: usize) -> String {
        let revision = &self.revision;
        let new = report.findings.len();
        let known = report.known().count();
        format!("since {revision}: {new} new, {fixed} fixed, {known} known")
    }
}

/// The files of the workspace that were not there, and those that had or may have had another content.
///
/// A link that is another now is taken not to have been there: what it led to may have changed too.
fn differences<'a>(
    workspace: &Workspace,
    root: &Root,
    files: &'a [File],
    changed: &HashSet<String>,
) -> (Vec<String>, Vec<&'a File>) {
    let before: HashMap<_, _> = files.iter().map(|it| (it.name.as_str(), it.kind)).collect();
    let was_there = |path: &str| match before.get(path) {
        Some(Kind::Link) => !changed.contains(path),
        Some(Kind::Regular | Kind::Submodule) => true,
        None => {
            // Of what lies in a submodule nothing is known but what it is now.
            let mut folders = path.match_indices('/').map(|(at, _)| &path[..at]);
            folders.any(|it| before.get(it) == Some(&Kind::Submodule))
        }
    };
    let without = workspace.paths().filter(|it| !was_there(it));
    let without = without.map(str::to_owned).collect();
    let here: HashSet<_> = workspace.paths().collect();
    let mut filter = workspace.filter(&root.folder);
    let instead = files.iter().filter(|it| {
        let is_other = it.kind == Kind::Regular && changed.contains(&it.name);
        is_other && (here.contains(it.name.as_str()) || filter.passes(&it.name))
    });
    (without, instead.collect())
}

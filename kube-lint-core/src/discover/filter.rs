//! What a walk would find, by names alone: of a tree that is not on disk, say.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{Ignored, is_candidate, is_never_read};

/// Tells which names [`discover`](super::discover()) would take for manifests if they were files below
/// a root, by the rules that hold there now.
pub struct Filter<E> {
    root: PathBuf,
    exclude: E,
    ignored: Ignored,
    /// The folders around the last name, each with all above it, outermost first; the root is `""`.
    inside: Vec<String>,
}

impl<E: Fn(&str, bool) -> bool> Filter<E> {
    /// For the folder `root`; `exclude` is asked as by [`discover`](super::discover()).
    pub fn new(root: &Path, exclude: E) -> Self {
        // A root that is not there has no rules either.
        let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
        let mut ignored = Ignored::default();
        ignored.add_parents(&root);
        let mut filter = Self {
            root,
            exclude,
            ignored,
            inside: Vec::new(),
        };
        filter.enter(String::new());
        filter
    }

    /// Whether the file of that name, relative to the root and with `/`, would be found. Names in order
    /// are told fastest.
    pub fn passes(&mut self, name: &str) -> bool {
        let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
        is_candidate(file.as_ref()) && self.go_to(folder) && !self.is_left_out(name, false)
    }

    /// Takes up the rules of `folder` and those around it; `false` if a walk does not get there.
    fn go_to(&mut self, folder: &str) -> bool {
        let holds = |it: &&String| is_below(folder, it);
        let kept = self.inside.iter().take_while(holds).count();
        self.inside.truncate(kept);
        self.ignored.leave_to(kept);
        let ends = folder.match_indices('/').map(|(at, _)| at);
        let folders = ends.chain([folder.len()]);
        let folders: Vec<_> = folders.filter_map(|end| folder.get(..end)).collect();
        let passed = self.inside.last().map_or(0, String::len);
        for folder in folders.into_iter().filter(|it| it.len() > passed) {
            let name = folder.rsplit('/').next().unwrap_or_default();
            if is_never_read(name.as_ref()) || self.is_left_out(folder, true) {
                return false;
            }
            self.enter(folder.to_owned());
        }
        true
    }

    fn enter(&mut self, name: String) {
        let folder = self.root.join(&name);
        self.inside.push(name);
        self.ignored.enter();
        if fs::symlink_metadata(folder.join(".git")).is_ok() {
            self.ignored.add_repository(&folder);
        }
        let rules = folder.join(".gitignore");
        if fs::symlink_metadata(&rules).is_ok_and(|it| it.is_file()) {
            // The walk reports what is wrong with it.
            let _ = self.ignored.add_file(&folder, &rules);
        }
    }

    fn is_left_out(&self, name: &str, is_folder: bool) -> bool {
        self.ignored.holds(&self.root.join(name), is_folder) || (self.exclude)(name, is_folder)
    }
}

/// Whether `folder` is `other` or lies in it.
fn is_below(folder: &str, other: &str) -> bool {
    let rest = folder.strip_prefix(other);
    other.is_empty() || rest.is_some_and(|it| it.is_empty() || it.starts_with('/'))
}

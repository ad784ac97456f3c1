//! What git ignores, folder by folder.

use std::{
    borrow::Cow,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

use ignore::{
    Match,
    gitignore::{Gitignore, GitignoreBuilder},
};

use super::{MAX_FILE_BYTES, open};

/// The ignore rules of the folder being read and of those around it.
#[derive(Default)]
pub(super) struct Ignored {
    /// Outermost first: `above` folders around the root, then one for each depth.
    folders: Vec<Rules>,
    above: usize,
}

/// The rules of one folder.
#[derive(Default)]
struct Rules {
    own: Option<Gitignore>,
    /// Those of `.git/info/exclude`; weaker than any `.gitignore` of the work tree.
    work_tree: Option<Gitignore>,
    /// Whether the rules of folders further out are those of another repository.
    is_top: bool,
}

/// Whether what is called so brings rules for its folder, and so must come before all the rest.
pub(super) fn brings_rules(name: &OsStr) -> bool {
    name == ".gitignore" || name == ".git"
}

impl Ignored {
    /// Takes up the folders above `root`, up to the top of its work tree; without one, none.
    pub(super) fn add_parents(&mut self, root: &Path) {
        let Some(top) = root.ancestors().find(|it| is_top(it)) else {
            return;
        };
        let parents = root.ancestors().skip(1);
        let parents: Vec<_> = parents.take_while(|it| it.starts_with(top)).collect();
        self.above = parents.len();
        for folder in parents.into_iter().rev() {
            self.enter();
            if folder == top {
                self.add_repository(folder);
            }
            let file = folder.join(".gitignore");
            if fs::symlink_metadata(&file).is_ok_and(|it| it.is_file()) {
                // What lies above the root is not asked for, so its faults are not reported.
                let _ = self.add_file(folder, &file);
            }
        }
    }

    /// Takes up a folder inside those taken up, for now without rules.
    pub(super) fn enter(&mut self) {
        self.folders.push(Rules::default());
    }

    /// Takes up the `.gitignore` of the innermost folder.
    pub(super) fn add_file(&mut self, folder: &Path, file: &Path) -> Result<(), String> {
        let rules = rules(folder, &open::read(file, MAX_FILE_BYTES)?)?;
        if let Some(innermost) = self.folders.last_mut() {
            innermost.own = rules;
        }
        Ok(())
    }

    /// Takes up that a repository, a work tree or a submodule begins at the innermost folder.
    pub(super) fn add_repository(&mut self, folder: &Path) {
        if let Some(innermost) = self.folders.last_mut() {
            innermost.is_top = true;
            innermost.work_tree = work_tree_rules(folder);
        }
    }

    /// Leaves the folders at `depth` and further in; the root is at depth 0.
    pub(super) fn leave_to(&mut self, depth: usize) {
        self.folders.truncate(self.above + depth);
    }

    /// Whether something in the innermost folder is ignored. Folders around it are taken not to be.
    pub(super) fn holds(&self, path: &Path, is_folder: bool) -> bool {
        for folder in self.folders.iter().rev() {
            for rules in [&folder.own, &folder.work_tree].into_iter().flatten() {
                match rules.matched(path, is_folder) {
                    Match::Ignore(_) => return true,
                    Match::Whitelist(_) => return false,
                    Match::None => {}
                }
            }
            if folder.is_top {
                break;
            }
        }
        false
    }
}

/// Whether a repository, a work tree or a submodule begins at `folder`.
fn is_top(folder: &Path) -> bool {
    fs::symlink_metadata(folder.join(".git")).is_ok()
}

/// The rules of `info/exclude`, a file that few have: without it there are none.
fn work_tree_rules(top: &Path) -> Option<Gitignore> {
    let path = common_folder(top)?.join("info/exclude");
    let text = open::read(&path, MAX_FILE_BYTES).ok()?;
    rules(top, &text).ok().flatten()
}

/// The folder of the repository whose work tree begins at `top`: `.git`, or what the file `.git`
/// leads to, where submodules and further work trees are concerned.
fn common_folder(top: &Path) -> Option<PathBuf> {
    let git = top.join(".git");
    if git.is_dir() {
        return Some(git);
    }
    let own = top.join(line(&git)?.strip_prefix("gitdir:")?.trim());
    match line(&own.join("commondir")) {
        Some(common) => Some(own.join(common)),
        None => Some(own),
    }
}

/// The text of a file that holds one line.
fn line(path: &Path) -> Option<String> {
    let text = String::from_utf8(open::read(path, MAX_FILE_BYTES).ok()?).ok()?;
    Some(text.trim().to_owned())
}

/// The rules written in `text` for what lies in `folder`; `None` where there are none.
fn rules(folder: &Path, text: &[u8]) -> Result<Option<Gitignore>, String> {
    let mut builder = GitignoreBuilder::new(folder);
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    for line in text.split(|&byte| byte == b'\n') {
        if let Ok(line) = str::from_utf8(line) {
            // Git too takes what is no pattern as one that nothing matches.
            let _ = builder.add_line(None, &literal_braces(line));
        }
    }
    let rules = builder.build().map_err(|error| error.to_string())?;
    Ok(Some(rules).filter(|it| !it.is_empty()))
}

/// The pattern with its braces escaped: git knows no `{a,b}`, the matcher does.
fn literal_braces(pattern: &str) -> Cow<'_, str> {
    if !pattern.contains(['{', '}']) {
        return pattern.into();
    }
    let mut literal = String::with_capacity(pattern.len() + 2);
    let (mut is_escaped, mut in_class) = (false, false);
    for character in pattern.chars() {
        if matches!(character, '{' | '}') && !is_escaped && !in_class {
            literal.push('\\');
        }
        literal.push(character);
        in_class = !is_escaped
            && if in_class {
                character != ']'
            } else {
                character == '['
            };
        is_escaped = character == '\\' && !is_escaped;
    }
    literal.into()
}

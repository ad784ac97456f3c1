//! The manifests below a folder: which files may hold some, and their bytes.
//!
//! A file whose name promises a manifest is found, ignored on purpose (`.gitignore`, the caller's
//! `exclude`), or a [`Problem`]: none is passed over in silence.

mod filter;
mod ignored;
mod links;
mod open;

use std::{
    borrow::Cow,
    ffi::OsStr,
    fmt::Write,
    fs::{self, FileType},
    path::{Path, PathBuf},
};

use walkdir::{DirEntry, WalkDir};

pub use self::filter::Filter;
use self::ignored::Ignored;
use crate::decode::too_large;

/// The most bytes that a file on disk may have, 16 MiB.
pub const MAX_FILE_BYTES: u32 = 16 << 20;

/// What lies below a root that may hold manifests.
///
/// Each list is in order of names, byte by byte.
#[derive(Clone, Debug, Default)]
pub struct Discovery {
    /// The files to read.
    pub files: Vec<Found>,
    /// What could not be looked at.
    pub problems: Vec<Problem>,
    /// Other names of what is found, or of folders that were looked into.
    pub links: Vec<Link>,
}

/// A file that may hold manifests.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// The path to open.
    pub path: PathBuf,
    /// The path relative to the root, with `/`; bytes that are not UTF-8 are written `\xE4`.
    pub name: String,
}

/// A file or folder that could not be looked at.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Problem {
    /// The path relative to the root as in [`Found`]; `.` is the root.
    pub name: String,
    /// Why: lower case, no full stop, to be read after the name.
    pub reason: String,
}

/// A symbolic link to something inside the root.
///
/// It is read once, under the name of its target, but a kustomization may well refer to it by the
/// name of the link.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Link {
    /// The link, relative to the root as in [`Found`].
    pub name: String,
    /// The name of the file in [`Discovery::files`], or of a folder, to which it leads at last;
    /// the root is `""`.
    pub target: String,
}

/// Looks for manifests below the folder `root`; a `root` that is a file is found whatever it is
/// called.
///
/// * Files named `*.yaml`, `*.yml`, `*.json` (in any case) and `Kustomization` count. Hidden
///   folders are looked into, `.git` and `node_modules` never.
/// * What git ignores is left out: by `.gitignore` in the root, below it and above it up to the
///   top of the work tree, and by the work tree's `.git/info/exclude`. The user's own exclude file
///   is not asked. As in git, a nested repository has rules of its own. Without git, `.gitignore`
///   files in and below the root hold all the same.
/// * `exclude` is asked for each name, and whether it is a folder; it need not look at the parents.
/// * Symbolic links to folders are not followed. One to a file that is itself found is a [`Link`];
///   any other is read under the name of the link.
pub fn discover(root: &Path, exclude: impl Fn(&str, bool) -> bool) -> Discovery {
    let is_here = root.as_os_str().is_empty();
    let root = if is_here { Path::new(".") } else { root };
    let resolved = fs::metadata(root).and_then(|it| Ok((it.file_type(), root.canonicalize()?)));
    match resolved {
        Ok((file_type, path)) if file_type.is_dir() => Walk::new(path, exclude).run(),
        Ok((file_type, _)) => single(root, file_type, exclude),
        Err(error) => Discovery {
            problems: vec![Problem {
                name: own_name(root),
                reason: open::reason(&error),
            }],
            ..Discovery::default()
        },
    }
}

/// The bytes of a file, at most [`MAX_FILE_BYTES`].
///
/// What is not a regular file any more, a named pipe say, is refused without being opened, and
/// what is too large without being read.
///
/// # Errors
///
/// Why it could not be read: lower case, no full stop, to be read after the name.
pub fn read(found: &Found) -> Result<Vec<u8>, String> {
    open::read(&found.path, MAX_FILE_BYTES)
}

/// Why content of `size` bytes is not read, as [`read`] puts it; `None` where it is.
pub fn refusal(size: u64) -> Option<String> {
    (size > u64::from(MAX_FILE_BYTES)).then(|| too_large(size, MAX_FILE_BYTES))
}

/// The discovery of a root that is not a folder.
fn single(root: &Path, file_type: FileType, exclude: impl Fn(&str, bool) -> bool) -> Discovery {
    let mut discovery = Discovery::default();
    let name = own_name(root);
    if exclude(&name, false) {
        return discovery;
    }
    if file_type.is_file() {
        let path = root.to_path_buf();
        discovery.files.push(Found { path, name });
    } else {
        let reason = open::not_a_file(file_type).to_owned();
        discovery.problems.push(Problem { name, reason });
    }
    discovery
}

/// One walk below a folder.
struct Walk<E> {
    /// Canonical, so that the targets of links can be compared with it.
    root: PathBuf,
    exclude: E,
    ignored: Ignored,
    /// Names of the folder being read and those around it; the index is the depth, the root's
    /// name is `""`.
    folders: Vec<String>,
    links: Vec<Found>,
    discovery: Discovery,
}

impl<E: Fn(&str, bool) -> bool> Walk<E> {
    fn new(root: PathBuf, exclude: E) -> Self {
        Self {
            root,
            exclude,
            ignored: Ignored::default(),
            folders: Vec::new(),
            links: Vec::new(),
            discovery: Discovery::default(),
        }
    }

    fn run(mut self) -> Discovery {
        self.ignored.add_parents(&self.root);
        let rules_first = |a: &DirEntry, b: &DirEntry| {
            let [a, b] = [a, b].map(|it| ignored::brings_rules(it.file_name()));
            b.cmp(&a)
        };
        let mut entries = WalkDir::new(&self.root).sort_by(rules_first).into_iter();
        while let Some(entry) = entries.next() {
            match entry {
                Ok(entry) => {
                    if !self.visit(entry) {
                        entries.skip_current_dir();
                    }
                }
                Err(error) => self.fail(&error),
            }
        }
        self.finish()
    }

    /// Takes up an entry; `false` for a folder not to be looked into.
    fn visit(&mut self, entry: DirEntry) -> bool {
        let depth = entry.depth();
        self.folders.truncate(depth);
        self.ignored.leave_to(depth);
        self.take_up_rules(&entry);
        if entry.file_type().is_dir() {
            return self.enter(&entry);
        }
        self.look_at(entry);
        true
    }

    fn take_up_rules(&mut self, entry: &DirEntry) {
        let (Some(folder), Some(_)) = (entry.path().parent(), self.folders.last()) else {
            return;
        };
        if entry.file_name() == ".git" {
            self.ignored.add_repository(folder);
        } else if entry.file_name() == ".gitignore"
            // Git does not follow a symbolic link here.
            && entry.file_type().is_file()
            && let Err(reason) = self.ignored.add_file(folder, entry.path())
        {
            let name = self.name(entry);
            self.discovery.problems.push(Problem { name, reason });
        }
    }

    /// Whether to look into a folder; if so, what it holds comes next.
    fn enter(&mut self, entry: &DirEntry) -> bool {
        let name = if entry.depth() == 0 {
            String::new()
        } else {
            let name = self.name(entry);
            if is_never_read(entry.file_name()) || self.is_left_out(entry, &name) {
                return false;
            }
            name
        };
        self.folders.push(name);
        self.ignored.enter();
        true
    }

    /// Takes up what is not a folder, if it may hold manifests.
    fn look_at(&mut self, entry: DirEntry) {
        let file_type = entry.file_type();
        if !file_type.is_symlink() && !is_candidate(entry.file_name()) {
            return;
        }
        let name = self.name(&entry);
        if self.is_left_out(&entry, &name) {
            return;
        }
        if file_type.is_file() || file_type.is_symlink() {
            let list = if file_type.is_file() {
                &mut self.discovery.files
            } else {
                &mut self.links
            };
            let path = entry.into_path();
            list.push(Found { path, name });
        } else {
            let reason = open::not_a_file(file_type).to_owned();
            self.discovery.problems.push(Problem { name, reason });
        }
    }

    fn fail(&mut self, error: &walkdir::Error) {
        let path = error.path().unwrap_or(&self.root);
        let name = match name_below(&self.root, path) {
            Some(name) if !name.is_empty() => name,
            _ => ".".to_owned(),
        };
        let reason = match error.io_error() {
            Some(error) => open::reason(error),
            None => error.to_string(),
        };
        self.discovery.problems.push(Problem { name, reason });
    }

    fn finish(mut self) -> Discovery {
        let by_name = |a: &Found, b: &Found| (&a.name, &a.path).cmp(&(&b.name, &b.path));
        self.discovery.files.sort_unstable_by(by_name);
        links::resolve(&self.root, &self.links, &mut self.discovery);
        self.discovery.files.sort_unstable_by(by_name);
        self.discovery.problems.sort_unstable();
        self.discovery.links.sort_unstable();
        self.discovery
    }

    fn name(&self, entry: &DirEntry) -> String {
        let folder = self.folders.last().map_or("", String::as_str);
        joined(folder, entry.file_name())
    }

    fn is_left_out(&self, entry: &DirEntry, name: &str) -> bool {
        let is_folder = entry.file_type().is_dir();
        self.ignored.holds(entry.path(), is_folder) || (self.exclude)(name, is_folder)
    }
}

/// Folders that hold no manifests of the repository that they lie in.
fn is_never_read(folder: &OsStr) -> bool {
    folder == ".git" || folder == "node_modules"
}

/// Whether the name promises a manifest or a kustomization. `.yaml` alone does, as for kubectl.
fn is_candidate(file: &OsStr) -> bool {
    let mut parts = file.as_encoded_bytes().rsplitn(2, |&byte| byte == b'.');
    match (parts.next(), parts.next()) {
        (Some(extension), Some(_)) => [&b"yaml"[..], b"yml", b"json"]
            .iter()
            .any(|it| extension.eq_ignore_ascii_case(it)),
        (name, _) => name == Some(b"Kustomization"),
    }
}

/// The name of a root as a file.
fn own_name(root: &Path) -> String {
    root.file_name()
        .map_or_else(|| ".".to_owned(), |it| escaped(it).into_owned())
}

/// The name of `path` if it lies in `root`, `""` if it is the root.
fn name_below(root: &Path, path: &Path) -> Option<String> {
    let parts = path.strip_prefix(root).ok()?.iter();
    Some(parts.fold(String::new(), |folder, part| joined(&folder, part)))
}

fn joined(folder: &str, file: &OsStr) -> String {
    let file = escaped(file);
    if folder.is_empty() {
        file.into_owned()
    } else {
        [folder, "/", &file].concat()
    }
}

fn escaped(name: &OsStr) -> Cow<'_, str> {
    if let Some(name) = name.to_str() {
        return name.into();
    }
    let mut text = String::new();
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // Writing to a string does not fail.
            let _ = write!(text, "\\x{byte:02X}");
        }
    }
    text.into()
}

//! The folder that is read as a whole, and its configuration.

use std::{
    env, fs, io,
    path::{Component, Path, PathBuf},
};

use kube_lint_core::{config::Config, source::printable};

use crate::{args::SettingsArgs, error::Error};

pub(crate) const CONFIG: [&str; 2] = [".kube-lint.yaml", ".kube-lint.yml"];

/// The folder that is read as a whole.
#[derive(Debug)]
pub(crate) struct Root {
    /// Absolute, without symlinks.
    pub(crate) folder: PathBuf,
    /// Why it is the root.
    pub(crate) found_by: FoundBy,
    config: Option<PathBuf>,
}

/// Why a folder is the root.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum FoundBy {
    /// It was named with `--root`.
    Name,
    /// It holds the nearest configuration.
    Config,
    /// It is the top of the git work tree.
    Git,
    /// Neither is around the path.
    Path,
}

/// A configuration that was read.
#[derive(Debug)]
pub(crate) struct ConfigFile {
    /// Its path as messages show it.
    pub(crate) name: String,
    pub(crate) text: String,
}

impl Root {
    /// The root of `start`, a path as of [`absolute`]: the nearest folder upward that holds a
    /// configuration, else the git top level, else `start` itself or its folder.
    pub(crate) fn of(start: &Path) -> Result<Self, Error> {
        let own = if start.is_dir() {
            start
        } else {
            start.parent().unwrap_or(start)
        };
        for folder in own.ancestors() {
            let root = Self::at(folder, FoundBy::Config)?;
            if root.config.is_some() {
                return Ok(root);
            }
            if folder.join(".git").symlink_metadata().is_ok() {
                return Self::at(folder, FoundBy::Git);
            }
        }
        Self::at(own, FoundBy::Path)
    }

    /// The folder that the user named.
    pub(crate) fn named(folder: &Path) -> Result<Self, Error> {
        let found = existing(folder)?;
        if !found.is_dir() {
            return Err(Error::NoFolder(folder.to_owned()));
        }
        Self::at(&found, FoundBy::Name)
    }

    fn at(folder: &Path, found_by: FoundBy) -> Result<Self, Error> {
        let [first, second] = CONFIG.map(|name| folder.join(name));
        let config = match (first.is_file(), second.is_file()) {
            (true, true) => return Err(Error::TwoConfigs(folder.to_owned())),
            (true, false) => Some(first),
            (false, true) => Some(second),
            (false, false) => None,
        };
        let folder = folder.to_owned();
        Ok(Self {
            folder,
            found_by,
            config,
        })
    }

    /// The path of a file that the configuration names, relative to the folder of that.
    pub(crate) fn beside_config(&self, flags: &SettingsArgs, name: &str) -> PathBuf {
        let config = flags.config.as_deref().or(self.config.as_deref());
        let folder = config.and_then(Path::parent).unwrap_or(&self.folder);
        shown_path(&folder.join(name))
    }

    /// The file at `named`, else that of the root.
    pub(crate) fn config_file(&self, named: Option<&Path>) -> Result<Option<ConfigFile>, Error> {
        let Some(path) = named.or(self.config.as_deref()) else {
            return Ok(None);
        };
        let text = fs::read_to_string(path).map_err(|error| Error::of_path(path, error))?;
        let name = shown(path);
        Ok(Some(ConfigFile { name, text }))
    }

    /// The configuration at `named`, else that of the root, else none.
    pub(crate) fn config(&self, named: Option<&Path>) -> Result<Config, Error> {
        match self.config_file(named)? {
            Some(file) => file.read(),
            None => Ok(Config::default()),
        }
    }

    /// The root as its repository names it, with a `/` at the end; empty where the root is the
    /// repository's own or in none.
    pub(crate) fn folder_in_repository(&self) -> String {
        let mut folders = self.folder.ancestors();
        let repository = folders.find(|it| it.join(".git").symlink_metadata().is_ok());
        let below = repository.and_then(|it| self.folder.strip_prefix(it).ok());
        let parts = below.into_iter().flat_map(Path::components);
        let parts = parts.map(|it| printable(&text_of(it.as_os_str().as_encoded_bytes())) + "/");
        parts.collect()
    }

    /// The name that `named` has in a report: relative to the root, with `/`; the root itself is
    /// empty.
    pub(crate) fn relative(&self, named: &Path) -> Result<String, Error> {
        let path = absolute(named)?;
        // A link to a file of the root is read under the name of that file.
        let target = canonical(&path).ok();
        let target = target.filter(|it| it.starts_with(&self.folder));
        let path = target.unwrap_or(path);
        let Ok(below) = path.strip_prefix(&self.folder) else {
            return Err(Error::OutsideRoot {
                path: named.to_owned(),
                root: self.folder.clone(),
            });
        };
        let parts = below
            .components()
            .map(|it| text_of(it.as_os_str().as_encoded_bytes()));
        Ok(parts.collect::<Vec<_>>().join("/"))
    }
}

impl ConfigFile {
    pub(crate) fn read(&self) -> Result<Config, Error> {
        Ok(Config::from_yaml(&self.name, &self.text)?)
    }
}

/// The name as a report writes it: bytes that are not UTF-8 become `\xE4`.
pub(crate) fn text_of(name: &[u8]) -> String {
    let texts = name.utf8_chunks().map(|chunk| {
        let escapes = chunk.invalid().iter().map(|byte| format!("\\x{byte:02X}"));
        chunk.valid().to_owned() + &escapes.collect::<String>()
    });
    texts.collect()
}

/// The absolute path of what the user named, without `..`, and without symlinks but for a file's own:
/// a link to a file outside the root is a file of the root.
pub(crate) fn absolute(named: &Path) -> Result<PathBuf, Error> {
    let name = match named.components().next_back() {
        Some(Component::Normal(name)) if !named.is_dir() => name,
        _ => return canonical(named).map_err(|error| Error::of_path(named, error)),
    };
    let folder = match named.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let folder = canonical(folder).map_err(|error| Error::of_path(named, error))?;
    Ok(folder.join(name))
}

/// As [`absolute`], of something that must be there.
pub(crate) fn existing(named: &Path) -> Result<PathBuf, Error> {
    let metadata = fs::symlink_metadata(named);
    metadata.map_err(|error| Error::of_path(named, error))?;
    absolute(named)
}

fn canonical(path: &Path) -> io::Result<PathBuf> {
    fs::canonicalize(path)
}

/// The path as short as it can be for a message.
pub(crate) fn shown(path: &Path) -> String {
    shown_path(path).display().to_string()
}

/// The same as a path.
fn shown_path(path: &Path) -> PathBuf {
    let here = env::current_dir().and_then(|it| canonical(&it));
    let below = here.as_ref().ok().and_then(|it| path.strip_prefix(it).ok());
    below.unwrap_or(path).to_owned()
}

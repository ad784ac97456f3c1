//! How files are named for people and editors: so that the name can be opened from where the command runs.

use std::{
    borrow::Cow,
    env, fs,
    path::{Component, Path},
};

use kube_lint_core::source::printable;

use crate::root::text_of;

/// How the files of a root are named; by default relative to the root, as in a report.
#[derive(Debug, Default)]
pub(crate) struct Paths {
    /// What leads from the working folder to the root, where that does not hold it.
    prefix: String,
    /// The folders that lead from the root to the working folder.
    below: Vec<String>,
}

impl Paths {
    /// Relative to the working folder where it lies in the `root`, or the root in it; else absolute.
    pub(crate) fn from_here(root: &Path) -> Self {
        match env::current_dir().and_then(fs::canonicalize) {
            Ok(here) => Self::between(&here, root),
            Err(_) => Self::default(),
        }
    }

    fn between(here: &Path, root: &Path) -> Self {
        if let Ok(below) = here.strip_prefix(root) {
            let below = below.components().map(named).collect();
            let prefix = String::new();
            return Self { prefix, below };
        }
        let below = root.strip_prefix(here).unwrap_or(root);
        let folders = below.components().map(|it| match it {
            Component::RootDir => "/".to_owned(),
            folder => named(folder) + "/",
        });
        Self {
            prefix: folders.collect(),
            below: Vec::new(),
        }
    }

    /// The name of the file `path`, which is relative to the root.
    pub(crate) fn name<'a>(&self, path: &'a str) -> Cow<'a, str> {
        if !self.prefix.is_empty() {
            return format!("{}{path}", self.prefix).into();
        }
        let mut rest = path;
        let mut up = self.below.len();
        for folder in &self.below {
            let inner = rest.strip_prefix(folder.as_str());
            let Some(inner) = inner.and_then(|it| it.strip_prefix('/')) else {
                break;
            };
            rest = inner;
            up -= 1;
        }
        match up {
            0 => rest.into(),
            _ => format!("{}{rest}", "../".repeat(up)).into(),
        }
    }
}

fn named(component: Component<'_>) -> String {
    printable(&text_of(component.as_os_str().as_encoded_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(here: &str, root: &str, path: &str) -> String {
        let paths = Paths::between(Path::new(here), Path::new(root));
        paths.name(path).into_owned()
    }

    #[test]
    fn a_name_leads_from_the_working_folder_to_the_file() {
        for (here, root, path, expected) in [
            ("/r", "/r", "a/b.yaml", "a/b.yaml"),
            ("/r/a", "/r", "a/b.yaml", "b.yaml"),
            ("/r/a", "/r", "a/c/b.yaml", "c/b.yaml"),
            ("/r/a", "/r", "ab/c.yaml", "../ab/c.yaml"),
            ("/r/a", "/r", "b.yaml", "../b.yaml"),
            ("/r/a/b", "/r", "a/c.yaml", "../c.yaml"),
            ("/r/a/b", "/r", "b/c.yaml", "../../b/c.yaml"),
            ("/", "/r/s", "a.yaml", "r/s/a.yaml"),
            ("/r", "/r/s/t", "a.yaml", "s/t/a.yaml"),
            ("/q", "/r/s", "a.yaml", "/r/s/a.yaml"),
            ("/r/s", "/r/t", "a.yaml", "/r/t/a.yaml"),
            ("/r/a", "/", "r/b.yaml", "../b.yaml"),
        ] {
            assert_eq!(
                name(here, root, path),
                expected,
                "{path} of {root} from {here}"
            );
        }
    }
}

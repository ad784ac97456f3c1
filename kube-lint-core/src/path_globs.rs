//! Which files are meant, by globs that read like lines of a `.gitignore`.

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

/// Globs over paths that are relative to the root and written with `/`.
///
/// A glob that holds no slash but at its end names files and folders at any depth, any other counts
/// from the root: `vendor` and `vendor/` are met everywhere, `/vendor` and `vendor/**` in the root
/// alone. What names a folder means all that is below it.
#[derive(Clone, Debug, Default)]
pub struct PathGlobs {
    globs: Vec<String>,
    files: GlobSet,
    folders: GlobSet,
}

impl PathGlobs {
    /// Reads the globs.
    ///
    /// # Errors
    ///
    /// The first that is no glob.
    pub fn new<'a>(globs: impl IntoIterator<Item = &'a str>) -> Result<Self, PathGlobError> {
        let globs: Vec<_> = globs.into_iter().map(str::to_owned).collect();
        let mut files = GlobSetBuilder::new();
        let mut folders = GlobSetBuilder::new();
        for glob in &globs {
            let Pattern {
                itself,
                below,
                only_folders,
            } = Pattern::new(glob)?;
            files.add(below.clone());
            folders.add(below);
            folders.add(itself.clone());
            if !only_folders {
                files.add(itself);
            }
        }
        Ok(Self {
            globs,
            files: files.build()?,
            folders: folders.build()?,
        })
    }

    /// The globs as they were written.
    pub fn globs(&self) -> &[String] {
        &self.globs
    }

    /// Whether the file or folder of that path is meant.
    pub fn holds(&self, path: &str, is_folder: bool) -> bool {
        if is_folder {
            self.has_folder(path)
        } else {
            self.has_file(path)
        }
    }

    /// Whether the file of that path is meant.
    pub fn has_file(&self, path: &str) -> bool {
        !self.files.is_empty() && self.files.is_match(path)
    }

    /// Whether everything below the folder of that path is meant.
    pub fn has_folder(&self, path: &str) -> bool {
        !self.folders.is_empty() && self.folders.is_match(path)
    }
}

/// A glob over paths that cannot be used.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PathGlobError {
    /// Not a glob.
    #[error("not a glob: {}", .0.kind())]
    Glob(#[from] globset::Error),
    /// Nothing but slashes.
    #[error("the pattern names nothing")]
    Empty,
    /// Begins with an exclamation mark.
    #[error("a pattern with `!` cannot take back what others mean")]
    Negated,
}

struct Pattern {
    itself: Glob,
    below: Glob,
    only_folders: bool,
}

impl Pattern {
    fn new(text: &str) -> Result<Self, PathGlobError> {
        if text.starts_with('!') {
            return Err(PathGlobError::Negated);
        }
        let text = text.strip_prefix("./").unwrap_or(text);
        let name = text.trim_end_matches("/**").trim_end_matches('/');
        let anchored = text.trim_end_matches('/').contains('/');
        let path = name.trim_start_matches('/');
        if path.is_empty() {
            return Err(PathGlobError::Empty);
        }
        let path = if anchored {
            path.to_owned()
        } else {
            format!("**/{path}")
        };
        Ok(Self {
            below: glob(&format!("{path}/**"))?,
            itself: glob(&path)?,
            only_folders: name != text,
        })
    }
}

fn glob(text: &str) -> Result<Glob, globset::Error> {
    GlobBuilder::new(text).literal_separator(true).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn means(pattern: &str, path: &str) -> bool {
        PathGlobs::new([pattern]).unwrap().has_file(path)
    }

    #[test]
    fn a_folder_takes_all_below_it() {
        for pattern in [
            "vendor",
            "vendor/",
            "vendor/**",
            "/vendor",
            "./vendor/",
            "**/vendor/**",
        ] {
            assert!(means(pattern, "vendor/a.yaml"), "{pattern}");
            assert!(means(pattern, "vendor/b/a.yaml"), "{pattern}");
            assert!(!means(pattern, "vendored/a.yaml"), "{pattern}");
            assert!(!means(pattern, "a.yaml"), "{pattern}");
            assert!(
                PathGlobs::new([pattern]).unwrap().has_folder("vendor"),
                "{pattern}"
            );
            assert!(
                !PathGlobs::new([pattern]).unwrap().has_folder("a"),
                "{pattern}"
            );
        }
    }

    #[test]
    fn a_name_without_slash_is_met_at_any_depth() {
        assert!(means("vendor", "a/vendor/b.yaml"));
        assert!(means("*.json", "a/b.json"));
        assert!(means("**/testdata/**", "a/testdata/b.yaml"));
        assert!(!means("/vendor", "a/vendor/b.yaml"));
        assert!(!means("vendor/**", "a/vendor/b.yaml"));
        assert!(!means("a/b", "c/a/b"));
    }

    #[test]
    fn a_star_stays_within_its_folder() {
        assert!(means("charts/*/tests", "charts/shop/tests/a.yaml"));
        assert!(!means("charts/*/tests", "charts/shop/deep/tests/a.yaml"));
        assert!(means("charts/*", "charts/shop/deep/a.yaml"));
    }

    #[test]
    fn a_slash_at_the_end_spares_files() {
        assert!(!means("vendor/", "vendor"));
        assert!(means("vendor", "vendor"));
    }

    #[test]
    fn what_means_nothing_is_refused() {
        assert!(PathGlobs::new(["/"]).is_err());
        assert!(PathGlobs::new(["!a"]).is_err());
        assert!(PathGlobs::new(["a{"]).is_err());
    }

    #[test]
    fn everything_can_be_meant() {
        assert!(means("**", "a/b.yaml"));
        assert!(means("*", "a/b.yaml"));
    }

    #[test]
    fn nothing_is_meant_by_default() {
        assert!(!PathGlobs::default().has_file("a"));
        assert!(!PathGlobs::default().has_folder("a"));
    }
}

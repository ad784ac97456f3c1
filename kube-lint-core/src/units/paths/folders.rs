//! The folders of a root, for generators that choose among them.

use crate::manifest::ManifestFile;

/// Every folder that holds a file, or a folder that does, in order.
pub(super) struct Folders<'a> {
    sorted: Vec<&'a str>,
}

impl<'a> Folders<'a> {
    pub(super) fn new(files: &[&'a ManifestFile]) -> Self {
        let mut sorted = Vec::new();
        for file in files {
            let mut folder = file.folder();
            while !folder.is_empty() {
                sorted.push(folder);
                folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
            }
        }
        sorted.sort_unstable();
        sorted.dedup();
        Self { sorted }
    }

    /// The folders that match `glob`, whose marks do not match a `/` (Go's `path.Match`).
    pub(super) fn matching(&self, glob: &str) -> Vec<&'a str> {
        let glob = glob.trim_start_matches("./").trim_end_matches('/');
        let mut builder = globset::GlobBuilder::new(glob);
        let Ok(glob) = builder.literal_separator(true).build() else {
            return Vec::new();
        };
        let matcher = glob.compile_matcher();
        let folders = self.sorted.iter().copied();
        folders.filter(|it| matcher.is_match(it)).collect()
    }
}

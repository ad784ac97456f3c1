//! The folders of a root, for generators that choose among them.

use rustc_hash::FxHashSet;

use crate::manifest::ManifestFile;

/// Every folder that holds a file, or a folder that does, in order.
pub(super) struct Folders<'a> {
    sorted: Vec<&'a str>,
}

impl<'a> Folders<'a> {
    pub(super) fn new(files: &[&'a ManifestFile]) -> Self {
        let mut known = FxHashSet::default();
        let mut sorted = Vec::new();
        for file in files {
            let mut folder = file.folder();
            while !folder.is_empty() && known.insert(folder) {
                sorted.push(folder);
                folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
            }
        }
        sorted.sort_unstable();
        Self { sorted }
    }

    /// The folders that match `glob`, whose marks do not match a `/` (Go's `path.Match`).
    pub(super) fn matching(&self, glob: &str) -> Vec<&'a str> {
        let glob = glob.trim_start_matches("./").trim_end_matches('/');
        let marks = ['*', '?', '[', '{', '\\'];
        let literal = glob.split(marks).next().unwrap_or_default();
        let mut builder = globset::GlobBuilder::new(glob);
        let Ok(glob) = builder.literal_separator(true).build() else {
            return Vec::new();
        };
        let matcher = glob.compile_matcher();
        let first = self.sorted.partition_point(|it| *it < literal);
        let folders = self.sorted.iter().copied().skip(first);
        let folders = folders.take_while(|it| it.starts_with(literal));
        folders.filter(|it| matcher.is_match(it)).collect()
    }
}

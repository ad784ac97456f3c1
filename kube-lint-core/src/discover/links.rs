//! Symbolic links: other names of what is found, or files of their own.

use std::{fs, io::ErrorKind, path::Path};

use super::{Discovery, Found, Link, Problem, is_candidate, name_below, open};

/// Adds to `discovery`, whose files are those of the walk in order of name, what the links give.
pub(super) fn resolve(root: &Path, links: &[Found], discovery: &mut Discovery) {
    let walked = std::mem::take(&mut discovery.files);
    for link in links {
        let is_promising = link.path.file_name().is_some_and(is_candidate);
        match meaning(root, link, &walked) {
            Ok(Meaning::Other(target)) => discovery.links.push(Link {
                name: link.name.clone(),
                target,
            }),
            Ok(Meaning::File) if is_promising => discovery.files.push(link.clone()),
            Err(reason) if is_promising && !is_editor_lock(&link.path) => {
                discovery.problems.push(Problem {
                    name: link.name.clone(),
                    reason,
                });
            }
            Ok(Meaning::File | Meaning::Elsewhere) | Err(_) => {}
        }
    }
    discovery.files.extend(walked);
}

/// What a link leads to.
enum Meaning {
    /// Another name of this found file or folder of the root.
    Other(String),
    /// A file that is not found otherwise.
    File,
    /// A folder outside of the root.
    Elsewhere,
}

fn meaning(root: &Path, link: &Found, walked: &[Found]) -> Result<Meaning, String> {
    let target = link
        .path
        .canonicalize()
        .map_err(|error| match error.kind() {
            ErrorKind::NotFound => "is a symbolic link to nothing".to_owned(),
            _ => open::reason(&error),
        })?;
    let file_type = fs::metadata(&target)
        .map_err(|error| open::reason(&error))?
        .file_type();
    let name = name_below(root, &target);
    if file_type.is_dir() {
        return Ok(name.map_or(Meaning::Elsewhere, Meaning::Other));
    }
    if !file_type.is_file() {
        return Err(open::not_a_file(file_type).to_owned());
    }
    Ok(name
        .filter(|name| is_among(walked, name, &target))
        .map_or(Meaning::File, Meaning::Other))
}

fn is_among(walked: &[Found], name: &str, path: &Path) -> bool {
    walked
        .binary_search_by(|it| (it.name.as_str(), it.path.as_path()).cmp(&(name, path)))
        .is_ok()
}

/// Emacs marks a file that is being edited by a link `.#name` to a user, which is no file.
fn is_editor_lock(link: &Path) -> bool {
    let name = link.file_name().unwrap_or_default();
    name.as_encoded_bytes().starts_with(b".#")
}

//! The command, run as its users run it.

#![expect(clippy::needless_raw_string_hashes, reason = "snapbox writes them")]
#![expect(clippy::unwrap_used, reason = "what goes wrong here fails the test")]

mod baseline;
mod check;
mod completions;
mod configuration;
mod editors;
mod end_to_end;
mod formats;
mod init;
mod never_leak;
mod output;
mod paths;
#[cfg(target_os = "linux")]
mod progress;
mod rbac;
mod roots;
mod schema;
mod settings;
mod since;
mod suppression;
mod words;

use std::{fs, path::Path};

use snapbox::cmd::{Command, cargo_bin};
use tempfile::TempDir;

/// Variables that change what is written.
const SCRUBBED: [&str; 4] = ["NO_COLOR", "CLICOLOR_FORCE", "TERM", "RAYON_NUM_THREADS"];

/// `kube-lint` in an environment that does not depend on who runs the tests.
fn kube_lint() -> Command {
    let command = Command::new(cargo_bin!("kube-lint"));
    SCRUBBED.into_iter().fold(command, Command::env_remove)
}

/// A folder that holds these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (path, text) in files {
        write(folder.path(), path, text);
    }
    folder
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A manifest that no rule has anything against.
const FINE: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {colour: blue}
";

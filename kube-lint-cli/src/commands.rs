//! What the command does, one module for each word.

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod explain;
pub(crate) mod init;
pub(crate) mod rbac;
pub(crate) mod rules;

#[cfg(unix)]
use std::os::unix::fs::PermissionsExt;
use std::{
    fs::{self, File, Permissions},
    io::{self, BufWriter, ErrorKind, StdoutLock, Write},
    path::Path,
};

use tempfile::{Builder, NamedTempFile};

use crate::error::Error;

/// How a command that ran came out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Outcome {
    /// Nothing at or above the threshold.
    Clean,
    /// Something at or above the threshold.
    Found,
}

/// Writes to stdout what `write` writes; that nobody reads it to the end, as with `head`, is no
/// error.
fn to_stdout(
    write: impl FnOnce(&mut BufWriter<StdoutLock<'_>>) -> io::Result<()>,
) -> Result<(), Error> {
    let mut stdout = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    match write(&mut stdout).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Error::Output(error)),
        _ => Ok(()),
    }
}

/// Writes to the file at `path` what `write` writes: all of it, or nothing.
fn to_file(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), Error> {
    // What a link leads to is replaced, not the link.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let written = match fs::metadata(&target) {
        // A device or a pipe must stay what it is.
        Ok(found) if !found.is_file() => {
            let opened = File::options().write(true).open(&target);
            opened.and_then(|mut file| write(&mut file))
        }
        found => replace(&target, found.ok().map(|it| it.permissions()), write),
    };
    written.map_err(|error| Error::Unwritable {
        path: path.to_owned(),
        error,
    })
}

fn replace(
    target: &Path,
    permissions: Option<Permissions>,
    write: impl FnOnce(&mut File) -> io::Result<()>,
) -> io::Result<()> {
    let mut file = beside(target, permissions)?;
    write(file.as_file_mut())?;
    file.persist(target)?;
    Ok(())
}

/// A new file in the folder of `target`, which is gone again unless it is made to last.
fn beside(target: &Path, permissions: Option<Permissions>) -> io::Result<NamedTempFile> {
    let folder = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    // By itself a temporary file is for its owner only; of these the system takes away its mask.
    #[cfg(unix)]
    let permissions = permissions.or_else(|| Some(PermissionsExt::from_mode(0o666)));
    let mut builder = Builder::new();
    if let Some(permissions) = permissions {
        builder.permissions(permissions);
    }
    fs::metadata(folder)?;
    // The error's own words name the temporary file, which nobody asked for.
    let file = builder.tempfile_in(folder);
    file.map_err(|error| error.kind().into())
}

//! What the command does, one module for each word.

pub(crate) mod check;
pub(crate) mod config;
pub(crate) mod explain;
pub(crate) mod rules;

use std::io::{self, BufWriter, ErrorKind, StdoutLock, Write};

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

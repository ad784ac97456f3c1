//! `kube-lint completions`: the script that makes a shell complete the command line.

use std::io::Write;

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Outcome, to_stdout};
use crate::{args::Args, error::Error};

pub(crate) fn run(shell: Shell) -> Result<Outcome, Error> {
    to_stdout(|stdout| stdout.write_all(&script(shell)))?;
    Ok(Outcome::Clean)
}

pub(crate) fn script(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "kube-lint", &mut script);
    script
}

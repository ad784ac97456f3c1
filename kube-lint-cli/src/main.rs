//! The command `kube-lint`.

mod args;
mod commands;
mod error;
mod git;
mod in_force;
mod now;
mod paths;
mod progress;
mod render;
mod root;
#[cfg(test)]
mod wheel;

use std::process::ExitCode;

use clap::Parser;

use crate::{
    args::{Args, Command},
    commands::{Outcome, check, completions, config, explain, init, rbac, rules},
    error::Error,
};

/// Exit status of a run without findings at or above the threshold.
const CLEAN: u8 = 0;
/// Exit status of a run with such findings.
const FOUND: u8 = 1;
/// Exit status where the run could not take place.
const FAILED: u8 = 2;

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // Nobody is left to tell that the message could not be written.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { FAILED } else { CLEAN });
        }
    };
    let color = args.color;
    ExitCode::from(match run(args) {
        Ok(Outcome::Clean) => CLEAN,
        Ok(Outcome::Found) => FOUND,
        Err(error) => {
            render::error(&error, color);
            FAILED
        }
    })
}

fn run(args: Args) -> Result<Outcome, Error> {
    match args.command {
        Command::Check(check) => check::run(&check, args.color),
        Command::Config(config) => config::run(&config),
        Command::Init(args) => init::run(&args),
        Command::Explain { rule } => explain::run(&rule),
        Command::Rbac { command } => rbac::run(&command),
        Command::Rules => rules::run(),
        Command::Completions { shell } => completions::run(shell),
    }
}

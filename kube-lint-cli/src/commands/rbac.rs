//! `kube-lint rbac`: who may do what in one cluster.

mod can;
mod cluster;
mod escalations;
mod request;
mod subject;
mod who_can;

use super::Outcome;
use crate::{args::RbacCommand, error::Error};

pub(crate) use subject::SubjectArg;

pub(crate) fn run(command: &RbacCommand) -> Result<Outcome, Error> {
    match command {
        RbacCommand::WhoCan(args) => who_can::run(args),
        RbacCommand::Can(args) => can::run(args),
        RbacCommand::Escalations(args) => escalations::run(args),
    }
}

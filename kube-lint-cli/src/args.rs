//! The words of the command line.

use std::{num::NonZeroUsize, path::PathBuf, str::FromStr};

use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use kube_lint_core::{
    config::{FailOn, Level, RulePattern},
    target::{KubeVersion, World},
};

use crate::{commands::rbac::SubjectArg, now::Now};

/// Offline linter for the security of Kubernetes manifests
#[derive(Debug, Parser)]
#[command(name = "kube-lint", version, max_term_width = 100)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// When to colour the output
    #[arg(long, value_enum, default_value_t, global = true, value_name = "WHEN")]
    pub(crate) color: ColorChoice,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Lint manifests
    #[command(after_help = STATUS)]
    Check(Box<CheckArgs>),
    /// Write a commented .kube-lint.yaml from what is there
    Init(InitArgs),
    /// Say which settings hold for a path, and why
    #[command(after_help = RULES)]
    Config(Box<ConfigArgs>),
    /// Say what a rule finds, why that is bad and what to do
    Explain {
        /// Id of the rule, `rbac/wildcard-verb` say
        rule: String,
    },
    /// Ask who may do what, from the roles and bindings of one cluster
    Rbac {
        #[command(subcommand)]
        command: RbacCommand,
    },
    /// List all rules
    Rules,
    /// Print what makes a shell complete this command line
    Completions { shell: Shell },
}

const STATUS: &str = "\
Exit status: 0 without findings, 1 with findings at or above `--fail-on`, 2 if nothing could be linted.

RULES are ids (rbac/wildcard-verb), families (rbac) or globs (rbac/wildcard-*), separated by commas.";

const RULES: &str = "\
RULES are ids (rbac/wildcard-verb), families (rbac) or globs (rbac/wildcard-*), separated by commas.";

#[derive(Debug, clap::Args)]
pub(crate) struct CheckArgs {
    /// Files and folders to report on, within one root that is read as a whole; `-` for stdin
    /// [default: .]
    pub(crate) paths: Vec<PathBuf>,

    /// The file that stdin stands for: it is linted among the other files of its root
    #[arg(long, value_name = "PATH")]
    pub(crate) stdin_filename: Option<PathBuf>,

    /// How findings are written
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,

    /// Write the findings to this file; the terminal then gets `pretty`
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Findings that are accepted: only others are reported
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,

    /// Accept all findings of the root: write them to a baseline instead of reporting them
    #[arg(long, value_name = "FILE", conflicts_with_all = ["baseline", "output", "stdin_filename"])]
    pub(crate) write_baseline: Option<PathBuf>,

    /// Report what is new since this revision of git, `HEAD` say, wherever it is unless PATHS say
    #[arg(long, value_name = "REV", conflicts_with_all = ["write_baseline", "stdin_filename"])]
    pub(crate) since: Option<String>,

    #[command(flatten)]
    pub(crate) settings: SettingsArgs,

    /// Show findings that are hidden by default
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub(crate) show: Option<Show>,

    /// Leave out the summary on stderr
    #[arg(long, short)]
    pub(crate) quiet: bool,

    /// Number of threads [default: that of the processors]
    #[arg(long, value_name = "NUMBER")]
    pub(crate) threads: Option<NonZeroUsize>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct InitArgs {
    /// Where to write it
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,

    /// Translate the configuration of another linter, and list what to write in place of its
    /// annotations
    #[arg(long, value_enum, value_name = "LINTER")]
    pub(crate) from: Option<Linter>,

    /// Also accept all that is found now: write it to .kube-lint-baseline.yaml, and name that file in
    /// the configuration
    #[arg(long)]
    pub(crate) baseline: bool,
}

/// A linter that people come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Linter {
    /// .kube-linter.yaml, and annotations `ignore-check.kube-linter.io/…`
    KubeLinter,
    /// .checkov.yaml, annotations `checkov.io/skip…` and comments `checkov:skip=…`
    Checkov,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ConfigArgs {
    /// A file or folder [default: the root]
    pub(crate) path: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RbacCommand {
    /// List the subjects that may do something, and through which binding and role
    #[command(after_help = WHO_CAN)]
    WhoCan(WhoCanArgs),
    /// List what a subject may do, dangerous powers first
    #[command(after_help = CAN)]
    Can(CanArgs),
    /// List the ways by which somebody comes by more power than they were given
    #[command(after_help = ESCALATIONS)]
    Escalations(EscalationsArgs),
}

const WHO_CAN: &str = "\
Examples:
  kube-lint rbac who-can get secrets
  kube-lint rbac who-can create pods/exec -n shop
  kube-lint rbac who-can patch deployments.apps web -n shop
  kube-lint rbac who-can get /metrics";

const CAN: &str = "\
Examples:
  kube-lint rbac can ServiceAccount/shop/web
  kube-lint rbac can system:serviceaccount:shop:web
  kube-lint rbac can User/jane
  kube-lint rbac can Group/system:authenticated";

const ESCALATIONS: &str = "\
Examples:
  kube-lint rbac escalations
  kube-lint rbac escalations --from ServiceAccount/ci/deployer
  kube-lint rbac escalations --in overlays/production --format json
  kube-lint rbac escalations --format dot | dot -Tsvg > escalations.svg";

#[derive(Debug, clap::Args)]
pub(crate) struct WhoCanArgs {
    /// Verb, as in a rule of a role; for a URL the method in lower case
    pub(crate) verb: String,

    /// Resource as its plural, with its API group where that is another than Kubernetes' own, or a URL
    /// that begins with `/`
    #[arg(value_name = "RESOURCE[.GROUP][/SUBRESOURCE]")]
    pub(crate) resource: String,

    /// Name of the object: counts those in who may do so to objects of this name only
    pub(crate) name: Option<String>,

    /// In this namespace [default: anywhere]
    #[arg(
        short = 'n',
        value_name = "NAMESPACE",
        conflicts_with = "all_namespaces"
    )]
    pub(crate) in_namespace: Option<String>,

    /// In all namespaces alike
    #[arg(short = 'A', long)]
    pub(crate) all_namespaces: bool,

    /// How the answer is written
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: AnswerFormat,

    #[command(flatten)]
    pub(crate) cluster: ClusterArgs,
}

#[derive(Debug, clap::Args)]
pub(crate) struct CanArgs {
    /// `ServiceAccount/<namespace>/<name>`, `User/<name>`, `Group/<name>` or a ServiceAccount's user name
    pub(crate) subject: SubjectArg,

    #[command(flatten)]
    pub(crate) cluster: ClusterArgs,
}

#[derive(Debug, clap::Args)]
pub(crate) struct EscalationsArgs {
    /// Only the ways of `ServiceAccount/<namespace>/<name>`, `User/<name>`, `Group/<name>` or a
    /// ServiceAccount's user name
    #[arg(long, value_name = "SUBJECT")]
    pub(crate) from: Option<SubjectArg>,

    /// How the ways are written
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: WaysFormat,

    #[command(flatten)]
    pub(crate) cluster: ClusterArgs,
}

/// How a command writes ways through a graph.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub(crate) enum WaysFormat {
    /// For people: a step a line
    #[default]
    Text,
    /// For programs
    Json,
    /// A drawing, for Graphviz
    Dot,
    /// A drawing, for Markdown
    Mermaid,
}

/// Which cluster is asked about.
#[derive(Debug, clap::Args)]
pub(crate) struct ClusterArgs {
    /// Folder or file: everything below it, and what its kustomizations include, is one cluster
    /// [default: the root]
    #[arg(long = "in", value_name = "PATH")]
    pub(crate) path: Option<PathBuf>,

    /// Namespace of objects that set none
    #[arg(long, value_name = "NAME")]
    pub(crate) namespace: Option<String>,
}

/// How a command that answers a question writes the answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub(crate) enum AnswerFormat {
    /// For people: a table
    #[default]
    Text,
    /// For programs
    Json,
}

/// What goes before the configuration.
#[derive(Debug, clap::Args)]
pub(crate) struct SettingsArgs {
    /// Folder that is read as a whole [default: that of the nearest .kube-lint.yaml, else of .git,
    /// else PATHS]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) root: Option<PathBuf>,

    /// Configuration [default: the nearest .kube-lint.yaml]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Run these rules only; those that are off by default if named by their id
    #[arg(long, value_delimiter = ',', value_name = "RULES")]
    pub(crate) select: Vec<RulePattern>,

    /// Do not run these rules
    #[arg(long, value_delimiter = ',', value_name = "RULES")]
    pub(crate) ignore: Vec<RulePattern>,

    /// Change the level of rules: error, warning, info or off
    #[arg(long, value_name = "RULE=LEVEL")]
    pub(crate) level: Vec<RuleLevel>,

    /// The least level that makes the exit status 1: error, warning, info or never [default: warning]
    #[arg(long, value_name = "LEVEL")]
    pub(crate) fail_on: Option<FailOn>,

    /// Whether the manifests are the whole cluster, so that what they do not define is missing:
    /// open or closed [default: open]
    #[arg(long, value_name = "WORLD")]
    pub(crate) world: Option<World>,

    /// Version of Kubernetes that the manifests are for, 1.33 say [default: the newest known]
    #[arg(long, value_name = "VERSION")]
    pub(crate) kube_version: Option<KubeVersion>,

    /// Namespace of objects that set none
    #[arg(long, value_name = "NAME")]
    pub(crate) namespace: Option<String>,

    /// Date or time for what expires, 2026-01-31 or 2026-01-31T12:00:00Z say [default: the clock]
    #[arg(long, value_name = "TIME")]
    pub(crate) now: Option<Now>,

    /// Let comments and annotations suppress only what they give a reason for
    #[arg(long)]
    pub(crate) require_reason: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub(crate) enum Format {
    /// For people: each finding with its source
    #[default]
    Pretty,
    /// One line each: `path:line:column: severity[rule] message`
    Short,
    /// For programs: everything, info included
    Json,
    /// SARIF 2.1.0, for code scanning: everything, info as notes, suppressed findings marked
    Sarif,
    /// Workflow commands, for annotations in GitHub Actions: the worst first, info if shown
    Github,
    /// Code quality of GitLab: everything but what is suppressed
    Gitlab,
    /// JUnit XML: each finding a failed test, each suppressed one a skipped test, info if shown
    Junit,
    /// OCSF Compliance Findings, for a SIEM, one JSON object a line: everything
    Ocsf,
    /// For a comment on a pull request: the worst first, info folded, never too long for GitHub
    Markdown,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Show {
    /// Findings of the level info
    Info,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    Always,
    Never,
}

/// `RULE=LEVEL`.
#[derive(Clone, Debug)]
pub(crate) struct RuleLevel {
    pub(crate) pattern: RulePattern,
    pub(crate) level: Level,
}

impl FromStr for RuleLevel {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (pattern, level) = text
            .split_once('=')
            .ok_or("expected a rule and a level, `rbac/wildcard-verb=info` say")?;
        Ok(Self {
            pattern: pattern.parse().map_err(|error| format!("{error}"))?,
            level: level.parse().map_err(|error| format!("{error}"))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Args::command().debug_assert();
    }
}

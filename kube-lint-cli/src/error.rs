//! Why a run could not take place.

use std::{io, path::PathBuf};

use kube_lint_core::config::{ConfigError, UnknownRule};

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Config(#[from] ConfigError),

    #[error(transparent)]
    Baseline(ConfigError),

    #[error(transparent)]
    UnknownRule(#[from] UnknownRule),

    #[error("no such file or folder: `{}`", .0.display())]
    NoSuchPath(PathBuf),

    #[error("`{}` is no folder", .0.display())]
    NoFolder(PathBuf),

    #[error("cannot read `{}`: {error}", .path.display())]
    Unreadable { path: PathBuf, error: io::Error },

    #[error("cannot write `{}`: {error}", .path.display())]
    Unwritable { path: PathBuf, error: io::Error },

    #[error("`{}` is outside the root `{}`, give another with `--root`", .path.display(), .root.display())]
    OutsideRoot { path: PathBuf, root: PathBuf },

    #[error("there are two configurations in `{}`: `.kube-lint.yaml` and `.kube-lint.yml`", .0.display())]
    TwoConfigs(PathBuf),

    #[error("`{}` is there already: change it, or move it away first", .0.display())]
    ConfigExists(PathBuf),

    #[error("{path}:{line}: {message}")]
    OtherConfig {
        path: String,
        line: usize,
        message: String,
    },

    #[error("`-` cannot be given together with other paths")]
    StdinAndPaths,

    #[error("`--stdin-filename` needs the path `-`")]
    FilenameWithoutStdin,

    #[error("`--write-baseline` needs the files of a root, not stdin")]
    BaselineOfStdin,

    #[error("`--since` needs the files of a root, not stdin")]
    SinceOfStdin,

    #[error("git knows no revision `{0}`")]
    NoRevision(String),

    #[error("git cannot tell what changed since `{revision}`: {words}")]
    Git { revision: String, words: String },

    #[error("cannot run `git`, which `--since` needs: {0}")]
    NoGit(io::Error),

    #[error(
        "what is below the path is no single cluster, objects are defined there twice and differently: \
         choose with `--in`\n{0}"
    )]
    Contradictions(String),

    #[error("a URL has neither a name nor a namespace")]
    NamedUrl,

    #[error(
        "`{resource}` is neither a resource of Kubernetes nor one that a CustomResourceDefinition here \
         defines{} (with its API group, `{resource}.example.com` say, any will do)",
        .nearest.map(|it| format!(", did you mean `{it}`?")).unwrap_or_default()
    )]
    UnknownResource {
        resource: String,
        nearest: Option<&'static str>,
    },

    #[error("`{resource}` is in several API groups, `{groups}`: write `{resource}.{first}` say")]
    AmbiguousResource {
        resource: String,
        groups: String,
        first: String,
    },

    #[error("cannot start threads: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),

    #[error("cannot write the output: {0}")]
    Output(io::Error),
}

impl Error {
    /// That `path`, which was named by the user, cannot be used.
    pub(crate) fn of_path(path: impl Into<PathBuf>, error: io::Error) -> Self {
        let path = path.into();
        if error.kind() == io::ErrorKind::NotFound {
            Self::NoSuchPath(path)
        } else {
            Self::Unreadable { path, error }
        }
    }
}

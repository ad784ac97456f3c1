//! Git, asked as a child process what a revision holds: nothing is checked out, nothing written.

use std::{
    collections::HashSet,
    io::{self, BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
};

use kube_lint_core::{discover, source::printable};

use crate::{error::Error, root};

/// Variables by which a hook is told of its repository. The folder tells too, and does not depend on
/// where the command was started; the repository may even be another.
const OF_ANOTHER_PLACE: [&str; 8] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_PREFIX",
];

/// The files of a revision that lie in one folder.
#[derive(Debug)]
pub(crate) struct Tree {
    folder: PathBuf,
    /// What to call it in messages.
    revision: String,
    /// None where nothing was committed yet.
    id: Option<String>,
}

/// A file of a [`Tree`], or what stands in its place.
#[derive(Debug)]
pub(crate) struct File {
    /// Relative to the folder of the tree, as a report writes it.
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// The object that holds the content.
    pub(crate) id: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Regular,
    Link,
    Submodule,
}

impl Tree {
    /// What lies in `folder` at `revision`. `HEAD` before the first commit is an empty tree.
    pub(crate) fn of(folder: &Path, revision: &str) -> Result<Self, Error> {
        let mut tree = Self {
            folder: folder.to_owned(),
            revision: revision.to_owned(),
            id: None,
        };
        if revision.starts_with('-') {
            return Err(Error::NoRevision(printable(revision)));
        }
        let wanted = format!("{revision}^{{tree}}");
        let output = tree.run(&["rev-parse", "--verify", "--quiet", &wanted])?;
        let id = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if output.status.success() && !id.is_empty() {
            tree.id = Some(id);
            return Ok(tree);
        }
        if !output.stderr.is_empty() {
            return Err(tree.failed(&output.stderr));
        }
        let is_head = matches!(revision, "HEAD" | "@");
        let names_branch = || tree.run(&["symbolic-ref", "--quiet", "HEAD"]);
        if is_head && names_branch()?.status.success() {
            return Ok(tree);
        }
        Err(Error::NoRevision(printable(revision)))
    }

    /// Everything but folders, in order of names.
    pub(crate) fn files(&self) -> Result<Vec<File>, Error> {
        let Some(id) = &self.id else {
            return Ok(Vec::new());
        };
        let listed = self.ask(&["ls-tree", "-r", "-z", id])?;
        Ok(records(&listed).filter_map(File::of_record).collect())
    }

    /// Names of all tracked files of which the working tree may have another content than the
    /// revision, or none; git's index spares reading the others.
    pub(crate) fn changed(&self) -> Result<HashSet<String>, Error> {
        let Some(id) = &self.id else {
            return Ok(HashSet::new());
        };
        let changed = self.ask(&[
            "diff-index",
            "-z",
            "--name-only",
            "--no-renames",
            "--ignore-submodules=all",
            "--relative",
            id,
        ])?;
        Ok(records(&changed).map(root::text_of).collect())
    }

    /// The contents of the objects `ids`, in this order, each or why it cannot be had.
    pub(crate) fn contents(&self, ids: &[&str]) -> Result<Vec<Result<Vec<u8>, String>>, Error> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut command = self.command(&["cat-file", "--batch"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command
            .stderr(Stdio::null())
            .spawn()
            .map_err(Error::NoGit)?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        // In a thread of its own: git does not read on while nobody takes what it answers.
        let contents = thread::scope(|scope| {
            scope.spawn(|| {
                let mut wanted = ids.join("\n");
                wanted.push('\n');
                // Where git has gone, the reader will notice.
                stdin.map(|mut it| it.write_all(wanted.as_bytes()))
            });
            let mut answers = BufReader::new(stdout.ok_or(io::ErrorKind::BrokenPipe)?);
            ids.iter().map(|_| content(&mut answers)).collect()
        });
        let status = child.wait();
        match contents {
            Ok(contents) if status.is_ok_and(|it| it.success()) => Ok(contents),
            _ => Err(self.failed(b"`git cat-file` ended before all was read")),
        }
    }

    /// The output of a command that must succeed.
    fn ask(&self, words: &[&str]) -> Result<Vec<u8>, Error> {
        let output = self.run(words)?;
        if output.status.success() {
            Ok(output.stdout)
        } else {
            Err(self.failed(&output.stderr))
        }
    }

    fn run(&self, words: &[&str]) -> Result<std::process::Output, Error> {
        let mut command = self.command(words);
        command.stdin(Stdio::null()).output().map_err(Error::NoGit)
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.current_dir(&self.folder);
        // A monitor of files would be started, and stay.
        command.args(["-c", "core.fsmonitor=false"]).args(words);
        for name in OF_ANOTHER_PLACE {
            command.env_remove(name);
        }
        command.env("GIT_OPTIONAL_LOCKS", "0");
        // Objects that a partial clone has left out would be fetched.
        command.env("GIT_NO_LAZY_FETCH", "1");
        command.env("LC_ALL", "C");
        command
    }

    /// What git says of its failure.
    fn failed(&self, words: &[u8]) -> Error {
        let words = String::from_utf8_lossy(words);
        Error::Git {
            revision: printable(&self.revision),
            words: printable(words.lines().next().unwrap_or("no reason given")),
        }
    }
}

impl File {
    /// Reads `mode type id<tab>name`.
    fn of_record(record: &[u8]) -> Option<Self> {
        let tab = record.iter().position(|&it| it == b'\t')?;
        let (about, name) = record.split_at(tab);
        let about = str::from_utf8(about).ok()?;
        let (mode, id) = (about.split(' ').next()?, about.split(' ').nth(2)?);
        let kind = match mode {
            "120000" => Kind::Link,
            "160000" => Kind::Submodule,
            _ => Kind::Regular,
        };
        Some(Self {
            name: root::text_of(name.get(1..)?),
            kind,
            id: id.to_owned(),
        })
    }
}

/// The parts of an output of which each ends with a zero byte.
fn records(output: &[u8]) -> impl Iterator<Item = &[u8]> {
    output.split(|&it| it == 0).filter(|it| !it.is_empty())
}

/// The next answer of `git cat-file --batch`.
fn content(answers: &mut impl BufRead) -> io::Result<Result<Vec<u8>, String>> {
    let mut head = String::new();
    answers.read_line(&mut head)?;
    let mut words = head.split_whitespace().skip(1);
    let (kind, size) = (words.next(), words.next());
    let size = size.and_then(|it| it.parse::<u64>().ok());
    let size = match (kind, size) {
        (Some("missing"), _) => return Ok(Err("is not in the git repository".to_owned())),
        (Some("blob"), Some(size)) => size,
        _ => return Err(io::ErrorKind::InvalidData.into()),
    };
    let mut bytes = Vec::new();
    let mut answer = answers.take(size + 1);
    let refusal = discover::refusal(size);
    let read = match refusal {
        Some(_) => io::copy(&mut answer, &mut io::sink())?,
        None => answer.read_to_end(&mut bytes)? as u64,
    };
    if read <= size {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    bytes.pop();
    Ok(refusal.map_or(Ok(bytes), Err))
}

//! A line on stderr that says how far a long run is, gone before anything else is written.

use std::{
    env,
    io::{self, IsTerminal, Write},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use kube_lint_core::linter::Reading;

/// What a run takes before its user wonders.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long a number stays.
const PAUSE: Duration = Duration::from_millis(100);
/// Columns that the line takes up at most, and that are blanked at last.
const WIDTH: usize = 40;

/// Set where nobody watches the terminal or somebody else writes to it: in CI and in hooks, which both git and
/// pre-commit may give a terminal.
const UNWATCHED: [&str; 3] = ["CI", "GIT_EXEC_PATH", "PRE_COMMIT"];

/// The line, from the start of a run until this is dropped.
#[derive(Debug)]
pub(crate) struct Progress {
    seen: Arc<Seen>,
    line: Option<(Sender<()>, JoinHandle<()>)>,
}

/// How far the run is.
#[derive(Debug, Default)]
struct Seen {
    read: AtomicUsize,
    of: AtomicUsize,
}

impl Progress {
    /// Starts to wait; where the line is not wanted, or nobody would see it, there is none.
    pub(crate) fn start(is_wanted: bool) -> Self {
        let seen = Arc::<Seen>::default();
        let is_shown = is_wanted && is_watched();
        let line = is_shown.then(|| {
            let (running, stop) = mpsc::channel();
            let seen = Arc::clone(&seen);
            (running, thread::spawn(move || draw(&seen, &stop)))
        });
        Self { seen, line }
    }

    /// Notes how far the run is.
    pub(crate) fn note(&self, reading: Reading) {
        self.seen.of.store(reading.of, Relaxed);
        self.seen.read.fetch_max(reading.read, Relaxed);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((running, line)) = self.line.take() {
            drop(running);
            // A line that could not be drawn is no reason to stop.
            let _ = line.join();
        }
    }
}

impl Seen {
    fn text(&self) -> String {
        match (self.read.load(Relaxed), self.of.load(Relaxed)) {
            (_, 0) => "looking for files".to_owned(),
            (read, of) if read < of => format!("read {read} of {of} files"),
            (_, of) => format!("checking {of} files"),
        }
    }
}

fn is_watched() -> bool {
    let is_set = |name| env::var_os(name).is_some_and(|it| !it.is_empty());
    let is_dumb = env::var_os("TERM").is_some_and(|it| it == "dumb");
    io::stderr().is_terminal() && !is_dumb && !UNWATCHED.into_iter().any(is_set)
}

/// Draws the line again and again until the run stops, but never if it stops soon.
fn draw(seen: &Seen, stop: &Receiver<()>) {
    let mut pause = PATIENCE;
    while stop.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
        overwrite(&seen.text());
        pause = PAUSE;
    }
    if pause == PAUSE {
        overwrite("");
    }
}

/// The cursor goes back to the start, where whatever is written next begins.
fn overwrite(text: &str) {
    let line = format!("\r{text:WIDTH$}\r");
    // As for the summary: there is nobody to tell.
    let _ = io::stderr().lock().write_all(line.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_what_is_being_done() {
        let progress = Progress::start(false);
        assert_eq!(progress.seen.text(), "looking for files");
        progress.note(Reading { read: 0, of: 20 });
        assert_eq!(progress.seen.text(), "read 0 of 20 files");
        // Threads do not take turns.
        for read in [8, 7] {
            progress.note(Reading { read, of: 20 });
            assert_eq!(progress.seen.text(), "read 8 of 20 files");
        }
        progress.note(Reading { read: 20, of: 20 });
        assert_eq!(progress.seen.text(), "checking 20 files");
    }

    #[test]
    fn a_million_files_fit_in_the_line() {
        let progress = Progress::start(false);
        let (read, of) = (1_234_567, 7_654_321);
        progress.note(Reading { read, of });
        assert!(progress.seen.text().len() <= WIDTH);
    }
}

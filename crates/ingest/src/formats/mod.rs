//! One module per format. A parser pulls from an [`Input`], a bounded amount at a time.

pub(crate) mod github_jobs;
pub(crate) mod junit_xml;
#[cfg(feature = "full")]
pub(crate) mod more;
pub(crate) mod own;
pub(crate) mod playwright;
pub(crate) mod pytest_reportlog;
pub(crate) mod run_metadata;
pub(crate) mod xdist_console;

use lanescope_model::{Run, thousands};

use crate::notes::Notes;
use crate::{Named, Shard};

/// Reads one format.
pub(crate) trait Parser {
    /// Reads on for about `bytes` bytes of content; true when there is nothing more to read.
    fn step(&mut self, bytes: usize) -> bool;

    /// Tests found so far.
    fn tests(&self) -> usize;

    /// What came out of it.
    fn finish(self: Box<Self>) -> Parsed;
}

/// Runs that one file may hold, where it tells of each in a line or two: one is kept in more room than that.
const MOST_RUNS: usize = 1_024;

/// Whether a file that has told of so many runs may tell of another one; says so where it may not.
#[inline(never)]
pub(crate) fn has_room_for_run(runs: usize, notes: &Notes) -> bool {
    if runs >= MOST_RUNS {
        notes.warn(format!("there are more than {MOST_RUNS} runs in this file: the others are not read"));
    }
    runs < MOST_RUNS
}

/// Tests of one file that have no name of their own, and are numbered: a file can tell of one in three bytes.
pub(crate) const MOST_NUMBERED: u64 = 500_000;

/// Whether one more than so many may be numbered; says so where it may not.
#[inline(never)]
pub(crate) fn has_room_for_numbered(numbered: u64, notes: &Notes) -> bool {
    if numbered == MOST_NUMBERED {
        let most = thousands(MOST_NUMBERED);
        notes.warn(format!("more than {most} tests have no name of their own: the others are left out"));
    }
    numbered < MOST_NUMBERED
}

/// What a parser found.
pub(crate) struct Parsed {
    /// Dialect inside the format.
    pub(crate) dialect: Option<String>,
    /// Its sessions.
    pub(crate) sessions: Vec<Session>,
    /// The content turned out to be something else, which is recognised but not read.
    pub(crate) other: Option<Other>,
}

/// What a content turned out to be, where it is nothing to read.
pub(crate) enum Other {
    Named(Named),
    /// No test report that is known.
    Nothing,
}

/// One session of a file.
pub(crate) struct Session {
    /// The run as the file tells it; label and id are still missing.
    pub(crate) run: Run,
    /// What tells it from the other sessions of the file, such as the job's name.
    pub(crate) name: Option<String>,
    /// Its clock times do not say in which zone they are.
    pub(crate) naive_clock: bool,
    /// Which part of a run it is, where the file says that it is one.
    pub(crate) shard: Option<Shard>,
}

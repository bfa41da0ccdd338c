//! From bytes to runs: sniffing, containers, one module per format, joining the files of a run.
//!
//! Reading is pull-based and resumable: a [`Loader`] holds a reader and does a bounded amount of work per
//! [`Loader::step`], so that a Web Worker can answer questions and take a cancel in between. Reading never
//! fails on content: it returns what it could read, and issues with their place.

mod ansi;
pub mod codec;
mod container;
mod encoding;
mod formats;
mod input;
mod join;
mod json;
mod label;
mod loader;
mod names;
mod nodeid;
mod notes;
mod number;
mod opening;
mod sniff;
mod time;

use std::sync::Arc;

use lanescope_model::{Issue, Run};

pub use loader::Loader;
pub use names::{More, Named};
pub use opening::{OpenFile, OpenProgress, Opening};

/// A format that is recognised, by content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// JUnit XML in any dialect.
    JunitXml,
    /// pytest-reportlog JSON Lines.
    PytestReportlog,
    /// Console log of pytest with pytest-xdist, or of pytest alone, with or without a CI service's timestamps.
    XdistConsole,
    /// Playwright's JSON report.
    PlaywrightJson,
    /// Playwright's blob report: the events, out of their zip.
    PlaywrightBlob,
    /// The jobs of a workflow run, as GitHub's API lists them.
    GithubJobs,
    /// One of those that only a reader with all formats reads.
    More(More),
    /// Recognised and named; it holds no test results to read.
    Other(Named),
    /// Not recognised.
    Unknown,
}

impl Format {
    /// The word used in the interface, such as `junit-xml`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::JunitXml => "junit-xml",
            Self::PytestReportlog => "pytest-reportlog",
            Self::XdistConsole => "xdist-console-log",
            Self::PlaywrightJson => "playwright-json",
            Self::PlaywrightBlob => "playwright-blob",
            Self::GithubJobs => "github-actions-api",
            Self::More(name) => name.as_str(),
            Self::Other(name) => name.as_str(),
            Self::Unknown => "unknown",
        }
    }

    /// Whether this build recognises the format and does not read it, so that a reader with all formats is needed.
    #[must_use]
    pub const fn needs_full_reader(self) -> bool {
        matches!(self, Self::More(_)) && !cfg!(feature = "more-formats")
    }
}

/// What was found in one file.
#[derive(Clone, Debug)]
pub struct FileReport {
    /// Path as given, relative to what was opened.
    pub path: String,
    /// Its format.
    pub format: Format,
    /// Dialect inside the format, such as `pytest` or `nextest`, for the label only.
    pub dialect: Option<String>,
    /// Bytes as opened (packed, if it was packed).
    pub bytes: u64,
    /// Tests (identities) found.
    pub tests: usize,
    /// What was wrong or remarkable, with its place. An `Error` means that nothing of the file is used.
    pub issues: Vec<Issue>,
}

/// A part of a run that was spread over several machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shard {
    /// Its number, from 1.
    pub current: u32,
    /// How many parts there are.
    pub total: u32,
}

/// One session found in a file: a run as this file alone tells it, and what joining needs to know.
#[derive(Clone, Debug)]
pub struct Source {
    /// Path of the file.
    pub path: String,
    /// Format of the file.
    pub format: Format,
    /// Whether its points in time name no zone and are read as UTC, so that they may be off by hours.
    pub naive_clock: bool,
    /// Which part of a run this is, where the file says that it is one.
    pub shard: Option<Shard>,
    /// The run as this file tells it. `run.meta.session` holds what the file says of the session.
    pub run: Arc<Run>,
}

/// What a [`Loader`] has done so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes taken from the reader (packed bytes, if the file is packed).
    pub bytes: u64,
    /// Tests found so far.
    pub tests: usize,
    /// Whether reading has ended, by the end of the file or by an error.
    pub done: bool,
}

/// Everything that came out of one file.
#[derive(Debug)]
pub struct Loaded {
    /// What was found in it, for people.
    pub report: FileReport,
    /// Its sessions: none on an error, one for most files, more for a log of several sessions.
    pub sources: Vec<Source>,
}

/// A run made of one or more sources, and the rule by which they were joined.
#[derive(Clone, Debug)]
pub struct Joined {
    /// The run; shared with its source where there is only one.
    pub run: Arc<Run>,
    /// Indices into the sources given, best source first.
    pub sources: Vec<usize>,
    /// Why these belong together, and what was guessed, for people.
    pub notes: Vec<Issue>,
}

/// Makes runs of sources: files of one session become one run, the best source per field.
/// Runs are ordered by their start (unknown last), then by label.
#[must_use]
pub fn join(sources: &[Source]) -> Vec<Joined> {
    join::join(sources)
}

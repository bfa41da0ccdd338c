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
mod nodeid;
mod notes;
mod number;
mod opening;
mod sniff;
mod time;

use std::sync::Arc;

use lanescope_model::{Issue, Run};

pub use container::{ReadSeek, Unseekable};
pub use loader::Loader;
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
    /// What a CI service, or a script, says of a run as a whole: commit, branch, start, machine.
    RunMetadata,
    /// Recognised by name only and not read; or an archive, or an attachment ([`Format::is_attachment`]).
    Other(&'static str),
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
            Self::RunMetadata => "run-metadata",
            Self::Other(name) => name,
            Self::Unknown => "unknown",
        }
    }

    /// Whether it is a picture, a film or the like, which is listed and not opened.
    #[must_use]
    pub fn is_attachment(self) -> bool {
        matches!(self, Self::Other("image" | "video" | "trace" | "pdf" | "program" | "database"))
    }

    /// Whether it is an archive, whose members are files of their own.
    #[must_use]
    pub fn is_archive(self) -> bool {
        matches!(self, Self::Other("zip" | "tar"))
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
    /// Path of the archive that it came out of.
    pub archive: Option<String>,
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

impl Loaded {
    /// A run that was made here and stands in no file.
    #[must_use]
    pub fn made(name: &str, run: Run, bytes: u64) -> Self {
        let report = FileReport {
            path: name.to_owned(),
            format: Format::Other("prediction"),
            dialect: None,
            bytes,
            tests: run.tests.len(),
            issues: Vec::new(),
            archive: None,
        };
        let source = Source {
            path: name.to_owned(),
            format: report.format,
            naive_clock: false,
            shard: None,
            run: Arc::new(run),
        };
        Self { report, sources: vec![source] }
    }
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

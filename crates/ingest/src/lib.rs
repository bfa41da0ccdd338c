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
mod index;
mod inherited;
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
mod xml;

use std::sync::Arc;

use lanescope_model::{Issue, Run};

pub use container::{ReadSeek, Unseekable};
pub use loader::Loader;
pub use names::{Archive, Attachment, More, Named};
pub use opening::{OpenFile, OpenProgress, Opening};

/// A format that is recognised, by content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
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
    /// One of those that only a reader with the feature `full` reads.
    More(More),
    /// Recognised and named; it holds no test results to read.
    Other(Named),
    /// An archive, whose members are files of their own.
    Archive(Archive),
    /// A picture, a film or the like, which is listed and not opened.
    Attachment(Attachment),
    /// A run that was made here and stands in no file.
    Prediction,
    /// Not recognised.
    #[default]
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
            Self::More(name) => name.as_str(),
            Self::Other(name) => name.as_str(),
            Self::Archive(name) => name.as_str(),
            Self::Attachment(name) => name.as_str(),
            Self::Prediction => "prediction",
            Self::Unknown => "unknown",
        }
    }

    /// Whether it is a picture, a film or the like, which is listed and not opened.
    #[must_use]
    pub const fn is_attachment(self) -> bool {
        matches!(self, Self::Attachment(_))
    }

    /// Whether it is an archive, whose members are files of their own.
    #[must_use]
    pub const fn is_archive(self) -> bool {
        matches!(self, Self::Archive(_))
    }

    /// Whether this build recognises the format and does not read it, so that a reader with the feature `full` is needed.
    #[must_use]
    pub const fn needs_full_reader(self) -> bool {
        matches!(self, Self::More(_)) && !cfg!(feature = "full")
    }
}

/// What was found in one file.
#[derive(Clone, Debug, Default)]
pub struct FileReport {
    /// Path as given, relative to what was opened. Shared with its sources.
    pub path: Arc<str>,
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
    /// Path of the archive that it came out of. Shared with the other members.
    pub archive: Option<Arc<str>>,
    /// Its content was looked at and is no report that is read: a picture, a log, another format.
    pub no_report: bool,
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
    pub path: Arc<str>,
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
    /// Whether it is something else than tests, and well as it is: said as an error of a file that was opened by itself,
    /// and no trouble beside reports in an archive or a folder.
    pub foreign: bool,
}

impl Loaded {
    /// A run that was made here and stands in no file.
    #[must_use]
    pub fn made(name: &str, run: Run, bytes: u64) -> Self {
        let path: Arc<str> = Arc::from(name);
        let report = FileReport {
            path: Arc::clone(&path),
            format: Format::Prediction,
            dialect: None,
            bytes,
            tests: run.tests.len(),
            issues: Vec::new(),
            ..FileReport::default()
        };
        let source = Source { path, format: report.format, naive_clock: false, shard: None, run: Arc::new(run) };
        Self { report, sources: vec![source], foreign: false }
    }
}

/// How the files of a run are told apart into groups, and which files are of one run for that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Grouping {
    /// By words of the path that name a job: systems, versions, browsers, suites.
    #[default]
    Auto,
    /// Not at all: paths say nothing.
    None,
    /// The folder of a file is its group.
    Folder,
    /// The name of a file is its group.
    File,
    /// The archive is the group of what is in it.
    Archive,
    /// What stands between these two texts is the group.
    Around(String, String),
    /// Every file is a run by itself.
    Apart,
    /// All files are of one run; the path of each is its group.
    One,
    /// Files of these paths are of one run, in the groups that stand beside them; for the others there is another rule.
    ByHand(Box<Grouping>, Vec<(String, String)>),
    /// By another rule; of the groups of each run those of these names come first, in this order.
    Ordered(Box<Grouping>, Vec<String>),
}

impl Grouping {
    /// A rule in the command line's words: `auto`, `none`, `apart`, `one`, `folder`, `file`, `archive`, or a part of the
    /// path with `{}` in place of the group's name. A line may follow for each group that is named by hand: the path of
    /// the file, a tab, and the name; and one for each group that has its place by hand: a tab and the name, in order.
    #[must_use]
    pub fn of(rule: &str) -> Option<Self> {
        if let Some((rule, lines)) = rule.split_once('\n') {
            let (mut named, mut order) = (Vec::new(), Vec::new());
            for (path, name) in lines.lines().filter_map(|line| line.split_once('\t')) {
                if path.is_empty() {
                    order.push(name.to_owned());
                } else {
                    named.push((path.to_owned(), name.to_owned()));
                }
            }
            let mut grouping = Self::of(rule)?;
            if !named.is_empty() {
                grouping = Self::ByHand(Box::new(grouping), named);
            }
            return Some(if order.is_empty() { grouping } else { Self::Ordered(Box::new(grouping), order) });
        }
        Some(match rule {
            "apart" => Self::Apart,
            "one" => Self::One,
            "auto" => Self::Auto,
            "none" => Self::None,
            "folder" => Self::Folder,
            "file" => Self::File,
            "archive" => Self::Archive,
            rule => {
                let (before, after) = rule.split_once("{}")?;
                Self::Around(before.to_owned(), after.to_owned())
            }
        })
    }
}

impl Grouping {
    /// The rule for what was not named by hand.
    pub(crate) fn base(&self) -> &Self {
        match self {
            Self::ByHand(base, _) | Self::Ordered(base, _) => base.base(),
            other => other,
        }
    }

    /// The group that was named by hand for this path.
    pub(crate) fn by_hand(&self, path: &str) -> Option<&str> {
        let Self::ByHand(_, named) = self else { return None };
        named.iter().find(|(of, name)| of == path && !name.is_empty()).map(|(_, name)| name.as_str())
    }
}

/// A rule by which sources became one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// A folder in which a tool writes a file for each attempt.
    Folder,
    /// Files of different formats of one session.
    Session,
    /// Shards of one run.
    Shards,
    /// A file for each class of tests.
    Classes,
    /// Further attempts of a job.
    Retries,
    /// Jobs of a matrix.
    Matrix,
    /// A list of a CI service's jobs and the run that took place in them.
    Jobs,
    /// Coverage and benchmarks, and the run beside which they were written.
    Measures,
}

impl Rule {
    /// The word used in the interface.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Folder => "folder",
            Self::Session => "session",
            Self::Shards => "shards",
            Self::Classes => "classes",
            Self::Retries => "retries",
            Self::Matrix => "matrix",
            Self::Jobs => "jobs",
            Self::Measures => "measures",
        }
    }
}

/// The place of a source in its run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Index into the sources given.
    pub source: usize,
    /// Job of a matrix that it is of.
    pub group: Option<String>,
    /// Shard that it is, as the file says or its path.
    pub shard: Option<Shard>,
    /// Attempt of the job, from 1, where the run has several.
    pub attempt: Option<u32>,
}

/// A run made of one or more sources, and the rules by which they were joined.
#[derive(Clone, Debug)]
pub struct Joined {
    /// The run; shared with its source where there is only one.
    pub run: Arc<Run>,
    /// Indices into the sources given, best source first.
    pub sources: Vec<usize>,
    /// Why these belong together, and what was guessed, for people.
    pub notes: Vec<Issue>,
    /// The rules that were applied, in order, each with its reason; empty where a source is a run by itself.
    pub rules: Vec<(Rule, String)>,
    /// What each source is in the run, in the order of `sources`.
    pub parts: Vec<Part>,
}

/// Makes runs of sources: files of one session become one run, the best source per field.
/// Runs are ordered by their start (unknown last), then by label.
#[must_use]
pub fn join(sources: &[Source]) -> Vec<Joined> {
    join::join(sources, &Grouping::Auto, &mut Vec::new())
}

/// [`join`] by a rule that the user gives. What was not looked at, since there was too much of it, is added to `limits`, a
/// sentence each.
#[must_use]
pub fn join_by(sources: &[Source], grouping: &Grouping, limits: &mut Vec<String>) -> Vec<Joined> {
    join::join(sources, grouping, limits)
}

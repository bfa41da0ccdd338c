//! `summary --json`, as the stable interface has it; the page's figures are the same values.

use serde::{Deserialize, Serialize};

use crate::Known;

/// The schema that [`Summary::schema`] carries.
pub const SUMMARY_SCHEMA: &str = "lanescope.summary/1";

/// What the engine says of a file where the wall time of its run is that of the session.
pub const NO_STARTS: &str = "No starts of tests are recorded: the wall time is that of the whole session.";

/// How a figure is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provenance {
    /// It stands in a file.
    Recorded,
    /// It follows from recorded times.
    Rebuilt,
    /// It comes from a model.
    Simulated,
    /// No file tells.
    #[default]
    Unknown,
}

impl Provenance {
    /// The word used in the interface.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Rebuilt => "rebuilt",
            Self::Simulated => "simulated",
            Self::Unknown => "unknown",
        }
    }
}

/// Everything that `lanescope summary --json` prints.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// [`SUMMARY_SCHEMA`].
    pub schema: String,
    /// Every file given, read or not.
    pub files: Vec<FileSummary>,
    /// The runs made of them, ordered by start.
    pub runs: Vec<RunSummary>,
}

/// One file, and what was found in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileSummary {
    /// Path as given; a member of an archive is `outer.zip!inner/a.xml`.
    pub path: String,
    /// Format by content, such as `junit-xml`.
    pub format: String,
    /// Dialect inside the format, for the label only.
    pub dialect: Option<String>,
    /// `ok`, `warning` or `error`.
    pub status: String,
    /// Tests found.
    pub tests: usize,
    /// Bytes as opened.
    #[serde(default)]
    pub bytes: u64,
    /// What was wrong or remarkable.
    pub messages: Vec<Message>,
    /// Path of the archive that it came out of.
    #[serde(default)]
    pub archive: Option<String>,
    /// Its content was looked at and is no report that is read: a picture, a log, another format.
    #[serde(default)]
    pub no_report: bool,
    /// The runs that it is part of: one for most files, several for a log of several sessions.
    #[serde(default)]
    pub part_of: Vec<PartOf>,
}

/// The place of a file in a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartOf {
    /// Id of the run.
    pub run: String,
    /// Job of a matrix that it is of.
    pub group: Option<String>,
    /// Shard that it is, as `2/3`; `2` where the total is not known.
    pub shard: Option<String>,
    /// Attempt of the job, from 1, where the run has several.
    pub attempt: Option<u32>,
}

/// A rule by which files became one run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinRule {
    /// `session`, `shards`, `classes`, `retries`, `matrix` or `jobs`.
    pub code: String,
    /// The reason, as a sentence for people.
    pub text: String,
}

/// One message about a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// `info`, `warning` or `error`.
    pub severity: String,
    /// Line, byte or path inside the document.
    pub at: Option<String>,
    /// A sentence for people.
    pub text: String,
}

/// The format whose files hold whole runs, with what was said of theirs.
const PACK: &str = "lanescope-pack";

/// Tells the messages of the files that are part of a run, each with a text that begins with the name of its file; the
/// folders that they lay in are nobody else's business. `names` are the run's id, and whatever else it may be called: a pack
/// of several runs says of which it speaks by a name before the message, which goes again here.
pub fn messages(files: &[FileSummary], names: &[&str], tell: &mut dyn FnMut(&Message, String)) {
    for file in files.iter().filter(|file| file.part_of.iter().any(|part| names.first() == Some(&part.run.as_str()))) {
        let name = file.path.rsplit(['/', '\\', '!']).next().unwrap_or_default();
        // Who opens it is told anew that there are no starts.
        for message in file.messages.iter().filter(|message| message.text != NO_STARTS) {
            let own = |name: &&str| message.text.strip_prefix(*name)?.strip_prefix(": ");
            if file.format != PACK {
                tell(message, [name, ": ", &message.text].concat());
            } else if file.part_of.len() < 2 {
                tell(message, message.text.clone());
            } else if let Some(own) = names.iter().find_map(own) {
                tell(message, own.to_owned());
            }
        }
    }
}

/// The figures of one run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RunSummary {
    /// Stable id: the same input gives the same id.
    pub id: String,
    /// A name for people.
    pub label: String,
    /// Start of the session, or of the first test, RFC 3339 in UTC.
    pub started_at: Option<String>,
    /// Commit, if a file names one.
    pub commit: Option<String>,
    /// Branch, if a file names one.
    pub branch: Option<String>,
    /// Address of the CI run, if a file names one (http or https only).
    pub url: Option<String>,
    /// Names of the groups.
    pub groups: Vec<String>,
    /// Tests: identities.
    pub tests: u32,
    /// Attempts: executions.
    pub attempts: u32,
    /// Tests that finally passed.
    pub passed: u32,
    /// Tests whose body finally failed.
    pub failed: u32,
    /// Tests with an error around the body.
    pub errors: u32,
    /// Tests that did not run, on purpose.
    pub skipped: u32,
    /// Tests that failed as expected.
    pub xfailed: u32,
    /// Tests that passed against expectation.
    pub xpassed: u32,
    /// Passed tests with a failing attempt before.
    pub flaky: u32,
    /// Tests whose outcome no file tells (not part of the stable sum; 0 in complete files).
    #[serde(default)]
    pub unknown: u32,
    /// Workers that executed tests.
    pub workers: Option<u32>,
    /// First start to last stop of the tests, seconds; the session's length where no starts are recorded.
    pub wall_s: Option<f64>,
    /// The whole session, seconds.
    pub session_s: Option<f64>,
    /// Sum over workers of time in tests, all attempts, seconds.
    pub busy_s: Option<f64>,
    /// `busy_s / wall_s`: mean number of tests running. Not a speedup.
    pub parallelism: Option<f64>,
    /// `parallelism / workers`.
    pub utilisation: Option<f64>,
    /// `max(busy_s / workers, longest)`: no schedule of these durations on these workers is shorter.
    pub lower_bound_s: Option<f64>,
    /// The sequential run beside it, and what it tells.
    pub baseline: Option<Box<Baseline>>,
    /// The longest attempt.
    pub longest: Option<Longest>,
    /// How the lanes of the timeline are known.
    pub timeline: Provenance,
    /// Where the workers' time went, seconds; parts sum to workers × session (or × wall where no session is known).
    pub breakdown_s: Option<Breakdown>,
    /// Distribution mode, if known.
    #[serde(default)]
    pub dist_mode: Option<String>,
    /// The rules by which its files were put together, in the order in which they were applied; empty where a file is
    /// a run by itself.
    #[serde(default)]
    pub rules: Vec<JoinRule>,
    /// Provenance of each figure above that has one, by its name.
    #[serde(default)]
    pub provenance: Known,
}

/// A sequential run of the same tests, and this run beside it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// Id of the sequential run.
    pub run: String,
    /// Its label.
    #[serde(default)]
    pub label: String,
    /// Its `wall_s` over this `wall_s`.
    pub speedup: Option<f64>,
    /// Its `session_s` over this `session_s`.
    pub session_speedup: Option<f64>,
    /// `speedup / workers`.
    pub efficiency: Option<f64>,
    /// This `busy_s` over its `busy_s`, on the tests that both ran.
    pub contention: Option<f64>,
    /// Share of this run's tests that the sequential run has too.
    #[serde(default)]
    pub shared_tests: f64,
}

/// The longest attempt of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Longest {
    /// Identity of its test.
    pub test: String,
    /// Time in it, seconds.
    pub seconds: f64,
}

/// Where the workers' time went, seconds. A part that no file tells is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Breakdown {
    /// In the tests' bodies.
    pub call: Option<f64>,
    /// In setup.
    pub setup: Option<f64>,
    /// In teardown.
    pub teardown: Option<f64>,
    /// From the start of the session to each worker's first test.
    pub start_up: Option<f64>,
    /// Between tests on one worker.
    pub gap: Option<f64>,
    /// From each worker's last stop to the last stop of all.
    pub tail: Option<f64>,
    /// From the last stop to the end of the session.
    pub after: Option<f64>,
}

//! The list of tests, and one test in detail.

use serde::{Deserialize, Serialize};

use crate::Provenance;

/// What the list is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// What needs a look first: failed, error, flaky, then the rest by time.
    #[default]
    Attention,
    /// Time in the test, longest first.
    Duration,
    /// Identity.
    Name,
    /// Start.
    Start,
}

/// Asks for a page of the list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TestsRequest {
    /// The run's id.
    pub run: String,
    /// The test query.
    pub q: String,
    /// Outcomes to show (`passed`, `failed`, `error`, `skipped`, `xfailed`, `xpassed`, `flaky`); empty for all.
    pub outcomes: Vec<String>,
    /// What to sort by.
    pub sort: Sort,
    /// Whether to turn the order round.
    pub reverse: bool,
    /// First row wanted.
    pub offset: u32,
    /// Rows wanted.
    pub limit: u32,
    /// A test whose place in the list is wanted.
    pub locate: Option<String>,
}

/// A page of the list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TestsPage {
    /// Rows that match in all.
    pub total: u32,
    /// First row of this page.
    pub offset: u32,
    /// The rows.
    pub rows: Vec<TestLine>,
    /// How many tests match the query by outcome word (with `flaky`), whatever outcomes are chosen.
    pub counts: Vec<(String, u32)>,
    /// Longest time of a matching test, seconds, for the bars.
    pub max_s: f64,
    /// Place of the test that was to be located.
    pub located: Option<u32>,
    /// What is wrong with the query, if anything.
    pub problem: Option<String>,
}

/// One row of the list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TestLine {
    /// Identity; group first where the run has groups (`group › id`).
    pub id: String,
    /// Name with parameters.
    pub name: String,
    /// Suite path.
    pub suite: String,
    /// Final outcome.
    pub outcome: String,
    /// Whether it passed after a failing attempt.
    pub flaky: bool,
    /// Number of attempts.
    pub attempts: u32,
    /// Time in its attempts, seconds.
    pub seconds: Option<f64>,
    /// Worker of its last attempt.
    pub worker: Option<String>,
    /// Start of its first attempt, seconds on the timeline.
    pub start_s: Option<f64>,
    /// Group, if the run has groups.
    pub group: Option<String>,
}

/// How another test stands to the one shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// Before it on the same worker.
    Before,
    /// After it on the same worker.
    After,
    /// At the same time on another worker.
    Overlap,
}

/// A test near the one shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Neighbour {
    /// How it stands to it.
    pub relation: Relation,
    /// The test.
    pub test: TestLine,
    /// Seconds between the two (before, after), or seconds in common (overlap).
    pub seconds: f64,
}

/// A run of text in one style.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StyledSpan {
    /// The text.
    pub text: String,
    /// Colour 0-15 of the terminal's palette.
    pub colour: Option<u8>,
    /// Bold.
    pub bold: bool,
    /// Faint.
    pub faint: bool,
}

/// Text with the terminal's colours read, clipped where it is very long.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StyledText {
    /// The spans, in order; line breaks are inside.
    pub spans: Vec<StyledSpan>,
    /// Bytes left out at the end.
    pub clipped: u32,
}

impl StyledText {
    /// Whether there is nothing to show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }
}

/// One attempt in detail.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AttemptDetail {
    /// Row of the attempt, as in a frame.
    pub attempt: u32,
    /// Its outcome.
    pub outcome: String,
    /// Worker.
    pub worker: Option<String>,
    /// Start, seconds on the timeline.
    pub start_s: Option<f64>,
    /// Stop, seconds on the timeline.
    pub stop_s: Option<f64>,
    /// Time in it, seconds.
    pub total_s: Option<f64>,
    /// Time in setup, seconds.
    pub setup_s: Option<f64>,
    /// Time in its body, seconds.
    pub call_s: Option<f64>,
    /// Time in teardown, seconds.
    pub teardown_s: Option<f64>,
    /// Why it failed or was skipped.
    pub message: StyledText,
    /// The traceback.
    pub trace: StyledText,
    /// Captured standard output.
    pub stdout: StyledText,
    /// Captured standard error.
    pub stderr: StyledText,
    /// Captured log.
    pub log: StyledText,
}

/// One test in detail.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TestDetail {
    /// Its row.
    pub test: TestLine,
    /// Source file.
    pub file: Option<String>,
    /// Line in it, from 1.
    pub line: Option<u32>,
    /// Markers.
    pub markers: Vec<String>,
    /// How its times and worker are known.
    pub provenance: Provenance,
    /// Its attempts, in order.
    pub attempts: Vec<AttemptDetail>,
    /// Tests near its last attempt.
    pub neighbours: Vec<Neighbour>,
    /// Seconds that an attempt may take, where a file tells.
    #[serde(default)]
    pub limit_s: Option<f64>,
}

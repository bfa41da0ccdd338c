//! What the overview of a run shows.

use serde::{Deserialize, Serialize};

use crate::{FileSummary, Message, Provenance, RunSummary, TestLine};

/// One piece of the verdict, so that the page can set figures and names apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phrase {
    /// The words.
    pub text: String,
    /// What they are.
    pub kind: PhraseKind,
}

/// What a piece of the verdict is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhraseKind {
    /// Plain words.
    Plain,
    /// A figure.
    Number,
    /// Good news.
    Good,
    /// Bad news.
    Bad,
    /// The name of a test; opens it.
    Test {
        /// Its identity.
        id: String,
    },
}

/// What data is missing for a better answer, and how to get it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hint {
    /// What is missing and why it matters, one sentence.
    pub text: String,
    /// A command or setting that records it, if there is one.
    pub how: Option<String>,
}

/// Tests running over time: a step function, averaged over equal buckets.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Concurrency {
    /// Left end of the first bucket, seconds on the timeline.
    pub from_s: f64,
    /// Width of a bucket, seconds.
    pub step_s: f64,
    /// Mean number of tests running in each bucket.
    pub running: Vec<f32>,
    /// Highest number running at one time.
    pub peak: u32,
    /// How it is known.
    pub provenance: Provenance,
}

/// One worker's share.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkerLine {
    /// Its name.
    pub name: String,
    /// Attempts executed.
    pub attempts: u32,
    /// Failed attempts among them.
    pub bad: u32,
    /// Time in tests, seconds.
    pub busy_s: f64,
    /// Start of its first test, seconds on the timeline.
    pub first_s: Option<f64>,
    /// Stop of its last test, seconds on the timeline.
    pub last_s: Option<f64>,
    /// Whether it died.
    pub crashed: bool,
}

/// One failing test, for the list of failures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FailureLine {
    /// The test.
    pub test: TestLine,
    /// First line of the message, clipped.
    pub message: String,
}

/// A file that a run was made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunFile {
    /// The file.
    pub file: FileSummary,
    /// Whether this run was made of it (false for the other files that were opened).
    pub used: bool,
}

/// Everything that the overview shows, in one answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// The figures.
    pub run: RunSummary,
    /// The verdict in words: what ran, how parallel, against what, what holds it up, what is possible.
    pub verdict: Vec<Phrase>,
    /// Tests running over time, where starts are known.
    pub concurrency: Option<Concurrency>,
    /// The slowest tests, longest first.
    pub slowest: Vec<TestLine>,
    /// Failing tests (failed and error), in order of the files.
    pub failures: Vec<FailureLine>,
    /// Flaky tests.
    pub flaky: Vec<TestLine>,
    /// Workers, in the order of the lanes; empty where unknown.
    pub workers: Vec<WorkerLine>,
    /// What is missing, and how to get it.
    pub hints: Vec<Hint>,
    /// How the run was put together, and what was guessed.
    pub notes: Vec<Message>,
    /// Paths of the files that it was made of, best source first, up to [`FIRST_FILES`](crate::FIRST_FILES).
    pub files: Vec<String>,
    /// How many files it was made of.
    pub file_count: u32,
}

//! Questions to the shelf's worker, which takes whole runs for what stands beside the tests, and its answers.
//!
//! The envelope is that of the laboratory: version, number and body; answers say whether more follow.

use serde::{Deserialize, Serialize};

use crate::share::{Secrets, ShareForm, Shared, Sharing};
use crate::{BenchmarksRequest, BenchmarksView, CoverageRequest, CoverageView, Message};

/// A message from the shelf's page to its worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToShelf {
    /// [`crate::VERSION`].
    pub v: u32,
    /// The answers carry the same number.
    pub id: u32,
    /// What is asked.
    pub body: ShelfRequest,
}

/// What the shelf's page asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ShelfRequest {
    /// Take a run in, or anew: the bytes of `model::Run::encode` travel beside the message.
    Take {
        /// The run's id in the engine.
        run: String,
    },
    /// What was said of the files of each run, by its id; it goes along with the run.
    Notes(Vec<(String, Message)>),
    /// Keep these runs only.
    Keep {
        /// Ids.
        runs: Vec<String>,
    },
    /// A run as the library keeps it: the bytes of `model::Run::encode` travel beside the message, and are not kept.
    /// Answered by [`ShelfAnswer::Kept`], its pack beside it.
    Pack {
        /// The run's id in the engine.
        run: String,
    },
    /// Packs as one: their bytes travel beside the message, one after the other. Answered by [`ShelfAnswer::Packed`].
    Merge {
        /// Bytes of each.
        lengths: Vec<u32>,
    },
    /// The runs of a pack, which travels beside the message, one by one. Answered by a [`ShelfAnswer::Kept`] for each,
    /// and [`ShelfAnswer::Done`].
    Split,
    /// What the tests of a run reached.
    Coverage(CoverageRequest),
    /// What the benchmarks of a run measured.
    Benchmarks(BenchmarksRequest),
    /// Runs in a form to be sent on; its bytes travel beside the answer.
    Share {
        /// What.
        sharing: Sharing,
        /// In which form.
        form: ShareForm,
    },
    /// What looks like a secret in what would be shared.
    Secrets {
        /// What.
        sharing: Sharing,
    },
}

/// What is known of a run without unpacking it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeptRun {
    /// Stable id: the same input gives the same id.
    pub id: String,
    /// A name for people.
    pub label: String,
    /// What the paths of its tests have in common, such as a package or a folder; empty where they have nothing.
    pub suite: String,
    /// Start of the session, or of the first test, microseconds since the Unix epoch.
    pub started_us: Option<i64>,
    /// Commit, if a file names one.
    pub commit: Option<String>,
    /// Branch, if a file names one.
    pub branch: Option<String>,
    /// Tests: identities.
    pub tests: u32,
    /// Attempts: executions.
    pub attempts: u32,
    /// Tests that finally failed, or had an error around the body.
    pub failed: u32,
    /// Passed tests with a failing attempt before.
    pub flaky: u32,
    /// Whether it never happened.
    pub simulated: bool,
    /// A few numbers that stand for the tests: runs of one suite have most of them in common.
    pub sketch: Vec<u32>,
}

/// A message from the shelf's worker to its page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FromShelf {
    /// [`crate::VERSION`].
    pub v: u32,
    /// The number of the question.
    pub id: u32,
    /// Whether more answers to this question follow.
    pub more: bool,
    /// The answer.
    pub body: ShelfAnswer,
}

/// What the shelf's worker answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ShelfAnswer {
    /// The first message of the worker, to no question. It stays the first kind: pages of all satellites read it alike.
    Hello {
        /// Build of the worker.
        build: String,
    },
    /// Done; there is nothing to say.
    Done,
    /// To [`ShelfRequest::Pack`] and [`ShelfRequest::Split`]: a pack of this run travels beside the answer.
    Kept(Box<KeptRun>),
    /// To [`ShelfRequest::Merge`]: the pack of all runs travels beside the answer.
    Packed,
    /// To [`ShelfRequest::Coverage`].
    Coverage(Box<CoverageView>),
    /// To [`ShelfRequest::Benchmarks`].
    Benchmarks(Box<BenchmarksView>),
    /// The question could not be answered.
    Failed {
        /// Why.
        text: String,
    },
    /// To `Share`.
    Shared(Shared),
    /// To `Secrets`.
    Secrets(Secrets),
}

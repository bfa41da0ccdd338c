//! Questions to the shelf's worker, which takes whole runs for what stands beside the tests, and its answers.
//!
//! The envelope is that of the laboratory: version, number and body; answers say whether more follow.

use serde::{Deserialize, Serialize};

use crate::share::{Secrets, ShareForm, Shared, Sharing};
use crate::{BenchmarksRequest, BenchmarksView, CoverageRequest, CoverageView};

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
    /// Keep these runs only.
    Keep {
        /// Ids.
        runs: Vec<String>,
    },
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

//! Questions to the laboratory's worker, which looks at whole runs and across them, and its answers.
//!
//! These are types of their own: the page that draws the timeline neither asks nor reads them, and need not carry the
//! code to do so.

use serde::{Deserialize, Serialize};

use crate::{Speedup, Spread};

/// A message from the laboratory's page to its worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToLab {
    /// [`crate::VERSION`].
    pub v: u32,
    /// The answers carry the same number.
    pub id: u32,
    /// What is asked.
    pub body: LabRequest,
}

/// What the laboratory's page asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum LabRequest {
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
    /// End what is under way: a sweep stops at its next point.
    Stop,
    /// Runs of one suite beside each other.
    Speedup,
    /// Where the time of one run lies.
    Spread {
        /// The run's id.
        run: String,
        /// From this share of its limit on a test is near it.
        near_share: f64,
    },
}

/// A message from the laboratory's worker to its page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FromLab {
    /// [`crate::VERSION`].
    pub v: u32,
    /// The number of the question.
    pub id: u32,
    /// Whether more answers to this question follow.
    pub more: bool,
    /// The answer.
    pub body: LabAnswer,
}

/// What the laboratory answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum LabAnswer {
    /// The first message of the worker, to no question.
    Hello {
        /// Build of the worker.
        build: String,
    },
    /// Done; there is nothing to say.
    Done,
    /// To [`LabRequest::Speedup`].
    Speedup(Box<Speedup>),
    /// To [`LabRequest::Spread`].
    Spread(Box<Spread>),
    /// The question could not be answered.
    Failed {
        /// Why.
        text: String,
    },
}

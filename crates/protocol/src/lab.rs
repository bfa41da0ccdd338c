//! Questions to the laboratory's worker, which looks at whole runs and across them, and its answers.
//!
//! These are types of their own: the page that draws the timeline neither asks nor reads them, and need not carry the
//! code to do so.

use serde::{Deserialize, Serialize};

use crate::{
    Curve, HistoryAnswer, HistoryRequest, MeasuredPoint, Mode, ModelError, Plan, Point, Speedup, Spread, TakeHome,
    TakeHomeKind, WhatIf, WorkSummary,
};

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
    /// What a run gives to be replayed, and how well the replay does on it.
    Work {
        /// The run's id.
        run: String,
    },
    /// Predictions of a plan in these modes, at these numbers of workers. Answered by any number of
    /// [`LabAnswer::Points`], then [`LabAnswer::Curves`].
    Sweep {
        /// The run's id.
        run: String,
        /// The plan; its mode and workers are replaced.
        plan: Box<Plan>,
        /// Modes.
        modes: Vec<Mode>,
        /// Numbers of workers.
        workers: Vec<u32>,
    },
    /// One plan beside the run as it was.
    WhatIf {
        /// The run's id.
        run: String,
        /// The plan.
        plan: Box<Plan>,
    },
    /// The run that a plan would make: its columns travel beside the answer.
    Predict {
        /// The run's id.
        run: String,
        /// The plan.
        plan: Box<Plan>,
    },
    /// Files to take home.
    TakeHome {
        /// The run's id.
        run: String,
        /// The plan that they are to bring about.
        plan: Box<Plan>,
        /// Kinds wanted.
        kinds: Vec<TakeHomeKind>,
    },
    /// A question about all runs as a history.
    History(HistoryRequest),
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
    /// The first message of the worker, to no question. It stays the first kind: pages of all satellites read it alike.
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
    /// To [`LabRequest::Work`].
    Work {
        /// The run, and what a plan leaves open.
        work: Box<WorkSummary>,
        /// Runs of the same tests that were really made.
        measured: Vec<MeasuredPoint>,
        /// How far to trust the replay.
        error: Box<ModelError>,
    },
    /// To [`LabRequest::Sweep`], while it goes on: what is new.
    Points(Vec<Point>),
    /// To [`LabRequest::Sweep`], at its end: everything.
    Curves(Vec<Curve>),
    /// To [`LabRequest::WhatIf`].
    WhatIf(Box<WhatIf>),
    /// To [`LabRequest::Predict`].
    Predicted,
    /// To [`LabRequest::TakeHome`].
    TakeHome(Vec<TakeHome>),
    /// To [`LabRequest::History`].
    History(Box<HistoryAnswer>),
    /// The question could not be answered.
    Failed {
        /// Why.
        text: String,
    },
}

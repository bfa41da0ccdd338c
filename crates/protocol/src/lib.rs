//! What the page and the engine say to each other, and what the command line prints as JSON.
//!
//! The page links this crate and nothing of the engine: no parser, no statistics. Every message carries the
//! protocol's version; page and worker of different builds refuse each other politely. Times shown to a
//! person are seconds (`_s`), counted from the start of the run's timeline unless a name says otherwise.
//! What is not known is `None`, never 0.

mod colour;
mod compare;
mod flaky;
mod frame;
mod insight;
mod known;
mod lab;
mod measures;
mod message;
mod overview;
mod range;
mod replay;
mod share;
mod shelf;
mod speedup;
mod summary;
mod tests_view;
mod timeline;

pub use colour::{ColourBy, Legend, LegendItem};
pub use compare::{BeforeAfter, COMPARE_SCHEMA, CompareReport, Renamed, TimeChange};
pub use flaky::{
    Cluster, ClusterKind, DurationStep, EvidenceKind, EvidenceList, FLAKY_SCHEMA, FlakyClass, FlakyCost, FlakyDetail,
    FlakyOverview, FlakyReport, FlakyRequest, FlakyRows, FlakyTest, HEAT_OUTCOMES, HEAT_RETRIED, HEAT_SET_ASIDE,
    HEAT_TIMES, HeatMap, HistoryAnswer, HistoryAttempt, HistoryRequest, HistoryRun, Quarantine, Rate, Suspect,
    SuspectKind,
};
pub use frame::{FADED, FLAKY, Frame, FrameError, Link, MERGED, NEAR_LIMIT, RETRY, TIMED_OUT};
pub use insight::{
    COLOUR_ROLES, CriticalEnd, EndGroup, EndLane, EndPiece, ExportKind, ExportRequest, FixturePlace, FixtureReach,
    FixtureScope, Limits, NearLimit, PartKey, PieceLine, Pieces, Unstealable, Waterfall, WaterfallOf, WaterfallPart,
};
pub use known::Known;
pub use lab::{FromLab, LabAnswer, LabRequest, ToLab};
pub use measures::{
    BenchmarkChange, BenchmarkComparison, BenchmarkHistory, BenchmarkRow, BenchmarkRun, BenchmarkSeries,
    BenchmarkStats, BenchmarkStep, BenchmarkVerdict, BenchmarksRequest, BenchmarksView, CoverageBasis, CoverageBy,
    CoverageComparison, CoverageFigures, CoverageGate, CoverageRequest, CoverageRow, CoverageSort, CoverageSource,
    CoverageView, Reached,
};
pub use message::{Answer, FIRST_FILES, FromEngine, OpenedFiles, ReadProgress, Request, ToEngine, VERSION};
pub use overview::{Concurrency, FailureLine, Hint, Overview, Phrase, PhraseKind, RunFile, WorkerLine};
pub use range::{LaneMeasure, Measure, MeasureRequest, Place, Series, SeriesRequest};
pub use replay::{
    Contention, Curve, Cut, Knee, MeasuredPoint, Mode, ModelError, Plan, Point, REPLAY_SCHEMA, Replay, ReplayMeasured,
    ReplayResult, Speed, Split, TakeHome, TakeHomeKind, TestOrder, WhatIf, WorkSummary,
};
pub use share::{SecretLine, Secrets, ShareForm, ShareTexts, Shared, Sharing};
pub use shelf::{FromShelf, KeptRun, ShelfAnswer, ShelfRequest, ToShelf};
pub use speedup::{
    Bottleneck, Estimate, Portion, RunVerdict, SPEEDUP_SCHEMA, Slowdown, Speedup, SpeedupDifference, SpeedupFit,
    SpeedupPoint, SpeedupRun, SpeedupSuite, Spread,
};
pub use summary::{
    Baseline, Breakdown, FileSummary, JoinRule, Longest, Message, NO_STARTS, PartOf, Provenance, RunSummary,
    SUMMARY_SCHEMA, Summary, messages,
};
pub use tests_view::{
    AttemptDetail, Neighbour, Relation, Sort, StyledSpan, StyledText, TestDetail, TestLine, TestsPage, TestsRequest,
};
pub use timeline::{
    AttemptBrief, JobLane, JobStep, Lane, LaneGroup, LaneSort, Timeline, TimelineRequest, WindowRequest,
};

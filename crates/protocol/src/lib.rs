//! What the page and the engine say to each other, and what the command line prints as JSON.
//!
//! The page links this crate and nothing of the engine: no parser, no statistics. Every message carries the
//! protocol's version; page and worker of different builds refuse each other politely. Times shown to a
//! person are seconds (`_s`), counted from the start of the run's timeline unless a name says otherwise.
//! What is not known is `None`, never 0.

mod frame;
mod message;
mod overview;
mod summary;
mod tests_view;
mod timeline;

pub use frame::{Frame, FrameError, MERGED};
pub use message::{Answer, FromEngine, OpenedFiles, ReadProgress, Request, ToEngine, VERSION};
pub use overview::{Concurrency, FailureLine, Hint, Overview, Phrase, PhraseKind, RunFile, WorkerLine};
pub use summary::{
    Baseline, Breakdown, FileSummary, Longest, Message, Provenance, RunSummary, SUMMARY_SCHEMA, Summary,
};
pub use tests_view::{
    AttemptDetail, Neighbour, Relation, Sort, StyledSpan, StyledText, TestDetail, TestLine, TestsPage, TestsRequest,
};
pub use timeline::{AttemptBrief, JobLane, JobStep, Lane, LaneSort, Timeline, TimelineRequest, WindowRequest};

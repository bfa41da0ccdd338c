//! The lanes of a run, and windows into them.

use serde::{Deserialize, Serialize};

use crate::{ColourBy, Provenance};

/// Order of the lanes. Lanes of one group stand together, whatever the order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LaneSort {
    /// By name, numbers by value.
    #[default]
    Name,
    /// Most time in tests first.
    Load,
    /// Latest last stop first.
    LastStop,
    /// Most idle time first: the wall time of the tests minus the time in tests.
    Idle,
    /// Earliest first test first.
    Start,
}

/// Asks for the lanes of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TimelineRequest {
    /// The run's id.
    pub run: String,
    /// Order of the lanes.
    pub sort: LaneSort,
    /// Number of workers for a simulation, where nothing is recorded; `None` lets the engine choose.
    pub workers: Option<u32>,
}

/// The lanes of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Timeline {
    /// The run's id.
    pub run: String,
    /// Order of the lanes below.
    #[serde(default)]
    pub sort: LaneSort,
    /// How the lanes are known.
    pub provenance: Provenance,
    /// Why, and what would make them better known: a sentence for people.
    pub explanation: String,
    /// How to record better data, if the lanes are not recorded.
    pub how: Option<String>,
    /// The lanes, top to bottom. Empty where nothing can be drawn.
    pub lanes: Vec<Lane>,
    /// Groups of lanes, top to bottom, where each worker ran tests of (nearly) one group only; else empty.
    pub groups: Vec<LaneGroup>,
    /// Attempts drawn, all lanes.
    pub spans: u32,
    /// Last stop of the tests, seconds; the first start is 0.
    pub to_s: f64,
    /// Start of the session, seconds (0 or negative), if known.
    pub session_from_s: Option<f64>,
    /// End of the session, seconds, if known.
    pub session_to_s: Option<f64>,
    /// When 0 s was, RFC 3339 in UTC, if recorded.
    pub zero_at: Option<String>,
    /// Attempts that could not be placed on a lane (no start known).
    pub unplaced: u32,
    /// Whether the lanes stand for no workers: as few as hold what ran at once.
    #[serde(default)]
    pub packed: bool,
    /// Number of workers simulated, where simulated.
    pub simulated_workers: Option<u32>,
    /// The CI service's jobs around the run, in the order of the file; empty where no file tells of any.
    #[serde(default)]
    pub jobs: Vec<JobLane>,
}

/// A job of a CI service, on the clock of the lanes. Without tests the first job's start is 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobLane {
    /// Its name, such as `test (unit)`.
    pub name: String,
    /// The group of the run whose tests it ran, where its name tells.
    pub group: Option<String>,
    /// When it was asked for, seconds (mostly negative); until its start it waited for a machine.
    pub queued_from_s: Option<f64>,
    /// Its start, seconds.
    pub from_s: Option<f64>,
    /// Its end, seconds.
    pub to_s: Option<f64>,
    /// What became of it, in the words of test outcomes; `unknown` where it was cancelled or is still running.
    pub outcome: String,
    /// Its steps, in order.
    pub steps: Vec<JobStep>,
}

/// A step of a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobStep {
    /// Its name.
    pub name: String,
    /// Its start, seconds.
    pub from_s: Option<f64>,
    /// Its end, seconds.
    pub to_s: Option<f64>,
    /// What became of it.
    pub outcome: String,
}

/// One lane.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Lane {
    /// Name of the worker; `lane 1` and so on where lanes are packed, `slot 1` where simulated.
    pub name: String,
    /// Attempts on it.
    pub attempts: u32,
    /// Failed attempts among them.
    pub bad: u32,
    /// Time in tests, seconds.
    pub busy_s: f64,
    /// Start of its first test, seconds.
    pub first_s: f64,
    /// Stop of its last test, seconds.
    pub last_s: f64,
    /// Whether the worker died.
    pub crashed: bool,
    /// Its group, as an index into [`Timeline::groups`]: that of most of its attempts.
    pub group: Option<u32>,
    /// Name of the crashed worker in whose place this one came.
    pub replaces: Option<String>,
    /// Whether `replaces` follows from names and times only: no file says it.
    pub replaces_inferred: bool,
}

/// Lanes of one group. They stand together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LaneGroup {
    /// Name of the group.
    pub name: String,
    /// Its first lane.
    pub first_lane: u32,
    /// How many lanes it has.
    pub lanes: u32,
    /// Start of its first test, seconds.
    pub from_s: f64,
    /// Stop of its last test, seconds.
    pub to_s: f64,
    /// Time in tests on its lanes, seconds.
    pub busy_s: f64,
}

/// Asks for the bars of a time window. Answered by a [`crate::Frame`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WindowRequest {
    /// The lanes asked for, with the same order and workers as in the [`TimelineRequest`].
    pub timeline: TimelineRequest,
    /// Left end, seconds.
    pub from_s: f64,
    /// Right end, seconds.
    pub to_s: f64,
    /// Width in pixels; what is narrower than a pixel or two is merged.
    pub width_px: u32,
    /// First lane wanted.
    pub first_lane: u32,
    /// Number of lanes wanted.
    pub lanes: u32,
    /// What [`crate::Frame::tint`] is to say.
    #[serde(default)]
    pub colour: ColourBy,
    /// A test query, as in [`crate::TestsRequest::q`]: bars without a match are [`crate::FADED`]. Empty: none are.
    #[serde(default)]
    pub q: String,
}

/// One attempt, for a tooltip and for spoken labels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttemptBrief {
    /// Row of the attempt.
    pub attempt: u32,
    /// Identity of its test.
    pub test: String,
    /// Name of its test.
    pub name: String,
    /// Suite path of its test.
    pub suite: String,
    /// Outcome of the attempt.
    pub outcome: String,
    /// Which attempt of the test, from 1.
    pub number: u32,
    /// How many attempts the test has.
    pub of: u32,
    /// Worker, if known.
    pub worker: Option<String>,
    /// Start, seconds on the timeline.
    pub start_s: Option<f64>,
    /// Time in it, seconds.
    pub total_s: Option<f64>,
    /// Time in setup, seconds.
    pub setup_s: Option<f64>,
    /// Time in its body, seconds.
    pub call_s: Option<f64>,
    /// Time in teardown, seconds.
    pub teardown_s: Option<f64>,
    /// First line of the message, clipped.
    pub message: String,
    /// Seconds that it may take, where a file tells.
    #[serde(default)]
    pub limit_s: Option<f64>,
}

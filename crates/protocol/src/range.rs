//! What is asked of a stretch of the timeline besides its bars: a curve, a sum, and where attempts lie.

use serde::{Deserialize, Serialize};

use crate::{Provenance, TimelineRequest};

/// Asks how many tests were running, and how many were done, over a stretch of time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SeriesRequest {
    /// The lanes.
    pub timeline: TimelineRequest,
    /// Left end, seconds.
    pub from_s: f64,
    /// Right end, seconds.
    pub to_s: f64,
    /// Number of equal buckets, 1 to 8192.
    pub buckets: u32,
}

/// Tests running and tests done over a stretch of time, all lanes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Left end of the first bucket, seconds.
    pub from_s: f64,
    /// Width of a bucket, seconds.
    pub step_s: f64,
    /// Mean number of attempts running in each bucket.
    pub running: Vec<f32>,
    /// Attempts that have stopped by the end of each bucket, of the whole run.
    pub done: Vec<u32>,
    /// Attempts on the lanes, whole run.
    pub total: u32,
    /// Highest number of attempts running at one time, whole run.
    pub peak: u32,
    /// Number of lanes.
    pub workers: u32,
    /// When all would be done were every worker busy from 0 on, seconds: time in tests over workers.
    pub ideal_to_s: f64,
    /// Whether the lanes stand for no workers, as in [`crate::Timeline::packed`].
    pub packed: bool,
    /// How it is known.
    pub provenance: Provenance,
}

/// Asks what happened in a stretch of time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MeasureRequest {
    /// The lanes.
    pub timeline: TimelineRequest,
    /// Left end, seconds.
    pub from_s: f64,
    /// Right end, seconds.
    pub to_s: f64,
}

/// What happened in a stretch of time, all lanes. An attempt counts when it runs at some time strictly inside.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// Left end, seconds.
    pub from_s: f64,
    /// Right end, seconds.
    pub to_s: f64,
    /// Attempts that run in it.
    pub attempts: u32,
    /// Failed attempts among them.
    pub bad: u32,
    /// Time inside it that attempts cover, from their start to their stop, sum of the lanes, seconds.
    pub busy_s: f64,
    /// Time inside it that they do not, sum of the lanes, seconds.
    pub idle_s: f64,
    /// Time covered over the length: how many lanes are at work on average. 0 where there is no length.
    pub parallelism: f64,
    /// Each lane, in order.
    pub lanes: Vec<LaneMeasure>,
    /// How it is known.
    pub provenance: Provenance,
}

/// What happened on one lane in a stretch of time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LaneMeasure {
    /// The lane, as in [`crate::Timeline::lanes`].
    pub lane: u32,
    /// Its name.
    pub name: String,
    /// Attempts that run in it.
    pub attempts: u32,
    /// Failed attempts among them.
    pub bad: u32,
    /// Time inside it that attempts cover, seconds; what two cover at once counts once.
    pub busy_s: f64,
    /// Time inside it that they do not, seconds.
    pub idle_s: f64,
}

/// Where an attempt lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Row of the attempt.
    pub attempt: u32,
    /// Its lane.
    pub lane: u32,
    /// Its start, seconds.
    pub from_s: f64,
    /// Its stop, seconds.
    pub to_s: f64,
    /// Which attempt of its test, from 1.
    pub number: u32,
}

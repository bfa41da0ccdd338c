//! The measured half of the speedup lab: runs of one suite beside each other, one run's distributions, and what
//! costs it time. `lanescope speedup --json` prints [`Speedup`]; the page asks for the same.
//!
//! Times are seconds. A speedup is a wall time over a wall time of the same tests, never busy time over wall time.

use serde::{Deserialize, Serialize};

use crate::Provenance;

/// The schema that [`Speedup::schema`] carries.
pub const SPEEDUP_SCHEMA: &str = "lanescope.speedup/1";

/// All runs, suite by suite.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Speedup {
    /// [`SPEEDUP_SCHEMA`].
    pub schema: String,
    /// Which runs belong together, and by which rule; one sentence.
    pub rule: String,
    /// The suites; the one with most runs first.
    pub suites: Vec<SpeedupSuite>,
}

/// Runs of one suite.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SpeedupSuite {
    /// What the runs say together, in words; a paragraph.
    pub verdict: String,
    /// The runs, by workers, then mode, then start.
    pub runs: Vec<SpeedupRun>,
    /// Runs of the same workers and mode taken together, in the same order.
    pub points: Vec<SpeedupPoint>,
    /// Neighbouring points beside each other.
    pub differences: Vec<SpeedupDifference>,
    /// Amdahl, Gustafson and the Universal Scalability Law, of the wall times and of the sessions.
    pub fits: Vec<SpeedupFit>,
    /// How much the same tests slowed down, by run: all tests, then groups, then markers.
    pub slowdowns: Vec<Slowdown>,
    /// The verdict on each run, in the order of `runs`.
    pub verdicts: Vec<RunVerdict>,
    /// What is unknown, and why.
    pub notes: Vec<String>,
}

/// One run of a suite, beside its sequential run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SpeedupRun {
    /// Id of the run.
    pub run: String,
    /// A name for people.
    pub label: String,
    /// Workers.
    pub workers: Option<u32>,
    /// Distribution mode, if known.
    pub mode: Option<String>,
    /// Id of the sequential run that it is compared with; `None` for sequential runs, and where there is none.
    pub baseline: Option<String>,
    /// Share of the tests of the larger of this run and the suite's first one that both have.
    pub common: f64,
    /// First start to last stop of the tests; the session's length where no starts are recorded.
    pub wall_s: Option<f64>,
    /// How `wall_s` is known.
    pub wall_provenance: Provenance,
    /// The whole session.
    pub session_s: Option<f64>,
    /// Time in tests over all workers.
    pub busy_s: Option<f64>,
    /// The baseline's `wall_s` over this one.
    pub speedup: Option<f64>,
    /// The baseline's `session_s` over this one.
    pub session_speedup: Option<f64>,
    /// `speedup / workers`.
    pub efficiency: Option<f64>,
    /// Serial share by Karp and Flatt, `(1/S − 1/p) / (1 − 1/p)`, of `speedup`.
    pub karp_flatt: Option<f64>,
    /// This busy time over the baseline's, on the tests that both ran.
    pub contention: Option<f64>,
    /// How speedup and what follows from it are known: the weaker of both runs.
    pub provenance: Provenance,
}

/// Runs of the same workers and mode.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SpeedupPoint {
    /// Workers.
    pub workers: u32,
    /// Distribution mode, if known.
    pub mode: Option<String>,
    /// How many runs.
    pub runs: u32,
    /// Mean of their `wall_s`.
    pub wall_s: f64,
    /// Standard deviation of their `wall_s` (n − 1); `None` for one run.
    pub spread_s: Option<f64>,
    /// Mean wall of the sequential runs over this mean.
    pub speedup: Option<f64>,
    /// The same of the sessions.
    pub session_speedup: Option<f64>,
}

/// Two points beside each other.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SpeedupDifference {
    /// Place of the one in `points`.
    pub from: u32,
    /// Place of the other in `points`.
    pub to: u32,
    /// Wall of the one over wall of the other: how many times sooner the other ends.
    pub ratio: f64,
    /// Of the test that `text` names; `None` where no run was repeated.
    pub p_value: Option<f64>,
    /// Whether the difference is within noise (p ≥ 0.05); `None` where no run was repeated.
    pub within_noise: Option<bool>,
    /// A sentence.
    pub text: String,
}

/// A law of scaling, fitted to the runs of a suite, or the reason why it was not.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SpeedupFit {
    /// `amdahl`, `gustafson` or `usl`.
    pub law: String,
    /// `wall` or `session`: which times it was fitted to.
    pub of: String,
    /// Distribution mode of the parallel runs that it was fitted to, if known.
    pub mode: Option<String>,
    /// Its parameters (`serial`; for usl `contention` and `coherency`), then what follows from them (`limit`: the
    /// speedup that no number of workers exceeds; `peak_workers` and `peak_speedup`). Empty where refused.
    pub parameters: Vec<Estimate>,
    /// Largest relative distance of a run's time from the law's, such as 0.08.
    pub worst_miss: Option<f64>,
    /// Worker counts of the curve, and beside them the law's speedups.
    pub curve_workers: Vec<u32>,
    /// The law's speedup at `curve_workers`.
    pub curve: Vec<f64>,
    /// Lower end of the 95 % interval of `curve`; empty where there is no interval.
    pub curve_low: Vec<f64>,
    /// Upper end of the same.
    pub curve_high: Vec<f64>,
    /// Why it was not fitted.
    pub refused: Option<String>,
    /// What it says, or why it was refused; one or two sentences, with how the intervals were made.
    pub text: String,
}

/// A figure with its 95 % interval.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Its name.
    pub name: String,
    /// The estimate; `None` where there is none, as of a peak that never comes.
    pub value: Option<f64>,
    /// Lower end; `None` where unknown.
    pub low: Option<f64>,
    /// Upper end; `None` where unknown or without end.
    pub high: Option<f64>,
}

/// How much the same tests slowed down against the sequential run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Slowdown {
    /// Id of the run.
    pub run: String,
    /// `all`, `group`, `folder` (where the run has no groups) or `marker`.
    pub by: String,
    /// Name of the group, folder or marker; empty for all.
    pub name: String,
    /// Tests of it that both ran.
    pub tests: u32,
    /// Time of them in this run.
    pub seconds: f64,
    /// Time in this run over time in the sequential one.
    pub ratio: Option<f64>,
    /// Quartiles of the ratio per test, over tests that took at least a millisecond alone.
    pub lower: Option<f64>,
    /// The median of the same.
    pub median: Option<f64>,
    /// The upper quartile.
    pub upper: Option<f64>,
}

/// The verdict on one run: what to do first, and what stands behind it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RunVerdict {
    /// Id of the run.
    pub run: String,
    /// What to do, in words; a paragraph.
    pub text: String,
    /// What costs time, first things first: expected savings of at least 5 % of the run's time, largest first; behind
    /// these all others by their weight: the expected saving, or where nothing can be expected for sure what it costs
    /// now, and no more than half of the most that its removal can save.
    pub bottlenecks: Vec<Bottleneck>,
    /// What is unknown, and why.
    pub unknown: Vec<String>,
}

/// Something that costs a run time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Bottleneck {
    /// `longest_test`, `longest_group`, `start_up`, `end` (uneven end), `gaps`, `after` (after the tests),
    /// `too_few_workers`, `too_many_workers`, `mode` (another one was faster) or `contention`.
    pub kind: String,
    /// Identity of the test, or name of the group or file, that it is about; empty if about none.
    pub subject: String,
    /// Wall time that it costs now, as its text explains.
    pub cost_s: f64,
    /// Expected saving of wall time when it is removed; `None` where nothing can be expected for sure.
    pub saves_s: Option<f64>,
    /// The most that its removal can save: a bound.
    pub saves_at_most_s: f64,
    /// Whether the times are those of the session (start-up and end included) or those of the tests only.
    pub of_session: bool,
    /// How it is known.
    pub provenance: Provenance,
    /// What it is and what it costs; a sentence.
    pub text: String,
    /// What to do; a sentence.
    pub advice: String,
    /// What comes next when it is removed; a sentence.
    pub next: String,
}

/// Where the time of one run lies.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// Id of the run.
    pub run: String,
    /// Attempts with a known time.
    pub attempts: u32,
    /// Time in all of them.
    pub seconds: f64,
    /// Edges of the buckets of durations, evenly on a logarithmic axis: one more than `counts`.
    pub edges_s: Vec<f64>,
    /// Attempts in each bucket: from its edge to below the next. Shorter ones stand in the first, longer in the last.
    pub counts: Vec<u32>,
    /// Time in the attempts of each bucket.
    pub bucket_s: Vec<f64>,
    /// Durations below which 50, 90, 95 and 99 % of the attempts lie.
    pub quantiles_s: Vec<f64>,
    /// The tests with most time.
    pub tests: Vec<Portion>,
    /// The files with most time.
    pub files: Vec<Portion>,
    /// The groups (matrix jobs) with most time; empty where there are none.
    pub groups: Vec<Portion>,
    /// The markers with most time. A test may have several, so that these shares may sum to more than one, and
    /// `cumulative` is `None`.
    pub markers: Vec<Portion>,
    /// `setup`, `call`, `teardown`, as far as known.
    pub phases: Vec<Portion>,
    /// Load per worker, in the order of the lanes; empty where workers are not recorded.
    pub workers: Vec<Portion>,
    /// Standard deviation of the workers' loads (n) over their mean.
    pub balance_cv: Option<f64>,
    /// The largest load over the mean load.
    pub balance_peak: Option<f64>,
    /// Time limit of a test, where known.
    pub limit_s: Option<f64>,
    /// Tests that ran into a limit; their share is that of the limit.
    pub timed_out: Vec<Portion>,
    /// Tests that came near the limit (`near_share` of it); their share is that of the limit.
    pub near_limit: Vec<Portion>,
    /// From this share of the limit on a test is near it.
    pub near_share: f64,
    /// How the workers' loads are known.
    pub provenance: Provenance,
    /// What this says, in words; a sentence each.
    pub texts: Vec<String>,
}

/// A part of a run's time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Portion {
    /// Name of the test, file, group, marker, phase or worker.
    pub name: String,
    /// Attempts in it.
    pub attempts: u32,
    /// Time in it.
    pub seconds: f64,
    /// Share of all time.
    pub share: f64,
    /// Share of this one and those before it; `None` where they may overlap.
    pub cumulative: Option<f64>,
}

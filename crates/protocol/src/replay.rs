//! The replay half of the speedup lab: plans, points of curves, the error of the model, and files to take home; and
//! the JSON of `lanescope replay`. Lengths are seconds (`_s`); what is not known is `None`.

use serde::{Deserialize, Serialize};

use crate::Provenance;

/// How tests are dealt out to workers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// pytest-xdist `--dist load`.
    #[default]
    Load,
    /// pytest-xdist `--dist worksteal`.
    Worksteal,
    /// pytest-xdist `--dist loadscope`.
    Loadscope,
    /// pytest-xdist `--dist loadfile`.
    Loadfile,
    /// pytest-xdist `--dist loadgroup`.
    Loadgroup,
    /// Longest first, each to the worker that is free first: what a queue that knows the times would do.
    Lpt,
    /// Static shards with one worker each, as [`Plan::split`] cuts them.
    Shards,
    /// One queue in order, each test to the slot that is free first: cargo-nextest.
    Slots,
    /// One queue of files in order; a worker is restarted after a failure: Playwright.
    Playwright,
}

impl Mode {
    /// All modes, in the order in which they are worth looking at.
    pub const ALL: [Self; 9] = [
        Self::Load,
        Self::Worksteal,
        Self::Loadscope,
        Self::Loadfile,
        Self::Loadgroup,
        Self::Lpt,
        Self::Shards,
        Self::Slots,
        Self::Playwright,
    ];

    /// The word used in the interface.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Worksteal => "worksteal",
            Self::Loadscope => "loadscope",
            Self::Loadfile => "loadfile",
            Self::Loadgroup => "loadgroup",
            Self::Lpt => "lpt",
            Self::Shards => "shards",
            Self::Slots => "slots",
            Self::Playwright => "playwright",
        }
    }

    /// The mode of this word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == word)
    }
}

/// How tests are cut into shards beforehand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Split {
    /// pytest-split's default, `duration_based_chunks`: in order, the next shard once the sum reaches the even share.
    #[default]
    Chunks,
    /// pytest-split's `least_duration`: longest first, to the shard with the least time.
    LeastDuration,
    /// nextest's `slice:m/n`: one to each shard in turn.
    Slice,
    /// nextest's `hash:m/n`: by the hash of the test's name.
    Hash,
    /// Playwright's `--shard m/n`: even counts in order; a file goes where its first test falls.
    Count,
}

/// In which order the runner takes the tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TestOrder {
    /// As the run had it.
    #[default]
    Recorded,
    /// Slow tests first.
    SlowFirst,
}

/// How test times change with the number of workers that run at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Contention {
    /// From the runs: measured inflation where several runs of the same tests are open; else none, and the band
    /// says what full contention would make of it.
    #[default]
    Estimated,
    /// Times stay as the run has them.
    None,
    /// So many workers' worth of tests get through at once; beyond it, every worker slows all others down.
    Capacity(f64),
}

/// A test that a plan makes faster or slower.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Speed {
    /// The test's identity, as [`crate::TestLine::id`].
    pub test: String,
    /// What its time is multiplied by; 0.5 is twice as fast.
    pub factor: f64,
}

/// A test that a plan cuts into equal parts which may run at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cut {
    /// The test's identity, as [`crate::TestLine::id`].
    pub test: String,
    /// How many parts, 2 to 64.
    pub parts: u32,
}

/// Everything that may be assumed of a run that has not been made. The default changes nothing but what it is asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Plan {
    /// How tests are dealt out.
    pub mode: Mode,
    /// Workers in each shard, 1 to 256. For [`Mode::Shards`], how many shards of one worker.
    pub workers: u32,
    /// Machines, 1 to 256; the tests are cut by `split`, and each machine has `workers`.
    pub shards: u32,
    /// How tests are cut into shards.
    pub split: Split,
    /// pytest-xdist's `--maxschedchunk`; `None` is its default, no limit.
    pub max_chunk: Option<u32>,
    /// Whether `loadscope`, `loadfile` and `loadgroup` take groups with many tests first (xdist's default since 3.5).
    pub reorder_scopes: bool,
    /// In which order the runner takes the tests.
    pub order: TestOrder,
    /// From the start of the session to the first test, seconds; `None` for what the run tells.
    pub start_up_s: Option<f64>,
    /// By how much each further worker's first test comes later, seconds; `None` for what the run tells.
    pub ramp_s: Option<f64>,
    /// Between two tests on a worker, seconds; `None` for what the run tells.
    pub gap_s: Option<f64>,
    /// From the last stop to the end of the session, seconds; `None` for what the run tells.
    pub after_s: Option<f64>,
    /// What each further shard costs before its session starts (a machine, an installation), seconds.
    pub shard_start_s: f64,
    /// What a new worker after a failure costs beyond the gap, seconds (Playwright); `None` for what the run tells, or
    /// else the start-up.
    pub restart_s: Option<f64>,
    /// Playwright's `fullyParallel`: tests of a file need not stay together. `None` for what the run tells.
    pub fully_parallel: Option<bool>,
    /// How test times change with workers.
    pub contention: Contention,
    /// Setup of session fixtures, paid once on each worker, seconds; `None` for what the run tells.
    pub session_fixture_s: Option<f64>,
    /// Setup of module fixtures, paid at each entry into a file: what the run's are multiplied by.
    pub module_fixture_factor: f64,
    /// Tests that are left out, as [`crate::TestLine::id`].
    pub drop: Vec<String>,
    /// Tests that are made faster or slower.
    pub speed: Vec<Speed>,
    /// Tests that are cut into parts.
    pub cut: Vec<Cut>,
    /// Priorities for [`Mode::Slots`], -100 to 100, highest first (nextest); tests that are not named have 0.
    pub priorities: Vec<(String, i32)>,
    /// Price of one worker for a minute, in any currency; `None` shows no money.
    pub price_per_minute: Option<f64>,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            mode: Mode::Load,
            workers: 1,
            shards: 1,
            split: Split::Chunks,
            max_chunk: None,
            reorder_scopes: true,
            order: TestOrder::Recorded,
            start_up_s: None,
            ramp_s: None,
            gap_s: None,
            after_s: None,
            shard_start_s: 0.0,
            restart_s: None,
            fully_parallel: None,
            contention: Contention::Estimated,
            session_fixture_s: None,
            module_fixture_factor: 1.0,
            drop: Vec::new(),
            speed: Vec::new(),
            cut: Vec::new(),
            priorities: Vec::new(),
            price_per_minute: None,
        }
    }
}

/// What the lab knows of the run that it replays; the assumptions that a plan leaves open.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WorkSummary {
    /// The run's id.
    pub run: String,
    /// Its name for people.
    pub label: String,
    /// Tests that are replayed.
    pub tests: u32,
    /// Tests without a time, which count as no time.
    pub untimed: u32,
    /// Time in them, seconds.
    pub busy_s: f64,
    /// Whether their order is that of the collection (a sequential run), or rebuilt from files, lines and starts.
    pub order: Provenance,
    /// Mode of the run, where known.
    pub mode: Option<Mode>,
    /// The mode that it is replayed in where none is asked for: where none is recorded, the nearest.
    #[serde(default)]
    pub runs_as: Option<Mode>,
    /// Workers of the run, where known.
    pub workers: Option<u32>,
    /// First start to last stop, seconds.
    pub makespan_s: Option<f64>,
    /// From the start of the session to the first test, seconds.
    pub start_up_s: Option<f64>,
    /// By how much each further worker's first test came later, seconds.
    pub ramp_s: Option<f64>,
    /// Between two tests on a worker, the mean, seconds.
    pub gap_s: Option<f64>,
    /// From the last stop to the end of the session, seconds.
    pub after_s: Option<f64>,
    /// Setup of session fixtures on one worker, seconds; inferred from where setup is long.
    pub session_fixture_s: Option<f64>,
    /// Setup of module fixtures of one entry into each file, all files, seconds; inferred likewise.
    pub module_fixture_s: Option<f64>,
    /// Files, scopes and xdist groups: how many pieces `loadfile`, `loadscope` and `loadgroup` deal out.
    pub files: u32,
    /// Pieces of `loadscope`.
    pub scopes: u32,
    /// Pieces of `loadgroup`.
    pub groups: u32,
    /// Modes that this run's runner offers, best known first.
    pub modes: Vec<Mode>,
    /// How attempts, gaps and unknown times are treated, sentences for people.
    pub notes: Vec<String>,
}

/// A run of the same tests that was really made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MeasuredPoint {
    /// The run's id.
    pub run: String,
    /// Its name for people.
    pub label: String,
    /// Its mode, where known.
    pub mode: Option<Mode>,
    /// Its workers.
    pub workers: u32,
    /// First start to last stop, seconds.
    pub makespan_s: f64,
    /// The whole session, seconds, where recorded.
    pub session_s: Option<f64>,
    /// What the replay of this very configuration says, from the run that is replayed, seconds.
    pub predicted_s: Option<f64>,
    /// `predicted_s` over `makespan_s`, minus one.
    pub error: Option<f64>,
}

/// How well the replay does where the truth is known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelError {
    /// Error of the replay of the recorded configuration: predicted over recorded, minus one; `None` where mode,
    /// workers or starts are not recorded.
    pub own: Option<f64>,
    /// Largest error, by size, over all measured runs, each predicted from the replayed one.
    pub largest: Option<f64>,
    /// How many runs of the same tests the contention rests on.
    pub runs: u32,
    /// What the contention rests on and what the band means, sentences for people.
    pub explanation: String,
}

/// One prediction.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// The mode.
    pub mode: Mode,
    /// Machines.
    pub shards: u32,
    /// Workers in each.
    pub workers: u32,
    /// First start to last stop, seconds.
    pub makespan_s: f64,
    /// Lower end of the band that is made to hold nine of ten runs, seconds: see [`ModelError::explanation`].
    pub low_s: f64,
    /// Its upper end, seconds.
    pub high_s: f64,
    /// With start-up before and what comes after, seconds; `None` where those are not known.
    pub session_s: Option<f64>,
    /// No schedule of these pieces on so many workers takes less, seconds.
    pub lower_bound_s: f64,
    /// Time in tests over workers times makespan, 0 to 1.
    pub utilisation: f64,
    /// Workers times session (makespan where no session is known), minutes.
    pub worker_minutes: f64,
    /// That times [`Plan::price_per_minute`].
    pub cost: Option<f64>,
    /// The test that ends last, as [`crate::TestLine::id`].
    pub last_test: Option<String>,
}

/// Where more workers stop paying.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Knee {
    /// Workers.
    pub workers: u32,
    /// Makespan there, seconds.
    pub makespan_s: f64,
    /// Why there: the rule in words.
    pub rule: String,
}

/// Predictions of one mode over workers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// The mode.
    pub mode: Mode,
    /// By workers, ascending; more come in while a sweep goes on.
    pub points: Vec<Point>,
    /// Where more workers stop paying; `None` with fewer than three points.
    pub knee: Option<Knee>,
}

/// One plan beside the run as it was.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WhatIf {
    /// The plan's prediction.
    pub point: Point,
    /// The recorded configuration as the same model replays it: what a gain counts from. `None` where the run's
    /// workers are not known.
    pub before: Option<Point>,
    /// Seconds that the plan saves of the makespan, `before` minus `point`.
    pub gain_s: Option<f64>,
    /// The same at the ends of the band: the least and the most that it saves, seconds.
    pub gain_low_s: Option<f64>,
    /// The most that it saves, seconds.
    pub gain_high_s: Option<f64>,
    /// Identities in the plan that this run does not have.
    pub unknown_tests: Vec<String>,
    /// What limits it now: the test or group that no worker can share, with its seconds.
    pub limited_by: Option<(String, f64)>,
}

/// Kinds of files to take home.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TakeHomeKind {
    /// The pytest command line.
    PytestCommand,
    /// `pytest.ini` lines.
    PytestIni,
    /// Node ids, slowest first, one a line.
    NodeIds,
    /// A `conftest.py` that runs slow tests first.
    ConftestSlowFirst,
    /// A `conftest.py` that gives long modules an `xdist_group`.
    ConftestGroups,
    /// pytest-split's `.test_durations`.
    TestDurations,
    /// A GitHub matrix of balanced shards, JSON.
    GithubMatrix,
    /// nextest overrides, TOML.
    NextestToml,
    /// Playwright's `--shard` lines with what each takes.
    PlaywrightShards,
}

impl TakeHomeKind {
    /// All kinds.
    pub const ALL: [Self; 9] = [
        Self::PytestCommand,
        Self::PytestIni,
        Self::NodeIds,
        Self::ConftestSlowFirst,
        Self::ConftestGroups,
        Self::TestDurations,
        Self::GithubMatrix,
        Self::NextestToml,
        Self::PlaywrightShards,
    ];
}

/// A file to take home, with what it promises.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TakeHome {
    /// What it is.
    pub kind: TakeHomeKind,
    /// Name to save it under.
    pub name: String,
    /// Its media type.
    pub mime: String,
    /// Its text.
    pub text: String,
    /// How to use it, one or two sentences.
    pub how: String,
    /// Makespan that the replay sees without it, seconds; `None` where the run's configuration is not known.
    pub from_s: Option<f64>,
    /// Makespan that the replay sees with it, seconds; `None` where it changes no schedule by itself.
    pub to_s: Option<f64>,
}

/// The schema that [`Replay::schema`] carries.
pub const REPLAY_SCHEMA: &str = "lanescope.replay/1";

/// Everything that `lanescope replay --json` prints.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Replay {
    /// [`REPLAY_SCHEMA`].
    pub schema: String,
    /// The run that is replayed.
    pub run: String,
    /// The run as it was recorded; `None` where its times are not.
    pub measured: Option<ReplayMeasured>,
    /// How well the model does on what was measured.
    pub model: ModelError,
    /// The predictions, mode by mode, workers ascending.
    pub results: Vec<ReplayResult>,
}

/// The run as it was recorded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReplayMeasured {
    /// Mode; `None` where it is not known.
    pub mode: Option<String>,
    /// Workers; `None` where they are not known.
    pub workers: Option<u32>,
    /// First start to last stop, seconds; `None` where no starts are recorded.
    pub makespan_s: Option<f64>,
    /// The replay of the same configuration, seconds.
    pub predicted_s: Option<f64>,
}

/// One prediction, as the command line prints it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReplayResult {
    /// Mode.
    pub mode: String,
    /// Workers; shards for the mode `shards`.
    pub workers: u32,
    /// First start to last stop, seconds.
    pub makespan_s: f64,
    /// Lower end of the band that is made to hold nine of ten runs, seconds.
    pub low_s: f64,
    /// Its upper end, seconds.
    pub high_s: f64,
    /// No schedule of these pieces on so many workers takes less, seconds.
    pub lower_bound_s: f64,
    /// Time in tests over workers times makespan, 0 to 1.
    pub utilisation: f64,
    /// The test that ends last.
    pub last_test: Option<String>,
}

//! What a timeline tells beyond its bars: where the workers' time went, what holds the end up, time-outs, exports.

use serde::{Deserialize, Serialize};

use crate::{Provenance, TestLine, TimelineRequest};

/// A part of the workers' time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartKey {
    /// In the bodies of the tests' last attempts; all their time where no file tells phases apart.
    Call,
    /// In their setup.
    Setup,
    /// In their teardown.
    Teardown,
    /// In attempts after which another attempt of the same test followed, all phases.
    Retries,
    /// From the start of the session to each worker's first test.
    StartUp,
    /// Between tests on one worker.
    Gap,
    /// From each worker's last stop to the last stop of all.
    Tail,
    /// From the last stop of all to the end of the session.
    After,
}

impl PartKey {
    /// All parts, in the order of a worker's life.
    pub const ALL: [Self; 8] =
        [Self::StartUp, Self::Setup, Self::Call, Self::Teardown, Self::Retries, Self::Gap, Self::Tail, Self::After];

    /// The word used in the interface, as in `breakdown_s`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Setup => "setup",
            Self::Teardown => "teardown",
            Self::Retries => "retries",
            Self::StartUp => "start_up",
            Self::Gap => "gap",
            Self::Tail => "tail",
            Self::After => "after",
        }
    }
}

/// One part of the workers' time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WaterfallPart {
    /// Which part.
    pub key: PartKey,
    /// Seconds over all workers; `None` where no file tells.
    pub seconds: Option<f64>,
    /// Share of the whole, 0 to 1.
    pub share: Option<f64>,
    /// How many bars or holes it is made of; what [`crate::Request::Pieces`] lists. `None` where not known one by one.
    pub pieces: Option<u32>,
    /// How it is known.
    pub provenance: Provenance,
    /// What it is, one sentence.
    pub what: String,
    /// What makes it smaller, one sentence.
    pub reduce: String,
}

/// What a waterfall divides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaterfallOf {
    /// Workers times session.
    Session,
    /// Workers times wall: no session is known.
    Wall,
    /// Nothing: lanes are not recorded. Parts that are known all the same have seconds and no share.
    #[default]
    Unknown,
}

/// Where the workers' time went, without rest: the seconds of the parts sum to `total_s`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Waterfall {
    /// The run's id.
    pub run: String,
    /// What is divided.
    pub of: WaterfallOf,
    /// Workers.
    pub workers: Option<u32>,
    /// The whole, seconds over all workers.
    pub total_s: Option<f64>,
    /// The parts in the order of [`PartKey::ALL`]; always all eight.
    pub parts: Vec<WaterfallPart>,
    /// Which parts are unknown and why, for people; empty where nothing is unknown.
    pub explanation: String,
    /// How to record what is unknown.
    pub how: Option<String>,
    /// Setup by the scope of the fixtures it went to, widest first; empty where no setup is recorded.
    /// The seconds sum to the setup of all attempts (parts `setup` and the retries' share of it).
    pub fixtures: Vec<FixtureScope>,
    /// How the scopes were told apart, one or two sentences; empty where `fixtures` is.
    pub fixtures_note: String,
}

/// How wide a fixture reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FixtureReach {
    /// Once per worker.
    Session,
    /// Once per file on a worker.
    Module,
    /// Once per class on a worker.
    Class,
    /// For every test.
    Function,
}

/// Setup time by scope. Inferred: no report names fixtures, so the provenance is `rebuilt`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FixtureScope {
    /// The scope.
    pub scope: FixtureReach,
    /// Seconds of setup, all workers.
    pub seconds: f64,
    /// How many times it was paid.
    pub times: u32,
    /// How it is known.
    pub provenance: Provenance,
    /// Where most of it was paid: for `session` by worker, for the others by file or class; at most five.
    pub worst: Vec<FixturePlace>,
}

/// Where setup was paid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FixturePlace {
    /// Worker, file or class.
    pub place: String,
    /// Seconds.
    pub seconds: f64,
    /// How many times.
    pub times: u32,
}

/// The bars and holes that a part is made of, longest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pieces {
    /// Which part.
    pub part: PartKey,
    /// How many there are.
    pub total: u32,
    /// First row of this page.
    pub offset: u32,
    /// The rows.
    pub rows: Vec<PieceLine>,
    /// Why there are none, where that is so.
    pub explanation: String,
}

/// A bar, a phase of one, or a hole on a lane.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PieceLine {
    /// Lane that it is on.
    pub lane: String,
    /// Left end, seconds on the timeline. Where only an amount is known, the bar that it lies in.
    pub from_s: f64,
    /// Right end, seconds on the timeline.
    pub to_s: f64,
    /// Seconds that count for the part; not more than its ends are apart.
    pub seconds: f64,
    /// Row of the attempt, where it is a bar or a phase of one.
    pub attempt: Option<u32>,
    /// Its test; for a hole, the test that came next on the lane.
    pub test: Option<TestLine>,
    /// For a hole, the test before it on the lane.
    pub after_test: Option<TestLine>,
    /// What is special about it, for people; may be empty.
    pub note: String,
}

/// What holds the end of a run up.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CriticalEnd {
    /// The run's id.
    pub run: String,
    /// How it is known; `unknown` where no starts are recorded, and then nothing else is told.
    pub provenance: Provenance,
    /// Why nothing (or not all) is told, for people; empty otherwise.
    pub explanation: String,
    /// First start to last stop, seconds.
    pub wall_s: Option<f64>,
    /// When the first worker had nothing more to do, seconds on the timeline.
    pub drain_s: Option<f64>,
    /// Idle worker-seconds from then on, all lanes.
    pub idle_s: Option<f64>,
    /// The last tests to finish, latest first; at most ten.
    pub last: Vec<EndPiece>,
    /// What each lane did after `drain_s`, in order of the lanes.
    pub lanes: Vec<EndLane>,
    /// The test with the most time after `drain_s`.
    pub holder: Option<EndPiece>,
    /// Seconds that the end could come sooner, had the work after `drain_s` been spread evenly. Never more than
    /// `saved_bound_s`.
    pub saved_s: Option<f64>,
    /// Wall minus the lower bound: no schedule of these times on these workers saves more, seconds.
    pub saved_bound_s: Option<f64>,
    /// The bound, seconds: the larger of busy over workers and the longest piece that cannot be split.
    pub bound_s: Option<f64>,
    /// Distribution mode, where known.
    pub dist_mode: Option<String>,
    /// With `worksteal`: tests that no idle worker could take, longest saving first.
    pub unstealable: Vec<Unstealable>,
    /// With `loadscope`, `loadfile` and `loadgroup`: the group that ran last, a piece that cannot be split.
    pub group: Option<EndGroup>,
}

/// An attempt near the end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EndPiece {
    /// The test.
    pub test: TestLine,
    /// Row of the attempt.
    pub attempt: u32,
    /// Its lane.
    pub lane: String,
    /// Start, seconds on the timeline.
    pub from_s: f64,
    /// Stop, seconds on the timeline.
    pub to_s: f64,
    /// Seconds of it after the first worker had nothing more to do.
    pub tail_s: f64,
}

/// A lane near the end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EndLane {
    /// The lane.
    pub lane: String,
    /// Its last stop, seconds on the timeline.
    pub last_s: f64,
    /// Idle seconds after the first worker had nothing more to do.
    pub idle_s: f64,
    /// Seconds in tests after that.
    pub busy_s: f64,
    /// Attempts that ran, at least in part, after that.
    pub attempts: u32,
}

/// A test that stayed in its worker's queue while another worker had nothing to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unstealable {
    /// The test that waited.
    pub piece: EndPiece,
    /// The test that ran before it on the same lane, and held it up.
    pub behind: Option<TestLine>,
    /// When another worker had nothing more to do, seconds on the timeline.
    pub idle_since_s: f64,
    /// Seconds that it waited from then on: what a thief could have saved at most.
    pub waited_s: f64,
    /// Always true: queues are not recorded, this follows from the mode's rule that the last two never move.
    pub inferred: bool,
}

/// A group of tests that must stay on one worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EndGroup {
    /// File, scope or xdist group.
    pub group: String,
    /// Its lane.
    pub lane: String,
    /// First start, seconds on the timeline.
    pub from_s: f64,
    /// Last stop, seconds on the timeline.
    pub to_s: f64,
    /// Seconds in its tests.
    pub seconds: f64,
    /// Its attempts on that lane.
    pub attempts: u32,
    /// Seconds of it after the first worker had nothing more to do.
    pub tail_s: f64,
    /// Whether it alone is longer than the workers' even share.
    pub decides_bound: bool,
}

/// Time-outs of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// The run's id.
    pub run: String,
    /// Seconds that a test may take, where a file tells.
    pub limit_s: Option<f64>,
    /// Where that was found, for people; empty where it was not.
    pub source: String,
    /// Tests that ran into their limit; at most 50.
    pub timed_out: Vec<TestLine>,
    /// How many in all.
    pub timed_out_total: u32,
    /// Tests that took at least 80 % of the limit and were not stopped, nearest first; at most 50.
    pub near: Vec<NearLimit>,
    /// How many in all.
    pub near_total: u32,
}

/// A test near its limit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NearLimit {
    /// The test.
    pub test: TestLine,
    /// Row of the attempt.
    pub attempt: u32,
    /// Its time that counts, seconds.
    pub seconds: f64,
    /// That over the limit; 1 and more where the limit was not enforced.
    pub share: f64,
}

/// What to export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportKind {
    /// The whole run as Chrome trace JSON, for Perfetto, speedscope and `chrome://tracing`.
    #[default]
    ChromeTrace,
    /// One row per attempt.
    LanesCsv,
    /// The visible window as a picture.
    Svg,
}

/// Asks for a file to save. The bytes travel beside [`crate::Answer::Exported`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExportRequest {
    /// The lanes, with the order and workers of the screen.
    pub timeline: TimelineRequest,
    /// What to export.
    pub kind: ExportKind,
    /// Left end of the picture, seconds. The other kinds hold the whole run.
    pub from_s: f64,
    /// Right end of the picture, seconds.
    pub to_s: f64,
    /// Width of the picture, pixels.
    pub width_px: u32,
    /// Height of the picture, pixels; lanes are made as high as fits, and no lower than can be read. 0 lets the
    /// engine choose.
    pub height_px: u32,
    /// Colours of the picture by role, in the order of [`COLOUR_ROLES`], as CSS colours. What is missing, empty or no
    /// plain colour is chosen by the engine.
    pub colours: Vec<String>,
    /// Whether the engine's own colours are those for a dark ground.
    pub dark: bool,
}

/// The roles of [`ExportRequest::colours`], in order; in brackets the page's token.
pub const COLOUR_ROLES: [&str; 16] = [
    "ground",      // --surface
    "lane ground", // --lane-ground
    "text",        // --text
    "faint text",  // --text-2
    "line",        // --line
    "passed",      // --bar-passed
    "failed",      // --bar-failed
    "error",       // --bar-error
    "skipped",     // --bar-skipped
    "xfailed",     // --bar-xfailed
    "xpassed",     // --bar-xpassed
    "unknown",     // --bar-unknown
    "flaky",       // --bar-flaky
    "idle",        // --idle
    "tail",        // --part-tail
    "mark",        // --select: the marks on bars that failed
];

//! Which failures are real: the analysis of a history of runs, as `flaky --json` prints it and the page shows it.
//!
//! Runs are named by their number: their place by start, from 1. Rates count runs, not attempts, and leave out what
//! was set aside. A test is shown with its group before it, where runs have groups.

use serde::{Deserialize, Serialize};

use crate::CompareReport;

/// The schema that [`FlakyReport::schema`] carries.
pub const FLAKY_SCHEMA: &str = "lanescope.flaky/1";

/// What a test's failures come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FlakyClass {
    /// It fails and passes without a change that explains it.
    Flaky,
    /// It fails since a change, in nearly all runs.
    Broken,
    /// It failed in nearly all runs of a stretch, and passes since.
    Fixed,
    /// It passes; failures, if there are any, are of runs that were set aside, or too few to say more.
    #[default]
    Healthy,
    /// It ran too seldom to say anything.
    TooFewRuns,
}

/// What speaks for flakiness, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceKind {
    /// Failed, then passed, within one run.
    Retry,
    /// Passed in one run and failed in another of the same commit.
    SameCommit,
    /// Changes between passing and failing from run to run of a branch, outside of breakages.
    Flips,
}

/// A rate with the interval in which it lies with 95 % probability.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// Failures over runs.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

/// One test of the ranking.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FlakyTest {
    /// Identity, with its group before it where there are groups; parameters that change from run to run are
    /// written as `<uuid>`, `<path>` or `<address>`.
    pub test: String,
    /// What its failures come from.
    pub class: FlakyClass,
    /// What speaks for flakiness, strongest first; empty if nothing does.
    pub evidence: Vec<EvidenceKind>,
    /// Runs in which it passed or failed; skips do not count.
    pub runs: u32,
    /// Of these, runs that it finally failed.
    pub failed_runs: u32,
    /// Runs behind `failure_rate`: those that are left when runs and crashes that were set aside and breakages are out.
    pub counted_runs: u32,
    /// Of these, runs in which an attempt failed (whether or not a retry passed).
    pub counted_failed: u32,
    /// Runs in which it failed and then passed.
    pub retry_runs: u32,
    /// Commits on which it both passed and failed, in runs that were not set aside.
    pub mixed_commits: u32,
    /// Runs in which its worker died under it; set aside.
    pub crashed_runs: u32,
    /// Changes between passing and failing over the runs of a branch; stretches of breakage count nothing.
    pub flips: u32,
    /// Flips over the number of places where there could be one.
    pub flip_rate: Option<f64>,
    /// How often a run has a failing attempt of it.
    pub failure_rate: Option<Rate>,
    /// Probability that it is flaky, 0 to 1, from all evidence.
    pub score: f64,
    /// For `broken` and `fixed`: start of the first run of the failing stretch, RFC 3339.
    pub broken_since: Option<String>,
    /// Number of that run.
    pub broken_from: Option<u32>,
    /// Number of the first run that passed again.
    pub fixed_at: Option<u32>,
    /// The last commit that passed before the stretch.
    pub last_good_commit: Option<String>,
    /// The first commit that failed.
    pub first_bad_commit: Option<String>,
    /// Clean runs since its last failure.
    pub clean_runs: u32,
    /// How many more clean runs it takes to be 95 % sure that it fails in less than 1 % of runs.
    pub clean_needed: u32,
    /// Number of the last run in which it failed.
    pub last_failed: Option<u32>,
    /// Usual time of an attempt, seconds.
    pub median_s: Option<f64>,
    /// What may cause it, most striking first.
    pub suspects: Vec<Suspect>,
}

/// What kind of thing a suspect is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SuspectKind {
    /// A test before it on the same worker, after which it fails.
    Polluter,
    /// A test before it on the same worker, without which it fails.
    StateSetter,
    /// A test that runs at the same time on another worker.
    Overlap,
    /// The worker that it runs on.
    Worker,
    /// Its place in the order of its worker.
    Position,
    /// The time of day at which the run starts (UTC).
    TimeOfDay,
    /// The day of the week, or of the month, on which the run starts (UTC).
    Date,
    /// How many workers the run has.
    WorkerCount,
    /// It ran into a time limit, or near to one.
    Timeout,
    /// Something else about the run: machine, version, branch.
    Environment,
}

/// Something that a test's failures go together with. No proof.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Suspect {
    /// What kind of thing.
    pub kind: SuspectKind,
    /// The other test, where it is one.
    pub test: Option<String>,
    /// What it is, a sentence.
    pub text: String,
    /// Fisher's exact test, one-sided, times the number of suspects of this kind that were tried (Bonferroni).
    pub p_value: f64,
    /// The same before it was multiplied.
    pub raw_p_value: f64,
    /// How many suspects of this kind were tried.
    pub tried: u32,
    /// Runs: with it failed, with it passed, without it failed, without it passed.
    pub table: [u32; 4],
    /// The command that would show it; empty if there is none.
    pub command: String,
}

/// A run of the history.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HistoryRun {
    /// Place by start, from 1.
    pub number: u32,
    /// The run's id.
    pub id: String,
    /// A name for people.
    pub label: String,
    /// Start, RFC 3339 in UTC.
    pub started_at: Option<String>,
    /// Commit.
    pub commit: Option<String>,
    /// Branch.
    pub branch: Option<String>,
    /// Address of the CI run (http or https only).
    pub url: Option<String>,
    /// Tests.
    pub tests: u32,
    /// Tests that finally passed.
    pub passed: u32,
    /// Tests that finally failed, errors among them.
    pub failed: u32,
    /// Of the failed ones, those of the tests that are called flaky.
    pub failed_flaky: u32,
    /// Tests that passed after a failing attempt.
    pub flaky: u32,
    /// Workers.
    pub workers: Option<u32>,
    /// First start to last stop, seconds; the session where no starts are recorded.
    pub wall_s: Option<f64>,
    /// Busy over wall time.
    pub parallelism: Option<f64>,
    /// Why the run was set aside; `None` if it counts.
    pub set_aside: Option<String>,
}

/// What flakiness costs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FlakyCost {
    /// Attempts that were made because one before had failed.
    pub retries: u32,
    /// Time of the workers in them, all runs, seconds; `None` where no file tells.
    pub retry_worker_s: Option<f64>,
    /// The same over each run's parallelism: about how much sooner the runs would have ended (simulated).
    pub retry_wall_s: Option<f64>,
    /// Chance that a run of a clean commit fails because of flaky tests, with 0, 1 and 2 retries of a failed test.
    pub red_chance: [f64; 3],
    /// The shortest list of tests whose repair halves the chance without retries.
    pub halve: Vec<String>,
    /// What that chance would be then.
    pub halved_to: f64,
}

/// Why tests or failures stand together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClusterKind {
    /// These tests fail in the same runs.
    Together,
    /// These failures have the same message when numbers, ids, addresses and paths are masked.
    Message,
}

/// Tests or failures that belong together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cluster {
    /// Why.
    pub kind: ClusterKind,
    /// The masked message, or a sentence about the runs.
    pub text: String,
    /// The tests.
    pub tests: Vec<String>,
    /// Numbers of the runs.
    pub runs: Vec<u32>,
    /// Failing attempts.
    pub attempts: u32,
}

/// A test that takes longer, or less long, from some run on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DurationStep {
    /// The test.
    pub test: String,
    /// Number of the first run with the new time.
    pub from_run: u32,
    /// Its start, RFC 3339.
    pub from_started_at: Option<String>,
    /// Its commit.
    pub from_commit: Option<String>,
    /// Usual time before, seconds.
    pub before_s: f64,
    /// Usual time from then on, seconds.
    pub after_s: f64,
    /// It changed little by little, rather than at this run.
    pub gradual: bool,
}

/// Everything that `lanescope flaky --json` prints.
#[derive(Clone, Debug, Serialize)]
pub struct FlakyReport {
    /// [`FLAKY_SCHEMA`].
    pub schema: String,
    /// How many runs.
    pub runs: u32,
    /// All tests that ever failed, best evidence of flakiness first.
    pub tests: Vec<FlakyTest>,
    /// Tests that became slower.
    pub slower: Vec<DurationStep>,
    /// Tests that became faster.
    pub faster: Vec<DurationStep>,
    /// Tests that fail together, and failures with the same message.
    pub clusters: Vec<Cluster>,
    /// What flakiness costs.
    pub cost: FlakyCost,
    /// The runs, ordered by start.
    pub history: Vec<HistoryRun>,
    /// The definitions applied, in sentences.
    pub rules: Vec<String>,
}

/// What the page shows of a history at first: all but the rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FlakyOverview {
    /// The runs, ordered by start: the trend.
    pub runs: Vec<HistoryRun>,
    /// Tests by class: flaky, broken, fixed, healthy, too few runs.
    pub classes: [u32; 5],
    /// Tests that became slower.
    pub slower: Vec<DurationStep>,
    /// Tests that became faster.
    pub faster: Vec<DurationStep>,
    /// Tests that fail together, and failures with the same message.
    pub clusters: Vec<Cluster>,
    /// What flakiness costs.
    pub cost: FlakyCost,
    /// The definitions applied, in sentences.
    pub rules: Vec<String>,
}

/// A page of the ranking.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FlakyRows {
    /// How many rows fit the question.
    pub total: u32,
    /// First row of this page.
    pub offset: u32,
    /// The rows.
    pub rows: Vec<FlakyTest>,
}

/// An attempt of a test, in one of the runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HistoryAttempt {
    /// Number of the run.
    pub run: u32,
    /// Row of the attempt in that run.
    pub row: u32,
    /// Which attempt of the test it was in the run, from 1.
    pub attempt: u32,
    /// Outcome, as the interface words it.
    pub outcome: String,
    /// Worker, if known.
    pub worker: Option<String>,
    /// Time in it, seconds.
    pub seconds: Option<f64>,
    /// First line of its message; may be empty.
    pub message: String,
    /// Whether it counts for the rates; not if its run, or it, was set aside.
    pub counted: bool,
}

/// The attempts behind one figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EvidenceList {
    /// What they speak for.
    pub kind: EvidenceKind,
    /// What they show, a sentence.
    pub text: String,
    /// Places in [`FlakyDetail::attempts`].
    pub attempts: Vec<u32>,
}

/// A test's own page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FlakyDetail {
    /// Its row of the ranking.
    pub test: FlakyTest,
    /// All its attempts in all runs, by run.
    pub attempts: Vec<HistoryAttempt>,
    /// What speaks for flakiness, each with its attempts.
    pub evidence: Vec<EvidenceList>,
    /// Its change of duration, if there is one.
    pub step: Option<DurationStep>,
    /// Ids under which it stands in the files, where parameters change from run to run; at most ten.
    pub names: Vec<String>,
    /// Markdown for an issue, with the evidence.
    pub issue: String,
}

/// Which tests, and in which order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FlakyRequest {
    /// Only this class.
    pub class: Option<FlakyClass>,
    /// Also the tests that never failed.
    pub all: bool,
    /// Only tests whose identity holds this, in any case; all if empty.
    pub query: String,
    /// First row wanted.
    pub offset: u32,
    /// Rows wanted; at most 2000 are given.
    pub limit: u32,
}

/// A window of the heat map: tests × runs. Rows are those of [`FlakyRequest`], columns all runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HeatMap {
    /// How many rows there are in all.
    pub total: u32,
    /// First row of this window.
    pub offset: u32,
    /// The tests of the rows.
    pub tests: Vec<String>,
    /// How many columns.
    pub runs: u32,
    /// Row by row, a byte a cell: the lowest three bits are the outcome ([`HEAT_OUTCOMES`]), then [`HEAT_RETRIED`],
    /// [`HEAT_SET_ASIDE`], and in the highest three how long it took beside its usual time ([`HEAT_TIMES`]).
    pub cells: Vec<u8>,
}

/// The outcomes of a cell, by their number.
pub const HEAT_OUTCOMES: [&str; 8] =
    ["passed", "failed", "error", "skipped", "xfailed", "xpassed", "unknown", "absent"];
/// In a cell: passed after a failing attempt.
pub const HEAT_RETRIED: u8 = 8;
/// In a cell: the run, or the attempt, was set aside.
pub const HEAT_SET_ASIDE: u8 = 16;
/// Time beside the usual one, by the number in the highest three bits; 0 is unknown.
pub const HEAT_TIMES: [&str; 8] = ["unknown", "under half", "faster", "as usual", "1.5×", "2×", "4×", "6× and more"];

/// What can be taken home.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quarantine {
    /// A file of `--deselect` arguments: `pytest @FILE`.
    PytestDeselect,
    /// A `conftest.py` that marks the tests.
    PytestConftest,
    /// An excludes file for Surefire.
    Surefire,
    /// A filter expression for nextest.
    Nextest,
    /// A pattern for Playwright's `--grep-invert`.
    Playwright,
    /// JSON, for anything else.
    Json,
    /// Markdown for an issue, with the evidence.
    Markdown,
}

/// What the page asks of a history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HistoryRequest {
    /// All but the rows. Answered by [`HistoryAnswer::Overview`].
    Overview,
    /// A page of the ranking.
    Rows(FlakyRequest),
    /// A window of the heat map.
    Heat(FlakyRequest),
    /// A test's own page.
    Test {
        /// The test, as in [`FlakyTest::test`].
        test: String,
    },
    /// Two runs beside each other.
    Compare {
        /// Id of the run before.
        base: String,
        /// Id of the run after.
        head: String,
    },
    /// A list to save: of these tests, or of all flaky ones.
    Quarantine {
        /// In which form.
        form: Quarantine,
        /// Tests, as in [`FlakyTest::test`]; all flaky ones if empty.
        tests: Vec<String>,
    },
}

/// What it is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HistoryAnswer {
    /// All but the rows.
    Overview(Box<FlakyOverview>),
    /// A page of the ranking.
    Rows(FlakyRows),
    /// A window of the heat map.
    Heat(HeatMap),
    /// A test's own page.
    Test(Box<FlakyDetail>),
    /// Two runs beside each other.
    Compare(Box<CompareReport>),
    /// A file to save.
    Quarantine {
        /// Its name.
        name: String,
        /// What is in it.
        text: String,
    },
    /// Why there is no answer.
    Failed {
        /// A sentence for people.
        text: String,
    },
}

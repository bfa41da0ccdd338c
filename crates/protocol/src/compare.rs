//! What changed between two runs, as `compare --json` prints it and the page shows it.

use serde::{Deserialize, Serialize};

use crate::HistoryRun;

/// The schema that [`CompareReport::schema`] carries.
pub const COMPARE_SCHEMA: &str = "lanescope.compare/1";

/// Two runs beside each other. Tests are named as in [`crate::FlakyTest::test`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CompareReport {
    /// [`COMPARE_SCHEMA`].
    pub schema: String,
    /// The run before.
    pub base: HistoryRun,
    /// The run after.
    pub head: HistoryRun,
    /// Passed before and fails now.
    pub new_failures: Vec<String>,
    /// Failed before and passes now.
    pub fixed: Vec<String>,
    /// Failed before and fails now.
    pub still_failing: Vec<String>,
    /// Only in the run after.
    pub added: Vec<String>,
    /// Only in the run before.
    pub removed: Vec<String>,
    /// Passed after a failing attempt now, and not before.
    pub new_flaky: Vec<String>,
    /// Took longer, by more than the runs as a whole differ.
    pub slower: Vec<TimeChange>,
    /// Took less long, by more than the runs as a whole differ.
    pub faster: Vec<TimeChange>,
    /// First start to last stop, seconds.
    pub wall_s: BeforeAfter,
    /// Busy over wall time.
    pub parallelism: BeforeAfter,
    /// How much longer the tests of both took as a whole: the middle of all their ratios. Slower and faster are
    /// measured against it.
    pub usual_factor: Option<f64>,
    /// Tests that were matched although their ids differ, in parameters that change from run to run.
    pub renamed: Vec<Renamed>,
    /// Tests of both.
    pub shared: u32,
}

/// A test whose time changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimeChange {
    /// The test.
    pub test: String,
    /// Before, seconds.
    pub before_s: f64,
    /// After, seconds.
    pub after_s: f64,
}

/// A figure of both runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BeforeAfter {
    /// Of the run before.
    pub before: Option<f64>,
    /// Of the run after.
    pub after: Option<f64>,
}

/// Two ids of one test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Renamed {
    /// As it is shown: with `<uuid>`, `<path>` or `<address>` in place of what changes.
    pub test: String,
    /// Its id in the run before.
    pub base: String,
    /// Its id in the run after.
    pub head: String,
}

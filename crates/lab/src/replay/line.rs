//! Tests in a row, with sums, so that running a stretch of them is one subtraction.

use super::tests_table::{TestTable, at};

/// Longest time that a test or fixture may count, microseconds: so that sums of a million never overflow.
const MOST_US: i64 = 4_000_000_000_000;

/// Tests in the order in which they are dealt out. Places on the line are numbers from 0.
pub(crate) struct Line<'a> {
    tests: &'a TestTable,
    rows: &'a [u32],
    /// Time up to each place, when one worker runs all of the line: gaps and shared setup included.
    sum: Vec<i64>,
    gap_us: i64,
    restart_us: i64,
    /// What times are multiplied by; `None` for 1.
    inflation: Option<f64>,
    /// No file or scope has a setup of its own, and no worker starts anew between two tests.
    plain: bool,
    /// Times are those of the run, whoever set up what.
    whole: bool,
}

impl<'a> Line<'a> {
    pub(crate) fn new(tests: &'a TestTable, rows: &'a [u32], gap_us: i64, restart_us: i64, inflation: f64) -> Self {
        Self::with(tests, rows, gap_us, restart_us, inflation, false)
    }

    /// A line on which every test takes what it took in the run, wherever it runs.
    pub(crate) fn whole(tests: &'a TestTable, rows: &'a [u32], gap_us: i64, inflation: f64) -> Self {
        Self::with(tests, rows, gap_us, 0, inflation, true)
    }

    fn with(tests: &'a TestTable, rows: &'a [u32], gap_us: i64, restart_us: i64, inflation: f64, whole: bool) -> Self {
        let restarts = restart_us > 0 && tests.ends_bad.iter().any(|&bad| bad);
        let plain = whole || !restarts && tests.file_us.iter().chain(&tests.scope_us).all(|&us| us <= 0);
        let gap_us = gap_us.clamp(0, MOST_US);
        let inflation = Some(inflation).filter(|by| by.is_finite() && *by > 0.0 && (by - 1.0).abs() > 1e-9);
        let (restart_us, sum) = (restart_us.max(0), Vec::with_capacity(rows.len() + 1));
        let mut line = Self { tests, rows, sum, gap_us, restart_us, inflation, plain, whole };
        let mut sum = 0_i64;
        line.sum.push(0);
        for place in 0..rows.len() as u32 {
            let before = place.checked_sub(1);
            sum = sum.saturating_add(gap_us + line.enter_us(before, place) + line.alone_us(place));
            line.sum.push(sum);
        }
        line
    }

    pub(crate) fn len(&self) -> u32 {
        self.rows.len() as u32
    }

    pub(crate) fn row(&self, place: u32) -> u32 {
        at(self.rows, place)
    }

    pub(crate) fn gap_us(&self) -> i64 {
        self.gap_us
    }

    fn inflated(&self, us: i64) -> i64 {
        self.inflation.map_or(us, |by| (us as f64 * by).round() as i64).clamp(0, MOST_US)
    }

    fn session_us(&self) -> i64 {
        if self.whole { 0 } else { self.inflated(self.tests.session_us) }
    }

    /// The test by itself.
    fn alone_us(&self, place: u32) -> i64 {
        let row = self.row(place);
        let us = self.inflated(if self.whole { self.tests.whole(row) } else { at(&self.tests.us, row) });
        let us = us.saturating_add(at(&self.tests.waits_us, row)).clamp(0, MOST_US);
        if self.restart_us == 0 {
            return us;
        }
        us.saturating_add(i64::from(at(&self.tests.failures, row)).saturating_mul(self.restart_us)).min(MOST_US)
    }

    /// What the test that follows that at `before` waits for a new worker: one that failed last leaves none behind.
    pub(crate) fn waits_us(&self, before: Option<u32>) -> i64 {
        let ended_bad = !self.whole && before.is_some_and(|place| at(&self.tests.ends_bad, self.row(place)));
        if ended_bad { self.restart_us.min(MOST_US) } else { 0 }
    }

    /// What it waits for and sets up for others after the test at `before`.
    fn enter_us(&self, before: Option<u32>, place: u32) -> i64 {
        if self.plain {
            return 0;
        }
        let row = self.row(place);
        let (file, scope) = (at(&self.tests.file, row), at(&self.tests.scope, row));
        let last = before.map(|place| self.row(place));
        let mut us = self.waits_us(before);
        if last.is_none_or(|last| at(&self.tests.file, last) != file) {
            us += self.inflated(at(&self.tests.file_us, file));
        }
        if last.is_none_or(|last| at(&self.tests.scope, last) != scope) {
            us += self.inflated(at(&self.tests.scope_us, scope));
        }
        us
    }

    /// What differs when the stretch from `place` on is run after `before` and not after its neighbour.
    fn turn_us(&self, before: Option<u32>, place: u32) -> i64 {
        let neighbour = place.checked_sub(1);
        let mut us = 0;
        if before != neighbour {
            us = self.enter_us(before, place) - self.enter_us(neighbour, place);
        }
        if before.is_none() {
            us += self.session_us() - self.gap_us;
        }
        us
    }

    /// Time to run the stretch `from..to` after the test at `before`.
    pub(crate) fn run_us(&self, before: Option<u32>, from: u32, to: u32) -> i64 {
        if to <= from {
            return 0;
        }
        (at(&self.sum, to) - at(&self.sum, from)).saturating_add(self.turn_us(before, from))
    }

    /// How many tests of the stretch are over within `us`; those that end exactly then count if `inclusive`.
    pub(crate) fn done_within(&self, before: Option<u32>, from: u32, to: u32, us: i64, inclusive: bool) -> u32 {
        if to <= from {
            return 0;
        }
        let limit = us.saturating_add(at(&self.sum, from)).saturating_sub(self.turn_us(before, from));
        let ends = self.sum.get(from as usize + 1..=to as usize).unwrap_or_default();
        ends.partition_point(|&end| if inclusive { end <= limit } else { end < limit }) as u32
    }

    /// Time that the runner itself sees in the test at `place`, run after `before`.
    pub(crate) fn seen_us(&self, before: Option<u32>, place: u32) -> i64 {
        let session = if before.is_none() { self.session_us() } else { 0 };
        self.alone_us(place) + self.enter_us(before, place) + session
    }
}

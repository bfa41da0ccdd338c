//! The tests that a replay deals out, as columns.

/// Tests in the order in which the runner has them, one row each. Columns that are shorter than `us` count as 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TestTable {
    /// Time of the test without what it sets up for others, microseconds.
    pub us: Vec<i64>,
    /// Time of the test as it was, with what it set up for others, microseconds; where empty, that of `us`.
    pub whole_us: Vec<i64>,
    /// Its file, by number.
    pub file: Vec<u32>,
    /// Its scope (node id up to the last `::`), by number.
    pub scope: Vec<u32>,
    /// Its piece under `loadgroup`, by number; a test of no group is a piece of its own.
    pub group: Vec<u32>,
    /// What its worker waited between its attempts (a delay, a new worker), microseconds; beside `us`.
    pub waits_us: Vec<i64>,
    /// Failed attempts that another one followed, where `waits_us` does not hold what lay between.
    pub failures: Vec<u32>,
    /// Whether the last attempt failed: the next test on its worker waits for a new one (Playwright).
    pub ends_bad: Vec<bool>,
    /// Priority, highest first (nextest).
    pub priority: Vec<i32>,
    /// The row of [`super::Work`] that it is (or is a part of).
    pub row: Vec<u32>,
    /// What the first test on each worker sets up for the whole session, microseconds.
    pub session_us: i64,
    /// What a worker that enters a file sets up for it, microseconds, by file.
    pub file_us: Vec<i64>,
    /// What a worker that enters a scope sets up for it, microseconds, by scope.
    pub scope_us: Vec<i64>,
}

/// A value of a column; 0 where it has none.
pub(crate) fn at<T: Copy + Default>(column: &[T], row: u32) -> T {
    column.get(row as usize).copied().unwrap_or_default()
}

impl TestTable {
    /// How many tests there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.us.len()
    }

    /// Whether there is no test.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.us.is_empty()
    }

    /// Time of a row as it was, with what it set up for others, microseconds.
    #[must_use]
    pub fn whole(&self, row: u32) -> i64 {
        self.whole_us.get(row as usize).copied().unwrap_or_else(|| at(&self.us, row))
    }

    /// Time in the tests without what they set up for others, microseconds.
    #[must_use]
    pub fn busy_us(&self) -> i64 {
        self.us.iter().fold(0_i64, |sum, us| sum.saturating_add(*us))
    }
}

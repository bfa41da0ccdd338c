//! The columns of tests and attempts.

use std::fmt::Debug;
use std::ops::Deref;

use crate::{AttemptId, AttemptRow, GroupId, Outcome, StrId, TestId, TextId, WorkerId};

/// Stands for "unknown" in a column of times.
const NO_TIME: i64 = i64::MIN;

/// How columns are kept.
pub trait Columns {
    /// A column.
    type Of<T: Clone + Debug>: Deref<Target = [T]> + Clone + Debug + Default;
}

/// Columns of a run: as long as they are, and a third smaller than a vector in themselves, since there are runs of a
/// hundred thousand files with a row each.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fixed;

impl Columns for Fixed {
    type Of<T: Clone + Debug> = Box<[T]>;
}

/// Columns of a run that is being built.
#[derive(Clone, Copy, Debug, Default)]
pub struct Growing;

impl Columns for Growing {
    type Of<T: Clone + Debug> = Vec<T>;
}

/// The columns of numbers that [`Tests`] have, in the order in which they are encoded.
pub(crate) mod of_test {
    /// Full identity inside the group, such as `tests/test_a.py::TestX::test_y[1]`.
    pub(crate) const ID: usize = 0;
    /// Source file.
    pub(crate) const FILE: usize = 1;
    /// Markers, joined by one space; interned, since whole modules share them.
    pub(crate) const MARKERS: usize = 2;
    pub(crate) const GROUP: usize = 3;
    /// Byte in the identity at which the name (with parameters) starts; the suite path stands before it.
    pub(crate) const NAME_AT: usize = 4;
    /// Line in the source file, counted from 1.
    pub(crate) const LINE: usize = 5;
    /// The first attempt, and as one more row the number of all.
    pub(crate) const FIRST_ATTEMPT: usize = 6;
    /// What stands for "unknown" in each.
    pub(crate) const UNKNOWN: [u32; 7] = [u32::MAX, 0, 0, u32::MAX, 0, 0, 0];
}

/// The columns of numbers that [`Attempts`] have, in the order in which they are encoded: of ids, and of times.
pub(crate) mod of_attempt {
    pub(crate) const TEST: usize = 0;
    pub(crate) const WORKER: usize = 1;
    pub(crate) const TEXT: usize = 2;
    pub(crate) const START: usize = 0;
    pub(crate) const STOP: usize = 1;
    pub(crate) const TOTAL: usize = 2;
    pub(crate) const SETUP: usize = 3;
    pub(crate) const TEARDOWN: usize = 4;
}

/// Tests of a run, one row each (a column that tells nothing of any has no rows), in the order in which the files first name them.
#[derive(Clone, Debug, Default)]
pub struct Tests<C: Columns = Fixed> {
    pub(crate) numbers: [C::Of<u32>; 7],
    pub(crate) outcome: C::Of<Outcome>,
    pub(crate) flaky: C::Of<bool>,
}

impl<C: Columns> Tests<C> {
    /// How many tests there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.numbers[of_test::ID].len()
    }

    /// Whether there is no test.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All ids, in order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = TestId> + ExactSizeIterator + Clone + use<C> {
        (0..self.len() as u32).map(TestId)
    }

    /// Full identity inside the group.
    #[must_use]
    pub fn id(&self, test: TestId) -> StrId {
        StrId(self.numbers[of_test::ID].get(test.index()).copied().unwrap_or(0))
    }

    /// Byte in the identity at which the name starts.
    #[must_use]
    pub fn name_at(&self, test: TestId) -> usize {
        self.numbers[of_test::NAME_AT].get(test.index()).copied().unwrap_or(0) as usize
    }

    /// Source file, if known.
    #[must_use]
    pub fn file(&self, test: TestId) -> Option<StrId> {
        self.numbers[of_test::FILE].get(test.index()).copied().filter(|&id| id != 0).map(StrId)
    }

    /// Line in the source file, counted from 1, if known.
    #[must_use]
    pub fn line(&self, test: TestId) -> Option<u32> {
        self.numbers[of_test::LINE].get(test.index()).copied().filter(|&line| line > 0)
    }

    /// The group that it belongs to, if the run has groups.
    #[must_use]
    pub fn group(&self, test: TestId) -> Option<GroupId> {
        self.numbers[of_test::GROUP].get(test.index()).and_then(|&id| GroupId(id).some())
    }

    /// Markers, joined by one space; the empty string if none are known.
    #[must_use]
    pub fn markers(&self, test: TestId) -> StrId {
        StrId(self.numbers[of_test::MARKERS].get(test.index()).copied().unwrap_or(0))
    }

    /// Its attempts, in order of execution.
    pub fn attempts(
        &self,
        test: TestId,
    ) -> impl DoubleEndedIterator<Item = AttemptId> + ExactSizeIterator + Clone + use<C> {
        let firsts = &self.numbers[of_test::FIRST_ATTEMPT];
        let first = firsts.get(test.index()).copied().unwrap_or(0);
        let end = firsts.get(test.index() + 1).copied().unwrap_or(first);
        (first..end).map(AttemptId)
    }

    /// Final outcome, from the attempts in order.
    #[must_use]
    pub fn outcome(&self, test: TestId) -> Outcome {
        self.outcome.get(test.index()).copied().unwrap_or_default()
    }

    /// Whether it finally passed after at least one failing attempt.
    #[must_use]
    pub fn is_flaky(&self, test: TestId) -> bool {
        self.flaky.get(test.index()).copied().unwrap_or(false)
    }

    /// Memory in use, in bytes.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        let numbers: usize = self.numbers.iter().map(|column| column.len()).sum();
        numbers * size_of::<u32>() + self.outcome.len() * size_of::<Outcome>() + self.flaky.len()
    }
}

impl Tests<Growing> {
    /// Sets a number of a test that there is.
    #[inline]
    pub(crate) fn set(&mut self, test: TestId, column: usize, value: u32) {
        let is_there = test.index() < self.len();
        if let (true, Some(to), Some(&unknown)) = (is_there, self.numbers.get_mut(column), of_test::UNKNOWN.get(column))
        {
            put(to, test.index(), value, unknown);
        }
    }

    /// Ends the columns. Those of attempts and outcomes are still missing.
    pub(crate) fn end(mut self) -> Tests {
        let (rows, mut tests) = (self.len(), Tests::default());
        end(&mut self.numbers, rows, &of_test::UNKNOWN, &mut tests.numbers);
        tests
    }
}

/// Attempts of a run, one row each (a column that tells nothing of any has no rows); those of one test stand together, in order of execution.
#[derive(Clone, Debug, Default)]
pub struct Attempts<C: Columns = Fixed> {
    pub(crate) ids: [C::Of<u32>; 3],
    pub(crate) times: [C::Of<i64>; 5],
    pub(crate) outcome: C::Of<Outcome>,
}

/// Sets the value of a row in a column that is being built and in which `unknown` stands for what no file tells. Rows at
/// its end that tell nothing are not there yet: most reports never fill half of the columns, and a million rows of
/// nothing take as long to write as a million of something.
#[inline]
pub(crate) fn put<T: Copy + PartialEq>(column: &mut Vec<T>, row: usize, value: T, unknown: T) {
    if row == column.len() {
        if value != unknown {
            column.push(value);
        }
    } else if row < column.len() || value != unknown {
        store(column, row, value, unknown);
    }
}

#[inline(never)]
fn store<T: Copy>(column: &mut Vec<T>, row: usize, value: T, unknown: T) {
    while column.len() <= row {
        column.push(unknown);
    }
    if let Some(slot) = column.get_mut(row) {
        *slot = value;
    }
}

/// Ends columns that [`put`] built, of `rows` rows: where none told anything there is no column, and otherwise all are.
#[inline(never)]
fn end<T: Copy>(from: &mut [Vec<T>], rows: usize, unknown: &[T], to: &mut [Box<[T]>]) {
    for ((from, &unknown), to) in from.iter_mut().zip(unknown).zip(to) {
        if (1..rows).contains(&from.len()) {
            store(from, rows - 1, unknown, unknown);
        }
        *to = std::mem::take(from).into();
    }
}

impl<C: Columns> Attempts<C> {
    /// How many attempts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids[of_attempt::TEST].len()
    }

    /// Whether there is no attempt.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All ids, in order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = AttemptId> + ExactSizeIterator + Clone + use<C> {
        (0..self.len() as u32).map(AttemptId)
    }

    /// The test that it executed.
    #[must_use]
    pub fn test(&self, attempt: AttemptId) -> TestId {
        self.ids[of_attempt::TEST].get(attempt.index()).map_or(TestId::NONE, |&id| TestId(id))
    }

    /// The worker that it ran on, if known.
    #[must_use]
    pub fn worker(&self, attempt: AttemptId) -> Option<WorkerId> {
        self.ids[of_attempt::WORKER].get(attempt.index()).and_then(|&id| WorkerId(id).some())
    }

    /// Its texts, if it has any.
    #[must_use]
    pub fn text(&self, attempt: AttemptId) -> Option<TextId> {
        self.ids[of_attempt::TEXT].get(attempt.index()).and_then(|&id| TextId(id).some())
    }

    /// When it started: microseconds since the Unix epoch, if recorded.
    #[must_use]
    pub fn start_us(&self, attempt: AttemptId) -> Option<i64> {
        known(self.times[of_attempt::START].get(attempt.index()))
    }

    /// When it stopped, after its teardown: microseconds since the Unix epoch, if recorded.
    #[must_use]
    pub fn stop_us(&self, attempt: AttemptId) -> Option<i64> {
        known(self.times[of_attempt::STOP].get(attempt.index()))
    }

    /// Time spent in it: setup, call and teardown, in microseconds.
    #[must_use]
    pub fn total_us(&self, attempt: AttemptId) -> Option<i64> {
        known(self.times[of_attempt::TOTAL].get(attempt.index()))
    }

    /// Time in setup, in microseconds, where the file tells phases apart.
    #[must_use]
    pub fn setup_us(&self, attempt: AttemptId) -> Option<i64> {
        known(self.times[of_attempt::SETUP].get(attempt.index()))
    }

    /// Time in teardown, in microseconds, where the file tells phases apart.
    #[must_use]
    pub fn teardown_us(&self, attempt: AttemptId) -> Option<i64> {
        known(self.times[of_attempt::TEARDOWN].get(attempt.index()))
    }

    /// Time in the test's body, in microseconds: the total without setup and teardown, where phases are told apart.
    #[must_use]
    pub fn call_us(&self, attempt: AttemptId) -> Option<i64> {
        let rest = self.setup_us(attempt)?.checked_add(self.teardown_us(attempt)?)?;
        self.total_us(attempt)?.checked_sub(rest).map(|us| us.max(0))
    }

    /// What became of it.
    #[must_use]
    pub fn outcome(&self, attempt: AttemptId) -> Outcome {
        self.outcome.get(attempt.index()).copied().unwrap_or_default()
    }

    /// What is known of it, all but its texts, as of an attempt of `test`.
    pub(crate) fn row(&self, attempt: AttemptId, test: TestId) -> AttemptRow {
        AttemptRow {
            test,
            worker: self.worker(attempt),
            start_us: self.start_us(attempt),
            stop_us: self.stop_us(attempt),
            total_us: self.total_us(attempt),
            setup_us: self.setup_us(attempt),
            teardown_us: self.teardown_us(attempt),
            outcome: self.outcome(attempt),
        }
    }

    /// Memory in use, in bytes.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        let ids: usize = self.ids.iter().map(|column| column.len()).sum();
        let times: usize = self.times.iter().map(|column| column.len()).sum();
        ids * size_of::<u32>() + times * size_of::<i64>() + self.outcome.len() * size_of::<Outcome>()
    }
}

impl Attempts<Growing> {
    /// Replaces what is known of an attempt, but not its test.
    #[inline]
    pub(crate) fn set(&mut self, attempt: AttemptId, row: &AttemptRow) {
        let i = attempt.index();
        let Some(outcome) = self.outcome.get_mut(i) else { return };
        *outcome = row.outcome;
        put(&mut self.ids[of_attempt::WORKER], i, row.worker.unwrap_or(WorkerId::NONE).0, u32::MAX);
        let [start, stop, total, setup, teardown] = &mut self.times;
        put(start, i, row.start_us.unwrap_or(NO_TIME), NO_TIME);
        put(stop, i, row.stop_us.unwrap_or(NO_TIME), NO_TIME);
        put(total, i, row.total_us.unwrap_or(NO_TIME), NO_TIME);
        put(setup, i, row.setup_us.unwrap_or(NO_TIME), NO_TIME);
        put(teardown, i, row.teardown_us.unwrap_or(NO_TIME), NO_TIME);
    }

    /// Ends the columns.
    pub(crate) fn end(mut self) -> Attempts {
        let rows = self.len();
        let mut attempts = Attempts { outcome: self.outcome.into(), ..Attempts::default() };
        end(&mut self.ids, rows, &[u32::MAX; 3], &mut attempts.ids);
        end(&mut self.times, rows, &[NO_TIME; 5], &mut attempts.times);
        attempts
    }
}

impl Attempts {
    /// Its rows in another order: for each place the row that stands there.
    pub(crate) fn permuted(&self, order: &[u32]) -> Self {
        let mut to = Self { outcome: permuted(&self.outcome, order), ..Self::default() };
        permute(&self.ids, order, &mut to.ids);
        permute(&self.times, order, &mut to.times);
        to
    }
}

#[inline(never)]
fn permute<T: Copy>(from: &[Box<[T]>], order: &[u32], to: &mut [Box<[T]>]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = permuted(from, order);
    }
}

fn permuted<T: Copy>(from: &[T], order: &[u32]) -> Box<[T]> {
    let mut to = Vec::with_capacity(from.len());
    for &i in order {
        if let Some(&value) = from.get(i as usize) {
            to.push(value);
        }
    }
    to.into()
}

fn known(us: Option<&i64>) -> Option<i64> {
    us.copied().filter(|&us| us != NO_TIME)
}

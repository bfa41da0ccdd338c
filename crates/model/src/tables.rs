//! The columns of tests and attempts.

use crate::{AttemptId, GroupId, Outcome, StrId, TestId, TextId, WorkerId};

/// Stands for "unknown" in a column of times.
pub(crate) const NO_TIME: i64 = i64::MIN;

fn known(us: Option<&i64>) -> Option<i64> {
    us.copied().filter(|&us| us != NO_TIME)
}

/// Tests of a run, one row each (a column that tells nothing of any has no rows), in the order in which the files first name them.
#[derive(Clone, Debug, Default)]
pub struct Tests {
    /// Full identity inside the group, such as `tests/test_a.py::TestX::test_y[1]`.
    pub(crate) id: Vec<StrId>,
    /// Byte in the identity at which the name (with parameters) starts; the suite path stands before it.
    pub(crate) name_at: Vec<u32>,
    pub(crate) file: Vec<StrId>,
    pub(crate) line: Vec<u32>,
    pub(crate) group: Vec<GroupId>,
    /// Markers, joined by one space; interned, since whole modules share them.
    pub(crate) markers: Vec<StrId>,
    pub(crate) first_attempt: Vec<u32>,
    pub(crate) outcome: Vec<Outcome>,
    pub(crate) flaky: Vec<bool>,
}

impl Tests {
    /// How many tests there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.id.len()
    }

    /// Whether there is no test.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.id.is_empty()
    }

    /// All ids, in order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = TestId> + ExactSizeIterator + Clone + use<> {
        (0..self.id.len() as u32).map(TestId)
    }

    /// Full identity inside the group.
    #[must_use]
    pub fn id(&self, test: TestId) -> StrId {
        self.id.get(test.index()).copied().unwrap_or(StrId(0))
    }

    /// Byte in the identity at which the name starts.
    #[must_use]
    pub fn name_at(&self, test: TestId) -> usize {
        self.name_at.get(test.index()).copied().unwrap_or(0) as usize
    }

    /// Source file, if known.
    #[must_use]
    pub fn file(&self, test: TestId) -> Option<StrId> {
        self.file.get(test.index()).copied().filter(|&s| s != StrId(0))
    }

    /// Line in the source file, counted from 1, if known.
    #[must_use]
    pub fn line(&self, test: TestId) -> Option<u32> {
        self.line.get(test.index()).copied().filter(|&line| line > 0)
    }

    /// The group that it belongs to, if the run has groups.
    #[must_use]
    pub fn group(&self, test: TestId) -> Option<GroupId> {
        self.group.get(test.index()).copied().and_then(GroupId::some)
    }

    /// Markers, joined by one space; the empty string if none are known.
    #[must_use]
    pub fn markers(&self, test: TestId) -> StrId {
        self.markers.get(test.index()).copied().unwrap_or(StrId(0))
    }

    /// Its attempts, in order of execution.
    pub fn attempts(
        &self,
        test: TestId,
    ) -> impl DoubleEndedIterator<Item = AttemptId> + ExactSizeIterator + Clone + use<> {
        let first = self.first_attempt.get(test.index()).copied().unwrap_or(0);
        let end = self.first_attempt.get(test.index() + 1).copied().unwrap_or(first);
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
        self.id.capacity() * size_of::<StrId>()
            + self.name_at.capacity() * size_of::<u32>()
            + self.file.capacity() * size_of::<StrId>()
            + self.line.capacity() * size_of::<u32>()
            + self.group.capacity() * size_of::<GroupId>()
            + self.markers.capacity() * size_of::<StrId>()
            + self.first_attempt.capacity() * size_of::<u32>()
            + self.outcome.capacity() * size_of::<Outcome>()
            + self.flaky.capacity()
    }
}

/// Attempts of a run, one row each (a column that tells nothing of any has no rows); those of one test stand together, in order of execution.
#[derive(Clone, Debug, Default)]
pub struct Attempts {
    pub(crate) test: Vec<TestId>,
    pub(crate) worker: Vec<WorkerId>,
    pub(crate) text: Vec<TextId>,
    pub(crate) start_us: Vec<i64>,
    pub(crate) stop_us: Vec<i64>,
    pub(crate) total_us: Vec<i64>,
    pub(crate) setup_us: Vec<i64>,
    pub(crate) teardown_us: Vec<i64>,
    pub(crate) outcome: Vec<Outcome>,
}

/// Gives back the room that a column grew in.
#[inline(never)]
pub(crate) fn fit<T>(column: &mut Vec<T>) {
    column.shrink_to_fit();
}

/// [`fit`] of a column in which `none` stands for what no file tells: if none tells anything, there is no column.
#[inline(never)]
pub(crate) fn fit_known<T: PartialEq>(column: &mut Vec<T>, none: &T) {
    if column.iter().all(|value| value == none) {
        *column = Vec::new();
    }
    column.shrink_to_fit();
}

impl Attempts {
    /// Gives back the room that the columns grew in.
    pub(crate) fn shrink(&mut self) {
        fit(&mut self.test);
        fit_known(&mut self.worker, &WorkerId::NONE);
        fit_known(&mut self.text, &TextId::NONE);
        fit(&mut self.outcome);
        let times = [&mut self.start_us, &mut self.stop_us, &mut self.total_us, &mut self.setup_us];
        for column in times.into_iter().chain([&mut self.teardown_us]) {
            fit_known(column, &NO_TIME);
        }
    }

    /// How many attempts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.test.len()
    }

    /// Whether there is no attempt.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.test.is_empty()
    }

    /// All ids, in order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = AttemptId> + ExactSizeIterator + Clone + use<> {
        (0..self.test.len() as u32).map(AttemptId)
    }

    /// The test that it executed.
    #[must_use]
    pub fn test(&self, attempt: AttemptId) -> TestId {
        self.test.get(attempt.index()).copied().unwrap_or(TestId::NONE)
    }

    /// The worker that it ran on, if known.
    #[must_use]
    pub fn worker(&self, attempt: AttemptId) -> Option<WorkerId> {
        self.worker.get(attempt.index()).copied().and_then(WorkerId::some)
    }

    /// Its texts, if it has any.
    #[must_use]
    pub fn text(&self, attempt: AttemptId) -> Option<TextId> {
        self.text.get(attempt.index()).copied().and_then(TextId::some)
    }

    /// When it started: microseconds since the Unix epoch, if recorded.
    #[must_use]
    pub fn start_us(&self, attempt: AttemptId) -> Option<i64> {
        known(self.start_us.get(attempt.index()))
    }

    /// When it stopped, after its teardown: microseconds since the Unix epoch, if recorded.
    #[must_use]
    pub fn stop_us(&self, attempt: AttemptId) -> Option<i64> {
        known(self.stop_us.get(attempt.index()))
    }

    /// Time spent in it: setup, call and teardown, in microseconds.
    #[must_use]
    pub fn total_us(&self, attempt: AttemptId) -> Option<i64> {
        known(self.total_us.get(attempt.index()))
    }

    /// Time in setup, in microseconds, where the file tells phases apart.
    #[must_use]
    pub fn setup_us(&self, attempt: AttemptId) -> Option<i64> {
        known(self.setup_us.get(attempt.index()))
    }

    /// Time in teardown, in microseconds, where the file tells phases apart.
    #[must_use]
    pub fn teardown_us(&self, attempt: AttemptId) -> Option<i64> {
        known(self.teardown_us.get(attempt.index()))
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

    /// Memory in use, in bytes.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.test.capacity() * size_of::<TestId>()
            + self.worker.capacity() * size_of::<WorkerId>()
            + self.text.capacity() * size_of::<TextId>()
            + [&self.start_us, &self.stop_us, &self.total_us, &self.setup_us, &self.teardown_us]
                .into_iter()
                .map(|column| column.capacity() * size_of::<i64>())
                .sum::<usize>()
            + self.outcome.capacity() * size_of::<Outcome>()
    }
}

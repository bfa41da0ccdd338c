//! Building a run from what a reader finds, in any order.

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use std::hash::BuildHasher;

use crate::order::by;
use crate::tables::{NO_TIME, fit, fit_known};
use crate::{
    AttemptId, Attempts, Benchmarks, ByString, Coverage, Group, GroupId, Interner, Job, Outcome, Run, RunMeta, StrId,
    Strings, TestId, Tests, TextId, TextKind, Texts, Worker, WorkerId,
};

/// One attempt as a reader knows it. Everything may be unknown but the test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttemptRow {
    /// The test that was executed.
    pub test: TestId,
    /// The worker it ran on.
    pub worker: Option<WorkerId>,
    /// Start, in microseconds since the Unix epoch.
    pub start_us: Option<i64>,
    /// Stop after teardown, in microseconds since the Unix epoch.
    pub stop_us: Option<i64>,
    /// Time in setup, call and teardown, in microseconds.
    pub total_us: Option<i64>,
    /// Time in setup, in microseconds.
    pub setup_us: Option<i64>,
    /// Time in teardown, in microseconds.
    pub teardown_us: Option<i64>,
    /// What became of it.
    pub outcome: Outcome,
}

impl AttemptRow {
    /// An attempt of which nothing is known but its test.
    #[must_use]
    pub fn new(test: TestId) -> Self {
        Self {
            test,
            worker: None,
            start_us: None,
            stop_us: None,
            total_us: None,
            setup_us: None,
            teardown_us: None,
            outcome: Outcome::Unknown,
        }
    }
}

/// Takes what a reader finds and makes a [`Run`] of it.
#[derive(Debug, Default)]
pub struct RunBuilder {
    /// What is known of the run as a whole; set freely.
    pub meta: RunMeta,
    /// Jobs of a CI service; added freely, with names from [`Self::intern`].
    pub jobs: Vec<Job>,
    /// Reports of coverage; added freely, with names from [`Self::intern`].
    pub coverage: Vec<Coverage>,
    /// Reports of benchmarks; added freely, with names from [`Self::intern`].
    pub benchmarks: Vec<Benchmarks>,
    interner: Interner,
    texts: Texts,
    groups: Vec<Group>,
    workers: Vec<Worker>,
    tests: Tests,
    /// The first test of an identity.
    first_of: ByString,
    worker_of: ByString,
    group_of: ByString,
    /// The other tests of an identity, by it and their group.
    known_tests: HashTable<u32>,
    hasher: FixedState,
    attempts: Attempts,
    /// The file named last.
    last_file: Option<StrId>,
}

impl RunBuilder {
    /// An empty run.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The id of a string.
    pub fn intern(&mut self, text: &str) -> StrId {
        self.interner.intern(text)
    }

    /// Takes over the coverage and the benchmarks of a run.
    pub fn take_measures(&mut self, from: &Run) {
        let Self { interner, coverage, benchmarks, .. } = self;
        let mut again = |name: StrId| interner.intern(from.strings.get(name));
        coverage.extend(from.coverage.iter().map(|report| report.renamed(&mut again)));
        benchmarks.extend(from.benchmarks.iter().map(|report| report.renamed(&mut again)));
    }

    /// The strings so far.
    #[must_use]
    pub fn strings(&self) -> &Strings {
        self.interner.strings()
    }

    /// The worker of this name, new or known.
    pub fn worker(&mut self, name: &str) -> WorkerId {
        let name = self.interner.intern(name);
        let row = self.worker_of.row(name, self.workers.len());
        if row == self.workers.len() {
            self.workers.push(Worker { name, crashed: false });
        }
        WorkerId(row as u32)
    }

    /// Marks a worker as dead before the end of the run.
    pub fn worker_crashed(&mut self, worker: WorkerId) {
        if let Some(w) = self.workers.get_mut(worker.index()) {
            w.crashed = true;
        }
    }

    /// Takes the workers off all attempts, where what a file says of them cannot be true.
    pub fn forget_workers(&mut self) {
        self.workers.clear();
        self.worker_of = ByString::default();
        self.attempts.worker.fill(WorkerId::NONE);
    }

    /// The group of this name, new or known.
    pub fn group(&mut self, name: &str) -> GroupId {
        let name = self.interner.intern(name);
        let row = self.group_of.row(name, self.groups.len());
        if row == self.groups.len() {
            self.groups.push(Group { name });
        }
        GroupId(row as u32)
    }

    /// The test of this identity, new or known. `name_at` is the byte at which its name starts in `id`.
    pub fn test(&mut self, group: Option<GroupId>, id: &str, name_at: usize) -> TestId {
        let id = self.interner.intern(id);
        let group = group.unwrap_or(GroupId::NONE);
        let Self { tests, first_of, known_tests, hasher, .. } = self;
        let is_it = |&row: &u32| tests.id(TestId(row)) == id && tests.group.get(row as usize) == Some(&group);
        let row = tests.id.len() as u32;
        let first = first_of.row(id, tests.id.len()) as u32;
        if first != row {
            if is_it(&first) {
                return TestId(first);
            }
            let hash = hasher.hash_one((group.0, id.0));
            if let Some(&row) = known_tests.find(hash, is_it) {
                return TestId(row);
            }
            known_tests.insert_unique(hash, row, |&row| {
                let group = tests.group.get(row as usize).map_or(u32::MAX, |g| g.0);
                hasher.hash_one((group, tests.id(TestId(row)).0))
            });
        }
        tests.id.push(id);
        tests.name_at.push(u32::try_from(name_at).unwrap_or(0));
        tests.file.push(Strings::EMPTY);
        tests.line.push(0);
        tests.group.push(group);
        tests.markers.push(Strings::EMPTY);
        TestId(row)
    }

    /// How many tests there are so far.
    #[must_use]
    pub fn test_count(&self) -> usize {
        self.tests.len()
    }

    /// The identity of a test.
    #[must_use]
    pub fn test_id(&self, test: TestId) -> &str {
        self.interner.strings().get(self.tests.id(test))
    }

    /// Says in which file, and at which line (from 1), a test stands.
    pub fn test_place(&mut self, test: TestId, file: &str, line: Option<u32>) {
        // Tests of one file mostly come one after the other.
        let file = match self.last_file {
            Some(last) if self.strings().get(last) == file => last,
            _ => self.interner.intern(file),
        };
        self.last_file = Some(file);
        if let Some(slot) = self.tests.file.get_mut(test.index()) {
            *slot = file;
        }
        if let (Some(slot), Some(line)) = (self.tests.line.get_mut(test.index()), line) {
            *slot = line;
        }
    }

    /// Says which markers a test has, joined by one space.
    pub fn test_markers(&mut self, test: TestId, markers: &str) {
        let markers = self.interner.intern(markers);
        if let Some(slot) = self.tests.markers.get_mut(test.index()) {
            *slot = markers;
        }
    }

    /// Adds an attempt. Ids given out here hold until [`Self::finish`], which orders attempts by test.
    pub fn attempt(&mut self, row: AttemptRow) -> AttemptId {
        let id = AttemptId(self.attempts.test.len() as u32);
        let a = &mut self.attempts;
        a.test.push(row.test);
        a.worker.push(row.worker.unwrap_or(WorkerId::NONE));
        a.text.push(TextId::NONE);
        a.start_us.push(row.start_us.unwrap_or(NO_TIME));
        a.stop_us.push(row.stop_us.unwrap_or(NO_TIME));
        a.total_us.push(row.total_us.unwrap_or(NO_TIME));
        a.setup_us.push(row.setup_us.unwrap_or(NO_TIME));
        a.teardown_us.push(row.teardown_us.unwrap_or(NO_TIME));
        a.outcome.push(row.outcome);
        id
    }

    /// How many attempts there are so far.
    #[must_use]
    pub fn attempt_count(&self) -> usize {
        self.attempts.len()
    }

    /// An attempt as it stands.
    #[must_use]
    pub fn attempt_row(&self, id: AttemptId) -> AttemptRow {
        let a = &self.attempts;
        AttemptRow {
            test: a.test(id),
            worker: a.worker(id),
            start_us: a.start_us(id),
            stop_us: a.stop_us(id),
            total_us: a.total_us(id),
            setup_us: a.setup_us(id),
            teardown_us: a.teardown_us(id),
            outcome: a.outcome(id),
        }
    }

    /// Replaces what is known of an attempt (but not its test).
    pub fn set_attempt(&mut self, id: AttemptId, row: AttemptRow) {
        let i = id.index();
        let a = &mut self.attempts;
        let times = [
            (&mut a.start_us, row.start_us),
            (&mut a.stop_us, row.stop_us),
            (&mut a.total_us, row.total_us),
            (&mut a.setup_us, row.setup_us),
            (&mut a.teardown_us, row.teardown_us),
        ];
        for (column, value) in times {
            if let Some(slot) = column.get_mut(i) {
                *slot = value.unwrap_or(NO_TIME);
            }
        }
        if let Some(slot) = a.worker.get_mut(i) {
            *slot = row.worker.unwrap_or(WorkerId::NONE);
        }
        if let Some(slot) = a.outcome.get_mut(i) {
            *slot = row.outcome;
        }
    }

    /// Appends to a text of an attempt.
    pub fn add_text(&mut self, attempt: AttemptId, kind: TextKind, text: &str) {
        if let Some(id) = self.text_row(attempt, text) {
            self.texts.add(id, kind, text);
        }
    }

    /// Sets a text of an attempt in place of the one it has.
    pub fn set_text(&mut self, attempt: AttemptId, kind: TextKind, text: &str) {
        if let Some(id) = self.text_row(attempt, text) {
            self.texts.set(id, kind, text);
        }
    }

    /// A text of an attempt as it stands.
    #[must_use]
    pub fn text(&self, attempt: AttemptId, kind: TextKind) -> &str {
        self.attempts.text(attempt).map_or("", |id| self.texts.get(id, kind))
    }

    fn text_row(&mut self, attempt: AttemptId, text: &str) -> Option<TextId> {
        let slot = self.attempts.text.get_mut(attempt.index())?;
        if *slot == TextId::NONE {
            if text.is_empty() {
                return None;
            }
            *slot = self.texts.row();
        }
        Some(*slot)
    }

    /// The finished run: attempts ordered by test and, inside a test, by start where all starts are known and
    /// by arrival otherwise; groups by name; final outcomes and the flaky mark derived. Ids of groups that were given
    /// out here do not hold after it.
    #[must_use]
    pub fn finish(self) -> Run {
        let Self {
            meta, jobs, coverage, benchmarks, interner, mut texts, groups, workers, mut tests, attempts, ..
        } = self;
        let mut attempts = by_test(attempts, &mut tests);
        sort_within_tests(&mut attempts, &tests);
        derive_outcomes(&mut tests, &attempts);
        attempts.shrink();
        fit(&mut tests.id);
        fit_known(&mut tests.file, &Strings::EMPTY);
        fit_known(&mut tests.markers, &Strings::EMPTY);
        fit(&mut tests.name_at);
        fit_known(&mut tests.line, &0);
        fit_known(&mut tests.group, &GroupId::NONE);
        texts.shrink();
        let strings = interner.finish();
        let mut run = Run { meta, strings, texts, groups, workers, tests, attempts, jobs, coverage, benchmarks };
        if let Some(order) = run.groups_first(&[]) {
            run.order_groups(&order);
        }
        run
    }
}

/// Orders attempts by test (a counting sort, so arrival order holds inside a test).
fn by_test(attempts: Attempts, tests: &mut Tests) -> Attempts {
    let mut first = vec![0_u32; tests.len() + 1];
    for test in &attempts.test {
        if let Some(n) = first.get_mut(test.index() + 1) {
            *n += 1;
        }
    }
    let mut sum = 0;
    for n in &mut first {
        sum += *n;
        *n = sum;
    }
    // Where no test was run again they came in order.
    if attempts.test.is_sorted() {
        tests.first_attempt = first;
        return attempts;
    }
    let mut next = first.clone();
    let mut order = vec![0_u32; attempts.len()];
    for (i, test) in attempts.test.iter().enumerate() {
        if let Some(slot) = next.get_mut(test.index()) {
            if let Some(place) = order.get_mut(*slot as usize) {
                *place = i as u32;
            }
            *slot += 1;
        }
    }
    tests.first_attempt = first;
    permute(&attempts, &order)
}

fn permute(attempts: &Attempts, order: &[u32]) -> Attempts {
    fn column<T: Copy>(from: &[T], order: &[u32]) -> Vec<T> {
        order.iter().filter_map(|&i| from.get(i as usize).copied()).collect()
    }
    Attempts {
        test: column(&attempts.test, order),
        worker: column(&attempts.worker, order),
        text: column(&attempts.text, order),
        start_us: column(&attempts.start_us, order),
        stop_us: column(&attempts.stop_us, order),
        total_us: column(&attempts.total_us, order),
        setup_us: column(&attempts.setup_us, order),
        teardown_us: column(&attempts.teardown_us, order),
        outcome: column(&attempts.outcome, order),
    }
}

/// A log may name the attempts of a test out of order; where every start is known, the clock decides.
fn sort_within_tests(attempts: &mut Attempts, tests: &Tests) {
    let mut order: Option<Vec<u32>> = None;
    for test in tests.ids() {
        let rows = tests.attempts(test);
        if rows.len() < 2 {
            continue;
        }
        let starts: Vec<i64> = rows.clone().filter_map(|a| attempts.start_us(a)).collect();
        if starts.len() < rows.len() || starts.is_sorted() {
            continue;
        }
        let order = order.get_or_insert_with(|| (0..attempts.len() as u32).collect());
        let mut sorted: Vec<u32> = rows.clone().map(|a| a.0).collect();
        by(&mut sorted, &|a, b| attempts.start_us(AttemptId(a)).cmp(&attempts.start_us(AttemptId(b))));
        for (place, from) in rows.zip(sorted) {
            if let Some(slot) = order.get_mut(place.index()) {
                *slot = from;
            }
        }
    }
    if let Some(order) = order {
        *attempts = permute(attempts, &order);
    }
}

/// The final outcome is that of the last attempt that has one; flaky is passed after a failing attempt.
fn derive_outcomes(tests: &mut Tests, attempts: &Attempts) {
    let mut outcomes = Vec::with_capacity(tests.len());
    let mut flaky = Vec::with_capacity(tests.len());
    for test in tests.ids() {
        let rows = tests.attempts(test);
        let last = rows.clone().rev().map(|a| attempts.outcome(a)).find(|&o| o != Outcome::Unknown);
        let outcome = last.unwrap_or_default();
        let failed_before = rows.rev().skip(1).any(|a| attempts.outcome(a).is_bad());
        outcomes.push(outcome);
        flaky.push(outcome == Outcome::Passed && failed_before);
    }
    tests.outcome = outcomes;
    tests.flaky = flaky;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_workers_and_groups_have_one_row_each_however_many_there_are() {
        let mut builder = RunBuilder::new();
        for turn in 0..3 {
            for i in 0..2_000 {
                // Names of tests, workers and groups are strings of one table.
                let name = i.to_string();
                let group = (i % 3 > 0).then(|| builder.group(&(i % 50).to_string()));
                let test = builder.test(group, &(i % 500).to_string(), 0);
                let worker = builder.worker(&name);
                assert_eq!(worker, WorkerId(i), "turn {turn}");
                let key = (builder.tests.group.get(test.index()).copied(), builder.test_id(test).to_owned());
                assert_eq!(key, (Some(group.unwrap_or(GroupId::NONE)), (i % 500).to_string()));
            }
        }
        // Every test of a number has each of its groups: of 500 numbers and 50 groups, those that meet, and none.
        let pairs: std::collections::BTreeSet<_> =
            (0..2_000_u32).map(|i| ((i % 3 > 0).then_some(i % 50), i % 500)).collect();
        assert_eq!(builder.test_count(), pairs.len());
        assert_eq!(builder.groups.len(), 50);
        builder.forget_workers();
        assert_eq!(builder.worker("7"), WorkerId(0));
    }
}

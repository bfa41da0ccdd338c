//! Building a run from what a reader finds, in any order.

use crate::identities::Identities;
use crate::order::by;
use crate::tables::{Growing, of_attempt, of_test, put};
use crate::text::GrowingTexts;
use crate::{
    AttemptId, Attempts, Benchmarks, ByString, Coverage, Group, GroupId, Interner, Job, Outcome, Run, RunMeta, StrId,
    Strings, Tables, TestId, Tests, TextId, TextKind, Worker, WorkerId,
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
    texts: GrowingTexts,
    groups: Vec<Group>,
    workers: Vec<Worker>,
    tests: Tests<Growing>,
    identities: Identities,
    worker_of: ByString,
    group_of: ByString,
    attempts: Attempts<Growing>,
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
        self.attempts.ids[of_attempt::WORKER].clear();
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
        let group = group.unwrap_or(GroupId::NONE);
        let Self { tests, identities, interner, .. } = self;
        let (new, strings) = (tests.len() as u32, interner.strings());
        let row = identities.row(group, id, &|row| strings.get(tests.id(TestId(row))));
        if row != new {
            return TestId(row);
        }
        // Groups mostly have the same tests.
        let id = if group == GroupId::NONE { interner.push(id) } else { interner.intern(id) };
        tests.numbers[of_test::ID].push(id.0);
        let test = TestId(row);
        tests.set(test, of_test::NAME_AT, u32::try_from(name_at).unwrap_or(0));
        tests.set(test, of_test::GROUP, group.0);
        test
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
        self.tests.set(test, of_test::FILE, file.0);
        if let Some(line) = line {
            self.tests.set(test, of_test::LINE, line);
        }
    }

    /// Says which markers a test has, joined by one space.
    pub fn test_markers(&mut self, test: TestId, markers: &str) {
        let markers = self.interner.intern(markers);
        self.tests.set(test, of_test::MARKERS, markers.0);
    }

    /// Adds an attempt. Ids given out here hold until [`Self::finish`], which orders attempts by test.
    pub fn attempt(&mut self, row: AttemptRow) -> AttemptId {
        let id = AttemptId(self.attempts.len() as u32);
        self.attempts.ids[of_attempt::TEST].push(row.test.0);
        self.attempts.outcome.push(row.outcome);
        self.attempts.set(id, &row);
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
        self.attempts.row(id, self.attempts.test(id))
    }

    /// Replaces what is known of an attempt (but not its test).
    pub fn set_attempt(&mut self, id: AttemptId, row: AttemptRow) {
        self.attempts.set(id, &row);
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
        if let Some(known) = self.attempts.text(attempt) {
            return Some(known);
        }
        let row = attempt.index();
        if text.is_empty() || row >= self.attempts.len() {
            return None;
        }
        let new = self.texts.row();
        put(&mut self.attempts.ids[of_attempt::TEXT], row, new.0, u32::MAX);
        Some(new)
    }

    /// The finished run: attempts ordered by test and, inside a test, by start where all starts are known and
    /// by arrival otherwise; groups by name; final outcomes and the flaky mark derived. Ids of groups that were given
    /// out here do not hold after it.
    #[must_use]
    pub fn finish(self) -> Run {
        let Self { meta, jobs, coverage, benchmarks, interner, texts, groups, workers, tests, attempts, .. } = self;
        let mut tests = tests.end();
        let mut attempts = by_test(attempts.end(), &mut tests);
        sort_within_tests(&mut attempts, &tests);
        derive_outcomes(&mut tests, &attempts);
        let texts = texts.end();
        let strings = interner.finish();
        let mut tables = Tables { strings, texts, groups, workers, tests, attempts, jobs, coverage, benchmarks };
        if let Some(order) = tables.groups_first(&[]) {
            tables.order_groups(&order);
        }
        Run::new(meta, tables)
    }
}

/// Orders attempts by test (a counting sort, so arrival order holds inside a test).
fn by_test(attempts: Attempts, tests: &mut Tests) -> Attempts {
    let mut first = vec![0_u32; tests.len() + 1];
    let of = &attempts.ids[of_attempt::TEST];
    for &test in of {
        if let Some(n) = first.get_mut(test as usize + 1) {
            *n += 1;
        }
    }
    let mut sum = 0;
    for n in &mut first {
        sum += *n;
        *n = sum;
    }
    // Where no test was run again they came in order.
    if of.is_sorted_by(|a, b| a <= b) {
        tests.numbers[of_test::FIRST_ATTEMPT] = first.into();
        return attempts;
    }
    let mut next = first.clone();
    let mut order = vec![0_u32; attempts.len()];
    for (i, &test) in of.iter().enumerate() {
        if let Some(slot) = next.get_mut(test as usize) {
            if let Some(place) = order.get_mut(*slot as usize) {
                *place = i as u32;
            }
            *slot += 1;
        }
    }
    tests.numbers[of_test::FIRST_ATTEMPT] = first.into();
    attempts.permuted(&order)
}

/// A log may name the attempts of a test out of order; where every start is known, the clock decides.
fn sort_within_tests(attempts: &mut Attempts, tests: &Tests) {
    let mut order: Option<Vec<u32>> = None;
    for test in tests.ids() {
        let rows = tests.attempts(test);
        if rows.len() < 2 {
            continue;
        }
        let (mut last, mut in_order) = (Some(i64::MIN), true);
        for attempt in rows.clone() {
            let start = attempts.start_us(attempt);
            in_order &= start >= last;
            last = last.and(start);
        }
        if last.is_none() || in_order {
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
        *attempts = attempts.permuted(&order);
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
    tests.outcome = outcomes.into();
    // Most runs have none.
    if flaky.contains(&true) {
        tests.flaky = flaky.into();
    }
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
                let key = (builder.tests.group(test), builder.test_id(test).to_owned());
                assert_eq!(key, (group, (i % 500).to_string()));
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

    #[test]
    fn what_only_some_attempts_tell_stands_at_these_and_at_no_others() {
        let worker_of = |i: u32| (i % 7 == 3).then_some(WorkerId(0));
        let start_of = |i: u32| (i > 20).then_some(i64::from(i));
        let line_of = |i: u32| (i == 30).then_some(9);
        let mut builder = RunBuilder::new();
        builder.worker("gw0");
        for i in 0..40 {
            let test = builder.test(None, &i.to_string(), 0);
            if let Some(line) = line_of(i) {
                builder.test_place(test, "a.py", Some(line));
            }
            let row = AttemptRow { worker: worker_of(i), start_us: start_of(i), ..AttemptRow::new(test) };
            let attempt = builder.attempt(row);
            assert_eq!(builder.attempt_row(attempt), row);
        }
        // What was told may be taken back, and told later.
        let last = AttemptRow { start_us: Some(1), ..AttemptRow::new(TestId(39)) };
        builder.set_attempt(AttemptId(39), AttemptRow { start_us: None, stop_us: Some(2), ..last });
        builder.set_attempt(AttemptId(39), last);
        builder.add_text(AttemptId(8), TextKind::Message, "boom");
        let run = builder.finish();
        for i in 0..39 {
            let (attempt, test) = (AttemptId(i), TestId(i));
            assert_eq!((run.attempts.worker(attempt), run.attempts.start_us(attempt)), (worker_of(i), start_of(i)));
            assert_eq!(run.text(attempt, TextKind::Message), if i == 8 { "boom" } else { "" });
            assert_eq!((run.tests.line(test), run.tests.file(test).is_some()), (line_of(i), i == 30));
        }
        assert_eq!(run.attempt_row(AttemptId(39), TestId(39)), last);
        assert_eq!((run.attempts.total_us(AttemptId(5)), run.tests.group(TestId(5))), (None, None));
    }
}

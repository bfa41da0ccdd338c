//! A history: runs ordered by start, and what became of every test in every run.

use std::sync::Arc;

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use lanescope_analysis::time_us;
use lanescope_model::order::sort;
use lanescope_model::{AttemptId, Outcome, Run, TestId, TextKind, us_to_s};

use crate::mask;

/// No row.
const NONE: u32 = u32::MAX;
/// What stands between a group and the identity of its test.
const BETWEEN: &str = " › ";

/// What became of a test in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell(u8);

impl Cell {
    const ABSENT: u8 = 7;
    const OUTCOME: u8 = 7;
    const RETRIED: u8 = 8;
    const CRASHED: u8 = 16;

    fn of(run: &Run, test: TestId) -> Self {
        let outcome = run.tests.outcome(test);
        let retried = if run.tests.is_flaky(test) { Self::RETRIED } else { 0 };
        let crashed = if outcome == Outcome::Error && has_crashed(run, test) { Self::CRASHED } else { 0 };
        Self(outcome as u8 | retried | crashed)
    }

    /// Number of the outcome, 7 for none.
    #[must_use]
    pub fn code(self) -> u8 {
        self.0 & Self::OUTCOME
    }

    /// It passed after a failing attempt.
    #[must_use]
    pub fn retried(self) -> bool {
        self.0 & Self::RETRIED != 0
    }

    /// Its worker died under it.
    #[must_use]
    pub fn crashed(self) -> bool {
        self.0 & Self::CRASHED != 0
    }

    /// It finally failed.
    #[must_use]
    pub fn failed(self) -> bool {
        Outcome::from_code(self.code()).is_bad()
    }

    /// It passed or failed; an expected failure is a pass, a skip is neither.
    #[must_use]
    pub fn ran(self) -> bool {
        self.failed() || self.passed()
    }

    /// It finally passed, or failed as expected.
    #[must_use]
    pub fn passed(self) -> bool {
        matches!(Outcome::from_code(self.code()), Outcome::Passed | Outcome::XFailed | Outcome::XPassed)
    }

    /// An attempt of it failed, whatever came after.
    #[must_use]
    pub fn failed_once(self) -> bool {
        self.failed() || self.retried()
    }
}

/// Whether the worker died while it ran the last attempt of a test. That says at least as much about the machine as
/// about the test.
fn has_crashed(run: &Run, test: TestId) -> bool {
    let Some(last) = run.tests.attempts(test).next_back() else { return false };
    let worker = run.attempts.worker(last).and_then(|w| run.workers.get(w.index()));
    // pytest-xdist: "worker 'gw2' crashed while running 'a.py::test_x'".
    let says = [TextKind::Message, TextKind::Trace].iter().any(|&kind| {
        let text = run.text(last, kind);
        text.contains("crashed while running")
    });
    says || worker.is_some_and(|w| w.crashed)
        && run.text(last, TextKind::Trace).is_empty()
        && ends_its_worker(run, last)
}

/// Whether nothing ran on the attempt's worker after it.
fn ends_its_worker(run: &Run, attempt: AttemptId) -> bool {
    let a = &run.attempts;
    let (Some(worker), Some(start)) = (a.worker(attempt), a.start_us(attempt)) else { return false };
    a.ids().all(|other| a.worker(other) != Some(worker) || a.start_us(other).is_none_or(|s| s <= start))
}

/// A test in a run that has it.
#[derive(Clone, Copy, Debug)]
struct Entry {
    run: u32,
    /// Its row there.
    row: u32,
    /// Time in the body (all of it, where no file tells phases apart) of the last attempt, seconds; NaN if unknown.
    seconds: f32,
    cell: Cell,
}

/// Runs ordered by start, and what became of every test in those that have it. Runs may have no test in common, so a
/// place for each test in each run could take any memory.
#[derive(Clone, Debug, Default)]
pub struct History {
    runs: Vec<Arc<Run>>,
    names: Vec<String>,
    /// By test, and then by run.
    entries: Vec<Entry>,
    /// By test, the end of its entries.
    ends: Vec<u32>,
    /// By run and row, the test.
    of_run: Vec<Vec<u32>>,
}

impl History {
    /// The history that runs make. Those without tests are left out; the others are ordered by their start, unknown
    /// ones last, and then by label.
    #[must_use]
    pub fn new(mut runs: Vec<Arc<Run>>) -> Self {
        runs.retain(|run| !run.tests.is_empty());
        sort(&mut runs, &|a, b| {
            let key = |run: &Run| started_us(run).unwrap_or(i64::MAX);
            key(a).cmp(&key(b)).then_with(|| a.meta.label.cmp(&b.meta.label)).then_with(|| a.meta.id.cmp(&b.meta.id))
        });
        let (names, of_run) = names(&runs);
        // Where the next entry of each test goes: at first its start, in the end its end.
        let mut ends = vec![0_u32; names.len()];
        for &name in of_run.iter().flatten() {
            if let Some(n) = ends.get_mut(name as usize) {
                *n += 1;
            }
        }
        let mut sum = 0;
        for end in &mut ends {
            sum += std::mem::replace(end, sum);
        }
        let none = Entry { run: NONE, row: NONE, seconds: f32::NAN, cell: Cell(Cell::ABSENT) };
        let mut entries = vec![none; sum as usize];
        for (at, (run, tests)) in (0..).zip(runs.iter().zip(&of_run)) {
            for (row, &name) in (0..).zip(tests) {
                let Some(end) = ends.get_mut(name as usize) else { continue };
                let test = TestId(row);
                if let Some(entry) = entries.get_mut(*end as usize) {
                    *entry = Entry { run: at, row, seconds: body_s(run, test), cell: Cell::of(run, test) };
                }
                *end += 1;
            }
        }
        Self { runs, names, entries, ends, of_run }
    }

    /// The runs, ordered by start.
    #[must_use]
    pub fn runs(&self) -> &[Arc<Run>] {
        &self.runs
    }

    /// The run at a place.
    #[must_use]
    pub fn run(&self, at: usize) -> Option<&Run> {
        self.runs.get(at).map(Arc::as_ref)
    }

    /// How many tests there are.
    #[must_use]
    pub fn tests(&self) -> usize {
        self.names.len()
    }

    /// Name of a test, with its group before it.
    #[must_use]
    pub fn name(&self, test: usize) -> &str {
        self.names.get(test).map_or("", String::as_str)
    }

    /// The test of a name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }

    fn entries(&self, test: usize) -> &[Entry] {
        let start = test.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied());
        let range = start.zip(self.ends.get(test)).map(|(start, &end)| start as usize..end as usize);
        range.and_then(|range| self.entries.get(range)).unwrap_or_default()
    }

    fn entry(&self, test: usize, run: usize) -> Option<&Entry> {
        let entries = self.entries(test);
        // Most tests are in all runs.
        if let Some(entry) = entries.get(run).filter(|entry| entry.run as usize == run) {
            return Some(entry);
        }
        entries.get(entries.binary_search_by_key(&(run as u32), |entry| entry.run).ok()?)
    }

    fn by_run<T: Clone>(&self, test: usize, none: T, of: impl Fn(&Entry) -> T) -> Vec<T> {
        let mut all = vec![none; self.runs.len()];
        for entry in self.entries(test) {
            if let Some(slot) = all.get_mut(entry.run as usize) {
                *slot = of(entry);
            }
        }
        all
    }

    /// What became of a test, run by run.
    #[must_use]
    pub fn cells(&self, test: usize) -> Vec<Cell> {
        self.by_run(test, Cell(Cell::ABSENT), |entry| entry.cell)
    }

    /// What became of a test in a run.
    #[must_use]
    pub fn cell(&self, test: usize, run: usize) -> Cell {
        self.entry(test, run).map_or(Cell(Cell::ABSENT), |entry| entry.cell)
    }

    /// Time of a test, run by run, seconds; NaN where unknown.
    #[must_use]
    pub fn seconds(&self, test: usize) -> Vec<f32> {
        self.by_run(test, f32::NAN, |entry| entry.seconds)
    }

    /// The test's row in a run, if the run has it.
    #[must_use]
    pub fn row(&self, test: usize, run: usize) -> Option<TestId> {
        self.entry(test, run).map(|entry| TestId(entry.row))
    }

    /// By row in a run, the test of the history.
    #[must_use]
    pub fn tests_of(&self, run: usize) -> &[u32] {
        self.of_run.get(run).map_or(&[], Vec::as_slice)
    }
}

/// When a run started: the session, or else its first test.
#[must_use]
pub fn started_us(run: &Run) -> Option<i64> {
    run.meta.session.start_us.or_else(|| run.window_us().map(|w| w.0))
}

/// The name under which a test stands: its group, and its identity with what changes from run to run masked.
#[must_use]
pub fn shown(run: &Run, test: TestId) -> String {
    let id = mask::name(run.test_id(test));
    match run.tests.group(test) {
        Some(group) => format!("{}{BETWEEN}{id}", run.group_name(group)),
        None => id.into_owned(),
    }
}

/// All names in the order in which the runs first have them, and for each run the name of each of its tests. Tests of
/// one run whose names are masked into the same one get a number behind it.
pub(crate) fn names(runs: &[Arc<Run>]) -> (Vec<String>, Vec<Vec<u32>>) {
    let mut names: Vec<String> = Vec::new();
    let mut known: HashMap<String, u32, FixedState> = HashMap::default();
    let mut last_seen: Vec<u32> = Vec::new();
    let mut all = Vec::with_capacity(runs.len());
    for (at, run) in runs.iter().enumerate() {
        let at = at as u32;
        let mut of_run = Vec::with_capacity(run.tests.len());
        for test in run.tests.ids() {
            let id = run.test_id(test);
            let plain = run.tests.group(test).is_none();
            // A name that is known as it stands needs no look at what is in it.
            let found = if plain { known.get(id).copied() } else { None };
            let mut name = found.filter(|&name| last_seen.get(name as usize) != Some(&at));
            let mut number = 1;
            while name.is_none() {
                let mut shown = shown(run, test);
                if number > 1 {
                    shown = format!("{shown} ({number})");
                }
                match known.get(&shown) {
                    Some(&there) if last_seen.get(there as usize) == Some(&at) => number += 1,
                    Some(&there) => name = Some(there),
                    None => {
                        name = Some(names.len() as u32);
                        known.insert(shown.clone(), names.len() as u32);
                        names.push(shown);
                        last_seen.push(NONE);
                    }
                }
            }
            let name = name.unwrap_or(0);
            if let Some(seen) = last_seen.get_mut(name as usize) {
                *seen = at;
            }
            of_run.push(name);
        }
        all.push(of_run);
    }
    (names, all)
}

fn body_s(run: &Run, test: TestId) -> f32 {
    let Some(last) = run.tests.attempts(test).next_back() else { return f32::NAN };
    let us = run.attempts.call_us(last).or_else(|| time_us(run, last));
    us.map_or(f32::NAN, |us| us_to_s(us) as f32)
}

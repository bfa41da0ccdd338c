//! A loaded run, and what is kept of the answers about it.

use std::cell::{LazyCell, OnceCell};
use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::fast::FixedState;
use lanescope_analysis::{
    Breakdown, Comparison, Concurrency, Figures, Fingerprint, Layout, Placement, breakdown, figures, time_us,
};
use lanescope_ingest::{FileReport, Format};
use lanescope_model::{AttemptId, Issue, Run, TestId, us_to_s};
use lanescope_protocol::{JoinRule, TestLine};

use crate::insight::Insights;
use crate::kept::{Kept, Looks, Simulated};
use crate::listing::Lists;

/// Stands for "unknown" in [`RunState::totals_us`].
const NO_TIME: i64 = -1;
/// Between a group's name and the identity of a test in it.
const BETWEEN: &str = " › ";

/// A file that a run was made of.
pub(crate) struct SourceFile {
    /// Its place in the library.
    pub(crate) at: usize,
    pub(crate) path: Arc<str>,
    pub(crate) format: Format,
    pub(crate) dialect: Option<String>,
}

impl SourceFile {
    pub(crate) fn new(at: usize, report: &FileReport) -> Self {
        let FileReport { path, format, dialect, .. } = report;
        Self { at, path: Arc::clone(path), format: *format, dialect: dialect.clone() }
    }
}

/// What is made when it is first used: of thousands of runs few are looked at.
type Late<T> = LazyCell<Box<T>>;

/// A loaded run.
pub(crate) struct RunState {
    /// Unique among the loaded runs.
    pub(crate) id: String,
    pub(crate) run: Arc<Run>,
    /// Best source first.
    pub(crate) files: Vec<SourceFile>,
    pub(crate) notes: Vec<Issue>,
    /// By which rules its files were put together.
    pub(crate) rules: Vec<JoinRule>,
    pub(crate) layout: Layout,
    pub(crate) figures: Figures,
    pub(crate) breakdown: Option<Breakdown>,
    pub(crate) fingerprint: Option<Fingerprint>,
    /// Place of the sequential run beside it, and what it tells.
    pub(crate) baseline: Option<(usize, Comparison)>,
    /// Tests running over time; made when it is first asked for.
    pub(crate) concurrency: OnceCell<Option<Concurrency>>,
    /// What is kept about the lanes.
    pub(crate) kept: Late<Kept>,
    /// Lanes of the last simulation that was asked for.
    pub(crate) simulated: Option<Box<Simulated>>,
    /// What is kept about the run, whatever its lanes.
    pub(crate) looks: Late<Looks>,
    pub(crate) lists: Late<Lists>,
    pub(crate) insights: Late<Insights>,
    totals_us: Vec<i64>,
    /// Hashes of the tests' identities, each with the row of its test in the lower half; sorted.
    rows_by_hash: OnceCell<Vec<u64>>,
}

/// Half a hash of an identity, in the upper half.
fn hash(id: &str) -> u64 {
    FixedState::default().hash_one(id) >> 32 << 32
}

impl RunState {
    pub(crate) fn new(run: Arc<Run>) -> Self {
        let layout = Layout::of(&run, None);
        let figures = figures(&run, &layout);
        let breakdown = breakdown(&run, &layout, &figures);
        let total = |test| {
            let times = run.tests.attempts(test).filter_map(|a| time_us(&run, a));
            times.reduce(i64::saturating_add).unwrap_or(NO_TIME)
        };
        let totals_us = run.tests.ids().map(total).collect();
        Self {
            id: String::new(),
            run,
            files: Vec::new(),
            notes: Vec::new(),
            rules: Vec::new(),
            layout,
            figures,
            breakdown,
            fingerprint: None,
            baseline: None,
            concurrency: OnceCell::new(),
            kept: Late::default(),
            simulated: None,
            looks: Late::default(),
            lists: Late::default(),
            insights: Late::default(),
            totals_us,
            rows_by_hash: OnceCell::new(),
        }
    }

    /// Workers that are recorded with what they ran and when.
    pub(crate) fn recorded_workers(&self) -> usize {
        if self.layout.placement == Placement::Recorded { self.layout.lanes.len() } else { 0 }
    }

    /// Time in all attempts of a test, microseconds.
    pub(crate) fn total_us(&self, test: TestId) -> Option<i64> {
        self.totals_us.get(test.index()).copied().filter(|&us| us != NO_TIME)
    }

    /// A point in time in seconds on the timeline; `None` where starts are not recorded.
    pub(crate) fn on_timeline(&self, epoch_us: Option<i64>) -> Option<f64> {
        Some(us_to_s(epoch_us?.checked_sub(self.layout.zero_us?)?))
    }

    /// Whether any file comes from pytest.
    pub(crate) fn is_pytest(&self) -> bool {
        let pytest = |f: &SourceFile| {
            matches!(f.format, Format::PytestReportlog | Format::XdistConsole)
                || f.dialect.as_deref().is_some_and(|d| d.starts_with("pytest"))
        };
        self.files.iter().any(pytest)
    }

    /// Whether any file comes from Playwright.
    pub(crate) fn is_playwright(&self) -> bool {
        self.files.iter().any(|f| f.dialect.as_deref() == Some("playwright"))
    }

    /// Identity of a test as the interface shows it: the group first, where the run has groups.
    pub(crate) fn shown_id(&self, test: TestId) -> String {
        let id = self.run.test_id(test);
        match self.run.tests.group(test) {
            Some(group) => format!("{}{BETWEEN}{id}", self.run.group_name(group)),
            None => id.to_owned(),
        }
    }

    /// The test that [`Self::shown_id`] names so.
    pub(crate) fn find(&self, shown: &str) -> Option<TestId> {
        let is_it = |&test: &TestId| {
            let id = self.run.test_id(test);
            let Some(before) = shown.strip_suffix(id) else { return false };
            match self.run.tests.group(test) {
                Some(group) => before.strip_suffix(BETWEEN) == Some(self.run.group_name(group)),
                None => before.is_empty(),
            }
        };
        let rows = self.rows_by_hash.get_or_init(|| {
            let row = |t: TestId| hash(self.run.test_id(t)) | u64::from(t.0);
            let mut rows: Vec<u64> = self.run.tests.ids().map(row).collect();
            rows.sort_unstable();
            rows
        });
        // Where the group ends and the identity begins is not known: either may hold the sign between them.
        let starts = std::iter::once(0).chain(shown.match_indices(BETWEEN).map(|(at, sign)| at + sign.len()));
        let ids = starts.filter_map(|at| shown.get(at..));
        let found = ids.filter_map(|id| {
            let wanted = hash(id);
            let first = rows.partition_point(|&row| row < wanted);
            let same = rows.get(first..)?.iter().take_while(|&&row| row >> 32 << 32 == wanted);
            same.map(|&row| TestId(row as u32)).find(is_it)
        });
        found.min()
    }

    /// A test as a row of a list.
    pub(crate) fn line(&self, test: TestId) -> TestLine {
        let run = &self.run;
        let attempts = run.tests.attempts(test);
        let (first, last) = (attempts.clone().next(), attempts.clone().next_back());
        let worker = |a: AttemptId| run.attempts.worker(a).map(|w| run.worker_name(w).to_owned());
        TestLine {
            id: self.shown_id(test),
            name: run.test_name(test).to_owned(),
            suite: run.suite(test).to_owned(),
            outcome: run.tests.outcome(test).as_str().to_owned(),
            flaky: run.tests.is_flaky(test),
            attempts: attempts.len() as u32,
            seconds: self.total_us(test).map(us_to_s),
            worker: last.and_then(worker),
            start_s: first.and_then(|a| self.on_timeline(run.attempts.start_us(a))),
            group: run.tests.group(test).map(|g| run.group_name(g).to_owned()),
        }
    }
}

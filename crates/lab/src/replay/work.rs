//! The work of a run: what there is to deal out, and how it was dealt out.

use lanescope_analysis::{Figures, Layout, Placement, figures, time_us};
use lanescope_model::{AttemptId, GroupId, Provenance, Run, TestId, us_to_s};
use lanescope_protocol::{Mode, WorkSummary};

use super::keys::bare;
use super::tests_table::{TestTable, at};
use super::{keys, order, setup};

/// What is recorded of how a run was made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recorded {
    /// The mode, where known.
    pub mode: Option<Mode>,
    /// Workers, where known.
    pub workers: Option<u32>,
    /// First start to last stop, microseconds, where starts are recorded.
    pub makespan_us: Option<i64>,
    /// The whole session, microseconds.
    pub session_us: Option<i64>,
    /// From the start of the session to the first test, microseconds.
    pub start_up_us: Option<i64>,
    /// By how much each further worker's first test came later, microseconds.
    pub ramp_us: Option<i64>,
    /// When each worker's first test came, microseconds after the first of all; empty where it is not recorded.
    pub ready_us: Vec<i64>,
    /// Between two tests on a worker, the mean, microseconds.
    pub gap_us: Option<i64>,
    /// From the last stop to the end of the session, microseconds.
    pub after_us: Option<i64>,
}

/// The work of a run.
///
/// A test's time is that of all its attempts: reruns follow at once on the same worker (pytest-rerunfailures, nextest;
/// Playwright queues them anew). Under `--dist each` the first attempt counts.
#[derive(Clone, Debug, Default)]
pub struct Work {
    /// The run's id.
    pub run: String,
    /// Its name for people.
    pub label: String,
    /// The tests, in the order of collection.
    pub tests: TestTable,
    /// Which test of the run each row is.
    pub test_ids: Vec<TestId>,
    /// Hash of each row's name ([`lanescope_protocol::Split::Hash`]).
    pub hashes: Vec<u64>,
    /// Whether the order is recorded or rebuilt.
    pub order: Provenance,
    /// Tests without a time.
    pub untimed: u32,
    /// Whether shared setup could be told apart.
    pub knows_setup: bool,
    /// How many files, scopes and `loadgroup` pieces there are.
    pub pieces: [u32; 3],
    /// How the run was made.
    pub recorded: Recorded,
    /// Whether it is a run of pytest.
    pub pytest: bool,
    /// How many groups the run has.
    pub groups: u32,
}

impl Work {
    /// The work of a run.
    #[must_use]
    pub fn of(run: &Run) -> Self {
        let layout = Layout::of(run, None);
        let figures = figures(run, &layout);
        let workers = figures.workers.value;
        let (test_ids, order) = order::of(run, workers);
        let each = run.meta.dist_mode.as_deref() == Some("each");
        let mut work = Self {
            run: run.meta.id.clone(),
            label: run.meta.label.clone(),
            order,
            groups: run.groups.len() as u32,
            recorded: recorded(run, &layout, &figures),
            pytest: run.tests.ids().next().is_some_and(|t| keys::file(run, t).ends_with(".py")),
            ..Self::default()
        };
        let (mut files, mut scopes, mut groups) =
            (keys::Numbers::default(), keys::Numbers::default(), keys::Numbers::default());
        let mut row_of = vec![u32::MAX; run.tests.len()];
        for (row, &test) in (0..).zip(&test_ids) {
            let of = run.tests.group(test).unwrap_or(GroupId::NONE);
            let attempts = run.tests.attempts(test).take(if each { 1 } else { usize::MAX });
            let (mut us, mut timed, mut failures) = (0_i64, false, 0);
            for a in attempts {
                if let Some(time) = time_us(run, a) {
                    (us, timed) = (us.saturating_add(time), true);
                }
                failures += u32::from(run.attempts.outcome(a).is_bad());
            }
            work.untimed += u32::from(!timed);
            work.tests.us.push(us);
            work.tests.file.push(files.of(of, keys::file(run, test)));
            work.tests.scope.push(scopes.of(of, keys::scope(run, test)));
            work.tests.group.push(groups.of(of, keys::group(run, test)));
            work.tests.failures.push(failures);
            work.tests.row.push(row);
            work.hashes.push(keys::name_hash(run.test_name(test)));
            if let Some(slot) = row_of.get_mut(test.index()) {
                *slot = row;
            }
        }
        work.pieces = [files.len(), scopes.len(), groups.len()];
        work.tests.file_us = vec![0; files.len() as usize];
        work.tests.scope_us = vec![0; scopes.len() as usize];
        work.knows_setup = setup::take_out(run, &layout, &mut work.tests, &row_of);
        work.test_ids = test_ids;
        work
    }

    /// Takes the order of collection from a run that has it recorded; tests that it does not have stay behind those
    /// that stand before them.
    #[must_use]
    pub fn ordered_as(mut self, run: &Run, other: &Self, other_run: &Run) -> Self {
        if self.order == Provenance::Recorded || other.order != Provenance::Recorded {
            return self;
        }
        let mut known: Vec<(&str, &str, u32)> = Vec::with_capacity(other.test_ids.len());
        for (place, &test) in (0..).zip(&other.test_ids) {
            let group = other_run.tests.group(test).map_or("", |g| other_run.group_name(g));
            known.push((bare(other_run.test_id(test)), group, place));
        }
        lanescope_model::order::sort(&mut known, &|a, b| a.cmp(b));
        let mut last = 0;
        let mut places = Vec::with_capacity(self.test_ids.len());
        let mut found = 0_usize;
        for &test in &self.test_ids {
            let group = run.tests.group(test).map_or("", |g| run.group_name(g));
            let key = (bare(run.test_id(test)), group);
            if let Ok(i) = known.binary_search_by(|k| (k.0, k.1).cmp(&key)) {
                last = known.get(i).map_or(last, |k| k.2);
                found += 1;
            }
            places.push(last);
        }
        if found * 10 < self.test_ids.len() * 9 {
            return self;
        }
        let order = lanescope_model::order::places(places.len(), &|a, b| places.get(a).cmp(&places.get(b)));
        self.reorder(&order);
        self.order = Provenance::Recorded;
        self
    }

    fn reorder(&mut self, order: &[u32]) {
        fn column<T: Copy + Default>(column: &mut Vec<T>, order: &[u32]) {
            *column = order.iter().map(|&row| at(column, row)).collect();
        }
        column(&mut self.tests.us, order);
        if !self.tests.whole_us.is_empty() {
            column(&mut self.tests.whole_us, order);
        }
        column(&mut self.tests.file, order);
        column(&mut self.tests.scope, order);
        column(&mut self.tests.group, order);
        column(&mut self.tests.failures, order);
        column(&mut self.hashes, order);
        self.test_ids =
            order.iter().map(|&row| self.test_ids.get(row as usize).copied().unwrap_or(TestId::NONE)).collect();
        self.tests.row = (0..order.len() as u32).collect();
    }

    /// The identity of a row's test as the page has it: the group first where the run has groups.
    #[must_use]
    pub fn test_name(&self, run: &Run, row: u32) -> Option<String> {
        let test = self.test_ids.get(row as usize).copied()?;
        let id = run.test_id(test);
        Some(match run.tests.group(test) {
            Some(group) => format!("{} › {id}", run.group_name(group)),
            None => id.to_owned(),
        })
    }

    /// What the page shows of it.
    #[must_use]
    pub fn summary(&self) -> WorkSummary {
        let seconds = |us: Option<i64>| us.map(us_to_s);
        let setup = |us: i64| self.knows_setup.then(|| us_to_s(us));
        WorkSummary {
            run: self.run.clone(),
            label: self.label.clone(),
            tests: self.tests.len() as u32,
            untimed: self.untimed,
            busy_s: us_to_s(self.tests.busy_us()),
            order: match self.order {
                Provenance::Recorded => lanescope_protocol::Provenance::Recorded,
                _ => lanescope_protocol::Provenance::Rebuilt,
            },
            mode: self.recorded.mode,
            workers: self.recorded.workers,
            makespan_s: seconds(self.recorded.makespan_us),
            start_up_s: seconds(self.recorded.start_up_us),
            ramp_s: seconds(self.recorded.ramp_us),
            gap_s: seconds(self.recorded.gap_us),
            after_s: seconds(self.recorded.after_us),
            session_fixture_s: setup(self.tests.session_us),
            module_fixture_s: setup(self.tests.file_us.iter().fold(0_i64, |sum, us| sum.saturating_add(*us))),
            files: self.pieces[0],
            scopes: self.pieces[1],
            groups: self.pieces[2],
            modes: self.modes(),
            notes: self.notes(),
        }
    }

    /// The modes that the runner of the run offers, and those that any runner could have.
    #[must_use]
    pub fn modes(&self) -> Vec<Mode> {
        if self.pytest {
            let xdist = [Mode::Load, Mode::Worksteal, Mode::Loadfile, Mode::Loadscope, Mode::Loadgroup];
            let mut modes = xdist.to_vec();
            modes.extend([Mode::Lpt, Mode::Shards]);
            return modes;
        }
        vec![Mode::Slots, Mode::Playwright, Mode::Lpt, Mode::Shards]
    }

    fn notes(&self) -> Vec<String> {
        let mut notes =
            vec!["A test counts with all its attempts: reruns follow at once on the same worker.".to_owned()];
        if self.groups > 1 {
            notes.push("The groups are replayed together, as one suite on the same workers.".to_owned());
        }
        if self.untimed > 0 {
            notes.push(format!("{} tests have no time on record and count as none.", self.untimed));
        }
        if self.order != Provenance::Recorded {
            notes.push(
                "The order of collection is rebuilt from files, lines and starts; open a run with one worker for the true one."
                    .to_owned(),
            );
        }
        if !self.knows_setup {
            notes.push("Setup that tests share is not told apart: it counts with the tests that paid it.".to_owned());
        }
        if self.recorded.gap_us.is_none() {
            notes.push("Gaps between tests are not recorded and count as none.".to_owned());
        }
        notes
    }
}

/// A gap of so many times the median, and of half a second, is a worker that waited.
const WAITED: i64 = 200;

fn recorded(run: &Run, layout: &Layout, figures: &Figures) -> Recorded {
    let workers = figures.workers.value;
    let mode = run.meta.dist_mode.as_deref().and_then(Mode::of);
    let mut recorded = Recorded { mode, workers, session_us: figures.session_us.value, ..Recorded::default() };
    let Some((first, last)) = figures.window_us else { return recorded };
    recorded.makespan_us = Some(last - first);
    if let Some(start) = run.meta.session.start_us.filter(|&start| start <= first) {
        recorded.start_up_us = first.checked_sub(start);
        let end = figures.session_us.value.and_then(|length| start.checked_add(length));
        recorded.after_us = end.filter(|&end| end >= last).and_then(|end| end.checked_sub(last));
    }
    if layout.placement != Placement::Recorded {
        return recorded;
    }
    let lanes = layout.lanes.len() as i64;
    let firsts = layout.lanes.iter().fold(0_i64, |sum, lane| sum.saturating_add(lane.first_us));
    // Worker i starts i ramps after the first: the mean first start is (m - 1) / 2 ramps.
    recorded.ramp_us = Some(if lanes > 1 { firsts / lanes * 2 / (lanes - 1) } else { 0 });
    recorded.ready_us = layout.lanes.iter().map(|lane| lane.first_us).collect();
    recorded.gap_us = gap(run, layout);
    recorded
}

/// The mean time on a worker between the times of two tests, without waits.
fn gap(run: &Run, layout: &Layout) -> Option<i64> {
    let mut gaps = Vec::new();
    for lane in &layout.lanes {
        // What a bar is longer than the times that its file gives is a gap too: between the phases.
        let mut stop: Option<i64> = None;
        for bar in lane.index.bars() {
            let time = time_us(run, AttemptId(bar.attempt)).unwrap_or(0);
            let phases = (bar.to_us - bar.from_us).saturating_sub(time).max(0);
            if let Some(stop) = stop {
                gaps.push(bar.from_us.saturating_sub(stop).max(0).saturating_add(phases));
            }
            stop = Some(bar.to_us);
        }
    }
    lanescope_model::order::numbers(&mut gaps);
    let median = gaps.get(gaps.len().checked_sub(1)? / 2).copied()?;
    let most = median.saturating_mul(WAITED).max(500_000);
    let kept: Vec<i64> = gaps.into_iter().take_while(|&gap| gap <= most).collect();
    let sum = kept.iter().fold(0_i64, |sum, gap| sum.saturating_add(*gap));
    sum.checked_div(kept.len() as i64)
}

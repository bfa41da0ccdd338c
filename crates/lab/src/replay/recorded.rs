//! What is recorded of how a run was made.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use lanescope_analysis::{Figures, Layout, Placement, span_us, time_us};
use lanescope_model::{AttemptId, Run, TestId};
use lanescope_protocol::Mode;

use super::tests_table::at;

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
    /// Workers that the run was told to have, where a file says so: more than had work.
    pub declared: Option<u32>,
    /// Between two tests on a worker, the mean, microseconds.
    pub gap_us: Option<i64>,
    /// From the last stop to the end of the session, microseconds.
    pub after_us: Option<i64>,
    /// What a new worker after a failure cost beyond the gap, the mean, microseconds (Playwright).
    pub restart_us: Option<i64>,
    /// Whether workers shared the tests of files (Playwright's `fullyParallel`).
    pub fully_parallel: bool,
}

/// A gap of so many times the median, and of half a second, is a worker that waited.
const WAITED: i64 = 20;
/// A longer time between two attempts is no runner's delay but another job's, microseconds.
const LONGEST_WAIT_US: i64 = 60_000_000;

pub(super) fn recorded(run: &Run, layout: &Layout, figures: &Figures, pytest: bool) -> Recorded {
    let workers = figures.workers.value;
    let mode = run.meta.dist_mode.as_deref().and_then(Mode::of);
    let mut recorded = Recorded {
        mode,
        workers,
        declared: run.meta.declared_workers,
        session_us: figures.session_us.value,
        ..Recorded::default()
    };
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
    (recorded.gap_us, recorded.restart_us) = gaps(run, layout, pytest);
    recorded
}

/// The mean time on a worker between the times of two tests, without waits; and what it is longer after a failure, where
/// the runner is not pytest.
fn gaps(run: &Run, layout: &Layout, pytest: bool) -> (Option<i64>, Option<i64>) {
    let (mut gaps, mut after_bad, mut retries) = (Vec::new(), Vec::new(), Vec::new());
    for lane in &layout.lanes {
        // What a bar is longer than the times that its file gives is a gap too: between the phases.
        let mut last: Option<(i64, bool, TestId)> = None;
        for bar in lane.index.bars() {
            let time = time_us(run, AttemptId(bar.attempt)).unwrap_or(0);
            let phases = (bar.to_us - bar.from_us).saturating_sub(time).max(0);
            let test = run.attempts.test(AttemptId(bar.attempt));
            if let Some((stop, bad, before)) = last {
                let gap = bar.from_us.saturating_sub(stop).max(0).saturating_add(phases);
                match (bad, before == test) {
                    (true, true) => retries.push(gap),
                    (true, false) => after_bad.push(gap),
                    (false, _) => gaps.push(gap),
                }
            }
            last = Some((bar.to_us, bar.outcome.is_bad() && !pytest, test));
        }
    }
    let usual = mean_gap(gaps);
    // Those before another attempt at the same test stand in its time; they say something where there are no others.
    let longer =
        mean_gap(after_bad).or_else(|| mean_gap(retries)).map(|us| us.saturating_sub(usual.unwrap_or(0)).max(0));
    (usual.or(longer.map(|_| 0)), longer)
}

fn mean_gap(mut gaps: Vec<i64>) -> Option<i64> {
    lanescope_model::order::numbers(&mut gaps);
    let median = gaps.get(gaps.len().checked_sub(1)? / 2).copied()?;
    let most = median.saturating_mul(WAITED).max(500_000);
    let kept: Vec<i64> = gaps.into_iter().take_while(|&gap| gap <= most).collect();
    let sum = kept.iter().fold(0_i64, |sum, gap| sum.saturating_add(*gap));
    sum.checked_div(kept.len() as i64)
}

/// What runners wait between two attempts at a test, microseconds, by the second one.
pub(super) struct Waits(HashMap<u32, i64, FixedState>);

impl Waits {
    /// Where workers are recorded, only waits for a worker that was free most of the time: else it ran other tests.
    /// Without, every runner that retries at all holds the slot.
    pub(super) fn of(run: &Run, layout: &Layout) -> Self {
        let mut waits = HashMap::default();
        let mut put = |attempt: AttemptId, free_us: i64| {
            // Attempts stand in the order of their tests.
            let before = AttemptId(attempt.0.wrapping_sub(1));
            if attempt.0 == 0 || run.attempts.test(before) != run.attempts.test(attempt) {
                return;
            }
            let Some(((_, stop), (start, _))) = span_us(run, before).zip(span_us(run, attempt)) else { return };
            let wait = start.saturating_sub(stop);
            let free = start.saturating_sub(free_us.max(stop));
            if (0..=LONGEST_WAIT_US).contains(&wait) && free >= wait / 2 {
                waits.insert(attempt.0, wait);
            }
        };
        if layout.placement == Placement::Recorded {
            for lane in &layout.lanes {
                let mut free_us = i64::MIN;
                for bar in lane.index.bars() {
                    let attempt = AttemptId(bar.attempt);
                    put(attempt, free_us);
                    free_us = free_us.max(span_us(run, attempt).map_or(i64::MIN, |(_, stop)| stop));
                }
            }
        } else {
            run.attempts.ids().for_each(|attempt| put(attempt, i64::MIN));
        }
        Self(waits)
    }

    /// What lay between the attempt before and this one.
    pub(super) fn before(&self, attempt: AttemptId) -> Option<i64> {
        self.0.get(&attempt.0).copied()
    }
}

/// Whether most files with several tests had some on one worker and some on another.
pub(super) fn shares_files(run: &Run, file_of: &[u32], row_of: &[u32]) -> bool {
    // By file: its tests, the worker of the first, and whether another had one.
    let mut files: Vec<(u32, u32, bool)> = Vec::new();
    for test in run.tests.ids() {
        let Some(worker) = run.tests.attempts(test).find_map(|a| run.attempts.worker(a)) else { continue };
        let file = at(file_of, at(row_of, test.0)) as usize;
        if files.len() <= file {
            files.resize(file + 1, (0, worker.0, false));
        }
        if let Some(file) = files.get_mut(file) {
            let first = if file.0 == 0 { worker.0 } else { file.1 };
            *file = (file.0 + 1, first, file.2 || first != worker.0);
        }
    }
    let several = files.iter().filter(|file| file.0 > 1).count();
    files.iter().filter(|file| file.2).count() * 2 > several
}

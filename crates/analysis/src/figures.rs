//! The figures of a run: counts, and what its times and workers say.

use lanescope_model::{AttemptId, OutcomeCounts, Provenance, Run};

use crate::{Layout, Placement, time_us, window_us};

/// A figure that rests on times or workers, and how it is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Known<T> {
    /// The figure; `None` where no file tells.
    pub value: Option<T>,
    /// How it is known; [`Provenance::Unknown`] exactly where the figure is `None`.
    pub provenance: Provenance,
}

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self { value: None, provenance: Provenance::Unknown }
    }
}

impl<T> Known<T> {
    fn new(value: Option<T>, provenance: Provenance) -> Self {
        let provenance = if value.is_some() { provenance } else { Provenance::Unknown };
        Self { value, provenance }
    }
}

/// The figures of one run, as far as it tells them by itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// Tests: identities.
    pub tests: u32,
    /// Attempts: executions.
    pub attempts: u32,
    /// Tests by final outcome.
    pub counts: OutcomeCounts,
    /// Passed tests with a failing attempt before.
    pub flaky: u32,
    /// Workers that executed an attempt; the number that a file states where no attempt names one.
    pub workers: Known<u32>,
    /// First start to last stop of the tests, microseconds; the session's length where no starts are recorded.
    pub wall_us: Known<i64>,
    /// The whole session, microseconds.
    pub session_us: Known<i64>,
    /// Sum over workers of time in tests, all attempts, microseconds.
    pub busy_us: Known<i64>,
    /// Busy over wall: the mean number of tests running. Not a speedup.
    pub parallelism: Known<f64>,
    /// Parallelism over workers.
    pub utilisation: Known<f64>,
    /// The larger of busy over workers and the longest attempt, microseconds.
    pub lower_bound_us: Known<i64>,
    /// The longest attempt, and its length in microseconds.
    pub longest: Known<(AttemptId, i64)>,
    /// First start and last stop, in microseconds since the Unix epoch, where starts are recorded.
    pub window_us: Option<(i64, i64)>,
}

/// The figures of a run; `layout` holds its lanes.
#[must_use]
pub fn figures(run: &Run, layout: &Layout) -> Figures {
    let workers = workers(run);
    let window_us = window_us(run);
    let session_us = Known::new(run.meta.session.length_us.filter(|&us| us >= 0), Provenance::Recorded);
    let wall_us = match window_us {
        Some((first, last)) => Known::new(Some(last - first), Provenance::Recorded),
        // It bounds the time from the first start to the last stop; it is not that time.
        None => Known::new(session_us.value, Provenance::Rebuilt),
    };
    let busy_us = busy(run, layout, workers.value, window_us.map(|(first, last)| last - first));
    let ratio = |value: Option<f64>, of: Provenance| Known::new(value.filter(|v| v.is_finite()), of);
    let of = busy_us.provenance.weaker(wall_us.provenance);
    let parallelism = match (busy_us.value, wall_us.value) {
        (Some(busy), Some(wall)) if wall > 0 => ratio(Some(busy as f64 / wall as f64), of),
        _ => Known::default(),
    };
    let utilisation = parallelism.value.zip(workers.value).map(|(p, n)| p / f64::from(n));
    let longest = longest(run);
    let share = busy_us.value.zip(workers.value).map(|(busy, n)| busy.saturating_add(i64::from(n) - 1) / i64::from(n));
    let bound = share.zip(longest.value).map(|(share, (_, longest))| share.max(longest));
    let known = Figures {
        tests: run.tests.len() as u32,
        attempts: run.attempts.len() as u32,
        counts: run.counts(),
        flaky: run.flaky_count(),
        workers,
        wall_us,
        session_us,
        busy_us,
        parallelism,
        utilisation: ratio(utilisation, of.weaker(workers.provenance)),
        lower_bound_us: Known::new(bound, busy_us.provenance.weaker(workers.provenance)),
        longest,
        window_us,
    };
    if run.meta.simulated { known.of_a_model() } else { known }
}

impl Figures {
    /// The figures of a run that never happened: all that rest on times or workers are simulated.
    fn of_a_model(mut self) -> Self {
        let marks = [
            &mut self.workers.provenance,
            &mut self.wall_us.provenance,
            &mut self.session_us.provenance,
            &mut self.busy_us.provenance,
            &mut self.parallelism.provenance,
            &mut self.utilisation.provenance,
            &mut self.lower_bound_us.provenance,
            &mut self.longest.provenance,
        ];
        for mark in marks {
            *mark = mark.weaker(Provenance::Simulated);
        }
        self
    }
}

/// Workers that executed at least one attempt; a run that is known to be sequential has one.
fn workers(run: &Run) -> Known<u32> {
    let mut at_work = vec![false; run.workers.len()];
    for worker in run.attempts.ids().filter_map(|a| run.attempts.worker(a)) {
        if let Some(slot) = at_work.get_mut(worker.index()) {
            *slot = true;
        }
    }
    let seen = at_work.iter().filter(|&&seen| seen).count() as u32;
    let sequential = run.meta.sequential.then_some(1);
    let stated = run.meta.declared_workers.filter(|&n| n > 0);
    Known::new(Some(seen).filter(|&n| n > 0).or(sequential).or(stated), Provenance::Recorded)
}

fn busy(run: &Run, layout: &Layout, workers: Option<u32>, wall_us: Option<i64>) -> Known<i64> {
    let times = |rows: &mut dyn Iterator<Item = AttemptId>| {
        rows.filter_map(|a| time_us(run, a))
            .fold(None, |sum: Option<i64>, us| Some(sum.unwrap_or(0).saturating_add(us)))
    };
    if layout.placement != Placement::Recorded {
        return Known::new(times(&mut run.attempts.ids()), Provenance::Recorded);
    }
    let on_lanes = layout.lanes.iter().fold(0_i64, |sum, lane| sum.saturating_add(lane.busy_us));
    let mut unplaced =
        run.attempts.ids().filter(|&a| run.attempts.worker(a).is_none() || crate::span_us(run, a).is_none());
    let busy = on_lanes.saturating_add(times(&mut unplaced).unwrap_or(0));
    // Workers cannot be busy for longer than they were there.
    let most = workers.zip(wall_us).map(|(n, wall)| wall.saturating_mul(i64::from(n)));
    Known::new(Some(most.map_or(busy, |most| busy.min(most))), Provenance::Recorded)
}

/// The longest attempt; the first of several.
fn longest(run: &Run) -> Known<(AttemptId, i64)> {
    let timed = run.attempts.ids().filter_map(|a| time_us(run, a).map(|us| (a, us)));
    let longest = timed.reduce(|best, next| if next.1 > best.1 { next } else { best });
    Known::new(longest, Provenance::Recorded)
}

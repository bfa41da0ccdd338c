//! The lanes of a run: a lane per worker where that is recorded, and what comes next best where it is not.

use lanescope_model::order::{Keyed, by, by_keys, sort};
use lanescope_model::{AttemptId, Provenance, Run, WorkerId};

use crate::groups::{find_replaced, group_lanes};
use crate::{LaneGroup, LaneIndex, natural_cmp, pack, schedule, span_us, time_us, timeouts, window_us};

/// A simulation has no more workers than this.
pub const MAX_SIMULATED_WORKERS: u32 = 512;

/// How attempts came to their lanes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Placement {
    /// Worker and start of the attempts are recorded.
    Recorded,
    /// Starts are recorded, workers are not: as few lanes as hold them. The number of lanes is a fact, which
    /// test stands on which lane is not.
    Packed,
    /// Workers and times are recorded, starts are not: each worker's attempts in order, back to back.
    BackToBack,
    /// Only times are recorded: greedy list scheduling in the order of the file, over so many workers.
    Scheduled(u32),
    /// No times are recorded; there is nothing to draw.
    #[default]
    Nothing,
}

/// In which order lanes are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum LaneOrder {
    /// By name, numbers by value.
    #[default]
    Name,
    /// Most time in tests first.
    Load,
    /// Latest last stop first.
    LastStop,
    /// Most idle time first: the wall time minus the time in tests.
    Idle,
    /// Earliest first start first.
    Start,
}

/// One lane, and what ran on it. Points in time count from the first start on the timeline.
#[derive(Clone, Debug, Default)]
pub struct Lane {
    /// Name of the worker; `lane 1` where packed, `slot 1` where simulated.
    pub name: String,
    /// The worker, where it is recorded.
    pub worker: Option<WorkerId>,
    /// Failed attempts on it.
    pub bad: u32,
    /// Time in tests, microseconds; time that a file gives to two attempts at once counts once.
    pub busy_us: i64,
    /// Part of it in setup, where some file tells phases apart, microseconds.
    pub setup_us: Option<i64>,
    /// Part of it in teardown, where some file tells phases apart, microseconds.
    pub teardown_us: Option<i64>,
    /// Start of its first attempt, microseconds.
    pub first_us: i64,
    /// Stop of its last attempt, microseconds.
    pub last_us: i64,
    /// Whether the worker died.
    pub crashed: bool,
    /// Its group, as an index into [`Layout::groups`].
    pub group: Option<u32>,
    /// The crashed worker in whose place it came; inferred from names and times.
    pub replaces: Option<WorkerId>,
    /// Its attempts.
    pub index: LaneIndex,
}

/// The lanes of a run.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// How attempts came to their lanes.
    pub placement: Placement,
    /// The lanes, by name.
    pub lanes: Vec<Lane>,
    /// Groups of lanes, by name; empty where lanes are of no group.
    pub groups: Vec<LaneGroup>,
    /// When 0 on the timeline was, in microseconds since the Unix epoch, where starts are recorded.
    pub zero_us: Option<i64>,
    /// Last stop on the timeline, microseconds.
    pub to_us: i64,
    /// Attempts on the lanes.
    pub placed: u32,
    /// Attempts that no lane holds.
    pub unplaced: u32,
    /// Whether the run comes from a model: nothing on the lanes happened.
    pub simulated: bool,
}

impl Layout {
    /// The best lanes that a run allows. `workers` is the number of workers to simulate where nothing better
    /// is possible; without it, it is chosen.
    #[must_use]
    pub fn of(run: &Run, workers: Option<u32>) -> Self {
        let (mut with_start, mut with_worker, mut timed_on_worker, mut timed) = (0_u32, 0_u32, 0_u32, 0_u32);
        for a in run.attempts.ids() {
            let has_worker = run.attempts.worker(a).is_some();
            if span_us(run, a).is_some() {
                with_start += 1;
                with_worker += u32::from(has_worker);
            }
            if time_us(run, a).is_some() {
                timed += 1;
                timed_on_worker += u32::from(has_worker);
            }
        }
        // Half is enough: some attempts of a well-recorded run (a module skipped at collection, a test that a
        // crash took along) never have a worker or a start.
        if with_start > 0 && with_worker * 2 >= with_start {
            Self::recorded(run)
        } else if with_start > 0 {
            Self::packed(run)
        } else if timed > 0 && timed_on_worker * 2 >= timed {
            Self::back_to_back(run)
        } else if timed > 0 {
            Self::scheduled(run, workers)
        } else {
            Self { unplaced: run.attempts.len() as u32, simulated: run.meta.simulated, ..Self::default() }
        }
    }

    /// How the lanes are known.
    #[must_use]
    pub fn provenance(&self) -> Provenance {
        match self.placement {
            Placement::Recorded | Placement::Packed | Placement::BackToBack if self.simulated => Provenance::Simulated,
            Placement::Recorded => Provenance::Recorded,
            Placement::Packed | Placement::BackToBack => Provenance::Rebuilt,
            Placement::Scheduled(_) => Provenance::Simulated,
            Placement::Nothing => Provenance::Unknown,
        }
    }

    /// Indices of the lanes: group by group, those of no group last, and then in this order; equal ones by name.
    #[must_use]
    pub fn order(&self, order: LaneOrder) -> Vec<u32> {
        let mut rows: Vec<u32> = (0..self.lanes.len() as u32).collect();
        let key = |&row: &u32| {
            let Some(lane) = self.lanes.get(row as usize) else { return (u32::MAX, 0) };
            let key = match order {
                LaneOrder::Name => 0,
                LaneOrder::Load => -lane.busy_us,
                LaneOrder::LastStop => -lane.last_us,
                // The wall time is the same for all.
                LaneOrder::Idle => lane.busy_us,
                LaneOrder::Start => lane.first_us,
            };
            (lane.group.unwrap_or(u32::MAX), key)
        };
        by(&mut rows, &|a, b| key(&a).cmp(&key(&b)));
        rows
    }

    fn recorded(run: &Run) -> Self {
        let (zero, _) = window_us(run).unwrap_or_default();
        let mut spans = vec![Vec::new(); run.workers.len()];
        for a in run.attempts.ids() {
            let on = run.attempts.worker(a).and_then(|w| spans.get_mut(w.index()));
            if let (Some(on), Some((start, stop))) = (on, span_us(run, a)) {
                on.push((start - zero, stop - zero, a));
            }
        }
        let lanes = by_worker(run, spans);
        Self::finish(run, Placement::Recorded, Some(zero), lanes)
    }

    fn packed(run: &Run) -> Self {
        let (zero, _) = window_us(run).unwrap_or_default();
        let spans =
            run.attempts.ids().filter_map(|a| span_us(run, a).map(|(from, to)| (from - zero, to - zero, a.0, 0)));
        let mut spans: Vec<Keyed> = spans.collect();
        by_keys(&mut spans);
        let spans: Vec<_> = spans.into_iter().map(|(from, to, a, _)| (from, to, AttemptId(a))).collect();
        let times: Vec<(i64, i64)> = spans.iter().map(|s| (s.0, s.1)).collect();
        let (placed, n) = pack(&times);
        let lanes = on_lanes(run, "lane", spans, placed, n);
        Self::finish(run, Placement::Packed, Some(zero), lanes)
    }

    fn back_to_back(run: &Run) -> Self {
        let mut spans = vec![Vec::new(); run.workers.len()];
        let mut ends = vec![0_i64; run.workers.len()];
        for a in run.attempts.ids() {
            let worker = run.attempts.worker(a).map_or(usize::MAX, WorkerId::index);
            if let (Some(on), Some(end), Some(time)) = (spans.get_mut(worker), ends.get_mut(worker), time_us(run, a)) {
                let stop = end.saturating_add(time);
                on.push((*end, stop, a));
                *end = stop;
            }
        }
        let lanes = by_worker(run, spans);
        Self::finish(run, Placement::BackToBack, None, lanes)
    }

    fn scheduled(run: &Run, workers: Option<u32>) -> Self {
        let timed: Vec<(AttemptId, i64)> =
            run.attempts.ids().filter_map(|a| time_us(run, a).map(|time| (a, time))).collect();
        let n = workers.unwrap_or_else(|| likely_workers(run, &timed)).clamp(1, MAX_SIMULATED_WORKERS);
        let lengths: Vec<i64> = timed.iter().map(|t| t.1).collect();
        let placed = schedule(&lengths, n);
        let spans = timed.iter().zip(&placed).map(|(&(a, time), &(_, start))| (start, start.saturating_add(time), a));
        let spans = spans.collect();
        let lanes = on_lanes(run, "slot", spans, placed.iter().map(|p| p.0).collect(), n);
        Self::finish(run, Placement::Scheduled(n), None, lanes)
    }

    fn finish(run: &Run, placement: Placement, zero_us: Option<i64>, mut lanes: Vec<Lane>) -> Self {
        // Mostly they are in order: sorting needs room for them all once more.
        if !lanes.is_sorted_by(|a, b| natural_cmp(&a.name, &b.name).is_le()) {
            sort(&mut lanes, &|a, b| natural_cmp(&a.name, &b.name));
        }
        let placed = lanes.iter().map(|l| l.index.len() as u32).sum();
        let to_us = lanes.iter().map(|l| l.last_us).max().unwrap_or(0);
        let unplaced = run.attempts.len() as u32 - placed;
        let groups = group_lanes(run, &mut lanes);
        if placement == Placement::Recorded {
            find_replaced(run, &mut lanes);
        }
        Self { placement, lanes, groups, zero_us, to_us, placed, unplaced, simulated: run.meta.simulated }
    }
}

/// The number of workers to simulate: what a file states, or as many as the session needed at least.
fn likely_workers(run: &Run, timed: &[(AttemptId, i64)]) -> u32 {
    if run.meta.sequential {
        return 1;
    }
    if let Some(n) = run.meta.declared_workers.filter(|&n| n > 0) {
        return n;
    }
    let busy = timed.iter().fold(0_i64, |sum, t| sum.saturating_add(t.1));
    let session = run.meta.session.length_us.filter(|&us| us > 0);
    // A twentieth is left for rounding: a sequential run's times may exceed its session by a little.
    session.map_or(1, |session| ((busy as f64 / session as f64 - 0.05).ceil().max(1.0)) as u32)
}

type Span = (i64, i64, AttemptId);

fn by_worker(run: &Run, spans: Vec<Vec<Span>>) -> Vec<Lane> {
    let limits = time_limit_marks(run);
    let lanes = spans.into_iter().enumerate().filter(|(_, spans)| !spans.is_empty()).map(|(i, spans)| {
        let worker = WorkerId(i as u32);
        let mut lane = lane(run, &limits, run.worker_name(worker).to_owned(), spans);
        lane.worker = Some(worker);
        lane.crashed = run.workers.get(i).is_some_and(|w| w.crashed);
        lane
    });
    lanes.collect()
}

fn on_lanes(run: &Run, word: &str, spans: Vec<Span>, placed: Vec<u32>, n: u32) -> Vec<Lane> {
    let mut lanes = vec![Vec::new(); n as usize];
    for (span, on) in spans.into_iter().zip(placed) {
        if let Some(lane) = lanes.get_mut(on as usize) {
            lane.push(span);
        }
    }
    let limits = time_limit_marks(run);
    let lanes = lanes.into_iter().enumerate().filter(|(_, spans)| !spans.is_empty());
    let mut lanes: Vec<Lane> = lanes.map(|(i, spans)| lane(run, &limits, format!("{word} {}", i + 1), spans)).collect();
    // Thousands of runs have one lane each.
    lanes.shrink_to_fit();
    lanes
}

fn lane(run: &Run, limits: &[u8], name: String, spans: Vec<Span>) -> Lane {
    let mut lane = Lane { name, ..Lane::default() };
    for &(_, _, a) in &spans {
        lane.busy_us = lane.busy_us.saturating_add(time_us(run, a).unwrap_or(0));
        lane.bad += u32::from(run.attempts.outcome(a).is_bad());
        add(&mut lane.setup_us, run.attempts.setup_us(a));
        add(&mut lane.teardown_us, run.attempts.teardown_us(a));
    }
    let rows = spans.into_iter().map(|(from, to, a)| (from, to, a.0, run.attempts.outcome(a)));
    lane.index = LaneIndex::new(rows.collect(), |row| marks(run, limits, AttemptId(row)));
    lane.first_us = lane.index.bar(0).map_or(0, |b| b.from_us);
    lane.last_us = lane.index.bars().map(|b| b.to_us).max().unwrap_or(0);
    // A worker does one thing at a time: what a file gives to two attempts at once is counted once, and no
    // worker is busy longer than it was there.
    let mut reach = i64::MIN;
    let mut twice = 0_i64;
    for bar in lane.index.bars() {
        twice = twice.saturating_add((reach.min(bar.to_us).saturating_sub(bar.from_us)).max(0));
        reach = reach.max(bar.to_us);
    }
    lane.busy_us = lane.busy_us.saturating_sub(twice).clamp(0, lane.last_us - lane.first_us);
    let setup = lane.setup_us.map(|us| us.clamp(0, lane.busy_us));
    let teardown = lane.teardown_us.map(|us| us.clamp(0, lane.busy_us - setup.unwrap_or(0)));
    (lane.setup_us, lane.teardown_us) = (setup, teardown);
    lane
}

/// In the marks of a bar: the attempt is a retry.
pub const RETRY: u8 = 1;
/// In the marks of a bar: the attempt's test is flaky.
pub const FLAKY: u8 = 2;

/// In the marks of a bar: the attempt was stopped by a time limit.
pub const TIMED_OUT: u8 = 1 << 3;
/// In the marks of a bar: the attempt used at least 80 % of its time limit.
pub const NEAR_LIMIT: u8 = 1 << 4;

/// [`TIMED_OUT`] and [`NEAR_LIMIT`] of each attempt, by row; rows that are missing have neither.
fn time_limit_marks(run: &Run) -> Vec<u8> {
    let found = timeouts(run);
    if found.timed_out.is_empty() && found.near.is_empty() {
        return Vec::new();
    }
    let mut marks = vec![0; run.attempts.len()];
    for (those, mark) in [(&found.timed_out, TIMED_OUT), (&found.near, NEAR_LIMIT)] {
        for (attempt, _) in those {
            marks.iter_mut().skip(attempt.index()).take(1).for_each(|m| *m |= mark);
        }
    }
    marks
}

fn marks(run: &Run, limits: &[u8], attempt: AttemptId) -> u8 {
    let limit = limits.get(attempt.index()).copied().unwrap_or(0);
    let test = run.attempts.test(attempt);
    let retry = run.tests.attempts(test).next().is_some_and(|first| first != attempt);
    limit | (if retry { RETRY } else { 0 }) | (if run.tests.is_flaky(test) { FLAKY } else { 0 })
}

fn add(sum: &mut Option<i64>, us: Option<i64>) {
    if let Some(us) = us {
        *sum = Some(sum.unwrap_or(0).saturating_add(us.max(0)));
    }
}

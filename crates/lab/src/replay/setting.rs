//! One setting, and its replay.

use lanescope_model::order::by;
use lanescope_protocol::{Mode, Split};

use super::bound::lower_bound_us;
use super::lanes::Ready;
use super::line::Line;
use super::tests_table::{TestTable, at};
use super::trace::{Schedule, Trace};
use super::{grouped, list, load, split, worksteal};

/// More workers are not replayed.
pub const MAX_WORKERS: u32 = 256;

/// How tests are dealt out on one machine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting<'a> {
    /// The mode.
    pub mode: Mode,
    /// Workers, 1 to [`MAX_WORKERS`]; shards of one worker for [`Mode::Shards`].
    pub workers: u32,
    /// pytest-xdist's `--maxschedchunk`.
    pub max_chunk: Option<u32>,
    /// Whether groups with many tests go first (`loadscopereorder`).
    pub reorder: bool,
    /// By how much each further worker is ready later, microseconds.
    pub ramp_us: i64,
    /// When each worker was ready in the recorded run, microseconds after the first; goes before the ramp.
    pub ready_us: &'a [i64],
    /// Between two tests on a worker, microseconds.
    pub gap_us: i64,
    /// What a new worker after a failure costs beyond the gap (Playwright), microseconds.
    pub restart_us: i64,
    /// Playwright's `fullyParallel`.
    pub fully_parallel: bool,
    /// How [`Mode::Shards`] cuts.
    pub split: Split,
    /// What all times of tests and shared setup are multiplied by (contention).
    pub inflation: f64,
}

impl Setting<'_> {
    /// A setting without gaps and ramp.
    #[must_use]
    pub fn new(mode: Mode, workers: u32) -> Self {
        Self {
            mode,
            workers: workers.clamp(1, MAX_WORKERS),
            max_chunk: None,
            reorder: true,
            ramp_us: 0,
            ready_us: &[],
            gap_us: 0,
            restart_us: 0,
            fully_parallel: false,
            split: Split::Chunks,
            inflation: 1.0,
        }
    }
}

/// Tells the piece of a row that must stay on one worker, by number.
type Key<'a> = Box<dyn Fn(u32) -> u32 + 'a>;

/// The pieces of a mode; `None` where every test is its own.
pub(crate) fn piece_key(tests: &TestTable, mode: Mode, fully_parallel: bool) -> Option<Key<'_>> {
    let column = match mode {
        Mode::Loadscope => &tests.scope,
        Mode::Loadfile => &tests.file,
        Mode::Loadgroup => &tests.group,
        Mode::Playwright if !fully_parallel => &tests.file,
        _ => return None,
    };
    Some(Box::new(|row| at(column, row)))
}

/// Replays tests under a setting: `rows` are those of the table that this machine runs, in the runner's order. `hash`
/// tells the hash of a row's name, for [`Split::Hash`].
#[must_use]
pub fn simulate(tests: &TestTable, rows: &[u32], setting: &Setting<'_>, hash: &dyn Fn(u32) -> u64) -> Trace {
    with_line(tests, rows, setting, hash, &mut |_, _| {})
}

/// As [`simulate`], with worker and start of each test.
#[must_use]
pub fn schedule(tests: &TestTable, rows: &[u32], setting: &Setting<'_>, hash: &dyn Fn(u32) -> u64) -> Schedule {
    let mut schedule = Schedule::default();
    with_line(tests, rows, setting, hash, &mut |line, trace| schedule = trace.schedule(line, tests.len()));
    schedule.workers = setting.workers;
    schedule.lower_bound_us = lower_bound_us(tests, setting, setting.workers);
    schedule
}

fn with_line(
    tests: &TestTable,
    rows: &[u32],
    setting: &Setting<'_>,
    hash: &dyn Fn(u32) -> u64,
    then: &mut dyn FnMut(&Line<'_>, &Trace),
) -> Trace {
    let workers = setting.workers.clamp(1, MAX_WORKERS);
    let ready = Ready { recorded_us: setting.ready_us, ramp_us: setting.ramp_us };
    let mut trace = Trace::default();
    let mut ends = Vec::new();
    trace.rows = match setting.mode {
        Mode::Load | Mode::Worksteal => rows.to_vec(),
        Mode::Loadscope | Mode::Loadfile | Mode::Loadgroup => {
            let key = piece_key(tests, setting.mode, false).unwrap_or_else(|| Box::new(|row| row));
            let (dealt, piece_ends) = grouped::pieces(rows, &*key, setting.reorder);
            ends = piece_ends;
            dealt
        }
        Mode::Lpt => sorted(rows, &|a, b| tests.whole(b).cmp(&tests.whole(a))),
        Mode::Slots => sorted(rows, &|a, b| at(&tests.priority, b).cmp(&at(&tests.priority, a))),
        Mode::Playwright => match piece_key(tests, setting.mode, setting.fully_parallel) {
            Some(key) => {
                let (dealt, piece_ends) = grouped::pieces(rows, &*key, false);
                ends = piece_ends;
                dealt
            }
            None => rows.to_vec(),
        },
        Mode::Shards => {
            let shard_of = split(tests, rows, setting.split, workers, setting.fully_parallel, hash);
            let (dealt, shard_ends) = by_shard(rows, &shard_of, workers);
            ends = shard_ends;
            dealt
        }
    };
    let restart = if setting.mode == Mode::Playwright { setting.restart_us } else { 0 };
    // The line borrows the rows while the trace grows.
    let dealt = std::mem::take(&mut trace.rows);
    let line = if setting.mode == Mode::Lpt {
        // The textbook's rule knows no fixtures: a test takes what it took.
        Line::whole(tests, &dealt, setting.gap_us, setting.inflation)
    } else {
        Line::new(tests, &dealt, setting.gap_us, restart, setting.inflation)
    };
    match setting.mode {
        Mode::Load => load::run(&line, workers, setting.max_chunk, ready, &mut trace),
        Mode::Worksteal => worksteal::run(&line, workers, ready, &mut trace),
        Mode::Loadscope | Mode::Loadfile | Mode::Loadgroup => grouped::run(&line, &ends, workers, ready, &mut trace),
        Mode::Playwright if !ends.is_empty() => {
            list::run(&line, &mut ends.iter().copied(), workers, ready, true, &mut trace);
        }
        Mode::Shards => {
            let mut from = 0;
            for (shard, &to) in (0..).zip(&ends) {
                if to > from {
                    trace.push(&line, shard, None, from, to, 0);
                }
                from = to;
            }
        }
        Mode::Lpt | Mode::Slots | Mode::Playwright => {
            list::run(&line, &mut (1..=line.len()), workers, ready, setting.mode == Mode::Playwright, &mut trace);
        }
    }
    then(&line, &trace);
    drop(line);
    trace.rows = dealt;
    trace
}

/// Rows shard by shard, and the end of each shard.
pub(crate) fn by_shard(rows: &[u32], shard_of: &[u32], shards: u32) -> (Vec<u32>, Vec<u32>) {
    let mut next = vec![0_u32; shards as usize];
    for shard in shard_of {
        if let Some(n) = next.get_mut(*shard as usize) {
            *n += 1;
        }
    }
    let mut end = 0;
    let mut ends = Vec::with_capacity(next.len());
    for next in &mut next {
        let size = std::mem::replace(next, end);
        end += size;
        ends.push(end);
    }
    let mut dealt = vec![0; rows.len()];
    for (row, shard) in rows.iter().zip(shard_of) {
        let Some(next) = next.get_mut(*shard as usize) else { continue };
        if let Some(slot) = dealt.get_mut(*next as usize) {
            *slot = *row;
        }
        *next += 1;
    }
    (dealt, ends)
}

fn sorted(rows: &[u32], compare: &dyn Fn(u32, u32) -> std::cmp::Ordering) -> Vec<u32> {
    let mut rows = rows.to_vec();
    by(&mut rows, compare);
    rows
}

//! What a replay did.

use super::line::Line;

/// A stretch of the dealing order that one worker ran without a break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The worker.
    pub worker: u32,
    /// First place in the dealing order.
    pub from: u32,
    /// The place after the last.
    pub to: u32,
    /// Start of its first test, microseconds from the first start that is possible.
    pub start_us: i64,
    /// Stop of its last test.
    pub stop_us: i64,
    /// The place that the worker ran before; `u32::MAX` for none.
    pub(crate) before: u32,
}

/// What a replay did: stretches of the dealing order on workers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// Rows of the test table in dealing order.
    pub rows: Vec<u32>,
    /// The stretches; a worker's own are in order of time.
    pub segments: Vec<Segment>,
}

impl Trace {
    pub(crate) fn push(&mut self, line: &Line<'_>, worker: u32, before: Option<u32>, from: u32, to: u32, at_us: i64) {
        let gap = if before.is_some() { line.gap_us() } else { 0 };
        let stop_us = at_us.saturating_add(line.run_us(before, from, to));
        let start_us = at_us.saturating_add(gap);
        let before = before.unwrap_or(u32::MAX);
        self.segments.push(Segment { worker, from, to, start_us, stop_us, before });
    }

    /// First start, microseconds.
    #[must_use]
    pub fn first_us(&self) -> i64 {
        self.segments.iter().map(|s| s.start_us).min().unwrap_or(0)
    }

    /// First start to last stop, microseconds.
    #[must_use]
    pub fn makespan_us(&self) -> i64 {
        self.segments.iter().map(|s| s.stop_us).max().unwrap_or(0).saturating_sub(self.first_us())
    }

    /// The row that ends last; of several the first in dealing order.
    #[must_use]
    pub fn last_row(&self) -> Option<u32> {
        let last = self.segments.iter().max_by_key(|s| (s.stop_us, std::cmp::Reverse(s.to)))?;
        self.rows.get(last.to.checked_sub(1)? as usize).copied()
    }

    /// Time in tests, all workers, microseconds; `gap_us` is the setting's.
    #[must_use]
    pub fn busy_us(&self, gap_us: i64) -> i64 {
        self.segments.iter().fold(0_i64, |sum, s| {
            let gaps = i64::from(s.to.saturating_sub(s.from).saturating_sub(1)).saturating_mul(gap_us.max(0));
            sum.saturating_add((s.stop_us - s.start_us).saturating_sub(gaps))
        })
    }

    /// How many workers ran a test.
    #[must_use]
    pub fn workers_used(&self) -> u32 {
        let mut used: Vec<u32> = self.segments.iter().map(|s| s.worker).collect();
        used.sort_unstable();
        used.dedup();
        used.len() as u32
    }

    /// Worker and start of each test, with one entry a row of the test table.
    pub(crate) fn schedule(&self, line: &Line<'_>, tests: usize) -> Schedule {
        let first = self.first_us();
        let mut schedule = Schedule {
            worker: vec![u32::MAX; tests],
            start_us: vec![0; tests],
            length_us: vec![0; tests],
            ..Schedule::default()
        };
        for s in &self.segments {
            let mut before = Some(s.before).filter(|&b| b != u32::MAX);
            let mut at_us = s.start_us.saturating_sub(first);
            for place in s.from..s.to {
                let row = line.row(place) as usize;
                let us = line.seen_us(before, place);
                let waits_us = line.waits_us(before);
                at_us = at_us.saturating_add(waits_us);
                let us = us.saturating_sub(waits_us);
                if let (Some(worker), Some(start), Some(length)) =
                    (schedule.worker.get_mut(row), schedule.start_us.get_mut(row), schedule.length_us.get_mut(row))
                {
                    (*worker, *start, *length) = (s.worker, at_us, us);
                }
                schedule.busy_us = schedule.busy_us.saturating_add(us);
                at_us = at_us.saturating_add(us).saturating_add(line.gap_us());
                before = Some(place);
            }
        }
        schedule.makespan_us = self.makespan_us();
        schedule.last_row = self.last_row();
        schedule
    }
}

/// Worker and start of every test. Simulated: nothing of it was recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    /// Worker of each row of the test table; `u32::MAX` for one that was not dealt out. With several shards, the
    /// workers of the second come after those of the first.
    pub worker: Vec<u32>,
    /// Start of each row, microseconds from the first start of all.
    pub start_us: Vec<i64>,
    /// Time in each row, with what it sets up for others, microseconds.
    pub length_us: Vec<i64>,
    /// First start to last stop, microseconds.
    pub makespan_us: i64,
    /// Time in tests, all workers, microseconds.
    pub busy_us: i64,
    /// The row that ends last.
    pub last_row: Option<u32>,
    /// Workers that there are.
    pub workers: u32,
    /// No schedule of these pieces on so many workers takes less, microseconds.
    pub lower_bound_us: i64,
}

impl Schedule {
    /// Time in tests over workers times makespan, 0 to 1; 0 for an empty schedule.
    #[must_use]
    pub fn utilisation(&self) -> f64 {
        let whole = self.makespan_us as f64 * f64::from(self.workers);
        if whole > 0.0 { (self.busy_us as f64 / whole).min(1.0) } else { 0.0 }
    }

    /// Takes over the rows of another schedule, whose workers come after `first_worker`.
    pub(crate) fn merge(&mut self, other: &Self, first_worker: u32) {
        let rows = self.worker.iter_mut().zip(&mut self.start_us).zip(&mut self.length_us);
        let others = other.worker.iter().zip(&other.start_us).zip(&other.length_us);
        for (((worker, start), length), ((w, s), l)) in rows.zip(others) {
            if *w != u32::MAX {
                (*worker, *start, *length) = (w + first_worker, *s, *l);
            }
        }
        self.busy_us = self.busy_us.saturating_add(other.busy_us);
        if other.makespan_us > self.makespan_us || self.last_row.is_none() {
            (self.makespan_us, self.last_row) = (other.makespan_us, other.last_row);
        }
    }
}

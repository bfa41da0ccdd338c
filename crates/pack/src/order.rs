//! Orders that follow from what is known already, so that they need not be written.

use std::cmp::Ordering;

use lanescope_model::order::{by, places};
use lanescope_model::{AttemptId, Run};

/// The attempts of a run lane by lane, each lane by start.
pub(crate) struct Lanes {
    pub(crate) rows: Vec<AttemptId>,
    /// How many there are on each lane: those without a worker first, then by worker.
    pub(crate) counts: Vec<u64>,
}

impl Lanes {
    pub(crate) fn of(run: &Run) -> Self {
        let a = &run.attempts;
        let lane = |attempt: AttemptId| a.worker(attempt).map_or(0, |worker| worker.index() + 1);
        let mut rows: Vec<u32> = a.ids().map(|attempt| attempt.0).collect();
        by(&mut rows, &|x, y| {
            let (x, y) = (AttemptId(x), AttemptId(y));
            let time = |attempt| (a.start_us(attempt).unwrap_or(i64::MAX), a.stop_us(attempt).unwrap_or(i64::MAX));
            lane(x).cmp(&lane(y)).then_with(|| time(x).cmp(&time(y)))
        });
        let mut counts = vec![0; run.workers.len() + 1];
        for attempt in a.ids() {
            if let Some(count) = counts.get_mut(lane(attempt)) {
                *count += 1;
            }
        }
        Self { rows: rows.into_iter().map(AttemptId).collect(), counts }
    }
}

/// An attempt as an order is worked out of it: its test, by its place in the table, and its times.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    pub(crate) test: u32,
    pub(crate) start_us: Option<i64>,
    pub(crate) stop_us: Option<i64>,
}

/// How many orders are tried: that of the table, of first starts, of last stops, of lanes.
pub(crate) const ORDERS: u64 = 4;

/// Tests, by their places in the table, in an order that follows from their attempts, which are given lane by lane.
pub(crate) fn expected(order: u64, tests: usize, rows: &[Row]) -> Vec<u32> {
    let mut keys = vec![i64::MAX; tests];
    for (at, row) in rows.iter().enumerate() {
        let Some(key) = keys.get_mut(row.test as usize) else { continue };
        match order {
            1 => *key = (*key).min(row.start_us.unwrap_or(i64::MAX)),
            2 => {
                let stop = row.stop_us.unwrap_or(i64::MAX);
                *key = if *key == i64::MAX { stop } else { (*key).max(stop) };
            }
            3 => *key = (*key).min(at as i64),
            _ => {}
        }
    }
    places(tests, &|a, b| match (keys.get(a), keys.get(b)) {
        (Some(a), Some(b)) => a.cmp(b),
        _ => Ordering::Equal,
    })
}

/// Where each stands in an order.
pub(crate) fn ranks(order: &[u32]) -> Vec<u32> {
    let mut ranks = vec![0; order.len()];
    for (rank, &at) in order.iter().enumerate() {
        if let Some(slot) = ranks.get_mut(at as usize) {
            *slot = rank as u32;
        }
    }
    ranks
}

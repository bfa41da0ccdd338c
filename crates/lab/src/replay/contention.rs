//! How test times change with the number of workers.
//!
//! Workers of one machine share its processors. Two cases bound what one run tells: tests that wait (sleeps, networks)
//! take the same time with any number of workers; tests that compute take d·N/c with N workers on a machine that gets
//! c workers' worth of tests through at once (`capacity`). From a run with M workers at N: between d and d·N/M.
//! Several runs of the same tests narrow that: between two measured numbers of workers the inflation is that of the
//! capacity model through both, max(κ₁, κ₂·N/M₂), and at most their chord; beyond the last it goes on as it did, at
//! most in proportion to N.

use lanescope_model::within;

/// Time in the same tests with so many workers, over that of the run that is replayed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measurement {
    /// Workers.
    pub workers: u32,
    /// The ratio; 1 for the replayed run itself.
    pub ratio: f64,
}

/// How many times longer tests take than in the replayed run: what is taken, and between which bounds it lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Inflation {
    /// The least.
    pub low: f64,
    /// What is taken.
    pub factor: f64,
    /// The most.
    pub high: f64,
}

/// From this share of proportional growth on, the machine counts as full.
const FULL: f64 = 0.5;

impl Inflation {
    /// No change.
    pub const NONE: Self = Self { low: 1.0, factor: 1.0, high: 1.0 };

    /// With a capacity of so many workers: max(1, N/c) over what the run itself had, max(1, M/c).
    #[must_use]
    pub fn capacity(capacity: f64, measured: u32, workers: u32) -> Self {
        let at = |n: u32| (f64::from(n) / capacity.max(0.01)).max(1.0);
        let factor = at(workers) / at(measured);
        Self { low: factor, factor, high: factor }
    }

    /// At `workers`, from what was measured (the replayed run among it).
    #[must_use]
    pub fn at(workers: u32, measured: &[Measurement]) -> Self {
        let known = merged(measured);
        let n = f64::from(workers);
        let left = known.iter().rfind(|k| k.0 <= n).copied();
        let right = known.iter().find(|k| k.0 >= n).copied();
        let (low, factor, high) = match (left, right) {
            (Some(l), Some(r)) if l.0 >= r.0 => (l.1, l.1, l.1),
            (Some(l), Some(r)) => {
                let chord = l.1 + (r.1 - l.1) * (n - l.0) / (r.0 - l.0);
                let hinge = (r.1 * n / r.0).max(l.1).min(chord);
                (hinge, f64::midpoint(hinge, chord), chord)
            }
            (Some(last), None) => beyond(&known, last, n),
            (None, Some(first)) => below(&known, first, n),
            (None, None) => (1.0, 1.0, 1.0),
        };
        Self { low: low.min(high), factor, high: high.max(low) }
    }
}

/// By workers, the mean ratio of each.
fn merged(measured: &[Measurement]) -> Vec<(f64, f64)> {
    let mut all: Vec<&Measurement> = measured.iter().filter(|m| m.ratio > 0.0 && m.ratio.is_finite()).collect();
    lanescope_model::order::sort(&mut all, &|a, b| a.workers.cmp(&b.workers));
    let mean = |of: &[&Measurement]| {
        let workers = of.first().map_or(0, |m| m.workers);
        (f64::from(workers), of.iter().map(|m| m.ratio).sum::<f64>() / of.len() as f64)
    };
    all.chunk_by(|a, b| a.workers == b.workers).map(mean).collect()
}

/// Beyond the last measured number of workers.
fn beyond(known: &[(f64, f64)], last: (f64, f64), n: f64) -> (f64, f64, f64) {
    let full = last.1 * n / last.0.max(1.0);
    let before = known.len().checked_sub(2).and_then(|i| known.get(i));
    let factor = match before {
        // As measured, where there is nothing to go by.
        None => last.1,
        Some(before) if last.1 / before.1 >= 1.0 + FULL * (last.0 / before.0 - 1.0) => full,
        Some(before) => within(last.1 + (last.1 - before.1) / (last.0 - before.0) * (n - last.0), last.1, full),
    };
    (last.1.min(factor), factor, full)
}

/// Below the first. A full machine has its capacity somewhere between one worker and those of the first: the middle.
fn below(known: &[(f64, f64)], first: (f64, f64), n: f64) -> (f64, f64, f64) {
    let full = first.1 * n / first.0.max(1.0);
    let factor = match known.get(1) {
        None => first.1,
        Some(next) if next.1 / first.1 >= 1.0 + FULL * (next.0 / first.0 - 1.0) => (full * first.1).sqrt(),
        Some(next) => within(first.1 - (next.1 - first.1) / (next.0 - first.0) * (first.0 - n), full, first.1),
    };
    (full.min(factor), factor, first.1.max(factor))
}

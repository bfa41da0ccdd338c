//! Benchmarks of a run, between two runs, and over a history.
//!
//! The same code takes another time whenever it runs: shared machines change their clock, and rounds of one process are
//! anything but independent, so that thousands of rounds make a tiny standard error and say nothing of the next process.
//! Hence nothing here rests on a standard error alone: [`compare()`] weighs the figures that disturbances move least
//! against what the same code differs by from run to run, and [`history()`] looks for steps by ranks.

mod compare;
mod history;

use lanescope_model::{Benchmark, Benchmarks, Run, Stats};
use lanescope_protocol::{BenchmarkRow, BenchmarkStats};

pub use compare::{ASSUMED_NOISE, compare};
pub use history::{History, history};

/// All benchmarks of a run, in the order of its reports. Of one name the first is taken: a second report says it again.
#[must_use]
pub fn rows(run: &Run) -> Vec<BenchmarkRow> {
    let text = |id| run.strings.get(id).to_owned();
    let row = |(report, row): (&Benchmarks, &Benchmark)| BenchmarkRow {
        name: text(row.name),
        group: text(row.group),
        params: text(row.params),
        unit: text(row.unit),
        stats: stats(row),
        file: report.source.clone(),
    };
    of(run).map(row).collect()
}

/// The benchmarks of a run, each name once.
pub(crate) fn of(run: &Run) -> impl Iterator<Item = (&Benchmarks, &Benchmark)> {
    let mut seen: hashbrown::HashSet<u32, foldhash::fast::FixedState> = hashbrown::HashSet::default();
    let all = run.benchmarks.iter().flat_map(|report| report.rows.iter().map(move |row| (report, row)));
    all.filter(move |(_, row)| seen.insert(row.name.0))
}

pub(crate) fn stats(row: &Benchmark) -> BenchmarkStats {
    let Stats { mean, median, stddev, min, max, q1, q3, .. } = row.stats;
    BenchmarkStats {
        mean,
        median,
        stddev,
        min,
        max,
        q1,
        q3,
        iqr: row.stats.iqr(),
        rounds: row.rounds,
        iterations: row.iterations,
    }
}

/// The figure that disturbances move least: a machine that does something else beside makes rounds longer, never shorter.
pub(crate) fn place(stats: &Stats) -> Option<(&'static str, f64)> {
    let known = |name, figure: Option<f64>| figure.filter(|f| *f > 0.0).map(|f| (name, f));
    known("min", stats.min).or_else(|| known("median", stats.median)).or_else(|| known("mean", stats.mean))
}

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

/// The benchmarks of a run, each name once: of several reports the one that knows most of it. A log has fewer figures than
/// the file beside it.
pub(crate) fn of(run: &Run) -> impl Iterator<Item = (&Benchmarks, &Benchmark)> {
    let mut places: hashbrown::HashMap<u32, usize, foldhash::fast::FixedState> = hashbrown::HashMap::default();
    let mut all: Vec<(&Benchmarks, &Benchmark)> = Vec::new();
    for report in &run.benchmarks {
        for row in &report.rows {
            let at = *places.entry(row.name.0).or_insert(all.len());
            match all.get_mut(at) {
                Some(known) if knows(row) > knows(known.1) => *known = (report, row),
                Some(_) => {}
                None => all.push((report, row)),
            }
        }
    }
    all.into_iter()
}

/// How many figures are known.
fn knows(row: &Benchmark) -> usize {
    let s = &row.stats;
    [s.mean, s.median, s.stddev, s.min, s.max, s.q1, s.q3].iter().flatten().count()
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

//! Benchmarks over the runs of a history.
//!
//! Steps are found as those of tests are ([`lanescope_flaky::steps`]): by rank sums over the logarithms of the least
//! disturbed figure, after what all benchmarks of a run have in common is taken off.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use lanescope_flaky::median;
use lanescope_flaky::steps::{Limits, find, unclear_z};
use lanescope_model::order::sort;
use lanescope_model::{Benchmark, Run, Stats};
use lanescope_protocol::{BenchmarkHistory, BenchmarkRun, BenchmarkSeries, BenchmarkStep};

use super::{of, place};

/// A step changes the usual figure by at least this factor.
const FACTOR: f32 = 1.1;
/// Benchmarks that it takes to tell the machine from the code.
const COMMON: usize = 5;
/// In fewer runs there is no step, and no telling what is usual.
const ENOUGH: usize = 8;

/// Shortest, middle and a quarter from above.
type Point = [f64; 3];

/// The benchmarks of all runs.
#[derive(Clone, Debug, Default)]
pub struct History<'a> {
    runs: Vec<&'a Run>,
    names: Vec<String>,
    units: Vec<String>,
    /// Place of each name with its unit.
    by_name: HashMap<(String, String), usize, FixedState>,
    /// By name, then by run: the three figures that are drawn, and no more, since there are as many as names times runs.
    cells: Vec<Vec<Option<Point>>>,
}

/// When a run started, or else its last report was written.
fn at_us(run: &Run) -> Option<i64> {
    let written = || run.benchmarks.iter().filter_map(|report| report.at_us).max();
    run.meta.session.start_us.or_else(|| run.window_us().map(|w| w.0)).or_else(written)
}

/// The benchmarks of the runs that have any. The order in which they are given says nothing where they have a time.
#[must_use]
pub fn history<'a>(runs: &[&'a Run]) -> History<'a> {
    let mut history = History::default();
    history.runs.extend(runs.iter().filter(|run| !run.benchmarks.is_empty()).copied());
    sort(&mut history.runs, &|a, b| at_us(a).unwrap_or(i64::MAX).cmp(&at_us(b).unwrap_or(i64::MAX)));
    let n = history.runs.len();
    for (at, run) in history.runs.iter().enumerate() {
        for (_, row) in of(run) {
            let key = key(run, row);
            let (names, units, cells) = (&mut history.names, &mut history.units, &mut history.cells);
            let place = *history.by_name.entry(key).or_insert_with_key(|(name, unit)| {
                names.push(name.clone());
                units.push(unit.clone());
                cells.push(vec![None; n]);
                cells.len() - 1
            });
            if let Some(cell) = cells.get_mut(place).and_then(|cells| cells.get_mut(at)) {
                *cell = point(&row.stats);
            }
        }
    }
    history
}

fn key(run: &Run, row: &Benchmark) -> (String, String) {
    (run.strings.get(row.name).to_owned(), run.strings.get(row.unit).to_owned())
}

impl History<'_> {
    /// How many runs have benchmarks.
    #[must_use]
    pub fn runs(&self) -> usize {
        self.runs.len()
    }

    /// The runs up to one of them, that one last; that one alone, if it has no benchmarks.
    #[must_use]
    pub fn up_to<'r>(&'r self, last: &'r Run) -> Vec<&'r Run> {
        let until = self.runs.iter().position(|run| std::ptr::eq(*run, last));
        let before = until.and_then(|at| self.runs.get(..at)).unwrap_or(&[]);
        before.iter().copied().chain([last]).collect()
    }

    /// The benchmarks of a run over all runs, in the order of its own.
    #[must_use]
    pub fn series(&self, run: &Run) -> Vec<BenchmarkSeries> {
        let series = |(_, row): (_, &Benchmark)| {
            let key = key(run, row);
            let points = self.by_name.get(&key).and_then(|&at| self.cells.get(at)).cloned().unwrap_or_default();
            BenchmarkSeries { name: key.0, unit: key.1, points }
        };
        of(run).map(series).collect()
    }

    /// How much longer than usual the benchmarks of each run took as a whole, as a logarithm.
    fn common(&self) -> Vec<f32> {
        if self.runs.len() < ENOUGH {
            return vec![0.0; self.runs.len()];
        }
        let mut off: Vec<Vec<f32>> = vec![Vec::new(); self.runs.len()];
        for cells in &self.cells {
            let logs: Vec<Option<f32>> = cells.iter().map(log).collect();
            let known = logs.iter().flatten().count();
            let Some(middle) = median(&mut logs.iter().flatten().copied().collect::<Vec<_>>()).filter(|_| known >= 2)
            else {
                continue;
            };
            for (log, off) in logs.iter().zip(&mut off) {
                off.extend(log.map(|log| log - middle));
            }
        }
        // Few benchmarks have nothing in common.
        off.iter_mut().map(|off| if off.len() >= COMMON { median(off).unwrap_or(0.0) } else { 0.0 }).collect()
    }

    /// The runs, and the steps in them.
    #[must_use]
    pub fn report(&self) -> BenchmarkHistory {
        let common = self.common();
        let mut steps: Vec<BenchmarkStep> = Vec::new();
        let unclear_z = unclear_z(self.names.len() * self.runs.len());
        let large = |_: &[(usize, f32)], _: &[(usize, f32)], low: f32, high: f32| (high - low).abs() >= FACTOR.ln();
        for ((name, unit), cells) in self.names.iter().zip(&self.units).zip(&self.cells) {
            let shifted = |(at, cell): (usize, &Option<Point>)| Some((at, log(cell)? - common.get(at)?));
            let values: Vec<(usize, f32)> = cells.iter().enumerate().filter_map(shifted).collect();
            find(&values, &Limits { unclear_z, large: &large }, &mut |before, after, step| {
                let usual = |side: &[(usize, f32)]| {
                    let all = side.iter().filter_map(|(at, _)| log(cells.get(*at)?));
                    median(&mut all.collect::<Vec<_>>()).map_or(0.0, |log| f64::from(log).exp())
                };
                let first = after.first().map_or(0, |value| value.0);
                let run = self.runs.get(first);
                steps.push(BenchmarkStep {
                    name: name.clone(),
                    unit: unit.clone(),
                    from_run: first as u32 + 1,
                    from_started_at: run.and_then(|run| lanescope_flaky::rfc3339(at_us(run)?)),
                    from_commit: run.and_then(|run| run.meta.commit.clone()),
                    before: usual(before),
                    after: usual(after),
                    ratio: f64::from(step.high - step.low).exp(),
                    gradual: step.gradual,
                });
            });
        }
        sort(&mut steps, &|a, b| b.ratio.ln().abs().total_cmp(&a.ratio.ln().abs()));
        let (slower, faster) = steps.into_iter().partition(|step| step.ratio > 1.0);
        let line = |(run, common): (&&Run, &f32)| BenchmarkRun {
            id: run.meta.id.clone(),
            label: run.meta.label.clone(),
            at: at_us(run).and_then(lanescope_flaky::rfc3339),
            commit: run.meta.commit.clone(),
            benchmarks: of(run).count() as u32,
            common_factor: f64::from(*common).exp(),
        };
        BenchmarkHistory { runs: self.runs.iter().zip(&common).map(line).collect(), slower, faster }
    }
}

fn point(stats: &Stats) -> Option<Point> {
    let (_, low) = place(stats)?;
    let middle = stats.median.or(stats.mean).unwrap_or(low);
    Some([low, middle, stats.q3.unwrap_or(middle)])
}

fn log(point: &Option<Point>) -> Option<f32> {
    point.map(|[low, ..]| low.ln() as f32)
}

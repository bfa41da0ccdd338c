//! Benchmarks of two runs.
//!
//! A ratio is given with an interval: from the lowest to the highest of the ratios of minima and of medians (of means,
//! where a report knows nothing better), the latter with the sampling error that the report's own figures give (notches of
//! 1.57 quartile distances over the root of the rounds, McGill and others 1978; for means the interval of Welch 1947), and
//! then by the factor by which the same code differs from run to run. That factor is measured where the base has at least
//! four runs; else it is assumed to be [`ASSUMED_NOISE`]. Where five benchmarks or more are in both, a change has to stand
//! out from what all have in common as well: that is the machine.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use lanescope_flaky::median;
use lanescope_model::order::sort;
use lanescope_model::{Benchmark, Run, Stats};
use lanescope_protocol::{BenchmarkChange, BenchmarkComparison, BenchmarkVerdict};

use super::{of, place, stats};

/// Unchanged code on shared machines differed in its minima by a factor of up to 1.43 from one run to the next.
pub const ASSUMED_NOISE: f64 = 1.5;
/// Runs of the base that it takes to measure noise.
const RUNS: usize = 4;
/// No machine repeats itself closer than that.
const LEAST_NOISE: f64 = 1.03;
/// So many spreads of a single run.
const SPREADS: f64 = 3.0;
/// Benchmarks that it takes to tell the machine from the code.
const COMMON: usize = 5;

/// A benchmark of the base: its newest run, and its place in each.
struct Base<'a> {
    row: &'a Benchmark,
    run: &'a Run,
    places: Vec<f32>,
}

/// What changed from the last of the runs of the base to the other run; the runs before tell how much the same code
/// differs. `None` where neither has benchmarks.
#[must_use]
pub fn compare(base: &[&Run], head: &Run) -> Option<BenchmarkComparison> {
    let last = base.last()?;
    if last.benchmarks.is_empty() && head.benchmarks.is_empty() {
        return None;
    }
    let mut known: HashMap<&str, Base<'_>, FixedState> = HashMap::default();
    for run in base {
        for (_, row) in of(run) {
            let here = || Base { row, run, places: Vec::new() };
            let entry = known.entry(run.strings.get(row.name)).or_insert_with(here);
            (entry.row, entry.run) = (row, run);
            entry.places.extend(place(&row.stats).map(|(_, at)| at.ln() as f32));
        }
    }
    let mut told = BenchmarkComparison { machines: machines(last, head), ..BenchmarkComparison::default() };
    for (_, row) in of(head) {
        let name = head.strings.get(row.name);
        match known.get(name).filter(|base| std::ptr::eq(base.run, *last)) {
            Some(base) => told.changes.extend(change(base, row, head)),
            None => told.added.push(name.to_owned()),
        }
    }
    let after: HashMap<&str, (), FixedState> = of(head).map(|(_, row)| (head.strings.get(row.name), ())).collect();
    for (_, row) in of(last) {
        let name = last.strings.get(row.name);
        if !after.contains_key(name) {
            told.removed.push(name.to_owned());
        }
    }
    let mut logs: Vec<f32> = told.changes.iter().map(|c| c.ratio.ln() as f32).collect();
    let usual = if logs.len() >= COMMON { median(&mut logs) } else { None };
    told.usual_factor = usual.map(|log| f64::from(log).exp());
    for change in &mut told.changes {
        change.verdict = judged(change, told.usual_factor.unwrap_or(1.0));
    }
    sort(&mut told.changes, &|a, b| {
        let beyond = |c: &BenchmarkChange| c.verdict == BenchmarkVerdict::WithinNoise;
        beyond(a).cmp(&beyond(b)).then_with(|| b.ratio.ln().abs().total_cmp(&a.ratio.ln().abs()))
    });
    told.rule = rule(&told);
    Some(told)
}

fn judged(change: &BenchmarkChange, usual: f64) -> BenchmarkVerdict {
    if change.low > 1.0 && change.low > usual {
        BenchmarkVerdict::Slower
    } else if change.high < 1.0 && change.high < usual {
        BenchmarkVerdict::Faster
    } else {
        BenchmarkVerdict::WithinNoise
    }
}

fn change(base: &Base<'_>, row: &Benchmark, head: &Run) -> Option<BenchmarkChange> {
    let unit = head.strings.get(row.unit);
    if base.run.strings.get(base.row.unit) != unit {
        return None;
    }
    let (a, b) = (&base.row.stats, &row.stats);
    let (by, _) = place(a)?;
    let same = |pick: fn(&Stats) -> Option<f64>| {
        pick(a).zip(pick(b)).filter(|(x, y)| *x > 0.0 && *y > 0.0).map(|(x, y)| y / x)
    };
    let (minima, medians) = (same(|s| s.min), same(|s| s.median));
    let means = same(|s| s.mean).filter(|_| minima.is_none() && medians.is_none());
    let (ratio, by) = match (minima, medians, means) {
        (Some(ratio), _, _) => (ratio, by),
        (None, Some(ratio), _) => (ratio, "median"),
        (None, None, ratio) => (ratio?, "mean"),
    };
    let (mut low, mut high) = (ratio, ratio);
    let mut widen = |ratio: f64, error: f64| {
        low = low.min(ratio / (1.0 + error));
        high = high.max(ratio * (1.0 + error));
    };
    if let Some(ratio) = medians {
        widen(ratio, both(notch(base.row), notch(row)));
    }
    if let Some(ratio) = means {
        widen(ratio, both(welch(base.row), welch(row)));
    }
    let (noise, noise_runs) = noise(&base.places);
    Some(BenchmarkChange {
        name: head.strings.get(row.name).to_owned(),
        unit: unit.to_owned(),
        before: stats(base.row),
        after: stats(row),
        ratio,
        by: by.to_owned(),
        low: low / noise,
        high: high * noise,
        noise,
        noise_runs,
        verdict: BenchmarkVerdict::WithinNoise,
    })
}

fn both(a: f64, b: f64) -> f64 {
    (a * a + b * b).sqrt()
}

/// Half a 95 % interval of the median, as a share of it; 0 where the report does not tell.
fn notch(row: &Benchmark) -> f64 {
    let share = || Some(1.57 * row.stats.iqr()? / (row.rounds? as f64).sqrt() / row.stats.median?);
    share().filter(|s| s.is_finite()).unwrap_or(0.0)
}

/// Half a 95 % interval of the mean, as a share of it; 0 where the report does not tell.
fn welch(row: &Benchmark) -> f64 {
    let mean = row.stats.mean;
    let told = || Some((row.stats.mean_high? - row.stats.mean_low?) / 2.0 / mean?);
    let share = || Some(1.96 * row.stats.stddev? / (row.rounds? as f64).sqrt() / mean?);
    told().or_else(share).filter(|s| s.is_finite() && *s >= 0.0).unwrap_or(0.0)
}

/// By what factor two runs of the same code differ, and from how many runs that is known.
fn noise(places: &[f32]) -> (f64, u32) {
    let middle = median(&mut places.to_vec()).filter(|_| places.len() >= RUNS);
    let off = |middle: f32| median(&mut places.iter().map(|at| (at - middle).abs()).collect::<Vec<_>>());
    match middle.and_then(off) {
        // Two single runs are further apart than each is from the middle.
        Some(off) => {
            let spread = 1.4826 * f64::from(off) * std::f64::consts::SQRT_2;
            ((SPREADS * spread).exp().max(LEAST_NOISE), places.len() as u32)
        }
        None => (ASSUMED_NOISE, 0),
    }
}

/// The machines of two runs, where both name one and they differ.
fn machines(base: &Run, head: &Run) -> Option<(String, String)> {
    let cpu = |run: &Run| run.meta.environment.iter().find(|(name, _)| name == "cpu").map(|(_, cpu)| cpu.clone());
    cpu(base).zip(cpu(head)).filter(|(a, b)| a != b)
}

fn rule(told: &BenchmarkComparison) -> String {
    let measured = told.changes.iter().map(|c| c.noise_runs).max().unwrap_or(0);
    let mut text = match measured {
        0 => format!(
            "One run on each side does not tell how much the same code differs from run to run: a factor of {ASSUMED_NOISE} is \
             assumed, and a smaller change is called noise. Four runs or more before would measure it."
        ),
        runs => format!("Noise is measured over up to {runs} runs before: three times the spread of two of them."),
    };
    text.push_str(" A change has to show in the minimum and in the median.");
    if told.usual_factor.is_some() {
        text.push_str(" It also has to stand out from what all benchmarks have in common, which is the machine.");
    }
    if let Some((before, after)) = &told.machines {
        text.push_str(&format!(" The machines differ: {before} and {after}."));
    }
    text
}

//! Reports of benchmarks: rows with their figures.

use lanescope_model::{Benchmark, Benchmarks, Stats, decimal};

use super::Sheet;

/// A benchmark as a file tells it. What it does not tell is empty or `None`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Mark<'a> {
    pub(crate) name: &'a str,
    pub(crate) group: &'a str,
    pub(crate) params: &'a str,
    /// `s` where it is empty.
    pub(crate) unit: &'a str,
    pub(crate) stats: Stats,
    pub(crate) rounds: Option<u64>,
    pub(crate) iterations: Option<u64>,
}

/// A report that is being read.
#[derive(Default)]
pub(crate) struct Rows {
    rows: Vec<Benchmark>,
    pub(crate) at_us: Option<i64>,
}

impl Rows {
    pub(crate) fn add(&mut self, m: &Mark<'_>, sheet: &mut Sheet) {
        let mut named = |text: &str| sheet.run.intern(text);
        let unit = if m.unit.is_empty() { "s" } else { m.unit };
        let (name, group, params, unit) = (named(m.name), named(m.group), named(m.params), named(unit));
        let (stats, rounds, iterations) = (m.stats, m.rounds, m.iterations);
        self.rows.push(Benchmark { name, group, params, unit, stats, rounds, iterations });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Puts the report on the sheet.
    pub(crate) fn finish(self, format: &str, sheet: &mut Sheet) {
        if self.rows.is_empty() {
            if sheet.tests() == 0 {
                sheet.notes.warn("no benchmarks in this file");
            }
            return;
        }
        let s = if self.rows.len() == 1 { "" } else { "s" };
        sheet.notes.info(format!("{} benchmark{s}", self.rows.len()));
        let (rows, at_us) = (self.rows, self.at_us);
        sheet.run.benchmarks.push(Benchmarks { source: String::new(), format: format.to_owned(), at_us, rows });
    }
}

/// A figure in units of so much; what is no number, or none that a time can be, is unknown.
pub(crate) fn figure(raw: Option<&str>, unit: f64) -> Option<f64> {
    decimal(raw?.trim_matches('"')).map(|n| n * unit).filter(|n| n.is_finite() && *n >= 0.0)
}

/// Seconds in a unit of time; `None` for another unit.
pub(crate) fn unit_s(name: &str) -> Option<f64> {
    Some(match name {
        "ps" => 1e-12,
        "ns" => 1e-9,
        "us" | "µs" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        _ => return None,
    })
}

/// The figures of rounds of which each is known. Quantiles lie between the two nearest rounds.
pub(crate) fn of_rounds(mut rounds: Vec<f64>) -> Stats {
    rounds.retain(|round| round.is_finite() && *round >= 0.0);
    lanescope_model::order::sort(&mut rounds, &|a, b| a.total_cmp(b));
    let n = rounds.len();
    if n == 0 {
        return Stats::default();
    }
    let mean = rounds.iter().sum::<f64>() / n as f64;
    let squares: f64 = rounds.iter().map(|round| (round - mean) * (round - mean)).sum();
    let quantile = |share: f64| {
        let place = share * (n - 1) as f64;
        let at = |i: usize| rounds.get(i.min(n - 1)).copied().unwrap_or(mean);
        let (low, rest) = (place.floor() as usize, place - place.floor());
        at(low) + (at(low + 1) - at(low)) * rest
    };
    Stats {
        mean: Some(mean),
        median: Some(quantile(0.5)),
        stddev: (n > 1).then(|| (squares / (n - 1) as f64).sqrt()),
        min: rounds.first().copied(),
        max: rounds.last().copied(),
        q1: Some(quantile(0.25)),
        q3: Some(quantile(0.75)),
        ..Stats::default()
    }
}

//! What the benchmarks of a run measured.

use crate::StrId;
use crate::bytes::{Foreign, Sink, Source};

/// Figures of a benchmark: of one iteration, in [`Benchmark::unit`]. Any may be unknown.
///
/// These are statistics of times far below a microsecond, so that they are no whole microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stats {
    /// Mean of the rounds.
    pub mean: Option<f64>,
    /// Lower end of the mean's 95 % confidence interval, as the tool works it out.
    pub mean_low: Option<f64>,
    /// Upper end of that interval.
    pub mean_high: Option<f64>,
    /// Median of the rounds.
    pub median: Option<f64>,
    /// Standard deviation of the rounds.
    pub stddev: Option<f64>,
    /// Shortest round.
    pub min: Option<f64>,
    /// Longest round.
    pub max: Option<f64>,
    /// A quarter of the rounds are shorter.
    pub q1: Option<f64>,
    /// A quarter of the rounds are longer.
    pub q3: Option<f64>,
}

impl Stats {
    const FIELDS: usize = 9;

    /// Distance between the quartiles.
    #[must_use]
    pub fn iqr(&self) -> Option<f64> {
        Some(self.q3? - self.q1?)
    }

    fn column(&self) -> [Option<f64>; Self::FIELDS] {
        [self.mean, self.mean_low, self.mean_high, self.median, self.stddev, self.min, self.max, self.q1, self.q3]
    }

    fn of([mean, mean_low, mean_high, median, stddev, min, max, q1, q3]: [Option<f64>; Self::FIELDS]) -> Self {
        Self { mean, mean_low, mean_high, median, stddev, min, max, q1, q3 }
    }

    /// Takes from another what is unknown here.
    pub fn fill(&mut self, other: &Self) {
        let (mut mine, theirs) = (self.column(), other.column());
        for (mine, theirs) in mine.iter_mut().zip(theirs) {
            *mine = mine.or(theirs);
        }
        *self = Self::of(mine);
    }
}

/// One benchmark. Names are strings of its run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Benchmark {
    /// Its identity: the same in every run.
    pub name: StrId,
    /// Group of benchmarks that are compared with each other; empty where the report names none.
    pub group: StrId,
    /// Parameters, such as `n=2`; empty without any.
    pub params: StrId,
    /// Unit of the figures: `s` for times, else as the report names it.
    pub unit: StrId,
    /// Its figures.
    pub stats: Stats,
    /// Rounds that were measured.
    pub rounds: Option<u64>,
    /// Iterations in each round, where that is one number.
    pub iterations: Option<u64>,
}

/// One report of benchmarks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Benchmarks {
    /// Path of the file that says it.
    pub source: String,
    /// Format of that file.
    pub format: String,
    /// When it was written: microseconds since the Unix epoch.
    pub at_us: Option<i64>,
    /// The benchmarks, in the order of the report.
    pub rows: Vec<Benchmark>,
}

/// Least bytes of a row: four names, a byte for each figure, two counts.
const ROW: usize = 16 + Stats::FIELDS + 2;

impl Benchmarks {
    pub(crate) fn encode(&self, to: &mut Sink<'_>) {
        to.text(&self.source);
        to.text(&self.format);
        to.maybe_us(self.at_us);
        to.len(self.rows.len());
        for row in &self.rows {
            for name in [row.name, row.group, row.params, row.unit] {
                to.u32(name.0);
            }
            let counts = [row.rounds, row.iterations];
            // What is no number is not known.
            let figures = row.stats.column().map(|figure| figure.filter(|f| f.is_finite()).map(f64::to_bits));
            for value in figures.into_iter().chain(counts) {
                to.bool(value.is_some());
                if let Some(value) = value {
                    to.u64(value);
                }
            }
        }
    }

    pub(crate) fn decode(from: &mut Source<'_>) -> Result<Self, Foreign> {
        let (source, format, at_us) = (from.text()?, from.text()?, from.maybe_us()?);
        let mut rows = Vec::new();
        for _ in 0..from.len(ROW)? {
            let mut names = [StrId(0); 4];
            for name in &mut names {
                *name = StrId(from.u32()?);
            }
            let [name, group, params, unit] = names;
            let mut figures = [None; Stats::FIELDS];
            for figure in &mut figures {
                *figure = maybe(from)?.map(f64::from_bits);
            }
            if figures.iter().flatten().any(|figure| !figure.is_finite()) {
                return Err(Foreign);
            }
            let (rounds, iterations) = (maybe(from)?, maybe(from)?);
            rows.push(Benchmark { name, group, params, unit, stats: Stats::of(figures), rounds, iterations });
        }
        Ok(Self { source, format, at_us, rows })
    }

    pub(crate) fn is_sound(&self, string: &dyn Fn(&StrId) -> bool) -> bool {
        self.rows.iter().all(|row| [row.name, row.group, row.params, row.unit].iter().all(string))
    }

    /// The same with the names of another run's strings.
    pub(crate) fn renamed(&self, again: &mut dyn FnMut(StrId) -> StrId) -> Self {
        let mut copy = self.clone();
        for row in &mut copy.rows {
            for name in [&mut row.name, &mut row.group, &mut row.params, &mut row.unit] {
                *name = again(*name);
            }
        }
        copy
    }
}

fn maybe(from: &mut Source<'_>) -> Result<Option<u64>, Foreign> {
    if from.bool()? { Ok(Some(from.u64()?)) } else { Ok(None) }
}

//! Coverage and benchmarks: what the command line prints of them as further keys of its JSON, and what the page asks.

use serde::{Deserialize, Serialize};

/// So many of so many lines, or branches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// Reached.
    pub covered: u32,
    /// All that could be.
    pub total: u32,
}

impl Reached {
    /// Share that was reached, 0 to 1; `None` of nothing.
    #[must_use]
    pub fn rate(self) -> Option<f64> {
        (self.total > 0).then(|| f64::from(self.covered) / f64::from(self.total))
    }

    /// How many were not reached.
    #[must_use]
    pub fn missed(self) -> u32 {
        self.total.saturating_sub(self.covered)
    }
}

/// What the figures of a run's coverage rest on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CoverageBasis {
    /// One report.
    #[default]
    One,
    /// Several reports that say the same.
    Same,
    /// Lines that any of several reports reached.
    Union,
    /// Several reports that cannot be put together, since one does not tell its lines: no figure for all.
    Apart,
}

impl CoverageBasis {
    /// The word used in the interface.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::One => "one",
            Self::Same => "same",
            Self::Union => "union",
            Self::Apart => "apart",
        }
    }
}

/// One report of coverage, as it is by itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CoverageSource {
    /// Path of the file.
    pub file: String,
    /// Its format.
    pub format: String,
    /// Lines, as it states them, or as its files sum up.
    pub lines: Option<Reached>,
    /// Branches; `None` where they were not measured.
    pub branches: Option<Reached>,
    /// Files that it names.
    pub files: u32,
}

/// A gate that the tool itself held the run to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CoverageGate {
    /// What had to be reached, in percent.
    pub least_percent: f64,
    /// What the tool counted, in percent.
    pub found_percent: Option<f64>,
    /// Path of the file that says it.
    pub file: String,
}

/// Coverage of a run: the key `coverage` of a run in `summary --json`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CoverageFigures {
    /// Share of the lines that were reached, 0 to 1; `None` where reports cannot be put together.
    pub lines: Option<f64>,
    /// Lines that were reached.
    pub lines_covered: Option<u32>,
    /// Lines that can be executed.
    pub lines_total: Option<u32>,
    /// Share of the branches that were taken, 0 to 1; `None` where they were not measured.
    pub branches: Option<f64>,
    /// Branches that were taken.
    pub branches_covered: Option<u32>,
    /// Branches.
    pub branches_total: Option<u32>,
    /// Lines and branches in one share, as coverage.py's own percentage (and `--cov-fail-under`) counts them.
    pub lines_and_branches: Option<f64>,
    /// What the figures rest on.
    pub basis: CoverageBasis,
    /// The gate that the tool held the run to, where a file tells of one.
    pub gate: Option<CoverageGate>,
    /// Files that have figures.
    pub files: u32,
    /// The reports.
    pub reports: Vec<CoverageSource>,
}

impl CoverageFigures {
    /// How many lines have to be reached for a gate in percent; `None` where the lines are not known. What a share of a
    /// line is off by rounding is no line.
    #[must_use]
    pub fn lines_for(&self, gate: f64) -> Option<u32> {
        Some((gate * f64::from(self.lines_total?) / 100.0 - 1e-9).ceil().max(0.0) as u32)
    }
}

/// A file, or a folder with all that is below it, in the table of coverage.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CoverageRow {
    /// Path, without the folder that all files share.
    pub path: String,
    /// Lines.
    pub lines: Option<Reached>,
    /// Branches.
    pub branches: Option<Reached>,
    /// Lines that were not reached, as stretches from and to; lines that cannot be executed may lie in a stretch. Not of
    /// folders.
    pub missed: Vec<(u32, u32)>,
    /// Lines in the other run, where there is one and it has the file.
    pub before: Option<Reached>,
    /// Files below it; 1 for a file.
    pub files: u32,
}

/// What the rows of coverage are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CoverageBy {
    /// Files.
    #[default]
    File,
    /// Folders, each with the files in it.
    Folder,
}

/// The order of rows of coverage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CoverageSort {
    /// Most missed lines first.
    #[default]
    Missed,
    /// Lowest share first.
    Rate,
    /// By path.
    Path,
    /// What lost most against the other run first.
    Lost,
}

/// What a view of coverage shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CoverageRequest {
    /// Id of the run.
    pub run: String,
    /// Id of the run to compare with.
    pub with: Option<String>,
    /// Files or folders.
    pub by: CoverageBy,
    /// Their order.
    pub sort: CoverageSort,
    /// Part of the path.
    pub query: String,
    /// At most so many rows.
    pub limit: u32,
}

/// The answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CoverageView {
    /// Figures of the run; `None` where no file tells of its coverage.
    pub figures: Option<CoverageFigures>,
    /// Figures of the other run.
    pub before: Option<CoverageFigures>,
    /// The folder that all files share; it is left out of the rows.
    pub folder: String,
    /// Rows that the query finds, of all.
    pub found: u32,
    /// All rows.
    pub total: u32,
    /// The rows.
    pub rows: Vec<CoverageRow>,
    /// Paths that lost coverage against the other run, by lines.
    pub lost: u32,
}

/// Key `coverage` of `compare --json`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CoverageComparison {
    /// Figures of the run before.
    pub before: Option<CoverageFigures>,
    /// Figures of the run after.
    pub after: Option<CoverageFigures>,
    /// Files of which a smaller share of the lines is reached than before, most lines first.
    pub lost: Vec<CoverageRow>,
}

/// Figures of a benchmark, of one iteration, in its unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BenchmarkStats {
    /// Mean of the rounds.
    pub mean: Option<f64>,
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
    /// Distance between the quartiles.
    pub iqr: Option<f64>,
    /// Rounds.
    pub rounds: Option<u64>,
    /// Iterations in each round.
    pub iterations: Option<u64>,
}

/// A benchmark of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BenchmarkRow {
    /// Its identity.
    pub name: String,
    /// Group; empty without one.
    pub group: String,
    /// Parameters; empty without any.
    pub params: String,
    /// Unit of the figures: `s` for times.
    pub unit: String,
    /// The figures.
    pub stats: BenchmarkStats,
    /// Path of the file that says it.
    pub file: String,
}

/// What two measurements of a benchmark say of each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BenchmarkVerdict {
    /// The difference is no larger than what the same code does twice.
    #[default]
    WithinNoise,
    /// Slower, beyond noise.
    Slower,
    /// Faster, beyond noise.
    Faster,
}

impl BenchmarkVerdict {
    /// The word used in the interface.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WithinNoise => "within-noise",
            Self::Slower => "slower",
            Self::Faster => "faster",
        }
    }
}

/// A benchmark in two runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BenchmarkChange {
    /// Its identity.
    pub name: String,
    /// Unit of its figures.
    pub unit: String,
    /// Before.
    pub before: BenchmarkStats,
    /// After.
    pub after: BenchmarkStats,
    /// After over before, by the figure that [`Self::by`] names.
    pub ratio: f64,
    /// `min`, `median` or `mean`: the first that both know.
    pub by: String,
    /// Lower end of what the ratio may be in truth.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Factor by which the same code differs from run to run.
    pub noise: f64,
    /// Runs in which that was measured; 0 where it is assumed.
    pub noise_runs: u32,
    /// What this says.
    pub verdict: BenchmarkVerdict,
}

/// Key `benchmarks` of `compare --json`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BenchmarkComparison {
    /// Benchmarks of both, the largest change first.
    pub changes: Vec<BenchmarkChange>,
    /// Only in the run after.
    pub added: Vec<String>,
    /// Only in the run before.
    pub removed: Vec<String>,
    /// What all benchmarks of both have in common: the middle of their ratios, if there are at least five. A change has to
    /// stand out from it too.
    pub usual_factor: Option<f64>,
    /// The machines, where the files name two that differ.
    pub machines: Option<(String, String)>,
    /// How it was judged, for people.
    pub rule: String,
}

/// A benchmark that is slower, or faster, from some run on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BenchmarkStep {
    /// Its identity.
    pub name: String,
    /// Unit of its figures.
    pub unit: String,
    /// Number of the first run after the step, from 1.
    pub from_run: u32,
    /// Its start, RFC 3339.
    pub from_started_at: Option<String>,
    /// Its commit.
    pub from_commit: Option<String>,
    /// Usual figure before.
    pub before: f64,
    /// Usual figure after.
    pub after: f64,
    /// After over before, without what all benchmarks have in common.
    pub ratio: f64,
    /// Little by little rather than at once.
    pub gradual: bool,
}

/// A benchmark over all runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BenchmarkSeries {
    /// Its identity.
    pub name: String,
    /// Unit of its figures.
    pub unit: String,
    /// By run, in order: shortest, middle and a quarter from above; `None` where the run has none.
    pub points: Vec<Option<[f64; 3]>>,
}

/// Key `benchmarks` of `flaky --json`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BenchmarkHistory {
    /// The runs that have benchmarks, in order of their start, or of the writing of their report.
    pub runs: Vec<BenchmarkRun>,
    /// Benchmarks that became slower, by how much.
    pub slower: Vec<BenchmarkStep>,
    /// Benchmarks that became faster, by how much.
    pub faster: Vec<BenchmarkStep>,
}

/// A run with benchmarks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BenchmarkRun {
    /// Its id.
    pub id: String,
    /// Its label.
    pub label: String,
    /// Its start, or when its report was written; RFC 3339.
    pub at: Option<String>,
    /// Its commit.
    pub commit: Option<String>,
    /// Benchmarks in it.
    pub benchmarks: u32,
    /// What all its benchmarks have in common beside the other runs, as a factor: the machine.
    pub common_factor: f64,
}

/// What a view of benchmarks shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BenchmarksRequest {
    /// Id of the run.
    pub run: String,
    /// Id of the run to compare with.
    pub with: Option<String>,
}

/// The answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BenchmarksView {
    /// Benchmarks of the run, in the order of its files.
    pub rows: Vec<BenchmarkRow>,
    /// Against the other run.
    pub compared: Option<BenchmarkComparison>,
    /// All runs with benchmarks.
    pub history: BenchmarkHistory,
    /// The benchmarks of this run over all of them, in the order of the rows.
    pub series: Vec<BenchmarkSeries>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gate_asks_for_whole_lines_and_for_none_too_many() {
        let needed = |total, gate| {
            CoverageFigures { lines_total: Some(total), ..CoverageFigures::default() }
                .lines_for(gate)
                .unwrap_or(u32::MAX)
        };
        for gate in 0..=100_u32 {
            assert_eq!(needed(100, f64::from(gate)), gate);
        }
        assert_eq!((needed(27, 80.0), needed(3, 66.6), needed(1000, 80.1), needed(0, 80.0)), (22, 2, 801, 0));
        assert_eq!(CoverageFigures::default().lines_for(80.0), None);
    }
}

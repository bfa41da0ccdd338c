//! Coverage and benchmarks, as further keys of the JSON and lines for people.

use std::io::{self, Write};
use std::sync::Arc;

use lanescope_engine::Engine;
use lanescope_measures::{benchmarks, coverage};
use lanescope_model::Run;
use lanescope_protocol::{
    BenchmarkChange, BenchmarkComparison, BenchmarkHistory, BenchmarkRow, BenchmarkVerdict, CompareReport,
    CoverageBasis, CoverageComparison, CoverageFigures, FlakyReport, Provenance, RunSummary, SUMMARY_SCHEMA,
};
use serde::{Serialize, Serializer};

use crate::table::wrap;

/// `summary --json`: the summary, with what is measured beside the tests of each run.
#[derive(Serialize)]
pub(crate) struct WholeSummary<'a> {
    schema: &'static str,
    files: Files<'a>,
    runs: WholeRuns<'a>,
}

/// The files, each made when it is written, as the runs are.
struct Files<'a>(&'a Engine);

impl Serialize for Files<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.files())
    }
}

/// The runs, each made when it is written: of thousands all at once would take as much room as the reports.
struct WholeRuns<'a> {
    engine: &'a Engine,
    runs: &'a [RunSummary],
}

impl Serialize for WholeRuns<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.runs.iter().map(|line| whole_run(self.engine, line)))
    }
}

#[derive(Serialize)]
struct WholeRun {
    #[serde(flatten)]
    run: RunSummary,
    coverage: Option<CoverageFigures>,
    benchmarks: Option<Vec<BenchmarkRow>>,
}

/// The run of this id.
pub(crate) fn run<'e>(engine: &'e Engine, id: &str) -> Option<&'e Arc<Run>> {
    engine.loaded(id)
}

/// The summary with further keys.
pub(crate) fn whole<'a>(engine: &'a Engine, runs: &'a [RunSummary]) -> WholeSummary<'a> {
    WholeSummary { schema: SUMMARY_SCHEMA, files: Files(engine), runs: WholeRuns { engine, runs } }
}

fn whole_run(engine: &Engine, line: &RunSummary) -> WholeRun {
    let found = run(engine, &line.id);
    let coverage = found.and_then(|run| coverage::figures(run));
    let benchmarks = found.filter(|run| !run.benchmarks.is_empty()).map(|run| benchmarks::rows(run));
    let mut run = line.clone();
    if let Some(figures) = &coverage {
        run.provenance.set("coverage", provenance(figures));
    }
    WholeRun { run, coverage, benchmarks }
}

/// What one report says is recorded; what several reached together is worked out.
fn provenance(figures: &CoverageFigures) -> Provenance {
    match figures.basis {
        CoverageBasis::One | CoverageBasis::Same => Provenance::Recorded,
        CoverageBasis::Union => Provenance::Rebuilt,
        CoverageBasis::Apart => Provenance::Unknown,
    }
}

/// `92.7 %`. Never rounded up to a figure that is not reached.
pub(crate) fn percent(rate: f64) -> String {
    let tenths = (rate * 1_000.0 + 1e-9).floor();
    format!("{:.1} %", tenths / 10.0)
}

/// The lines about a run for people.
pub(crate) fn for_people(run: &Run, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut texts = Vec::new();
    if let Some(figures) = coverage::figures(run) {
        texts.push(covered(&figures));
    }
    let count = benchmarks::rows(run).len();
    if count > 0 {
        texts.push(format!("{count} benchmark{}.", if count == 1 { "" } else { "s" }));
    }
    for line in texts.iter().flat_map(|text| wrap(text, width)) {
        writeln!(out, "  {line}")?;
    }
    Ok(())
}

/// A sentence about coverage.
pub(crate) fn covered(figures: &CoverageFigures) -> String {
    let basis = coverage::basis(figures);
    let (Some(lines), Some(covered), Some(total)) = (figures.lines, figures.lines_covered, figures.lines_total) else {
        return format!("Coverage is not known as a whole: {basis}.");
    };
    let mut text = format!("Coverage: {} of the lines ({covered} of {total})", percent(lines));
    if let (Some(rate), Some(covered), Some(total)) =
        (figures.branches, figures.branches_covered, figures.branches_total)
    {
        text.push_str(&format!(", {} of the branches ({covered} of {total})", percent(rate)));
    }
    if let Some(both) = figures.lines_and_branches {
        text.push_str(&format!(", {} of both together", percent(both)));
    }
    format!("{text}; {basis}.")
}

/// `flaky --json` with further keys.
#[derive(Serialize)]
pub(crate) struct WholeFlaky {
    #[serde(flatten)]
    report: FlakyReport,
    /// `null` where no run has benchmarks.
    benchmarks: Option<BenchmarkHistory>,
}

/// The benchmarks of all runs; `None` where there are none.
pub(crate) fn history(engine: &Engine) -> Option<BenchmarkHistory> {
    let runs: Vec<&Run> = engine.runs().map(|(_, run)| run.as_ref()).collect();
    let history = benchmarks::history(&runs);
    (history.runs() > 0).then(|| history.report())
}

/// The report on flaky tests with further keys.
pub(crate) fn with_history(report: FlakyReport, engine: &Engine) -> WholeFlaky {
    WholeFlaky { report, benchmarks: history(engine) }
}

/// The steps for people.
pub(crate) fn steps(engine: &Engine, out: &mut dyn Write) -> io::Result<()> {
    let Some(history) = history(engine) else { return Ok(()) };
    for (title, steps) in [("Slower benchmarks", &history.slower), ("Faster benchmarks", &history.faster)] {
        if !steps.is_empty() {
            writeln!(out, "\n{title}: {}", steps.len())?;
        }
        for step in steps {
            let little = if step.gradual { ", little by little" } else { "" };
            let at = step.from_commit.as_deref().map(|c| format!(" ({})", c.get(..12).unwrap_or(c)));
            let from = format!("run {}{}", step.from_run, at.unwrap_or_default());
            let (before, after) = (amount(step.before, &step.unit), amount(step.after, &step.unit));
            writeln!(out, "  {} from {from}: {before} → {after} ({:.2}×){little}", step.name, step.ratio)?;
        }
    }
    Ok(())
}

/// `compare --json` with further keys.
#[derive(Serialize)]
pub(crate) struct WholeComparison {
    #[serde(flatten)]
    pub(crate) report: CompareReport,
    coverage: Option<CoverageComparison>,
    benchmarks: Option<BenchmarkComparison>,
}

/// The comparison of two runs with further keys. `base` ends with the run that is compared.
pub(crate) fn compared(report: CompareReport, base: &[Arc<Run>], head: &Run) -> WholeComparison {
    let base: Vec<&Run> = base.iter().map(AsRef::as_ref).collect();
    let coverage = base.last().and_then(|base| coverage::compare(base, head));
    WholeComparison { report, coverage, benchmarks: benchmarks::compare(&base, head) }
}

/// What changed, for people.
pub(crate) fn changes(whole: &WholeComparison, width: usize, out: &mut dyn Write) -> io::Result<()> {
    if let Some(coverage) = &whole.coverage {
        let rate = |figures: &Option<CoverageFigures>| {
            figures.as_ref().and_then(|f| f.lines).map_or("unknown".to_owned(), percent)
        };
        writeln!(out, "\nCoverage of the lines: {} → {}", rate(&coverage.before), rate(&coverage.after))?;
        for row in coverage.lost.iter().take(20) {
            let (Some(before), Some(after)) = (row.before.and_then(|r| r.rate()), row.lines.and_then(|r| r.rate()))
            else {
                continue;
            };
            writeln!(out, "  {}: {} → {}", row.path, percent(before), percent(after))?;
        }
    }
    let Some(benchmarks) = &whole.benchmarks else { return Ok(()) };
    for (verdict, title) in [
        (BenchmarkVerdict::Slower, "Slower benchmarks"),
        (BenchmarkVerdict::Faster, "Faster benchmarks"),
        (BenchmarkVerdict::WithinNoise, "Benchmarks within noise"),
    ] {
        let rows: Vec<&BenchmarkChange> = benchmarks.changes.iter().filter(|c| c.verdict == verdict).collect();
        if !rows.is_empty() {
            writeln!(out, "\n{title}: {}", rows.len())?;
        }
        for row in rows {
            writeln!(out, "  {}", change(row))?;
        }
    }
    for line in wrap(&benchmarks.rule, width.min(100)) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// A benchmark of two runs in a line.
pub(crate) fn change(c: &BenchmarkChange) -> String {
    let shown = |stats: &lanescope_protocol::BenchmarkStats| {
        let figure = match c.by.as_str() {
            "min" => stats.min,
            "median" => stats.median,
            _ => stats.mean,
        };
        figure.map_or("?".to_owned(), |figure| amount(figure, &c.unit))
    };
    let (before, after) = (shown(&c.before), shown(&c.after));
    format!("{}: {} {before} → {after}, {:.2}× ({:.2} to {:.2})", c.name, c.by, c.ratio, c.low, c.high)
}

/// An amount in its unit; times in the unit that suits them.
fn amount(value: f64, unit: &str) -> String {
    if unit != "s" {
        return format!("{value:.3} {unit}");
    }
    let (scale, unit) = match value {
        v if v >= 1.0 => (1.0, "s"),
        v if v >= 1e-3 => (1e3, "ms"),
        v if v >= 1e-6 => (1e6, "µs"),
        _ => (1e9, "ns"),
    };
    let value = value * scale;
    let decimals = if value >= 100.0 {
        0
    } else if value >= 10.0 {
        1
    } else {
        2
    };
    format!("{value:.decimals$} {unit}")
}

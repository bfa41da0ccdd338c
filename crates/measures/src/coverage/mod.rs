//! Coverage of a run, of its files and of what changed between two.

mod paths;
mod rows;
mod union;

use lanescope_model::{Covered, Run};
use lanescope_protocol::{CoverageBasis, CoverageFigures, CoverageGate, CoverageSource, Reached};

pub use rows::{compare, view};
pub use union::{FileCoverage, RunCoverage, coverage};

/// The figures of a run's coverage; `None` where no file tells of it.
#[must_use]
pub fn figures(run: &Run) -> Option<CoverageFigures> {
    coverage(run).map(|found| of(run, &found))
}

fn of(run: &Run, found: &RunCoverage) -> CoverageFigures {
    let rate = |covered: Option<Covered>| covered.and_then(Covered::rate);
    let both = found.lines.zip(found.branches).and_then(|(lines, branches)| lines.plus(branches).rate());
    CoverageFigures {
        lines: rate(found.lines),
        lines_covered: found.lines.map(|c| c.covered),
        lines_total: found.lines.map(|c| c.total),
        branches: rate(found.branches),
        branches_covered: found.branches.map(|c| c.covered),
        branches_total: found.branches.map(|c| c.total),
        lines_and_branches: both,
        basis: found.basis,
        files: found.files.len() as u32,
        gate: run.coverage.iter().find_map(gate),
        reports: union::reports(run).map(source).collect(),
    }
}

fn source(report: &lanescope_model::Coverage) -> CoverageSource {
    let sum = union::sums(report);
    CoverageSource {
        file: report.source.clone(),
        format: report.format.clone(),
        lines: sum.0.map(reached),
        branches: sum.1.map(reached),
        files: report.files.len() as u32,
    }
}

fn reached(covered: Covered) -> Reached {
    Reached { covered: covered.covered, total: covered.total }
}

fn gate(report: &lanescope_model::Coverage) -> Option<CoverageGate> {
    let percent = |hundredths: u32| f64::from(hundredths) / 100.0;
    let gate = report.gate?;
    Some(CoverageGate {
        least_percent: percent(gate.least),
        found_percent: gate.found.map(percent),
        file: report.source.clone(),
    })
}

/// A sentence on what the figures rest on.
#[must_use]
pub fn basis(figures: &CoverageFigures) -> String {
    let n = figures.reports.len();
    match figures.basis {
        CoverageBasis::One => figures.reports.first().map_or(String::new(), |r| format!("as {} says", r.file)),
        CoverageBasis::Same => format!("{n} reports say the same"),
        CoverageBasis::Union => format!("lines that any of {n} reports reached"),
        CoverageBasis::Apart => {
            format!("{n} reports that cannot be put together: at least one does not tell which lines it reached")
        }
    }
}

//! Coverage and benchmarks of the runs on the shelf.

use lanescope_measures::{benchmarks as bench, coverage as cover};
use lanescope_model::Run;
use lanescope_protocol::{BenchmarksRequest, BenchmarksView, CoverageRequest, ShelfAnswer};

use crate::{Desk, failed};

/// What the tests of a run reached.
pub(crate) fn coverage(desk: &Desk, asked: &CoverageRequest) -> ShelfAnswer {
    let Some(run) = desk.run(&asked.run) else { return gone(&asked.run) };
    let other = asked.with.as_deref().and_then(|id| desk.run(id));
    ShelfAnswer::Coverage(Box::new(cover::view(run, other, asked)))
}

/// What the benchmarks of a run measured, beside another run and over all of them.
pub(crate) fn benchmarks(desk: &Desk, asked: &BenchmarksRequest) -> ShelfAnswer {
    let Some(run) = desk.run(&asked.run) else { return gone(&asked.run) };
    let all: Vec<&Run> = desk.runs().collect();
    let history = bench::history(&all);
    let before = asked.with.as_deref().and_then(|id| desk.run(id));
    // The runs up to the one before tell how much the same code differs.
    let compared = before.and_then(|before| bench::compare(&history.up_to(before), run));
    ShelfAnswer::Benchmarks(Box::new(BenchmarksView {
        rows: bench::rows(run),
        compared,
        series: history.series(run),
        history: history.report(),
    }))
}

fn gone(id: &str) -> ShelfAnswer {
    failed(format!("There is no run \u{201c}{id}\u{201d}."))
}

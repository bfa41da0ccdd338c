//! The view `benchmarks`: how long measured code takes, over runs.

use lanescope_ui::ui::el::{El, el};

use super::empty::empty;
use crate::state::Shelf;

/// The view.
pub fn benchmarks_page(_shelf: Shelf) -> El {
    el("section", "lab-page shelf-page").with(empty(
        "No benchmark was opened",
        "Drop the results of a benchmark beside the test results, or of several to see a trend.",
        &[
            ("pytest-benchmark", "pytest --benchmark-json=benchmark.json"),
            ("Criterion", "cargo criterion --message-format=json > criterion.jsonl"),
            ("hyperfine", "hyperfine --export-json hyperfine.json COMMAND"),
        ],
    ))
}

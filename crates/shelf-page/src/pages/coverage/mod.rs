//! The view `coverage`: which lines and branches the tests reach.

use lanescope_ui::ui::el::{El, el};

use super::empty::empty;
use crate::state::Shelf;

/// The view.
pub fn coverage_page(_shelf: Shelf) -> El {
    el("section", "lab-page shelf-page").with(empty(
        "No coverage was opened",
        "Drop a coverage report beside the test results.",
        &[
            ("pytest with coverage.py", "pytest -n auto --cov --cov-report=xml:coverage.xml"),
            ("cargo-llvm-cov", "cargo llvm-cov nextest --lcov --output-path lcov.info"),
            ("Vitest", "npx vitest run --coverage --coverage.reporter=cobertura"),
        ],
    ))
}

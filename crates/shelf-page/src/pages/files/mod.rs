//! The view `files`: what was opened, and how it became runs.

use lanescope_ui::ui::el::{El, el};

use super::empty::empty;
use crate::state::Shelf;

/// The view.
pub fn files_page(_shelf: Shelf) -> El {
    el("section", "lab-page shelf-page").with(empty(
        "No file is open",
        "Drop the artifacts of a test run anywhere on this page.",
        &[],
    ))
}

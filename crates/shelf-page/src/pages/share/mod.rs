//! The view `share`: a run as a link, a file or a report.

use lanescope_ui::ui::el::{El, el};

use super::empty::empty;
use crate::state::Shelf;

/// The view.
pub fn share_page(_shelf: Shelf) -> El {
    el("section", "lab-page shelf-page").with(empty(
        "Nothing to share yet",
        "Open a run, and send it on as a file that opens anywhere.",
        &[],
    ))
}

//! The view `library`: runs that this browser keeps.

use lanescope_ui::ui::el::{El, el};

use super::empty::empty;
use crate::state::Shelf;

/// The view.
pub fn library_page(_shelf: Shelf) -> El {
    el("section", "lab-page shelf-page").with(empty(
        "No run is kept",
        "Nothing of any run is stored in this browser.",
        &[],
    ))
}

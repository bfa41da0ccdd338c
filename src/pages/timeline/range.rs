//! What happened in the stretch that is measured.

use crate::charts::lanes::Stage;
use crate::ui::el::{El, div, el};

/// Figures of the measured stretch.
pub fn range_panel(_: Stage) -> El {
    div("panel-place").with(el("p", "quiet").with("No stretch of time is chosen."))
}

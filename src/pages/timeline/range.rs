//! The stretch that is measured.

use leptos::prelude::*;

use crate::charts::lanes::Stage;
use crate::ui::el::{El, div, el};
use crate::ui::format;

/// How long the measured stretch is.
pub fn range_panel(stage: Stage) -> El {
    let words =
        move || stage.range.get().map_or("No stretch of time is chosen.".to_owned(), |r| format::seconds(r.len_s()));
    div("panel-place").with(el("p", "quiet").live_text(words))
}

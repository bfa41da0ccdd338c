//! The views of the laboratory.

use crate::shell::lab;
use crate::state::App;
use crate::ui::el::{El, div, el};

/// A place for the laboratory. What stands in it until it is there says so.
pub fn lab_page(app: App) -> El {
    let place = div("lab").attr("data-lab", "");
    let place = place.with(el("p", "lab-wait").attr("role", "status").with("Fetching the laboratory …"));
    lab::show(app, place.as_node());
    place
}

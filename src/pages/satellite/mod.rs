//! The views that a wasm file of their own draws.

use crate::shell::satellite::{self, Kind, VIEW};
use crate::state::App;
use crate::ui::el::{El, div, el};

/// A place for the views of a satellite. What stands in it until it is there says so.
pub fn satellite_page(app: App, kind: &'static Kind) -> El {
    let place = div("lab").attr(kind.mark, "");
    let place = place.with(el("p", "lab-wait").attr("role", "status").with("One moment …"));
    satellite::show(app, kind, VIEW, place.as_node());
    place
}

//! Nothing to draw: what is missing, and how to get it.

use leptos::prelude::*;

use crate::pages::timeline::notice;
use crate::state::{App, View};
use crate::ui::el::{El, button, div, el, live, svg};

/// What stands where the lanes would.
pub fn empty(app: App) -> El {
    let why = move || app.timeline.with(|t| t.as_ref().map(|t| t.explanation.clone()).unwrap_or_default());
    let how = live(move || {
        let how = app.timeline.with(|t| t.as_ref().and_then(|t| t.how.as_deref().map(notice::how)))?;
        Some(div("empty-how").with((el("p", "quiet").with("This records them:"), how)))
    });
    let bars = ["2", "18", "34", "50"].map(|y| {
        let bar = svg("rect").attr("x", "0").attr("y", y).attr("width", "220").attr("height", "10");
        bar.attr("rx", "2")
    });
    let lanes = svg("svg").attr("class", "empty-lanes").attr("viewBox", "0 0 220 62").attr("aria-hidden", "true");
    div("empty timeline-empty").with((
        lanes.with(bars),
        el("h1", "").with("No lanes can be drawn for this run"),
        el("p", "").live_text(why),
        how,
        el("p", "quiet").with(
            "A lane needs to know which worker ran a test, and when. pytest-reportlog tells both; so does a console \
             log of pytest-xdist with a CI service's timestamps. Without them, times are enough for a simulation.",
        ),
        button("button", move || app.go(|route| route.view = View::Tests)).with("Show the tests"),
    ))
}

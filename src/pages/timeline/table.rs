//! The lanes as a table: for readers of screens, and for whoever wants the figures.

use lanescope_protocol::{Lane, Timeline};
use leptos::prelude::*;

use crate::pages::timeline::labels::busy_share;
use crate::pages::timeline::notice::unplaced;
use crate::state::App;
use crate::ui::el::{El, div, el, live, span};
use crate::ui::format;

const TITLES: [&str; 8] = ["Worker", "Attempts", "Failed", "In tests", "Busy", "Idle", "First start", "Last stop"];

/// A row per lane.
pub fn lane_table(app: App) -> El {
    let rows = move || {
        app.timeline.with(|timeline| {
            let timeline = timeline.as_ref()?;
            Some(timeline.lanes.iter().map(|lane| row(lane, timeline)).collect::<Vec<_>>())
        })
    };
    let titles = TITLES.map(|title| el("th", "").attr("scope", "col").with(title));
    let table = el("table", "")
        .attr("aria-label", "Lanes")
        .with((el("thead", "").with(el("tr", "").with(titles)), el("tbody", "").live(rows)));
    let left_out = live(move || {
        let text = app.timeline.with(|t| t.as_ref().and_then(unplaced));
        text.map(|text| el("p", "quiet").with(text))
    });
    div("lane-table").attr("id", "lane-table").with((table, left_out))
}

fn row(lane: &Lane, timeline: &Timeline) -> El {
    let cell = |text: String| el("td", "").with(text);
    let died = lane.crashed.then(|| span("tag bad").with("died"));
    let idle_s = (timeline.to_s - lane.busy_s).max(0.0);
    let name = el("th", "").attr("scope", "row").with((&lane.name, died));
    let counts = [
        cell(format::count(lane.attempts.into())),
        cell(format::count(lane.bad.into())).attr_if("data-bad", lane.bad > 0),
        cell(format::seconds(lane.busy_s)),
        cell(format::percent(busy_share(lane, timeline))),
        cell(format::seconds(idle_s)),
        cell(format::seconds(lane.first_s)),
        cell(format::seconds(lane.last_s)),
    ];
    el("tr", "").with((name, counts))
}

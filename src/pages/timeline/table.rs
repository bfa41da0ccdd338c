//! The lanes as a table: for readers of screens, and for whoever wants the figures.

use lanescope_protocol::{Lane, Timeline};
use leptos::prelude::*;

use crate::pages::timeline::labels::{busy_share, title};
use crate::pages::timeline::notice::unplaced;
use crate::state::App;
use crate::ui::el::{El, button, div, el, live, span};
use crate::ui::format;

const TITLES: [&str; 7] = ["Attempts", "Failed", "In tests", "Busy", "Idle", "First start", "Last stop"];

/// So many lanes are listed before more are asked for: a row of each of thousands would hold the page up.
const LISTED: usize = 256;

/// How many lanes a table lists.
#[derive(Clone, Copy)]
pub struct Listed(RwSignal<usize>);

impl Default for Listed {
    fn default() -> Self {
        Self(RwSignal::new(LISTED))
    }
}

impl Listed {
    /// How many there are at the most.
    pub fn most(self) -> usize {
        self.0.get()
    }

    /// The way to the others, where a table has more rows than are listed.
    pub fn more(self, lanes: usize) -> Option<El> {
        let text =
            format!("{} of {} lanes more", LISTED.min(lanes - self.most().min(lanes)), format::count(lanes as u64));
        let press = move || self.0.update(|most| *most += LISTED);
        (lanes > self.most()).then(|| button("button small", press).attr("data-more-lanes", "").with(text))
    }
}

/// A row per lane.
pub fn lane_table(app: App) -> El {
    let listed = Listed::default();
    let rows = move || {
        app.timeline.with(|timeline| {
            let timeline = timeline.as_ref()?;
            Some(timeline.lanes.iter().take(listed.most()).map(|lane| row(lane, timeline)).collect::<Vec<_>>())
        })
    };
    let more = live(move || listed.more(app.timeline.with(|t| t.as_ref().map_or(0, |t| t.lanes.len()))));
    let heading = || el("th", "").attr("scope", "col");
    let titles = (heading().live_text(move || app.timeline.with(title)), TITLES.map(|text| heading().with(text)));
    let table = el("table", "")
        .attr("aria-label", "Lanes")
        .with((el("thead", "").with(el("tr", "").with(titles)), el("tbody", "").live(rows)));
    let left_out = live(move || {
        let text = app.timeline.with(|t| t.as_ref().and_then(unplaced));
        text.map(|text| el("p", "quiet").with(text))
    });
    div("lane-table").attr("id", "lane-table").with((table, more, left_out))
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

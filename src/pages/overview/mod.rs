//! The verdict, the figures behind it, and what to look at next. In this order: what ran, what failed, how long,
//! how parallel, what to do.

mod breakdown;
mod figures;
mod files;
mod lists;
mod verdict;

use leptos::prelude::*;

use crate::charts::concurrency::concurrency_chart;
use crate::charts::lanes::lane_strip;
use crate::state::{App, View};
use crate::ui::el::{El, button, div, el, live, when};

use breakdown::breakdown_panel;
use figures::figures;
use files::files_panel;
use lists::{failures, hints, slowest, workers};
use verdict::verdict;

/// The overview.
pub fn overview_page(app: App) -> El {
    let has_lanes = Memo::new(move |_| app.timeline.with(|t| t.as_ref().is_some_and(|t| !t.lanes.is_empty())));
    let has_concurrency =
        Memo::new(move |_| app.overview.with(|o| o.as_ref().is_some_and(|o| o.concurrency.is_some())));
    let lead = live(move || {
        app.overview.with(|o| {
            let o = o.as_ref()?;
            Some(el("section", "lead-block").with((verdict(app, o), figures(app, &o.run))))
        })
    });
    let open = button("link", move || app.go(|route| route.view = View::Timeline)).with("Open the timeline");
    let title = el("h2", "").attr("id", "lanes-title").with("Workers over time");
    let lanes = el("section", "panel lanes-panel").attr("aria-labelledby", "lanes-title").with((
        el("header", "").with((title, open)),
        when(move || has_concurrency.get(), move || concurrency_chart(app)),
        live(move || if has_lanes.get() { lane_strip(app) } else { no_lanes(app) }),
    ));
    let columns = live(move || {
        app.overview.with(|o| {
            let o = o.as_ref()?;
            Some(div("columns").with((
                div("stack").with((failures(app, o), workers(o))),
                div("stack").with((breakdown_panel(app, &o.run), hints(o))),
                div("stack").with((slowest(app, o), files_panel(app, o))),
            )))
        })
    });
    div("overview").with((lead, lanes, columns))
}

fn no_lanes(app: App) -> El {
    let words = move || app.timeline.with(|t| t.as_ref().map(|t| t.explanation.clone()).unwrap_or_default());
    el("p", "no-lanes").live_text(words)
}

/// A panel with a title, and what stands beside the title.
fn panel(class: &str, id: &str, title: &str, beside: impl crate::ui::el::Child) -> El {
    let heading = el("h2", "").attr("id", id).with(title);
    el("section", class).attr("aria-labelledby", id).with(el("header", "").with((heading, beside)))
}

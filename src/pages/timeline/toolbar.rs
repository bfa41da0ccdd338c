//! Zoom, range, order of the lanes.

use lanescope_protocol::{LaneSort, Timeline};
use leptos::prelude::*;
use web_sys::{Event, HtmlSelectElement};

use crate::charts::lanes::{Stage, change_lanes, curves_toggle, moment};
use crate::pages::timeline::export::export_menu;
use crate::pages::timeline::notice::unplaced;
use crate::pages::timeline::second::second_select;
use crate::state::App;
use crate::ui::el::{El, button, div, el, follow, nodes, span};
use crate::ui::format;

const ORDERS: [(LaneSort, &str, &str); 3] = [
    (LaneSort::Name, "name", "by name"),
    (LaneSort::Load, "load", "busiest first"),
    (LaneSort::LastStop, "last_stop", "latest stop first"),
];

/// The line above the lanes.
pub fn toolbar(stage: Stage) -> El {
    let app = stage.app;
    let whole = Memo::new(move |_| stage.view.get().same(stage.bounds.get()));
    let out =
        button("tool", move || stage.zoom(1.0 / 0.5)).attr("title", "Zoom out (S)").attr("aria-label", "Zoom out");
    let into = button("tool", move || stage.zoom(0.5)).attr("title", "Zoom in (W)").attr("aria-label", "Zoom in");
    let fit = button("tool wide", move || stage.fit()).attr("title", "Show the whole run (0)");
    let fit = fit.live_attr("disabled", move || whole.get());
    let zoom = div("button-group").with((out.with("−"), into.with("+"), fit.with("Fit")));
    let range = span("range-words").live(move || {
        if whole.get() {
            return nodes(("The whole run, ", el("b", "").live_text(move || format::seconds(run_s(stage)))));
        }
        let ends = move || {
            let view = stage.view.get();
            format!("{} – {}", moment(view.from_s, view.len_s()), moment(view.to_s, view.len_s()))
        };
        let len = move || format::seconds(stage.view.get().len_s());
        nodes((el("b", "").live_text(len), span("range-ends").live_text(ends)))
    });
    let facts = span("quiet lanes-fact");
    let facts = facts.live_attr("title", move || app.timeline.with(|t| t.as_ref().and_then(unplaced)));
    let facts = facts.live_text(move || app.timeline.with(|t| t.as_ref().map(facts_of).unwrap_or_default()));
    let bar = div("timeline-bar").attr("role", "toolbar").attr("aria-label", "Timeline");
    bar.with((
        zoom,
        range,
        span("spring"),
        facts,
        (second_select(app), order(app)),
        (curves_toggle(stage), export_menu(stage)),
    ))
}

/// The order of the lanes.
fn order(app: App) -> El {
    let options = ORDERS.map(|(_, value, text)| el("option", "").attr("value", value).with(text));
    let select = el("select", "").attr("aria-label", "Order of the lanes").with(options);
    let select = select.on("change", move |event: Event| {
        let value = event_target_value(&event);
        let wanted = ORDERS.into_iter().find(|o| o.1 == value).map(|o| o.0).unwrap_or_default();
        let lanes = app.timeline.with_untracked(|t| t.as_ref().map(|t| (t.run.clone(), t.simulated_workers)));
        if let Some((run, workers)) = lanes {
            change_lanes(app, run, wanted, workers);
        }
    });
    let sort = Memo::new(move |_| app.timeline.with(|t| t.as_ref().map(|t| t.sort).unwrap_or_default()));
    let node: HtmlSelectElement = select.as_node();
    follow(move || {
        let sort = sort.get();
        if let Some((_, value, _)) = ORDERS.into_iter().find(|order| order.0 == sort) {
            node.set_value(value);
        }
    });
    el("label", "lane-sort").with((span("quiet").with("Lanes"), select))
}

fn facts_of(timeline: &Timeline) -> String {
    let lanes = format::plural(timeline.lanes.len() as u64, "lane", "lanes");
    let left_out = if timeline.unplaced > 0 {
        format!(", {} not placed", format::count(timeline.unplaced.into()))
    } else {
        String::new()
    };
    format!("{lanes}, {}{left_out}", format::plural(timeline.spans.into(), "attempt", "attempts"))
}

fn run_s(stage: Stage) -> f64 {
    stage.app.timeline.with(|t| {
        let t = t.as_ref();
        let from_s = t.and_then(|t| t.session_from_s).unwrap_or(0.0).min(0.0);
        t.map_or(0.0, |t| t.session_to_s.unwrap_or(t.to_s).max(t.to_s) - from_s)
    })
}

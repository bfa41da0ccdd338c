//! Zoom, range, order of the lanes.

use lanescope_protocol::{LaneSort, Timeline};
use leptos::prelude::*;
use web_sys::{Event, HtmlSelectElement};

use crate::charts::lanes::{COLOURS, Stage, change_lanes, curves_toggle, moment};
use crate::pages::tests::query_field;
use crate::pages::timeline::export::export_menu;
use crate::pages::timeline::notice::unplaced;
use crate::pages::timeline::second::second_select;
use crate::state::App;
use crate::ui::el::{El, button, div, el, follow, nodes, span};
use crate::ui::format;

const ORDERS: [(LaneSort, &str, &str); 5] = [
    (LaneSort::Name, "name", "by name"),
    (LaneSort::Load, "load", "busiest first"),
    (LaneSort::Idle, "idle", "most idle first"),
    (LaneSort::LastStop, "last_stop", "latest stop first"),
    (LaneSort::Start, "start", "first start first"),
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
        find(stage),
        nodes((second_select(app), colours(stage), order(app), curves_toggle(stage), export_menu(stage))),
    ))
}

/// A choice among words: what is chosen follows `now`.
fn choice(
    name: &'static str,
    label: &str,
    options: Vec<(&'static str, &'static str)>,
    now: impl Fn() -> &'static str + 'static,
    chosen: impl Fn(String) + 'static,
) -> El {
    let options: Vec<El> =
        options.into_iter().map(|(value, text)| el("option", "").attr("value", value).with(text)).collect();
    let select = el("select", "").attr("aria-label", label).attr("name", name).with(options);
    let select = select.on("change", move |event: Event| chosen(event_target_value(&event)));
    let node: HtmlSelectElement = select.as_node();
    follow(move || node.set_value(now()));
    el("label", "lane-sort").with((span("quiet").with(name), select))
}

/// The order of the lanes.
fn order(app: App) -> El {
    let sort = move || {
        let sort = app.timeline.with(|t| t.as_ref().map(|t| t.sort).unwrap_or_default());
        ORDERS.into_iter().find(|order| order.0 == sort).map_or("name", |order| order.1)
    };
    let options = ORDERS.map(|(_, value, text)| (value, text)).to_vec();
    choice("Lanes", "Order of the lanes", options, sort, move |value| {
        let wanted = ORDERS.into_iter().find(|o| o.1 == value).map(|o| o.0).unwrap_or_default();
        let lanes = app.timeline.with_untracked(|t| t.as_ref().map(|t| (t.run.clone(), t.simulated_workers)));
        if let Some((run, workers)) = lanes {
            change_lanes(app, run, wanted, workers);
        }
    })
}

/// What the colours say.
fn colours(stage: Stage) -> El {
    let options = COLOURS.map(|(_, word)| (word, word)).to_vec();
    choice(
        "Colour",
        "What the colours say",
        options,
        move || stage.colour_word(),
        move |value| {
            stage.app.tune(|route| route.colour = Some(value).filter(|value| value != "outcome"));
        },
    )
}

/// The field that looks for tests: bars without a match are faint.
fn find(stage: Stage) -> El {
    let said = move || {
        let Some(matches) = stage.matches() else { return String::new() };
        let all = stage.app.run().map_or(0, |run| run.tests);
        let count = |n: u32| format::count(n.into());
        matches.problem.unwrap_or_else(|| format!("{} of {}", count(matches.tests), count(all)))
    };
    let count = span("find-count").attr("role", "status");
    let count = count.live_attr("data-matches", move || {
        stage.matches().map(|m| if m.problem.is_some() { "problem".to_owned() } else { m.tests.to_string() })
    });
    let field = query_field(stage.app, "lane-search", "Filter the bars", "Filter: name, is:flaky, duration:>1s", None);
    div("lane-find").with((field, count.live_text(said)))
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

/// Length of all that there is to see, seconds: of two runs from the first beginning to the last end.
fn run_s(stage: Stage) -> f64 {
    let ends = |timeline: RwSignal<Option<Timeline>>| {
        timeline.with(|t| {
            let from_s = t.as_ref().and_then(|t| t.session_from_s).unwrap_or(0.0).min(0.0);
            (from_s, t.as_ref().map_or(0.0, |t| t.session_to_s.unwrap_or(t.to_s).max(t.to_s)))
        })
    };
    let ((from_a, to_a), (from_b, to_b)) = (ends(stage.timeline), ends(stage.beside));
    to_a.max(to_b) - from_a.min(from_b)
}

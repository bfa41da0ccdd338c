//! The names of the lanes, beside the canvas.

use lanescope_protocol::{Lane, LaneGroup, Timeline};
use leptos::prelude::*;

use crate::charts::canvas;
use crate::charts::lanes::{HEAD_PX, Stage, top_px};
use crate::state::number;
use crate::ui::el::{El, button, div, el, live, span};
use crate::ui::format;

/// Names made at once.
const FIRST: u32 = 40;
/// Lanes lower than this have no room for figures in the usual size, pixels.
const DENSE_PX: f64 = 20.0;

/// Share of the run's time that a lane was in tests.
pub fn busy_share(lane: &Lane, timeline: &Timeline) -> f64 {
    if timeline.to_s > 0.0 { lane.busy_s / timeline.to_s } else { 0.0 }
}

/// One label per lane: name, busy share, failures; above those of a group its head.
pub fn labels(stage: Stage) -> El {
    // Hundreds of names are made in two turns, so that the page hears the user in between.
    let more = RwSignal::new(false);
    let first = live(move || rows(stage, 0, FIRST));
    let rest = live(move || more.get().then(|| rows(stage, FIRST, u32::MAX)));
    let make_rest = move || {
        let _ = more.try_set(true);
    };
    canvas::in_turn(make_rest);
    let top = move || number::px(stage.timeline.with(|t| t.as_ref().map_or(0.0, |t| top_px(t.provenance))));
    let titles = div("lane-head").attr("aria-hidden", "true").live_style("height", top);
    let titles = titles.with((span("").with("Worker"), span("").with("busy")));
    let all = div("lane-labels").live_attr("data-dense", move || stage.pitch() < DENSE_PX);
    all.live_style("--pitch", move || number::plain(stage.pitch()) + "px").with((titles, first, rest))
}

/// The names of some of the lanes, with the heads of the groups that begin among them.
fn rows(stage: Stage, from: u32, end: u32) -> Vec<El> {
    stage.timeline.with(|timeline| {
        let Some(timeline) = timeline.as_ref() else { return Vec::new() };
        let mut all = Vec::new();
        for (i, lane) in (0_u32..).zip(&timeline.lanes).take(end as usize).skip(from as usize) {
            let begins = |group: &&LaneGroup| group.first_lane == i && group.lanes > 0;
            all.extend(timeline.groups.iter().find(begins).map(|group| head(stage, group, timeline)));
            let label = label(lane, busy_share(lane, timeline));
            all.push(match lane.group.and_then(|group| timeline.groups.get(group as usize)) {
                Some(group) => {
                    let name = group.name.clone();
                    label.live_attr("hidden", move || stage.is_folded(&name))
                }
                None => label,
            });
        }
        all
    })
}

/// Name, number of lanes and busy share of a group; a click hides its lanes, or shows them.
fn head(stage: Stage, group: &LaneGroup, timeline: &Timeline) -> El {
    let (name, folded) = (group.name.clone(), group.name.clone());
    let busy = if timeline.to_s > 0.0 { group.busy_s / timeline.to_s / f64::from(group.lanes) } else { 0.0 };
    let lanes = format::plural(group.lanes.into(), "lane", "lanes");
    let head = button("lane-group", move || stage.fold(&name)).style("height", number::px(HEAD_PX));
    let head = head.attr("title", format!("{}: {lanes}, {} in tests", group.name, format::seconds(group.busy_s)));
    let head = head.live_attr("aria-expanded", move || (!stage.is_folded(&folded)).to_string());
    let share = span("lane-busy").with(el("b", "").with(number::fixed(busy * 100.0, 0) + " %"));
    head.with((span("lane-name").with(&group.name), span("quiet").with(lanes), share))
}

fn label(lane: &Lane, busy: f64) -> El {
    let title = format!(
        "{}: {}, {} failed, {} in tests ({} of the run){}",
        lane.name,
        format::plural(lane.attempts.into(), "attempt", "attempts"),
        lane.bad,
        format::seconds(lane.busy_s),
        format::percent(busy),
        if lane.crashed { "; the worker died" } else { "" }
    );
    let bar = el("i", "").style("width", number::fixed((busy * 100.0).clamp(0.0, 100.0), 1) + "%");
    div("lane-label").attr("aria-hidden", "true").attr("title", title).with((
        span("lane-name").with(&lane.name),
        lane.crashed.then(|| span("lane-crashed").with("died")),
        (lane.bad > 0).then(|| span("lane-bad").with(format!("{} ×", format::count(lane.bad.into())))),
        span("lane-busy").with((bar, el("b", "").with(number::fixed(busy * 100.0, 0) + " %"))),
    ))
}

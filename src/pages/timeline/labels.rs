//! The names of the lanes, beside the canvas.

use lanescope_protocol::{Lane, LaneGroup, Timeline};
use leptos::prelude::*;

use crate::charts::lanes::{HEAD_PX, Stage, in_words, top_px};
use crate::state::number;
use crate::state::number::Within;
use crate::ui::el::{El, button, div, el, live, span};
use crate::ui::format;

/// So many names are made together.
const CHUNK: u32 = 64;
/// They are made when they are no farther out of sight than this, pixels.
const NEAR_PX: f64 = 400.0;
/// Lanes lower than this have no room for figures in the usual size, pixels.
const DENSE_PX: f64 = 20.0;

/// What the lanes are: where no file names a worker they are none.
pub fn title(timeline: &Option<Timeline>) -> String {
    if timeline.as_ref().is_some_and(|t| t.packed) { "Lane".to_owned() } else { "Worker".to_owned() }
}

/// Share of the run's time that a lane was in tests.
pub fn busy_share(lane: &Lane, timeline: &Timeline) -> f64 {
    if timeline.to_s > 0.0 { lane.busy_s / timeline.to_s } else { 0.0 }
}

/// One label per lane: name, busy share, failures; above those of a group its head.
pub fn labels(stage: Stage) -> El {
    let chunks = Memo::new(move |_| {
        stage.timeline.with(|t| t.as_ref().map_or((0, false), |t| (t.lanes.len() as u32, !t.groups.is_empty())))
    });
    let all = live(move || {
        let (lanes, grouped) = chunks.get();
        (0..lanes.div_ceil(CHUNK)).map(|n| chunk(stage, n * CHUNK, lanes, grouped)).collect::<Vec<_>>()
    });
    let top = move || number::px(stage.timeline.with(|t| t.as_ref().map_or(0.0, |t| top_px(t.provenance))));
    let titles = div("lane-head").attr("aria-hidden", "true").live_style("height", top);
    let titles = titles.with((span("").live_text(move || stage.timeline.with(title)), span("").with("busy")));
    let labels = div("lane-labels").live_attr("data-dense", move || stage.pitch() < DENSE_PX);
    labels.live_style("--pitch", move || number::plain(stage.pitch()) + "px").with((titles, all))
}

/// Some of the names. They are made when they are first about to be seen: those of thousands of lanes are a hundred
/// thousand elements. Room is kept for them, but not among groups, which fold: there all above are made as well.
fn chunk(stage: Stage, from: u32, lanes: u32, grouped: bool) -> El {
    let end = from.saturating_add(CHUNK).min(lanes);
    let near = Memo::new(move |was| {
        let (y, high) = (stage.lane_px(from), f64::from(end - from) * stage.pitch());
        was == Some(&true) || (y < stage.room_px.get() + NEAR_PX && (grouped || y + high > -NEAR_PX))
    });
    let chunk = div("").live(move || near.get().then(|| rows(stage, from, end)));
    if grouped { chunk } else { chunk.style("min-height", format!("calc({} * var(--pitch))", end - from)) }
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
    let died = if lane.crashed { "; the worker died" } else { "" };
    let title = format!("{} ({} of the run){died}", in_words(lane), format::percent(busy));
    let bar = el("i", "").style("width", number::fixed((busy * 100.0).within(0.0, 100.0), 1) + "%");
    div("lane-label").attr("aria-hidden", "true").attr("title", title).with((
        span("lane-name").with(&lane.name),
        lane.crashed.then(|| span("lane-crashed").with("died")),
        (lane.bad > 0).then(|| span("lane-bad").with(format!("{} ×", format::count(lane.bad.into())))),
        span("lane-busy").with((bar, el("b", "").with(number::fixed(busy * 100.0, 0) + " %"))),
    ))
}

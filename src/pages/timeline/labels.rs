//! The names of the lanes, beside the canvas.

use lanescope_protocol::{Lane, Timeline};
use leptos::prelude::*;

use crate::charts::lanes::{Stage, top_px};
use crate::ui::el::{El, div, el, live, span};
use crate::ui::format;

/// Lanes lower than this have no room for figures in the usual size, pixels.
const DENSE_PX: f64 = 20.0;

/// Share of the run's time that a lane was in tests.
pub fn busy_share(lane: &Lane, timeline: &Timeline) -> f64 {
    if timeline.to_s > 0.0 { lane.busy_s / timeline.to_s } else { 0.0 }
}

/// One label per lane: name, busy share, failures.
pub fn labels(stage: Stage) -> El {
    let app = stage.app;
    let labels = live(move || {
        app.timeline.with(|timeline| {
            let timeline = timeline.as_ref()?;
            let label = |lane| label(lane, busy_share(lane, timeline));
            Some(timeline.lanes.iter().map(label).collect::<Vec<_>>())
        })
    });
    let top = move || format!("{}px", app.timeline.with(|t| t.as_ref().map_or(0.0, |t| top_px(t.provenance))));
    let head = div("lane-head").live_style("height", top).with((span("").with("Worker"), span("").with("busy")));
    let all = div("lane-labels").attr("aria-hidden", "true");
    let all = all.live_attr("data-dense", move || stage.pitch() < DENSE_PX);
    all.live_style("--pitch", move || format!("{}px", stage.pitch())).with((head, labels))
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
    let bar = el("i", "").style("width", format!("{:.1}%", (busy * 100.0).clamp(0.0, 100.0)));
    div("lane-label").attr("title", title).with((
        span("lane-name").with(&lane.name),
        lane.crashed.then(|| span("lane-crashed").with("died")),
        (lane.bad > 0).then(|| span("lane-bad").with(format!("{} ×", format::count(lane.bad.into())))),
        span("lane-busy").with((bar, el("b", "").with(format!("{:.0} %", busy * 100.0)))),
    ))
}

//! The names of the lanes, beside the canvas.

use lanescope_protocol::{Lane, Timeline};
use leptos::prelude::*;

use crate::charts::lanes::{Stage, top_px};
use crate::ui::format;

/// Lanes lower than this have no room for figures in the usual size, pixels.
const DENSE_PX: f64 = 20.0;

/// Share of the run's time that a lane was in tests.
pub fn busy_share(lane: &Lane, timeline: &Timeline) -> f64 {
    if timeline.to_s > 0.0 { lane.busy_s / timeline.to_s } else { 0.0 }
}

/// One label per lane: name, busy share, failures.
#[component]
pub fn Labels(stage: Stage) -> impl IntoView {
    let app = stage.app;
    let labels = move || {
        app.timeline.with(|timeline| {
            let timeline = timeline.as_ref()?;
            let labels = timeline.lanes.iter().map(|lane| label(lane, busy_share(lane, timeline)));
            Some(labels.collect_view())
        })
    };
    let top = move || app.timeline.with(|t| t.as_ref().map_or(0.0, |t| top_px(t.provenance)));
    let dense = move || (stage.pitch() < DENSE_PX).then_some("");
    view! {
        <div class="lane-labels" aria-hidden="true" data-dense=dense style:--pitch=move || format!("{}px", stage.pitch())>
            <div class="lane-head" style:height=move || format!("{}px", top())>
                <span>"Worker"</span><span>"busy"</span>
            </div>
            {labels}
        </div>
    }
}

fn label(lane: &Lane, busy: f64) -> impl IntoView + use<> {
    let title = format!(
        "{}: {}, {} failed, {} in tests ({} of the run){}",
        lane.name,
        format::plural(lane.attempts.into(), "attempt", "attempts"),
        lane.bad,
        format::seconds(lane.busy_s),
        format::percent(busy),
        if lane.crashed { "; the worker died" } else { "" }
    );
    view! {
        <div class="lane-label" title=title>
            <span class="lane-name">{lane.name.clone()}</span>
            {lane.crashed.then(|| view! { <span class="lane-crashed">"died"</span> })}
            {(lane.bad > 0).then(|| view! { <span class="lane-bad">{format::count(lane.bad.into())}" ×"</span> })}
            <span class="lane-busy">
                <i style:width=format!("{:.1}%", (busy * 100.0).clamp(0.0, 100.0))></i>
                <b>{format!("{:.0} %", busy * 100.0)}</b>
            </span>
        </div>
    }
}

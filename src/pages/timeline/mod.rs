//! A lane per worker: what ran where and when.

mod empty;
mod export;
mod labels;
mod legend;
mod notice;
mod panels;
mod range;
mod table;
mod toolbar;

use leptos::prelude::*;
use web_sys::Event;

use crate::charts::lanes::{Stage, lane_chart, minimap, top_px};
use crate::pages::tests::test_pane;
use crate::shell::dom;
use crate::state::App;
use crate::ui::el::{El, div, el, live, span, when};

/// The timeline view.
pub fn timeline_page(app: App) -> El {
    let stage = Stage::new(app);
    let drawn = Memo::new(move |_| app.timeline.with(|t| t.as_ref().map(|t| !t.lanes.is_empty())));
    let detail = move || app.route.with(|route| route.test.is_some());
    let content = live(move || match drawn.get() {
        None => waiting(),
        Some(false) => empty::empty(app),
        Some(true) => lanes(stage),
    });
    let page = el("section", "timeline-page").live_attr("data-detail", detail);
    page.with((content, when(detail, move || test_pane(app))))
}

fn waiting() -> El {
    let bones = div("skeleton").with((div("bone w40"), div("bone tall")));
    div("timeline-main").attr("aria-hidden", "true").with(bones)
}

/// Toolbar, strip, lanes, panels.
fn lanes(stage: Stage) -> El {
    let app = stage.app;
    let natural_px = move || {
        let lanes = stage.timeline.with(|t| t.as_ref().map_or((0, 0.0), |t| (t.lanes.len(), top_px(t.provenance))));
        lanes.1 + stage.pitch() * lanes.0 as f64 + 2.0
    };
    let height = Memo::new(move |_| format!("{:.0}px", natural_px().min(stage.room_px.get())));

    let scroller = div("lanes-scroll").live_style("height", move || height.get());
    let node = scroller.html();
    let chart = div("lane-sticky").live_style("height", move || height.get()).with(lane_chart(stage, node.clone()));
    let grid = div("timeline-grid").live_style("height", move || format!("{:.0}px", natural_px()));
    let grid = grid.with((labels::labels(stage), div("lane-holder").with(chart)));
    let scroller = scroller.on("scroll", move |_: Event| stage.scroll.set(f64::from(node.scroll_top()))).with(grid);
    let area = div("timeline-area").with(scroller);
    let watched = area.html();
    dom::on_resize(area.node(), move || {
        let height = f64::from(watched.client_height());
        if (stage.room_px.get_untracked() - height).abs() >= 1.0 {
            stage.room_px.set(height);
        }
    });
    // Lanes, legend and panel share the height; the panel gives way first.
    let split = div("timeline-split");
    let below = panels::panels(stage, &split);
    div("timeline-main").with((
        el("h1", "sr-only").with("Timeline"),
        toolbar::toolbar(stage),
        notice::notice(app),
        div("timeline-grid minimap-row").with((span("minimap-label").with("Whole run"), minimap(stage))),
        split.with((area, legend::legend(app), below)),
    ))
}

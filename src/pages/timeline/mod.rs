//! A lane per worker: what ran where and when.

mod empty;
mod labels;
mod legend;
mod notice;
mod table;
mod toolbar;

use leptos::prelude::*;
use web_sys::Event;

use crate::charts::lanes::{Stage, lane_chart, minimap};
use crate::pages::tests::test_pane;
use crate::shell::dom;
use crate::state::App;
use crate::ui::el::{El, div, el, live, span, when};

/// Height of the table of lanes that must at least be free for it to be shown unasked, pixels.
const TABLE_PX: f64 = 150.0;

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

/// Toolbar, strip, lanes, table.
fn lanes(stage: Stage) -> El {
    let app = stage.app;
    // `None` until the user has said whether the table is wanted.
    let asked = RwSignal::new(None::<bool>);
    // Few lanes leave room below, and the table has its place there.
    let natural_px = move || stage.natural_px();
    let room_left = move || stage.room_px.get() - natural_px() > TABLE_PX;
    let table = Memo::new(move |_| asked.get().unwrap_or_else(room_left));
    let height = Memo::new(move |_| {
        let room = stage.room_px.get();
        let most = if table.get() && !room_left() { (room * 0.55).max(120.0) } else { room };
        format!("{:.0}px", natural_px().min(most))
    });

    let scroller = div("lanes-scroll").live_style("height", move || height.get());
    let node = scroller.html();
    let chart = div("lane-sticky").live_style("height", move || height.get()).with(lane_chart(stage, node.clone()));
    let grid = div("timeline-grid").live_style("height", move || format!("{:.0}px", natural_px()));
    let grid = grid.with((labels::labels(stage), div("lane-holder").with(chart)));
    let scroller = scroller.on("scroll", move |_: Event| stage.scroll.set(f64::from(node.scroll_top()))).with(grid);
    let area = div("timeline-area").with((scroller, when(move || table.get(), move || table::lane_table(app))));
    let watched = area.html();
    dom::on_resize(area.node(), move || {
        let height = f64::from(watched.client_height());
        if (stage.room_px.get_untracked() - height).abs() >= 1.0 {
            stage.room_px.set(height);
        }
    });
    div("timeline-main").with((
        el("h1", "sr-only").with("Timeline"),
        toolbar::toolbar(stage, table, asked),
        notice::notice(app),
        div("timeline-grid minimap-row").with((span("minimap-label").with("Whole run"), minimap(stage))),
        area,
        legend::legend(stage),
    ))
}

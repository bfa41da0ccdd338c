//! A lane per worker: what ran where and when.

mod empty;
mod labels;
mod legend;
mod notice;
mod range;
mod second;
mod table;
mod toolbar;

use std::rc::Rc;

use leptos::prelude::*;

use crate::charts::lanes::{Curves, Kind, Stage, follow_pointer, minimap};
use crate::pages::tests::test_pane;
use crate::pages::timeline::second::{Second, natural_px, scrolled};
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
    let (curves, second, room) = (Curves::new(stage), Second::new(stage), RwSignal::new(0.0));
    second.share_room(room);
    range::follow_range(stage);
    // Few lanes leave room below, and the table has its place there.
    let room_left = move || stage.room_px.get() - natural_px(stage) > TABLE_PX;
    let panel = Memo::new(move |_| app.route.with(|route| route.panel.as_deref() == Some(range::PANEL)));
    let table = Memo::new(move |_| !panel.get() && asked.get().unwrap_or_else(room_left));
    let height = Rc::new(move || {
        let room = stage.room_px.get();
        let most = if (table.get() || panel.get()) && !room_left() { (room * 0.55).max(120.0) } else { room };
        natural_px(stage).min(most)
    });
    let range = when(move || panel.get(), move || range::range_panel(stage));
    let below = (curves.curve(Kind::Completions), range, when(move || table.get(), move || table::lane_table(app)));
    let area = div("timeline-area").with((scrolled(stage, height), second.lanes(), below));
    let watched = area.html();
    dom::on_resize(area.node(), move || {
        let height = f64::from(watched.client_height());
        if (room.get_untracked() - height).abs() >= 1.0 {
            room.set(height);
        }
    });
    follow_pointer(stage, div("timeline-main")).with((
        el("h1", "sr-only").with("Timeline"),
        toolbar::toolbar(stage, table, asked),
        notice::notice(app),
        div("timeline-grid minimap-row").with((span("minimap-label").with("Whole run"), minimap(stage))),
        (curves.curve(Kind::Running), area),
        legend::legend(app),
    ))
}

//! A lane per worker: what ran where and when.

mod empty;
mod export;
mod jobs;
mod labels;
mod legend;
mod notice;
mod panels;
mod range;
mod second;
mod table;
mod toolbar;

use std::rc::Rc;

use leptos::prelude::*;

use crate::charts::lanes::{Curves, Kind, Stage, follow_pointer, minimap};
use crate::pages::tests::test_pane;
use crate::pages::timeline::second::{Second, scrolled};
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
        Some(false) => div("timeline-main").with((jobs::jobs(stage), empty::empty(app))),
        Some(true) => lanes(stage),
    });
    let page = el("section", "timeline-page").live_attr("data-detail", detail);
    page.with((content, when(detail, move || test_pane(app))))
}

fn waiting() -> El {
    let bones = div("skeleton").with((div("bone w40"), div("bone tall")));
    div("timeline-main").attr("aria-hidden", "true").with(bones)
}

/// Toolbar, curves, lanes, panels.
fn lanes(stage: Stage) -> El {
    let app = stage.app;
    let (curves, second, room) = (Curves::new(stage), Second::new(stage), RwSignal::new(0.0));
    second.share_room(room);
    range::follow_range(stage);
    let height = Rc::new(move || stage.natural_px().min(stage.room_px.get()));
    let area = div("timeline-area").with((scrolled(stage, height), second.lanes(), curves.curve(Kind::Completions)));
    let watched = area.html();
    dom::on_resize(area.node(), move || {
        let height = f64::from(watched.client_height());
        if (room.get_untracked() - height).abs() >= 1.0 {
            room.set(height);
        }
    });
    // Lanes, legend and panel share the height; the panel gives way first.
    let split = div("timeline-split");
    let below = panels::panels(stage, &split);
    follow_pointer(stage, div("timeline-main")).with((
        el("h1", "sr-only").with("Timeline"),
        toolbar::toolbar(stage),
        notice::notice(app),
        div("timeline-grid minimap-row").with((span("minimap-label").with("Whole run"), minimap(stage))),
        (jobs::jobs(stage), curves.curve(Kind::Running)),
        split.with((area, legend::legend(stage), below)),
    ))
}

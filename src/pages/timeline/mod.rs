//! A lane per worker: what ran where and when.

mod empty;
mod labels;
mod legend;
mod notice;
mod table;
mod toolbar;

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::charts::canvas::Resizes;
use crate::charts::lanes::{LaneChart, Minimap, Stage, top_px};
use crate::pages::tests::TestPane;
use crate::state::App;

/// Height of the table of lanes that must at least be free for it to be shown unasked, pixels.
const TABLE_PX: f64 = 150.0;

/// The timeline view.
#[component]
pub fn TimelinePage() -> impl IntoView {
    let app = App::get();
    let stage = Stage::new(app);
    let drawn = Memo::new(move |_| app.timeline.with(|t| t.as_ref().map(|t| !t.lanes.is_empty())));
    let detail = move || app.route.with(|route| route.test.is_some());
    view! {
        <section class="timeline-page" data-detail=move || detail().then_some("")>
            {move || match drawn.get() {
                None => view! { <Waiting/> }.into_any(),
                Some(false) => view! { <empty::Empty/> }.into_any(),
                Some(true) => view! { <Lanes stage/> }.into_any(),
            }}
            <Show when=detail><TestPane/></Show>
        </section>
    }
}

#[component]
fn Waiting() -> impl IntoView {
    view! {
        <div class="timeline-main" aria-hidden="true">
            <div class="skeleton"><div class="bone w40"></div><div class="bone tall"></div></div>
        </div>
    }
}

/// Toolbar, strip, lanes, table.
#[component]
fn Lanes(stage: Stage) -> impl IntoView {
    let app = stage.app;
    let area = NodeRef::<Div>::new();
    let scroller = NodeRef::<Div>::new();
    // `None` until the user has said whether the table is wanted.
    let asked = RwSignal::new(None::<bool>);
    let resizes = StoredValue::new_local(None::<Resizes>);
    Effect::new(move |_| {
        let Some(area) = area.get() else { return };
        let watched = area.clone();
        resizes.set_value(Resizes::watch(area.unchecked_ref(), move || {
            let height = f64::from(watched.client_height());
            if stage.room_px.try_get_untracked().is_some_and(|before| (before - height).abs() >= 1.0) {
                stage.room_px.set(height);
            }
        }));
    });
    // Few lanes leave room below, and the table has its place there.
    let natural_px = move || {
        let lanes = app.timeline.with(|t| t.as_ref().map_or((0, 0.0), |t| (t.lanes.len(), top_px(t.provenance))));
        lanes.1 + stage.pitch() * lanes.0 as f64 + 2.0
    };
    let room_left = move || stage.room_px.get() - natural_px() > TABLE_PX;
    let table = Memo::new(move |_| asked.get().unwrap_or_else(room_left));
    let height = move || {
        let room = stage.room_px.get();
        let most = if table.get() && !room_left() { (room * 0.55).max(120.0) } else { room };
        format!("{:.0}px", natural_px().min(most))
    };
    view! {
        <div class="timeline-main">
            <h1 class="sr-only">"Timeline"</h1>
            <toolbar::Toolbar stage table toggle_table=Callback::new(move |()| asked.set(Some(!table.get_untracked())))/>
            <notice::Notice/>
            <div class="timeline-grid minimap-row">
                <span class="minimap-label">"Whole run"</span>
                <Minimap stage/>
            </div>
            <div class="timeline-area" node_ref=area>
                <div
                    class="lanes-scroll"
                    node_ref=scroller
                    style:height=height
                    on:scroll=move |_| {
                        let top = scroller.get_untracked().map_or(0.0, |s| f64::from(s.scroll_top()));
                        stage.scroll.set(top);
                    }
                >
                    <div class="timeline-grid" style:height=move || format!("{:.0}px", natural_px())>
                        <labels::Labels stage/>
                        <div class="lane-holder"><div class="lane-sticky" style:height=height><LaneChart stage scroller/></div></div>
                    </div>
                </div>
                <Show when=move || table.get()><table::LaneTable/></Show>
            </div>
            <legend::Legend/>
        </div>
    }
}

//! The lanes as a canvas that answers to pointer and keys.

use leptos::html::{Canvas, Div};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use crate::charts::canvas::Resizes;
use crate::charts::lanes::paint::banner;
use crate::charts::lanes::stage::Stage;
use crate::charts::lanes::tooltip::Tooltip;
use crate::shell::{dom, keys};

/// The canvas of a stage. It is as high as the element that scrolls it, and stays in sight.
#[component]
pub fn LaneChart(
    /// What it shows.
    stage: Stage,
    /// The element that scrolls the lanes.
    scroller: NodeRef<Div>,
) -> impl IntoView {
    let canvas = NodeRef::<Canvas>::new();
    let size = RwSignal::new((0.0, 0.0));
    let resizes = StoredValue::new_local(None::<Resizes>);
    Effect::new(move |_| {
        let (Some(canvas), Some(scroller)) = (canvas.get(), scroller.get()) else { return };
        let element: HtmlElement = scroller.unchecked_into();
        stage.mount(canvas.clone(), element);
        let watched = canvas.clone();
        let watch = Resizes::watch(&canvas, move || {
            let now = (f64::from(watched.client_width()), f64::from(watched.client_height()));
            if size.try_get_untracked().is_some_and(|before| before != now) {
                size.set(now);
                stage.redraw();
            }
        });
        resizes.set_value(watch);
    });
    let heard = window_event_listener(leptos::ev::keydown, move |event: KeyboardEvent| {
        let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
        if modified || event.default_prevented() || keys::in_field(&event) || stage.app.help.get_untracked() {
            return;
        }
        if stage.key(&event, on_canvas(&event)) {
            event.prevent_default();
        }
    });
    on_cleanup(move || heard.remove());
    let facts = move |pick: fn(&lanescope_protocol::Timeline) -> String| {
        stage.app.timeline.with(|t| t.as_ref().map(pick).unwrap_or_default())
    };
    let label = move || {
        stage.app.timeline.with(|t| {
            let Some(t) = t.as_ref() else { return String::new() };
            let known = banner(t.provenance).map_or(String::new(), |text| format!(" The lanes are {text}."));
            format!(
                "Timeline: {} lanes, {} attempts.{known} Arrow keys move between bars, Enter opens a test, \
                 W and S zoom, A and D pan, 0 shows everything. The same as a table: the button Table.",
                t.lanes.len(),
                t.spans
            )
        })
    };
    let brief = Callback::new(move |attempt| {
        stage.news.track();
        stage.brief(attempt)
    });
    view! {
        <div class="lane-chart">
            <canvas
                node_ref=canvas
                class="lane-canvas"
                tabindex="0"
                role="application"
                aria-roledescription="timeline"
                aria-label=label
                data-timeline=""
                data-lanes=move || facts(|t| t.lanes.len().to_string())
                data-spans=move || facts(|t| t.spans.to_string())
                data-provenance=move || facts(|t| t.provenance.as_str().to_owned())
                on:wheel=move |event| stage.wheel(&event)
                on:pointerdown=move |event| stage.pointer_down(&event)
                on:pointermove=move |event| stage.pointer_move(&event)
                on:pointerup=move |event| stage.pointer_up(&event)
                on:pointercancel=move |event| stage.pointer_lost(&event)
                on:pointerleave=move |_| stage.pointer_out()
                on:dblclick=move |event| stage.double_click(&event)
            ></canvas>
            <Tooltip pointed=stage.pointed brief click="Click for the details; double-click fits it."/>
            <p class="sr-only" role="status" aria-live="polite">{move || stage.said.get()}</p>
        </div>
    }
}

/// Whether a key is the canvas's: it has the focus, or nothing in particular has.
fn on_canvas(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|t| t.dyn_into::<HtmlElement>().ok());
    let body = dom::document().body();
    target.is_some_and(|element| {
        element.has_attribute("data-timeline") || element.id() == "main" || Some(&element) == body.as_ref()
    })
}

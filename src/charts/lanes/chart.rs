//! The lanes as a canvas that answers to pointer and keys.

use lanescope_protocol::Timeline;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlCanvasElement, HtmlElement, KeyboardEvent, MouseEvent, PointerEvent, WheelEvent};

use crate::charts::lanes::curves::time_rule;
use crate::charts::lanes::paint::banner;
use crate::charts::lanes::stage::Stage;
use crate::charts::lanes::tooltip::tooltip;
use crate::shell::{dom, keys};
use crate::state::number;
use crate::ui::el::{El, div, el, later};

/// The canvas of a stage. It is as high as the element that scrolls it, and stays in sight.
pub fn lane_chart(stage: Stage, scroller: HtmlElement) -> El {
    let canvas = el("canvas", "lane-canvas").attr("tabindex", "0").attr("role", "application");
    let canvas = canvas.attr("aria-roledescription", "timeline").live_attr("aria-label", move || label(stage));
    let canvas = with_facts(canvas, stage.timeline)
        .on("wheel", move |event: WheelEvent| stage.wheel(&event))
        .on("pointerdown", move |event: PointerEvent| stage.pointer_down(&event))
        .on("pointermove", move |event: PointerEvent| stage.pointer_move(&event))
        .on("pointerup", move |event: PointerEvent| stage.pointer_up(&event))
        .on("pointercancel", move |event: PointerEvent| stage.pointer_lost(&event))
        .on("pointerleave", move |_: Event| stage.pointer_out())
        // Before the page's own Escape, which would close the selected test too.
        .on("keydown", move |event: KeyboardEvent| {
            if event.key() == "Escape" && stage.range.get_untracked().is_some() {
                event.prevent_default();
                stage.range.set(None);
            }
        });
    let node: HtmlCanvasElement = canvas.as_node();
    let (watched, mut size) = (node.clone(), (0, 0));
    dom::on_resize(&node, move || {
        let now = (watched.client_width(), watched.client_height());
        if size != now {
            size = now;
            stage.redraw();
        }
    });
    let own = node.clone();
    later(move || stage.mount(node.clone(), scroller.clone()));
    let heard = window_event_listener(leptos::ev::keydown, move |event: KeyboardEvent| {
        let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
        if modified || event.default_prevented() || keys::in_field(&event) || stage.app.help.get_untracked() {
            return;
        }
        // Two stages share the view: what is no bar's key is taken by the first of them.
        let target = event.target().and_then(|t| t.dyn_into::<HtmlElement>().ok());
        let on_own = target.as_ref().is_some_and(|target| target == own.unchecked_ref::<HtmlElement>());
        let on_other = !on_own && target.as_ref().is_some_and(|target| target.has_attribute("data-timeline"));
        if stage.second && !on_own {
            return;
        }
        if stage.key(&event, !on_other && on_canvas(target)) {
            event.prevent_default();
        }
    });
    let pressed = window_event_listener(leptos::ev::mousedown, move |event: MouseEvent| stage.double_press(&event));
    on_cleanup(move || {
        heard.remove();
        pressed.remove();
    });
    let brief = Callback::new(move |attempt| {
        stage.news.track();
        stage.brief(attempt)
    });
    let tip = tooltip(stage.pointed, brief, "Click for the details; double-click fits it.");
    let said = el("p", "sr-only").attr("role", "status").attr("aria-live", "polite");
    let range =
        move || stage.range.get().map(|range| number::fixed(range.from_s, 6) + " " + &number::fixed(range.to_s, 6));
    div("lane-chart").live_attr("data-range", range).with((
        canvas,
        time_rule(stage),
        tip,
        said.live_text(move || stage.said.get()),
    ))
}

fn label(stage: Stage) -> String {
    stage.timeline.with(|t| {
        let Some(t) = t.as_ref() else { return String::new() };
        let known = banner(t.provenance).map_or(String::new(), |text| format!(" The lanes are {text}."));
        format!(
            "Timeline: {} lanes, {} attempts.{known} Arrow keys move between bars, Enter opens a test, \
             W and S zoom, A and D pan, 0 shows everything. The same as a table: the tab Lanes.",
            t.lanes.len(),
            t.spans
        )
    })
}

/// A canvas of lanes, with what it shows as attributes.
pub(super) fn with_facts(canvas: El, timeline: RwSignal<Option<Timeline>>) -> El {
    let fact = move |pick: fn(&Timeline) -> String| move || timeline.with(|t| t.as_ref().map(pick).unwrap_or_default());
    let canvas = canvas.attr("data-timeline", "").live_attr("data-lanes", fact(|t| t.lanes.len().to_string()));
    let canvas = canvas.live_attr("data-spans", fact(|t| t.spans.to_string()));
    canvas.live_attr("data-provenance", fact(|t| t.provenance.as_str().to_owned()))
}

/// Whether a key is the canvas's: it has the focus, or nothing in particular has.
fn on_canvas(target: Option<HtmlElement>) -> bool {
    let body = dom::document().body();
    target.is_some_and(|element| {
        element.has_attribute("data-timeline") || element.id() == "main" || Some(&element) == body.as_ref()
    })
}

//! The edge between lanes and panel, to be dragged or moved by keys.

use std::cell::Cell;

use leptos::prelude::*;
use web_sys::{Event, HtmlElement, KeyboardEvent, PointerEvent};

use crate::state::number;
use crate::ui::el::{El, div};

/// What stays of the lanes, pixels.
pub(super) const LANES_PX: f64 = 190.0;
/// A panel is not lower than this, pixels.
pub(super) const LEAST_PX: f64 = 120.0;
/// A step of the keys, pixels.
const STEP_PX: f64 = 24.0;

thread_local! {
    /// The height chosen, for the next time that the view is opened.
    static LAST: Cell<Option<f64>> = const { Cell::new(None) };
}

/// The height that was chosen before.
pub(super) fn last() -> Option<f64> {
    LAST.get()
}

/// The highest that a panel can be where lanes and panel have so much together, pixels.
pub(super) fn most(whole_px: f64) -> f64 {
    (whole_px - LANES_PX).max(LEAST_PX).round()
}

/// The edge: `px` is the panel's height, `chosen` takes another, `size` is that of lanes and panel together.
pub(super) fn splitter(px: Memo<f64>, chosen: RwSignal<Option<f64>>, size: RwSignal<(f64, f64)>) -> El {
    let choose = move |px: Option<f64>| {
        let px = px.map(|px| px.min(most(size.get_untracked().1)).max(LEAST_PX));
        LAST.set(px);
        chosen.set(px);
    };
    // Where the pointer took it, and how high the panel was.
    let held = StoredValue::new(None::<(f64, f64)>);
    let edge = div("splitter").attr("role", "separator").attr("aria-orientation", "horizontal").attr("tabindex", "0");
    let edge = edge.attr("aria-label", "Height of the panel").attr("aria-controls", "panel");
    let edge = edge.attr("title", "Drag to change the height; double-click for the usual one");
    let edge = edge.attr("aria-valuemin", number::plain(LEAST_PX));
    let node: HtmlElement = edge.html();
    edge.on("pointerdown", move |event: PointerEvent| {
        event.prevent_default();
        let _ = node.focus();
        let _ = node.set_pointer_capture(event.pointer_id());
        held.set_value(Some((f64::from(event.client_y()), px.get_untracked())));
    })
    .on("pointermove", move |event: PointerEvent| {
        if let Some((y, px)) = held.get_value() {
            choose(Some(px + y - f64::from(event.client_y())));
        }
    })
    .on("lostpointercapture", move |_: Event| held.set_value(None))
    .on("dblclick", move |_: Event| choose(None))
    .on("keydown", move |event: KeyboardEvent| {
        let now = px.get_untracked();
        choose(match event.key().as_str() {
            "ArrowUp" => Some(now + STEP_PX),
            "ArrowDown" => Some(now - STEP_PX),
            "Home" => Some(LEAST_PX),
            "End" => Some(f64::MAX),
            "Enter" => None,
            _ => return,
        });
        event.prevent_default();
    })
}

//! Short ways to the browser's objects that are always there in a page.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Document, EventTarget, HtmlElement, Window};

/// The window.
pub fn window() -> Window {
    leptos::prelude::window()
}

/// The document.
pub fn document() -> Document {
    leptos::prelude::document()
}

/// `<html>`.
pub fn root() -> Option<HtmlElement> {
    document().document_element()?.dyn_into().ok()
}

/// Listens for as long as the page lives.
pub fn listen<E: JsCast + 'static>(target: &EventTarget, name: &str, mut heard: impl FnMut(E) + 'static) {
    let closure = Closure::<dyn FnMut(web_sys::Event)>::new(move |event: web_sys::Event| {
        heard(event.unchecked_into());
    });
    let options = web_sys::AddEventListenerOptions::new();
    options.set_passive(false);
    let _ = target.add_event_listener_with_callback_and_add_event_listener_options(
        name,
        closure.as_ref().unchecked_ref(),
        &options,
    );
    closure.forget();
}

/// Runs something in the next animation frame.
pub fn next_frame(work: impl FnOnce() + 'static) {
    leptos::prelude::request_animation_frame(work);
}

/// Whether the system asks for less motion.
pub fn reduced_motion() -> bool {
    let query = window().match_media("(prefers-reduced-motion: reduce)");
    query.ok().flatten().is_some_and(|query| query.matches())
}

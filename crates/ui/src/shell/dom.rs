//! Short ways to the browser's objects that are always there in a page.

use gloo::events::{EventListener, EventListenerOptions};
use gloo::timers::callback::Timeout;
use leptos::prelude::StoredValue;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Document, Element, Event, EventTarget, HtmlElement, ResizeObserver, Window};

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
pub fn listen<E: JsCast + 'static>(target: &EventTarget, name: &'static str, mut heard: impl FnMut(E) + 'static) {
    listen_boxed(target, name, Box::new(move |event: Event| heard(event.unchecked_into())));
}

fn listen_boxed(target: &EventTarget, name: &'static str, mut heard: Box<dyn FnMut(Event)>) {
    // Not passive: drops, keys and wheels that are ours must not be the browser's too.
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(target, name, options, move |event| heard(event.clone())).forget();
}

/// Runs something later, milliseconds from now.
pub fn after(millis: u32, work: impl FnOnce() + 'static) {
    Timeout::new(millis, work).forget();
}

/// Runs something in the next animation frame.
pub fn next_frame(work: impl FnOnce() + 'static) {
    leptos::prelude::request_animation_frame(work);
}

/// Calls back when an element changes its size, until the guard is dropped.
pub struct Resizes {
    observer: ResizeObserver,
    _closure: Closure<dyn FnMut()>,
}

impl Resizes {
    /// Watches an element. The first call comes as soon as it is in the page and has a size.
    pub fn watch(element: &Element, resized: impl FnMut() + 'static) -> Option<Self> {
        Self::watch_boxed(element, Box::new(resized))
    }

    fn watch_boxed(element: &Element, resized: Box<dyn FnMut()>) -> Option<Self> {
        let closure = Closure::wrap(resized);
        let observer = ResizeObserver::new(closure.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(Self { observer, _closure: closure })
    }
}

impl Drop for Resizes {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Calls back when an element changes its size, until the current owner is disposed of. It need not be in the page
/// yet: the first call comes when it is there and has a size.
pub fn on_resize(element: &Element, resized: impl FnMut() + 'static) {
    let _ = StoredValue::new_local(Resizes::watch(element, resized));
}

/// Whether the system asks for less motion.
pub fn reduced_motion() -> bool {
    let query = window().match_media("(prefers-reduced-motion: reduce)");
    query.ok().flatten().is_some_and(|query| query.matches())
}

/// Whether the page is as narrow as a telephone; the style sheets have the same limit.
pub fn is_narrow() -> bool {
    window().match_media("(max-width: 700px)").ok().flatten().is_some_and(|query| query.matches())
}

//! Messages from a page that embeds or opened this one.

use js_sys::{Array, ArrayBuffer, JsString, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, MessageEvent, Window};

use crate::shell::{dom, open};
use crate::state::App;

/// Answers `{lanescope: 'ping'}` with `{lanescope: 'ready'}`, and opens what `{lanescope: 'open', name, data}` brings.
/// Only bytes are taken and nothing of the data is ever sent back, so any page may ask.
pub fn listen(app: App) {
    dom::listen::<MessageEvent>(&dom::window(), "message", move |event| {
        let data = event.data();
        let word = Reflect::get(&data, &"lanescope".into()).ok().and_then(|w| w.as_string());
        match word.as_deref() {
            Some("ping") => pong(&event),
            Some("open") => opened(app, &data),
            _ => {}
        }
    });
}

fn pong(event: &MessageEvent) {
    // A window of another origin is no instance of this one's class; what sends messages to a window is one.
    let Some(source) = event.source().map(JsCast::unchecked_into::<Window>) else { return };
    let answer = Object::new();
    if Reflect::set(&answer, &"lanescope".into(), &"ready".into()).is_ok() {
        let origin = event.origin();
        // A page from a file has the origin "null", which is no address that can be named.
        let target = if origin == "null" || origin.is_empty() { "*" } else { &origin };
        let _ = source.post_message(&answer, target);
    }
}

/// Bytes, or letters, that another page may send at once.
const MOST: u32 = 512 << 20;

fn opened(app: App, data: &JsValue) {
    let text = |key: &str| Reflect::get(data, &key.into()).ok();
    let name = text("name").and_then(|n| n.as_string()).unwrap_or_else(|| "report".into());
    let Some(part) = text("data") else { return };
    let bytes = part.dyn_ref::<ArrayBuffer>().map(ArrayBuffer::byte_length);
    // Anything else is no message of ours.
    let Some(length) = bytes.or_else(|| part.dyn_ref::<JsString>().map(JsString::length)) else { return };
    if length > MOST {
        return app.say("error", Some(name), "This is too much for a message: drop the file here.");
    }
    if let Ok(blob) = Blob::new_with_buffer_source_sequence(&Array::of1(&part)) {
        open::files(app, vec![(name, blob)]);
    }
}

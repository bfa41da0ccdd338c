//! Messages from a page that embeds or opened this one.

use js_sys::{Array, ArrayBuffer, Object, Reflect};
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
    let Some(source) = event.source().and_then(|s| s.dyn_into::<Window>().ok()) else { return };
    let answer = Object::new();
    if Reflect::set(&answer, &"lanescope".into(), &"ready".into()).is_ok() {
        let origin = event.origin();
        // A page from a file has the origin "null", which is no address that can be named.
        let target = if origin == "null" || origin.is_empty() { "*" } else { &origin };
        let _ = source.post_message(&answer, target);
    }
}

fn opened(app: App, data: &JsValue) {
    let name = Reflect::get(data, &"name".into()).ok().and_then(|n| n.as_string()).unwrap_or_else(|| "report".into());
    let Ok(bytes) = Reflect::get(data, &"data".into()) else { return };
    let part: JsValue = if bytes.is_string() || bytes.is_instance_of::<ArrayBuffer>() {
        bytes
    } else {
        return app.say("error", Some(name), "The page that sent this sent neither text nor an ArrayBuffer.");
    };
    if let Ok(blob) = Blob::new_with_buffer_source_sequence(&Array::of1(&part)) {
        open::files(app, vec![(name, blob)]);
    }
}

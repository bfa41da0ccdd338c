//! The way to the page. See `shell::satellite` there for the other side.

use std::cell::RefCell;

use js_sys::{Array, ArrayBuffer, Function, Object, Reflect, Uint8Array};
use lanescope_protocol::{Answer, Request};
use leptos::prelude::window;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, CustomEvent, CustomEventInit, Event, HashChangeEvent, HtmlElement};

use crate::shell::{BUILD, dom};
use crate::state::Route;

/// The part of the page that is a view.
pub const VIEW: &str = "view";

thread_local! {
    static BRIDGE: RefCell<Option<JsValue>> = const { RefCell::new(None) };
}

/// Says that a satellite is here. `shown` gets the name of a part of the page and the place to draw it in, or nothing
/// when it is to go.
pub(super) fn hello(name: &str, shown: impl Fn(String, Option<HtmlElement>) + 'static) {
    let show = Closure::<dyn FnMut(String, JsValue, JsValue)>::new(move |part, place: JsValue, bridge: JsValue| {
        // There is none when a part is to go; others may still be shown.
        if bridge.is_object() {
            BRIDGE.with(|slot| *slot.borrow_mut() = Some(bridge));
        }
        shown(part, place.dyn_into().ok());
    });
    let detail = Object::new();
    let _ = Reflect::set(&detail, &"build".into(), &BUILD.into());
    let _ = Reflect::set(&detail, &"show".into(), &show.into_js_value());
    let init = CustomEventInit::new();
    init.set_detail(&detail);
    if let Ok(event) = CustomEvent::new_with_event_init_dict(name, &init) {
        let _ = dom::document().dispatch_event(&event);
    }
}

/// Hears what the page tells, for as long as it lives.
pub(super) fn listen(name: &'static str, heard: impl Fn() + 'static) {
    dom::listen::<Event>(&dom::document(), name, move |_| heard());
}

fn function(name: &str) -> Option<Function> {
    let bridge = BRIDGE.with(|slot| slot.borrow().clone())?;
    Reflect::get(&bridge, &name.into()).ok()?.dyn_into().ok()
}

/// Asks the engine. `tell` gets the answer and the buffer beside it; nothing, if the engine stopped.
pub fn ask(request: &Request, tell: impl FnOnce(Option<Answer>, Option<ArrayBuffer>) + 'static) {
    let (Some(ask), Ok(bytes)) = (function("ask"), postcard::to_allocvec(request)) else { return };
    let tell = Closure::once_into_js(move |body: JsValue, beside: JsValue| {
        let body = body.dyn_into::<Uint8Array>().map(|bytes| bytes.to_vec()).unwrap_or_default();
        tell(postcard::from_bytes(&body).ok(), beside.dyn_into().ok());
    });
    let _ = ask.call2(&JsValue::NULL, &Uint8Array::from(bytes.as_slice()), &tell);
}

/// Has the page do something: a word, a text and things beside it.
fn act(word: &str, text: &str, things: &JsValue) {
    if let Some(act) = function("act") {
        let _ = act.call3(&JsValue::NULL, &word.into(), &text.into(), things);
    }
}

/// Gives the page a run that was predicted here (the bytes of `model::Run::encode`), to be shown on the timeline.
pub fn made(name: &str, bytes: &[u8]) {
    act("made", name, &Array::of1(&Uint8Array::from(bytes).buffer()));
}

/// Has the page open files, as if they had been dropped: paths with their bytes.
pub fn open(files: &[(String, Blob)]) {
    let things: Array = files.iter().map(|(path, blob)| Array::of2(&path.into(), blob)).collect();
    act("open", "", &things);
}

/// Has the page let go of a file, or of an archive with all that is in it.
pub fn forget(path: &str) {
    act("forget", path, &JsValue::UNDEFINED);
}

/// Has the page fetch what an index names that was opened as a file.
pub fn index(path: &str) {
    act("index", path, &JsValue::UNDEFINED);
}

/// Has the page say something.
pub fn say(severity: &str, text: &str) {
    act("say", severity, &text.into());
}

/// Has the page take a part away that it had asked for.
pub fn close(part: &str) {
    act("close", part, &JsValue::UNDEFINED);
}

/// The address.
pub fn route() -> Route {
    Route::parse(&dom::window().location().hash().unwrap_or_default())
}

/// Goes to another address: a step in the history if `push`, else in its place. The page hears of it.
pub fn go(push: bool, change: impl FnOnce(&mut Route)) {
    let mut route = route();
    change(&mut route);
    let fragment = route.to_fragment();
    let Ok(history) = window().history() else { return };
    let _ = if push {
        history.push_state_with_url(&JsValue::NULL, "", Some(&fragment))
    } else {
        history.replace_state_with_url(&JsValue::NULL, "", Some(&fragment))
    };
    // The browser says this only of addresses that a person or a link has changed.
    if let Ok(event) = HashChangeEvent::new("hashchange") {
        let _ = window().dispatch_event(&event);
    }
}

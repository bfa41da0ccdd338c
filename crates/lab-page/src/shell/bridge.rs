//! The way to the page. See `shell::lab` there for the other side.

use std::cell::RefCell;

use js_sys::{Array, ArrayBuffer, Function, Object, Reflect, Uint8Array};
use lanescope_protocol::{Answer, Request};
use leptos::prelude::window;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CustomEvent, CustomEventInit, Event, HashChangeEvent, HtmlElement};

use lanescope_ui::shell::{BUILD, dom};
use lanescope_ui::state::Route;

thread_local! {
    static BRIDGE: RefCell<Option<JsValue>> = const { RefCell::new(None) };
}

/// Says that the laboratory is here. `shown` gets the place to draw in, or nothing when it is to go.
pub fn hello(shown: impl Fn(Option<HtmlElement>) + 'static) {
    let show = Closure::<dyn FnMut(JsValue)>::new(move |bridge: JsValue| {
        let place = Reflect::get(&bridge, &"place".into()).ok().and_then(|place| place.dyn_into().ok());
        BRIDGE.with(|slot| *slot.borrow_mut() = Some(bridge));
        shown(place);
    });
    let detail = Object::new();
    let _ = Reflect::set(&detail, &"build".into(), &BUILD.into());
    let _ = Reflect::set(&detail, &"show".into(), &show.into_js_value());
    let init = CustomEventInit::new();
    init.set_detail(&detail);
    if let Ok(event) = CustomEvent::new_with_event_init_dict("lanescope:lab", &init) {
        let _ = dom::document().dispatch_event(&event);
    }
}

/// Hears what the page tells, for as long as it lives.
pub fn listen(name: &'static str, heard: impl Fn() + 'static) {
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

/// Gives the page a run that was predicted here (the bytes of `model::Run::encode`), to be shown on the timeline.
pub fn made(name: &str, bytes: &[u8]) {
    if let Some(made) = function("made") {
        let _ = made.call2(&JsValue::NULL, &name.into(), &Array::of1(&Uint8Array::from(bytes).buffer()));
    }
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

//! The laboratory: a wasm file of its own, with the views that look across runs. It is fetched when one of them is first
//! shown, and draws into a place that this page gives it.
//!
//! The two share nothing but the document. The laboratory says `lanescope:lab` with its build and a function that takes
//! a [`bridge`]; this page tells it by events of the document (`lanescope:changed`: address, theme or sizes;
//! `lanescope:runs`: what is loaded).

use std::cell::RefCell;

use js_sys::{Array, Function, Object, Reflect, Uint8Array};
use leptos::prelude::{Effect, Track, on_cleanup};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CustomEvent, Element, Event};

use crate::shell::{BUILD, dom, open};
use crate::state::App;

/// The start script that Trunk writes beside the laboratory's wasm.
const SCRIPT: &str = "./lanescope-lab_loader.js";

thread_local! {
    static LAB: RefCell<Lab> = const { RefCell::new(Lab { fetched: false, show: None, place: None }) };
}

struct Lab {
    fetched: bool,
    /// Shows the laboratory at a bridge's place, or takes it away.
    show: Option<Function>,
    /// Where it is to be shown.
    place: Option<Element>,
}

/// Shows the laboratory in an element, until the current owner is disposed of.
pub fn show(app: App, place: Element) {
    LAB.with(|lab| lab.borrow_mut().place = Some(place));
    if LAB.with(|lab| std::mem::replace(&mut lab.borrow_mut().fetched, true)) {
        put(app);
    } else {
        dom::listen::<CustomEvent>(&dom::document(), "lanescope:lab", move |event| hello(app, &event.detail()));
        fetch(app);
    }
    on_cleanup(|| {
        LAB.with(|lab| lab.borrow_mut().place = None);
        if let Some(show) = LAB.with(|lab| lab.borrow().show.clone()) {
            let _ = show.call0(&JsValue::NULL);
        }
    });
}

/// Loads the script. A failure is said, and the next visit tries again.
fn fetch(app: App) {
    let Ok(script) = dom::document().create_element("script") else { return };
    let _ = script.set_attribute("type", "module");
    let _ = script.set_attribute("src", SCRIPT);
    dom::listen::<Event>(&script, "error", move |_| {
        LAB.with(|lab| lab.borrow_mut().fetched = false);
        app.say("error", None, "The laboratory could not be loaded: is the page still reachable?");
    });
    if let Some(head) = dom::document().head() {
        let _ = head.append_child(&script);
    }
}

fn hello(app: App, detail: &JsValue) {
    let text = |key: &str| Reflect::get(detail, &key.into()).ok();
    let build = text("build").and_then(|build| build.as_string()).unwrap_or_default();
    if build != BUILD {
        let said = format!("The page is build {BUILD} and its laboratory {build}: reload the page.");
        return app.say("error", None, said);
    }
    let show = text("show").and_then(|show| show.dyn_into::<Function>().ok());
    LAB.with(|lab| lab.borrow_mut().show = show);
    put(app);
}

fn put(app: App) {
    let (show, place) = LAB.with(|lab| (lab.borrow().show.clone(), lab.borrow().place.clone()));
    if let (Some(show), Some(place)) = (show, place) {
        let _ = show.call1(&JsValue::NULL, &bridge(app, &place));
    }
}

/// What the laboratory may do here: `place` (where to draw), `ask(bytes of a Request, tell)`, `made(name, buffers of a run)`.
fn bridge(app: App, place: &Element) -> JsValue {
    let ask = Closure::<dyn FnMut(JsValue, JsValue)>::new(|body: JsValue, tell: JsValue| {
        if let (Some(client), Ok(tell)) = (open::client(), tell.dyn_into::<Function>()) {
            client.ask_for_lab(&Uint8Array::new(&body).to_vec(), tell);
        }
    });
    let made = Closure::<dyn FnMut(JsValue, JsValue)>::new(move |name: JsValue, parts: JsValue| {
        open::made(app, name.as_string().unwrap_or_default(), Array::from(&parts));
    });
    let bridge = Object::new();
    let _ = Reflect::set(&bridge, &"place".into(), place);
    let _ = Reflect::set(&bridge, &"ask".into(), &ask.into_js_value());
    let _ = Reflect::set(&bridge, &"made".into(), &made.into_js_value());
    bridge.into()
}

/// Tells the laboratory of what changes here, for as long as the page lives.
pub fn tell(app: App) {
    let say = |name: &'static str| {
        if LAB.with(|lab| lab.borrow().show.is_some())
            && let Ok(event) = CustomEvent::new(name)
        {
            let _ = dom::document().dispatch_event(&event);
        }
    };
    Effect::new(move |_: Option<()>| {
        app.route.track();
        app.repaint.track();
        // The fragment is written by another effect of the same change.
        dom::after(0, move || say("lanescope:changed"));
    });
    Effect::new(move |_: Option<()>| {
        app.runs.track();
        say("lanescope:runs");
    });
}

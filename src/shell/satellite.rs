//! The satellites: wasm files of their own, each with some of the views. One is fetched when one of its views is first
//! shown, and draws into places that this page gives it.
//!
//! They share nothing with this page but the document. A satellite says who it is by an event ([`Kind::hello`]) with its
//! build and a function that takes the name of a part, its place and a [`bridge`]; this page tells them by events of the
//! document (`lanescope:changed`: address, theme or sizes; `lanescope:runs`: what is loaded).

use std::cell::RefCell;

use js_sys::{Array, Function, Object, Reflect, Uint8Array};
use leptos::prelude::{Effect, Set, Track, on_cleanup};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, CustomEvent, Element, Event};

use crate::shell::{BUILD, dom, open};
use crate::state::App;

/// The part of the page that is a view.
pub const VIEW: &str = "view";
/// The list of shortcuts.
pub const HELP: &str = "help";

/// A button that copies the figures of the selected run.
pub const FIGURES: &str = "figures";

/// What keeps the runs that are opened, while the user wants that.
pub const KEEP: &str = "keep";

/// A satellite.
pub struct Kind {
    /// Its place among the seats.
    at: usize,
    /// The start script that Trunk writes beside its wasm.
    script: &'static str,
    /// The event by which it says that it is here.
    hello: &'static str,
    /// The attribute of the place of its views.
    pub mark: &'static str,
}

/// The views that look across runs.
pub static LAB: Kind = Kind { at: 0, script: "./lanescope-lab_loader.js", hello: "lanescope:lab", mark: "data-lab" };
/// Files, library, sharing, and what is measured beside the tests.
pub static SHELF: Kind =
    Kind { at: 1, script: "./lanescope-shelf_loader.js", hello: "lanescope:shelf", mark: "data-shelf" };

struct Seat {
    fetched: bool,
    /// Shows a part at a place, or takes it away.
    show: Option<Function>,
    /// What is to be shown where.
    parts: Vec<(&'static str, Element)>,
}

thread_local! {
    static SEATS: RefCell<[Seat; 2]> = const {
        RefCell::new([const { Seat { fetched: false, show: None, parts: Vec::new() } }; 2])
    };
}

/// Reads or changes what is known of a satellite.
fn seat<T>(kind: &Kind, work: impl FnOnce(&mut Seat) -> T) -> Option<T> {
    SEATS.with(|seats| seats.borrow_mut().get_mut(kind.at).map(work))
}

/// Shows a part of the page in an element, until the current owner is disposed of.
pub fn show(app: App, kind: &'static Kind, part: &'static str, place: Element) {
    let fetched = seat(kind, |seat| {
        seat.parts.push((part, place));
        std::mem::replace(&mut seat.fetched, true)
    });
    if fetched == Some(true) {
        put(app, kind);
    } else {
        dom::listen::<CustomEvent>(&dom::document(), kind.hello, move |event| hello(app, kind, &event.detail()));
        fetch(app, kind);
    }
    on_cleanup(move || {
        let show = seat(kind, |seat| {
            seat.parts.retain(|(name, _)| *name != part);
            seat.show.clone()
        });
        if let Some(Some(show)) = show {
            let _ = show.call1(&JsValue::NULL, &part.into());
        }
    });
}

/// Loads the script. A failure is said, and the next visit tries again.
fn fetch(app: App, kind: &'static Kind) {
    let Ok(script) = dom::document().create_element("script") else { return };
    let _ = script.set_attribute("type", "module");
    let _ = script.set_attribute("src", kind.script);
    dom::listen::<Event>(&script, "error", move |_| {
        seat(kind, |seat| seat.fetched = false);
        app.say("error", None, "A part of the page could not be loaded: is the page still reachable?");
    });
    if let Some(head) = dom::document().head() {
        let _ = head.append_child(&script);
    }
}

fn hello(app: App, kind: &'static Kind, detail: &JsValue) {
    let text = |key: &str| Reflect::get(detail, &key.into()).ok();
    let build = text("build").and_then(|build| build.as_string()).unwrap_or_default();
    if build != BUILD {
        return app.say("error", None, format!("The page is build {BUILD}, a part of it {build}: reload the page."));
    }
    let show = text("show").and_then(|show| show.dyn_into::<Function>().ok());
    seat(kind, |seat| seat.show = show);
    put(app, kind);
}

/// Has the satellite show what it does not show yet.
fn put(app: App, kind: &'static Kind) {
    let Some((Some(show), parts)) = seat(kind, |seat| (seat.show.clone(), seat.parts.clone())) else { return };
    // What is shown already has its mark.
    const SHOWN: &str = "data-shown";
    for (part, place) in parts {
        if !place.has_attribute(SHOWN) {
            let _ = place.set_attribute(SHOWN, "");
            let _ = show.call3(&JsValue::NULL, &part.into(), &place, &bridge(app));
        }
    }
}

/// What a satellite may do here: `ask(bytes of a Request, tell)` and `act(word, text, things)`.
fn bridge(app: App) -> JsValue {
    let ask = Closure::<dyn FnMut(JsValue, JsValue)>::new(|body: JsValue, tell: JsValue| {
        if let (Some(client), Ok(tell)) = (open::client(), tell.dyn_into::<Function>()) {
            client.ask_for_satellite(&Uint8Array::new(&body).to_vec(), tell);
        }
    });
    let act = Closure::<dyn FnMut(String, String, JsValue)>::new(move |word: String, text: String, things: JsValue| {
        act(app, &word, text, &things);
    });
    let bridge = Object::new();
    let _ = Reflect::set(&bridge, &"ask".into(), &ask.into_js_value());
    let _ = Reflect::set(&bridge, &"act".into(), &act.into_js_value());
    bridge.into()
}

/// `made`: a run that was predicted, its name and buffers. `open`: pairs of path and blob. `say`: a severity and a
/// sentence. `forget`: the path of a file. `index`: that of an index whose addresses are to be fetched. `close`: a part that has done its work.
fn act(app: App, word: &str, text: String, things: &JsValue) {
    match word {
        "made" => open::made(app, text, Array::from(things)),
        "open" => {
            let file = |pair: JsValue| {
                let pair = Array::from(&pair);
                Some((pair.get(0).as_string()?, pair.get(1).dyn_into::<Blob>().ok()?))
            };
            open::files(app, Array::from(things).iter().filter_map(file).collect());
        }
        "say" => {
            let severity = if text == "error" { "error" } else { "info" };
            app.say(severity, None, things.as_string().unwrap_or_default());
        }
        "forget" => open::forget(app, text),
        "index" => open::index(app, &text),
        _ => app.help.set(false),
    }
}

/// Tells the satellites of what changes here, for as long as the page lives.
pub fn tell(app: App) {
    let say = |name: &'static str| {
        if SEATS.with(|seats| seats.borrow().iter().any(|seat| seat.show.is_some()))
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

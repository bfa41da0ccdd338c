//! Keys that work in every view. Views add their own.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use crate::shell::{dom, open};
use crate::state::{App, View};

/// Whether a key is meant for a field that the user is typing in.
pub fn in_field(event: &KeyboardEvent) -> bool {
    let element = event.target().and_then(|t| t.dyn_into::<HtmlElement>().ok());
    element.is_some_and(|e| matches!(e.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"))
}

/// Listens to `?`, `/`, `[`, `]`, `1`–`8`, `o` and Esc.
pub fn listen(app: App) {
    dom::listen::<KeyboardEvent>(&dom::window(), "keydown", move |event| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() || event.default_prevented() {
            return;
        }
        let key = event.key();
        if key == "Escape" {
            // What was closed by it is not closed a second time by a view.
            if step_back(app) {
                event.prevent_default();
            }
            return;
        }
        if in_field(&event) {
            return;
        }
        match key.as_str() {
            "?" => app.help.update(|open| *open = !*open),
            "/" => {
                event.prevent_default();
                app.go(|route| route.view = View::Tests);
                dom::next_frame(|| focus("[data-search]"));
            }
            "[" => other_run(app, -1),
            "]" => other_run(app, 1),
            "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" => {
                let at = usize::from(key.as_bytes().first().map_or(0, |digit| digit.wrapping_sub(b'1')));
                app.go(|route| route.view = View::TABS.get(at).copied().unwrap_or_default());
            }
            "o" => click("[data-pick]"),
            _ => {}
        }
    });
}

/// Esc closes what lies on top: help, then the selected test. Says whether there was something.
fn step_back(app: App) -> bool {
    if app.help.get_untracked() {
        app.help.set(false);
    } else if app.route.with_untracked(|route| route.test.is_some()) {
        app.go(|route| route.test = None);
    } else {
        return false;
    }
    true
}

fn other_run(app: App, step: i64) {
    let next = app.runs.with_untracked(|runs| {
        let now = app.route.with_untracked(|route| route.run.clone());
        let at = runs.iter().position(|run| Some(&run.id) == now.as_ref())? as i64;
        runs.get(usize::try_from(at + step).ok()?).map(|run| run.id.clone())
    });
    if let Some(run) = next {
        app.push.set(true);
        open::show_run(app, run);
    }
}

/// Moves the focus to the first element of this selector.
pub fn focus(selector: &str) {
    if let Some(element) = find(selector) {
        let _ = element.focus();
    }
}

fn click(selector: &str) {
    if let Some(element) = find(selector) {
        element.click();
    }
}

fn find(selector: &str) -> Option<HtmlElement> {
    dom::document().query_selector(selector).ok().flatten()?.dyn_into().ok()
}

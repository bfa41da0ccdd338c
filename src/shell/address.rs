//! The fragment and the browser's history.

use leptos::prelude::*;
use wasm_bindgen::JsValue;
use web_sys::HashChangeEvent;

use crate::shell::{dom, open};
use crate::state::{App, Route};

/// The address of the page as it was loaded.
pub fn current() -> Route {
    Route::parse(&dom::window().location().hash().unwrap_or_default())
}

/// Keeps the fragment and the state together: state → fragment without a reload, fragment → state when the user
/// goes back, follows a link or edits it.
pub fn follow(app: App) {
    Effect::new(move |_| {
        let fragment = app.route.with(Route::to_fragment);
        let push = app.push.try_update_untracked(std::mem::take).unwrap_or(false);
        if dom::window().location().hash().unwrap_or_default() == fragment {
            return;
        }
        let Ok(history) = dom::window().history() else { return };
        // Neither call fires hashchange, so this does not answer itself. Browsers limit how often the address
        // may change; a refused one is caught up with by the next.
        let _ = if push {
            history.push_state_with_url(&JsValue::NULL, "", Some(&fragment))
        } else {
            history.replace_state_with_url(&JsValue::NULL, "", Some(&fragment))
        };
    });
    let reread = move || {
        let route = current();
        if app.route.with_untracked(|old| *old == route) {
            return;
        }
        let new_sources = app.route.with_untracked(|old| old.src != route.src || old.of("data") != route.of("data"));
        let rule_changed = app.route.with_untracked(|old| old.of("join") != route.of("join"));
        let run_changed = app.route.with_untracked(|old| old.run != route.run);
        let run = route.run.clone();
        app.route.set(route);
        if new_sources {
            open::named(app);
        } else if rule_changed && app.files.with_untracked(|files| !files.is_empty()) {
            open::regroup(app);
        } else if let (true, Some(run)) = (run_changed, run) {
            open::show_run(app, run);
        }
    };
    dom::listen::<HashChangeEvent>(&dom::window(), "hashchange", move |_| reread());
    dom::listen::<web_sys::Event>(&dom::window(), "popstate", move |_| reread());
}

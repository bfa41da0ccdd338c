//! A button that copies the figures of the selected run as JSON. The page asks for it when it is first pressed, so that it
//! copies at once.

use lanescope_ui::satellite::feed;
use lanescope_ui::ui::copy_button;
use lanescope_ui::ui::el::{El, later, live, span};
use leptos::prelude::*;

use crate::state::Shelf;

/// The button.
pub fn figures(shelf: Shelf) -> El {
    let text = RwSignal::new(String::new());
    feed::runs(shelf, move |runs| {
        let run = shelf.route.with_untracked(|route| runs.into_iter().find(|run| Some(&run.id) == route.run.as_ref()));
        // The same object as `lanescope summary --json` has for this run.
        let json = run.and_then(|run| serde_json::to_string(&run).ok()).unwrap_or_default();
        let _ = text.try_set(json);
    });
    span("").with(live(move || {
        let text = text.get();
        (!text.is_empty()).then(|| {
            let button = copy_button(text, "Copy figures as JSON", false);
            let node = button.as_node::<web_sys::HtmlElement>();
            later(move || {
                let _ = node.focus();
                node.click();
            });
            button
        })
    }))
}

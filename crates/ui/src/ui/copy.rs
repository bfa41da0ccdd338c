//! Copying text, and saying that it was copied.

use leptos::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::shell::dom;
use crate::ui::el::{El, button, div, el, span};
use crate::ui::icon;

/// How long it says that the text was copied, milliseconds.
const SAID_MS: u32 = 1_600;

/// What became of a copy: `None` when nothing was copied lately, then whether the browser allowed it.
fn copier(text: String) -> (RwSignal<Option<bool>>, impl FnMut() + 'static) {
    let copied = RwSignal::new(None::<bool>);
    let copy = move || {
        let text = text.clone();
        spawn_local(async move {
            let done = JsFuture::from(dom::window().navigator().clipboard().write_text(&text)).await.is_ok();
            // The button may be gone by now.
            let _ = copied.try_set(Some(done));
            dom::after(SAID_MS, move || {
                let _ = copied.try_set(None);
            });
        });
    };
    (copied, copy)
}

fn mark(copied: RwSignal<Option<bool>>) -> El {
    if copied.get() == Some(true) { icon("check") } else { icon("copy") }
}

/// A line of code with a button that copies it.
pub fn copy_text(text: &str) -> El {
    let (copied, copy) = copier(text.to_owned());
    let press = button("icon-button", copy).attr("title", "Copy").attr("aria-label", "Copy");
    div("copy-text").with((el("code", "").with(text), press.live(move || mark(copied))))
}

/// A button that copies a text which stands elsewhere on the page; `bare` shows only the mark.
pub fn copy_button(text: String, label: &'static str, bare: bool) -> El {
    let (copied, copy) = copier(text);
    let words = span(if bare { "sr-only" } else { "" }).attr("role", "status").live_text(move || {
        let words = match copied.get() {
            None => label,
            Some(true) => "Copied",
            Some(false) => "Not allowed",
        };
        words.to_owned()
    });
    let press = button("copy-button", copy).attr_if("data-bare", bare).attr("title", label).attr("aria-label", label);
    press.live(move || mark(copied)).with(words)
}

//! A button that copies a text that stands elsewhere on the page.

use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::shell::dom;
use crate::ui::Icon;

/// How long it says that the text was copied.
const SAID: Duration = Duration::from_millis(1_600);

/// Copies, and says so for a moment.
#[component]
pub fn CopyButton(
    /// The text.
    text: String,
    /// What it copies, such as `Copy id`.
    label: &'static str,
    /// Whether to show only the mark.
    #[prop(optional)]
    bare: bool,
) -> impl IntoView {
    let copied = RwSignal::new(None::<bool>);
    let copy = move |_| {
        let text = text.clone();
        spawn_local(async move {
            let done = JsFuture::from(dom::window().navigator().clipboard().write_text(&text)).await.is_ok();
            // The button may be gone by now.
            let _ = copied.try_set(Some(done));
            let forget = move || {
                let _ = copied.try_set(None);
            };
            set_timeout(forget, SAID);
        });
    };
    let words = move || match copied.get() {
        None => label,
        Some(true) => "Copied",
        Some(false) => "Not allowed",
    };
    view! {
        <button class="copy-button" data-bare=bare.then_some("") title=label aria-label=label on:click=copy>
            {move || if copied.get() == Some(true) { view! { <Icon name="check"/> } } else { view! { <Icon name="copy"/> } }}
            <span class=if bare { "sr-only" } else { "" } role="status">{words}</span>
        </button>
    }
}

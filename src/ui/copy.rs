//! Text with a button that copies it.

use leptos::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::shell::dom;
use crate::ui::Icon;

/// A line of code that can be copied.
#[component]
pub fn CopyText(
    /// The line.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let shown = text.clone();
    let copy = move |_| {
        let text = text.clone();
        spawn_local(async move {
            let done = JsFuture::from(dom::window().navigator().clipboard().write_text(&text)).await.is_ok();
            // The button may be gone by now.
            let _ = copied.try_set(done);
        });
    };
    view! {
        <div class="copy-text">
            <code>{shown}</code>
            <button class="icon-button" title="Copy" aria-label="Copy" on:click=copy>
                {move || if copied.get() { view! { <Icon name="check"/> } } else { view! { <Icon name="copy"/> } }}
            </button>
        </div>
    }
}

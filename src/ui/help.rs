//! The list of shortcuts.

use leptos::prelude::*;

use crate::state::App;
use crate::ui::Icon;

const KEYS: [(&str, &str); 15] = [
    ("1  2  3", "overview, timeline, tests"),
    ("/", "search the tests"),
    ("[  ]", "previous, next run"),
    ("o", "open files"),
    ("W  S", "timeline: zoom in, out"),
    ("A  D", "timeline: pan left, right"),
    ("Wheel", "timeline: zoom to the cursor; with Shift pan, with Alt scroll the lanes"),
    ("Drag", "timeline: pan"),
    ("0", "timeline: fit all"),
    ("←  →", "timeline: bar before, after on the lane"),
    ("↑  ↓", "timeline: lane above, below; tests: row"),
    ("Enter", "open the selected test"),
    ("Ctrl + V", "open a pasted report, file or address"),
    ("Esc", "step back"),
    ("?", "this list"),
];

/// A dialog with the shortcuts.
#[component]
pub fn Help() -> impl IntoView {
    let app = App::get();
    let close = move |_| app.help.set(false);
    view! {
        <Show when=move || app.help.get()>
            <div class="veil" on:click=close>
                <div
                    class="dialog"
                    role="dialog"
                    aria-modal="true"
                    aria-label="Keyboard shortcuts"
                    on:click=|event| event.stop_propagation()
                >
                    <header>
                        <h2>"Keyboard"</h2>
                        <button class="icon-button" aria-label="Close" autofocus on:click=close><Icon name="close"/></button>
                    </header>
                    <dl class="keys">
                        {KEYS.map(|(keys, what)| {
                            let keys = keys.split("  ").map(|k| view! { <kbd>{k}</kbd> }).collect_view();
                            view! { <dt>{keys}</dt><dd>{what}</dd> }
                        })}
                    </dl>
                </div>
            </div>
        </Show>
    }
}

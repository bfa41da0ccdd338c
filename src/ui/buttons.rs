//! The way in by pickers.

use leptos::prelude::*;

use crate::shell::files::picked;
use crate::state::App;
use crate::ui::Icon;

/// "Open files" and "Open a folder".
#[component]
pub fn OpenButtons() -> impl IntoView {
    let app = App::get();
    view! {
        <div class="open-buttons">
            <label class="button primary">
                <Icon name="open"/>"Open files"
                <input type="file" multiple class="hidden-input" data-pick="" on:change=move |e| picked(app, &e)/>
            </label>
            <label class="button">
                <Icon name="folder"/>"Open a folder"
                <input type="file" prop:webkitdirectory=true class="hidden-input" on:change=move |e| picked(app, &e)/>
            </label>
        </div>
    }
}

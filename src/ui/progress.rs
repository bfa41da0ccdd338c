//! How far reading has come, with a way to stop it.

use leptos::prelude::*;

use crate::shell::open;
use crate::state::{App, Phase};
use crate::ui::format;

/// A bar under the header while files are fetched or read.
#[component]
pub fn ProgressBar() -> impl IntoView {
    let app = App::get();
    let progress = Memo::new(move |_| match app.phase.get() {
        Phase::Loading(progress) => Some(progress),
        _ => None,
    });
    let share = move || progress.get().filter(|p| p.bytes_total > 0).map(|p| p.bytes as f64 / p.bytes_total as f64);
    let words = move || {
        progress.get().map(|p| {
            let of = if p.bytes_total > 0 { format!(" of {}", format::bytes(p.bytes_total)) } else { String::new() };
            let tests =
                if p.tests > 0 { format!(", {}", format::plural(p.tests, "test", "tests")) } else { String::new() };
            format!("{}: {}{of}{tests}", p.path, format::bytes(p.bytes))
        })
    };
    view! {
        <Show when=move || progress.with(Option::is_some)>
            <div class="progress">
                <div
                    class="progress-track"
                    role="progressbar"
                    aria-label="Reading files"
                    aria-valuemin="0"
                    aria-valuemax="100"
                    aria-valuenow=move || share().map(|s| (s * 100.0).round().to_string())
                >
                    <div class="progress-fill" style:transform=move || format!("scaleX({})", share().unwrap_or(0.02).clamp(0.02, 1.0))></div>
                </div>
                <span class="progress-words">{words}</span>
                <button class="button small" data-cancel="" on:click=move |_| open::cancel()>"Cancel"</button>
            </div>
        </Show>
    }
}

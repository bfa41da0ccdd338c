//! How far reading has come, with a way to stop it.

use leptos::prelude::*;

use crate::shell::open;
use crate::state::number;
use crate::state::number::Within;
use crate::state::{App, Phase};
use crate::ui::el::{Live, button, div, span, when};
use crate::ui::format;

/// A bar under the header while files are fetched or read.
pub fn progress_bar(app: App) -> Live {
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
    let bar = move || {
        let scale = move || format!("scaleX({})", number::fixed(share().unwrap_or(0.02).within(0.02, 1.0), 4));
        let track = div("progress-track").attr("role", "progressbar").attr("aria-label", "Reading files");
        let track = track.attr("aria-valuemin", "0").attr("aria-valuemax", "100");
        let track = track.live_attr("aria-valuenow", move || share().map(|s| number::fixed(s * 100.0, 0)));
        div("progress").with((
            track.with(div("progress-fill").live_style("transform", scale)),
            span("progress-words").live_text(move || words().unwrap_or_default()),
            button("button small", open::cancel).attr_if("data-cancel", true).with("Cancel"),
        ))
    };
    when(move || progress.with(Option::is_some), bar)
}

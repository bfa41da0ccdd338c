//! Zoom, range, order of the lanes.

use lanescope_protocol::LaneSort;
use leptos::prelude::*;

use crate::charts::lanes::{Stage, change_lanes};
use crate::pages::timeline::notice::unplaced;
use crate::ui::format;

const ORDERS: [(LaneSort, &str, &str); 3] = [
    (LaneSort::Name, "name", "by name"),
    (LaneSort::Load, "load", "busiest first"),
    (LaneSort::LastStop, "last_stop", "latest stop first"),
];

/// The line above the lanes.
#[component]
pub fn Toolbar(
    /// What it steers.
    stage: Stage,
    /// Whether the table is shown.
    table: Memo<bool>,
    /// Shows or hides it.
    toggle_table: Callback<()>,
) -> impl IntoView {
    let app = stage.app;
    let whole = Memo::new(move |_| stage.view.get().same(stage.bounds.get()));
    let range = move || {
        let view = stage.view.get();
        if whole.get() {
            return view! { <span class="range-words">"The whole run, "<b>{format::seconds(run_s(stage))}</b></span> }
                .into_any();
        }
        let (from, to, len) =
            (at(view.from_s, view.len_s()), at(view.to_s, view.len_s()), format::seconds(view.len_s()));
        view! {
            <span class="range-words"><b>{len}</b><span class="range-ends">{format!("{from} – {to}")}</span></span>
        }
        .into_any()
    };
    let sort = move || app.timeline.with(|t| t.as_ref().map(|t| t.sort).unwrap_or_default());
    let change_sort = move |event: leptos::ev::Event| {
        let value = event_target_value(&event);
        let wanted = ORDERS.into_iter().find(|o| o.1 == value).map(|o| o.0).unwrap_or_default();
        let lanes = app.timeline.with_untracked(|t| t.as_ref().map(|t| (t.run.clone(), t.simulated_workers)));
        if let Some((run, workers)) = lanes {
            change_lanes(app, run, wanted, workers);
        }
    };
    let facts = move || {
        app.timeline.with(|t| {
            t.as_ref().map(|t| {
                let lanes = format::plural(t.lanes.len() as u64, "lane", "lanes");
                let left_out = if t.unplaced > 0 {
                    format!(", {} not placed", format::count(t.unplaced.into()))
                } else {
                    String::new()
                };
                format!("{lanes}, {}{left_out}", format::plural(t.spans.into(), "attempt", "attempts"))
            })
        })
    };
    view! {
        <div class="timeline-bar" role="toolbar" aria-label="Timeline">
            <div class="button-group">
                <button class="tool" title="Zoom out (S)" aria-label="Zoom out" on:click=move |_| stage.zoom(1.0 / 0.5)>"−"</button>
                <button class="tool" title="Zoom in (W)" aria-label="Zoom in" on:click=move |_| stage.zoom(0.5)>"+"</button>
                <button class="tool wide" title="Show the whole run (0)" disabled=move || whole.get() on:click=move |_| stage.fit()>"Fit"</button>
            </div>
            {range}
            <span class="spring"></span>
            <span class="quiet lanes-fact" title=move || app.timeline.with(|t| t.as_ref().and_then(unplaced))>{facts}</span>
            <label class="lane-sort">
                <span class="quiet">"Lanes"</span>
                <select aria-label="Order of the lanes" on:change=change_sort>
                    {ORDERS.map(|(order, value, text)| view! { <option value=value selected=move || sort() == order>{text}</option> })}
                </select>
            </label>
            <button
                class="button small"
                aria-pressed=move || table.get().to_string()
                aria-controls=move || table.get().then_some("lane-table")
                on:click=move |_| toggle_table.run(())
            >
                "Table"
            </button>
        </div>
    }
}

fn run_s(stage: Stage) -> f64 {
    stage.app.timeline.with(|t| {
        let t = t.as_ref();
        let from_s = t.and_then(|t| t.session_from_s).unwrap_or(0.0).min(0.0);
        t.map_or(0.0, |t| t.session_to_s.unwrap_or(t.to_s).max(t.to_s) - from_s)
    })
}

/// A moment with as many digits as the window around it needs.
fn at(s: f64, window_s: f64) -> String {
    let digits = (2.0 - window_s.max(1e-9).log10()).ceil().clamp(0.0, 6.0) as usize;
    if s.abs() >= 600.0 && digits <= 1 {
        return format::seconds(s);
    }
    format!("{s:.digits$} s").replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::at;

    #[test]
    fn ends_of_a_narrow_window_differ() {
        assert_eq!(at(12.345_678, 0.01), "12.3457 s");
        assert_eq!(at(-1.5, 20.0), "−1.5 s");
        assert_eq!(at(4_320.0, 900.0), "1 h 12 min");
    }
}

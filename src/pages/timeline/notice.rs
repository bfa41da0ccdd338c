//! How the lanes are known, in words, where they are not simply recorded.

use lanescope_protocol::{Provenance, Timeline};
use leptos::prelude::*;

use crate::charts::lanes::change_lanes;
use crate::state::App;
use crate::ui::{CopyText, Known, format};

/// More workers than this are not offered for a simulation.
const MOST: u32 = 512;

/// Nothing where the lanes are recorded.
#[component]
pub fn Notice() -> impl IntoView {
    let app = App::get();
    let notice = move || {
        app.timeline.with(|timeline| {
            let timeline = timeline.as_ref()?;
            if timeline.provenance == Provenance::Recorded {
                return None;
            }
            let word = timeline.provenance.as_str();
            let how = timeline.how.as_deref().map(|how| {
                view! { <div class="notice-how"><span class="quiet">"To record it:"</span><How how=how.to_owned()/></div> }
            });
            let workers = timeline.simulated_workers.map(|n| view! { <Workers n/> });
            Some(view! {
                <div class="notice" data-known=word role="note">
                    <p><Known known=timeline.provenance/>" "{timeline.explanation.clone()}</p>
                    {workers}
                    {how}
                </div>
            })
        })
    };
    view! { {notice} }
}

/// How to record more: a command is copied, a sentence is read.
#[component]
pub fn How(how: String) -> impl IntoView {
    let line = |line: &str| {
        if line.ends_with('.') {
            view! { <p>{line.to_owned()}</p> }.into_any()
        } else {
            view! { <CopyText text=line.to_owned()/> }.into_any()
        }
    };
    how.lines().map(str::trim).filter(|text| !text.is_empty()).map(line).collect_view()
}

/// How many attempts have no place on the lanes, in words.
pub fn unplaced(timeline: &Timeline) -> Option<String> {
    let has = |n: u32| if n == 1 { "attempt has" } else { "attempts have" };
    let n = timeline.unplaced;
    (n > 0).then(|| format!("{} {} no recorded time, and no place on the lanes.", format::count(n.into()), has(n)))
}

/// The number of workers of a simulation.
#[component]
fn Workers(n: u32) -> impl IntoView {
    let app = App::get();
    let change = move |event: leptos::ev::Event| {
        let wanted = event_target_value(&event).trim().parse::<u32>().ok().map(|n| n.clamp(1, MOST));
        let lanes = app.timeline.with_untracked(|t| t.as_ref().map(|t| (t.run.clone(), t.sort)));
        if let (Some(wanted), Some((run, sort))) = (wanted, lanes) {
            change_lanes(app, run, sort, Some(wanted));
        }
    };
    view! {
        <label class="notice-workers">
            "Workers to simulate"
            <input type="number" min="1" max=MOST inputmode="numeric" prop:value=n.to_string() on:change=change/>
        </label>
    }
}

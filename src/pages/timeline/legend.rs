//! What colours, marks and hatches mean: only what this run has.

use lanescope_protocol::{Provenance, RunSummary, Timeline};
use leptos::prelude::*;

use crate::state::App;
use crate::ui::OutcomeMark;

/// The line below the lanes.
#[component]
pub fn Legend() -> impl IntoView {
    let app = App::get();
    let outcomes = move || {
        let words = app.overview.with(|o| o.as_ref().map(|o| outcomes_of(&o.run)).unwrap_or_default());
        let item = |word: &'static str| {
            view! {
                <li><i class="swatch" data-outcome=word></i>{(word != "passed").then(|| view! { <OutcomeMark outcome=word/> })}{word}</li>
            }
        };
        words.into_iter().map(item).collect_view()
    };
    let times = move || {
        app.timeline.with(|timeline| {
            let timeline = timeline.as_ref()?;
            let item = |(hatch, text): (&'static str, &'static str)| {
                view! { <li><i class="swatch" data-hatch=hatch></i>{text}</li> }
            };
            Some(times_of(timeline).into_iter().map(item).collect_view())
        })
    };
    let retries = move || app.overview.with(|o| o.as_ref().is_some_and(|o| o.run.attempts > o.run.tests));
    view! {
        <ul class="timeline-legend" aria-label="Legend">
            {outcomes}
            <Show when=retries><li><i class="swatch" data-hatch="retry"></i>"retry"</li></Show>
            {times}
            <li class="legend-keys">
                "Wheel zooms, drag pans, Shift+wheel pans, Alt+wheel scrolls the lanes"
            </li>
        </ul>
    }
}

fn outcomes_of(run: &RunSummary) -> Vec<&'static str> {
    let counts = [
        ("passed", run.passed),
        ("failed", run.failed),
        ("error", run.errors),
        ("flaky", run.flaky),
        ("skipped", run.skipped),
        ("xfailed", run.xfailed),
        ("xpassed", run.xpassed),
        ("unknown", run.unknown),
    ];
    counts.into_iter().filter(|(_, n)| *n > 0).map(|(word, _)| word).collect()
}

fn times_of(timeline: &Timeline) -> Vec<(&'static str, &'static str)> {
    let recorded = timeline.provenance == Provenance::Recorded;
    let mut times = vec![("idle", "idle")];
    if recorded {
        times.insert(0, ("phase", "setup, teardown"));
        times.push(("start-up", "start-up"));
    }
    times.push(("tail", "tail"));
    if timeline.session_to_s.is_some_and(|end_s| end_s > timeline.to_s) {
        times.push(("after", "after the tests"));
    }
    times
}

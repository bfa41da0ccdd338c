//! What colours, marks and hatches mean: only what this run has.

use lanescope_protocol::{Provenance, RunSummary, Timeline};
use leptos::prelude::*;

use crate::state::App;
use crate::ui::el::{El, el, live, when};
use crate::ui::outcome_mark;

/// The line below the lanes.
pub fn legend(app: App) -> El {
    let outcomes = live(move || {
        let words = app.overview.with(|o| o.as_ref().map(|o| outcomes_of(&o.run)).unwrap_or_default());
        let item = |word| {
            let mark = (word != "passed").then(|| outcome_mark(word, false));
            el("li", "").with((el("i", "swatch").attr("data-outcome", word), mark, word))
        };
        words.into_iter().map(item).collect::<Vec<_>>()
    });
    let times = live(move || {
        let times = app.timeline.with(|t| t.as_ref().map(times_of).unwrap_or_default());
        times.into_iter().map(|(hatch, text)| hatched(hatch, text)).collect::<Vec<_>>()
    });
    let has_retries = move || app.overview.with(|o| o.as_ref().is_some_and(|o| o.run.attempts > o.run.tests));
    let retries = when(has_retries, || hatched("retry", "retry"));
    let keys = el("li", "legend-keys").with("Wheel zooms, drag pans, Shift+wheel pans, Alt+wheel scrolls the lanes");
    el("ul", "timeline-legend").attr("aria-label", "Legend").with((outcomes, retries, times, keys))
}

fn hatched(hatch: &str, text: &str) -> El {
    el("li", "").with((el("i", "swatch").attr("data-hatch", hatch), text))
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

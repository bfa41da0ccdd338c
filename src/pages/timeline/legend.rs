//! What colours, marks and hatches mean: only what this run has.

use lanescope_protocol::{ColourBy, Legend, LegendItem, Provenance, RunSummary, Timeline};
use leptos::prelude::*;

use crate::charts::lanes::Stage;
use crate::state::App;
use crate::ui::el::{El, el, live, span, when};
use crate::ui::{format, outcome_mark};

/// The line below the lanes.
pub fn legend(stage: Stage) -> El {
    let app = stage.app;
    let colours = live(move || match stage.legend() {
        Some(legend) => classes(&legend),
        None => outcomes(app),
    });
    let times = live(move || {
        let times = app.timeline.with(|t| t.as_ref().map(times_of).unwrap_or_default());
        times.into_iter().map(|(hatch, text)| hatched(hatch, text)).collect::<Vec<_>>()
    });
    let has_retries = move || app.overview.with(|o| o.as_ref().is_some_and(|o| o.run.attempts > o.run.tests));
    let retries = when(has_retries, || hatched("retry", "retry"));
    let keys = el("li", "legend-keys").with("Wheel zooms, drag pans, Shift+drag measures, Alt+drag zooms to a box");
    el("ul", "timeline-legend").attr("aria-label", "Legend").with((colours, retries, times, keys))
}

fn outcomes(app: App) -> Vec<El> {
    let words = app.overview.with(|o| o.as_ref().map(|o| outcomes_of(&o.run)).unwrap_or_default());
    let item = |word| {
        let mark = (word != "passed").then(|| outcome_mark(word, false));
        el("li", "").with((el("i", "swatch").attr("data-outcome", word), mark, word))
    };
    words.into_iter().map(item).collect()
}

/// The classes of a colouring, each with its attempts and the time in them.
fn classes(legend: &Legend) -> Vec<El> {
    let of = if legend.colour == ColourBy::Duration { "seq" } else { "cat" };
    let item = |item: &LegendItem| {
        let swatch = el("i", "swatch").style("background", format!("var(--{of}-{})", item.tint));
        let attempts = format::count(item.attempts.into());
        let figures = span("quiet").with(format!("{attempts} · {}", format::seconds(item.seconds)));
        el("li", "").attr("data-tint", item.tint.to_string()).with((
            swatch,
            span("legend-name").with(&item.text),
            figures,
        ))
    };
    legend.items.iter().map(item).collect()
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
    let mut times = vec![("idle", "idle between tests")];
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

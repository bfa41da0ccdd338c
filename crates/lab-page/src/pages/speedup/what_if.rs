//! What a plan would bring, at once.

use leptos::prelude::*;

use lanescope_protocol::{Point, Provenance, WhatIf};
use lanescope_ui::state::number::{fixed, plain};
use lanescope_ui::ui::el::{El, button, div, el, live, nodes, span};
use lanescope_ui::ui::{format, icon, known, metric};

use super::state::State;
use super::words::{bones, change, fact, mode_name};

/// The result beside the controls.
pub fn result(state: State) -> El {
    let shown = move || match state.what_if.get() {
        Some(what_if) => told(state, &what_if),
        None => bones(5),
    };
    let show = button("button primary", move || state.show_predicted()).attr("data-action", "predict");
    let foot = div("result-foot").with((
        show.with((icon("lane"), "Show on the timeline")),
        el("span", "quiet").with("as a run of its own, marked simulated"),
    ));
    // One short sentence is spoken when the plan changes, not the whole panel.
    let spoken = move || {
        state.what_if.with(|what_if| {
            let Some(what_if) = what_if else { return String::new() };
            let gain = what_if.gain_s.map(|gain| format!(", {}", change(gain))).unwrap_or_default();
            format!("{}: {}{gain}", planned(&what_if.point), format::seconds(what_if.point.makespan_s))
        })
    };
    let status = el("p", "sr-only").attr("role", "status").live_text(spoken);
    div("result").with((live(shown), foot, status))
}

/// Mode and workers of a prediction, in words.
fn planned(point: &Point) -> String {
    if point.shards > 1 {
        format!(
            "{}, {} machines of {}",
            mode_name(point.mode),
            point.shards,
            format::plural(point.workers.into(), "worker", "workers")
        )
    } else {
        format!("{}, {}", mode_name(point.mode), format::plural(point.workers.into(), "worker", "workers"))
    }
}

fn told(state: State, what_if: &WhatIf) -> El {
    let point = &what_if.point;
    let simulated = Some(Provenance::Simulated);
    let s = |name: &str, value: f64| metric(name, Some(value), &format::seconds(value), simulated);
    let band = span("band").with(format!("{} – {}", format::seconds(point.low_s), format::seconds(point.high_s)));
    let what = planned(point);
    let head = div("result-head").with((
        div("result-what").with(what),
        div("result-s").with((s("what_if.makespan_s", point.makespan_s), known(Provenance::Simulated))),
        div("quiet").with(("from first start to last stop; nine of ten runs lie in ", band)),
    ));
    let gain = what_if.gain_s.map(|gain| {
        let figure = |text: &str| metric("what_if.gain_s", Some(gain), text, simulated);
        if gain.abs() < 0.000_5 {
            return el("p", "gain").with((figure("As long"), " as the replay of the run as it was"));
        }
        let class = if gain > 0.0 { "gain better" } else { "gain worse" };
        let before_s = what_if.before.as_ref().map_or(0.0, |before| before.makespan_s);
        let share = format::percent((gain / before_s.max(1e-9)).abs());
        let band = what_if.gain_low_s.zip(what_if.gain_high_s);
        let band = band.map(|(low, high)| format!(" ({} to {})", change(low), change(high))).unwrap_or_default();
        let against = format!(", against {} as it was, replayed", format::seconds(before_s));
        el("p", class).with((
            el("b", "").with(figure(&change(gain))),
            format!(", {share}"),
            span("quiet").with(band),
            span("quiet").with(against),
        ))
    });
    let facts = div("facts").with((
        fact(s("what_if.lower_bound_s", point.lower_bound_s), "no schedule takes less"),
        fact(
            metric("what_if.utilisation", Some(point.utilisation), &format::percent(point.utilisation), simulated),
            "of the workers' time in tests",
        ),
        fact(
            metric("what_if.worker_minutes", Some(point.worker_minutes), &fixed(point.worker_minutes, 2), simulated),
            "worker-minutes",
        ),
        point.session_s.map(|session| fact(s("what_if.session_s", session), "session, with start-up and end")),
        point.cost.map(|cost| fact(metric("what_if.cost", Some(cost), &fixed(cost, 3), simulated), "cost of a run")),
    ));
    let limited = what_if.limited_by.as_ref().map(|(name, s)| {
        let bound = point.lower_bound_s > 0.0 && *s >= point.lower_bound_s * 0.98;
        let words = if bound { "Nothing is faster than " } else { "Longest piece: " };
        el("p", "limited").with((
            words,
            el("code", "subject").attr("title", name).with(name),
            format!(", {}.", format::seconds(*s)),
        ))
    });
    let strange = (!what_if.unknown_tests.is_empty())
        .then(|| el("p", "lab-said").with(format!("This run has no {}.", what_if.unknown_tests.join(", "))));
    let recorded = state.known.with(|known| known.as_ref().and_then(|known| known.work.makespan_s));
    nodes_in(head, gain, compared(what_if, recorded), facts, limited, strange)
}

fn nodes_in(head: El, gain: Option<El>, bars: El, facts: El, limited: Option<El>, strange: Option<El>) -> El {
    div("result-told").with(nodes((head, gain, bars, facts, limited, strange)))
}

/// Recorded, replayed and predicted on one scale, with bands and bounds.
fn compared(what_if: &WhatIf, recorded_s: Option<f64>) -> El {
    let point = &what_if.point;
    let most = [recorded_s, what_if.before.as_ref().map(|before| before.high_s), Some(point.high_s)];
    let most = most.into_iter().flatten().fold(1e-9, f64::max);
    let line = |class: &str, name: &str, s: f64, point: Option<&Point>| {
        let share = |s: f64| fixed((s / most * 100.0).clamp(0.0, 100.0), 2) + "%";
        let room = div("versus-room").with(span("versus-bar").style("width", share(s)));
        let room = match point {
            Some(point) => room.with((
                span("versus-band").style("left", share(point.low_s)).style("width", share(point.high_s - point.low_s)),
                span("versus-bound").style("left", share(point.lower_bound_s)).attr("title", "no schedule takes less"),
            )),
            None => room,
        };
        div(class).attr("data-value", plain(s)).with((
            span("versus-name").with(name),
            room,
            span("num").with(format::seconds(s)),
        ))
    };
    div("versus").attr("aria-hidden", "true").with((
        recorded_s.map(|s| line("versus-line recorded", "recorded", s, None)),
        what_if.before.as_ref().map(|before| line("versus-line", "replayed", before.makespan_s, Some(before))),
        line("versus-line plan", "planned", point.makespan_s, Some(point)),
    ))
}

//! Where the time of the run lies: durations, the slowest, files, groups, markers, phases, workers, limits.

use leptos::prelude::*;

use lanescope_protocol::{Portion, Spread};
use lanescope_ui::state::number::fixed;
use lanescope_ui::ui::el::{El, div, el, live, nodes, span};
use lanescope_ui::ui::{format, known};

use super::bars::{list, stacked};
use super::state::State;
use super::words::{bones, fact};
use crate::charts::{Axis, Dot, Picture, Rule, Series, Shape, Spacing, Unit, chart};

/// The section.
pub fn spread(state: State) -> El {
    let picture = Memo::new(move |_| state.spread.with(|spread| spread.as_ref().map(durations).unwrap_or_default()));
    let words = move || {
        state.spread.with(|spread| {
            let texts = &spread.as_ref()?.texts;
            Some(texts.iter().fold(el("p", "lab-words"), |said, text| said.with((text, " "))))
        })
    };
    let below = move || match state.spread.get() {
        Some(spread) => nodes(parts(spread)),
        None => nodes(bones(6)),
    };
    let beside = move || state.spread.get().map(|spread| sides(&spread));
    div("").with((
        live(words),
        div("chart-beside").with((chart(state.lab, "durations", picture, None), div("spread-side").with(live(beside)))),
        live(below),
    ))
}

/// Attempts by duration.
fn durations(spread: &Spread) -> Picture {
    let edges = || spread.edges_s.iter().zip(spread.edges_s.iter().skip(1));
    let dots: Vec<Dot> = edges()
        .zip(spread.counts.iter().zip(&spread.bucket_s))
        .map(|((from, to), (count, seconds))| Dot {
            to: *to,
            note: format!("{} of them together", format::seconds(*seconds)),
            ..Dot::at(*from, f64::from(*count))
        })
        .collect();
    let most = dots.iter().map(|dot| dot.y).fold(0.0, f64::max);
    let mut rules = Vec::new();
    for (name, at) in ["median", "90 %", "95 %", "99 %"].into_iter().zip(&spread.quantiles_s) {
        if name != "90 %" {
            rules.push(Rule { at: *at, upright: true, name: name.to_owned() });
        }
    }
    let (from, to) = (spread.edges_s.first().copied().unwrap_or(0.001), spread.edges_s.last().copied().unwrap_or(1.0));
    if let Some(limit) = spread.limit_s.filter(|limit| *limit <= to) {
        rules.push(Rule { at: limit, upright: true, name: "limit".to_owned() });
    }
    rules.retain(|rule| rule.at >= from);
    // Rules that nearly touch would write over each other: the further one goes first.
    let mut kept: Vec<Rule> = Vec::new();
    for rule in rules {
        if kept.last().is_none_or(|last| rule.at > last.at * 1.25) {
            kept.push(rule);
        }
    }
    let quantile = |i: usize| spread.quantiles_s.get(i).copied().map(format::seconds).unwrap_or_default();
    Picture {
        title: "Attempts by duration".to_owned(),
        spoken: format!(
            "Half of {} take less than {}, nine of ten less than {}, ninety-nine of a hundred less than {}.",
            format::plural(spread.attempts.into(), "attempt", "attempts"),
            quantile(0),
            quantile(1),
            quantile(3)
        ),
        x: Axis {
            name: "duration".to_owned(),
            unit: Unit::Seconds,
            spacing: Spacing::Decades,
            from,
            to,
            ..Axis::default()
        },
        y: Axis::from_zero("attempts", Unit::Count, most),
        series: vec![Series { name: "attempts".to_owned(), tint: 0, shape: Shape::Columns, dots, ..Series::default() }],
        rules: kept,
        ..Picture::default()
    }
}

fn phase(name: &str) -> String {
    format!("var(--part-{name})")
}

/// Phases and workers beside the histogram.
fn sides(spread: &Spread) -> El {
    let phases = (!spread.phases.is_empty())
        .then(|| nodes((el("h3", "").with("Set-up, call, teardown"), stacked(&spread.phases, phase))));
    let most = spread.workers.iter().map(|worker| worker.seconds).fold(1e-12, f64::max);
    let loads = spread.workers.iter().fold(div("loads").attr("aria-hidden", "true"), |loads, worker| {
        let height = fixed((worker.seconds / most * 100.0).clamp(0.0, 100.0), 1) + "%";
        let title = format!("{}: {}", worker.name, format::seconds(worker.seconds));
        loads.with(span("load").attr("title", title).with(span("").style("height", height)))
    });
    // One worker has nobody to be out of balance with.
    let balance = (spread.workers.len() > 1).then(|| {
        let figures = div("facts").with((
            spread.balance_peak.map(|peak| fact(format::times(peak), "the fullest worker over the mean")),
            spread.balance_cv.map(|cv| fact(format::percent(cv), "spread of the loads over their mean")),
        ));
        nodes((el("h3", "").with(("Worker balance", known(spread.provenance))), loads, figures))
    });
    let unknown = spread.workers.is_empty().then(|| {
        nodes((
            el("h3", "").with(("Worker balance", known(spread.provenance))),
            el("p", "quiet").with("Which worker ran which test is not recorded."),
        ))
    });
    div("").with((phases, balance, unknown))
}

fn parts(spread: Spread) -> El {
    let Spread { tests, files, groups, markers, timed_out, near_limit, limit_s, near_share, .. } = spread;
    let some =
        |name: &'static str, title: &str, parts: Vec<Portion>| (!parts.is_empty()).then(|| list(name, title, parts));
    let grid = div("portions-grid").with((
        some("tests", "Slowest tests", tests),
        some("files", "Files", files),
        some("groups", "Groups", groups),
        some("markers", "Markers (may overlap)", markers),
    ));
    let limit = limit_s.map(|limit| {
        let words = format!(
            "Time limit {}: {} ran into it, {} came within {} of it.",
            format::seconds(limit),
            format::plural(timed_out.len() as u64, "test", "tests"),
            near_limit.len(),
            format::percent(near_share)
        );
        nodes((el("h3", "").with("Time-outs"), el("p", "quiet").with(words)))
    });
    let limits = div("portions-grid")
        .with((some("timed-out", "Timed out", timed_out), some("near-limit", "Near the limit", near_limit)));
    div("").with((grid, limit, limits))
}

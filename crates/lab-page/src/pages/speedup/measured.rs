//! Runs of the same tests beside each other: the only place where a speedup is spoken of.

use leptos::prelude::*;

use lanescope_protocol::{Provenance, Slowdown, SpeedupFit, SpeedupRun, SpeedupSuite};
use lanescope_ui::state::number::fixed;
use lanescope_ui::ui::el::{El, button, div, el, live, nodes, span};
use lanescope_ui::ui::{copy_text, format, known, metric};

use super::state::State;
use super::words::bones;
use crate::charts::{Axis, Dot, Picture, Series, Shape, Unit, chart};
use crate::shell::bridge;

/// The section.
pub fn measured(state: State) -> El {
    let suite = Memo::new(move |_| state.suite(|suite, _| suite.clone()));
    let of_session = RwSignal::new(false);
    let picture = Memo::new(move |_| {
        let session = of_session.get();
        suite.with(|suite| suite.as_ref().map(|suite| scaling(suite, session)).unwrap_or_default())
    });
    let charted = Memo::new(move |_| suite.with(|suite| suite.as_ref().is_some_and(has_speedup)));
    let table = move || match suite.get() {
        None => nodes(bones(4)),
        Some(suite) if suite.runs.len() < 2 => nodes(alone(&suite)),
        Some(suite) => {
            nodes((el("p", "lab-words").with(&suite.verdict), runs(&suite, state.run.get_untracked().as_deref())))
        }
    };
    let shown = move || {
        charted.get().then(|| {
            let one = move |session: bool, name: &'static str| {
                let press = button("chip", move || of_session.set(session)).with(name);
                press.live_attr("aria-pressed", move || if of_session.get() == session { "true" } else { "false" })
            };
            let chips = div("chips")
                .attr("role", "group")
                .attr("aria-label", "Times")
                .with((one(false, "tests"), one(true, "sessions")));
            let words = live(move || suite.with(|suite| suite.as_ref().map(|suite| fits(suite, of_session.get()))));
            div("chart-beside")
                .with((div("").with((chips, chart(state.lab, "speedup", picture, None))), div("fits").with(words)))
        })
    };
    let slow = move || suite.with(|suite| suite.as_ref().filter(|suite| !suite.slowdowns.is_empty()).map(slowdowns));
    let notes = move || {
        suite.with(|suite| {
            let suite = suite.as_ref().filter(|suite| !suite.notes.is_empty())?;
            Some(suite.notes.iter().fold(el("ul", "notes"), |list, note| list.with(el("li", "").with(note))))
        })
    };
    div("").with((live(table), live(shown), live(slow), live(notes)))
}

fn has_speedup(suite: &SpeedupSuite) -> bool {
    suite.points.iter().any(|point| point.speedup.is_some() && point.workers > 1)
}

/// What one run alone cannot tell, and what would.
fn alone(suite: &SpeedupSuite) -> El {
    let sequential = suite.runs.first().is_some_and(|run| run.workers == Some(1));
    let (what, command) = if sequential {
        (
            "Open a parallel run of the same tests beside it, and this run becomes its baseline.",
            "pytest -n 4 --report-log=n4.jsonl",
        )
    } else {
        (
            "Open a sequential run of the same tests beside it: its wall time over this one's is the speedup.",
            "pytest -p no:xdist --report-log=seq.jsonl",
        )
    };
    div("open-next").with((
        el("h3", "").with((
            "No speedup from one run",
            span("sr-only").with(metric("speedup", None, "", Some(Provenance::Unknown))),
        )),
        el("p", "").with(what),
        copy_text(command),
        el("p", "quiet").with("Four runs with different numbers of workers are enough for the laws of scaling; two runs of the same setting tell the noise."),
    ))
}

fn runs(suite: &SpeedupSuite, selected: Option<&str>) -> El {
    const HEADS: [(&str, &str); 10] = [
        ("run", ""),
        ("workers", "num"),
        ("mode", ""),
        ("speedup", "num"),
        ("of the session", "num"),
        ("tests", "num"),
        ("session", "num"),
        ("efficiency", "num"),
        ("Karp–Flatt", "num"),
        ("contention", "num"),
    ];
    let head = HEADS.iter().fold(el("tr", ""), |head, (name, class)| {
        let title = match *name {
            "Karp–Flatt" => "The serial share that this speedup speaks of: growing with the workers, it is overhead",
            "contention" => "Time in the same tests over that in the sequential run",
            "efficiency" => "Speedup over workers",
            _ => "",
        };
        head.with(
            el("th", class).attr("scope", "col").attr_opt("title", (!title.is_empty()).then_some(title)).with(*name),
        )
    });
    let is_base = |run: &SpeedupRun| suite.runs.iter().any(|other| other.baseline.as_deref() == Some(&run.run));
    let body = suite
        .runs
        .iter()
        .fold(el("tbody", ""), |body, run| body.with(line(run, is_base(run), selected == Some(&run.run))));
    let table = el("table", "runs").attr("data-runs", "").with((
        el("caption", "sr-only").with("Runs of this suite"),
        el("thead", "").with(head),
        body,
    ));
    div("table-room").attr("tabindex", "0").with(table)
}

fn line(run: &SpeedupRun, is_base: bool, selected: bool) -> El {
    let seconds = |name: &str, value: Option<f64>, how: Provenance| {
        metric(name, value, &value.map(format::seconds).unwrap_or_default(), Some(how))
    };
    let factor = |name: &str, value: Option<f64>| {
        metric(name, value, &value.map(format::times).unwrap_or_default(), Some(run.provenance))
    };
    let share = |name: &str, value: Option<f64>| {
        metric(name, value, &value.map(format::percent).unwrap_or_default(), Some(run.provenance))
    };
    let id = run.run.clone();
    let open = button("link", move || {
        let id = id.clone();
        bridge::go(true, |route| route.run = Some(id));
    });
    let base = is_base.then(|| span("tag").with("baseline"));
    let name = el("th", "").attr("scope", "row").with((open.with(&run.label), base));
    let row = el("tr", "").attr("data-run", &run.run).class_if("selected", selected).with((
        name,
        el("td", "num").with(run.workers.map_or_else(|| "–".to_owned(), |n| n.to_string())),
        el("td", "").with(run.mode.as_deref().unwrap_or("–")),
        el("td", "num strong").with(factor("speedup", run.speedup)),
        el("td", "num").with(factor("session_speedup", run.session_speedup)),
    ));
    row.with((
        el("td", "num").with((
            seconds("wall_s", run.wall_s, run.wall_provenance),
            known(run.wall_provenance).filter(|_| run.wall_s.is_some()),
        )),
        el("td", "num").with(seconds("session_s", run.session_s, Provenance::Recorded)),
        el("td", "num").with(share("efficiency", run.efficiency)),
        el("td", "num").with(share("karp_flatt", run.karp_flatt)),
        el("td", "num").with(factor("contention", run.contention)),
    ))
}

fn law_name(law: &str) -> &'static str {
    match law {
        "amdahl" => "Amdahl",
        "gustafson" => "Gustafson",
        _ => "USL",
    }
}

fn of(session: bool) -> &'static str {
    if session { "session" } else { "wall" }
}

/// Speedup over workers: what was measured, the ideal, and the laws with their intervals.
fn scaling(suite: &SpeedupSuite, session: bool) -> Picture {
    let value = |point: &lanescope_protocol::SpeedupPoint| if session { point.session_speedup } else { point.speedup };
    let most = suite.points.iter().map(|point| f64::from(point.workers)).fold(2.0, f64::max);
    let to = (most * 1.5).max(4.0);
    let mut series = vec![Series {
        name: "ideal".to_owned(),
        tint: 8,
        shape: Shape::Dashed,
        dots: vec![Dot::at(1.0, 1.0), Dot::at(to, to)],
        ..Series::default()
    }];
    for (place, fit) in (0_u8..).zip(suite.fits.iter().filter(|fit| fit.of == of(session) && fit.refused.is_none())) {
        let bands = fit.curve_low.iter().zip(&fit.curve_high);
        let mut bands = bands.map(|(low, high)| (*low, *high));
        let dot = |(workers, y): (&u32, &f64)| Dot { band: bands.next(), ..Dot::at(f64::from(*workers), *y) };
        let mut dots: Vec<Dot> = fit.curve_workers.iter().zip(&fit.curve).map(dot).collect();
        dots.retain(|dot| dot.x <= to);
        series.push(Series {
            name: law_name(&fit.law).to_owned(),
            tint: place,
            shape: Shape::Dashed,
            strong: true,
            dots,
        });
    }
    let mut measured: Vec<Dot> = Vec::new();
    for point in &suite.points {
        if let Some(y) = value(point) {
            let mode = point.mode.as_deref().map(|mode| format!("{mode}, ")).unwrap_or_default();
            measured.push(Dot {
                note: format!("{mode}{}", format::plural(point.runs.into(), "run", "runs")),
                ..Dot::at(point.workers.into(), y)
            });
        }
    }
    let said = |dot: &Dot| format!("{} with {} workers ({})", format::times(dot.y), fixed(dot.x, 0), dot.note);
    let spoken = measured.iter().map(said).collect::<Vec<_>>().join("; ");
    let top = measured
        .iter()
        .map(|dot| dot.y)
        .chain(series.iter().skip(1).flat_map(|s| &s.dots).map(|dot| dot.y))
        .fold(1.0, f64::max);
    series.push(Series {
        name: "measured".to_owned(),
        tint: 8,
        shape: Shape::Rings,
        dots: measured,
        ..Series::default()
    });
    // The ideal line says enough when it leaves the chart: what was measured has the room.
    let ceiling = (top * 1.35).min(to);
    if let Some(ideal) = series.first_mut() {
        ideal.dots = vec![Dot::at(1.0, 1.0), Dot::at(ceiling, ceiling)];
    }
    Picture {
        title: if session { "Speedup of the sessions over workers" } else { "Speedup of the tests over workers" }
            .to_owned(),
        spoken,
        x: Axis { name: "workers".to_owned(), from: 0.0, to, ..Axis::default() },
        y: Axis { name: "speedup".to_owned(), unit: Unit::Times, to: ceiling.max(1.2), ..Axis::default() },
        series,
        ..Picture::default()
    }
}

/// The laws in words: parameters with intervals, or why there are none.
fn fits(suite: &SpeedupSuite, session: bool) -> El {
    let fits = suite.fits.iter().filter(|fit| fit.of == of(session));
    fits.fold(el("dl", "laws"), |list, fit| {
        let title = el("dt", "")
            .attr("data-law", &fit.law)
            .with((law_name(&fit.law), fit.refused.is_some().then(|| span("tag").with("not fitted"))));
        list.with((title, el("dd", "").with((parameters(fit), el("p", "").with(&fit.text)))))
    })
}

fn parameters(fit: &SpeedupFit) -> Option<El> {
    let shares = ["serial", "contention", "coherency"];
    let one = |estimate: &lanescope_protocol::Estimate| {
        let text = |value: f64| match estimate.name.as_str() {
            name if shares.contains(&name) => format::percent(value),
            "peak_workers" => fixed(value, 0),
            _ => format::times(value),
        };
        let ends = match (estimate.low, estimate.high) {
            (Some(low), Some(high)) => format!(" ({} – {})", text(low), text(high)),
            (Some(low), None) => format!(" (at least {})", text(low)),
            _ => String::new(),
        };
        let value = estimate.value.map_or_else(|| "none".to_owned(), text);
        el("li", "").with((
            span("quiet").with(estimate.name.replace('_', " ")),
            " ",
            el("b", "").with(value),
            span("quiet").with(ends),
        ))
    };
    (!fit.parameters.is_empty())
        .then(|| fit.parameters.iter().fold(el("ul", "parameters"), |list, estimate| list.with(one(estimate))))
}

/// Lines of slow-downs that are shown at first.
const SLOWED: usize = 9;

/// How much groups and markers slowed down, of the run with most workers.
fn slowdowns(suite: &SpeedupSuite) -> El {
    let widest = suite.runs.iter().rev().find(|run| suite.slowdowns.iter().any(|slow| slow.run == run.run));
    let lines = suite.slowdowns.iter().filter(|slow| widest.is_some_and(|run| run.run == slow.run));
    let most = suite.slowdowns.iter().filter_map(|slow| slow.upper.or(slow.ratio)).fold(1.05, f64::max);
    let least = suite.slowdowns.iter().filter_map(|slow| slow.lower.or(slow.ratio)).fold(0.95, f64::min);
    let lines: Vec<Slowdown> = lines.cloned().collect();
    let (count, all) = (lines.len(), RwSignal::new(false));
    let body = el("tbody", "").live(move || {
        let shown = if all.get() { count } else { SLOWED };
        lines.iter().take(shown).map(|slow| slowdown(slow, least, most)).collect::<Vec<El>>()
    });
    let more = live(move || {
        (count > SLOWED && !all.get()).then(|| button("link", move || all.set(true)).with(format!("all {count}")))
    });
    let head = ["tests", "time", "over the baseline", "per test: middle half"].iter().enumerate().fold(
        el("tr", ""),
        |head, (i, name)| {
            head.with(el("th", if i == 0 || i == 3 { "" } else { "num" }).attr("scope", "col").with(*name))
        },
    );
    let label = widest.map(|run| run.label.clone()).unwrap_or_default();
    div("slowdowns").with((
        el("h3", "").with(("How much the same tests slowed down", span("quiet").with(format!(" in {label}")))),
        div("table-room").attr("tabindex", "0").with(el("table", "runs").with((el("thead", "").with(head), body))),
        more,
    ))
}

fn slowdown(slow: &Slowdown, least: f64, most: f64) -> El {
    let place = |value: f64| ((value - least) / (most - least) * 100.0).clamp(0.0, 100.0);
    let share = |value: f64| fixed(place(value), 2) + "%";
    let name = match slow.by.as_str() {
        "all" => "all tests".to_owned(),
        by => format!("{by} {}", slow.name),
    };
    let quartiles = slow.lower.zip(slow.upper).map(|(low, high)| {
        let median = slow.median.unwrap_or(low);
        let bar = div("quartiles").attr("aria-hidden", "true").with((
            span("quartile-box").style("left", share(low)).style("width", fixed(place(high) - place(low), 2) + "%"),
            span("quartile-mid").style("left", share(median)),
            span("quartile-one").style("left", share(1.0)),
        ));
        nodes((
            bar,
            span("").with(format!(
                "{} – {}, median {}",
                format::times(low),
                format::times(high),
                format::times(median)
            )),
        ))
    });
    el("tr", "").with((
        el("th", "").attr("scope", "row").with((name, span("quiet").with(format!(" {}", slow.tests)))),
        el("td", "num").with(format::seconds(slow.seconds)),
        el("td", "num strong").with(slow.ratio.map_or_else(|| "–".to_owned(), format::times)),
        el("td", "quartiles-cell").with(quartiles),
    ))
}

//! Makespan and cost over workers, mode by mode, while they come in.

use std::rc::Rc;

use leptos::prelude::*;

use lanescope_protocol::{Curve, Mode, Point};
use lanescope_ui::state::number::fixed;
use lanescope_ui::ui::el::{El, button, div, el, live, span};
use lanescope_ui::ui::format;

use super::state::{Known, State, Sweep, along};
use super::words::{mode_name, tint};
use crate::charts::{Axis, Dot, Mark, Picture, Rule, Series, Shape, Spacing, Unit, chart};

/// The section.
pub fn curves(state: State) -> El {
    let chosen = Memo::new(move |_| {
        state.plan.with(|plan| plan.as_ref().map(|plan| (plan.mode, plan.workers, plan.price_per_minute)))
    });
    let makespans = Memo::new(move |_| {
        let (mode, workers, _) = chosen.get().unwrap_or_default();
        state.curves.with(|curves| state.known.with(|known| makespans(curves, known.as_ref(), mode, workers)))
    });
    let costs = Memo::new(move |_| {
        let (mode, workers, price) = chosen.get().unwrap_or_default();
        state.curves.with(|curves| costs(curves, mode, workers, price.is_some()))
    });
    let pick: Option<Rc<dyn Fn(f64)>> = Some(Rc::new(move |x: f64| state.set("workers", &fixed(x, 0))));
    let stop = move || {
        let sweep = state.sweep.get();
        if sweep.going {
            let stop = button("button small", move || state.stop()).attr("data-action", "stop").with("Stop");
            Some(div("sweep").with((
                span("").with(format!("{} of {} replays", sweep.done, sweep.all)),
                track(sweep.done, sweep.all),
                stop,
            )))
        } else if sweep.stopped {
            let again = button("button small", move || state.restart()).with("Go on");
            Some(
                div("sweep")
                    .with((span("").with(format!("stopped after {} of {} replays", sweep.done, sweep.all)), again)),
            )
        } else {
            None
        }
    };
    let knee = move || {
        let (mode, ..) = chosen.get()?;
        state.curves.with(|curves| {
            let curve = curves.iter().find(|curve| curve.mode == mode)?;
            let knee = curve.knee.as_ref()?;
            let (mode, s) = (mode_name(mode), format::seconds(knee.makespan_s));
            let workers = format::plural(knee.workers.into(), "worker", "workers");
            // At the end of the curve nothing says that more would not pay.
            let words = if curve.points.last().is_some_and(|last| along(last) == knee.workers) {
                format!("With {mode} it takes {workers} to come near the best: {s}. More were not replayed.")
            } else {
                format!("With {mode} more than {workers} hardly pay: {s}. {}", knee.rule)
            };
            Some(el("p", "lab-words").attr("data-knee", knee.workers.to_string()).with(words))
        })
    };
    // Spoken once when it begins and once when it ends; the numbers between are to be seen.
    let spoken_state = Memo::new(move |_| {
        let Sweep { going, all, stopped, .. } = state.sweep.get();
        match (going, stopped) {
            (true, _) => format!("Replaying {all} settings"),
            (false, true) => "Stopped".to_owned(),
            (false, false) => "All curves are there".to_owned(),
        }
    });
    let error = move || state.known.with(|known| known.as_ref().map(error_of));
    div("").with((
        div("sweep-row")
            .attr("data-sweep", "")
            .live_attr("aria-busy", move || state.sweep.with(|s| if s.going { "true" } else { "false" }))
            .with((live(stop), el("p", "sr-only").attr("role", "status").live_text(move || spoken_state.get()))),
        live(knee),
        div("chart-pair")
            .with((chart(state.lab, "makespan", makespans, pick.clone()), chart(state.lab, "cost", costs, pick))),
        live(error),
    ))
}

fn track(done: u32, all: u32) -> El {
    let share = f64::from(done) / f64::from(all.max(1)) * 100.0;
    div("progress-track").with(div("sweep-fill").style("width", fixed(share, 1) + "%"))
}

fn error_of(known: &Known) -> El {
    let error = &known.error;
    let signed = |e: f64| {
        let sign = if e < -0.000_5 { "−" } else { "+" };
        if e.abs() < 0.000_5 { "0.0 %".to_owned() } else { format!("{sign}{} %", fixed(e.abs() * 100.0, 1)) }
    };
    let own = error.own.map(|own| {
        div("fact")
            .attr("data-metric", "model.error")
            .attr("data-value", lanescope_ui::state::number::plain(own))
            .with((div("fact-value").with(signed(own)), div("fact-name").with("model error on this run as it was")))
    });
    let largest = error.largest.filter(|_| error.runs > 1).map(|most| {
        div("fact").with((
            div("fact-value").with(signed(most)),
            div("fact-name").with(format!("largest, over {}", format::plural(error.runs.into(), "run", "runs"))),
        ))
    });
    let notes = known
        .work
        .notes
        .iter()
        .fold(el("details", "chart-table").with(el("summary", "").with("How it is replayed")), |list, note| {
            list.with(el("p", "").with(note))
        });
    div("model-error").with((own, largest, el("p", "quiet").with(&error.explanation), notes))
}

fn name(mode: Mode) -> String {
    mode_name(mode).to_owned()
}

fn dots(curve: &Curve, of: fn(&Point) -> f64) -> Vec<Dot> {
    curve.points.iter().map(|point| Dot::at(along(point).into(), of(point))).collect()
}

fn largest_x(curves: &[Curve]) -> f64 {
    curves.iter().flat_map(|curve| &curve.points).map(|point| f64::from(along(point))).fold(64.0, f64::max)
}

/// Chosen last, so that it lies over the others.
fn ordered(curves: &[Curve], mode: Mode) -> Vec<&Curve> {
    let (chosen, others): (Vec<&Curve>, Vec<&Curve>) = curves.iter().partition(|curve| curve.mode == mode);
    others.into_iter().chain(chosen).collect()
}

fn makespans(curves: &[Curve], known: Option<&Known>, mode: Mode, workers: u32) -> Picture {
    let mut picture = Picture {
        title: "Makespan over workers".to_owned(),
        x: Axis::workers(largest_x(curves)),
        y: Axis {
            name: "makespan (logarithmic)".to_owned(),
            unit: Unit::Seconds,
            spacing: Spacing::Decades,
            from: 1.0,
            to: 10.0,
            ..Axis::default()
        },
        ..Picture::default()
    };
    let own = curves.iter().find(|curve| curve.mode == mode);
    if let Some(own) = own {
        let bound = dots(own, |point| point.lower_bound_s);
        picture.series.push(Series {
            name: format!("bound of {}", mode_name(mode)),
            tint: 8,
            shape: Shape::Dashed,
            dots: bound,
            ..Series::default()
        });
    }
    for curve in ordered(curves, mode) {
        let strong = curve.mode == mode;
        let dot = |point: &Point| Dot {
            band: strong.then_some((point.low_s, point.high_s)),
            ..Dot::at(along(point).into(), point.makespan_s)
        };
        let dots = curve.points.iter().map(dot).collect();
        picture.series.push(Series {
            name: name(curve.mode),
            tint: tint(curve.mode),
            strong,
            dots,
            ..Series::default()
        });
    }
    let measured: Vec<Dot> = known
        .into_iter()
        .flat_map(|known| &known.measured)
        .map(|point| Dot {
            note: format!(
                "{}{}",
                point.label,
                point.mode.map(|mode| format!(", {}", mode.as_str())).unwrap_or_default()
            ),
            ..Dot::at(point.workers.into(), point.makespan_s)
        })
        .collect();
    let mut measured =
        Series { name: "measured".to_owned(), tint: 8, shape: Shape::Rings, dots: measured, ..Series::default() };
    measured.dots.retain(|dot| dot.y > 0.0);
    picture.series.push(measured);
    let values = || {
        picture.series.iter().flat_map(|series| &series.dots).flat_map(|dot| {
            let (low, high) = dot.band.unwrap_or((dot.y, dot.y));
            [dot.y, low, high]
        })
    };
    let (least, most) = (values().filter(|y| *y > 0.0).fold(f64::INFINITY, f64::min), values().fold(0.0, f64::max));
    if most > 0.0 && least.is_finite() {
        (picture.y.from, picture.y.to) = (least * 0.88, most * 1.12);
    }
    if let Some(knee) = own.and_then(|own| own.knee.as_ref()) {
        picture.marks.push(Mark {
            x: knee.workers.into(),
            y: knee.makespan_s,
            name: format!("knee: {}", knee.workers),
        });
    }
    picture.rules.push(Rule { at: f64::from(workers).min(picture.x.to), upright: true, name: "plan".to_owned() });
    picture.spoken = spoken(curves, mode);
    picture
}

fn spoken(curves: &[Curve], mode: Mode) -> String {
    let mut text = String::new();
    for curve in ordered(curves, mode).into_iter().rev() {
        if let (Some(first), Some(last)) = (curve.points.first(), curve.points.last()) {
            text.push_str(&format!(
                "{}: {} with {}, {} with {}. ",
                mode_name(curve.mode),
                format::seconds(first.makespan_s),
                format::plural(along(first).into(), "worker", "workers"),
                format::seconds(last.makespan_s),
                along(last)
            ));
        }
    }
    if text.is_empty() { "No point is there yet.".to_owned() } else { text }
}

fn costs(curves: &[Curve], mode: Mode, workers: u32, money: bool) -> Picture {
    let of: fn(&Point) -> f64 = if money { |point| point.cost.unwrap_or(0.0) } else { |point| point.worker_minutes };
    let most = curves.iter().flat_map(|curve| &curve.points).map(of).fold(0.0, f64::max);
    let (name_of, unit) = if money { ("cost of a run", Unit::Money) } else { ("worker-minutes", Unit::Minutes) };
    let mut picture = Picture {
        title: if money { "Cost over workers" } else { "Worker-minutes over workers" }.to_owned(),
        spoken: "Workers times the session, or the makespan where no session is known.".to_owned(),
        x: Axis::workers(largest_x(curves)),
        y: Axis::from_zero(name_of, unit, most),
        ..Picture::default()
    };
    for curve in ordered(curves, mode) {
        let strong = curve.mode == mode;
        picture.series.push(Series {
            name: name(curve.mode),
            tint: tint(curve.mode),
            strong,
            dots: dots(curve, of),
            ..Series::default()
        });
    }
    picture.rules.push(Rule { at: f64::from(workers).min(picture.x.to), upright: true, name: "plan".to_owned() });
    picture
}

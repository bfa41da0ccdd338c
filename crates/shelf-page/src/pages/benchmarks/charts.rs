//! The distribution of the rounds of each benchmark, and one benchmark over all runs.

use leptos::prelude::*;
use web_sys::{HtmlCanvasElement, KeyboardEvent, PointerEvent};

use lanescope_protocol::{BenchmarkRow, BenchmarkStep, BenchmarksView};
use lanescope_ui::charts::canvas::{Redraw, prepare};
use lanescope_ui::charts::keys::stepped;
use lanescope_ui::charts::theme::palette;
use lanescope_ui::shell::dom;
use lanescope_ui::state::number;
use lanescope_ui::ui::el::{El, div, el, later, live};
use lanescope_ui::ui::format;

use super::{Benchmarks, CHOSEN};
use crate::charts::axis::amount;
use crate::charts::boxes::{AXIS_PX, Boxes, ROW_PX, short};
use crate::charts::trend::{Trend, run_at};
use crate::shell::bridge;

/// Rows of the distribution: beyond that the table has them.
const MOST: usize = 40;

pub(super) fn charts(benchmarks: Benchmarks) -> El {
    let several = Memo::new(move |_| benchmarks.view.with(|v| v.as_ref().is_some_and(|v| v.history.runs.len() > 1)));
    let trend = live(move || several.get().then(|| trend(benchmarks)));
    div("measure-charts").with((distribution(benchmarks), trend))
}

/// Rows of the unit of the chosen one: amounts of different units share no axis.
fn drawn(view: &BenchmarksView, at: Option<usize>) -> (Vec<&BenchmarkRow>, Option<usize>) {
    let unit = at.and_then(|at| view.rows.get(at)).map(|row| row.unit.as_str());
    let mut rows: Vec<&BenchmarkRow> = view.rows.iter().filter(|row| Some(row.unit.as_str()) == unit).collect();
    rows.truncate(MOST);
    let chosen = at.and_then(|at| view.rows.get(at)).and_then(|row| rows.iter().position(|r| r.name == row.name));
    (rows, chosen)
}

fn choose(name: &str) {
    bridge::go(false, |route| route.set(CHOSEN, Some(name)));
}

fn canvas_of(name: &str, class: &str, redraw: &Redraw) -> (El, HtmlCanvasElement) {
    let canvas = el("canvas", class).attr("data-chart", name).attr("role", "img").attr("tabindex", "0");
    let node: HtmlCanvasElement = canvas.as_node();
    let again = redraw.clone();
    dom::on_resize(&node, move || again.ask());
    (canvas, node)
}

fn distribution(benchmarks: Benchmarks) -> El {
    let hover = RwSignal::new(None::<usize>);
    let held = StoredValue::new_local(None::<HtmlCanvasElement>);
    let at = Memo::new(move |_| benchmarks.at());
    let redraw = Redraw::new(move || {
        let Some(view) = benchmarks.view.try_get_untracked().flatten() else { return };
        let (rows, chosen) = drawn(&view, at.try_get_untracked().flatten());
        let hover = hover.try_get_untracked().flatten();
        let version = benchmarks.shelf.repaint.get_untracked();
        let _ = held.try_with_value(|canvas| {
            if let Some(surface) = canvas.as_ref().and_then(prepare) {
                let before: Vec<Option<f64>> = rows.iter().map(|row| before(&view, &row.name)).collect();
                Boxes { rows: &rows, before: &before, chosen, hover }.draw(&surface, &palette(version));
            }
        });
    });
    let (canvas, node) = canvas_of("distribution", "boxes-canvas", &redraw);
    held.set_value(Some(node));
    let count = move || benchmarks.view.with(|v| v.as_ref().map_or(0, |v| drawn(v, at.get()).0.len()));
    let name_at = move |place: usize| {
        benchmarks.view.with_untracked(|v| {
            v.as_ref().and_then(|v| drawn(v, at.get_untracked()).0.get(place).map(|row| row.name.clone()))
        })
    };
    let canvas = canvas.live_style("height", move || number::px(count() as f64 * ROW_PX + AXIS_PX));
    let row_of = |event: &PointerEvent| (f64::from(event.offset_y()).max(0.0) / ROW_PX) as usize;
    let canvas = canvas
        .on("pointermove", move |event: PointerEvent| {
            let now = Some(row_of(&event));
            if hover.get_untracked() != now {
                hover.set(now);
            }
        })
        .on("pointerleave", move |_: PointerEvent| hover.set(None))
        .on("click", move |event: PointerEvent| {
            if let Some(name) = name_at(row_of(&event)) {
                choose(&name);
            }
        })
        .on("keydown", move |event: KeyboardEvent| {
            let chosen = benchmarks.view.with_untracked(|v| v.as_ref().and_then(|v| drawn(v, at.get_untracked()).1));
            let next = stepped(&event, ["ArrowUp", "ArrowDown"], chosen.or(Some(0)), untrack(count));
            if let Some(name) = next.and_then(name_at) {
                choose(&name);
            }
        });
    let canvas = canvas.attr("aria-label", "Distribution of the rounds of each benchmark, on a logarithmic axis. Arrow keys choose one; the table below has all figures.");
    let label = el("p", "chart-line").attr("role", "status").live_text(move || {
        let chosen = hover.get().and_then(name_at);
        benchmarks.view.with(|view| {
            let Some(view) = view else { return String::new() };
            let row = chosen
                .and_then(|name| view.rows.iter().find(|row| row.name == name))
                .or_else(|| at.get().and_then(|at| view.rows.get(at)));
            row.map(|row| spoken(row, before(view, &row.name))).unwrap_or_default()
        })
    });
    later(move || {
        benchmarks.view.track();
        benchmarks.shelf.repaint.track();
        hover.track();
        at.track();
        redraw.ask();
    });
    let title = el("h2", "").with("Rounds");
    let more = live(move || {
        let all = benchmarks.view.with(|v| v.as_ref().map_or(0, |v| v.rows.len()));
        (all > count()).then(|| el("p", "quiet").with(format!("{} of {all} are drawn; the table has all.", count())))
    });
    div("measure-chart").with((title, label, canvas, more))
}

/// Median of a benchmark in the other run.
fn before(view: &BenchmarksView, name: &str) -> Option<f64> {
    let change = view.compared.as_ref()?.changes.iter().find(|change| change.name == name)?;
    change.before.median.or(change.before.mean)
}

fn spoken(row: &BenchmarkRow, before: Option<f64>) -> String {
    let mut parts = vec![short(&row.name).to_owned()];
    let t = &row.stats;
    for (word, value) in
        [("min", t.min), ("quarter", t.q1), ("median", t.median), ("three quarters", t.q3), ("max", t.max)]
    {
        parts.extend(value.map(|value| format!("{word} {}", amount(value, &row.unit))));
    }
    parts.extend(before.map(|value| format!("median in the other run (circle) {}", amount(value, &row.unit))));
    parts.extend(t.rounds.map(|n| format::plural(n, "round", "rounds")));
    parts.join(" · ")
}

fn steps<'v>(view: &'v BenchmarksView, name: &str) -> Vec<&'v BenchmarkStep> {
    view.history.slower.iter().chain(&view.history.faster).filter(|step| step.name == name).collect()
}

fn trend(benchmarks: Benchmarks) -> El {
    let hover = RwSignal::new(None::<usize>);
    let held = StoredValue::new_local(None::<HtmlCanvasElement>);
    let at = Memo::new(move |_| benchmarks.at());
    let now = move |view: &BenchmarksView| match benchmarks.chosen.get_untracked() {
        super::Chosen::Run { id, .. } => view.history.runs.iter().position(|run| run.id == id),
        _ => None,
    };
    let redraw = Redraw::new(move || {
        let Some(view) = benchmarks.view.try_get_untracked().flatten() else { return };
        let Some(series) = at.try_get_untracked().flatten().and_then(|at| view.series.get(at)) else { return };
        let hover = hover.try_get_untracked().flatten();
        let version = benchmarks.shelf.repaint.get_untracked();
        let _ = held.try_with_value(|canvas| {
            if let Some(surface) = canvas.as_ref().and_then(prepare) {
                let steps = steps(&view, &series.name);
                let common: Vec<f64> = view.history.runs.iter().map(|run| run.common_factor).collect();
                Trend { series, common: &common, steps: &steps, now: now(&view), at: hover }
                    .draw(&surface, &palette(version));
            }
        });
    });
    let (canvas, node) = canvas_of("benchmark-trend", "bench-trend-canvas", &redraw);
    held.set_value(Some(node));
    let count = move || benchmarks.view.with_untracked(|v| v.as_ref().map_or(0, |v| v.history.runs.len()));
    let canvas = canvas
        .on("pointermove", move |event: PointerEvent| {
            let width = held.try_with_value(|c| c.as_ref().map_or(0.0, |c| f64::from(c.client_width()))).unwrap_or(0.0);
            hover.set(run_at(f64::from(event.offset_x()), width, count()));
        })
        .on("pointerleave", move |_: PointerEvent| hover.set(None))
        .on("keydown", move |event: KeyboardEvent| {
            let next = stepped(&event, ["ArrowLeft", "ArrowRight"], hover.get_untracked(), count());
            if next.is_some() {
                hover.set(next);
            }
        });
    let canvas = canvas.attr(
        "aria-label",
        "The chosen benchmark over all runs, oldest first, on a logarithmic axis. Arrow keys speak run by run.",
    );
    let canvas = canvas.live_attr("data-steps", move || {
        let at = at.get();
        benchmarks.view.with(|view| {
            let view = view.as_ref()?;
            Some(steps(view, &view.rows.get(at?)?.name).len().to_string())
        })
    });
    let label = el("p", "chart-line").attr("role", "status").live_text(move || {
        let (at, hover) = (at.get(), hover.get());
        benchmarks.view.with(|view| view.as_ref().and_then(|view| said(view, at?, hover)).unwrap_or_default())
    });
    later(move || {
        benchmarks.view.track();
        benchmarks.shelf.repaint.track();
        hover.track();
        at.track();
        redraw.ask();
    });
    div("measure-chart").with((el("h2", "").with("Over the runs"), label, canvas))
}

fn said(view: &BenchmarksView, at: usize, hover: Option<usize>) -> Option<String> {
    let series = view.series.get(at)?;
    let name = short(&series.name);
    if let Some(run) = hover.and_then(|at| view.history.runs.get(at)) {
        let commit = run.commit.as_deref().map(|c| format!(" · {}", c.get(..8).unwrap_or(c))).unwrap_or_default();
        let when = run.at.as_deref().map(format::started).unwrap_or_default();
        let point = hover.and_then(|at| series.points.get(at)).copied().flatten();
        let value = point.map_or("not measured".to_owned(), |[low, middle, _]| {
            format!("median {} · min {}", amount(middle, &series.unit), amount(low, &series.unit))
        });
        return Some(format!("{name} · {} · {when}{commit} · {value}", run.label));
    }
    let shifted = view.history.runs.iter().any(|run| (run.common_factor - 1.0).abs() > 0.005);
    let mut text = format!("{name} · median, from min to three quarters");
    if shifted {
        text.push_str(", without what all benchmarks of a run have in common (the machine); grey as measured");
    }
    for step in steps(view, &series.name) {
        let word = if step.ratio > 1.0 { "slower" } else { "faster" };
        let factor = if step.ratio > 1.0 { step.ratio } else { 1.0 / step.ratio };
        text.push_str(&format!(" · {} {word} from run {}", format::times(factor), step.from_run));
        if let Some(commit) = &step.from_commit {
            text.push_str(&format!(" ({})", commit.get(..8).unwrap_or(commit)));
        }
    }
    Some(text)
}

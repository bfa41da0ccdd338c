//! Tests running over time against the number of workers, on a canvas.

use lanescope_protocol::{Concurrency, Overview};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, PointerEvent};

use crate::charts::canvas::{Redraw, Resizes};
use crate::charts::theme;
use crate::shell::dom;
use crate::state::App;
use crate::state::number;
use crate::state::number::Within;
use crate::ui::el::{El, el, follow, live, span};
use crate::ui::format;

/// Room at the left for the lanes' labels, so that both charts share one time axis; CSS pixels. The style sheet has the
/// same.
fn gutter() -> f64 {
    if dom::is_narrow() { 64.0 } else { 92.0 }
}

/// The chart of the overview, with its text alternative.
pub fn concurrency_chart(app: App) -> El {
    let canvas = el("canvas", "").attr("data-chart", "concurrency").attr("role", "img");
    let node: HtmlCanvasElement = canvas.as_node();
    let hover = RwSignal::new(None::<(f64, String)>);
    let drawn = node.clone();
    let redraw = Redraw::new(move || {
        let version = app.repaint.get_untracked();
        app.overview.with_untracked(|o| {
            if let Some(o) = o {
                let _ = paint(&drawn, o, version, app.timeline.with_untracked(|t| t.as_ref().map(|t| t.to_s)));
            }
        });
    });
    let resized = redraw.clone();
    let _ = StoredValue::new_local(Resizes::watch(&node, move || resized.ask()));
    follow(move || {
        app.overview.track();
        app.timeline.track();
        app.repaint.track();
        redraw.ask();
    });
    let moved = move |event: PointerEvent| {
        let x = f64::from(event.offset_x());
        hover.set(value_at(app, &node, x).map(|text| (x, text)));
    };
    let spoken = move || app.overview.with(|o| o.as_ref().map(describe).unwrap_or_default());
    let tip = move || {
        hover.with(|hover| {
            let (x, text) = hover.as_ref()?;
            let at = number::plain(*x) + "px";
            Some((span("chart-rule").style("left", &at), span("chart-tip").style("left", &at).with(text)))
        })
    };
    let canvas = canvas.live_attr("aria-label", spoken).on("pointermove", moved);
    let canvas = canvas.on("pointerleave", move |_: PointerEvent| hover.set(None));
    el("figure", "chart concurrency").with((
        el("figcaption", "").with("Tests running at a time"),
        canvas,
        live(tip),
        el("p", "sr-only").live_text(spoken),
    ))
}

fn describe(overview: &Overview) -> String {
    let Some(chart) = &overview.concurrency else { return String::new() };
    let mean = overview.run.parallelism.map(|p| number::fixed(p, 1) + " on average, ").unwrap_or_default();
    let workers = overview.run.workers.map(|w| format!(" of {w} workers")).unwrap_or_default();
    format!(
        "Tests running at a time: {mean}{} at the most{workers}, over {}.",
        chart.peak,
        format::seconds(length(chart))
    )
}

fn length(chart: &Concurrency) -> f64 {
    chart.step_s * chart.running.len() as f64
}

fn value_at(app: App, canvas: &HtmlCanvasElement, x: f64) -> Option<String> {
    app.overview.with_untracked(|o| {
        let chart = o.as_ref()?.concurrency.as_ref()?;
        let gutter = gutter();
        let width = f64::from(canvas.client_width()) - gutter;
        let to_s = app.timeline.with_untracked(|t| t.as_ref().map(|t| t.to_s)).unwrap_or_else(|| length(chart));
        let s = (x - gutter) / width * to_s;
        let bucket = ((s - chart.from_s) / chart.step_s).floor();
        let running = (bucket >= 0.0).then(|| chart.running.get(bucket as usize)).flatten()?;
        Some(format!("{} at {}", number::fixed((*running).into(), 1), format::seconds(s.max(0.0))))
    })
}

fn paint(canvas: &HtmlCanvasElement, overview: &Overview, version: u32, to_s: Option<f64>) -> Option<()> {
    let chart = overview.concurrency.as_ref()?;
    let ratio = dom::window().device_pixel_ratio().max(1.0);
    let (width, height) = (f64::from(canvas.client_width()), f64::from(canvas.client_height()));
    if width * ratio < 80.0 || height * ratio < 20.0 {
        return None;
    }
    // A new size clears it, too.
    canvas.set_width((width * ratio).round() as u32);
    canvas.set_height((height * ratio).round() as u32);
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    let _ = context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
    let palette = theme::palette(version);
    let workers = overview.run.workers.unwrap_or(chart.peak).max(chart.peak).max(1);
    let to_s = to_s.unwrap_or_else(|| length(chart)).max(f64::MIN_POSITIVE);
    let gutter = gutter();
    let x = |s: f64| gutter + (s / to_s).within(0.0, 1.0) * (width - gutter);
    let y = |value: f64| 6.0 + (height - 8.0) * (1.0 - value / (f64::from(workers) * 1.08));
    let steps = |i: usize| x(chart.from_s + chart.step_s * i as f64);
    let along = || {
        for (i, &running) in chart.running.iter().enumerate() {
            context.line_to(steps(i), y(running.into()));
            context.line_to(steps(i + 1), y(running.into()));
        }
    };
    context.begin_path();
    context.move_to(steps(0), y(0.0));
    along();
    context.line_to(steps(chart.running.len()), y(0.0));
    context.set_fill_style_str(&palette.accent);
    context.set_global_alpha(0.16);
    context.fill();
    context.set_global_alpha(1.0);
    context.begin_path();
    along();
    context.set_stroke_style_str(&palette.accent);
    context.set_line_width(1.25);
    context.stroke();
    // The number of workers is what could run: a line with its label, instead of a legend.
    context.set_fill_style_str(&palette.line_strong);
    context.fill_rect(gutter, y(workers.into()) - 0.5, width - gutter, 1.0);
    context.set_fill_style_str(&palette.text_3);
    context.set_font("11px system-ui, sans-serif");
    context.set_text_align("right");
    context.set_text_baseline("middle");
    let label = |text: &str, y: f64| drop(context.fill_text(text, gutter - 8.0, y));
    label(&format::count(workers.into()), y(workers.into()));
    label("0", y(0.0) - 4.0);
    let share = |mean: f64| mean / f64::from(workers);
    if let Some(mean) = overview.run.parallelism.filter(|&mean| share(mean) < 0.78 && share(mean) > 0.22) {
        let word = if gutter < 80.0 { "avg" } else { "mean" };
        label(&format!("{word} {}", format::mean(mean)), y(mean));
    }
    Some(())
}

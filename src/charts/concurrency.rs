//! Tests running over time against the number of workers, by plotters on a canvas.

use lanescope_protocol::{Concurrency, Overview};
use leptos::prelude::*;
use plotters::prelude::*;
use plotters_canvas::CanvasBackend;
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, PointerEvent};

use crate::charts::canvas::{Redraw, Resizes};
use crate::charts::theme;
use crate::shell::dom;
use crate::state::App;
use crate::state::number;
use crate::ui::el::{El, el, follow, live, span};
use crate::ui::format;

/// Room at the left for the lanes' labels, so that both charts share one time axis; CSS pixels.
pub const GUTTER: f64 = 64.0;

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
        let width = f64::from(canvas.client_width()) - GUTTER;
        let to_s = app.timeline.with_untracked(|t| t.as_ref().map(|t| t.to_s)).unwrap_or_else(|| length(chart));
        let s = (x - GUTTER) / width * to_s;
        let bucket = ((s - chart.from_s) / chart.step_s).floor();
        let running = (bucket >= 0.0).then(|| chart.running.get(bucket as usize)).flatten()?;
        Some(format!("{} at {}", number::fixed((*running).into(), 1), format::seconds(s.max(0.0))))
    })
}

type Drawn = Result<(), Box<dyn std::error::Error>>;

fn paint(canvas: &HtmlCanvasElement, overview: &Overview, version: u32, to_s: Option<f64>) -> Drawn {
    let Some(chart) = &overview.concurrency else { return Ok(()) };
    let ratio = dom::window().device_pixel_ratio().max(1.0);
    let (w, h) = (f64::from(canvas.client_width()) * ratio, f64::from(canvas.client_height()) * ratio);
    if w < 80.0 || h < 20.0 {
        return Ok(());
    }
    canvas.set_width(w.round() as u32);
    canvas.set_height(h.round() as u32);
    let palette = theme::palette(version);
    let color = |name: &str| {
        let (r, g, b) = theme::rgb(name);
        RGBColor(r, g, b)
    };
    let workers = overview.run.workers.unwrap_or(chart.peak).max(chart.peak).max(1);
    let backend = CanvasBackend::with_canvas_object(canvas.clone().unchecked_into()).ok_or("no canvas")?;
    let root = backend.into_drawing_area();
    let to_s = to_s.unwrap_or_else(|| length(chart)).max(f64::MIN_POSITIVE);
    let px = |css: f64| (css * ratio).round() as i32;
    let mut area = ChartBuilder::on(&root)
        .margin_top(px(6.0))
        .margin_bottom(px(2.0))
        .set_label_area_size(LabelAreaPosition::Left, px(GUTTER))
        .build_cartesian_2d(0.0..to_s, 0.0..f64::from(workers) * 1.08)?;
    let steps = |i: usize| chart.from_s + chart.step_s * i as f64;
    let points = || {
        let mut points = Vec::with_capacity(chart.running.len() * 2);
        for (i, &running) in chart.running.iter().enumerate() {
            points.push((steps(i), f64::from(running)));
            points.push((steps(i + 1).min(to_s), f64::from(running)));
        }
        points
    };
    let call = color(&palette.accent);
    area.draw_series(AreaSeries::new(points(), 0.0, call.mix(0.16)))?;
    area.draw_series(LineSeries::new(points(), ShapeStyle::from(&call).stroke_width(px(1.25).max(1) as u32)))?;
    // The number of workers is what could run: a line with its label, instead of a legend.
    let rule = ShapeStyle::from(&color(&palette.line_strong)).stroke_width(px(1.0).max(1) as u32);
    area.draw_series(LineSeries::new([(0.0, f64::from(workers)), (to_s, f64::from(workers))], rule))?;
    root.present()?;
    labels(canvas, &palette.text_3, ratio, workers, overview.run.parallelism);
    Ok(())
}

/// Labels by the canvas itself: plotters would measure each through a piece of the page's layout.
fn labels(canvas: &HtmlCanvasElement, color: &str, ratio: f64, workers: u32, mean: Option<f64>) {
    let context =
        canvas.get_context("2d").ok().flatten().and_then(|c| c.dyn_into::<web_sys::CanvasRenderingContext2d>().ok());
    let Some(context) = context else { return };
    let height = f64::from(canvas.height()) / ratio;
    let _ = context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
    context.set_fill_style_str(color);
    context.set_font("11px system-ui, sans-serif");
    context.set_text_align("right");
    context.set_text_baseline("middle");
    let inside = height - 8.0;
    let y = |value: f64| 6.0 + inside * (1.0 - value / (f64::from(workers) * 1.08));
    let _ = context.fill_text(&workers.to_string(), GUTTER - 8.0, y(f64::from(workers)));
    let _ = context.fill_text("0", GUTTER - 8.0, y(0.0) - 4.0);
    if let Some(mean) =
        mean.filter(|mean| (f64::from(workers) - mean) / f64::from(workers) > 0.22 && *mean / f64::from(workers) > 0.22)
    {
        let _ = context.fill_text(&format!("mean {}", number::fixed(mean, 1)), GUTTER - 8.0, y(mean));
    }
    let _ = context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0);
}

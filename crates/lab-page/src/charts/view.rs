//! A chart on the page: the canvas, what lies over it, its table and its exports.

use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Blob, Event, HtmlCanvasElement, KeyboardEvent, PointerEvent};

use lanescope_ui::charts::canvas::{Redraw, prepare};
use lanescope_ui::charts::theme::{self, Palette};
use lanescope_ui::shell::{dom, save};
use lanescope_ui::state::number::px;
use lanescope_ui::ui::el::{El, div, el, follow, live, span};
use lanescope_ui::ui::menu;

use super::draw::{Frame, draw};
use super::pen::CanvasPen;
use super::picture::{Picture, Stop};
use super::svg::SvgPen;
use super::table::table;
use crate::state::Lab;

/// An exported picture has at least so many pixels in each of the screen's.
const SHARP: f64 = 2.0;

/// What happens when a value of the horizontal axis is chosen: by click or Enter.
pub type Chosen = Option<Rc<dyn Fn(f64)>>;

/// A chart, under a name that its `data-chart` carries.
pub fn chart(lab: Lab, name: &'static str, picture: Memo<Picture>, chosen: Chosen) -> El {
    let canvas = el("canvas", "").attr("data-chart", name).attr("role", "img").attr("tabindex", "0");
    let node: HtmlCanvasElement = canvas.as_node();
    let at = RwSignal::new(None::<usize>);
    let stops = Memo::new(move |_| picture.with(Picture::stops));
    let canvas = painted(lab, canvas, picture);
    let canvas = pointed(canvas, at, picture, stops, chosen.clone());
    let canvas = keyed(canvas, at, stops, chosen).live_attr("aria-label", move || picture.with(words));
    let tip = {
        let node = node.clone();
        move || at.get().and_then(|at| over(&node, at, picture, stops))
    };
    let spoken = move || {
        let stop = at.get().and_then(|at| stops.with(|stops| stops.get(at).cloned()));
        stop.map(|stop| picture.with_untracked(|p| said(p, &stop))).unwrap_or_default()
    };
    let head = div("chart-head").with((
        el("figcaption", "").live_text(move || picture.with(|p| p.title.clone())),
        exports(lab, name, picture, node),
    ));
    el("figure", "lab-chart").with((
        head,
        div("chart-room").with((canvas, live(tip))),
        el("p", "sr-only").live_text(move || picture.with(words)),
        el("p", "sr-only").attr("role", "status").live_text(spoken),
        table(picture),
    ))
}

fn words(picture: &Picture) -> String {
    format!("{}. {}", picture.title, picture.spoken)
}

/// Draws on data, size or theme; never when the pointer moves.
fn painted(lab: Lab, canvas: El, picture: Memo<Picture>) -> El {
    let node: HtmlCanvasElement = canvas.as_node();
    let redraw = Redraw::new(move || {
        // The view may be gone when the frame comes.
        let Some(palette) = lab.repaint.try_get_untracked().map(theme::palette) else { return };
        let _ = picture.try_with_untracked(|picture| paint(&node, picture, &palette));
    });
    let resized = redraw.clone();
    dom::on_resize(canvas.node(), move || resized.ask());
    follow(move || {
        picture.track();
        lab.repaint.track();
        redraw.ask();
    });
    canvas
}

fn paint(canvas: &HtmlCanvasElement, picture: &Picture, palette: &Palette) {
    let Some(surface) = prepare(canvas) else { return };
    if surface.width < 60.0 || surface.height < 60.0 {
        return;
    }
    if let Some(mut pen) = CanvasPen::new(canvas, surface.ratio, &family(canvas)) {
        draw(picture, (surface.width, surface.height), palette, &mut pen);
    }
}

fn family(canvas: &HtmlCanvasElement) -> String {
    let style = dom::window().get_computed_style(canvas).ok().flatten();
    style.and_then(|style| style.get_property_value("font-family").ok()).unwrap_or_else(|| "sans-serif".to_owned())
}

fn size(canvas: &HtmlCanvasElement) -> (f64, f64) {
    (f64::from(canvas.client_width()), f64::from(canvas.client_height()))
}

fn pointed(
    canvas: El,
    at: RwSignal<Option<usize>>,
    picture: Memo<Picture>,
    stops: Memo<Vec<Stop>>,
    chosen: Chosen,
) -> El {
    let node: HtmlCanvasElement = canvas.as_node();
    let moved = move |event: PointerEvent| {
        let x = f64::from(event.offset_x());
        let near = picture.with_untracked(|picture| {
            let frame = Frame::of(picture, size(&node));
            let away = |stop: &Stop| (frame.x(picture, stop.mark) - x).abs();
            let best = |best: Option<(usize, f64)>, (i, away): (usize, f64)| {
                Some(best.filter(|best| best.1 <= away).unwrap_or((i, away)))
            };
            stops.with_untracked(|stops| stops.iter().map(away).enumerate().fold(None, best).map(|near| near.0))
        });
        if at.get_untracked() != near {
            at.set(near);
        }
    };
    let canvas = canvas.class_if("chooses", chosen.is_some());
    canvas.on("pointermove", moved).on("pointerleave", move |_: PointerEvent| at.set(None)).on(
        "click",
        move |_: Event| {
            choose(at, stops, &chosen);
        },
    )
}

fn choose(at: RwSignal<Option<usize>>, stops: Memo<Vec<Stop>>, chosen: &Chosen) {
    let x = at.get_untracked().and_then(|at| stops.with_untracked(|stops| stops.get(at).map(|stop| stop.x)));
    if let (Some(x), Some(chosen)) = (x, chosen) {
        chosen(x);
    }
}

/// Arrows step through the values, Home and End go to the ends, Enter chooses, Escape lets go.
fn keyed(canvas: El, at: RwSignal<Option<usize>>, stops: Memo<Vec<Stop>>, chosen: Chosen) -> El {
    let pressed = move |event: KeyboardEvent| {
        let last = stops.with_untracked(Vec::len).saturating_sub(1);
        let now = at.get_untracked();
        let to = match event.key().as_str() {
            "ArrowRight" => Some(now.map_or(0, |at| (at + 1).min(last))),
            "ArrowLeft" => Some(now.map_or(last, |at| at.saturating_sub(1))),
            "Home" => Some(0),
            "End" => Some(last),
            "Escape" if now.is_some() => None,
            "Enter" if chosen.is_some() => return choose(at, stops, &chosen),
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        at.set(to);
    };
    canvas.on("keydown", pressed).on("blur", move |_: Event| at.set(None))
}

fn said(picture: &Picture, stop: &Stop) -> String {
    let mut text = format!("{} {}", stop.name, picture.x.name);
    for (place, value) in &stop.values {
        let name = picture.series.get(*place).map_or("", |series| series.name.as_str());
        text.push_str(&format!("; {name} {value}"));
    }
    text
}

/// The line and the values over the chart.
fn over(canvas: &HtmlCanvasElement, at: usize, picture: Memo<Picture>, stops: Memo<Vec<Stop>>) -> Option<(El, El)> {
    let stop = stops.with(|stops| stops.get(at).cloned())?;
    picture.with(|picture| {
        let frame = Frame::of(picture, size(canvas));
        let x = frame.x(picture, stop.mark);
        let head = el("b", "").with(format!("{} {}", stop.name, picture.x.name));
        let tip = stop.values.iter().fold(div("lab-tip").with(head), |tip, (place, value)| {
            let series = picture.series.get(*place);
            let name = series.map_or("", |series| series.name.as_str());
            let swatch = span("swatch").style("background", format!("var(--cat-{})", series.map_or(8, |s| s.tint)));
            tip.with(div("").with((swatch, span("").with(name), span("num").with(value))))
        });
        // On the side where there is room.
        let tip = if x * 2.0 > size(canvas).0 {
            tip.style("right", px(size(canvas).0 - x + 10.0))
        } else {
            tip.style("left", px(x + 10.0))
        };
        let rule = span("chart-rule").style("left", px(x)).style("top", px(frame.top));
        Some((rule.style("height", px(frame.bottom - frame.top)), tip))
    })
}

fn exports(lab: Lab, name: &'static str, picture: Memo<Picture>, canvas: HtmlCanvasElement) -> El {
    const ITEMS: [(&str, &str, &str); 3] = [
        ("png", "PNG", "the picture, sharp"),
        ("svg", "SVG", "the picture, as lines"),
        ("csv", "CSV", "the values, unrounded"),
    ];
    menu("Save", &ITEMS, move |item| {
        let palette = theme::palette(lab.repaint.get_untracked());
        picture.with_untracked(|picture| match item {
            "csv" => save::bytes(picture.csv().as_bytes(), "text/csv", &format!("{name}.csv")),
            "svg" => {
                let (width, height) = size(&canvas);
                let mut pen = SvgPen::new(width, height, theme::rgb(&palette.surface));
                draw(picture, (width, height), &palette, &mut pen);
                save::bytes(pen.finish().as_bytes(), "image/svg+xml", &format!("{name}.svg"));
            }
            _ => png(name, picture, size(&canvas), &palette),
        });
    })
    .attr("data-export", name)
}

/// Draws once more, on a ground and sharper than the screen, and saves that.
fn png(name: &'static str, picture: &Picture, size: (f64, f64), palette: &Palette) {
    let canvas: HtmlCanvasElement = el("canvas", "").as_node();
    let ratio = dom::window().device_pixel_ratio().max(SHARP);
    canvas.set_width((size.0 * ratio).round() as u32);
    canvas.set_height((size.1 * ratio).round() as u32);
    let context = canvas.get_context("2d").ok().flatten();
    if let Some(context) = context.and_then(|c| c.dyn_into::<web_sys::CanvasRenderingContext2d>().ok()) {
        context.set_fill_style_str(&palette.surface);
        context.fill_rect(0.0, 0.0, canvas.width().into(), canvas.height().into());
    }
    let Some(mut pen) = CanvasPen::new(&canvas, ratio, "system-ui, sans-serif") else { return };
    draw(picture, size, palette, &mut pen);
    let made = Closure::once_into_js(move |blob: Option<Blob>| {
        if let Some(blob) = blob {
            save::blob(&blob, &format!("{name}.png"));
        }
    });
    let _ = canvas.to_blob(made.unchecked_ref());
}

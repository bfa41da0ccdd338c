//! Marks on, above and between bars: failures, limits, retries, deaths, what is chosen.

use lanescope_protocol::Link;
use web_sys::CanvasRenderingContext2d as Context;

use crate::charts::lanes::bars::Bar;
use crate::charts::lanes::layout::{Layout, Mark, READABLE_PX};
use crate::charts::lanes::paint::Scene;
use crate::charts::lanes::span::{Scale, Span};
use crate::charts::theme::Palette;
use crate::state::number::Within;

/// Room that the mark of a dead worker takes behind its last test, pixels.
pub const DIED_PX: f64 = 48.0;
/// Room that the mark of a worker in another's place takes before its first test, pixels.
pub const REPLACES_PX: f64 = 100.0;
/// Two moments are the same when they are no farther apart, seconds.
const HAIR_S: f64 = 2e-6;

/// Marks inside bars and notches above them: a shape, beside the colour.
pub fn marks(context: &Context, layout: &Layout, palette: &Palette) {
    context.set_line_width(1.6);
    context.set_stroke_style_str(if layout.by_outcome { &palette.bar_mark } else { &palette.bar_text });
    context.set_line_cap("round");
    context.begin_path();
    for Mark { kind, rect: [x, y, w, h] } in &layout.marks {
        let (x, y, w, h) = (*x, *y, *w, *h);
        match kind {
            1 => cross(context, x, y, w, h),
            2 => {
                context.move_to(x + w / 2.0, y);
                context.line_to(x + w / 2.0, y + h * 0.6);
                context.move_to(x + w / 2.0, y + h - 0.2);
                context.line_to(x + w / 2.0, y + h);
            }
            _ => {
                let middle = y + h / 2.0;
                context.move_to(x, middle + 1.2);
                context.bezier_curve_to(x + 2.5, middle - 4.2, x + 5.0, middle + 4.2, x + w, middle - 1.2);
            }
        }
    }
    context.stroke();
    context.set_line_cap("butt");
    // A notch cut into the bar's top (failed), or top and bottom (error).
    context.set_fill_style_str(&palette.select);
    context.begin_path();
    for Mark { kind, rect: [x, y, w, h] } in &layout.notches {
        let middle = x + w / 2.0;
        let size = (h / 6.0).within(2.0, 3.5);
        let wedge = |from: f64, to: f64| {
            context.move_to(middle - size, from);
            context.line_to(middle + size, from);
            context.line_to(middle, to);
        };
        match kind {
            2 => {
                wedge(y - 1.0, y + size);
                wedge(y + h + 1.0, y + h - size);
            }
            1 => wedge(y - 1.0, y + size),
            _ => wedge(y + h + 1.0, y + h - size),
        }
    }
    context.fill();
    limits(context, layout, palette);
}

fn cross(context: &Context, x: f64, y: f64, w: f64, h: f64) {
    context.move_to(x + 1.0, y + 1.0);
    context.line_to(x + w - 1.0, y + h - 1.0);
    context.move_to(x + w - 1.0, y + 1.0);
    context.line_to(x + 1.0, y + h - 1.0);
}

/// A clock at the end of what a time limit stopped, a tick at the end of what came near it.
fn limits(context: &Context, layout: &Layout, palette: &Palette) {
    context.set_line_width(1.4);
    context.set_stroke_style_str(&palette.select);
    context.set_fill_style_str(&palette.surface);
    for Mark { kind, rect: [x, y, w, h] } in &layout.limits {
        let (end, middle) = (x + w, y + h / 2.0);
        context.begin_path();
        if *kind == 1 {
            let _ = context.arc(end, middle, 5.0, 0.0, std::f64::consts::TAU);
            context.fill();
            context.move_to(end, middle - 3.0);
            context.line_to(end, middle);
            context.line_to(end + 2.4, middle + 1.0);
        } else {
            context.move_to(end - 0.7, y - 2.0);
            context.line_to(end - 0.7, y + (h / 3.0).min(6.0));
        }
        context.stroke();
    }
}

/// A curve from the middle of one lane to that of another.
fn curve(context: &Context, scene: &Scene, scale: Scale, link: &Link) {
    let rows = &scene.rows;
    let middle = |lane| rows.y(lane) + rows.bar_height() / 2.0;
    let (x0, y0) = (scale.x(link.from_s), middle(link.from_lane));
    let (x1, y1) = (scale.x(link.to_s), middle(link.to_lane));
    // On one lane the curve leaves it, so that it is not hidden by what lies between.
    let bow = if link.from_lane == link.to_lane { -rows.pitch * 0.7 } else { 0.0 };
    let reach = ((x1 - x0).abs() / 2.0).within(6.0, 90.0);
    context.move_to(x0, y0);
    context.bezier_curve_to(x0 + reach, y0 + bow, x1 - reach, y1 + bow, x1, y1);
}

/// Retries: thin curves, strong ones for the test that is pointed at or selected.
pub fn links(context: &Context, scene: &Scene, scale: Scale, palette: &Palette) {
    if scene.rows.bar_height() < READABLE_PX {
        return;
    }
    let finest = scene.pieces.iter().max_by(|a, b| a.0.px_per_s.total_cmp(&b.0.px_per_s));
    let links = finest.map_or(&[] as &[Link], |(bars, _)| &bars.frame.links);
    let of_bar = |link: &Link, bar: &Bar| {
        let (from, to) = (bar.span.from_s, bar.span.to_s);
        (link.from_lane == bar.lane && (link.from_s - to).abs() < HAIR_S)
            || (link.to_lane == bar.lane && (link.to_s - from).abs() < HAIR_S)
    };
    let hovered = |link: &Link| scene.hover.iter().chain(&scene.cursor).any(|bar| of_bar(link, bar));
    let seen = |link: &Link| {
        (scale.x(link.to_s) - scale.x(link.from_s)).abs() + if link.from_lane == link.to_lane { 0.0 } else { 9.0 } > 2.0
    };
    context.set_stroke_style_str(&palette.select);
    context.set_line_width(1.0);
    context.set_global_alpha(0.4);
    context.begin_path();
    links.iter().filter(|link| seen(link)).for_each(|link| curve(context, scene, scale, link));
    context.stroke();
    context.set_global_alpha(1.0);
    context.set_line_width(2.0);
    context.begin_path();
    links.iter().filter(|link| hovered(link)).for_each(|link| curve(context, scene, scale, link));
    for pair in scene.selected.windows(2) {
        if let [a, b] = pair {
            let link = Link { from_lane: a.lane, from_s: a.to_s, to_lane: b.lane, to_s: b.from_s };
            curve(context, scene, scale, &link);
        }
    }
    context.stroke();
}

/// Where a worker died, and where another came in its place.
pub fn deaths(context: &Context, scene: &Scene, scale: Scale, palette: &Palette) {
    let (lanes, rows) = (&scene.timeline.lanes, &scene.rows);
    if rows.bar_height() < READABLE_PX {
        return;
    }
    let seen = || {
        let open = rows.visible().filter(|&lane| rows.is_open(lane));
        open.filter_map(|lane| Some((lane, lanes.get(lane as usize)?)))
    };
    context.set_stroke_style_str(&palette.error);
    context.set_line_width(1.5);
    // The ways from one to the other lie below all words and marks.
    for (lane, facts) in seen() {
        let Some(name) = &facts.replaces else { continue };
        let Some(before) = (0..).zip(lanes).find(|(_, lane)| lane.name == *name) else { continue };
        // Dotted where only names and times say it.
        let dots = js_sys::Array::new();
        if facts.replaces_inferred {
            dots.push(&2.0.into());
            dots.push(&3.0.into());
        }
        let _ = context.set_line_dash(&dots);
        context.begin_path();
        let (from_lane, from_s): (u32, f64) = (before.0, before.1.last_s);
        curve(context, scene, scale, &Link { from_lane, from_s, to_lane: lane, to_s: facts.first_s });
        context.stroke();
        let _ = context.set_line_dash(&js_sys::Array::new());
    }
    let label = |text: &str, wide: f64, x: f64, lane: u32| {
        let y = (rows.y(lane) + rows.bar_height() / 2.0).round();
        context.set_fill_style_str(&palette.surface);
        context.fill_rect(x - 4.0, y - 9.0, wide + 8.0, 18.0);
        context.set_fill_style_str(&palette.error);
        let _ = context.fill_text(text, x, y + 0.5);
    };
    let width = |text: &str| context.measure_text(text).map_or(80.0, |m| m.width());
    context.set_line_width(2.0);
    for (lane, facts) in seen() {
        if facts.crashed {
            let (x, middle) = (scale.x(facts.last_s) + 9.0, rows.y(lane) + rows.bar_height() / 2.0);
            label("died", width("died"), x + 10.0, lane);
            context.set_fill_style_str(&palette.surface);
            context.fill_rect(x - 7.0, (middle - 9.0).round(), 16.0, 18.0);
            context.begin_path();
            cross(context, x - 5.0, middle - 5.0, 10.0, 10.0);
            context.stroke();
        }
        if let Some(name) = &facts.replaces {
            let text = format!("replaces {name}");
            let wide = width(&text);
            label(&text, wide, (scale.x(facts.first_s) - wide - 10.0).max(2.0), lane);
        }
    }
}

/// What is selected, come to by the keys, or pointed at.
pub fn outlines(context: &Context, scene: &Scene, scale: Scale, palette: &Palette) {
    let rows = &scene.rows;
    let outline = |lane: u32, span: Span, width: f64| {
        let (x0, x1) = (scale.x(span.from_s), scale.x(span.to_s));
        let (x0, x1) = if x1 - x0 < 4.0 { (x0 - 2.0, x0 + 3.0) } else { (x0, x1) };
        let (x0, x1) = (x0.max(-4.0), x1.min(scale.x(scene.view.to_s) + 4.0));
        let (y, height) = (rows.y(lane), rows.bar_height());
        if x1 > x0 && y + height > rows.top {
            context.set_line_width(width);
            context.stroke_rect(x0 - 0.5, y - 0.5, x1 - x0, height + 1.0);
        }
    };
    context.set_stroke_style_str(&palette.select);
    context.set_fill_style_str(&palette.select);
    for place in scene.selected.iter().chain(scene.twins) {
        let Some(seen) = Span::new(place.from_s, place.to_s.max(place.from_s + HAIR_S)).common(scene.view) else {
            continue;
        };
        outline(place.lane, Span::new(place.from_s, place.to_s), 2.0);
        // A pointer in the axis, so that a hair-thin bar is found again.
        let x = scale.x(f64::midpoint(seen.from_s, seen.to_s));
        context.begin_path();
        context.move_to(x - 4.0, rows.top - 6.0);
        context.line_to(x + 4.0, rows.top - 6.0);
        context.line_to(x, rows.top - 1.0);
        context.fill();
    }
    context.set_stroke_style_str(&palette.accent);
    for place in scene.pieces_of {
        let span = Span::new(place.from_s, place.to_s);
        if rows.is_open(place.lane) && span.common(scene.view).is_some() {
            outline(place.lane, span, 1.5);
        }
    }
    for (bar, width) in [(&scene.cursor, 2.0), (&scene.hover, 1.5)] {
        if let Some(bar) = bar {
            outline(bar.lane, bar.span, width);
        }
    }
}

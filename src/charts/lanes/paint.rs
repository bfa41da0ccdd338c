//! The painter: one view of the lanes onto a canvas, rectangles grouped by colour.

use std::rc::Rc;

use lanescope_protocol::{Provenance, Timeline};
use web_sys::CanvasRenderingContext2d;

use crate::charts::canvas::Surface;
use crate::charts::lanes::axis;
use crate::charts::lanes::bars::{Bar, Bars};
use crate::charts::lanes::hatch::{Hatch, Hatches};
use crate::charts::lanes::layout::{Batches, FLAKY, LEVELS, Mark, PAINT_ORDER, Rect};
use crate::charts::lanes::rows::Rows;
use crate::charts::lanes::span::{Scale, Span};
use crate::charts::lanes::text::Widths;
use crate::charts::theme::{self, Palette};
use crate::ui::format;

/// Height of the axis, pixels.
pub const AXIS_PX: f64 = 24.0;
/// Height of the line that says that the lanes are not recorded, pixels.
pub const BANNER_PX: f64 = 20.0;
/// Strength of a bar's colour by level.
const ALPHA: [f64; LEVELS] = [0.35, 0.55, 0.78, 1.0];
/// Bars of this height carry their time below their name, pixels.
const TWO_LINES_PX: f64 = 34.0;
const MAX_MARKS: usize = 600;
const SMALL: &str = "11px";

/// One view of the lanes.
pub struct Scene<'a> {
    /// The lanes.
    pub timeline: &'a Timeline,
    /// Frames, each with the stretch that it is drawn on.
    pub pieces: &'a [(Rc<Bars>, Span)],
    /// What is visible.
    pub view: Span,
    /// Where the lanes lie.
    pub rows: Rows,
    /// The bar under the pointer.
    pub hover: Option<Bar>,
    /// The bar that the keys have come to.
    pub cursor: Option<Bar>,
    /// Rows of the attempts of the selected test.
    pub selected: &'a [u32],
    /// Bars of a test that is chosen or pointed at in another run.
    pub twins: &'a [Bar],
    /// Name of an attempt's test, where it is known.
    pub name: &'a dyn Fn(u32) -> Option<String>,
    /// Version of the theme.
    pub theme: u32,
    /// The page's font.
    pub font: &'a str,
}

/// What the painter keeps between draws.
#[derive(Default)]
pub struct Painter {
    batches: Batches,
    hatches: Hatches,
    widths: Option<(String, Widths)>,
}

/// What is said on the canvas itself, always, where the lanes are not recorded.
pub fn banner(provenance: Provenance) -> Option<&'static str> {
    match provenance {
        Provenance::Recorded => None,
        Provenance::Rebuilt => Some("rebuilt from recorded times"),
        Provenance::Simulated => Some("simulated from durations: not what happened"),
        Provenance::Unknown => Some("unknown"),
    }
}

/// Height above the first lane, pixels.
pub fn top_px(provenance: Provenance) -> f64 {
    AXIS_PX + if banner(provenance).is_some() { BANNER_PX } else { 0.0 }
}

impl Painter {
    /// Bars with room for a name in the last draw.
    pub fn wide(&self) -> &[crate::charts::lanes::layout::Wide] {
        &self.batches.wide
    }

    /// Paints a view.
    pub fn paint(&mut self, surface: &Surface, scene: &Scene) {
        let palette = theme::palette(scene.theme);
        let scale = Scale::new(scene.view, surface.width);
        let context = &surface.context;
        self.hatches.refresh(context, &palette, scene.theme, surface.ratio);
        self.batches.lay_out(scene.pieces, scale, &scene.rows, surface.ratio);
        self.bars(context, &palette);
        if banner(scene.timeline.provenance).is_some() {
            // Only onto what is painted already: the bars.
            let all = [0.0, scene.rows.top, surface.width, (scene.rows.bottom - scene.rows.top).max(0.0)];
            let _ = context.set_global_composite_operation("source-atop");
            self.hatches.fill(surface, Hatch::NotRecorded, scale.x(0.0), &[all]);
        }
        let _ = context.set_global_composite_operation("destination-over");
        self.grounds(surface, scene, scale, &palette);
        let _ = context.set_global_composite_operation("source-over");
        self.marks(context, &palette);
        self.names(context, scene, &palette);
        outlines(context, scene, scale, &palette);
        axis_band(surface, scene, scale, &palette);
    }

    fn bars(&self, context: &CanvasRenderingContext2d, palette: &Palette) {
        for kind in PAINT_ORDER {
            let color = if kind == FLAKY { Some(&palette.bar_flaky) } else { palette.bars.get(kind) };
            let (Some(color), Some(levels)) = (color, self.batches.bars.get(kind)) else { continue };
            if levels.iter().all(Vec::is_empty) {
                continue;
            }
            context.set_fill_style_str(color);
            for (rects, alpha) in levels.iter().zip(ALPHA) {
                if rects.is_empty() {
                    continue;
                }
                context.set_global_alpha(alpha);
                fill(context, rects);
            }
        }
        context.set_fill_style_str(&palette.edge);
        context.set_global_alpha(0.75);
        fill(context, &self.batches.phases);
        context.set_fill_style_str(&palette.bar_text);
        context.set_global_alpha(0.7);
        fill(context, &self.batches.retries);
        context.set_global_alpha(1.0);
    }

    /// What lies under the bars, front to back: idle time, start-up, tail, grid.
    fn grounds(&self, surface: &Surface, scene: &Scene, scale: Scale, palette: &Palette) {
        let context = &surface.context;
        let (timeline, rows) = (scene.timeline, &scene.rows);
        let ratio = surface.ratio;
        let snap = |x: f64| (x * ratio).round() / ratio;
        let (mut idle, mut start, mut tail, mut after) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let recorded = timeline.provenance == Provenance::Recorded;
        let (y_of, height) = (|lane| snap(rows.y(lane)), snap(rows.bar_height()).max(1.0 / ratio));
        for lane in rows.visible() {
            let Some(facts) = timeline.lanes.get(lane as usize) else { continue };
            let put = |into: &mut Vec<Rect>, from_s: f64, to_s: f64| {
                let (from, to) = (scale.x(from_s).max(0.0), scale.x(to_s).min(surface.width));
                if to > from {
                    into.push([snap(from), y_of(lane), snap(to) - snap(from), height]);
                }
            };
            put(&mut idle, facts.first_s, facts.last_s);
            // Without a recorded session the ramp begins with the first test of all.
            put(&mut start, timeline.session_from_s.unwrap_or(0.0).min(0.0), facts.first_s);
            put(&mut tail, facts.last_s, timeline.to_s);
            if let Some(end_s) = timeline.session_to_s {
                put(&mut after, timeline.to_s, end_s);
            }
        }
        let origin = scale.x(0.0);
        if recorded {
            self.hatches.fill(surface, Hatch::StartUp, origin, &start);
        }
        self.hatches.fill(surface, Hatch::Tail, origin, &tail);
        self.hatches.fill(surface, Hatch::After, origin, &after);
        context.set_fill_style_str(&palette.idle);
        fill(context, &idle);
        context.set_fill_style_str(&palette.lane);
        for rects in [&start, &tail, &after] {
            fill(context, rects);
        }
        context.set_fill_style_str(&palette.line);
        let bottom = (rows.top + rows.total() - rows.scroll).min(rows.bottom);
        for (s, _) in axis::ticks(scene.view, surface.width, axis::apart_px(surface.width)) {
            context.fill_rect(snap(scale.x(s)), rows.top, 1.0 / ratio, (bottom - rows.top).max(0.0));
        }
    }

    fn marks(&self, context: &CanvasRenderingContext2d, palette: &Palette) {
        context.set_line_width(1.6);
        context.set_stroke_style_str(&palette.bar_text);
        context.set_line_cap("round");
        context.begin_path();
        for Mark { kind, rect: [x, y, w, h] } in self.batches.marks.iter().take(MAX_MARKS) {
            let (x, y, w, h) = (*x, *y, *w, *h);
            match kind {
                1 => {
                    context.move_to(x + 1.0, y + 1.0);
                    context.line_to(x + w - 1.0, y + h - 1.0);
                    context.move_to(x + w - 1.0, y + 1.0);
                    context.line_to(x + 1.0, y + h - 1.0);
                }
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
        // A notch cut into the bar's top (failed), or top and bottom (error): a shape, beside the colour.
        context.set_fill_style_str(&palette.select);
        context.begin_path();
        for Mark { kind, rect: [x, y, w, h] } in self.batches.notches.iter().take(MAX_MARKS) {
            let middle = x + w / 2.0;
            let size = (h / 6.0).clamp(2.0, 3.5);
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
    }

    fn names(&mut self, context: &CanvasRenderingContext2d, scene: &Scene, palette: &Palette) {
        context.set_font(&format!("{SMALL} {}", scene.font));
        let widths = match &self.widths {
            Some((font, widths)) if font == scene.font => widths,
            _ => {
                let measured = Widths::measure(|text| context.measure_text(text).map_or(7.0, |m| m.width()));
                &self.widths.insert((scene.font.to_owned(), measured)).1
            }
        };
        context.set_fill_style_str(&palette.bar_text);
        context.set_text_baseline("middle");
        context.set_text_align("left");
        for wide in &self.batches.wide {
            let Some(name) = (scene.name)(wide.attempt) else { continue };
            let [x, y, width, height] = wide.rect;
            let text = widths.clip(&name, width);
            if text.is_empty() {
                continue;
            }
            let middle = (y + height / 2.0).round() + 0.5;
            if height < TWO_LINES_PX {
                let _ = context.fill_text(&text, x, middle);
                continue;
            }
            let _ = context.fill_text(&text, x, middle - 7.0);
            // A figure is shown whole or not at all.
            let time = format::seconds(wide.len_s);
            let seconds = Some(widths.clip(&time, width)).filter(|clipped| *clipped == time).unwrap_or_default();
            context.set_global_alpha(0.72);
            let _ = context.fill_text(&seconds, x, middle + 7.0);
            context.set_global_alpha(1.0);
        }
    }
}

fn fill(context: &CanvasRenderingContext2d, rects: &[Rect]) {
    for [x, y, width, height] in rects {
        context.fill_rect(*x, *y, *width, *height);
    }
}

fn outlines(context: &CanvasRenderingContext2d, scene: &Scene, scale: Scale, palette: &Palette) {
    let rows = &scene.rows;
    let outline = |bar: &Bar, width: f64| {
        let (x0, x1) = (scale.x(bar.span.from_s), scale.x(bar.span.to_s));
        let (x0, x1) = if x1 - x0 < 4.0 { (x0 - 2.0, x0 + 3.0) } else { (x0, x1) };
        let (x0, x1) = (x0.max(-4.0), x1.min(scale.x(scene.view.to_s) + 4.0));
        let (y, height) = (rows.y(bar.lane), rows.bar_height());
        if x1 > x0 && y + height > rows.top {
            context.set_line_width(width);
            context.stroke_rect(x0 - 0.5, y - 0.5, x1 - x0, height + 1.0);
        }
    };
    context.set_stroke_style_str(&palette.select);
    let find = |attempt: &u32| scene.pieces.iter().find_map(|(bars, _)| bars.find(*attempt));
    let chosen = scene.selected.iter().filter_map(find).chain(scene.twins.iter().copied());
    for bar in chosen {
        outline(&bar, 2.0);
        // What is left or right of the view has no pointer.
        let Some(seen) = bar.span.common(scene.view.grown(1e-9)) else { continue };
        let x = scale.x(f64::midpoint(seen.from_s, seen.to_s));
        // A pointer in the axis, so that a hair-thin bar is found again.
        context.set_fill_style_str(&palette.select);
        context.begin_path();
        context.move_to(x - 4.0, rows.top - 6.0);
        context.line_to(x + 4.0, rows.top - 6.0);
        context.line_to(x, rows.top - 1.0);
        context.fill();
    }
    context.set_stroke_style_str(&palette.accent);
    if let Some(bar) = &scene.cursor {
        outline(bar, 2.0);
    }
    if let Some(bar) = &scene.hover {
        outline(bar, 1.5);
    }
}

/// The axis lies on top, so that scrolled lanes pass under it.
fn axis_band(surface: &Surface, scene: &Scene, scale: Scale, palette: &Palette) {
    let context = &surface.context;
    let top = scene.rows.top;
    if top <= 0.0 {
        return;
    }
    let _ = context.set_global_composite_operation("source-over");
    context.set_fill_style_str(&palette.surface);
    context.fill_rect(0.0, 0.0, surface.width, top - 6.0);
    if scene.rows.scroll > 0.0 {
        context.fill_rect(0.0, top - 6.0, surface.width, 6.0);
    }
    context.set_font(&format!("{SMALL} {}", scene.font));
    context.set_text_baseline("middle");
    let base = if let Some(text) = banner(scene.timeline.provenance) {
        context.set_font(&format!("600 {SMALL} {}", scene.font));
        context.set_fill_style_str(&palette.text);
        context.set_text_align("left");
        let _ = context.fill_text(text, 0.0, BANNER_PX / 2.0 + 1.0);
        context.set_font(&format!("{SMALL} {}", scene.font));
        BANNER_PX
    } else {
        0.0
    };
    context.set_fill_style_str(&palette.text_3);
    let half = 24.0;
    for (s, label) in axis::ticks(scene.view, surface.width, axis::apart_px(surface.width)) {
        let x = scale.x(s);
        // A label that would be cut at an edge stands beside its tick.
        context.set_text_align(if x < half {
            "left"
        } else if x > surface.width - half {
            "right"
        } else {
            "center"
        });
        let _ = context.fill_text(&label, x, base + AXIS_PX / 2.0 - 1.0);
    }
    context.set_fill_style_str(&palette.line_strong);
    context.fill_rect(0.0, top - 1.0, surface.width, 1.0 / surface.ratio);
}

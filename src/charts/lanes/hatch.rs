//! Hatches: small canvases with a diagonal line, repeated. They tell apart what colour alone must not.

use wasm_bindgen::JsCast;
use web_sys::{CanvasPattern, CanvasRenderingContext2d, HtmlCanvasElement};

use crate::charts::canvas::Surface;
use crate::charts::lanes::layout::Rect;
use crate::charts::theme::Palette;
use crate::shell::dom;

/// What a hatch stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hatch {
    /// Before a worker's first test.
    StartUp,
    /// After a worker's last test, while others still run.
    Tail,
    /// Between two tests of a worker.
    Gap,
    /// After the last test of all.
    After,
    /// Over bars that did not happen there, or not as far as is known.
    NotRecorded,
}

/// The patterns of one theme and density.
#[derive(Clone, Debug, Default)]
pub struct Hatches {
    made_for: Option<(u32, u64)>,
    start_up: Option<CanvasPattern>,
    tail: Option<CanvasPattern>,
    gap: Option<CanvasPattern>,
    after: Option<CanvasPattern>,
    not_recorded: Option<CanvasPattern>,
}

impl Hatches {
    /// Makes the patterns again when theme or density has changed.
    pub fn refresh(&mut self, context: &CanvasRenderingContext2d, palette: &Palette, version: u32, ratio: f64) {
        let key = (version, (ratio * 1000.0) as u64);
        if self.made_for == Some(key) {
            return;
        }
        let make = |color: &str, alpha: f64, period: f64, line: f64, rising: bool| {
            pattern(context, color, alpha, (period * ratio).round(), line * ratio, rising)
        };
        self.start_up = make(&palette.start_up, 0.75, 7.0, 1.1, true);
        self.tail = make(&palette.tail, 0.6, 7.0, 1.1, false);
        self.gap = make(&palette.gap, 0.55, 9.0, 0.9, true);
        self.after = make(&palette.text_3, 0.4, 5.0, 0.8, false);
        self.not_recorded = make(&palette.surface, 0.55, 6.0, 1.6, true);
        self.made_for = Some(key);
    }

    /// Fills rectangles with a hatch that moves with what it lies on: `origin_px` is where time 0 is.
    pub fn fill(&self, surface: &Surface, hatch: Hatch, origin_px: f64, rects: &[Rect]) {
        let pattern = match hatch {
            Hatch::StartUp => &self.start_up,
            Hatch::Tail => &self.tail,
            Hatch::Gap => &self.gap,
            Hatch::After => &self.after,
            Hatch::NotRecorded => &self.not_recorded,
        };
        let Some(pattern) = pattern.as_ref().filter(|_| !rects.is_empty()) else { return };
        let (context, ratio) = (&surface.context, surface.ratio);
        context.set_fill_style_canvas_pattern(pattern);
        // In device pixels, so that lines stay sharp; far away the origin would only lose digits.
        let shift = (origin_px * ratio).round() % 4200.0;
        let _ = context.set_transform(1.0, 0.0, 0.0, 1.0, shift, 0.0);
        for [x, y, width, height] in rects {
            context.fill_rect(x * ratio - shift, y * ratio, width * ratio, height * ratio);
        }
        let _ = context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
    }
}

fn pattern(
    on: &CanvasRenderingContext2d,
    color: &str,
    alpha: f64,
    period: f64,
    line: f64,
    rising: bool,
) -> Option<CanvasPattern> {
    let tile: HtmlCanvasElement = dom::document().create_element("canvas").ok()?.dyn_into().ok()?;
    tile.set_width(period as u32);
    tile.set_height(period as u32);
    let context: CanvasRenderingContext2d = tile.get_context("2d").ok()??.dyn_into().ok()?;
    context.set_stroke_style_str(color);
    context.set_global_alpha(alpha);
    context.set_line_width(line);
    context.begin_path();
    // One line through the tile and its continuation at two corners.
    for shift in [-period, 0.0, period] {
        let (from, to) = if rising { (period + 1.0, -1.0) } else { (-1.0, period + 1.0) };
        context.move_to(shift - 1.0, from);
        context.line_to(shift + period + 1.0, to);
    }
    context.stroke();
    on.create_pattern_with_html_canvas_element(&tile, "repeat").ok()?
}

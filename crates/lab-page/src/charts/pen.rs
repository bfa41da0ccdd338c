//! What draws: on a canvas by plotters, or as SVG.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters_canvas::CanvasBackend;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// A colour, how much of it, and how wide its line is, CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ink {
    pub rgb: (u8, u8, u8),
    pub alpha: f64,
    pub width: f64,
}

/// Which end of a text stands at its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// Draws with CSS pixels.
pub trait Pen {
    fn line(&mut self, points: &[(f64, f64)], ink: Ink, dashed: bool);
    fn area(&mut self, points: &[(f64, f64)], ink: Ink);
    fn dot(&mut self, at: (f64, f64), radius: f64, ink: Ink, filled: bool);
    /// Text of 11 pixels, around the height of its point.
    fn text(&mut self, at: (f64, f64), text: &str, ink: Ink, anchor: Anchor);
}

/// A canvas. plotters draws in whole device pixels; labels are the canvas's own: plotters would measure each through a
/// piece of the page's layout.
pub struct CanvasPen {
    area: DrawingArea<CanvasBackend, Shift>,
    context: CanvasRenderingContext2d,
    ratio: f64,
    family: String,
}

impl CanvasPen {
    /// A pen for a canvas that has `ratio` device pixels in each CSS pixel. Nothing is scaled: plotters knows device
    /// pixels alone.
    pub fn new(canvas: &HtmlCanvasElement, ratio: f64, family: &str) -> Option<Self> {
        let context: CanvasRenderingContext2d = canvas.get_context("2d").ok().flatten()?.dyn_into().ok()?;
        let _ = context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0);
        // plotters has its own version of the browser's types.
        let backend = CanvasBackend::with_canvas_object(canvas.clone().unchecked_into())?;
        Some(Self { area: backend.into_drawing_area(), context, ratio, family: family.to_owned() })
    }

    fn px(&self, (x, y): (f64, f64)) -> (i32, i32) {
        ((x * self.ratio).round() as i32, (y * self.ratio).round() as i32)
    }

    fn style(&self, ink: Ink, filled: bool) -> ShapeStyle {
        let color = RGBColor(ink.rgb.0, ink.rgb.1, ink.rgb.2).mix(ink.alpha);
        let stroke_width = (ink.width * self.ratio).round().max(1.0) as u32;
        ShapeStyle { color, filled, stroke_width }
    }
}

impl Pen for CanvasPen {
    fn line(&mut self, points: &[(f64, f64)], ink: Ink, dashed: bool) {
        if dashed {
            let dash = js_sys::Array::of2(&(4.0 * self.ratio).into(), &(3.0 * self.ratio).into());
            let _ = self.context.set_line_dash(&dash);
        }
        let points: Vec<(i32, i32)> = points.iter().map(|&at| self.px(at)).collect();
        let _ = self.area.draw(&PathElement::new(points, self.style(ink, false)));
        if dashed {
            let _ = self.context.set_line_dash(&js_sys::Array::new());
        }
    }

    fn area(&mut self, points: &[(f64, f64)], ink: Ink) {
        let points: Vec<(i32, i32)> = points.iter().map(|&at| self.px(at)).collect();
        let _ = self.area.draw(&Polygon::new(points, self.style(ink, true)));
    }

    fn dot(&mut self, at: (f64, f64), radius: f64, ink: Ink, filled: bool) {
        let radius = (radius * self.ratio).round() as i32;
        let _ = self.area.draw(&Circle::new(self.px(at), radius, self.style(ink, filled)));
    }

    fn text(&mut self, (x, y): (f64, f64), text: &str, ink: Ink, anchor: Anchor) {
        let (r, g, b) = ink.rgb;
        self.context.set_font(&format!("{}px {}", (11.0 * self.ratio).round() as i32, self.family));
        self.context.set_fill_style_str(&format!("rgb({r},{g},{b})"));
        self.context.set_text_baseline("middle");
        self.context.set_text_align(match anchor {
            Anchor::Start => "left",
            Anchor::Middle => "center",
            Anchor::End => "right",
        });
        let _ = self.context.fill_text(text, x * self.ratio, y * self.ratio);
    }
}

//! A canvas that is as sharp as the screen: its size in device pixels follows its size on the page.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::shell::dom;
pub use crate::shell::dom::Resizes;

/// A canvas ready to draw on, in CSS pixels.
pub struct Surface {
    /// The drawing context, already scaled.
    pub context: CanvasRenderingContext2d,
    /// Width in CSS pixels.
    pub width: f64,
    /// Height in CSS pixels.
    pub height: f64,
    /// Device pixels per CSS pixel.
    pub ratio: f64,
}

/// Fits the canvas's pixels to its place on the page, clears it, and gives the context scaled to CSS pixels.
/// `None` while it has no size.
pub fn prepare(canvas: &HtmlCanvasElement) -> Option<Surface> {
    let ratio = dom::window().device_pixel_ratio().max(1.0);
    let (width, height) = (f64::from(canvas.client_width()), f64::from(canvas.client_height()));
    if width < 1.0 || height < 1.0 {
        return None;
    }
    let (w, h) = ((width * ratio).round() as u32, (height * ratio).round() as u32);
    if canvas.width() != w || canvas.height() != h {
        canvas.set_width(w);
        canvas.set_height(h);
    }
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok().flatten()?.dyn_into().ok()?;
    let _ = context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
    context.clear_rect(0.0, 0.0, width, height);
    Some(Surface { context, width, height, ratio })
}

/// Draws at most once a frame, however often it is asked.
#[derive(Clone)]
pub struct Redraw {
    pending: Rc<RefCell<bool>>,
    draw: Rc<dyn Fn()>,
}

impl Redraw {
    /// A scheduler for this drawing.
    pub fn new(draw: impl Fn() + 'static) -> Self {
        Self { pending: Rc::default(), draw: Rc::new(draw) }
    }

    /// Asks for a drawing in the next frame.
    pub fn ask(&self) {
        if self.pending.replace(true) {
            return;
        }
        let (pending, draw) = (Rc::clone(&self.pending), Rc::clone(&self.draw));
        dom::next_frame(move || {
            pending.replace(false);
            draw();
        });
    }
}

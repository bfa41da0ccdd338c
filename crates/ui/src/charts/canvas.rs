//! A canvas that is as sharp as the screen: its size in device pixels follows its size on the page.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

pub use crate::shell::dom::Resizes;
use crate::shell::{dom, marks};

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

/// Drawing of one frame stops after so long, milliseconds: what is left has its turn in the next. A first look draws
/// lanes, map and curves, and together they would hold the page up.
const BUDGET_MS: f64 = 8.0;

thread_local! {
    static DUE: RefCell<VecDeque<Redraw>> = const { RefCell::new(VecDeque::new()) };
    static TURNS: RefCell<VecDeque<Box<dyn FnOnce()>>> = const { RefCell::new(VecDeque::new()) };
    /// Whether a turn changed the page since the last frame: laying that out is enough for the next one.
    static TURNED: Cell<bool> = const { Cell::new(false) };
}

/// Runs something that makes a part of the page, each after a frame of its own: what is made and what is drawn would
/// together hold the page up, and a fixed wait is too short where frames are slow.
pub fn in_turn(work: impl FnOnce() + 'static) {
    let first = TURNS.with_borrow_mut(|turns| {
        turns.push_back(Box::new(work));
        turns.len() == 1
    });
    if first {
        dom::next_frame(after_frame);
    }
}

fn after_frame() {
    // In a task of its own.
    dom::after(0, take_turn);
}

fn take_turn() {
    // What is due to be drawn goes first.
    if !DUE.with_borrow(VecDeque::is_empty) {
        return dom::next_frame(after_frame);
    }
    let Some(work) = TURNS.with_borrow_mut(VecDeque::pop_front) else { return };
    // What the work itself adds to an empty queue sees to its own turn.
    if !TURNS.with_borrow(VecDeque::is_empty) {
        dom::next_frame(after_frame);
    }
    TURNED.set(true);
    work();
}

/// Draws at most once a frame, however often it is asked.
#[derive(Clone)]
pub struct Redraw {
    pending: Rc<Cell<bool>>,
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
        let first = DUE.with_borrow_mut(|due| {
            due.push_back(self.clone());
            due.len() == 1
        });
        if first {
            dom::next_frame(draw_due);
        }
    }
}

fn draw_due() {
    if TURNED.take() {
        return dom::next_frame(draw_due);
    }
    let began_ms = marks::now_ms();
    // What asks again while it draws stands at the end, and has its turn in the next frame.
    let mut turns = DUE.with_borrow(VecDeque::len);
    while let Some(next) = DUE.with_borrow(|due| due.front().cloned()) {
        next.pending.set(false);
        (next.draw)();
        DUE.with_borrow_mut(VecDeque::pop_front);
        turns -= 1;
        if turns == 0 || marks::now_ms() - began_ms > BUDGET_MS {
            break;
        }
    }
    if DUE.with_borrow(|due| !due.is_empty()) {
        dom::next_frame(draw_due);
    }
}

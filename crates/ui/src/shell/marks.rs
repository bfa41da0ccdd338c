//! User-timing marks, for whoever measures the page.

use std::cell::{Cell, RefCell};

use crate::shell::dom;

/// Bytes are in hand.
pub const OPEN: &str = "lanescope:open";
/// The overview is shown.
pub const READY: &str = "lanescope:ready";
/// The first frame of the timeline is drawn.
pub const TIMELINE: &str = "lanescope:timeline";
/// A later draw of the timeline.
pub const FRAME: &str = "lanescope:frame";

/// Sets a mark now.
pub fn mark(name: &str) {
    if let Some(performance) = dom::window().performance() {
        let _ = performance.mark(name);
    }
}

/// The browser's clock, milliseconds.
pub fn now_ms() -> f64 {
    dom::window().performance().map_or(0.0, |p| p.now())
}

/// Draws something, and sets a measure from its start to its end.
pub fn measured(name: &str, draw: impl FnOnce()) {
    let Some(performance) = dom::window().performance() else { return draw() };
    const START: &str = "lanescope:start";
    let _ = performance.mark(START);
    draw();
    let _ = performance.measure_with_start_mark(name, START);
    performance.clear_marks_with_mark_name(START);
}

thread_local! {
    static OPENINGS: Cell<u32> = const { Cell::new(0) };
    static DRAWN: RefCell<Option<(u32, String)>> = const { RefCell::new(None) };
}

/// Notes that files were opened: the next timeline drawn is the first of what they brought.
pub fn opened() {
    OPENINGS.with(|n| n.set(n.get().wrapping_add(1)));
}

/// Draws the timeline of a run: the first draw after an opening sets [`TIMELINE`], each later one is a [`FRAME`].
pub fn timeline_drawn(run: &str, draw: impl FnOnce()) {
    let openings = OPENINGS.with(Cell::get);
    let known = DRAWN.with(|drawn| drawn.borrow().as_ref().is_some_and(|(n, r)| *n == openings && r == run));
    if known {
        return measured(FRAME, draw);
    }
    draw();
    mark(TIMELINE);
    DRAWN.with(|drawn| *drawn.borrow_mut() = Some((openings, run.to_owned())));
}

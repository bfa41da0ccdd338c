//! Wheel, mouse, pen and fingers.

use lanescope_protocol::Timeline;
use leptos::prelude::*;
use web_sys::{MouseEvent, PointerEvent, WheelEvent};

use crate::charts::lanes::bars::Bar;
use crate::charts::lanes::pointed::{self, Pointed, What};
use crate::charts::lanes::rows::Rows;
use crate::charts::lanes::span::Span;
use crate::charts::lanes::stage::Stage;
use crate::state::number::Within;

/// Pixels that a hand may tremble during a click.
const TREMBLE_PX: f64 = 4.0;
/// Pixels beside a bar that still hit it.
const SLACK_PX: f64 = 3.0;
/// Pixels beside a bar that a finger still hits it.
const FINGER_PX: f64 = 10.0;
/// Two clicks are one double click when no more lies between them, milliseconds.
const DOUBLE_MS: f64 = 600.0;
/// A hand that was still for so long before it let go does not throw, milliseconds.
const STILL_MS: f64 = 60.0;

/// Pointers that are down, and what became of them.
#[derive(Clone, Debug, Default)]
pub struct Gesture {
    down: Vec<(i32, f64, f64)>,
    began: (f64, f64),
    moved: bool,
    drag: Drag,
    /// When a drag was last moved, milliseconds, and how fast it then was, pixels per millisecond.
    speed: (f64, f64),
}

/// What a drag does.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Drag {
    #[default]
    Pan,
    /// Measures a stretch, with Shift.
    Measure,
    /// Draws a box to zoom to, with Alt.
    Box,
}

impl Gesture {
    /// Whether something is held.
    pub fn is_under_way(&self) -> bool {
        !self.down.is_empty()
    }
}

fn place(event: &MouseEvent) -> (f64, f64) {
    (f64::from(event.offset_x()), f64::from(event.offset_y()))
}

impl Stage {
    /// Zooms to the pointer; with Shift or sideways it pans, with Alt it scrolls the lanes.
    pub fn wheel(self, event: &WheelEvent) {
        event.prevent_default();
        let unit = match event.delta_mode() {
            WheelEvent::DOM_DELTA_LINE => 16.0,
            WheelEvent::DOM_DELTA_PAGE => 200.0,
            _ => 1.0,
        };
        let (dx, dy) = (event.delta_x() * unit, event.delta_y() * unit);
        let (view, bounds, scale) = (self.view.get_untracked(), self.bounds.get_untracked(), self.scale());
        if event.alt_key() {
            return self.scroll_to(self.scroll.get_untracked() + dy);
        }
        if event.shift_key() || dx.abs() > dy.abs() {
            let by_px = if dx == 0.0 { dy } else { dx };
            return self.show(view.panned(by_px / scale.px_per_s, bounds));
        }
        // A pinch on a trackpad comes as Ctrl and small steps.
        let rate = if event.ctrl_key() { 0.01 } else { 0.002 };
        let at_s = scale.s(place(event).0);
        self.show(view.zoomed(at_s, (dy.within(-400.0, 400.0) * rate).exp(), bounds));
    }

    /// A pointer goes down.
    pub fn pointer_down(self, event: &PointerEvent) {
        if event.button() > 1 {
            return;
        }
        let core = self.core();
        let (x, mut y) = place(event);
        if let Some(canvas) = core.canvas.borrow().as_ref() {
            let _ = canvas.set_pointer_capture(event.pointer_id());
            // A drag may begin on a curve, above the lanes or below them.
            if event.target().as_ref() != Some(canvas) {
                y = f64::from(event.client_y()) - canvas.get_bounding_client_rect().top();
            }
        }
        let mut gesture = core.gesture.borrow_mut();
        if gesture.down.is_empty() {
            (gesture.began, gesture.moved, gesture.speed) = ((x, y), false, (0.0, 0.0));
            gesture.drag = if event.shift_key() {
                Drag::Measure
            } else if event.alt_key() {
                Drag::Box
            } else {
                Drag::Pan
            };
            self.hold();
        }
        gesture.down.retain(|p| p.0 != event.pointer_id());
        gesture.down.push((event.pointer_id(), x, y));
    }

    /// A pointer moves: it pans, two of them zoom, and without a button it points.
    pub fn pointer_move(self, event: &PointerEvent) {
        let core = self.core();
        let (x, y) = place(event);
        let mut gesture = core.gesture.borrow_mut();
        let Some(held) = gesture.down.iter().position(|p| p.0 == event.pointer_id()) else {
            drop(gesture);
            if event.pointer_type() != "touch" {
                self.point_at(event, x, y);
            }
            return;
        };
        let before = gesture.down.clone();
        let (began_x, began_y) = gesture.began;
        if !gesture.moved && before.len() == 1 && (x - began_x).hypot(y - began_y) < TREMBLE_PX {
            return;
        }
        gesture.moved = true;
        if let Some(pointer) = gesture.down.get_mut(held) {
            (pointer.1, pointer.2) = (x, y);
        }
        let after = gesture.down.clone();
        let drag = gesture.drag;
        if let (Some(from), Some(to)) = (before.get(held), after.get(held)) {
            let (then_ms, now_ms) = (gesture.speed.0, event.time_stamp());
            let now = (from.1 - to.1) / (now_ms - then_ms).max(1.0);
            // The first moves of a hand say little of its speed.
            gesture.speed = (now_ms, if then_ms > 0.0 { (gesture.speed.1 + now) / 2.0 } else { 0.0 });
        }
        if after.len() > 1 {
            // Two fingers that are lifted throw nothing.
            gesture.speed = (0.0, 0.0);
        }
        drop(gesture);
        self.pointed.set(None);
        core.hover.set(None);
        let (view, bounds, scale) = (self.view.get_untracked(), self.bounds.get_untracked(), self.scale());
        if drag != Drag::Pan {
            return self.mark_out(drag, (began_x, began_y), (x, y));
        }
        if let ([a0, b0], [a1, b1]) = (before.as_slice(), after.as_slice()) {
            // What is under the two fingers stays under them.
            let (s_a, s_b) = (scale.s(a0.1), scale.s(b0.1));
            let apart = b1.1 - a1.1;
            if apart.abs() > 12.0 && (s_b - s_a).abs() > 0.0 {
                let len_s = ((s_b - s_a) / apart * self.width_px()).abs().min(bounds.len_s());
                let factor = len_s / view.len_s().max(f64::MIN_POSITIVE);
                let middle = f64::midpoint(s_a, s_b);
                let by_px = f64::midpoint(a1.1 - a0.1, b1.1 - b0.1);
                let zoomed = view.zoomed(middle, factor.within(0.2, 5.0), bounds);
                self.show(zoomed.panned(-by_px * zoomed.len_s() / self.width_px(), bounds));
            }
        } else if let (Some(from), Some(to)) = (before.get(held), after.get(held)) {
            self.show(view.panned((from.1 - to.1) / scale.px_per_s, bounds));
            if (to.2 - from.2).abs() > 0.0 {
                self.scroll_to(self.scroll.get_untracked() - (to.2 - from.2));
            }
        }
    }

    /// A pointer goes up: without a move it was a click.
    pub fn pointer_up(self, event: &PointerEvent) {
        let core = self.core();
        let mut gesture = core.gesture.borrow_mut();
        let held = gesture.down.iter().any(|p| p.0 == event.pointer_id());
        gesture.down.retain(|p| p.0 != event.pointer_id());
        let ended = held && gesture.down.is_empty();
        let clicked = ended && !gesture.moved;
        let (drag, speed, moved) = (gesture.drag, gesture.speed, gesture.moved);
        drop(gesture);
        if ended && moved && drag == Drag::Pan && event.time_stamp() - speed.0 < STILL_MS {
            self.fling(speed.1);
        }
        if let Some([x, _, width, _]) = core.rubber.take() {
            let scale = self.scale();
            self.glide(Span::new(scale.s(x), scale.s(x + width)));
            self.redraw();
        }
        if clicked && event.button() == 0 {
            let slack_px = if event.pointer_type() == "touch" { FINGER_PX } else { SLACK_PX };
            let (x, y) = place(event);
            self.click(x, y, slack_px, event.time_stamp());
        }
    }

    /// A stretch that is measured, or a box to zoom to, from where the drag began to where it is.
    fn mark_out(self, drag: Drag, from: (f64, f64), to: (f64, f64)) {
        let width_px = self.width_px();
        let (left, right) = (from.0.min(to.0).max(0.0), from.0.max(to.0).min(width_px));
        if drag == Drag::Measure {
            let scale = self.scale();
            return self.range.set(Some(Span::new(scale.s(left), scale.s(right))));
        }
        let (top, bottom) = (from.1.min(to.1).max(0.0), from.1.max(to.1));
        self.core().rubber.set(Some([left, top, right - left, bottom - top]));
        self.redraw();
    }

    /// The browser took the pointer away.
    pub fn pointer_lost(self, event: &PointerEvent) {
        self.core().rubber.take();
        self.core().gesture.borrow_mut().down.retain(|p| p.0 != event.pointer_id());
    }

    /// Nothing is pointed at.
    pub fn pointer_out(self) {
        self.core().hover.set(None);
        self.pointed.set(None);
        self.redraw();
    }

    fn on_lanes<T>(self, work: impl FnOnce(&Timeline, Rows) -> T) -> Option<T> {
        let height = self.core().canvas.borrow().as_ref().map_or(0.0, |c| f64::from(c.client_height()));
        self.timeline.with_untracked(|t| t.as_ref().map(|t| work(t, self.rows(t, height))))
    }

    fn bar_at(self, x: f64, y: f64, slack_px: f64) -> Option<(u32, Option<Bar>)> {
        let scale = self.scale();
        let lane = self.on_lanes(|_, rows| rows.at(y))??;
        let pieces = self.core().cache.borrow().pieces(self.view.get_untracked(), scale.px_per_s);
        let at_s = scale.s(x);
        let hits = pieces.iter().filter_map(|(bars, _)| bars.hit(lane, at_s, slack_px / scale.px_per_s));
        let far = |bar: &Bar| (bar.span.from_s - at_s).max(at_s - bar.span.to_s).max(0.0);
        Some((lane, hits.reduce(|best, bar| if far(&bar) < far(&best) { bar } else { best })))
    }

    fn point_at(self, event: &PointerEvent, x: f64, y: f64) {
        let core = self.core();
        let found = self.bar_at(x, y, SLACK_PX);
        let bar = found.as_ref().and_then(|(_, bar)| *bar);
        if core.hover.get() != bar {
            core.hover.set(bar);
            self.redraw();
        }
        let at_s = self.scale().s(x);
        let what = found.and_then(|(lane, bar)| {
            self.on_lanes(|timeline, _| {
                let facts = timeline.lanes.get(lane as usize)?;
                let what = match bar {
                    Some(bar) => What::Bar(bar),
                    None => {
                        let cache = core.cache.borrow();
                        let bars = cache.frames().find(|bars| bars.window().covers(Span::new(at_s, at_s)));
                        What::Idle(pointed::idle(bars.map(|b| &**b), timeline, lane, facts, at_s)?)
                    }
                };
                let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
                let around = bar.map(|bar| self.around(&bar)).unwrap_or_default();
                Some(Pointed { x, y, lane: facts.name.clone(), what, around })
            })?
        });
        if let Some(Pointed { what: What::Bar(Bar { attempt: Some(attempt), .. }), .. }) = &what {
            let _ = self.brief(*attempt);
        }
        self.pointed.set(what);
    }

    /// Idle time before and after a bar.
    fn around(self, bar: &Bar) -> String {
        let core = self.core();
        let cache = core.cache.borrow();
        let bars = cache.frames().find(|bars| bars.window().covers(bar.span));
        bars.map(|bars| pointed::around(bars, bar)).unwrap_or_default()
    }

    fn click(self, x: f64, y: f64, slack_px: f64, at_ms: f64) {
        let height = self.core().canvas.borrow().as_ref().map_or(0.0, |c| f64::from(c.client_height()));
        if !(0.0..=height).contains(&y) {
            return;
        }
        let head = self.on_lanes(|timeline, rows| {
            let group = timeline.groups.get(rows.head_at(y)? as usize)?;
            Some(group.name.clone())
        });
        if let Some(group) = head.flatten() {
            return self.fold(&group);
        }
        let Some((_, bar)) = self.bar_at(x, y, slack_px) else { return };
        match bar {
            Some(bar) => {
                self.core().cursor.set(None);
                self.core().clicked.set(Some((bar, at_ms)));
                self.open(bar);
            }
            None if self.app.route.with_untracked(|r| r.test.is_some()) => self.app.go(|route| route.test = None),
            None => {}
        }
    }

    /// The second press of a double click, wherever it lands: the first may have opened the details over the place.
    /// The bar that the first was on fills the view.
    pub fn double_press(self, event: &MouseEvent) {
        if let Some((bar, at_ms)) = self.core().clicked.take()
            && event.detail() == 2
            && event.time_stamp() - at_ms < DOUBLE_MS
        {
            self.glide(bar.span.grown(0.2));
        }
    }

    /// Selects the test of a bar; a merged bar is zoomed to.
    pub fn open(self, bar: Bar) {
        let Some(attempt) = bar.attempt else {
            let middle_s = f64::midpoint(bar.span.from_s, bar.span.to_s);
            let len_s = (bar.span.len_s() * 2.0).min(self.view.get_untracked().len_s() / 3.0);
            return self.glide(Span::around(middle_s, len_s, self.bounds.get_untracked()));
        };
        self.when_known(attempt, move |brief| {
            *self.core().picked.borrow_mut() = Some(brief.test.clone());
            self.app.go(|route| route.test = Some(brief.test));
        });
    }
}

//! How the visible stretch moves: at once, gliding, or going on after a drag.

use std::rc::Rc;

use leptos::prelude::*;

use crate::charts::lanes::span::Span;
use crate::charts::lanes::stage::{Core, Stage};
use crate::shell::{dom, marks};
use crate::state::number::Within;

/// Milliseconds of a motion from one view to another.
const GLIDE_MS: f64 = 160.0;
/// A drag goes on until it is slower than this, pixels per millisecond.
const SLOWEST: f64 = 0.05;
/// After so many milliseconds a drag that goes on has a third of its speed.
const FLING_MS: f64 = 180.0;

impl Stage {
    /// Shows a stretch at once.
    pub fn show(self, span: Span) {
        self.hold();
        let span = span.inside(self.bounds.get_untracked());
        if self.view.get_untracked() != span {
            self.view.set(span);
        }
    }

    /// Goes to a stretch in a short motion, if motion is wanted.
    pub fn glide(self, to: Span) {
        let to = to.inside(self.bounds.get_untracked());
        if dom::reduced_motion() {
            return self.show(to);
        }
        self.hold();
        self.glide_step(self.core(), self.view.get_untracked(), to, marks::now_ms());
    }

    /// Stops what moves.
    pub(super) fn hold(self) -> u32 {
        let core = self.core();
        core.glides.set(core.glides.get().wrapping_add(1));
        core.glides.get()
    }

    /// Goes on with the speed of a drag, slower and slower.
    pub(super) fn fling(self, px_per_ms: f64) {
        if px_per_ms.abs() >= SLOWEST && !dom::reduced_motion() {
            self.fling_step(self.hold(), px_per_ms, marks::now_ms());
        }
    }

    fn fling_step(self, ticket: u32, px_per_ms: f64, before_ms: f64) {
        let core = self.core();
        dom::next_frame(move || {
            if core.is_gone() || core.glides.get() != ticket || px_per_ms.abs() < SLOWEST {
                return;
            }
            let now_ms = marks::now_ms();
            let ms = (now_ms - before_ms).within(0.0, 50.0);
            let by_s = px_per_ms * ms / self.scale().px_per_s;
            self.view.set(self.view.get_untracked().panned(by_s, self.bounds.get_untracked()));
            self.fling_step(ticket, px_per_ms * (-ms / FLING_MS).exp(), now_ms);
        });
    }

    fn glide_step(self, core: Rc<Core>, from: Span, to: Span, began_ms: f64) {
        let ticket = core.glides.get();
        dom::next_frame(move || {
            if core.is_gone() || core.glides.get() != ticket {
                return;
            }
            let t = ((marks::now_ms() - began_ms) / GLIDE_MS).within(0.0, 1.0);
            let eased = 1.0 - (1.0 - t).powi(3);
            self.view.set(if t < 1.0 { from.towards(to, eased) } else { to });
            if t < 1.0 {
                self.glide_step(core, from, to, began_ms);
            }
        });
    }

    /// Shows everything.
    pub fn fit(self) {
        self.glide(self.bounds.get_untracked());
    }

    /// Zooms around the middle, or around the bar that the keys have come to.
    pub fn zoom(self, factor: f64) {
        let view = self.view.get_untracked();
        let middle_s = f64::midpoint(view.from_s, view.to_s);
        let cursor = self.core().cursor.get().map(|bar| f64::midpoint(bar.span.from_s, bar.span.to_s));
        let at_s = cursor.filter(|&s| s > view.from_s && s < view.to_s).unwrap_or(middle_s);
        self.glide(view.zoomed(at_s, factor, self.bounds.get_untracked()));
    }

    /// Pans by a share of what is visible.
    pub fn pan(self, share: f64) {
        let view = self.view.get_untracked();
        self.glide(view.panned(view.len_s() * share, self.bounds.get_untracked()));
    }
}

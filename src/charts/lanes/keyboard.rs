//! The timeline by keyboard: zoom and pan from anywhere in the view, bars by arrows on the canvas.

use std::rc::Rc;

use lanescope_protocol::{Answer, AttemptBrief, Request};
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use crate::charts::lanes::bars::{Bar, Bars};
use crate::charts::lanes::pointed;
use crate::charts::lanes::span::Span;
use crate::charts::lanes::stage::Stage;
use crate::shell::open;

impl Stage {
    /// Takes a key; `on_canvas` is whether the canvas has the focus, or nothing has. Says whether it was taken.
    pub fn key(self, event: &KeyboardEvent, on_canvas: bool) -> bool {
        match event.key().as_str() {
            "w" | "W" | "+" | "=" => self.zoom(0.6),
            "s" | "S" | "-" => self.zoom(1.0 / 0.6),
            "a" | "A" => self.pan(-0.3),
            "d" | "D" => self.pan(0.3),
            "0" => self.fit(),
            "m" => self.range.set(Some(self.view.get_untracked())),
            "M" => self.range.set(None),
            "Escape" if self.range.with_untracked(Option::is_some) => self.range.set(None),
            "Home" if on_canvas => self.to_end(true),
            "End" if on_canvas => self.to_end(false),
            "ArrowLeft" if on_canvas => self.step(false),
            "ArrowRight" if on_canvas => self.step(true),
            "ArrowUp" if on_canvas => self.other_lane(-1),
            "ArrowDown" if on_canvas => self.other_lane(1),
            "Enter" if on_canvas => match self.core().cursor.get() {
                Some(bar) => self.open(bar),
                None => return false,
            },
            _ => return false,
        }
        true
    }

    fn to_end(self, first: bool) {
        let (view, bounds) = (self.view.get_untracked(), self.bounds.get_untracked());
        let len_s = view.len_s();
        self.glide(if first {
            Span::new(bounds.from_s, bounds.from_s + len_s)
        } else {
            Span::new(bounds.to_s - len_s, bounds.to_s)
        });
    }

    /// The bar that the keys have come to, or a place to begin: the left edge of the first visible lane.
    fn cursor(self) -> (u32, Span) {
        if let Some(bar) = self.core().cursor.get() {
            return (bar.lane, bar.span);
        }
        let view = self.view.get_untracked();
        (0, Span::new(view.from_s, view.from_s))
    }

    /// The frames that are drawn now, and then all that are at hand.
    fn drawn(self) -> Vec<Rc<Bars>> {
        let core = self.core();
        let cache = core.cache.borrow();
        let pieces = cache.pieces(self.view.get_untracked(), self.scale().px_per_s);
        pieces.into_iter().map(|(bars, _)| bars).chain(cache.frames().map(Rc::clone)).collect()
    }

    fn step(self, forward: bool) {
        let (lane, at) = self.cursor();
        let frames = self.drawn();
        let found = {
            // Beyond the finer frame's ends the coarse one goes on.
            let inside = |bar: &Bar, window: Span| bar.span.from_s >= window.from_s && bar.span.from_s <= window.to_s;
            let next = frames.iter().find_map(|bars| {
                let covered = bars.window().covers(Span::new(at.from_s, at.from_s));
                bars.next(lane, at, forward).filter(|bar| covered && inside(bar, bars.window()))
            });
            next.or_else(|| frames.iter().rev().find_map(|bars| bars.next(lane, at, forward)))
        };
        if let Some(bar) = found {
            self.put_cursor(bar);
        }
    }

    fn other_lane(self, by: i64) {
        let (lane, at) = self.cursor();
        let count = self.timeline.with_untracked(|t| t.as_ref().map_or(0, |t| t.lanes.len()));
        let core = self.core();
        let middle_s = f64::midpoint(at.from_s, at.to_s);
        let mut next = i64::from(lane) + if core.cursor.get().is_none() { 0 } else { by };
        // Lanes without a bar nearby are stepped over.
        while let Some(lane) = u32::try_from(next).ok().filter(|&n| (n as usize) < count) {
            let found = self.drawn().iter().find_map(|bars| bars.hit(lane, middle_s, f64::MAX / 4.0));
            if let Some(bar) = found {
                return self.put_cursor(bar);
            }
            next += by;
        }
    }

    fn put_cursor(self, bar: Bar) {
        let core = self.core();
        core.cursor.set(Some(bar));
        core.hover.set(None);
        self.pointed.set(None);
        let (view, bounds) = (self.view.get_untracked(), self.bounds.get_untracked());
        if bar.span.common(view).is_none() && !view.covers(bar.span) {
            let middle_s = f64::midpoint(bar.span.from_s, bar.span.to_s);
            self.show(Span::around(middle_s, view.len_s(), bounds));
        }
        let lane = self.timeline.with_untracked(|t| {
            let t = t.as_ref()?;
            let height = core.canvas.borrow().as_ref().map_or(0.0, |c| f64::from(c.client_height()));
            let rows = self.rows(t, height);
            let y = rows.reveal(bar.lane);
            if (y - rows.scroll).abs() > 0.5 {
                self.scroll_to(y);
            }
            t.lanes.get(bar.lane as usize).map(|l| l.name.clone())
        });
        let lane = lane.unwrap_or_default();
        let follow = self.app.route.with_untracked(|route| route.test.is_some());
        match bar.attempt {
            None => self.said.set(pointed::spoken(&lane, &bar, None)),
            Some(attempt) => self.when_known(attempt, move |brief| {
                if self.core().cursor.get() != Some(bar) {
                    return;
                }
                self.said.set(pointed::spoken(&lane, &bar, Some(&brief)));
                // An open detail follows the keys, without a step in the history for each.
                if follow {
                    *self.core().picked.borrow_mut() = Some(brief.test.clone());
                    self.app.tune(|route| route.test = Some(brief.test));
                }
            }),
        }
        self.redraw();
    }

    /// Calls back with what is known of an attempt, now or when the engine has answered.
    pub(super) fn when_known(self, attempt: u32, then: impl FnOnce(AttemptBrief) + 'static) {
        if let Some(brief) = self.brief(attempt) {
            return then(brief);
        }
        let Some(run) = self.timeline.with_untracked(|t| t.as_ref().map(|t| t.run.clone())) else { return };
        let core = self.core();
        let mut then = Some(then);
        open::ask(Request::Attempt { run, attempt }, move |answer, _| {
            if let (Answer::Attempt(brief), Some(then), false) = (answer, then.take(), core.is_gone()) {
                then(*brief);
            }
        });
    }
}

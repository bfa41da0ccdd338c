//! The timeline by keyboard: zoom and pan from anywhere in the view, bars by arrows on the canvas.

use std::rc::Rc;

use lanescope_protocol::{Answer, AttemptBrief, Place, Request};
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use crate::charts::lanes::bars::{Bar, Bars};
use crate::charts::lanes::looks::Looks;
use crate::charts::lanes::pointed;
use crate::charts::lanes::source;
use crate::charts::lanes::span::Span;
use crate::charts::lanes::stage::Stage;
use crate::shell::open;

/// An attempt narrower than this is zoomed to when the keys come to it, pixels.
const ALONE_PX: f64 = 4.0;
/// It is then this wide, pixels.
const SHOWN_PX: f64 = 40.0;
/// Width at which a merged bar is looked into, pixels.
const CLOSE_PX: u32 = 4096;
/// Times are told in microseconds.
const HAIR_S: f64 = 1e-6;
/// No outcome's code: the bar is not at hand, and its brief says what became of it.
const UNSEEN: u8 = u8::MAX;

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

    /// To the attempt after or before, be it drawn alone or not.
    fn step(self, forward: bool) {
        let core = self.core();
        let Some(timeline) = self.timeline.with_untracked(|t| t.as_ref().map(source::request_of)) else { return };
        let attempt = core.cursor.get().and_then(|bar| bar.attempt);
        if let Some(attempt) = attempt {
            open::ask(Request::Step { timeline, attempt, forward }, move |answer, _| {
                let still = core.cursor.get().is_some_and(|bar| bar.attempt == Some(attempt)) && !core.is_gone();
                if let (Answer::Places(places), true) = (answer, still)
                    && let Some(place) = places.first()
                {
                    self.go_to(*place);
                }
            });
            return;
        }
        let (lane, at) = self.cursor();
        let found = self.drawn().iter().find_map(|bars| {
            let here = bars.hit(lane, at.from_s, 0.0);
            here.or_else(|| bars.next(lane, at, forward)).or_else(|| bars.next(lane, at, !forward))
        });
        if let Some(bar) = found {
            self.put_single(bar, 4);
        }
    }

    /// Puts the cursor on an attempt, in a view where it can be seen alone.
    fn go_to(self, place: Place) {
        let view = self.view.get_untracked();
        let (len_s, shown_px) = (place.to_s - place.from_s, (place.to_s - place.from_s) * self.scale().px_per_s);
        if shown_px < ALONE_PX {
            let wanted_s = len_s * self.width_px() / SHOWN_PX;
            let middle_s = f64::midpoint(place.from_s, place.to_s);
            self.show(Span::around(middle_s, wanted_s.min(view.len_s()), self.bounds.get_untracked()));
        }
        let core = self.core();
        let seen = core.cache.borrow().frames().find_map(|bars| bars.find(place.attempt));
        let span = Span::new(place.from_s, place.to_s);
        self.put_cursor(seen.unwrap_or(Bar {
            lane: place.lane,
            span,
            attempt: Some(place.attempt),
            count: 1,
            outcome: UNSEEN,
            flags: 0,
        }));
    }

    /// Puts the cursor on a bar; of several attempts in one it goes to the first, which takes a closer look.
    fn put_single(self, bar: Bar, looks: u32) {
        if bar.attempt.is_some() || looks == 0 {
            return match bar.attempt {
                Some(attempt) => self.go_to(Place {
                    attempt,
                    lane: bar.lane,
                    from_s: bar.span.from_s,
                    to_s: bar.span.to_s,
                    number: 1,
                }),
                None => self.put_cursor(bar),
            };
        }
        let Some(request) = self.timeline.with_untracked(|t| t.as_ref().map(source::request_of)) else { return };
        let core = self.core();
        let lanes = bar.lane..bar.lane + 1;
        source::window(request, &Looks::default(), bar.span, CLOSE_PX, lanes, move |frame| {
            let Some(bars) = frame.filter(|_| !core.is_gone()).map(|frame| Bars::new(frame, f64::from(CLOSE_PX)))
            else {
                return;
            };
            let inside = bars.touching(bar.lane, bar.span);
            let first = inside.filter_map(|i| bars.bar(i)).find(|found| found.span.from_s >= bar.span.from_s - HAIR_S);
            self.put_single(first.unwrap_or(bar), if first.is_some() { looks - 1 } else { 0 });
        });
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
                return self.put_single(bar, 4);
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

//! The way from a row elsewhere on the page to its place on the lanes.

use lanescope_protocol::Place;
use leptos::prelude::*;

use crate::charts::lanes::span::Span;
use crate::charts::lanes::stage::Stage;

impl Stage {
    /// Outlines pieces of the workers' time, by lane and stretch, beside those that are outlined; `anew` begins with
    /// none.
    pub fn mark_pieces<'a>(self, pieces: impl Iterator<Item = (&'a str, Span)>, anew: bool) {
        let core = self.core();
        self.timeline.with_untracked(|timeline| {
            let lanes = timeline.as_ref().map(|t| t.lanes.as_slice()).unwrap_or_default();
            let mut all = core.pieces.borrow_mut();
            if anew {
                all.clear();
            }
            all.extend(pieces.filter_map(|(lane, span)| {
                let lane = lanes.iter().position(|l| l.name == lane)? as u32;
                Some(Place { lane, from_s: span.from_s, to_s: span.to_s, ..Place::default() })
            }));
            if let Some(canvas) = core.canvas.borrow().as_ref() {
                let _ = canvas.set_attribute("data-outlined", &all.len().to_string());
            }
        });
        self.redraw();
    }

    /// Zooms to a stretch of a lane, with as much again around it, and selects a test if one is named.
    pub fn reach(self, lane: &str, span: Span, test: Option<String>) {
        let core = self.core();
        let row = self.timeline.with_untracked(|timeline| {
            let timeline = timeline.as_ref()?;
            let lane = timeline.lanes.iter().position(|l| l.name == lane)?;
            let height = core.canvas.borrow().as_ref().map_or(0.0, |c| f64::from(c.client_height()));
            Some(self.rows(timeline, height).reveal(lane as u32))
        });
        if let Some(row) = row {
            self.scroll_to(row);
        }
        if let Some(test) = test {
            // It is in sight already: the selection must not move the view again.
            *core.picked.borrow_mut() = Some(test.clone());
            if self.app.route.with_untracked(|route| route.test.as_ref() != Some(&test)) {
                self.app.go(|route| route.test = Some(test));
            }
        }
        let bounds = self.bounds.get_untracked();
        self.glide(Span::around(f64::midpoint(span.from_s, span.to_s), span.len_s() * 2.0, bounds));
    }
}

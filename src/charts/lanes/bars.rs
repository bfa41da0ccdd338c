//! A frame with what is needed to find bars in it quickly.

use std::ops::Range;
use std::sync::Arc;

use lanescope_protocol::{ColourBy, Frame, MERGED};

use crate::charts::lanes::span::Span;

/// Bars of a window, by lane.
#[derive(Clone, Debug, Default)]
pub struct Bars {
    /// The bars.
    pub frame: Arc<Frame>,
    /// Pixels per second that they are merged for.
    pub px_per_s: f64,
    /// Pixels per second that they were asked for; more than above where there would have been too many bars.
    pub asked_px_per_s: f64,
    /// What the tints say.
    pub colour: ColourBy,
    /// First bar of each lane, from the frame's first lane on, and the end.
    starts: Vec<usize>,
    /// The latest end so far on the lane: attempts on one lane may overlap.
    reach_s: Vec<f64>,
}

/// One bar, found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    /// Its lane.
    pub lane: u32,
    /// Where it begins and ends.
    pub span: Span,
    /// Row of the attempt; `None` where several are merged.
    pub attempt: Option<u32>,
    /// Attempts in it.
    pub count: u32,
    /// Outcome code, the worst where several are merged.
    pub outcome: u8,
    /// As in the frame.
    pub flags: u8,
}

impl Bars {
    /// A frame that was asked for at this width, pixels.
    pub fn new(frame: impl Into<Arc<Frame>>, width_px: f64) -> Self {
        Self::of(frame.into(), width_px)
    }

    fn of(frame: Arc<Frame>, width_px: f64) -> Self {
        let first = frame.first_lane;
        let lanes = frame.lane.last().map_or(0, |&last| last.saturating_sub(first) as usize + 1);
        let mut starts = vec![frame.len(); lanes + 1];
        for (i, &lane) in frame.lane.iter().enumerate().rev() {
            if let Some(start) = starts.get_mut(lane.saturating_sub(first) as usize) {
                *start = i;
            }
        }
        // Lanes without a bar begin where the next one does.
        for i in (0..lanes).rev() {
            let next = starts.get(i + 1).copied().unwrap_or(frame.len());
            if let Some(start) = starts.get_mut(i) {
                *start = (*start).min(next);
            }
        }
        let mut reach_s = Vec::with_capacity(frame.len());
        let (mut on, mut latest) = (None, f64::MIN);
        for (&lane, &to_s) in frame.lane.iter().zip(&frame.to_s) {
            latest = if on == Some(lane) { latest.max(to_s) } else { to_s };
            on = Some(lane);
            reach_s.push(latest);
        }
        let window_s = (frame.window_to_s - frame.window_from_s).max(f64::MIN_POSITIVE);
        let asked_px_per_s = width_px / window_s;
        let px_per_s = if frame.px_per_s > 0.0 { frame.px_per_s } else { asked_px_per_s };
        Self { px_per_s, asked_px_per_s, colour: ColourBy::Outcome, starts, reach_s, frame }
    }

    /// The same bars, with tints that say this.
    pub fn coloured(self, colour: ColourBy) -> Self {
        Self { colour, ..self }
    }

    /// When the bars before this place of a lane had all stopped.
    pub fn before(&self, lane: u32, place: usize) -> Option<f64> {
        let all = self.on_lane(lane);
        let last = place.checked_sub(1).filter(|last| all.contains(last))?;
        self.reach_s.get(last).copied()
    }

    /// The window that was asked for.
    pub fn window(&self) -> Span {
        Span::new(self.frame.window_from_s, self.frame.window_to_s)
    }

    /// The lanes that were asked for.
    pub fn lanes(&self) -> Range<u32> {
        self.frame.first_lane..self.frame.first_lane.saturating_add(self.frame.lanes)
    }

    /// The bars of a lane.
    pub fn on_lane(&self, lane: u32) -> Range<usize> {
        let Some(row) = lane.checked_sub(self.frame.first_lane) else { return 0..0 };
        let row = row as usize;
        match (self.starts.get(row), self.starts.get(row + 1)) {
            (Some(&start), Some(&end)) => start..end,
            _ => 0..0,
        }
    }

    /// The bars of a lane that touch a stretch of time.
    pub fn touching(&self, lane: u32, span: Span) -> Range<usize> {
        let all = self.on_lane(lane);
        let reach = self.reach_s.get(all.clone()).unwrap_or_default();
        let from = self.frame.from_s.get(all.clone()).unwrap_or_default();
        let first = reach.partition_point(|&to_s| to_s < span.from_s);
        let end = from.partition_point(|&from_s| from_s <= span.to_s);
        all.start + first..all.start + end.max(first)
    }

    /// The bar in this place of the frame.
    pub fn bar(&self, i: usize) -> Option<Bar> {
        let frame = &self.frame;
        let attempt = *frame.attempt.get(i)?;
        Some(Bar {
            lane: *frame.lane.get(i)?,
            span: Span::new(*frame.from_s.get(i)?, *frame.to_s.get(i)?),
            attempt: (attempt != MERGED).then_some(attempt),
            count: *frame.count.get(i)?,
            outcome: *frame.outcome.get(i)?,
            flags: *frame.flags.get(i)?,
        })
    }

    /// The bar at a time on a lane, or the nearest within `slack_s`: what is a pixel wide can be pointed at.
    pub fn hit(&self, lane: u32, at_s: f64, slack_s: f64) -> Option<Bar> {
        let near = self.touching(lane, Span::new(at_s - slack_s, at_s + slack_s));
        let far = |bar: &Bar| (bar.span.from_s - at_s).max(at_s - bar.span.to_s).max(0.0);
        let bars = near.filter_map(|i| self.bar(i)).filter(|bar| far(bar) <= slack_s);
        // Of two at the same distance the later one lies on top.
        bars.reduce(|best, bar| if far(&bar) <= far(&best) { bar } else { best })
    }

    /// The bar after (or before) a time on a lane.
    pub fn next(&self, lane: u32, at: Span, forward: bool) -> Option<Bar> {
        let all = self.on_lane(lane);
        let from = self.frame.from_s.get(all.clone()).unwrap_or_default();
        let i = if forward {
            all.start + from.partition_point(|&from_s| from_s <= at.from_s)
        } else {
            (all.start + from.partition_point(|&from_s| from_s < at.from_s)).checked_sub(1)?
        };
        if all.contains(&i) { self.bar(i) } else { None }
    }

    /// The bar of an attempt, if it is drawn alone.
    pub fn find(&self, attempt: u32) -> Option<Bar> {
        let i = self.frame.attempt.iter().position(|&row| row == attempt)?;
        self.bar(i)
    }

    /// Idle time from the stop before a bar to its start, and from its stop to the next start; none where others run
    /// beside it, or nothing is there.
    pub fn around(&self, bar: &Bar) -> (Option<f64>, Option<f64>) {
        let all = self.on_lane(bar.lane);
        let from = self.frame.from_s.get(all.clone()).unwrap_or_default();
        let place = all.start + from.partition_point(|&from_s| from_s < bar.span.from_s);
        let next = all.start + from.partition_point(|&from_s| from_s <= bar.span.from_s);
        let before = self.before(bar.lane, place).map(|stop_s| bar.span.from_s - stop_s);
        let after = if all.contains(&next) { self.frame.from_s.get(next).map(|&s| s - bar.span.to_s) } else { None };
        (before.filter(|&s| s > 0.0), after.filter(|&s| s > 0.0))
    }

    /// Idle time around a moment on a lane: from the stop before it to the start after it.
    pub fn idle(&self, lane: u32, at_s: f64) -> (Option<f64>, Option<f64>) {
        let all = self.on_lane(lane);
        let from = self.frame.from_s.get(all.clone()).unwrap_or_default();
        let after = from.partition_point(|&from_s| from_s <= at_s);
        let before = after.checked_sub(1).and_then(|i| self.reach_s.get(all.start + i)).copied();
        (before, from.get(after).copied())
    }
}

#[cfg(test)]
pub mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
    use super::*;

    /// A frame of bars given as (lane, from, to, attempt).
    pub fn frame(window: Span, rows: &[(u32, f64, f64, u32)]) -> Frame {
        Frame {
            window_from_s: window.from_s,
            window_to_s: window.to_s,
            first_lane: 0,
            lanes: rows.last().map_or(0, |r| r.0 + 1),
            from_s: rows.iter().map(|r| r.1).collect(),
            to_s: rows.iter().map(|r| r.2).collect(),
            lane: rows.iter().map(|r| r.0).collect(),
            attempt: rows.iter().map(|r| r.3).collect(),
            count: rows.iter().map(|r| if r.3 == MERGED { 5 } else { 1 }).collect(),
            setup_s: vec![0.0; rows.len()],
            teardown_s: vec![0.0; rows.len()],
            fill: vec![1.0; rows.len()],
            outcome: vec![0; rows.len()],
            flags: vec![0; rows.len()],
            tint: vec![0; rows.len()],
            ..Frame::default()
        }
    }

    fn bars() -> Bars {
        let rows = [(0, 0.0, 1.0, 10), (0, 1.5, 2.0, 11), (0, 4.0, 9.0, 12), (2, 0.0, 8.0, 20), (2, 1.0, 2.0, 21)];
        Bars::new(frame(Span::new(0.0, 10.0), &rows), 1000.0)
    }

    #[test]
    fn each_lane_has_its_bars_and_an_empty_one_none() {
        let bars = bars();
        assert_eq!((bars.on_lane(0), bars.on_lane(1), bars.on_lane(2), bars.on_lane(3)), (0..3, 3..3, 3..5, 0..0));
        assert_eq!(bars.touching(0, Span::new(1.2, 3.0)), 1..2);
        assert_eq!(bars.touching(2, Span::new(5.0, 6.0)), 3..5, "what overlaps is not lost");
        assert!((bars.px_per_s - 100.0).abs() < 1e-9);
        let none = Bars::new(Frame::default(), 100.0);
        assert_eq!(none.touching(0, Span::new(0.0, 1.0)), 0..0);
    }

    #[test]
    fn a_bar_is_hit_on_and_near_it() {
        let bars = bars();
        let hit = |lane, at, slack| bars.hit(lane, at, slack).and_then(|b| b.attempt);
        assert_eq!(hit(0, 0.5, 0.0), Some(10));
        assert_eq!(hit(0, 1.2, 0.1), None);
        assert_eq!(hit(0, 1.2, 0.25), Some(10));
        assert_eq!(hit(0, 1.45, 0.1), Some(11));
        assert_eq!(hit(2, 1.5, 0.0), Some(21), "the one on top");
        assert_eq!(hit(2, 5.0, 0.0), Some(20));
        assert_eq!(hit(1, 5.0, 9.0), None);
    }

    #[test]
    fn the_next_and_the_last_bar_are_found_by_key() {
        let bars = bars();
        let first = bars.bar(0).unwrap();
        assert_eq!(bars.next(0, first.span, true).unwrap().attempt, Some(11));
        assert_eq!(bars.next(0, first.span, false), None);
        assert_eq!(bars.next(0, Span::new(4.0, 9.0), true), None);
        assert_eq!(bars.next(0, Span::new(9.5, 9.5), false).unwrap().attempt, Some(12));
        assert_eq!(bars.find(21).unwrap().lane, 2);
    }

    #[test]
    fn a_bar_knows_the_idle_time_beside_it() {
        let bars = bars();
        assert_eq!(bars.around(&bars.bar(1).unwrap()), (Some(0.5), Some(2.0)));
        assert_eq!(bars.around(&bars.bar(2).unwrap()), (Some(2.0), None));
        assert_eq!(bars.around(&bars.bar(4).unwrap()), (None, None), "another runs beside it");
    }

    #[test]
    fn idle_time_has_its_two_ends() {
        let bars = bars();
        assert_eq!(bars.idle(0, 1.2), (Some(1.0), Some(1.5)));
        assert_eq!(bars.idle(0, 9.5), (Some(9.0), None));
        assert_eq!(bars.idle(0, -1.0), (None, Some(0.0)));
    }
}

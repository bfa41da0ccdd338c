//! The bars of a window of a run's lanes.

use std::ops::Range;

use lanescope_analysis::{Bar, Layout, MERGED as MERGED_BAR, Window};
use lanescope_model::{AttemptId, us_to_s};
use lanescope_protocol::{
    ColourBy, FADED, FLAKY, Frame, Link, MERGED, NEAR_LIMIT, RETRY, TIMED_OUT, TimelineRequest, WindowRequest,
};

use crate::colour::Classes;
use crate::kept::{Kept, Order};
use crate::run_state::RunState;

/// A usual width of the timeline; the page asks again at its own.
const FIRST_WIDTH_PX: u32 = 1400;
/// A frame has no more bars than this; what would have more is merged for fewer pixels.
const MAX_BARS: usize = 120_000;
/// The same for the whole run, which lies in the page's memory all the time.
const MAX_BARS_WHOLE: usize = 60_000;
/// Merging is made coarser no more often than this: where there are more lanes than bars allowed, each has one.
const MAX_HALVED: i32 = 40;
/// Where there may be too many bars, those of about so many lanes are counted.
const SOME_LANES: usize = 16;
/// A frame has no more links than this.
const MAX_LINKS: usize = 400;

// Marks of bars go into frames as they are.
const _: () = assert!(RETRY == lanescope_analysis::RETRY && FLAKY == lanescope_analysis::FLAKY);
const _: () = assert!(TIMED_OUT == lanescope_analysis::TIMED_OUT && NEAR_LIMIT == lanescope_analysis::NEAR_LIMIT);

/// The whole run at a usual width.
pub(crate) fn first_frame(state: &mut RunState) -> Frame {
    let timeline = TimelineRequest { run: state.id.clone(), ..TimelineRequest::default() };
    let to_s = us_to_s(state.layout.to_us);
    window(state, &WindowRequest { timeline, to_s, width_px: FIRST_WIDTH_PX, lanes: u32::MAX, ..Default::default() })
}

/// The bars of a window.
pub(crate) fn window(state: &mut RunState, asked: &WindowRequest) -> Frame {
    // A cast saturates, and makes 0 of what is no number.
    let us = |s: f64| (s * 1e6) as i64;
    let (from_us, to_us) = (us(asked.from_s), us(asked.to_s));
    let width_px = asked.width_px.min(1 << 16);
    let chosen = state.choose(asked.timeline.workers);
    state.filter(chosen, &asked.q);
    let state = &*state;
    let (layout, kept) = state.lanes(chosen);
    let order = kept.order(layout, asked.timeline.sort);
    let first = (asked.first_lane as usize).min(order.rows.len());
    let end = first.saturating_add(asked.lanes as usize).min(order.rows.len());
    let all = end - first == order.rows.len() && asked.from_s <= 0.0 && asked.to_s >= us_to_s(layout.to_us);
    let most = if all { MAX_BARS_WHOLE } else { MAX_BARS };
    let classes = (asked.colour != ColourBy::Outcome).then(|| state.looks.classes(state, asked.colour));
    let view = View { state, layout, kept, order, classes, filtered: !asked.q.trim().is_empty(), rows: first..end };

    let mut window = Window::new(from_us, to_us, width_px);
    let mut halved = 0;
    while halved < MAX_HALVED && view.expects_more(&window, most) {
        window = window.coarser();
        halved += 1;
    }
    let mut frame = view.draw(&window, most);
    while halved < MAX_HALVED && frame.len() > most {
        window = window.coarser();
        halved += 1;
        frame = view.draw(&window, most);
    }
    let length_s = asked.to_s - asked.from_s;
    Frame {
        window_from_s: asked.from_s,
        window_to_s: asked.to_s,
        first_lane: asked.first_lane,
        lanes: (end - first) as u32,
        px_per_s: if length_s > 0.0 { f64::from(width_px) / length_s * 0.5_f64.powi(halved) } else { 0.0 },
        links: view.links(from_us, to_us),
        ..frame
    }
}

/// What is looked at.
struct View<'a> {
    state: &'a RunState,
    layout: &'a Layout,
    kept: &'a Kept,
    order: &'a Order,
    classes: Option<&'a Classes>,
    filtered: bool,
    rows: Range<usize>,
}

impl View<'_> {
    /// Row and index of each lane in view.
    fn lanes(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        let rows = self.order.rows.get(self.rows.clone()).unwrap_or_default();
        (self.rows.start as u32..).zip(rows.iter().copied())
    }

    /// Whether there seem to be more bars than `most`. The levels tell how many there are at the most, and that is
    /// often enough; else some of the lanes are looked at.
    fn expects_more(&self, window: &Window, most: usize) -> bool {
        let index = |lane: u32| self.layout.lanes.get(lane as usize).map(|lane| &lane.index);
        let mut at_most = 0;
        for (_, lane) in self.lanes() {
            at_most += index(lane).map_or(0, |index| index.at_most(window));
            if at_most > most {
                break;
            }
        }
        if at_most <= most {
            return false;
        }
        let step = self.rows.len().div_ceil(SOME_LANES).max(1);
        let (mut bars, mut seen) = (0, 0);
        for (_, lane) in self.lanes().step_by(step) {
            seen += 1;
            if let Some(index) = index(lane) {
                index.window(window, &mut |_| bars += 1);
            }
        }
        // Lanes differ, and drawing twice costs more than pixels that are a little coarser than they need be.
        bars * self.rows.len() / seen.max(1) > most - most / 16
    }

    /// The bars; where there are more than `most`, not all of them.
    fn draw(&self, window: &Window, most: usize) -> Frame {
        let mut frame = Frame::default();
        // More lanes than bars are thinner than a pixel, however many pixels there are: some stand for their neighbours.
        let step = self.rows.len().div_ceil(most / 2).max(1);
        for (row, at) in self.lanes().step_by(step) {
            let Some(lane) = self.layout.lanes.get(at as usize) else { continue };
            if frame.len() > most {
                break;
            }
            let matches = self.kept.matches(at).filter(|_| self.filtered);
            lane.index.window(window, &mut |bar| {
                let (first, end) = (bar.first as usize, bar.first as usize + bar.count as usize);
                let faded = matches.is_some_and(|bits| bits.count(first, end) == 0);
                self.push(&mut frame, window, row, bar, if faded { FADED } else { 0 });
            });
        }
        frame
    }

    fn push(&self, frame: &mut Frame, window: &Window, row: u32, bar: Bar, faded: u8) {
        let merged = bar.attempt == MERGED_BAR;
        frame.from_s.push(us_to_s(bar.from_us));
        frame.to_s.push(us_to_s(bar.to_us));
        frame.lane.push(row);
        frame.count.push(bar.count);
        frame.fill.push(bar.fill());
        frame.outcome.push(bar.outcome as u8);
        frame.attempt.push(if merged { MERGED } else { bar.attempt });
        frame.flags.push(faded | if merged { bar.marks & (TIMED_OUT | NEAR_LIMIT) } else { bar.marks });
        frame.tint.push(self.classes.map_or(0, |classes| classes.tint(bar.lead)));
        let (mut setup_s, mut teardown_s) = (0.0, 0.0);
        if !merged && window.shows_parts(&bar) {
            let attempts = &self.state.run.attempts;
            let phase = |us: Option<i64>| us_to_s(us.unwrap_or(0).clamp(0, bar.to_us - bar.from_us)) as f32;
            setup_s = phase(attempts.setup_us(AttemptId(bar.attempt)));
            teardown_s = phase(attempts.teardown_us(AttemptId(bar.attempt)));
        }
        frame.setup_s.push(setup_s);
        frame.teardown_s.push(teardown_s);
    }

    fn links(&self, from_us: i64, to_us: i64) -> Vec<Link> {
        let retries = self.kept.retries(&self.state.run, self.layout);
        let row = |lane: u32| self.order.row(lane);
        let in_view = |lane: u32| self.rows.contains(&(row(lane) as usize));
        let found = retries.touching(from_us, to_us, &|r| in_view(r.from_lane) || in_view(r.to_lane), MAX_LINKS);
        let link = |r: lanescope_analysis::Retry| Link {
            from_lane: row(r.from_lane),
            from_s: us_to_s(r.from_us),
            to_lane: row(r.to_lane),
            to_s: us_to_s(r.to_us),
        };
        found.into_iter().map(link).collect()
    }
}

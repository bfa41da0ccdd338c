//! The frames at hand: what is there is drawn at once, and says what better one is worth asking for.

use std::ops::Range;
use std::rc::Rc;

use lanescope_protocol::{ColourBy, Frame};

use crate::charts::lanes::bars::Bars;
use crate::charts::lanes::span::Span;
use crate::state::number::Within;

/// A frame this much coarser than the screen is still good; bars are merged at powers of two anyway.
const COARSE: f64 = 0.7;
/// A frame this much finer than the screen is still cheap to draw.
const FINE: f64 = 5.0;
/// Time asked for on each side beside what is visible, as a share of it, so that a pan has something to show.
const OVERSCAN: f64 = 0.6;
/// Where there are many lanes less lies beside: a frame of more pixels than this, all lanes, takes long to read.
const MOST_PX: f64 = 160_000.0;
/// What lies beside in any case, as a share.
const LEAST_OVERSCAN: f64 = 0.1;
/// Frames are asked for this much finer than the screen, so that a little zoom needs no other.
const MARGIN: f64 = 1.3;
/// Lanes asked for above and below those visible.
const MORE_LANES: u32 = 24;
/// No frame is asked for wider than this, pixels.
const WIDEST_PX: f64 = 16_384.0;

/// A window worth asking for.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// The stretch of time.
    pub span: Span,
    /// Its width, pixels.
    pub width_px: u32,
    /// The lanes.
    pub lanes: Range<u32>,
}

/// The whole run, coarse, and the last answer for a window of it.
#[derive(Clone, Debug, Default)]
pub struct FrameCache {
    tests: Span,
    whole: Option<Rc<Bars>>,
    detail: Option<Rc<Bars>>,
    under_way: Option<Ask>,
    /// What was asked in vain is not asked again.
    refused: Option<Ask>,
}

impl FrameCache {
    /// Starts over with another run, or other lanes of it. Answers under way belong to what was before.
    pub fn reset(&mut self, tests: Span, whole: Option<Rc<Bars>>) {
        *self = Self { tests, whole, ..Self::default() };
    }

    /// Gives up what is under way or was refused: other bars are wanted. What is there is still drawn.
    pub fn forget_asks(&mut self) {
        (self.under_way, self.refused) = (None, None);
    }

    /// The bars of the whole run.
    pub fn whole(&self) -> Option<Rc<Bars>> {
        self.whole.clone()
    }

    /// Frames to search for a bar, best first.
    pub fn frames(&self) -> impl Iterator<Item = &Rc<Bars>> {
        self.detail.iter().chain(&self.whole)
    }

    /// What to draw for a view: frames, each with the stretch that it is drawn on.
    pub fn pieces(&self, view: Span, px_per_s: f64) -> Vec<(Rc<Bars>, Span)> {
        let (whole, detail) = match (&self.whole, &self.detail) {
            (Some(whole), Some(detail)) => (whole, detail),
            (Some(only), None) | (None, Some(only)) => return vec![(Rc::clone(only), view)],
            (None, None) => return Vec::new(),
        };
        let clipped = view.common(self.tests).unwrap_or(view);
        let whole_is_enough = whole.px_per_s >= px_per_s * COARSE;
        if detail.window().covers(clipped) && !whole_is_enough {
            return vec![(Rc::clone(detail), view)];
        }
        let middle = detail.window().common(view).filter(|_| detail.px_per_s > whole.px_per_s && !whole_is_enough);
        let Some(middle) = middle else { return vec![(Rc::clone(whole), view)] };
        let mut pieces = Vec::with_capacity(3);
        if view.from_s < middle.from_s {
            pieces.push((Rc::clone(whole), Span::new(view.from_s, middle.from_s)));
        }
        pieces.push((Rc::clone(detail), middle));
        if middle.to_s < view.to_s {
            pieces.push((Rc::clone(whole), Span::new(middle.to_s, view.to_s)));
        }
        pieces
    }

    /// The window to ask for now: `None` while one is under way, and where what is there is good enough.
    pub fn want(&self, view: Span, width_px: f64, visible: Range<u32>, count: u32) -> Option<Ask> {
        if self.under_way.is_some() || count == 0 || width_px < 1.0 {
            return None;
        }
        let clipped = view.common(self.tests)?;
        let px_per_s = width_px / view.len_s().max(f64::MIN_POSITIVE);
        let good = |bars: &Bars, bars_px_per_s: f64| {
            let lanes = bars.lanes();
            bars.window().covers(clipped)
                && lanes.start <= visible.start
                && lanes.end >= visible.end
                && (COARSE..=FINE).contains(&(bars_px_per_s / px_per_s))
        };
        // The whole run may be coarser than asked for, and a window of fewer lanes finer. A window that is
        // coarser than asked for would be so again.
        let whole = self.whole.as_ref().is_some_and(|bars| good(bars, bars.px_per_s));
        if whole || self.detail.as_ref().is_some_and(|bars| good(bars, bars.asked_px_per_s)) {
            return None;
        }
        let lanes = visible.start.saturating_sub(MORE_LANES)..visible.end.saturating_add(MORE_LANES).min(count);
        let fits = MOST_PX / lanes.len().max(1) as f64 / (clipped.len_s() * px_per_s * MARGIN).max(1.0);
        let overscan = ((fits - 1.0) / 2.0).within(LEAST_OVERSCAN, OVERSCAN);
        let span = clipped.grown(overscan).common(self.tests)?;
        let width_px = (span.len_s() * px_per_s * MARGIN).ceil().within(1.0, WIDEST_PX) as u32;
        let ask = Ask { span, width_px, lanes };
        (self.refused.as_ref() != Some(&ask)).then_some(ask)
    }

    /// Notes what was asked.
    pub fn asked(&mut self, ask: Ask) {
        self.under_way = Some(ask);
    }

    /// Takes the answer; `None` when the question could not be answered.
    pub fn answered(&mut self, frame: Option<Frame>, colour: ColourBy) {
        let Some(ask) = self.under_way.take() else { return };
        match frame {
            Some(frame) => self.detail = Some(Rc::new(Bars::new(frame, f64::from(ask.width_px)).coloured(colour))),
            None => self.refused = Some(ask),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
    use super::*;
    use crate::charts::lanes::bars::tests::frame;

    const RUN: Span = Span::new(0.0, 100.0);

    fn cache() -> FrameCache {
        let mut cache = FrameCache::default();
        let whole = frame(RUN, &[(0, 0.0, 100.0, 1), (3, 0.0, 1.0, 2)]);
        cache.reset(RUN, Some(Rc::new(Bars::new(whole, 1400.0))));
        cache
    }

    fn answer(cache: &mut FrameCache, ask: &Ask) {
        let mut answered = frame(ask.span, &[(0, 40.0, 41.0, 1)]);
        (answered.first_lane, answered.lanes) = (ask.lanes.start, ask.lanes.len() as u32);
        cache.asked(ask.clone());
        cache.answered(Some(answered), ColourBy::Outcome);
    }

    #[test]
    fn the_whole_run_needs_no_question() {
        assert_eq!(cache().want(Span::new(-2.0, 102.0), 1200.0, 0..4, 4), None);
        assert_eq!(cache().want(Span::new(-9.0, -1.0), 1200.0, 0..4, 4), None, "nothing is there to ask for");
    }

    #[test]
    fn a_zoom_asks_once_and_a_small_pan_not_again() {
        let mut cache = cache();
        let view = Span::new(40.0, 50.0);
        let ask = cache.want(view, 1000.0, 0..4, 4).unwrap();
        assert!(ask.span.covers(view) && ask.span.len_s() > 20.0, "{ask:?}");
        assert_eq!(ask.lanes, 0..4);
        cache.asked(ask.clone());
        assert_eq!(cache.want(Span::new(1.0, 2.0), 1000.0, 0..4, 4), None, "one at a time");
        answer(&mut cache, &ask);
        assert_eq!(cache.want(Span::new(43.0, 53.0), 1000.0, 0..4, 4), None);
        assert!(cache.want(Span::new(60.0, 70.0), 1000.0, 0..4, 4).is_some());
        assert!(cache.want(Span::new(45.0, 45.1), 1000.0, 0..4, 4).is_some());
        assert_eq!(cache.want(RUN, 1000.0, 0..4, 4), None, "the whole is still there");
    }

    #[test]
    fn what_is_there_is_drawn_under_the_new_view() {
        let mut cache = cache();
        assert_eq!(cache.pieces(Span::new(40.0, 50.0), 100.0).len(), 1);
        let ask = cache.want(Span::new(40.0, 50.0), 1000.0, 0..4, 4).unwrap();
        answer(&mut cache, &ask);
        assert_eq!(cache.pieces(Span::new(41.0, 51.0), 100.0).len(), 1);
        let pieces = cache.pieces(Span::new(20.0, 70.0), 40.0);
        assert_eq!(pieces.len(), 3, "coarse, fine, coarse");
        assert!(pieces.is_sorted_by(|a, b| (a.1.to_s - b.1.from_s).abs() < 1e-9));
        assert_eq!(cache.pieces(RUN, 10.0).len(), 1, "the whole run is drawn from one frame");
    }

    #[test]
    fn a_frame_coarser_than_asked_for_is_not_asked_for_ever() {
        let mut whole = frame(RUN, &[(0, 0.0, 100.0, 1), (3, 0.0, 1.0, 2)]);
        whole.px_per_s = 1.0;
        let mut cache = FrameCache::default();
        cache.reset(RUN, Some(Rc::new(Bars::new(whole, 1400.0))));
        let ask = cache.want(RUN, 1200.0, 0..2, 4).unwrap();
        let mut answered = frame(ask.span, &[(0, 40.0, 41.0, 1), (3, 0.0, 1.0, 2)]);
        answered.px_per_s = 5.0;
        cache.asked(ask);
        cache.answered(Some(answered), ColourBy::Outcome);
        assert_eq!(cache.want(RUN, 1200.0, 0..2, 4), None);
        assert_eq!(cache.pieces(RUN, 12.0)[0].0.px_per_s, 5.0, "the finer one is drawn");
    }

    #[test]
    fn many_lanes_are_asked_for_with_less_beside() {
        let view = Span::new(40.0, 50.0);
        let ask = cache().want(view, 1200.0, 0..64, 64).unwrap();
        assert!(ask.span.covers(view) && f64::from(ask.width_px) * 64.0 <= MOST_PX * 1.01, "{ask:?}");
        let ask = cache().want(view, 1200.0, 0..500, 500).unwrap();
        assert!(ask.span.len_s() > 11.9, "some always: {ask:?}");
    }

    #[test]
    fn a_failed_question_is_not_asked_for_ever() {
        let mut cache = FrameCache::default();
        cache.reset(RUN, None);
        let ask = cache.want(RUN, 1000.0, 0..4, 4).unwrap();
        cache.asked(ask);
        cache.answered(None, ColourBy::Outcome);
        assert_eq!(cache.want(RUN, 1000.0, 0..4, 4), None);
    }
}

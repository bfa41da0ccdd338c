//! The curves at hand: tests running and done, as the engine counted them. Plain data: no screen is needed.

use std::rc::Rc;

use lanescope_protocol::Series;

use crate::charts::lanes::span::Span;
use crate::state::number::Within;

/// Buckets of the whole run.
const WHOLE: u32 = 1400;
/// Buckets wider than this are too coarse, pixels.
const WIDEST_PX: f64 = 1.5;
/// Buckets narrower than this are a waste of drawing, pixels.
const NARROWEST_PX: f64 = 0.1;
/// Time asked for on each side beside what is visible, as a share of it.
const OVERSCAN: f64 = 0.6;
/// Buckets asked for per pixel, so that a little zoom needs no others.
const MARGIN: f64 = 1.3;
/// The engine gives no more.
const MOST: f64 = 8192.0;
/// Files tell microseconds: no bucket is narrower.
const FINEST_S: f64 = 1e-6;

/// A stretch worth asking for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ask {
    /// The stretch of time.
    pub span: Span,
    /// In so many buckets.
    pub buckets: u32,
}

/// The whole run, coarse, and the last answer for a stretch of it.
#[derive(Clone, Debug, Default)]
pub struct SeriesCache {
    /// First start to last stop.
    pub tests: Span,
    whole: Option<Rc<Series>>,
    /// The stretch stands beside it as it was asked for: the engine rounds it to microseconds.
    detail: Option<(Span, Rc<Series>)>,
    under_way: Option<Ask>,
    refused: Option<Ask>,
}

impl SeriesCache {
    /// Starts over with another run, or other lanes of it.
    pub fn reset(&mut self, tests: Span) {
        *self = Self { tests, ..Self::default() };
    }

    /// The curve of the whole run.
    pub fn whole(&self) -> Option<&Series> {
        self.whole.as_deref()
    }

    /// The best curve for a moment.
    fn best(&self, at_s: f64) -> Option<&Series> {
        let whole = self.whole()?;
        let detail = self.detail.as_ref().filter(|(span, series)| {
            at_s >= span.from_s && at_s <= span.to_s && series.step_s < whole.step_s && !series.running.is_empty()
        });
        Some(detail.map_or(whole, |(_, series)| series))
    }

    /// Mean number of tests running in a stretch; `None` outside the tests.
    pub fn running(&self, span: Span) -> Option<f64> {
        let clipped = span.common(self.tests)?;
        mean(self.best(f64::midpoint(clipped.from_s, clipped.to_s))?, clipped)
    }

    /// Mean number running in what is visible of the tests. What the fine curve does not reach is taken from the
    /// coarse one.
    pub fn visible_mean(&self, view: Span) -> Option<f64> {
        let clipped = view.common(self.tests)?;
        let covered = self.detail.as_ref().filter(|(span, _)| span.covers(clipped));
        mean(covered.map_or_else(|| self.whole(), |(_, series)| Some(series))?, clipped)
    }

    /// Attempts done at a moment, to a bucket; `None` outside the tests.
    pub fn done(&self, at_s: f64) -> Option<u32> {
        if at_s < self.tests.from_s || at_s > self.tests.to_s {
            return None;
        }
        let series = self.best(at_s)?;
        let bucket = ((at_s - series.from_s) / series.step_s).max(0.0) as usize;
        series.done.get(bucket).or(series.done.last()).copied()
    }

    /// What to ask for now: `None` while something is under way, and where what is there is good enough.
    pub fn want(&self, view: Span, width_px: f64) -> Option<Ask> {
        if self.under_way.is_some() || width_px < 1.0 {
            return None;
        }
        let ask = self.missing(view, width_px)?;
        (self.refused != Some(ask)).then_some(ask)
    }

    fn missing(&self, view: Span, width_px: f64) -> Option<Ask> {
        let Some(whole) = self.whole() else { return Some(Ask { span: self.tests, buckets: WHOLE }) };
        let clipped = view.common(self.tests)?;
        let px_per_s = width_px / view.len_s().max(f64::MIN_POSITIVE);
        let good = |series: &Series| {
            let px = series.step_s * px_per_s;
            px >= NARROWEST_PX && (px <= WIDEST_PX || series.step_s <= FINEST_S * 1.01)
        };
        if good(whole) || self.detail.as_ref().is_some_and(|(span, s)| span.covers(clipped) && good(s)) {
            return None;
        }
        let span = clipped.grown(OVERSCAN).common(self.tests)?;
        let finest = (span.len_s() / FINEST_S).min(MOST);
        let buckets = (span.len_s() * px_per_s * MARGIN).ceil().min(finest).max(1.0);
        Some(Ask { span, buckets: buckets as u32 })
    }

    /// Notes what was asked.
    pub fn asked(&mut self, ask: Ask) {
        self.under_way = Some(ask);
    }

    /// Takes the answer to a question; `None` when it could not be answered. One from before the lanes changed is let go
    /// of: another question is under way.
    pub fn answered(&mut self, ask: Ask, series: Option<Series>) {
        if self.under_way != Some(ask) {
            return;
        }
        self.under_way = None;
        match series.map(Rc::new) {
            Some(series) if self.whole.is_none() => self.whole = Some(series),
            Some(series) => self.detail = Some((ask.span, series)),
            None => self.refused = Some(ask),
        }
    }
}

/// Mean of the running tests over a stretch, with a share of the buckets at its ends.
fn mean(series: &Series, span: Span) -> Option<f64> {
    let last = series.running.len().checked_sub(1)?;
    let place = |s: f64| ((s - series.from_s) / series.step_s).within(0.0, last as f64 + 1.0);
    let (from, to) = (place(span.from_s), place(span.to_s));
    let first = (from as usize).min(last);
    let end = (to.ceil() as usize).clamp(first + 1, last + 1);
    let buckets = series.running.get(first..end)?;
    if to - from < 1e-9 {
        return buckets.first().map(|&running| f64::from(running));
    }
    let part = |(i, &running): (usize, &f32)| {
        let left = (first + i) as f64;
        f64::from(running) * (to.min(left + 1.0) - from.max(left)).max(0.0)
    };
    Some(buckets.iter().enumerate().map(part).sum::<f64>() / (to - from))
}

/// When half of all attempts were done, seconds.
pub fn half_s(series: &Series) -> Option<f64> {
    let bucket = series.done.iter().position(|&done| done > 0 && done >= series.total.div_ceil(2))?;
    Some(series.from_s + series.step_s * (bucket as f64 + 1.0))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
    use super::*;

    const RUN: Span = Span::new(0.0, 100.0);

    /// One test runs in the first half, three in the second; one is done per second.
    fn series(ask: Ask) -> Series {
        let step_s = ask.span.len_s() / f64::from(ask.buckets);
        let end = |i: u32| ask.span.from_s + step_s * f64::from(i + 1);
        Series {
            from_s: ask.span.from_s,
            step_s,
            running: (0..ask.buckets).map(|i| if end(i) <= 50.0 + 1e-9 { 1.0 } else { 3.0 }).collect(),
            done: (0..ask.buckets).map(|i| end(i).floor() as u32).collect(),
            total: 100,
            ..Series::default()
        }
    }

    fn answer(cache: &mut SeriesCache, view: Span) -> Ask {
        let ask = cache.want(view, 1000.0).unwrap();
        cache.asked(ask);
        assert_eq!(cache.want(view, 1000.0), None, "one at a time");
        cache.answered(ask, Some(series(ask)));
        ask
    }

    fn cache() -> SeriesCache {
        let mut cache = SeriesCache::default();
        cache.reset(RUN);
        answer(&mut cache, RUN);
        cache
    }

    #[test]
    fn the_whole_run_is_asked_for_once() {
        let cache = cache();
        assert_eq!(cache.want(RUN, 1000.0), None);
        assert_eq!(cache.want(RUN.grown(0.1), 1000.0), None);
        assert_eq!(cache.want(Span::new(-9.0, -1.0), 1000.0), None, "nothing is there to ask for");
    }

    #[test]
    fn a_zoom_asks_for_more_than_it_shows_and_a_small_pan_not_again() {
        let mut cache = cache();
        let ask = answer(&mut cache, Span::new(40.0, 50.0));
        assert!(ask.span.from_s < 35.0 && ask.span.to_s > 55.0 && ask.buckets > 2_000, "{ask:?}");
        assert_eq!(cache.want(Span::new(43.0, 53.0), 1000.0), None);
        assert!(cache.want(Span::new(70.0, 80.0), 1000.0).is_some());
        assert!(cache.want(Span::new(45.0, 45.1), 1000.0).is_some());
    }

    #[test]
    fn a_microsecond_is_fine_enough() {
        let mut cache = cache();
        let view = Span::new(20.0, 20.000_05);
        let ask = answer(&mut cache, view);
        assert!(ask.buckets <= 111, "{ask:?}");
        assert_eq!(cache.want(view, 1000.0), None);
    }

    #[test]
    fn means_weigh_the_ends_by_their_share() {
        let mut cache = cache();
        assert!((cache.visible_mean(RUN.grown(0.2)).unwrap() - 2.0).abs() < 1e-6, "only the tests count");
        assert!((cache.visible_mean(Span::new(40.0, 60.0)).unwrap() - 2.0).abs() < 0.01);
        answer(&mut cache, Span::new(49.0, 51.0));
        assert!((cache.visible_mean(Span::new(49.5, 50.1)).unwrap() - (0.5 + 0.3) / 0.6).abs() < 0.01);
        assert_eq!(cache.running(Span::new(101.0, 102.0)), None);
        assert_eq!(cache.running(Span::new(60.0, 60.01)), Some(3.0));
    }

    #[test]
    fn what_is_done_is_counted_to_the_bucket() {
        let cache = cache();
        assert_eq!((cache.done(-1.0), cache.done(50.5), cache.done(100.0)), (None, Some(50), Some(100)));
        let half = half_s(cache.whole().unwrap()).unwrap();
        assert!((half - 50.0).abs() < 0.1, "{half}");
        assert_eq!(half_s(&Series::default()), None);
    }

    #[test]
    fn a_question_in_vain_is_not_asked_for_ever() {
        let mut cache = SeriesCache::default();
        cache.reset(RUN);
        let ask = cache.want(RUN, 1000.0).unwrap();
        cache.asked(ask);
        cache.answered(ask, None);
        assert_eq!(cache.want(RUN, 1000.0), None);
    }

    #[test]
    fn an_answer_from_before_the_lanes_changed_is_no_answer_to_the_next_question() {
        let mut cache = cache();
        let old = cache.want(Span::new(40.0, 50.0), 1000.0).unwrap();
        cache.asked(old);
        // To other lanes and back, while the question is under way.
        cache.reset(Span::new(0.0, 7.0));
        cache.reset(RUN);
        let ask = cache.want(RUN, 1000.0).unwrap();
        cache.asked(ask);
        cache.answered(old, Some(series(old)));
        assert!(cache.whole().is_none());
        cache.answered(ask, Some(series(ask)));
        assert_eq!(cache.whole().map(|whole| whole.running.len()), Some(WHOLE as usize));
    }
}

//! A stretch of time, and where its seconds lie on the screen.

use crate::state::number::Within;
use lanescope_protocol::Timeline;

/// The shortest stretch that can be looked at, seconds: files tell microseconds.
pub const SHORTEST_S: f64 = 50e-6;

/// A stretch of the timeline, seconds from the first start.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Span {
    /// Left end.
    pub from_s: f64,
    /// Right end.
    pub to_s: f64,
}

impl Span {
    /// From here to there.
    pub const fn new(from_s: f64, to_s: f64) -> Self {
        Self { from_s, to_s }
    }

    /// Everything that a timeline has to show: the session and the jobs where they are known, and the tests.
    pub fn of(timeline: &Timeline) -> Self {
        let tests = Self::tests(timeline);
        let from_s = timeline.session_from_s.unwrap_or(0.0).min(0.0);
        let to_s = timeline.session_to_s.unwrap_or(tests.to_s).max(tests.to_s);
        // The jobs around the run are on the same clock.
        let jobs = timeline.jobs.iter();
        let from_s = jobs.clone().filter_map(|job| job.queued_from_s.or(job.from_s)).fold(from_s, f64::min);
        let to_s = jobs.filter_map(|job| job.to_s).fold(to_s, f64::max);
        let air_s = (to_s - from_s) * 0.008;
        Self::new(from_s - air_s, to_s + air_s)
    }

    /// From the first start to the last stop.
    pub fn tests(timeline: &Timeline) -> Self {
        Self::new(0.0, timeline.to_s.max(SHORTEST_S))
    }

    /// How long it is, seconds.
    pub fn len_s(self) -> f64 {
        self.to_s - self.from_s
    }

    /// Whether all of the other lies inside, to a hair.
    pub fn covers(self, other: Self) -> bool {
        let hair = other.len_s().max(SHORTEST_S) * 1e-6;
        self.from_s <= other.from_s + hair && self.to_s >= other.to_s - hair
    }

    /// What both have in common.
    pub fn common(self, other: Self) -> Option<Self> {
        let common = Self::new(self.from_s.max(other.from_s), self.to_s.min(other.to_s));
        (common.to_s > common.from_s).then_some(common)
    }

    /// From the first beginning to the last end of both.
    pub fn and(self, other: Self) -> Self {
        Self::new(self.from_s.min(other.from_s), self.to_s.max(other.to_s))
    }

    /// Longer at both ends by this share of its length.
    pub fn grown(self, share: f64) -> Self {
        let by_s = self.len_s() * share;
        Self::new(self.from_s - by_s, self.to_s + by_s)
    }

    /// As long as it is where that is possible, moved and cut so that it lies inside the bounds.
    pub fn inside(self, bounds: Self) -> Self {
        let len_s = self.len_s().within(SHORTEST_S.min(bounds.len_s()), bounds.len_s().max(f64::MIN_POSITIVE));
        let middle_s = f64::midpoint(self.from_s, self.to_s);
        let from_s = (middle_s - len_s / 2.0).within(bounds.from_s, (bounds.to_s - len_s).max(bounds.from_s));
        Self::new(from_s, from_s + len_s)
    }

    /// Shorter (`factor` below 1) or longer; what is at `at_s` stays where it is.
    pub fn zoomed(self, at_s: f64, factor: f64, bounds: Self) -> Self {
        let len_s = (self.len_s() * factor).within(SHORTEST_S, bounds.len_s().max(SHORTEST_S));
        let share = if self.len_s() > 0.0 { (at_s - self.from_s) / self.len_s() } else { 0.5 };
        let from_s = at_s - share * len_s;
        Self::new(from_s, from_s + len_s).inside(bounds)
    }

    /// Moved by so many seconds, up to the bounds.
    pub fn panned(self, by_s: f64, bounds: Self) -> Self {
        Self::new(self.from_s + by_s, self.to_s + by_s).inside(bounds)
    }

    /// As long as `len_s` around a middle, inside the bounds.
    pub fn around(middle_s: f64, len_s: f64, bounds: Self) -> Self {
        Self::new(middle_s - len_s / 2.0, middle_s + len_s / 2.0).inside(bounds)
    }

    /// Whether the two cannot be told apart on a screen.
    pub fn same(self, other: Self) -> bool {
        let hair = self.len_s().max(other.len_s()) * 1e-4;
        (self.from_s - other.from_s).abs() <= hair && (self.to_s - other.to_s).abs() <= hair
    }

    /// A point of the way to another, `t` from 0 to 1, for a short motion.
    pub fn towards(self, other: Self, t: f64) -> Self {
        let mix = |a: f64, b: f64| a + (b - a) * t;
        Self::new(mix(self.from_s, other.from_s), mix(self.to_s, other.to_s))
    }
}

/// Seconds to pixels and back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Seconds at the left edge.
    pub from_s: f64,
    /// Pixels (CSS) per second.
    pub px_per_s: f64,
}

impl Scale {
    /// A stretch on so many pixels.
    pub fn new(span: Span, width_px: f64) -> Self {
        Self { from_s: span.from_s, px_per_s: width_px.max(1.0) / span.len_s().max(f64::MIN_POSITIVE) }
    }

    /// Pixels from the left edge.
    pub fn x(self, s: f64) -> f64 {
        (s - self.from_s) * self.px_per_s
    }

    /// Seconds at so many pixels from the left edge.
    pub fn s(self, x: f64) -> f64 {
        self.from_s + x / self.px_per_s
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Span = Span::new(-2.0, 100.0);

    #[test]
    fn what_is_under_the_pointer_stays_there() {
        let view = Span::new(10.0, 50.0);
        let zoomed = view.zoomed(20.0, 0.5, BOUNDS);
        let (before, after) = (Scale::new(view, 800.0), Scale::new(zoomed, 800.0));
        assert!((before.x(20.0) - after.x(20.0)).abs() < 1e-9);
        assert!((zoomed.len_s() - 20.0).abs() < 1e-9);
        assert!((after.s(after.x(13.25)) - 13.25).abs() < 1e-9);
    }

    #[test]
    fn no_gesture_leaves_the_bounds() {
        let view = Span::new(0.0, 10.0);
        assert_eq!(view.panned(-50.0, BOUNDS), Span::new(-2.0, 8.0));
        assert_eq!(view.panned(500.0, BOUNDS), Span::new(90.0, 100.0));
        assert_eq!(view.zoomed(9.0, 1e9, BOUNDS), BOUNDS);
        assert!((view.zoomed(5.0, 1e-12, BOUNDS).len_s() - SHORTEST_S).abs() < 1e-12);
        assert_eq!(Span::new(-1e9, 1e9).inside(BOUNDS), BOUNDS);
        assert!(Span::new(3.0, 3.0).inside(Span::new(3.0, 3.0)).len_s() >= 0.0);
    }

    #[test]
    fn the_session_is_part_of_what_there_is_to_see() {
        let timeline =
            Timeline { to_s: 10.0, session_from_s: Some(-3.0), session_to_s: Some(10.5), ..Timeline::default() };
        let all = Span::of(&timeline);
        assert!(all.from_s < -3.0 && all.to_s > 10.5 && all.len_s() < 14.0);
        assert_eq!(Span::tests(&timeline), Span::new(0.0, 10.0));
        assert!(Span::of(&Timeline::default()).len_s() > 0.0);
    }
}

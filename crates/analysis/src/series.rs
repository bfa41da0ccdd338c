//! How many attempts run and are done at any moment, without counting them one by one.

use crate::concurrency::{peak, sweep};
use crate::{Layout, Placement};

/// A sum is kept for every so many points.
const BLOCK: usize = 64;

/// Starts and stops of all attempts of a layout, each sorted, with running sums.
#[derive(Clone, Debug, Default)]
pub struct Curve {
    starts: Points,
    stops: Points,
    /// Highest number running at one time.
    pub peak: u32,
}

/// Running and done over equal buckets.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// Mean number running in each bucket.
    pub running: Vec<f32>,
    /// Attempts stopped by the end of each bucket.
    pub done: Vec<u32>,
}

#[derive(Clone, Debug, Default)]
struct Points {
    at_us: Vec<i64>,
    /// Sum of the points before every [`BLOCK`]th. It may wrap around, and so may what is made of it: a difference
    /// of two areas is right again when it fits.
    sums: Vec<i64>,
}

impl Points {
    /// Takes the points lane by lane, each in order: the stable sort finds and merges what is sorted already.
    fn new(mut at_us: Vec<i64>) -> Self {
        lanescope_model::order::numbers(&mut at_us);
        let mut sum = 0_i64;
        let sums = at_us.chunks(BLOCK).map(|block| {
            let before = sum;
            sum = block.iter().fold(sum, |sum, at| sum.wrapping_add(*at));
            before
        });
        Self { sums: sums.collect(), at_us }
    }

    /// How many points lie at this moment or before.
    fn until(&self, at_us: i64) -> usize {
        self.at_us.partition_point(|&p| p <= at_us)
    }

    /// Sum over the points before a moment of the time from the point to the moment, microseconds, wrapping.
    fn area(&self, at_us: i64) -> i64 {
        let n = self.until(at_us);
        let Some(last) = n.checked_sub(1) else { return 0 };
        let block = last / BLOCK;
        let before = self.sums.get(block).copied().unwrap_or(0);
        let rest = self.at_us.get(block * BLOCK..n).unwrap_or_default();
        let sum = rest.iter().fold(before, |sum, at| sum.wrapping_add(*at));
        at_us.wrapping_mul(n as i64).wrapping_sub(sum)
    }
}

impl Curve {
    /// The curve of these lanes.
    #[must_use]
    pub fn of(layout: &Layout) -> Self {
        let spans = || layout.lanes.iter().flat_map(|l| l.index.bars()).map(|b| (b.from_us, b.to_us));
        let starts = Points::new(spans().map(|s| s.0).collect());
        let stops = Points::new(spans().map(|s| s.1).collect());
        let peak = if spans().any(|s| s.0 == s.1) {
            peak(&spans().collect::<Vec<_>>())
        } else {
            sweep(&starts.at_us, &stops.at_us, &[])
        };
        Self { starts, stops, peak }
    }

    /// Whether it tells when tests ran, and not just how they might have.
    #[must_use]
    pub fn is_recorded(layout: &Layout) -> bool {
        !layout.simulated && matches!(layout.placement, Placement::Recorded | Placement::Packed)
    }

    /// Time in attempts before a moment, sum of all, microseconds; wrapping.
    fn area(&self, at_us: i64) -> i64 {
        self.starts.area(at_us).wrapping_sub(self.stops.area(at_us))
    }

    /// Running and done between two points in time.
    #[must_use]
    pub fn series(&self, from_us: i64, to_us: i64, buckets: u32) -> Series {
        let n = buckets.max(1);
        let length = to_us.saturating_sub(from_us).max(0);
        let edge = |i: u32| from_us.saturating_add((i128::from(length) * i128::from(i) / i128::from(n)) as i64);
        let mut series = Series::default();
        let mut left = (from_us, self.area(from_us));
        for i in 1..=n {
            let at = edge(i);
            let right = (at, self.area(at));
            let done = self.stops.until(at);
            let running = if right.0 > left.0 {
                right.1.wrapping_sub(left.1) as f64 / (right.0 - left.0) as f64
            } else {
                self.starts.until(at).saturating_sub(done) as f64
            };
            series.running.push(running as f32);
            series.done.push(done as u32);
            left = right;
        }
        series
    }
}

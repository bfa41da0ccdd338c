//! What happened on a lane in a stretch of time, from running sums.

use crate::LaneIndex;

/// A sum is kept for every so many attempts.
pub(crate) const BLOCK: usize = 64;

/// What happened on a lane in a stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measured {
    /// Attempts that run at some time strictly inside.
    pub attempts: u32,
    /// Failed ones among them.
    pub bad: u32,
    /// Time inside that attempts cover, microseconds; what two cover at once counts once.
    pub busy_us: i64,
}

/// For every [`BLOCK`]th place: the time that the attempts before it cover, microseconds.
pub(crate) fn covered(spans: impl Iterator<Item = (i64, i64)>) -> Vec<i64> {
    let mut sums = Vec::with_capacity(spans.size_hint().0 / BLOCK + 1);
    let (mut sum, mut reach) = (0_i64, i64::MIN);
    for (i, (from, to)) in spans.enumerate() {
        if i % BLOCK == 0 {
            sums.push(sum);
        }
        sum += fresh(from, to, reach);
        reach = reach.max(to);
    }
    sums
}

/// What an attempt covers that those before it do not.
fn fresh(from_us: i64, to_us: i64, reach_us: i64) -> i64 {
    (to_us - from_us.max(reach_us)).max(0)
}

impl LaneIndex {
    /// What happened between two points in time.
    #[must_use]
    pub fn measure(&self, from_us: i64, to_us: i64) -> Measured {
        if to_us <= from_us {
            return Measured::default();
        }
        let busy_us = self.covered_until(to_us) - self.covered_until(from_us);
        let (first, end) = self.reaching(from_us, to_us);
        if self.is_in_order() {
            return Measured { attempts: (end - first) as u32, bad: self.bad_in(first, end), busy_us };
        }
        let mut measured = Measured { busy_us, ..Measured::default() };
        for bar in self.overlapping(from_us, to_us) {
            measured.attempts += 1;
            measured.bad += u32::from(bar.outcome.is_bad());
        }
        measured
    }

    /// Time before this moment that attempts cover, microseconds.
    fn covered_until(&self, at_us: i64) -> i64 {
        let started = self.started_before(at_us);
        let Some(last) = started.checked_sub(1) else { return 0 };
        let block = last / BLOCK;
        let mut sum = self.covered_before_block(block);
        let mut reach = (block * BLOCK).checked_sub(1).map_or(i64::MIN, |i| self.reach_at(i));
        for (from, to) in self.spans(block * BLOCK, started) {
            sum += fresh(from, to, reach);
            reach = reach.max(to);
        }
        // All of these began before: what they cover after this moment is one piece.
        sum - reach.saturating_sub(at_us).max(0)
    }
}

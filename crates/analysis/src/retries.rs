//! Where each attempt stands, and what leads from one attempt of a test to the next.

use lanescope_model::{AttemptId, Run, order};

use crate::Layout;

const NOWHERE: (u32, u32) = (u32::MAX, u32::MAX);
/// So many retries are looked at one by one; among more, those are found by length.
const FEW: usize = 4096;

/// Lane and place on it, of each attempt.
#[derive(Clone, Debug, Default)]
pub struct Seats {
    of: Vec<(u32, u32)>,
}

impl Seats {
    /// The seats of a layout of a run.
    #[must_use]
    pub fn of(run: &Run, layout: &Layout) -> Self {
        let mut of = vec![NOWHERE; run.attempts.len()];
        for (lane, row) in layout.lanes.iter().zip(0..) {
            for (bar, place) in lane.index.bars().zip(0..) {
                if let Some(seat) = of.get_mut(bar.attempt as usize) {
                    *seat = (row, place);
                }
            }
        }
        Self { of }
    }

    /// Index of the lane in [`Layout::lanes`], and place of the attempt on it.
    #[must_use]
    pub fn get(&self, attempt: u32) -> Option<(u32, usize)> {
        let seat = self.of.get(attempt as usize).filter(|&&seat| seat != NOWHERE)?;
        Some((seat.0, seat.1 as usize))
    }
}

/// From the stop of an attempt to the start of the next attempt of its test.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Retry {
    /// Stop of the earlier attempt, microseconds on the timeline.
    pub from_us: i64,
    /// Start of the later attempt, microseconds on the timeline. In a simulation it may stand before the stop.
    pub to_us: i64,
    /// Lane of the earlier attempt, an index into [`Layout::lanes`].
    pub from_lane: u32,
    /// Lane of the later attempt.
    pub to_lane: u32,
}

impl Retry {
    fn ends(&self) -> (i64, i64) {
        (self.from_us.min(self.to_us), self.from_us.max(self.to_us))
    }

    fn length_us(&self) -> i64 {
        self.ends().1 - self.ends().0
    }

    fn touches(&self, from_us: i64, to_us: i64) -> bool {
        let (from, to) = self.ends();
        from <= to_us && to >= from_us
    }
}

/// All retries of a layout.
#[derive(Clone, Debug, Default)]
pub struct Retries {
    /// By their left ends.
    retries: Vec<Retry>,
    /// The furthest right end so far.
    reach_us: Vec<i64>,
    /// Places in `retries`, the longest in time first.
    by_length: Vec<u32>,
}

impl Retries {
    /// The retries of a layout of a run.
    #[must_use]
    pub fn of(run: &Run, layout: &Layout, seats: &Seats) -> Self {
        let bar = |attempt: AttemptId| {
            let (lane, place) = seats.get(attempt.0)?;
            Some((lane, layout.lanes.get(lane as usize)?.index.bar(place)?))
        };
        let mut retries = Vec::new();
        for test in run.tests.ids() {
            let attempts = run.tests.attempts(test);
            for (earlier, later) in attempts.clone().zip(attempts.skip(1)) {
                if let (Some((from_lane, from)), Some((to_lane, to))) = (bar(earlier), bar(later)) {
                    retries.push(Retry { from_us: from.to_us, to_us: to.from_us, from_lane, to_lane });
                }
            }
        }
        order::sort(&mut retries, &|a: &Retry, b: &Retry| {
            (a.ends(), a.from_lane, a.to_lane).cmp(&(b.ends(), b.from_lane, b.to_lane))
        });
        let mut reach = i64::MIN;
        let reach_us = retries.iter().map(|r| {
            reach = reach.max(r.ends().1);
            reach
        });
        let reach_us = reach_us.collect();
        let mut by_length: Vec<u32> = (0..retries.len() as u32).collect();
        by_length_of(&retries, &mut by_length);
        Self { retries, reach_us, by_length }
    }

    /// At most `most` retries that touch a window and are wanted, the longest in time first.
    #[must_use]
    pub fn touching(&self, from_us: i64, to_us: i64, wanted: &dyn Fn(&Retry) -> bool, most: usize) -> Vec<Retry> {
        let first = self.reach_us.partition_point(|&reach| reach < from_us);
        let end = self.retries.partition_point(|r| r.ends().0 <= to_us).max(first);
        let get = |&i: &u32| self.retries.get(i as usize);
        let asked = |r: &&Retry| r.touches(from_us, to_us) && wanted(r);
        if end - first > FEW {
            return self.by_length.iter().filter_map(get).filter(asked).take(most).copied().collect();
        }
        let mut near: Vec<u32> = (first as u32..end as u32).collect();
        near.retain(|i| get(i).is_some_and(|r| asked(&r)));
        by_length_of(&self.retries, &mut near);
        near.iter().filter_map(get).take(most).copied().collect()
    }
}

/// The longest first. Of equally long ones the first few lie all along the run and on all of its lanes, so that what is
/// cut off is missing everywhere alike: multiples of the golden ratio scatter (Knuth, TAOCP 3, 6.4, Fibonacci hashing).
fn by_length_of(retries: &[Retry], places: &mut [u32]) {
    let key = |i: u32| (retries.get(i as usize).map_or(0, Retry::length_us), i.wrapping_mul(0x9E37_79B9));
    order::by(places, &|a, b| key(b).cmp(&key(a)));
}

//! Putting intervals on lanes: those that happened (packing), and those that might (scheduling).

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// Puts intervals on as few lanes as possible, such that no two on one lane overlap. Gives a lane for each
/// interval, and the number of lanes, which is the highest number of intervals at one time.
///
/// `spans` are (start, stop), ordered by start and then by stop. Each goes to the free lane whose last end is
/// the latest (best fit), since a worker usually starts its next test as soon as the last one is over.
#[must_use]
pub fn pack(spans: &[(i64, i64)]) -> (Vec<u32>, u32) {
    // Free at this time: these lanes. The lane that was freed last is taken first.
    let mut free: BTreeMap<i64, Vec<u32>> = BTreeMap::new();
    let mut lanes = 0;
    let mut placed = Vec::with_capacity(spans.len());
    for &(start, stop) in spans {
        let lane = match free.range_mut(..=start).next_back() {
            Some((&end, at_end)) => {
                let lane = at_end.pop();
                if at_end.is_empty() {
                    free.remove(&end);
                }
                lane
            }
            None => None,
        };
        let lane = lane.unwrap_or_else(|| {
            lanes += 1;
            lanes - 1
        });
        free.entry(stop).or_default().push(lane);
        placed.push(lane);
    }
    (placed, lanes)
}

/// Greedy list scheduling: each piece, in the order given, goes to the worker that is free first. Gives worker
/// and start for each piece. A model: it does not say what happened.
#[must_use]
pub fn schedule(lengths_us: &[i64], workers: u32) -> Vec<(u32, i64)> {
    let mut free: BinaryHeap<Reverse<(i64, u32)>> = (0..workers.max(1)).map(|w| Reverse((0, w))).collect();
    let mut placed = Vec::with_capacity(lengths_us.len());
    for &length in lengths_us {
        let Some(Reverse((start, worker))) = free.pop() else { break };
        placed.push((worker, start));
        free.push(Reverse((start.saturating_add(length.max(0)), worker)));
    }
    placed
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_lane_that_was_freed_last_is_taken() {
        let (lanes, n) = pack(&[(0, 5), (0, 9), (10, 12)]);
        assert_eq!((lanes, n), (vec![0, 1, 1], 2));
    }

    /// Highest number of intervals at one moment; an empty one counts at its moment, but two of them fit one lane.
    fn peak(spans: &[(i64, i64)]) -> u32 {
        let at = |t: i64| {
            let before = spans.iter().filter(|s| s.0 < t && s.1 > t).count();
            let starting = spans.iter().filter(|s| s.0 == t && s.1 > t).count();
            let empty = usize::from(spans.iter().any(|s| s.0 == t && s.1 == t));
            before + starting.max(empty)
        };
        spans.iter().map(|s| at(s.0) as u32).max().unwrap_or(0)
    }

    proptest! {
        #[test]
        fn lanes_never_overlap_and_are_as_many_as_run_at_once(mut spans in prop::collection::vec((0_i64..200, 0_i64..30), 0..80)) {
            for span in &mut spans {
                span.1 += span.0;
            }
            spans.sort_unstable();
            let (placed, lanes) = pack(&spans);
            prop_assert_eq!(lanes, peak(&spans));
            for lane in 0..lanes {
                let on_it: Vec<_> = spans.iter().zip(&placed).filter(|(_, l)| **l == lane).map(|(s, _)| s).collect();
                prop_assert!(on_it.windows(2).all(|w| w[0].1 <= w[1].0));
            }
        }

        #[test]
        fn a_schedule_keeps_within_grahams_bound(lengths in prop::collection::vec(0_i64..1000, 1..60), workers in 1_u32..9) {
            let placed = schedule(&lengths, workers);
            let makespan = placed.iter().zip(&lengths).map(|((_, s), l)| s + l).max().unwrap();
            let sum: i64 = lengths.iter().sum();
            let longest = *lengths.iter().max().unwrap();
            let bound = (sum / i64::from(workers)).max(longest);
            prop_assert!(makespan >= bound);
            prop_assert!(makespan <= sum / i64::from(workers) + longest + 1);
        }
    }
}

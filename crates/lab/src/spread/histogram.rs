//! Durations in buckets on a logarithmic axis.

use lanescope_model::us_to_s;

/// Buckets of a decade.
const PER_DECADE: i32 = 4;
/// Edges inside a decade: 10^(k/4). Written down, so that they are the same on every machine.
const MANTISSAS: [f64; 4] = [1.0, 1.778_279_410_038_922_8, 3.162_277_660_168_379_5, 5.623_413_251_903_491];
/// Decades of the first edge and of the last: a microsecond, and eleven days.
const DECADES: (i32, i32) = (-6, 6);

/// Durations in buckets.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Histogram {
    /// Edges, seconds: one more than buckets.
    pub edges_s: Vec<f64>,
    /// Attempts in each bucket.
    pub counts: Vec<u32>,
    /// Time in them, seconds.
    pub bucket_s: Vec<f64>,
}

/// An edge by its number: 0 is a second.
fn edge(k: i32) -> f64 {
    let (decade, part) = (k.div_euclid(PER_DECADE), k.rem_euclid(PER_DECADE));
    let power = (0..decade.unsigned_abs()).fold(1.0, |power, _| power * 10.0);
    let mantissa = MANTISSAS.get(part as usize).copied().unwrap_or(1.0);
    if decade < 0 { mantissa / power } else { mantissa * power }
}

/// Puts times, in order from short to long, into buckets: from an edge to below the next. Empty buckets at both
/// ends are left out; shorter times than the first edge stand in the first bucket, longer ones in the last.
#[must_use]
pub fn histogram(sorted_us: &[i64]) -> Histogram {
    let mut all = Histogram::default();
    let (Some(&shortest), Some(&longest)) = (sorted_us.first(), sorted_us.last()) else { return all };
    let (first, last) = (DECADES.0 * PER_DECADE, DECADES.1 * PER_DECADE);
    let below = |us: i64| {
        let s = us_to_s(us);
        (first + 1..last).take_while(|&k| edge(k) <= s).last().unwrap_or(first)
    };
    let (from, to) = (below(shortest), below(longest));
    all.edges_s = (from..=to + 1).map(edge).collect();
    let mut rest = sorted_us;
    for k in from..=to {
        let inside = if k == to { rest.len() } else { rest.partition_point(|&us| us_to_s(us) < edge(k + 1)) };
        let (bucket, behind) = rest.split_at_checked(inside).unwrap_or((rest, &[]));
        all.counts.push(bucket.len() as u32);
        all.bucket_s.push(us_to_s(bucket.iter().copied().fold(0, i64::saturating_add)));
        rest = behind;
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `numpy.histogram(times, 10 ** (numpy.arange(-8, 3) / 4))`.
    #[test]
    fn buckets_are_those_of_numpy() {
        let mut us = [10_000, 17_782, 17_783, 31_622, 50_000, 99_999, 100_000, 2_500_000];
        us.sort_unstable();
        let h = histogram(&us);
        assert_eq!(h.counts, [2, 2, 1, 1, 1, 0, 0, 0, 0, 1]);
        let first_last = (h.edges_s.first().copied(), h.edges_s.last().copied());
        assert_eq!(first_last, (Some(0.01), Some(3.162_277_660_168_379_5)));
    }

    proptest! {
        #[test]
        fn every_time_stands_in_one_bucket(mut us in prop::collection::vec(prop_oneof![0..50_i64, 0..10_000_000_i64, any::<i64>().prop_map(|x| x.saturating_abs())], 0..60)) {
            us.sort_unstable();
            let h = histogram(&us);
            prop_assert_eq!(h.counts.iter().sum::<u32>() as usize, us.len());
            prop_assert_eq!(h.edges_s.len(), if us.is_empty() { 0 } else { h.counts.len() + 1 });
            prop_assert!(h.edges_s.windows(2).all(|w| w[0] < w[1]));
            if let (Some(&first), Some(&last)) = (h.counts.first(), h.counts.last()) {
                prop_assert!(first > 0 && last > 0);
            }
        }
    }
}

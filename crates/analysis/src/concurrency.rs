//! How many tests ran over time.

use lanescope_model::order::numbers;

use crate::{Layout, Placement};

/// Tests running over time: a step function, averaged over equal buckets.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Concurrency {
    /// Left end of the first bucket, microseconds on the timeline.
    pub from_us: i64,
    /// Width of a bucket, microseconds.
    pub step_us: f64,
    /// Mean number of tests running in each bucket. Its sum times the width is the time in tests, exactly.
    pub running: Vec<f64>,
    /// Highest number running at one time.
    pub peak: u32,
}

/// Tests running over time, from the lanes of a run; `None` where no starts are recorded.
#[must_use]
pub fn concurrency(layout: &Layout, buckets: usize) -> Option<Concurrency> {
    if !matches!(layout.placement, Placement::Recorded | Placement::Packed) {
        return None;
    }
    let spans: Vec<(i64, i64)> =
        layout.lanes.iter().flat_map(|l| l.index.bars()).map(|b| (b.from_us, b.to_us)).collect();
    Some(of_spans(&spans, 0, layout.to_us, buckets))
}

fn of_spans(spans: &[(i64, i64)], from_us: i64, to_us: i64, buckets: usize) -> Concurrency {
    let n = buckets.max(1);
    let step_us = ((to_us - from_us).max(1)) as f64 / n as f64;
    // `edge` holds what is covered of the two buckets in which a span begins and ends; `whole` is a running
    // count of the spans that cover a bucket fully. So a long span costs no more than a short one.
    let mut edge = vec![0.0_f64; n];
    let mut whole = vec![0.0_f64; n + 1];
    let bucket = |at: i64| (((at - from_us) as f64 / step_us) as usize).min(n - 1);
    let add = |i: usize, to: &mut Vec<f64>, value: f64| {
        if let Some(slot) = to.get_mut(i) {
            *slot += value;
        }
    };
    for &(start, stop) in spans {
        let (a, b) = (bucket(start), bucket(stop));
        if a == b {
            add(a, &mut edge, (stop - start) as f64);
            continue;
        }
        let offset = (start - from_us) as f64;
        add(a, &mut edge, (a + 1) as f64 * step_us - offset);
        add(b, &mut edge, (stop - from_us) as f64 - b as f64 * step_us);
        add(a + 1, &mut whole, 1.0);
        add(b, &mut whole, -1.0);
    }
    let mut covering = 0.0;
    let running = edge.iter().zip(&whole).map(|(edge, change)| {
        covering += change;
        covering + edge / step_us
    });
    Concurrency { from_us, step_us, running: running.collect(), peak: peak(spans) }
}

/// Highest number of spans at one time; one that ends when another begins does not overlap it. A span without
/// length counts at its moment, once for all of that moment, as [`crate::pack`] places them.
pub(crate) fn peak(spans: &[(i64, i64)]) -> u32 {
    let mut starts: Vec<i64> = spans.iter().filter(|s| s.1 > s.0).map(|s| s.0).collect();
    let mut stops: Vec<i64> = spans.iter().filter(|s| s.1 > s.0).map(|s| s.1).collect();
    let mut moments: Vec<i64> = spans.iter().filter(|s| s.1 <= s.0).map(|s| s.0).collect();
    // Spans come lane by lane, each in order: the stable sort finds and merges what is sorted already.
    numbers(&mut starts);
    numbers(&mut stops);
    numbers(&mut moments);
    sweep(&starts, &stops, &moments)
}

/// Highest number running at one time, from sorted starts and sorted stops of spans with a length, and the sorted
/// moments of those without.
pub(crate) fn sweep(starts: &[i64], stops: &[i64], moments: &[i64]) -> u32 {
    let (mut begun, mut ended, mut peak) = (0_usize, 0_usize, 0_usize);
    let mut moments = moments.iter().peekable();
    let mut at = |at: i64, begun: usize| {
        ended += stops.get(ended..).unwrap_or_default().iter().take_while(|stop| **stop <= at).count();
        begun.saturating_sub(ended) + 1
    };
    for start in starts {
        // What begins at a moment can come after what has no length there.
        while let Some(moment) = moments.next_if(|moment| *moment <= start) {
            peak = peak.max(at(*moment, begun));
        }
        peak = peak.max(at(*start, begun));
        begun += 1;
    }
    for moment in moments {
        peak = peak.max(at(*moment, begun));
    }
    u32::try_from(peak).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn buckets_hold_the_mean() {
        let c = of_spans(&[(0, 10), (5, 10), (7, 8)], 0, 10, 2);
        assert_eq!(c.running, [1.0, 2.2]);
        assert_eq!(c.peak, 3);
    }

    #[test]
    fn a_span_without_length_counts_beside_what_runs_at_its_moment() {
        assert_eq!(peak(&[(5, 5), (5, 5)]), 1, "one after another");
        assert_eq!(peak(&[(0, 9), (5, 5), (5, 5)]), 2, "within another");
        assert_eq!(peak(&[(0, 5), (5, 5), (5, 9)]), 1, "between two others");
        assert_eq!(peak(&[(0, 9), (9, 9)]), 1, "at an end, after the last start");
        assert_eq!(peak(&[(0, 9), (1, 3), (4, 4)]), 2, "after the last start");
        assert_eq!(peak(&[]), 0);
    }

    proptest! {
        #[test]
        fn the_area_is_the_time_in_tests(mut spans in prop::collection::vec((0_i64..1_000_000, 0_i64..500_000), 1..100), n in 1_usize..300) {
            for span in &mut spans {
                span.1 += span.0;
            }
            let to = spans.iter().map(|s| s.1).max().unwrap_or(0);
            let c = of_spans(&spans, 0, to, n);
            let area: f64 = c.running.iter().sum::<f64>() * c.step_us;
            let busy: i64 = spans.iter().map(|s| s.1 - s.0).sum();
            prop_assert!((area - busy as f64).abs() <= 1e-9 * (busy as f64) + 1e-3, "{area} {busy}");
            prop_assert!(c.running.iter().all(|&r| r <= f64::from(c.peak) + 1e-6 && r >= -1e-6));
        }
    }
}

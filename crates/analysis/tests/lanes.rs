//! What must hold for windows, sums and curves of any lanes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at what it did not expect")]

use lanescope_analysis::{
    Bar, Curve, LaneIndex, LaneOrder, Layout, Placement, RankBits, Retries, Retry, Seats, Window, concurrency,
};
use lanescope_model::{AttemptRow, Outcome, Run, RunBuilder};
use proptest::prelude::*;

const EPOCH: i64 = 1_795_398_990_000_000;

/// Worker, start, length, test.
type Row = (u32, i64, i64, u32);

fn run(rows: &[Row]) -> Run {
    let mut b = RunBuilder::new();
    for (i, &(worker, start, length, test)) in rows.iter().enumerate() {
        let test = b.test(None, &format!("tests/test_a.py::test_{test}"), 17);
        let worker = Some(b.worker(&format!("gw{worker}")));
        b.attempt(AttemptRow {
            worker,
            start_us: Some(EPOCH + start),
            stop_us: Some(EPOCH + start + length),
            total_us: Some(length),
            outcome: Outcome::ALL[i % 7],
            ..AttemptRow::new(test)
        });
    }
    b.finish()
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec((0_u32..5, 0_i64..100_000, 0_i64..4000, 0_u32..60), 1..250)
}

fn all_bars(layout: &Layout) -> Vec<Bar> {
    layout.lanes.iter().flat_map(|l| l.index.bars()).collect()
}

fn drawn(index: &LaneIndex, window: &Window) -> Vec<Bar> {
    let mut bars = Vec::new();
    index.window(window, &mut |bar| bars.push(bar));
    bars
}

proptest! {
    #[test]
    fn bars_know_which_attempts_they_stand_for(rows in rows(), px in 1_u32..2000, matching in any::<u64>()) {
        let layout = Layout::of(&run(&rows), None);
        for lane in &layout.lanes {
            let window = Window::new(0, layout.to_us, px);
            let bars = drawn(&lane.index, &window);
            prop_assert!(bars.len() <= lane.index.at_most(&window));
            let singles: Vec<Bar> = lane.index.bars().collect();
            let matches = |bar: &Bar| matching >> (bar.attempt % 64) & 1 == 1;
            let bits = RankBits::new(singles.iter().map(matches));
            let mut found = 0;
            for bar in &bars {
                let (first, end) = (bar.first as usize, (bar.first + bar.count) as usize);
                found += bits.count(first, end);
                let own = &singles[first..end];
                prop_assert!(own.iter().all(|b| b.from_us >= bar.from_us && b.to_us <= bar.to_us));
                let longest = own.iter().max_by_key(|b| (b.to_us - b.from_us, std::cmp::Reverse(b.first))).unwrap();
                prop_assert_eq!(bar.lead, longest.attempt);
            }
            prop_assert_eq!(found as usize, singles.iter().filter(|b| matches(b)).count());
        }
    }

    #[test]
    fn every_failure_is_seen(rows in rows(), px in 1_u32..2000, from in 0_i64..90_000, width in 1_i64..90_000, coarser in 0_u32..12) {
        let layout = Layout::of(&run(&rows), None);
        let window = (0..coarser).fold(Window::new(from, from + width, px), |w, _| w.coarser());
        for lane in &layout.lanes {
            let bars = drawn(&lane.index, &window);
            for bad in lane.index.bars().filter(|b| b.outcome.is_bad() && b.to_us > from && b.from_us < from + width) {
                let shows = |b: &Bar| b.outcome.is_bad() && b.from_us <= bad.from_us && b.to_us >= bad.to_us;
                prop_assert!(bars.iter().any(shows), "{bad:?}");
            }
        }
    }

    #[test]
    fn a_measure_is_the_plain_sum(rows in rows(), from in -1000_i64..105_000, width in -10_i64..60_000) {
        let layout = Layout::of(&run(&rows), None);
        for lane in &layout.lanes {
            let measured = lane.index.measure(from, from + width);
            let inside: Vec<Bar> =
                lane.index.bars().filter(|b| width > 0 && b.to_us > from && b.from_us < from + width).collect();
            prop_assert_eq!(measured.attempts as usize, inside.len());
            prop_assert_eq!(measured.bad as usize, inside.iter().filter(|b| b.outcome.is_bad()).count());
            let (mut busy, mut reach) = (0, from);
            for bar in &inside {
                busy += (bar.to_us.min(from + width) - bar.from_us.max(reach)).max(0);
                reach = reach.max(bar.to_us);
            }
            prop_assert_eq!(measured.busy_us, busy);
        }
    }

    #[test]
    fn a_series_is_the_plain_count(rows in rows(), from in -1000_i64..90_000, width in 0_i64..90_000, buckets in 1_u32..300) {
        let layout = Layout::of(&run(&rows), None);
        let curve = Curve::of(&layout);
        let bars = all_bars(&layout);
        let series = curve.series(from, from + width, buckets);
        prop_assert_eq!((series.running.len(), series.done.len()), (buckets as usize, buckets as usize));
        let edge = |i: u32| from + width * i64::from(i) / i64::from(buckets);
        for i in 0..buckets {
            let (a, b) = (edge(i), edge(i + 1));
            prop_assert_eq!(series.done[i as usize] as usize, bars.iter().filter(|bar| bar.to_us <= b).count());
            let running = if a == b {
                bars.iter().filter(|bar| bar.from_us <= b && bar.to_us > b).count() as f64
            } else {
                bars.iter().map(|bar| (bar.to_us.min(b) - bar.from_us.max(a)).max(0)).sum::<i64>() as f64 / (b - a) as f64
            };
            prop_assert!((f64::from(series.running[i as usize]) - running).abs() < 1e-3);
        }
        prop_assert_eq!(curve.peak, concurrency(&layout, 10).unwrap().peak);
    }

    #[test]
    fn retries_in_a_window_are_the_longest_of_those_that_touch_it(
        rows in rows(), from in 0_i64..100_000, width in 0_i64..50_000, most in 0_usize..50, lane in 0_u32..5,
    ) {
        let run = run(&rows);
        let layout = Layout::of(&run, None);
        let retries = Retries::of(&run, &layout, &Seats::of(&run, &layout));
        let wanted = |r: &Retry| r.from_lane == lane || r.to_lane == lane;
        let length = |r: &Retry| (r.to_us - r.from_us).abs();
        let all = retries.touching(i64::MIN, i64::MAX, &|_| true, usize::MAX);
        let pairs: usize = run.tests.ids().map(|t| run.tests.attempts(t).len().saturating_sub(1)).sum();
        prop_assert_eq!(all.len(), pairs);
        let touches = |r: &&Retry| r.from_us.min(r.to_us) <= from + width && r.from_us.max(r.to_us) >= from;
        let mut plain: Vec<i64> = all.iter().filter(touches).filter(|r| wanted(r)).map(length).collect();
        plain.sort_unstable_by_key(|l| -l);
        plain.truncate(most);
        let found = retries.touching(from, from + width, &wanted, most);
        prop_assert_eq!(found.iter().map(length).collect::<Vec<_>>(), plain);
        prop_assert!(found.iter().all(|r| touches(&r) && wanted(r)));
    }

    #[test]
    fn packed_lanes_hold_everything_and_never_overlap(rows in rows()) {
        let mut b = RunBuilder::new();
        for &(_, start, length, test) in &rows {
            let test = b.test(None, &format!("t{test}"), 0);
            let (start_us, stop_us) = (Some(EPOCH + start), Some(EPOCH + start + length));
            b.attempt(AttemptRow { start_us, stop_us, total_us: Some(length), ..AttemptRow::new(test) });
        }
        let layout = Layout::of(&b.finish(), None);
        prop_assert_eq!(layout.placement, Placement::Packed);
        prop_assert_eq!(layout.placed as usize, rows.len());
        prop_assert_eq!(layout.lanes.len() as u32, concurrency(&layout, 1).unwrap().peak);
        for lane in &layout.lanes {
            let bars: Vec<Bar> = lane.index.bars().collect();
            prop_assert!(bars.windows(2).all(|w| w[0].to_us <= w[1].from_us));
        }
    }
}

#[test]
fn many_retries_are_found_by_length() {
    // Each test runs twice; the pause between grows with its number.
    let rows: Vec<Row> =
        (0..6000).flat_map(|i| [(0, i * 100, 10, i as u32), (1, i * 100 + 50 + i, 10, i as u32)]).collect();
    let run = run(&rows);
    let layout = Layout::of(&run, None);
    let retries = Retries::of(&run, &layout, &Seats::of(&run, &layout));
    let found = retries.touching(0, 590_000, &|_| true, 3);
    let lengths: Vec<i64> = found.iter().map(|r| r.to_us - r.from_us).collect();
    assert_eq!(lengths, [5899 + 40, 5898 + 40, 5897 + 40], "later ones start behind the window");
}

#[test]
fn of_equally_long_retries_every_lane_and_every_hour_keeps_some() {
    // 64 lanes in step, each test twice on its own lane with the same pause: more than can be shown.
    for tests in [40_u32, 100] {
        let rows: Vec<Row> = (0..tests)
            .flat_map(|i| (0..64_u32).map(move |lane| (lane, i64::from(i) * 100, i * 64 + lane)))
            .flat_map(|(lane, start, test)| [(lane, start, 10, test), (lane, start + 50, 10, test)])
            .collect();
        let run = run(&rows);
        let layout = Layout::of(&run, None);
        let retries = Retries::of(&run, &layout, &Seats::of(&run, &layout));
        let found = retries.touching(0, i64::MAX, &|_| true, 400);
        assert_eq!(found.len(), 400);
        for lane in 0..64 {
            let on = found.iter().filter(|r| r.from_lane == lane).count();
            assert!((3..=10).contains(&on), "{on} of 400 on lane {lane}");
        }
        let quarter = i64::from(tests) * 25;
        for part in 0..4 {
            let in_it = found.iter().filter(|r| r.from_us / quarter == part).count();
            assert!((80..=120).contains(&in_it), "{in_it} of 400 in quarter {part}");
        }
    }
}

#[test]
fn a_burst_in_a_long_lane_is_merged_from_a_level() {
    // Half of the lane lies in half a second of a day.
    let day = 86_400_000_000;
    let spans = (0..40_000_i64).map(|i| {
        let from = if i % 2 == 0 { day / 2 + i * 25 } else { i * (day / 40_000) };
        (from, from + 20, i as u32, Outcome::Passed)
    });
    let index = LaneIndex::new(spans.collect(), |_| 0);
    let window = Window::new(day / 2, day / 2 + 1_000_000, 100);
    assert!(index.at_most(&window) < 4000, "{} of 20,000 are looked at", index.at_most(&window));
    assert!(drawn(&index, &window).len() < 200);
}

/// Lanes given as (worker, group, start, length, crashed).
fn lanes(rows: &[(&str, &str, i64, i64, bool)], declared: Option<u32>) -> (Run, Layout) {
    let mut b = RunBuilder::new();
    b.meta.declared_workers = declared;
    for (i, &(worker, group, start, length, crashed)) in rows.iter().enumerate() {
        let group = (!group.is_empty()).then(|| b.group(group));
        let test = b.test(group, &format!("t{i}"), 0);
        let worker = b.worker(worker);
        if crashed {
            b.worker_crashed(worker);
        }
        b.attempt(AttemptRow {
            worker: Some(worker),
            start_us: Some(EPOCH + start),
            stop_us: Some(EPOCH + start + length),
            total_us: Some(length),
            ..AttemptRow::new(test)
        });
    }
    let run = b.finish();
    let layout = Layout::of(&run, None);
    (run, layout)
}

fn names(layout: &Layout, order: LaneOrder) -> Vec<&str> {
    layout.order(order).iter().map(|&i| layout.lanes[i as usize].name.as_str()).collect()
}

#[test]
fn lanes_are_ordered_group_by_group() {
    let rows = [
        ("a", "py 3.10", 5, 10, false),
        ("b", "py 3.9", 0, 50, false),
        ("c", "py 3.10", 0, 40, false),
        ("d", "py 3.9", 2, 20, false),
    ];
    let (run, layout) = lanes(&rows, None);
    let groups: Vec<_> = layout.groups.iter().map(|g| (run.group_name(g.group), g.lanes, g.from_us, g.to_us)).collect();
    assert_eq!(groups, [("py 3.9", 2, 0, 50), ("py 3.10", 2, 0, 40)]);
    assert_eq!(names(&layout, LaneOrder::Name), ["b", "d", "a", "c"]);
    assert_eq!(names(&layout, LaneOrder::Idle), ["d", "b", "a", "c"]);
    assert_eq!(names(&layout, LaneOrder::Load), ["b", "d", "c", "a"]);
    assert_eq!(names(&layout, LaneOrder::Start), ["b", "d", "c", "a"]);
    let mixed: Vec<_> = (0..20).map(|i| ("abcd".split_at(i % 4).1, ["x", "y"][i / 4 % 2], 0, 1, false)).collect();
    assert_eq!(lanes(&mixed, None).1.groups, [], "workers took tests of both groups");
}

fn replaced(rows: &[(&str, &str, i64, i64, bool)], declared: Option<u32>) -> Vec<String> {
    let (run, layout) = lanes(rows, declared);
    let pair = |l: &lanescope_analysis::Lane| l.replaces.map(|w| format!("{} for {}", l.name, run.worker_name(w)));
    layout.lanes.iter().filter_map(pair).collect()
}

#[test]
fn a_crashed_worker_is_replaced_by_the_next_number() {
    let rows = [
        ("gw0", "", 0, 100, false),
        ("gw1", "", 0, 20, true),
        ("gw2", "", 0, 10, true),
        ("gw3", "", 15, 20, true),
        ("gw4", "", 25, 20, false),
        ("gw5", "", 40, 20, false),
    ];
    let expected = ["gw3 for gw2", "gw4 for gw1", "gw5 for gw3"];
    assert_eq!(replaced(&rows, None), expected);
    assert_eq!(replaced(&rows, Some(3)), expected);
    // The last crash is not replaced when nothing is left to do.
    assert_eq!(replaced(&rows[..5], Some(3)), ["gw3 for gw2", "gw4 for gw1"]);
    // Without the number of workers, a worker that was there before the crash is none that came for it.
    assert_eq!(replaced(&rows[..3], None), [""; 0]);
    let at_once = [("gw0", "", 0, 9, false), ("gw1", "", 5, 0, true)];
    assert_eq!(replaced(&at_once, None), [""; 0], "nobody comes in his own place");
    assert_eq!(replaced(&[("thread-1", "", 0, 1, true), ("thread-2", "", 5, 1, false)], None), [""; 0]);
}

#[test]
fn packing_counts_an_attempt_without_length_beside_what_runs() {
    let mut b = RunBuilder::new();
    for (start, length) in [(48_473, 663), (48_474, 0)] {
        let test = b.test(None, &format!("t{start}"), 0);
        let (start_us, stop_us) = (Some(EPOCH + start), Some(EPOCH + start + length));
        b.attempt(AttemptRow { start_us, stop_us, total_us: Some(length), ..AttemptRow::new(test) });
    }
    let layout = Layout::of(&b.finish(), None);
    assert_eq!((layout.lanes.len(), concurrency(&layout, 1).unwrap().peak), (2, 2));
}

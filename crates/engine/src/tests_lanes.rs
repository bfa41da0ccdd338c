//! Questions about lanes: windows, colours, queries, sums and places.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at what it did not expect")]

use lanescope_model::{AttemptRow, Outcome, Run, RunBuilder, TextKind};
use lanescope_protocol::{
    Answer, ColourBy, FADED, FLAKY, Frame, LaneSort, Legend, MERGED, Measure, MeasureRequest, NEAR_LIMIT, Place,
    Provenance, RETRY, Request, Series, SeriesRequest, TIMED_OUT, Timeline, TimelineRequest, WindowRequest,
};

use crate::Engine;
use crate::tests::{EPOCH, S, engine, loaded};

fn lanes(sort: LaneSort) -> TimelineRequest {
    TimelineRequest { run: "r".to_owned(), sort, workers: None }
}

fn window(engine: &mut Engine, asked: WindowRequest) -> Frame {
    let timeline = TimelineRequest { run: "r".to_owned(), ..asked.timeline };
    let (answer, bytes) = engine.answer(&Request::Window(WindowRequest { timeline, ..asked }));
    assert_eq!(answer, Answer::Frame);
    Frame::decode(&bytes.unwrap()).unwrap()
}

fn whole(to_s: f64, width_px: u32) -> WindowRequest {
    WindowRequest { to_s, width_px, lanes: u32::MAX, ..WindowRequest::default() }
}

fn legend(engine: &mut Engine, colour: ColourBy) -> Legend {
    match engine.answer(&Request::Legend { run: "r".to_owned(), colour }).0 {
        Answer::Legend(legend) => legend,
        other => panic!("{other:?}"),
    }
}

fn timeline(engine: &mut Engine, sort: LaneSort) -> Timeline {
    match engine.answer(&Request::Timeline(lanes(sort))).0 {
        Answer::Timeline(timeline) => *timeline,
        other => panic!("{other:?}"),
    }
}

fn places(engine: &mut Engine, asked: &Request) -> Vec<Place> {
    match engine.answer(asked).0 {
        Answer::Places(places) => places,
        other => panic!("{other:?}"),
    }
}

/// Two groups on a worker each, three tests a group: one passes, one fails, one passes at the second attempt,
/// which for group `b` runs on the worker of group `a`. Test i has the markers `all` and `m<i>`.
fn small() -> Run {
    let mut b = RunBuilder::new();
    b.meta.id = "r".to_owned();
    for (g, name) in ["b", "a"].into_iter().enumerate() {
        let group = b.group(name);
        for i in 0..3_i64 {
            let test = b.test(Some(group), &format!("tests/test_{name}.py::test_{i}"), 17);
            b.test_markers(test, if i == 0 { "all" } else { ["all m1", "m2 all"][i as usize - 1] });
            let outcomes: &[Outcome] = match i {
                0 => &[Outcome::Passed],
                1 => &[Outcome::Failed],
                _ => &[Outcome::Failed, Outcome::Passed],
            };
            for (n, &outcome) in outcomes.iter().enumerate() {
                let elsewhere = n == 1 && g == 0;
                let worker = Some(b.worker(if (g == 0) != elsewhere { "w2" } else { "w10" }));
                let start = if elsewhere { 9 } else { i + n as i64 } * S;
                let length = (i + 1) * S / 4;
                let (start_us, stop_us) = (Some(EPOCH + start), Some(EPOCH + start + length));
                b.attempt(AttemptRow {
                    worker,
                    start_us,
                    stop_us,
                    total_us: Some(length),
                    outcome,
                    ..AttemptRow::new(test)
                });
            }
        }
    }
    b.finish()
}

/// Very many short tests on very many workers.
fn large(workers: u32, each: u32) -> Run {
    let mut b = RunBuilder::new();
    b.meta.id = "r".to_owned();
    for w in 0..workers {
        let worker = b.worker(&format!("gw{w}"));
        for i in 0..each {
            let test = b.test(None, &format!("t{w}-{i}"), 0);
            let start = EPOCH + i64::from(i) * 10_000;
            let outcome = if i == w { Outcome::Failed } else { Outcome::Passed };
            let (worker, start_us, stop_us) =
                (Some(worker), Some(start), Some(start + 500 + i64::from(i) * 7919 % 9400));
            b.attempt(AttemptRow { worker, start_us, stop_us, outcome, ..AttemptRow::new(test) });
        }
    }
    b.finish()
}

#[test]
fn a_frame_has_no_more_bars_than_it_may() {
    let mut engine = engine(vec![loaded("a", large(600, 400))]);
    let all = window(&mut engine, whole(4.0, 1400));
    assert!((20_000..=60_000).contains(&all.len()), "{}", all.len());
    assert_eq!(all.count.iter().sum::<u32>(), 240_000);
    assert!(all.px_per_s < 350.0 && all.px_per_s > 20.0, "{}", all.px_per_s);
    assert_eq!(all.outcome.iter().filter(|&&o| o == Outcome::Failed as u8).count(), 400, "each failure is seen");
    let part = window(&mut engine, WindowRequest { from_s: 0.1, ..whole(4.0, 1400) });
    assert!((20_000..=120_000).contains(&part.len()), "{}", part.len());
    let few = window(&mut engine, WindowRequest { first_lane: 10, lanes: 20, ..whole(4.0, 1400) });
    assert_eq!((few.len(), few.px_per_s, few.first_lane, few.lanes), (8000, 350.0, 10, 20));
}

#[test]
fn a_query_fades_what_does_not_match() {
    let mut engine = engine(vec![loaded("a", small())]);
    let asked = |q: &str, px: u32| WindowRequest { q: q.to_owned(), ..whole(11.0, px) };
    let faded = |frame: &Frame| frame.flags.iter().filter(|&&f| f & FADED != 0).count();
    let none = window(&mut engine, asked(" ", 1000));
    assert_eq!((none.len(), faded(&none)), (8, 0));
    let failing = window(&mut engine, asked("is:failing", 1000));
    assert_eq!(faded(&failing), 6);
    assert!(
        (0..8).all(|i| (failing.flags[i] & FADED == 0) == (failing.setup_s[i] == 0.0 && failing.attempt[i] % 4 == 1))
    );
    assert_eq!(faded(&window(&mut engine, asked("nothing", 1000))), 8);
    assert_eq!(faded(&window(&mut engine, asked("", 1000))), 0, "the filter is gone");
    let merged = window(&mut engine, asked("test_0", 2));
    assert!(merged.attempt.contains(&MERGED));
    assert!(faded(&merged) < merged.len(), "a match in a merged bar keeps it");
}

#[test]
fn bars_have_the_class_of_their_longest_attempt() {
    let mut engine = engine(vec![loaded("a", small())]);
    let texts = |legend: &Legend| legend.items.iter().map(|i| (i.tint, i.text.clone(), i.attempts)).collect::<Vec<_>>();
    let own = |items: &[(u8, &str, u32)]| items.iter().map(|i| (i.0, i.1.to_owned(), i.2)).collect::<Vec<_>>();
    let markers = legend(&mut engine, ColourBy::Marker);
    assert_eq!(texts(&markers), own(&[(0, "m2", 4), (1, "m1", 2), (2, "all", 2)]), "the rarest marker of a test");
    assert_eq!(markers.items[0].seconds, 3.0);
    let flakiness = legend(&mut engine, ColourBy::Flakiness);
    assert_eq!(texts(&flakiness), own(&[(0, "flaky", 4), (1, "failing", 2), (3, "steady", 2)]));
    let files = legend(&mut engine, ColourBy::File);
    assert_eq!(texts(&files), own(&[(0, "tests/test_b.py", 4), (1, "tests/test_a.py", 4)]));
    assert_eq!(legend(&mut engine, ColourBy::Group).items.len(), 2);
    let times = legend(&mut engine, ColourBy::Duration);
    assert_eq!(times.items.iter().map(|i| i.attempts).sum::<u32>(), 8);
    let outcomes = legend(&mut engine, ColourBy::Outcome);
    assert_eq!(texts(&outcomes), own(&[(0, "passed", 4), (1, "failed", 4)]));

    let coloured = |px| WindowRequest { colour: ColourBy::Marker, ..whole(11.0, px) };
    let alone = window(&mut engine, coloured(1000));
    assert_eq!(alone.tint[..3], [2, 1, 0]);
    let merged = window(&mut engine, coloured(1));
    let (at, _) = merged.count.iter().enumerate().max_by_key(|(_, n)| **n).unwrap();
    assert_eq!((merged.attempt[at], merged.tint[at]), (MERGED, 0));
    assert!(window(&mut engine, whole(11.0, 1000)).tint.iter().all(|&t| t == 0));
}

#[test]
fn a_colouring_has_at_most_nine_classes() {
    let mut b = RunBuilder::new();
    b.meta.id = "r".to_owned();
    for i in 0..30_i64 {
        let group = (i > 0).then(|| b.group(&format!("g{i}")));
        let test = b.test(group, &format!("dir/file_{i}.py::t"), 0);
        b.test_markers(test, &if i > 0 { format!("k{i} k{}", i + 1) } else { String::new() });
        b.attempt(AttemptRow { total_us: Some(4_i64.pow((i / 2) as u32)), ..AttemptRow::new(test) });
    }
    let untimed = b.test(None, "untimed", 0);
    b.attempt(AttemptRow::new(untimed));
    let mut engine = engine(vec![loaded("a", b.finish())]);
    for colour in [ColourBy::Group, ColourBy::Marker, ColourBy::File, ColourBy::Duration] {
        let legend = legend(&mut engine, colour);
        assert!((7..=9).contains(&legend.items.len()), "{legend:?}");
        assert_eq!(legend.items.iter().map(|i| i.attempts).sum::<u32>(), 31);
        assert!(legend.items.is_sorted_by(|a, b| a.tint < b.tint) && legend.items.iter().all(|i| i.tint < 9));
    }
    let groups = legend(&mut engine, ColourBy::Group);
    assert_eq!(groups.items[0].text, "g28");
    assert_eq!(groups.items[7..].iter().map(|i| i.text.as_str()).collect::<Vec<_>>(), ["other", "no group"]);
}

#[test]
fn attempts_of_a_test_are_linked() {
    let mut engine = engine(vec![loaded("a", small())]);
    let frame = window(&mut engine, whole(11.0, 1000));
    let links: Vec<_> = frame.links.iter().map(|l| (l.from_lane, l.from_s, l.to_lane, l.to_s)).collect();
    assert_eq!(links, [(0, 2.75, 1, 9.0), (1, 2.75, 1, 3.0)], "the longest first");
    let late = window(&mut engine, WindowRequest { from_s: 5.0, first_lane: 0, lanes: 1, ..whole(11.0, 1000) });
    assert_eq!(late.links.len(), 1, "one that passes, to a lane that is not asked for");
    let retry = frame.flags.iter().filter(|&&f| f & (RETRY | FLAKY) == RETRY | FLAKY).count();
    assert_eq!(retry, 2);
}

#[test]
fn bars_say_what_time_limits_did() {
    let mut b = RunBuilder::new();
    b.meta.id = "r".to_owned();
    for (i, length) in [1, 9, 10].into_iter().enumerate() {
        let test = b.test(None, &format!("t{i}"), 0);
        let start = EPOCH + i as i64 * 20 * S;
        let (start_us, stop_us) = (Some(start), Some(start + length * S));
        let (worker, outcome) = (Some(b.worker("gw0")), if length == 10 { Outcome::Failed } else { Outcome::Passed });
        let attempt = b.attempt(AttemptRow { worker, start_us, stop_us, outcome, ..AttemptRow::new(test) });
        if length == 10 {
            b.set_text(attempt, TextKind::Message, "Failed: Timeout (>10.0s) from pytest-timeout.");
        }
    }
    let mut engine = engine(vec![loaded("a", b.finish())]);
    assert_eq!(window(&mut engine, whole(50.0, 1000)).flags, [0, NEAR_LIMIT, TIMED_OUT]);
    let merged = window(&mut engine, whole(50.0, 1));
    assert_eq!(merged.flags.iter().fold(0, |all, f| all | f), NEAR_LIMIT | TIMED_OUT, "kept through merging");
}

#[test]
fn lanes_know_their_group() {
    // Seven of eight attempts are at home: that is not enough.
    let mut mixed = engine(vec![loaded("a", small())]);
    assert_eq!(timeline(&mut mixed, LaneSort::Name).groups, []);
    let mut b = RunBuilder::new();
    b.meta.id = "r".to_owned();
    for (worker, group, start) in [("w1", "z", 0), ("w2", "a", 3), ("w3", "z", 1)] {
        let group = b.group(group);
        let test = b.test(Some(group), worker, 0);
        let (start_us, stop_us) = (Some(EPOCH + start * S), Some(EPOCH + (start + 2) * S));
        let worker = Some(b.worker(worker));
        b.attempt(AttemptRow { worker, start_us, stop_us, ..AttemptRow::new(test) });
    }
    let mut engine = engine(vec![loaded("a", b.finish())]);
    let timeline = timeline(&mut engine, LaneSort::LastStop);
    let lanes: Vec<_> = timeline.lanes.iter().map(|l| (l.name.as_str(), l.group)).collect();
    assert_eq!(lanes, [("w2", Some(0)), ("w3", Some(1)), ("w1", Some(1))]);
    let groups: Vec<_> = timeline.groups.iter().map(|g| (g.name.as_str(), g.first_lane, g.lanes, g.busy_s)).collect();
    assert_eq!(groups, [("a", 0, 1, 2.0), ("z", 1, 2, 4.0)]);
}

#[test]
fn sums_and_curves_follow_the_order_of_the_lanes() {
    let mut engine = engine(vec![loaded("a", small())]);
    let asked = MeasureRequest { timeline: lanes(LaneSort::LastStop), from_s: 1.25, to_s: 3.25 };
    let Answer::Measure(measure) = engine.answer(&Request::Measure(asked)).0 else { panic!() };
    let Measure { attempts, bad, busy_s, idle_s, parallelism, provenance, .. } = *measure;
    assert_eq!((attempts, bad, busy_s, idle_s, parallelism), (5, 4, 2.25, 1.75, 1.125));
    assert_eq!(provenance, Provenance::Recorded);
    let own: Vec<_> = measure.lanes.iter().map(|l| (l.lane, l.name.as_str(), l.attempts, l.busy_s)).collect();
    assert_eq!(own, [(0, "w10", 3, 1.25), (1, "w2", 2, 1.0)]);

    let asked = SeriesRequest { timeline: lanes(LaneSort::Name), from_s: 0.0, to_s: 10.0, buckets: 5 };
    let Answer::Series(series) = engine.answer(&Request::Series(asked)).0 else { panic!() };
    let Series { step_s, total, peak, workers, ideal_to_s, .. } = *series;
    assert_eq!((step_s, total, peak, workers, ideal_to_s), (2.0, 8, 2, 2, 2.25));
    assert_eq!(series.done, [4, 7, 7, 7, 8]);
    assert_eq!(series.running[1], 1.125);
}

#[test]
fn every_attempt_can_be_walked_to() {
    let mut engine = engine(vec![loaded("a", small())]);
    let sort = LaneSort::LastStop;
    let test = |id: &str| Request::Places { timeline: lanes(sort), test: id.to_owned() };
    let found = places(&mut engine, &test("b › tests/test_b.py::test_2"));
    let own: Vec<_> = found.iter().map(|p| (p.lane, p.from_s, p.to_s, p.number)).collect();
    assert_eq!(own, [(1, 2.0, 2.75, 1), (0, 9.0, 9.75, 2)]);
    assert_eq!(places(&mut engine, &test("tests/test_b.py::test_2")), [], "the group is part of what is shown");
    let mut at = found[1];
    let mut walked = vec![at.attempt];
    let step = |attempt, forward| Request::Step { timeline: lanes(sort), attempt, forward };
    while let [before] = places(&mut engine, &step(at.attempt, false))[..] {
        assert!(before.to_s <= at.from_s && before.lane == at.lane);
        at = before;
        walked.push(at.attempt);
    }
    assert_eq!(walked.len(), 5);
    assert_eq!(places(&mut engine, &step(walked[4], true))[0].attempt, walked[3]);
    assert_eq!(places(&mut engine, &step(u32::MAX, true)), []);
}

#[test]
fn any_stretch_of_time_is_answered() {
    let mut engine = engine(vec![loaded("a", small())]);
    let ends = [f64::NAN, f64::NEG_INFINITY, f64::INFINITY, -1e300, 1e300, 0.0, 3.0];
    for from_s in ends {
        for to_s in ends {
            let timeline = lanes(LaneSort::Idle);
            let measure = MeasureRequest { timeline: timeline.clone(), from_s, to_s };
            assert!(matches!(engine.answer(&Request::Measure(measure)).0, Answer::Measure(_)));
            for buckets in [0, 7] {
                let series = SeriesRequest { timeline: timeline.clone(), from_s, to_s, buckets };
                let Answer::Series(series) = engine.answer(&Request::Series(series)).0 else { panic!() };
                assert_eq!(series.running.len(), buckets.max(1) as usize);
            }
            window(&mut engine, WindowRequest { from_s, q: "test".to_owned(), ..whole(to_s, 100) });
        }
    }
}

#[test]
fn more_lanes_than_bars_are_seen_down_to_the_last() {
    const LANES: u32 = 130_000;
    let mut engine = engine(vec![loaded("a", crate::tests::run("r", LANES, LANES, true))]);
    let frame = window(&mut engine, whole(1e9, 1000));
    assert_eq!(frame.lanes, LANES);
    assert!(frame.len() < LANES as usize / 2, "{} bars", frame.len());
    let gaps = frame.lane.windows(2).map(|pair| pair[1] - pair[0]);
    let last = LANES - frame.lane.last().unwrap();
    assert!(gaps.chain([last]).max().unwrap() < 20);
}

//! Synthetic histories, whose truth is known exactly.

use lanescope_flaky::{Flaky, rate};
use lanescope_protocol::{FlakyClass, FlakyTest};
use lanescope_samplegen::{HistorySample, HistorySpec, Truth};

use crate::rules::{rules, runs, scores};

/// A history that a test can afford; `examples/synthetic.rs` makes the large one.
fn small(seed: u64) -> HistorySpec {
    HistorySpec { runs: 120, tests: 300, of_each_rate: 8, broken: 20, slower: 10, seed, ..HistorySpec::default() }
}

fn rows<'a>(flaky: &'a Flaky, sample: &HistorySample) -> Vec<(&'a FlakyTest, Truth)> {
    let number = |row: &FlakyTest| row.test.rsplit('_').next().and_then(|n| n.parse::<usize>().ok()).unwrap();
    flaky.tests().map(|row| (row, sample.truth[number(row)])).collect()
}

#[test]
fn flaky_tests_are_found_and_no_others() {
    let sample = HistorySample::new(&small(3));
    let flaky = Flaky::new(runs(&sample));
    let bad: Vec<u32> = sample.runs.iter().zip(1..).filter(|(run, _)| run.bad).map(|(_, n)| n).collect();
    let aside: Vec<u32> = flaky.trend().iter().filter(|r| r.set_aside.is_some()).map(|r| r.number).collect();
    assert_eq!(aside, bad);
    for (row, truth) in rows(&flaky, &sample) {
        match truth {
            Truth::Flaky(_) if row.counted_failed >= 4 => assert_eq!(row.class, FlakyClass::Flaky, "{row:?}"),
            Truth::Flaky(_) => {}
            Truth::Sound | Truth::Slower(..) => assert_eq!(row.class, FlakyClass::Healthy, "{row:?}"),
            Truth::AlwaysFailing => {
                assert_eq!((row.class, row.broken_from), (FlakyClass::Broken, Some(1)), "{row:?}");
            }
            Truth::Broken(from, to) => {
                let lasts = to as usize >= sample.runs.len();
                let class = if lasts { FlakyClass::Broken } else { FlakyClass::Fixed };
                // A stretch of which a bad day left one run only says nothing.
                if row.class != FlakyClass::Healthy || to - from > 3 {
                    assert_eq!(row.class, class, "{truth:?} {row:?}");
                }
                let clear = |at: u32| bad.iter().all(|&b| b.abs_diff(at + 1) > 1);
                if row.class == class && clear(from) && clear(to) {
                    assert_eq!(row.broken_from, Some(from + 1), "{truth:?} {row:?}");
                    assert_eq!(row.fixed_at, (!lasts).then_some(to + 1), "{truth:?} {row:?}");
                }
            }
        }
    }
    let truth: Vec<bool> = sample.truth.iter().map(|t| matches!(t, Truth::Flaky(_))).collect();
    let all = rules(&flaky);
    let f1 = |called: &[bool]| scores(called, &truth).2;
    let (ours, others) = all.split_first().unwrap();
    for (rule, called) in others {
        assert!(f1(&ours.1) > f1(called), "{rule}: {} against {}", f1(called), f1(&ours.1));
    }
}

#[test]
fn steps_are_found_where_they_are() {
    let sample = HistorySample::new(&small(4));
    let flaky = Flaky::new(runs(&sample));
    let mut found = 0;
    for (row, truth) in rows(&flaky, &sample) {
        let step = flaky.slower().iter().find(|s| s.test == row.test);
        match truth {
            Truth::Slower(from, factor) => {
                let step = step.unwrap_or_else(|| panic!("{truth:?} {row:?}"));
                assert!(step.from_run.abs_diff(from + 1) <= 2, "{truth:?} {step:?}");
                let ratio = step.after_s / step.before_s;
                assert!((ratio / f64::from(factor) - 1.0).abs() < 0.35, "{truth:?} {step:?}");
                found += 1;
            }
            _ => assert!(step.is_none(), "{truth:?} {step:?}"),
        }
    }
    assert_eq!(found, 10);
    assert!(flaky.faster().is_empty());
}

/// The intervals hold the true rate about as often as they say, over rates from 0.1 % to 50 %. The lots of the sample
/// are drawn once and for all, so that this holds always or never.
#[test]
fn intervals_hold_the_truth_as_often_as_they_say() {
    let spec =
        HistorySpec { tests: 400, of_each_rate: 40, broken: 0, always_failing: 0, slower: 0, bad_days: 0, ..small(5) };
    let sample = HistorySample::new(&spec);
    let flaky = Flaky::new(runs(&sample));
    let (mut held, mut all) = (0, 0);
    for (row, truth) in rows(&flaky, &sample) {
        if let Truth::Flaky(p) = truth {
            let rate = rate(row.counted_failed, row.counted_runs).unwrap();
            assert_eq!(row.failure_rate, Some(rate));
            held += usize::from(rate.low <= p && p <= rate.high);
            all += 1;
        }
    }
    let share = held as f64 / f64::from(all);
    assert!((0.93..=0.97).contains(&share), "{held} of {all}");
}

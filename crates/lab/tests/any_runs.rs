//! What must hold for any runs, and verdicts on small ones whose figures are worked out by hand.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at what it did not expect"
)]

use lanescope_lab::speedup::{Case, karp_flatt, speedup};
use lanescope_lab::spread::{Options, spread};
use lanescope_model::{AttemptRow, Run, RunBuilder};
use lanescope_protocol::{Bottleneck, Provenance, SpeedupSuite};
use proptest::prelude::*;

const S: i64 = 1_000_000;
const EPOCH: i64 = 1_795_398_990 * S;

/// One attempt: test, worker, start, length; microseconds.
type Row = (u32, Option<u32>, Option<i64>, Option<i64>);

fn build(rows: &[Row], id: &dyn Fn(u32) -> String) -> RunBuilder {
    let mut b = RunBuilder::new();
    for &(test, worker, start, length) in rows {
        let id = id(test);
        let at = id.rfind("::").map_or(0, |at| at + 2);
        let test = b.test(None, &id, at);
        let worker = worker.map(|w| b.worker(&format!("gw{w}")));
        b.attempt(AttemptRow {
            worker,
            start_us: start.map(|s| EPOCH + s),
            stop_us: start.zip(length).map(|(s, l)| EPOCH + s + l),
            total_us: length,
            setup_us: length.map(|l| l / 4),
            teardown_us: length.map(|l| l / 8),
            ..AttemptRow::new(test)
        });
    }
    b
}

fn named(test: u32) -> String {
    format!("tests/test_{}.py::test_{test}", test / 3)
}

/// Tests of these seconds, one after another on each worker.
fn lanes(workers: &[&[(u32, i64)]]) -> RunBuilder {
    let mut rows = Vec::new();
    for (worker, tests) in workers.iter().enumerate() {
        let mut at = 0;
        for &(test, length) in *tests {
            rows.push((test, Some(worker as u32), Some(at), Some(length)));
            at += length;
        }
    }
    build(&rows, &named)
}

fn finish(mut b: RunBuilder, sequential: bool, session_us: Option<i64>) -> Run {
    b.meta.sequential = sequential;
    b.meta.session.length_us = session_us;
    if let Some(us) = session_us {
        // A second before the first test.
        b.meta.session.start_us = Some(EPOCH - S.min(us));
    }
    b.finish()
}

fn measure(runs: &[&Run]) -> SpeedupSuite {
    let ids: Vec<String> = (0..runs.len()).map(|i| format!("run{i}")).collect();
    let runs: Vec<(&str, &Run)> = ids.iter().map(String::as_str).zip(runs.iter().copied()).collect();
    speedup(&runs).suites.remove(0)
}

fn plain(text: &str) -> String {
    text.replace('\u{a0}', " ")
}

fn bottleneck<'a>(suite: &'a SpeedupSuite, run: &str, kind: &str) -> &'a Bottleneck {
    let verdict = suite.verdicts.iter().find(|v| v.run == run).unwrap();
    verdict.bottlenecks.iter().find(|b| b.kind == kind).unwrap_or_else(|| panic!("no {kind}: {verdict:#?}"))
}

/// 2, 2, 2 and 6 seconds: 12 s alone; on two workers 8 s as dealt out, 6 s at best.
fn four_tests(parallel: bool) -> Run {
    let b = if parallel {
        lanes(&[&[(0, 2 * S), (1, 2 * S)], &[(2, 2 * S), (3, 6 * S)]])
    } else {
        lanes(&[&[(0, 2 * S), (1, 2 * S), (2, 2 * S), (3, 6 * S)]])
    };
    finish(b, !parallel, Some(if parallel { 11 } else { 14 } * S))
}

#[test]
fn wall_over_wall_by_hand() {
    let (sequential, parallel) = (four_tests(false), four_tests(true));
    let suite = measure(&[&parallel, &sequential]);
    let [base, run] = suite.runs.as_slice() else { panic!("{suite:#?}") };
    assert_eq!((base.run.as_str(), base.speedup, base.workers), ("run1", None, Some(1)));
    assert_eq!((run.speedup, run.session_speedup, run.efficiency), (Some(1.5), Some(14.0 / 11.0), Some(0.75)));
    // (1/1.5 − 1/2) / (1 − 1/2)
    assert!((run.karp_flatt.unwrap() - 1.0 / 3.0).abs() < 1e-12);
    assert_eq!(run.contention, Some(1.0));
    assert_eq!(run.provenance, Provenance::Recorded);
    assert_eq!(karp_flatt(2.0, 1), None);
}

#[test]
fn the_end_is_held_up_by_what_starts_last() {
    let (sequential, parallel) = (four_tests(false), four_tests(true));
    let suite = measure(&[&parallel, &sequential]);
    let end = bottleneck(&suite, "run0", "end");
    assert_eq!(end.subject, "tests/test_1.py::test_3");
    assert_eq!((end.cost_s, end.saves_s, end.saves_at_most_s), (4.0, Some(2.0), 2.0));
    assert_eq!(
        plain(&end.advice),
        "Start tests/test_1.py::test_3 first: about 6.0 s instead of 8.0 s, and never below 6.0 s."
    );
    let start = bottleneck(&suite, "run0", "start_up");
    assert_eq!((start.cost_s, start.saves_s), (1.0, None));
    let after = bottleneck(&suite, "run0", "after");
    // The session goes on for two seconds; the sequential one went on for one.
    assert_eq!((after.cost_s, after.saves_s), (2.0, Some(1.0)));
    let text = plain(&suite.verdicts.iter().find(|v| v.run == "run0").unwrap().text);
    assert_eq!(
        text,
        "Start tests/test_1.py::test_3 first: about 6.0 s instead of 8.0 s, and never below 6.0 s. For the last 4.0 s of \
         the tests some workers had nothing to do: 4.0 s of worker time idle; it ran on for 4.0 s. Next: what follows \
         the last test (about 1.0 s, at most 2.0 s)."
    );
}

#[test]
fn a_test_longer_than_the_even_share_must_be_split() {
    let run = finish(lanes(&[&[(0, 9 * S)], &[(1, S), (2, S), (3, S)]]), false, None);
    let suite = measure(&[&run]);
    let longest = bottleneck(&suite, "run0", "longest_test");
    // 12 s of tests, so 6 s each; split, nothing is longer than that.
    assert_eq!((longest.cost_s, longest.saves_at_most_s, longest.saves_s), (3.0, 3.0, Some(3.0)));
    assert!(plain(&longest.advice).contains("6.0 s is possible at best"), "{}", longest.advice);
    assert!(longest.next.contains("The next longest is"), "{}", longest.next);
    let unknown = &suite.verdicts[0].unknown;
    assert!(unknown.iter().any(|u| u.contains("no sequential run")), "{unknown:?}");
    assert!(unknown.iter().any(|u| u.contains("session is not recorded")), "{unknown:?}");
}

#[test]
fn a_file_that_stays_together_is_a_piece() {
    let mut b = lanes(&[&[(0, 3 * S), (1, 3 * S), (2, 3 * S)], &[(3, S), (6, S), (9, S)]]);
    b.meta.dist_mode = Some("loadfile".to_owned());
    let suite = measure(&[&finish(b, false, None)]);
    let group = bottleneck(&suite, "run0", "longest_group");
    assert_eq!((group.subject.as_str(), group.cost_s), ("tests/test_0.py", 3.0));
}

#[test]
fn repeated_runs_tell_noise_from_difference() {
    let of = |second: i64, workers: bool| {
        let b = if workers {
            lanes(&[&[(0, second), (1, second)], &[(2, second), (3, second)]])
        } else {
            lanes(&[&[(0, second), (1, second), (2, second), (3, second)]])
        };
        finish(b, !workers, None)
    };
    let runs = [of(S, false), of(1_020_000, false), of(990_000, false), of(S, true), of(1_030_000, true)];
    let suite = measure(&runs.iter().collect::<Vec<_>>());
    let [one, two] = suite.points.as_slice() else { panic!("{suite:#?}") };
    assert_eq!((one.workers, one.runs, two.workers, two.runs), (1, 3, 2, 2));
    // numpy.mean([4, 4.08, 3.96]), numpy.std(…, ddof=1)
    assert!((one.wall_s - 4.013_333_333).abs() < 1e-6 && (one.spread_s.unwrap() - 0.061_101_009).abs() < 1e-6);
    assert!((two.speedup.unwrap() - 4.013_333_333 / 2.03).abs() < 1e-6);
    assert_eq!(suite.differences[0].within_noise, Some(false));
    let same = [of(S, false), of(1_020_000, false), of(505_000, true), of(2 * S, true)];
    let suite = measure(&same.iter().collect::<Vec<_>>());
    assert_eq!(suite.differences[0].within_noise, Some(true));
    assert!(suite.differences[0].text.contains("no difference beyond noise"), "{}", suite.differences[0].text);
}

#[test]
fn without_starts_or_times_it_says_so() {
    let durations = build(&[(0, None, None, Some(S)), (1, None, None, Some(2 * S))], &named).finish();
    let nothing = build(&[(0, None, None, None), (1, None, None, None)], &named).finish();
    let verdict = |run: &Run| measure(&[run]).verdicts.remove(0);
    assert!(verdict(&durations).unknown[0].starts_with("Neither starts nor workers are recorded"));
    assert!(verdict(&nothing).unknown[0].starts_with("No times are recorded"));
    for run in [&durations, &nothing] {
        assert!(verdict(run).bottlenecks.is_empty());
        let s = spread(&Case::of("x", run), Options::default());
        assert_eq!((s.balance_cv, s.provenance), (None, Provenance::Unknown));
        assert!(!s.texts.is_empty());
    }
}

fn row() -> impl Strategy<Value = Row> {
    let start = prop::option::weighted(0.9, 0..60 * S);
    let length = prop::option::weighted(0.9, prop_oneof![0..20 * S, 0..2_000_i64, Just(0_i64)]);
    (0_u32..25, prop::option::weighted(0.9, 0_u32..6), start, length)
}

fn any_run() -> impl Strategy<Value = Run> {
    let mode = prop::option::of(prop::sample::select(vec!["load", "worksteal", "loadfile", "loadscope", "loadgroup"]));
    let session = prop::option::of(0..100 * S);
    let alike = any::<bool>();
    let rows = prop::collection::vec(row(), 0..40);
    (rows, mode, any::<bool>(), session, alike).prop_map(|(mut rows, mode, sequential, session, alike)| {
        // Runs of the same few tests, so that there are suites of several runs.
        if alike && rows.len() >= 8 {
            rows.iter_mut().enumerate().for_each(|(i, row)| row.0 = i as u32 % 8);
        }
        let mut b = build(&rows, &named);
        b.meta.dist_mode = mode.map(str::to_owned);
        b.meta.timeout_us = session.map(|us| us / 4);
        finish(b, sequential, session)
    })
}

proptest! {
    #[test]
    fn shares_and_balance(run in any_run()) {
        let s = spread(&Case::of("r", &run), Options { top: usize::MAX, near_share: 0.5 });
        prop_assert_eq!(s.counts.iter().sum::<u32>(), s.attempts);
        let sum = |all: &[lanescope_protocol::Portion]| all.iter().map(|p| p.share).sum::<f64>();
        for all in [&s.tests, &s.files, &s.phases, &s.workers] {
            if !all.is_empty() && all.iter().any(|p| p.seconds > 0.0) {
                prop_assert!((sum(all) - 1.0).abs() < 1e-9, "{:?}", all);
                prop_assert!((all.last().unwrap().cumulative.unwrap() - 1.0).abs() < 1e-9);
            }
            prop_assert!(all.iter().all(|p| (0.0..=1.0 + 1e-9).contains(&p.share)));
        }
        prop_assert!(s.tests.windows(2).all(|w| w[0].seconds >= w[1].seconds));
        prop_assert!((s.bucket_s.iter().sum::<f64>() - s.seconds).abs() < 1e-3);
        prop_assert!(s.quantiles_s.windows(2).all(|w| w[0] <= w[1]));
        if let (Some(cv), Some(peak)) = (s.balance_cv, s.balance_peak) {
            // With n loads the largest is at most n times the mean, and the deviation at most √(n − 1) times.
            let n = f64::from(Case::of("r", &run).figures.workers.value.unwrap()).max(s.workers.len() as f64);
            prop_assert!((1.0 - 1e-9..=n + 1e-9).contains(&peak), "{}", peak);
            prop_assert!((0.0..=(n - 1.0).sqrt() + 1e-9).contains(&cv), "{}", cv);
            // Even loads: both say so.
            prop_assert!((cv < 1e-9) == (peak < 1.0 + 1e-9), "{} {}", cv, peak);
        }
        prop_assert!(s.near_limit.iter().all(|p| p.share >= 0.5));
    }

    #[test]
    fn speedups_and_verdicts(runs in prop::collection::vec(any_run(), 1..4)) {
        let ids: Vec<String> = (0..runs.len()).map(|i| format!("run{i}")).collect();
        let all: Vec<(&str, &Run)> = ids.iter().map(String::as_str).zip(&runs).collect();
        let speedup = speedup(&all);
        let there = runs.iter().filter(|r| !r.tests.is_empty()).count();
        prop_assert_eq!(speedup.suites.iter().map(|s| s.runs.len()).sum::<usize>(), there);
        for suite in &speedup.suites {
            prop_assert_eq!(suite.runs.len(), suite.verdicts.len());
            prop_assert!(!suite.verdict.is_empty());
            for run in &suite.runs {
                if let (Some(e), Some(s)) = (run.efficiency, run.speedup) {
                    prop_assert!(e <= s + 1e-12);
                }
                prop_assert_eq!(run.speedup.is_none(), run.provenance == Provenance::Unknown);
                // As fast as there are workers: nothing serial. As fast as alone: nothing else.
                if let (Some(share), Some(s), Some(n)) = (run.karp_flatt, run.speedup, run.workers) {
                    prop_assert_eq!(share <= 1e-12, s >= f64::from(n) - 1e-9);
                }
            }
            for (run, verdict) in suite.runs.iter().zip(&suite.verdicts) {
                prop_assert_eq!(&run.run, &verdict.run);
                prop_assert!(!verdict.text.is_empty());
                for b in &verdict.bottlenecks {
                    prop_assert!(b.saves_at_most_s.is_finite() && b.cost_s >= -1e-9, "{:?}", b);
                    prop_assert!(b.saves_s.is_none_or(|s| (0.0..=b.saves_at_most_s).contains(&s)), "{:?}", b);
                    // Nothing can save more than there is.
                    let whole = if b.of_session { run.session_s } else { run.wall_s.or(run.session_s) };
                    let whole = whole.or(run.busy_s).unwrap_or(0.0);
                    prop_assert!(b.saves_at_most_s <= whole + 1e-6, "{:?} {:?}", b, run);
                    prop_assert!(!b.text.is_empty() && !b.advice.is_empty() && !b.next.is_empty());
                }
            }
        }
        // The same runs give the same answer.
        prop_assert_eq!(&speedup, &lanescope_lab::speedup::speedup(&all));
    }
}

/// No mode is recorded, but every file stayed on one worker: the file holds the run up, not its last test.
#[test]
fn files_that_all_stay_whole_are_pieces() {
    let file = |test: u32| format!("tests/test_{}.py::test_{test}", ["a", "b", "c"][(test / 5) as usize]);
    let mut rows: Vec<Row> = Vec::new();
    let mut at = [0, 0];
    for test in 0..15_u32 {
        let (worker, length) = (usize::from(test >= 10), if test < 10 { S } else { 3 * S });
        rows.push((test, Some(worker as u32), Some(at[worker]), Some(length)));
        at[worker] += length;
    }
    let run = finish(build(&rows, &file), false, None);
    let suite = measure(&[&run]);
    let group = bottleneck(&suite, "run0", "longest_group");
    assert_eq!((group.subject.as_str(), group.cost_s), ("tests/test_c.py", 2.5));
    assert!(group.text.contains("stayed, as every file did, on one worker"), "{}", group.text);
    let end = suite.verdicts[0].bottlenecks.iter().find(|b| b.kind == "end");
    assert!(end.is_none_or(|end| end.saves_at_most_s == 0.0), "{end:?}");
}

/// What a runner that starts a worker anew after each failure waits for.
#[test]
fn waits_that_follow_failures_are_laid_to_them() {
    let mut b = RunBuilder::new();
    let worker = b.worker("worker 0");
    let mut at = EPOCH;
    for i in 0..8_u32 {
        let test = b.test(None, &format!("shop.spec.ts › pays {i}"), 15);
        let outcome = if i % 2 == 0 { lanescope_model::Outcome::Failed } else { lanescope_model::Outcome::Passed };
        let (start_us, stop_us) = (Some(at), Some(at + S));
        b.attempt(AttemptRow {
            worker: Some(worker),
            start_us,
            stop_us,
            total_us: Some(S),
            outcome,
            ..AttemptRow::new(test)
        });
        at += if i % 2 == 0 { 3 * S } else { S };
    }
    let run = finish(b, false, None);
    let suite = measure(&[&run]);
    let gaps = bottleneck(&suite, "run0", "gaps");
    let text = plain(&gaps.text);
    assert!(text.contains("Most of it, 8.0 s, follows the 4 failed attempts, 2.0 s each"), "{text}");
    assert!(gaps.advice.starts_with("Mend"), "{}", gaps.advice);
}

//! What must hold for any run, and the verdict on some.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at what it did not expect")]

use lanescope_analysis::{
    Fingerprint, Layout, Placement, Subject, breakdown, compare, concurrency, figures, find_baseline, verdict,
};
use lanescope_model::{AttemptRow, Outcome, Provenance, Run, RunBuilder};
use proptest::prelude::*;

const S: i64 = 1_000_000;
const EPOCH: i64 = 1_795_398_990 * S;

/// One attempt: test, worker, start, length (all of it in the body).
type Row = (u32, Option<u32>, Option<i64>, Option<i64>);

fn run(rows: &[Row], outcome: impl Fn(usize) -> Outcome) -> RunBuilder {
    let mut b = RunBuilder::new();
    for (i, &(test, worker, start, length)) in rows.iter().enumerate() {
        let test = b.test(None, &format!("tests/test_a.py::test_{test}"), 17);
        let worker = worker.map(|w| b.worker(&format!("gw{w}")));
        b.attempt(AttemptRow {
            worker,
            start_us: start.map(|s| EPOCH + s),
            stop_us: start.zip(length).map(|(s, l)| EPOCH + s + l),
            total_us: length,
            setup_us: length.map(|l| l / 4),
            teardown_us: length.map(|l| l / 8),
            outcome: outcome(i),
            ..AttemptRow::new(test)
        });
    }
    b
}

fn words(run: &Run, base: Option<&Run>) -> String {
    let layout = Layout::of(run, None);
    let f = figures(run, &layout);
    let base = base.map(|base| (base, figures(base, &Layout::of(base, None)), Fingerprint::of(base)));
    let compared = base.as_ref().map(|(r, bf, p)| (compare((run, &f, &Fingerprint::of(run)), (r, bf, p)), bf));
    let baseline = compared.as_ref().map(|(c, bf)| (c, *bf));
    let pieces = verdict(&Subject { run, figures: &f, layout: &layout, baseline });
    pieces.iter().map(|p| p.text.as_str()).collect::<String>().replace('\u{a0}', " ")
}

fn passed(_: usize) -> Outcome {
    Outcome::Passed
}

/// Four tests of 1, 1, 1 and 3 seconds, one after another.
fn sequential() -> Run {
    let mut b = run(
        &[
            (0, Some(0), Some(0), Some(S)),
            (1, Some(0), Some(S), Some(S)),
            (2, Some(0), Some(2 * S), Some(S)),
            (3, Some(0), Some(3 * S), Some(3 * S)),
        ],
        passed,
    );
    b.meta.sequential = true;
    b.meta.session.length_us = Some(7 * S);
    b.finish()
}

/// The same tests on two workers, the longest last.
fn parallel(session: i64) -> Run {
    let mut b = run(
        &[
            (0, Some(0), Some(0), Some(S)),
            (1, Some(1), Some(0), Some(S)),
            (2, Some(0), Some(S), Some(S)),
            (3, Some(1), Some(S), Some(3 * S)),
        ],
        passed,
    );
    b.meta.session.length_us = Some(session);
    b.finish()
}

#[test]
fn the_verdict_on_a_parallel_run_beside_its_sequential_run() {
    assert_eq!(
        words(&parallel(4 * S + S / 2), Some(&sequential())),
        "4 tests on 2 workers in 4.0 s, on average 1.50 at a time; 1.50× faster than the sequential run. \
         test_3 holds the end up for 2.0 s; started earlier, 3.0 s is possible at best. Nothing failed."
    );
}

#[test]
fn a_session_that_is_slower_than_the_sequential_one_is_said_so() {
    assert_eq!(
        words(&parallel(8 * S), Some(&sequential())),
        "4 tests on 2 workers in 4.0 s, on average 1.50 at a time; the tests ended 1.50× sooner than in the \
         sequential run, but the whole session was 1.14× slower (8.0 s against 7.0 s). \
         test_3 holds the end up for 2.0 s; started earlier, 3.0 s is possible at best. Nothing failed."
    );
}

#[test]
fn without_a_sequential_run_nothing_is_called_a_speedup() {
    assert_eq!(
        words(&parallel(8 * S), None),
        "4 tests on 2 workers in 4.0 s, on average 1.50 at a time. There is no sequential run to compare with: \
         1.50 is not a speedup. test_3 holds the end up for 2.0 s; started earlier, 3.0 s is possible at best. \
         Nothing failed."
    );
}

#[test]
fn the_verdict_on_a_sequential_run() {
    assert_eq!(
        words(&sequential(), None),
        "4 tests one after another in 6.0 s. The whole session took 7.0 s: 1.0 s were spent around the tests. \
         Nothing failed."
    );
}

#[test]
fn times_without_starts_say_what_is_missing() {
    let outcome = |i| if i == 1 { Outcome::Failed } else { Outcome::Passed };
    let mut b = run(&[(0, None, None, Some(S)), (1, None, None, Some(S)), (2, None, None, Some(S))], outcome);
    b.meta.session.length_us = Some(2 * S);
    let run = b.finish();
    assert_eq!(
        words(&run, None),
        "3 tests took 3.0 s in sum, in a session of 2.0 s. When each started, and on which worker, is not \
         recorded. 1 failed."
    );
    let layout = Layout::of(&run, None);
    assert_eq!(layout.placement, Placement::Scheduled(2));
    let f = figures(&run, &layout);
    assert_eq!((f.workers.value, f.utilisation.value, f.lower_bound_us.value), (None, None, None));
    assert_eq!((f.wall_us.value, f.wall_us.provenance), (Some(2 * S), Provenance::Rebuilt));
    assert_eq!(breakdown(&run, &layout, &f), None);
    assert_eq!(concurrency(&layout, 10), None);
}

#[test]
fn a_test_longer_than_its_share_is_worth_splitting() {
    let rows = [
        (0, Some(0), Some(0), Some(2 * S)),
        (1, Some(1), Some(0), Some(2 * S)),
        (2, Some(0), Some(2 * S), Some(8 * S)),
    ];
    let text = words(&run(&rows, passed).finish(), None);
    assert!(text.contains("test_2 holds the end up for 8.0 s; with it split, 6.0 s is possible at best."), "{text}");
}

#[test]
fn worker_names_without_starts_are_laid_out_back_to_back() {
    let rows = [(0, Some(10), None, Some(S)), (1, Some(2), None, Some(S)), (2, Some(10), None, Some(2 * S))];
    let layout = Layout::of(&run(&rows, passed).finish(), None);
    assert_eq!(layout.placement, Placement::BackToBack);
    assert_eq!(layout.provenance(), Provenance::Rebuilt);
    assert_eq!(layout.lanes.iter().map(|l| l.name.as_str()).collect::<Vec<_>>(), ["gw2", "gw10"]);
    assert_eq!((layout.to_us, layout.zero_us), (3 * S, None));
}

#[test]
fn a_known_start_of_the_session_splits_what_is_around_the_tests() {
    let make = |start: Option<i64>| {
        let mut b = run(&[(0, Some(0), Some(0), Some(2 * S)), (1, Some(1), Some(S), Some(2 * S))], passed);
        b.meta.session.start_us = start.map(|s| EPOCH + s);
        b.meta.session.length_us = Some(10 * S);
        let run = b.finish();
        let layout = Layout::of(&run, None);
        breakdown(&run, &layout, &figures(&run, &layout)).unwrap()
    };
    let known = make(Some(-5 * S));
    assert_eq!((known.start_up_us, known.after_us, known.tail_us, known.gap_us), (11 * S, Some(4 * S), S, 0));
    assert_eq!((known.call_us, known.setup_us, known.teardown_us), (2_500_000, Some(S), Some(500_000)));
    assert_eq!((known.sum_us(), known.total_us), (20 * S, 20 * S));
    let unknown = make(None);
    assert_eq!((unknown.start_up_us, unknown.after_us), (15 * S, None));
}

#[test]
fn a_baseline_is_sequential_shares_the_tests_and_is_near() {
    let (seq, par) = (sequential(), parallel(5 * S));
    let small = {
        let mut b = run(&[(0, Some(0), Some(0), Some(S))], passed);
        b.meta.sequential = true;
        b.finish()
    };
    let runs = [&par, &small, &seq];
    let known: Vec<_> = runs.iter().map(|r| (figures(r, &Layout::of(r, None)), Fingerprint::of(r))).collect();
    let all: Vec<_> = runs.iter().zip(&known).map(|(r, (f, p))| (*r, f, p)).collect();
    assert_eq!(find_baseline(0, &all), Some(2));
    assert_eq!(find_baseline(1, &all), None);
    assert_eq!(find_baseline(2, &all), None);
    let c = compare(all[0], all[2]);
    assert_eq!((c.speedup, c.efficiency, c.contention, c.shared_tests), (Some(1.5), Some(0.75), Some(1.0), 1.0));
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = (
        0_u32..40,
        prop::option::weighted(0.9, 0_u32..6),
        prop::option::weighted(0.9, 0_i64..60 * S),
        prop::option::weighted(0.9, 0_i64..5 * S),
    );
    prop::collection::vec(row, 0..60)
}

proptest! {
    #[test]
    fn the_breakdown_has_no_rest(
        rows in rows(),
        start in prop::option::of(-20 * S..20 * S),
        length in prop::option::of(0_i64..100 * S),
        declared in prop::option::of(0_u32..9),
    ) {
        let mut b = run(&rows, |i| Outcome::ALL[i % 7]);
        b.meta.session.start_us = start.map(|s| EPOCH + s);
        b.meta.session.length_us = length;
        b.meta.declared_workers = declared;
        let run = b.finish();
        let layout = Layout::of(&run, None);
        let f = figures(&run, &layout);
        prop_assert_eq!(layout.placed + layout.unplaced, f.attempts);
        if let Some(u) = f.utilisation.value.filter(|_| layout.placement == Placement::Recorded) {
            prop_assert!((0.0..=1.0 + 1e-9).contains(&u), "utilisation {u}");
        }
        if let Some(b) = breakdown(&run, &layout, &f) {
            prop_assert_eq!(b.sum_us(), b.total_us);
            let length = f.session_us.value.or(f.wall_us.value).unwrap();
            prop_assert_eq!(b.total_us, i64::from(f.workers.value.unwrap()) * length);
            let parts = [Some(b.call_us), b.setup_us, b.teardown_us, Some(b.start_up_us), Some(b.gap_us), Some(b.tail_us), b.after_us];
            prop_assert!(parts.into_iter().flatten().all(|us| us >= 0), "{b:?}");
        }
        let _ = verdict(&Subject { run: &run, figures: &f, layout: &layout, baseline: None });
    }

    #[test]
    fn times_at_the_ends_of_the_scale_do_not_overflow(
        times in prop::collection::vec((any::<i64>(), any::<i64>(), any::<i64>(), 0_u32..3), 1..12),
        length in any::<i64>(),
        start in any::<i64>(),
    ) {
        let mut b = RunBuilder::new();
        for &(start, stop, total, worker) in &times {
            let test = b.test(None, "t", 0);
            let worker = Some(b.worker(&format!("gw{worker}")));
            b.attempt(AttemptRow { worker, start_us: Some(start), stop_us: Some(stop), total_us: Some(total), setup_us: Some(total), teardown_us: Some(start), ..AttemptRow::new(test) });
        }
        b.meta.session.length_us = Some(length);
        b.meta.session.start_us = Some(start);
        let run = b.finish();
        let layout = Layout::of(&run, None);
        let f = figures(&run, &layout);
        let _ = breakdown(&run, &layout, &f);
        let _ = concurrency(&layout, 10);
        let _ = verdict(&Subject { run: &run, figures: &f, layout: &layout, baseline: None });
    }
}

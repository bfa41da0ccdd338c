//! What must hold for the waterfall, the end and the fixtures of any run, and what is told of some.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at what it did not expect")]

use lanescope_analysis::{
    Breakdown, CriticalEnd, Figures, Layout, LimitSource, Part, Placement, Scope, breakdown, critical_end, figures,
    fixtures, pieces, timeouts, was_retried, waterfall,
};
use lanescope_model::{AttemptRow, Outcome, Run, RunBuilder, TextKind};
use proptest::prelude::*;

const S: i64 = 1_000_000;
const EPOCH: i64 = 1_795_398_990 * S;

struct Seen {
    run: Run,
    layout: Layout,
    figures: Figures,
    breakdown: Option<Breakdown>,
}

fn see(run: Run) -> Seen {
    let layout = Layout::of(&run, None);
    let figures = figures(&run, &layout);
    let breakdown = breakdown(&run, &layout, &figures);
    Seen { run, layout, figures, breakdown }
}

impl Seen {
    fn end(&self) -> CriticalEnd {
        critical_end(&self.run, &self.layout, &self.figures).unwrap()
    }

    fn us(&self, part: Part) -> Option<i64> {
        waterfall(&self.run, &self.layout, &self.figures, self.breakdown.as_ref()).part(part).us
    }
}

/// One attempt: test, worker, start, setup, call, teardown.
struct Row(&'static str, &'static str, i64, i64, i64, i64);

fn build(rows: &[Row]) -> RunBuilder {
    let mut b = RunBuilder::new();
    for &Row(id, worker, start, setup, call, teardown) in rows {
        let test = b.test(None, id, id.rfind("::").map_or(0, |at| at + 2));
        let worker = Some(b.worker(worker));
        let total = setup + call + teardown;
        b.attempt(AttemptRow {
            worker,
            start_us: Some(EPOCH + start),
            stop_us: Some(EPOCH + start + total),
            total_us: Some(total),
            setup_us: Some(setup),
            teardown_us: Some(teardown),
            outcome: Outcome::Passed,
            ..AttemptRow::new(test)
        });
    }
    b
}

#[test]
fn retries_are_taken_out_of_the_phases_and_a_ramp_is_start_up() {
    let mut b = build(&[
        Row("a.py::x", "gw0", 0, S, 2 * S, S),
        Row("a.py::x", "gw0", 4 * S, S, 3 * S, S),
        Row("a.py::y", "gw1", 3 * S, S, S, S),
        Row("a.py::z", "gw1", 7 * S, 0, S, 0),
    ]);
    b.meta.session = lanescope_model::Session { start_us: Some(EPOCH - 2 * S), length_us: Some(12 * S) };
    let seen = see(b.finish());
    let parts = Part::ALL.map(|part| (part, seen.us(part).unwrap() / S));
    assert_eq!(
        parts,
        [
            // Two seconds before the first test on both workers, and the ramp of the second one.
            (Part::StartUp, 2 + 2 + 3),
            (Part::Setup, 2),
            (Part::Call, 3 + 1 + 1),
            (Part::Teardown, 2),
            (Part::Retries, 4),
            (Part::Gap, 1),
            (Part::Tail, 1),
            (Part::After, 2),
        ]
    );
    let page = pieces(&seen.run, &seen.layout, &seen.figures, seen.breakdown.as_ref(), Part::StartUp).page(
        &seen.run,
        &seen.layout,
        0,
        10,
    );
    let ends: Vec<(u32, i64, i64)> = page.iter().map(|p| (p.lane, p.from_us / S, p.to_us / S)).collect();
    assert_eq!(ends, [(1, -2, 3), (0, -2, 0)]);
    let gap = pieces(&seen.run, &seen.layout, &seen.figures, seen.breakdown.as_ref(), Part::Gap).page(
        &seen.run,
        &seen.layout,
        0,
        10,
    );
    let name = |a: Option<lanescope_model::AttemptId>| seen.run.test_name(seen.run.attempts.test(a.unwrap()));
    assert_eq!((gap.len(), name(gap[0].before), name(gap[0].attempt)), (1, "y", "z"));
}

#[test]
fn attempts_on_every_worker_are_no_retries() {
    let mut b = build(&[Row("a.py::x", "gw0", 0, 0, S, 0), Row("a.py::x", "gw1", 0, 0, S, 0)]);
    b.meta.dist_mode = Some("each".to_owned());
    let seen = see(b.finish());
    assert_eq!((seen.us(Part::Call), seen.us(Part::Retries)), (Some(2 * S), Some(0)));
}

fn scopes(seen: &Seen) -> Vec<(Scope, i64, u32)> {
    fixtures(&seen.run, &seen.layout).into_iter().map(|s| (s.scope, s.us / 1000, s.times)).collect()
}

#[test]
fn setup_is_told_apart_by_scope() {
    const MS: i64 = 1_000;
    let ids = ["a.py::T::a", "a.py::T::b", "a.py::T::c", "a.py::x", "a.py::y", "b.py::x", "b.py::y", "a.py::z"];
    // A session's fixture of 1 s, a.py's of 100 ms, T's of 50 ms, each function's of 2 ms.
    let setups = [1152, 2, 2, 2, 2, 2, 2, 102];
    let mut rows = Vec::new();
    for (worker, skip) in [("gw0", 0), ("gw1", 5)] {
        let mut at = 0;
        let order = ids.iter().zip(setups).cycle().skip(skip).take(ids.len());
        for (i, (&id, ms)) in order.enumerate() {
            // The second worker begins in b.py: it pays there for the session, and in a.py for the module and the class.
            let ms = match (worker, i) {
                ("gw1", 0) => 1002,
                ("gw1", 3) => 52,
                _ => ms,
            };
            let id: &'static str = if worker == "gw0" { id } else { Box::leak(format!("{id}_").into_boxed_str()) };
            rows.push(Row(id, worker, at, ms * MS, MS, 0));
            at += (ms + 1) * MS;
        }
    }
    let seen = see(build(&rows).finish());
    let found = scopes(&seen);
    let sum: i64 = fixtures(&seen.run, &seen.layout).iter().map(|s| s.us).sum();
    assert_eq!(sum, rows.iter().map(|r| r.3).sum::<i64>());
    assert_eq!(found[0], (Scope::Session, 2000, 2), "{found:?}");
    assert_eq!(found[2], (Scope::Class, 100, 2), "{found:?}");
    assert_eq!(found[1], (Scope::Module, 300, 3), "{found:?}");
    assert_eq!(found[3].1, 32, "{found:?}");
}

#[test]
fn without_setup_there_are_no_scopes() {
    let mut b = RunBuilder::new();
    let test = b.test(None, "a.py::x", 6);
    let worker = Some(b.worker("gw0"));
    b.attempt(AttemptRow { worker, start_us: Some(EPOCH), total_us: Some(S), ..AttemptRow::new(test) });
    let seen = see(b.finish());
    assert!(fixtures(&seen.run, &seen.layout).is_empty());
}

/// Two workers; on the second a long test and one behind it.
fn stolen_late(mode: Option<&str>) -> Seen {
    let mut b = build(&[
        Row("a.py::a", "gw0", 0, 0, 2 * S, 0),
        Row("b.py::b", "gw1", 0, 0, S, 0),
        Row("b.py::long", "gw1", S, 0, 5 * S, 0),
        Row("b.py::last", "gw1", 6 * S, 0, 2 * S, 0),
    ]);
    b.meta.dist_mode = mode.map(str::to_owned);
    see(b.finish())
}

#[test]
fn the_last_two_of_a_queue_cannot_be_stolen() {
    let end = stolen_late(Some("worksteal")).end();
    assert_eq!((end.drain_us, end.idle_us), (2 * S, 6 * S));
    let stuck = end.unstealable.first().unwrap();
    // gw0 was idle from 2 s on, and the last test began at 6 s.
    assert_eq!((end.unstealable.len(), stuck.idle_since_us, stuck.waited_us), (1, 2 * S, 4 * S));
    // Six seconds of work are left at 2 s: spread evenly they take three.
    assert_eq!((end.saved_us, end.bound_us, end.saved_bound_us), (3 * S, 5 * S, 3 * S));
    assert_eq!(end.holder.map(|h| h.tail_us), Some(4 * S));
}

#[test]
fn of_an_unknown_mode_nothing_is_claimed() {
    let end = stolen_late(None).end();
    assert!(end.unstealable.is_empty() && end.group.is_none());
}

#[test]
fn a_file_that_stays_together_bounds_what_can_be_saved() {
    let end = stolen_late(Some("loadfile")).end();
    let group = end.group.unwrap();
    assert_eq!((group.name.as_str(), group.us, group.attempts, group.tail_us), ("b.py", 8 * S, 3, 6 * S));
    assert!(group.decides_bound && end.unstealable.is_empty());
    assert_eq!((end.saved_us, end.saved_bound_us), (0, 0));
}

#[test]
fn a_worker_that_died_was_not_idle() {
    let mut b = build(&[
        Row("a.py::a", "gw0", 0, 0, S, 0),
        Row("a.py::b", "gw1", 0, 0, 8 * S, 0),
        Row("a.py::c", "gw2", 2 * S, 0, 4 * S, 0),
    ]);
    let dead = b.worker("gw0");
    b.worker_crashed(dead);
    let end = see(b.finish()).end();
    assert_eq!((end.drain_us, end.idle_us), (6 * S, 2 * S));
}

fn timed(limit: Option<i64>, rows: &[(i64, Option<&str>)]) -> Run {
    let mut b = RunBuilder::new();
    b.meta.timeout_us = limit;
    for (i, &(us, message)) in rows.iter().enumerate() {
        let test = b.test(None, &format!("a.py::t{i}"), 6);
        let outcome = if message.is_some() { Outcome::Failed } else { Outcome::Passed };
        let a = b.attempt(AttemptRow { total_us: Some(us), outcome, ..AttemptRow::new(test) });
        b.set_text(a, TextKind::Message, message.unwrap_or(""));
    }
    b.finish()
}

#[test]
fn limits_are_declared_or_named_by_messages() {
    let message = Some("Failed: Timeout (>2.0s) from pytest-timeout.");
    let rows = [(2 * S, message), (17 * S / 10, None), (S, None), (18 * S / 10, Some("assert 1 == 2"))];
    let found = timeouts(&timed(None, &rows));
    assert_eq!((found.limit_us, found.source), (Some(2 * S), LimitSource::Messages));
    assert_eq!(found.timed_out.iter().map(|t| t.0.0).collect::<Vec<_>>(), [0]);
    assert_eq!(found.near.iter().map(|n| n.0.0).collect::<Vec<_>>(), [3, 1]);
    let declared = timeouts(&timed(Some(30 * S), &rows));
    assert_eq!((declared.limit_us, declared.source), (Some(30 * S), LimitSource::Declared));
    assert!(declared.near.is_empty());
}

#[test]
fn a_limit_that_others_overstep_is_not_theirs() {
    let found = timeouts(&timed(None, &[(2 * S, Some("Timeout >2.0s")), (9 * S, None)]));
    assert_eq!((found.limit_us, found.source, found.near.len()), (None, LimitSource::SomeTests, 0));
    assert_eq!(found.timed_out.len(), 1);
    assert_eq!(timeouts(&timed(None, &[(S, None)])).source, LimitSource::Nowhere);
}

type AnyRow = (u8, Option<u8>, Option<i64>, i64, i64, i64);

fn any_run() -> impl Strategy<Value = Run> {
    let row = (
        0_u8..12,
        prop::option::weighted(0.9, 0_u8..4),
        prop::option::weighted(0.9, 0_i64..20 * S),
        0_i64..2 * S,
        0_i64..3 * S,
        0_i64..S,
    );
    let session = (prop::option::of(-5 * S..S), prop::option::of(0_i64..60 * S));
    let mode = prop::sample::select(vec![None, Some("load"), Some("worksteal"), Some("loadfile"), Some("each")]);
    (prop::collection::vec(row, 0..60), session, mode, any::<bool>()).prop_map(|(rows, session, mode, phases)| {
        let mut b = RunBuilder::new();
        b.meta.dist_mode = mode.map(str::to_owned);
        b.meta.session = lanescope_model::Session { start_us: session.0.map(|us| EPOCH + us), length_us: session.1 };
        for (i, (test, worker, start, setup, call, teardown)) in rows.into_iter().enumerate() {
            let row: AnyRow = (test, worker, start, setup, call, teardown);
            let id = format!("tests/{}.py::T{}::t{}", row.0 % 3, row.0 % 2, row.0);
            let test = b.test(None, &id, id.len() - 2);
            let worker = row.1.map(|w| b.worker(&format!("gw{w}")));
            let total = setup + call + teardown;
            b.attempt(AttemptRow {
                worker,
                start_us: row.2.map(|us| EPOCH + us),
                stop_us: row.2.map(|us| EPOCH + us + total),
                total_us: Some(total),
                setup_us: Some(setup).filter(|_| phases),
                teardown_us: Some(teardown).filter(|_| phases),
                outcome: Outcome::ALL[i % 7],
                ..AttemptRow::new(test)
            });
        }
        b.finish()
    })
}

proptest! {
    #[test]
    fn parts_sum_to_the_whole_and_agree_with_the_breakdown(run in any_run()) {
        let seen = see(run);
        let w = waterfall(&seen.run, &seen.layout, &seen.figures, seen.breakdown.as_ref());
        let of = |part: Part| w.part(part).us;
        let sum = Part::ALL.into_iter().filter_map(of).sum::<i64>();
        prop_assert!(Part::ALL.into_iter().filter_map(of).all(|us| us >= 0));
        match &seen.breakdown {
            Some(b) => {
                prop_assert_eq!(w.total_us, Some(b.total_us));
                prop_assert_eq!(sum, b.total_us);
                let in_tests = [Part::Call, Part::Setup, Part::Teardown, Part::Retries].into_iter().filter_map(of).sum::<i64>();
                prop_assert_eq!(in_tests, b.call_us + b.setup_us.unwrap_or(0) + b.teardown_us.unwrap_or(0));
                prop_assert_eq!(of(Part::Gap), Some(b.gap_us));
                prop_assert_eq!(of(Part::StartUp), Some(b.start_up_us));
            }
            None => prop_assert_eq!((w.total_us, of(Part::Gap), of(Part::Tail)), (None, None, None)),
        }
        if !seen.run.attempts.ids().any(|a| was_retried(&seen.run, a)) {
            prop_assert_eq!(of(Part::Retries).unwrap_or(0), 0);
        }
    }

    #[test]
    fn pages_of_pieces_are_one_sorted_list(run in any_run(), size in 1_usize..7) {
        let seen = see(run);
        for part in Part::ALL {
            let list = || pieces(&seen.run, &seen.layout, &seen.figures, seen.breakdown.as_ref(), part);
            let mut at_once = list();
            let n = at_once.len();
            let whole = at_once.page(&seen.run, &seen.layout, 0, n);
            let mut paged = Vec::new();
            let mut other = list();
            for offset in (0..n).step_by(size) {
                paged.extend(other.page(&seen.run, &seen.layout, offset, size));
            }
            prop_assert_eq!(whole.len(), n);
            prop_assert_eq!(&whole, &paged);
            prop_assert!(whole.is_sorted_by(|a, b| a.us >= b.us));
            prop_assert!(whole.iter().all(|p| p.us > 0 && p.from_us <= p.to_us));
            prop_assert_eq!(other.page(&seen.run, &seen.layout, n + 5, size).len(), 0);
        }
    }

    #[test]
    fn scopes_sum_to_the_setup(run in any_run()) {
        let seen = see(run);
        let found = fixtures(&seen.run, &seen.layout);
        if !found.is_empty() {
            let setup: i64 = seen.run.attempts.ids().filter_map(|a| seen.run.attempts.setup_us(a)).sum();
            prop_assert_eq!(found.iter().map(|s| s.us).sum::<i64>(), setup);
            prop_assert!(found.iter().all(|s| s.us >= 0));
        }
    }

    #[test]
    fn no_more_is_promised_than_the_bound_allows(run in any_run()) {
        let seen = see(run);
        let Some(end) = critical_end(&seen.run, &seen.layout, &seen.figures) else {
            prop_assert!(!matches!(seen.layout.placement, Placement::Recorded | Placement::Packed));
            return Ok(());
        };
        prop_assert!((0..=end.end_us).contains(&end.drain_us));
        prop_assert!(end.saved_us >= 0 && end.saved_us <= end.saved_bound_us);
        let wall = seen.figures.wall_us.value.unwrap();
        let bound = seen.figures.lower_bound_us.value.unwrap_or(0);
        prop_assert!(end.saved_bound_us <= (wall - bound).max(0), "{} {wall} {bound}", end.saved_bound_us);
        prop_assert!(end.lanes.iter().all(|l| l.idle_us >= 0 && l.busy_us >= 0));
        prop_assert!(end.unstealable.iter().all(|u| u.waited_us > 0 && u.piece.to_us <= end.end_us));
        prop_assert!(end.holder.is_none_or(|h| h.tail_us <= end.end_us - end.drain_us));
    }
}

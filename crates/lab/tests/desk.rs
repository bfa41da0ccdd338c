//! Questions to the desk, as the laboratory's worker asks them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at what it did not expect")]

use lanescope_lab::desk::{Desk, Step};
use lanescope_model::bytes::{Sink, Source};
use lanescope_model::{AttemptRow, Outcome, Run, RunBuilder};
use lanescope_protocol::{LabAnswer, LabRequest, Mode, Plan};

const S: i64 = 1_000_000;

/// A run of tests of one second each, on so many workers.
fn run(id: &str, tests: u32, workers: u32) -> Run {
    let mut b = RunBuilder::new();
    b.meta.id = id.to_owned();
    b.meta.label = id.to_owned();
    b.meta.sequential = workers == 1;
    b.meta.dist_mode = (workers > 1).then(|| "load".to_owned());
    for i in 0..tests {
        let test = b.test(None, &format!("tests/test_{}.py::test_{i}", i % 3), 16);
        let worker = b.worker(&format!("gw{}", i % workers));
        let start = i64::from(i / workers) * S;
        b.attempt(AttemptRow {
            worker: Some(worker),
            start_us: Some(start),
            stop_us: Some(start + S),
            total_us: Some(S),
            outcome: Outcome::Passed,
            ..AttemptRow::new(test)
        });
    }
    b.finish()
}

fn bytes(run: &Run) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut out = |part: &[u8]| bytes.extend_from_slice(part);
    let mut to = Sink::new(&mut out);
    run.encode(&mut to);
    to.flush();
    drop(to);
    bytes
}

fn put(desk: &mut Desk, id: &str, run: &Run) {
    let bytes = bytes(run);
    let mut left = bytes.as_slice();
    let taken = desk.take(id, bytes.len(), &mut |to: &mut [u8]| {
        let (now, later) = left.split_at(to.len());
        to.copy_from_slice(now);
        left = later;
    });
    assert_eq!(taken, LabAnswer::Done);
}

fn desk() -> Desk {
    let mut desk = Desk::new();
    put(&mut desk, "four", &run("four", 24, 4));
    put(&mut desk, "one", &run("one", 24, 1));
    desk
}

fn all(desk: &mut Desk) -> Vec<Step> {
    std::iter::from_fn(|| desk.step()).collect()
}

fn plan(workers: u32) -> Box<Plan> {
    Box::new(Plan { workers, ..Plan::default() })
}

fn sweep() -> LabRequest {
    let run = "four".to_owned();
    LabRequest::Sweep { run, plan: plan(4), modes: vec![Mode::Load, Mode::Shards], workers: vec![1, 2, 4] }
}

#[test]
fn a_sweep_gives_every_point_and_then_all_of_them() {
    let mut desk = desk();
    desk.ask(7, sweep());
    let steps = all(&mut desk);
    assert!(steps.iter().all(|step| step.id == 7));
    let points: usize = steps.iter().map(|s| if let LabAnswer::Points(p) = &s.answer { p.len() } else { 0 }).sum();
    assert_eq!(points, 6);
    let last = steps.last().unwrap();
    assert!(!last.more && steps.iter().rev().skip(1).all(|step| step.more));
    let LabAnswer::Curves(curves) = &last.answer else { panic!("{:?}", last.answer) };
    for curve in curves {
        let along: Vec<u32> = curve.points.iter().map(|p| p.workers * p.shards).collect();
        assert_eq!(along, [1, 2, 4], "{:?}", curve.mode);
        assert!(curve.points.windows(2).all(|pair| pair[1].makespan_s < pair[0].makespan_s));
        assert_eq!(curve.knee.as_ref().map(|knee| knee.workers), Some(4));
    }
}

#[test]
fn other_questions_are_answered_in_between_and_the_sweep_goes_on() {
    let mut desk = desk();
    desk.ask(1, sweep());
    assert!(desk.step().unwrap().more);
    desk.ask(2, LabRequest::WhatIf { run: "four".to_owned(), plan: plan(8) });
    let answer = desk.step().unwrap();
    assert!(answer.id == 2 && !answer.more && matches!(answer.answer, LabAnswer::WhatIf(_)));
    let rest = all(&mut desk);
    assert!(rest.iter().all(|step| step.id == 1) && matches!(rest.last().unwrap().answer, LabAnswer::Curves(_)));
}

#[test]
fn a_sweep_that_is_stopped_or_replaced_ends_with_what_it_has() {
    let mut desk = desk();
    desk.ask(1, sweep());
    desk.step();
    desk.ask(2, LabRequest::Stop);
    let ids: Vec<(u32, bool)> = all(&mut desk).iter().map(|step| (step.id, step.more)).collect();
    assert_eq!(ids, [(1, false), (2, false)]);

    desk.ask(3, sweep());
    desk.step();
    desk.ask(4, sweep());
    let steps = all(&mut desk);
    let first = steps.first().unwrap();
    assert!(first.id == 3 && !first.more && matches!(first.answer, LabAnswer::Curves(_)));
    assert!(steps.iter().skip(1).all(|step| step.id == 4));

    desk.ask(5, sweep());
    desk.step();
    desk.ask(6, LabRequest::Keep { runs: Vec::new() });
    let ids: Vec<u32> = all(&mut desk).iter().map(|step| step.id).collect();
    assert_eq!(ids, [6, 5]);
}

#[test]
fn a_predicted_run_travels_as_columns_and_is_no_measurement() {
    let mut desk = desk();
    desk.ask(1, LabRequest::Predict { run: "four".to_owned(), plan: plan(3) });
    let step = desk.step().unwrap();
    assert_eq!(step.answer, LabAnswer::Predicted);
    let columns = step.beside.unwrap();
    let mut left = columns.as_slice();
    let mut from = |to: &mut [u8]| {
        let (now, later) = left.split_at(to.len());
        to.copy_from_slice(now);
        left = later;
    };
    let predicted = Run::decode(&mut Source::new(columns.len(), &mut from)).unwrap();
    assert!(predicted.meta.simulated);
    assert_eq!(predicted.tests.len(), 24);

    let count = |desk: &mut Desk| {
        desk.ask(2, LabRequest::Speedup);
        let LabAnswer::Speedup(speedup) = desk.step().unwrap().answer else { panic!("no speedup") };
        speedup.suites.iter().map(|suite| suite.runs.len()).sum::<usize>()
    };
    let before = count(&mut desk);
    put(&mut desk, "four predicted", &predicted);
    assert_eq!((before, count(&mut desk)), (2, 2));
    desk.ask(3, LabRequest::Work { run: "four".to_owned() });
    let LabAnswer::Work { measured, .. } = desk.step().unwrap().answer else { panic!("no work") };
    assert!(measured.iter().all(|point| point.run != "four predicted"));
}

#[test]
fn a_run_that_is_not_there_is_said_not_to_be() {
    let mut desk = desk();
    let nowhere = || "nowhere".to_owned();
    let questions = [
        LabRequest::Spread { run: nowhere(), near_share: 0.8 },
        LabRequest::Work { run: nowhere() },
        LabRequest::WhatIf { run: nowhere(), plan: plan(2) },
        LabRequest::Predict { run: nowhere(), plan: plan(2) },
        LabRequest::TakeHome { run: nowhere(), plan: plan(2), kinds: Vec::new() },
        LabRequest::Sweep { run: nowhere(), plan: plan(2), modes: vec![Mode::Load], workers: vec![1] },
    ];
    for (id, question) in (1..).zip(questions) {
        desk.ask(id, question);
        let step = desk.step().unwrap();
        assert!(step.id == id && !step.more && matches!(step.answer, LabAnswer::Failed { .. }), "{:?}", step.answer);
    }
    assert!(desk.step().is_none());
}

//! Plans, sweeps, predicted runs and files to take home, on a small run built by hand.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may stop at what it did not expect")]

use lanescope_analysis::{Layout, figures};
use lanescope_lab::replay::Work;
use lanescope_lab::take_home::take_home;
use lanescope_lab::what_if::{Calibration, Planned, Sweep, knee, predicted_run, what_if};
use lanescope_model::{AttemptRow, Outcome, Provenance, Run, RunBuilder};
use lanescope_protocol::{Contention, Cut, Mode, Plan, Speed, TakeHomeKind};

const S: i64 = 1_000_000;
/// A name that would leave its quotes in Python, JSON, TOML and a shell.
const HOSTILE: &str = "tests/test_b.py::test_x[\"'$(id)`;\\ \n\u{202e}]";

/// Twelve tests of a second, one of six, on two workers, back to back.
fn run() -> Run {
    let mut b = RunBuilder::new();
    b.meta.id = "r1".to_owned();
    b.meta.dist_mode = Some("load".to_owned());
    b.meta.session.start_us = Some(0);
    b.meta.session.length_us = Some(15 * S);
    let mut ends = [3 * S, 3 * S];
    for i in 0..13_usize {
        let id = if i == 12 { HOSTILE.to_owned() } else { format!("tests/test_{}.py::test_{i:02}", ["a", "b"][i / 6]) };
        let test = b.test(None, &id, id.find("::").unwrap() + 2);
        let on = usize::from(ends[1] < ends[0]);
        let us = if i == 12 { 6 * S } else { S };
        let worker = b.worker(["gw0", "gw1"][on]);
        b.attempt(AttemptRow {
            worker: Some(worker),
            start_us: Some(ends[on]),
            stop_us: Some(ends[on] + us),
            total_us: Some(us),
            outcome: Outcome::Passed,
            ..AttemptRow::new(test)
        });
        ends[on] += us;
    }
    b.finish()
}

fn ready(plan: &Plan) -> (Run, Work, Calibration, Planned) {
    let run = run();
    let work = Work::of(&run);
    let calibration = Calibration::of(&run, &work, &[]);
    let planned = Planned::new(&run, &work, plan);
    (run, work, calibration, planned)
}

#[test]
fn the_run_is_taken_as_it_was() {
    let (_, work, calibration, _) = ready(&Plan::default());
    let recorded = &work.recorded;
    assert_eq!(
        (recorded.mode, recorded.workers, recorded.makespan_us, recorded.start_up_us, recorded.after_us),
        (Some(Mode::Load), Some(2), Some(12 * S), Some(3 * S), Some(0))
    );
    assert_eq!((recorded.gap_us, recorded.ramp_us), (Some(0), Some(0)));
    assert_eq!(work.pieces, [2, 2, 13]);
    assert_eq!(calibration.measured.len(), 1);
}

/// Whole files on workers, with nothing that says so: the mode is told by what comes nearest, and said to be.
#[test]
fn a_mode_that_is_not_recorded_is_the_nearest() {
    let mut b = RunBuilder::new();
    let mut ends = [0, 0];
    for i in 0..13_usize {
        let on = usize::from(i >= 3);
        let test = b.test(None, &format!("test_{}.py::test_{i:02}", ["a", "b"][on]), 11);
        let worker = b.worker(["gw0", "gw1"][on]);
        let (start_us, stop_us) = (Some(ends[on]), Some(ends[on] + S));
        b.attempt(AttemptRow { worker: Some(worker), start_us, stop_us, total_us: Some(S), ..AttemptRow::new(test) });
        ends[on] += S;
    }
    let run = b.finish();
    let work = Work::of(&run);
    let calibration = Calibration::of(&run, &work, &[]);
    assert_eq!((work.runs_as(), calibration.runs_as), (None, Some(Mode::Loadfile)));
    assert!(calibration.error.explanation.starts_with("The run's mode is not recorded"), "{:?}", calibration.error);
    // As it was is ten seconds, and what `load` would have made of it is a gain.
    let plan = Plan { mode: Mode::Load, workers: 2, ..Plan::default() };
    let found = what_if(&run, &work, &plan, &calibration);
    assert_eq!(found.before.map(|before| before.makespan_s), Some(10.0));
    assert!(found.gain_s.is_some_and(|gain| gain >= 2.0), "{:?}", found.gain_s);
}

#[test]
fn plans_change_what_they_say_and_nothing_else() {
    let seconds = |plan: &Plan, mode, workers| {
        let (run, work, calibration, planned) = ready(plan);
        planned.point(&run, &work, mode, workers, &calibration).makespan_s
    };
    let plain = Plan::default();
    assert_eq!(seconds(&plain, Mode::Lpt, 2), 9.0);
    assert_eq!(seconds(&plain, Mode::Lpt, 4), 6.0);
    let long = HOSTILE.to_owned();
    let dropped = Plan { drop: vec![long.clone()], ..Plan::default() };
    assert_eq!(seconds(&dropped, Mode::Lpt, 4), 3.0);
    let faster = Plan { speed: vec![Speed { test: long.clone(), factor: 0.5 }], ..Plan::default() };
    assert_eq!(seconds(&faster, Mode::Lpt, 4), 4.0);
    let cut = Plan { cut: vec![Cut { test: long, parts: 3 }], ..Plan::default() };
    assert_eq!(seconds(&cut, Mode::Lpt, 4), 5.0);
    let full = Plan { contention: Contention::Capacity(1.0), ..Plan::default() };
    assert_eq!(seconds(&full, Mode::Lpt, 4), 12.0);
    let unknown = Plan { drop: vec!["nowhere".to_owned(), "nowhere".to_owned()], ..Plan::default() };
    assert_eq!(ready(&unknown).3.unknown, ["nowhere"]);
    let shards = Plan { shards: 2, workers: 2, ..Plan::default() };
    let (run, work, calibration, planned) = ready(&shards);
    let point = planned.point(&run, &work, Mode::Load, 2, &calibration);
    assert!(point.makespan_s >= 6.0 && point.shards == 2 && point.workers == 2);
    // Start-up, no after: session and worker-minutes of four workers.
    assert_eq!(point.session_s, Some(point.makespan_s + 3.0));
    assert!((point.worker_minutes - (point.makespan_s + 3.0) * 4.0 / 60.0).abs() < 1e-9);
}

#[test]
fn what_limits_a_plan_is_named() {
    let (run, work, calibration, _) = ready(&Plan::default());
    let plan = Plan { mode: Mode::Lpt, workers: 8, price_per_minute: Some(0.6), ..Plan::default() };
    let found = what_if(&run, &work, &plan, &calibration);
    assert_eq!(found.limited_by, Some((HOSTILE.to_owned(), 6.0)));
    let before = found.before.unwrap();
    assert_eq!(found.gain_s, Some(before.makespan_s - 6.0));
    assert!(found.gain_low_s.unwrap() <= found.gain_s.unwrap() && found.gain_s.unwrap() <= found.gain_high_s.unwrap());
    assert_eq!(found.point.cost.map(|c| (c * 1000.0).round()), Some(720.0));
    let plan = Plan { mode: Mode::Loadfile, workers: 8, ..Plan::default() };
    assert_eq!(what_if(&run, &work, &plan, &calibration).limited_by, Some(("tests/test_b.py".to_owned(), 12.0)));
}

#[test]
fn a_sweep_gives_every_point_once_its_own_mode_first() {
    let plan = Plan { mode: Mode::Worksteal, ..Plan::default() };
    let (run, work, calibration, _) = ready(&plan);
    let mut sweep = Sweep::new(&run, &work, &plan, &calibration, &[Mode::Load, Mode::Worksteal], &[5, 2, 1, 2, 0, 999]);
    assert_eq!(sweep.progress(), (6, 6));
    let mut seen = Vec::new();
    let mut points = Vec::new();
    while let Some(point) = sweep.step(&run, &work) {
        assert!(point.low_s <= point.makespan_s && point.makespan_s <= point.high_s);
        seen.push((point.mode, point.workers));
        points.push(point);
    }
    let (w, l) = (Mode::Worksteal, Mode::Load);
    assert_eq!(seen, [(w, 1), (w, 2), (l, 1), (l, 2), (w, 5), (l, 5)]);
    let own: Vec<_> = points.into_iter().filter(|p| p.mode == l).collect();
    assert_eq!(knee(&own[..2]), None);
    assert_eq!(knee(&own).map(|k| k.workers), Some(5));
}

#[test]
fn a_predicted_run_is_drawn_as_simulated() {
    let plan =
        Plan { mode: Mode::Lpt, workers: 4, cut: vec![Cut { test: HOSTILE.to_owned(), parts: 2 }], ..Plan::default() };
    let (run, work, calibration, planned) = ready(&plan);
    let schedule = planned.schedule(Mode::Lpt, 4, &calibration);
    let predicted = predicted_run(&run, &work, &planned, &schedule);
    assert_eq!((predicted.tests.len(), predicted.workers.len()), (14, 4));
    assert_eq!(predicted.window_us(), Some((3 * S, 3 * S + schedule.makespan_us)));
    let layout = Layout::of(&predicted, None);
    assert_eq!(layout.provenance(), Provenance::Simulated);
    let figures = figures(&predicted, &layout);
    assert_eq!(figures.wall_us.provenance, Provenance::Simulated);
    assert_eq!(figures.busy_us.value, Some(18 * S));
    assert_eq!(figures.tests, 14);
}

#[test]
fn files_to_take_home_hold_hostile_names_in_their_quotes() {
    let plan = Plan { mode: Mode::Load, workers: 4, ..Plan::default() };
    let (run, work, calibration, _) = ready(&plan);
    for kind in TakeHomeKind::ALL {
        let made = take_home(&run, &work, &plan, &calibration, kind);
        assert!(made.from_s.is_some() && made.to_s.is_some(), "{kind:?}");
        assert!(!made.text.is_empty() && !made.text.contains('\u{202e}'), "{kind:?}");
        assert!(!made.text.lines().any(|line| line.starts_with('\u{202e}')), "{kind:?}");
    }
    let durations = take_home(&run, &work, &plan, &calibration, TakeHomeKind::TestDurations);
    let read: std::collections::BTreeMap<String, f64> = serde_json::from_str(&durations.text).unwrap();
    assert_eq!((read.len(), read[HOSTILE], read["tests/test_a.py::test_00"]), (13, 6.0, 1.0));
    let plan = Plan { shards: 2, ..plan };
    let matrix = take_home(&run, &work, &plan, &calibration, TakeHomeKind::GithubMatrix);
    let read: serde_json::Value = serde_json::from_str(&matrix.text).unwrap();
    assert_eq!(read["include"][0]["files"][0], "tests/test_b.py");
    assert_eq!(read["include"][1]["seconds"], 6.0);
    let conftest = take_home(&run, &work, &plan, &calibration, TakeHomeKind::ConftestSlowFirst);
    assert!(
        conftest.text.contains(r#"    "tests/test_b.py::test_x[\"'$(id)`;\\ \n\u202e]": 6.000,"#),
        "{}",
        conftest.text
    );
    // One a line: an id that spans lines is left out, and said so.
    let ids = take_home(&run, &work, &plan, &calibration, TakeHomeKind::NodeIds);
    assert_eq!(ids.text.lines().count(), 12);
    assert!(ids.how.contains("1 ids that span lines"));
}

//! The replay of nextest's slots and of Playwright's workers against real runs of sleeping tests, which
//! `bench/replay/record_nextest.py` and `record_playwright.py` made. Each is predicted twice, as `reality.rs` does it:
//! from its own times (what is tested is the dealing out, the retries and the new workers after failures), and from the
//! times of the run with one worker, with the sleeps longer by as much as they were. When each worker was up, the mean
//! gap and the mean cost of a new worker are the run's own both times: they are the machine's doing, and Playwright's
//! workers take 0.5 s of a processor each to start.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may stop at what it did not expect"
)]

use std::fs::File;
use std::path::Path;

use lanescope_ingest::{OpenFile, Opening, join};
use lanescope_lab::replay::{Recorded, Work, split};
use lanescope_lab::what_if::{Calibration, Planned};
use lanescope_model::{AttemptRow, Outcome, Run, RunBuilder};
use lanescope_protocol::{Mode, Plan, Split};
use serde_json::Value;

const EPOCH_US: i64 = 1_795_398_990_000_000;

struct Suite {
    name: String,
    file: Vec<i64>,
    sleep_ms: Vec<f64>,
    priority: Vec<i64>,
}

struct Recording {
    suite: usize,
    workers: u32,
    fully_parallel: bool,
    part: Option<String>,
    /// Test, worker, start and length in milliseconds, whether it failed.
    attempts: Vec<(u32, Option<i64>, i64, i64, bool)>,
    session_ms: i64,
}

fn integers(value: &Value) -> Vec<i64> {
    value.as_array().map(|all| all.iter().map(|v| v.as_i64().unwrap()).collect()).unwrap_or_default()
}

fn facts(name: &str) -> (Vec<Suite>, Vec<Recording>) {
    let path = format!("{}/../../bench/replay/{name}.jsonl", env!("CARGO_MANIFEST_DIR"));
    let (mut suites, mut runs) = (Vec::new(), Vec::new());
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let Some(attempts) = row["attempts"].as_array() else {
            suites.push(Suite {
                name: row["suite"].as_str().unwrap().to_owned(),
                file: integers(&row["file"]),
                sleep_ms: row["sleep_ms"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect(),
                priority: integers(&row["priority"]),
            });
            continue;
        };
        let slots = row.get("threads").is_some();
        let attempt = |row: &Value| {
            let v = integers(row);
            let (worker, rest) = if slots { (None, &v[1..]) } else { (Some(v[1]), &v[3..]) };
            (v[0] as u32, worker, rest[0], rest[1], rest[2] != 0)
        };
        runs.push(Recording {
            suite: suites.iter().position(|s: &Suite| s.name == row["suite"].as_str().unwrap()).unwrap(),
            workers: row[if slots { "threads" } else { "workers" }].as_u64().unwrap() as u32,
            fully_parallel: row["fully_parallel"].as_bool().unwrap_or(false),
            part: row[if slots { "partition" } else { "shard" }].as_str().map(str::to_owned),
            attempts: attempts.iter().map(attempt).collect(),
            session_ms: integers(&row["session"])[1],
        });
    }
    (suites, runs)
}

/// The run as a reader makes it.
fn build(suite: &Suite, of: &Recording, slots: bool) -> Run {
    let mut b = RunBuilder::new();
    let mut attempts = of.attempts.clone();
    attempts.sort_by_key(|a| a.2);
    for (test, worker, start, length, bad) in attempts {
        let file = suite.file[test as usize];
        let id = if slots { format!("s::b{file}$t{test:03}") } else { format!("f{file:02}.spec.js › t{test:03}") };
        let row = b.test(None, &id, id.len() - 4);
        if !slots {
            b.test_place(row, &format!("f{file:02}.spec.js"), Some(test + 3));
        }
        let start_us = EPOCH_US + start * 1000;
        let worker = worker.map(|w| b.worker(&format!("worker {w}")));
        b.attempt(AttemptRow {
            worker,
            start_us: Some(start_us),
            stop_us: Some(start_us + length * 1000),
            total_us: Some(length * 1000),
            outcome: if bad { Outcome::Failed } else { Outcome::Passed },
            ..AttemptRow::new(row)
        });
    }
    b.meta.session.start_us = Some(EPOCH_US);
    b.meta.session.length_us = Some(of.session_ms * 1000);
    b.meta.declared_workers = Some(of.workers);
    b.meta.sequential = of.workers == 1 && !slots;
    b.finish()
}

/// The test of a row.
fn test_of(run: &Run, work: &Work, row: u32) -> usize {
    run.test_name(work.test_ids[row as usize])[1..].parse().unwrap()
}

fn within(predicted: f64, recorded: f64) -> bool {
    (predicted - recorded).abs() <= (recorded * 0.02).max(0.05)
}

fn makespan_s(run: &Run, work: &Work, plan: &Plan) -> f64 {
    let planned = Planned::new(run, work, plan);
    planned.predict(plan.mode, plan.workers, &Calibration::default()).makespan_us as f64 / 1e6
}

/// Prints a line for each run, and gives the shares that lie within 2 % or 0.05 s.
fn hold(name: &str, mode: Mode) -> (f64, f64) {
    let (suites, runs) = facts(name);
    let slots = mode == Mode::Slots;
    println!("| suite | workers | setting | recorded s | from own times s | error | from one worker s | error |");
    println!("| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: |");
    let (mut own_in, mut one_in, mut all_own, mut all_one) = (0, 0, 0, 0);
    let error = |p: f64, r: f64| format!("{:+.1} %{}", (p / r - 1.0) * 100.0, if within(p, r) { "" } else { " ✗" });
    for of in &runs {
        let suite = &suites[of.suite];
        let run = build(suite, of, slots);
        let work = Work::of(&run);
        let recorded_s = work.recorded.makespan_us.unwrap() as f64 / 1e6;
        let plan = Plan { mode, workers: of.workers, fully_parallel: Some(of.fully_parallel), ..Plan::default() };
        let own_s = makespan_s(&run, &work, &plan);
        (all_own, own_in) = (all_own + 1, own_in + u32::from(within(own_s, recorded_s)));
        let one_s = of.part.is_none().then(|| {
            let one = runs.iter().find(|r| r.suite == of.suite && r.workers == 1 && r.part.is_none()).unwrap();
            let one_run = build(suite, one, slots);
            let mut one_work = Work::of(&one_run);
            for row in 0..one_work.tests.us.len() as u32 {
                let test = test_of(&one_run, &one_work, row);
                let attempts = one.attempts.iter().filter(|a| a.0 as usize == test).count() as f64;
                let more_ms = suite.sleep_ms[test] * attempts * f64::from(of.workers - 1);
                one_work.tests.us[row as usize] += (more_ms * 1000.0) as i64;
            }
            let of_run = &work.recorded;
            let (workers, declared, gap_us) = (of_run.workers, of_run.declared, of_run.gap_us);
            let (restart_us, ready_us) = (of_run.restart_us, of_run.ready_us.clone());
            one_work.recorded = Recorded { workers, declared, gap_us, restart_us, ready_us, ..one_work.recorded };
            makespan_s(&one_run, &one_work, &plan)
        });
        if let Some(one_s) = one_s {
            (all_one, one_in) = (all_one + 1, one_in + u32::from(within(one_s, recorded_s)));
        }
        let setting = match (&of.part, of.fully_parallel) {
            (Some(part), true) => format!("{part}, fully parallel"),
            (Some(part), false) => part.clone(),
            (None, true) => "fully parallel".to_owned(),
            (None, false) => String::new(),
        };
        println!(
            "| {} | {} | {setting} | {recorded_s:.3} | {own_s:.3} | {} | {} | {} |",
            suite.name,
            of.workers,
            error(own_s, recorded_s),
            one_s.map(|s| format!("{s:.3}")).unwrap_or_default(),
            one_s.map(|s| error(s, recorded_s)).unwrap_or_default(),
        );
    }
    let (own, one) = (f64::from(own_in) / f64::from(all_own), f64::from(one_in) / f64::from(all_one));
    println!("\n{own_in} of {all_own} runs within 2 % or 0.05 s from own times, {one_in} of {all_one} from one worker");
    (own, one)
}

#[test]
fn playwright_takes_what_the_replay_says() {
    let (own, one) = hold("playwright", Mode::Playwright);
    assert!(own >= 0.95);
    // What is left is the cost of new workers, which grows with the workers beside it.
    assert!(one >= 0.75);
}

#[test]
fn nextest_takes_what_the_replay_says() {
    let (own, one) = hold("nextest", Mode::Slots);
    assert!(own >= 0.95 && one >= 0.95);
}

/// Which tests a shard ran, against how the replay cuts: every test of every recorded shard.
fn hold_shards(name: &str, mode: Mode) -> u32 {
    let (suites, runs) = facts(name);
    let mut held = 0;
    for of in runs.iter().filter(|r| r.part.is_some()) {
        let suite = &suites[of.suite];
        // The whole suite, as the runner has it in order.
        let whole = runs.iter().find(|r| r.suite == of.suite && r.workers == 1 && r.part.is_none()).unwrap();
        let run = build(suite, whole, mode == Mode::Slots);
        let work = Work::of(&run);
        let part = of.part.as_deref().unwrap();
        let (how, part) = part.split_once(':').unwrap_or(("count", part));
        let how = match how {
            "slice" => Split::Slice,
            "hash" => Split::Hash,
            _ => Split::Count,
        };
        let (shard, shards) = part.split_once('/').unwrap();
        let (shard, shards): (u32, u32) = (shard.parse().unwrap(), shards.parse().unwrap());
        // A priority changes when a test runs, not where it stands.
        let mut rows: Vec<u32> = (0..work.tests.us.len() as u32).collect();
        if suite.priority.iter().any(|&p| p != 0) {
            rows.sort_by_key(|&row| test_of(&run, &work, row));
        }
        let hash = |row: u32| work.hashes[row as usize];
        let shard_of = split(&work.tests, &rows, how, shards, of.fully_parallel, &hash);
        let ours = rows.iter().zip(&shard_of).filter(|(_, s)| **s == shard - 1);
        let mut ours: Vec<usize> = ours.map(|(&row, _)| test_of(&run, &work, row)).collect();
        ours.sort_unstable();
        let mut theirs: Vec<usize> = of.attempts.iter().map(|a| a.0 as usize).collect();
        theirs.sort_unstable();
        theirs.dedup();
        assert_eq!(ours, theirs, "{} {:?} fully parallel: {}", suite.name, of.part, of.fully_parallel);
        held += 1;
    }
    held
}

#[test]
fn shards_are_those_of_playwright() {
    assert!(hold_shards("playwright", Mode::Playwright) >= 20);
}

#[test]
fn partitions_are_those_of_nextest() {
    assert!(hold_shards("nextest", Mode::Slots) >= 20);
}

/// A file of a real run, and its workers.
struct Real {
    path: &'static str,
    mode: Mode,
    workers: u32,
}

fn read(path: &Path) -> std::sync::Arc<Run> {
    let file = OpenFile { path: path.display().to_string(), size: None, reader: Box::new(File::open(path).unwrap()) };
    let loaded = Opening::new(vec![file]).read_all();
    let sources: Vec<_> = loaded.into_iter().flat_map(|l| l.sources).collect();
    join(&sources).remove(0).run
}

/// Real suites, read from the reports that users have: nextest's JUnit, Playwright's JSON and blobs.
#[test]
fn real_suites_take_what_the_replay_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/artifacts");
    if !root.exists() {
        println!("skipped: {} is not there", root.display());
        return;
    }
    let real = [
        Real { path: "nextest/pulldown-cmark-0.13.5/junit.xml", mode: Mode::Slots, workers: 4 },
        Real { path: "nextest/flaky-crate/junit.xml", mode: Mode::Slots, workers: 4 },
        Real { path: "nextest/flaky-crate/shard1of2.junit.xml", mode: Mode::Slots, workers: 4 },
        Real { path: "nextest/flaky-crate/shard2of2.junit.xml", mode: Mode::Slots, workers: 4 },
        Real { path: "js/playwright/direct/report.json", mode: Mode::Playwright, workers: 4 },
        Real { path: "js/playwright/shards/blob-1.zip", mode: Mode::Playwright, workers: 4 },
        Real { path: "js/playwright/shards/blob-2.zip", mode: Mode::Playwright, workers: 4 },
        Real { path: "js/playwright/shards/blob-3.zip", mode: Mode::Playwright, workers: 4 },
    ];
    println!("| run | workers | tests | recorded s | predicted s | error |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: |");
    for Real { path, mode, workers } in real {
        let run = read(&root.join(path));
        let work = Work::of(&run);
        let recorded_s = work.recorded.makespan_us.unwrap() as f64 / 1e6;
        let predicted_s = makespan_s(&run, &work, &Plan { mode, workers, ..Plan::default() });
        println!(
            "| {path} | {workers} | {} | {recorded_s:.3} | {predicted_s:.3} | {:+.1} % |",
            work.tests.len(),
            (predicted_s / recorded_s - 1.0) * 100.0
        );
        // Beyond 2 % is one run, by 2.6 %: the first gap of each worker is ten times the others, and two of its four
        // workers run few tests (`bench/replay/README.md`).
        let error = (predicted_s / recorded_s - 1.0).abs();
        assert!(within(predicted_s, recorded_s) || error < 0.03, "{path}: {predicted_s} {recorded_s}");
        assert_eq!(work.runs_as(), Some(mode), "{path}");
    }
}

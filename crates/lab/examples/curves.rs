//! How long curves take: 100,000 tests, six modes, 1 to 64 workers; prints the time to the first curve and to all.
//!
//! `cargo run --release -p lanescope-lab --example curves`
#![allow(clippy::print_stdout, reason = "an example talks to its user")]

use std::time::Instant;

use lanescope_lab::replay::Work;
use lanescope_lab::what_if::{Calibration, Sweep};
use lanescope_model::{AttemptRow, Outcome, Run, RunBuilder};
use lanescope_protocol::{Mode, Plan};

/// Tests in files of 40, of log-normal times, on eight workers; with module fixtures.
fn run(tests: u32) -> Run {
    let mut b = RunBuilder::new();
    b.meta.dist_mode = Some("load".to_owned());
    let mut state = 88_172_645_463_325_252_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut ends = [1_700_000_000_000_000_i64; 8];
    for i in 0..tests {
        let file = i / 40;
        let id = format!("tests/unit/test_{file:05}.py::TestThing{}::test_case_{i}[param-{}]", i % 40 / 10, i % 7);
        let test = b.test(None, &id, id.rfind("::").map_or(0, |at| at + 2));
        let normal = (0..6).map(|_| random()).sum::<f64>() - 3.0;
        let us = (20_000.0 * (normal * 1.7).exp()) as i64;
        let setup = if i % 40 == 0 { 30_000 } else { 200 };
        let lane = (i / 500 % 8) as usize;
        let Some(end) = ends.get_mut(lane) else { continue };
        let worker = b.worker(&format!("gw{lane}"));
        b.attempt(AttemptRow {
            worker: Some(worker),
            start_us: Some(*end),
            stop_us: Some(*end + us + setup),
            total_us: Some(us + setup),
            setup_us: Some(setup),
            teardown_us: Some(100),
            outcome: Outcome::Passed,
            ..AttemptRow::new(test)
        });
        *end += us + setup + 700;
    }
    b.finish()
}

fn main() {
    let run = run(100_000);
    let start = Instant::now();
    let work = Work::of(&run);
    println!("work of {} tests: {:.3} s", work.tests.len(), start.elapsed().as_secs_f64());
    let calibration = Calibration::of(&run, &work, &[]);
    let plan = Plan { mode: Mode::Load, ..Plan::default() };
    let modes = [Mode::Load, Mode::Worksteal, Mode::Loadfile, Mode::Loadscope, Mode::Lpt, Mode::Shards];
    let workers: Vec<u32> = (1..=64).collect();
    let mut sweep = Sweep::new(&run, &work, &plan, &calibration, &modes, &workers);
    let mut of_mode = [0.0; 9];
    let (mut first, mut last, mut longest) = (None, start.elapsed().as_secs_f64(), 0.0_f64);
    while let Some(point) = sweep.step(&run, &work) {
        let now = start.elapsed().as_secs_f64();
        if let Some(sum) = Mode::ALL.iter().position(|m| *m == point.mode).and_then(|i| of_mode.get_mut(i)) {
            *sum += now - last;
        }
        longest = longest.max(now - last);
        if point.mode != Mode::Load || point.workers == 64 {
            first.get_or_insert(now);
        }
        last = now;
    }
    println!("first curve (12 points): {:.3} s", first.unwrap_or_default());
    println!("all {} points: {last:.3} s; the longest step {longest:.4} s", sweep.progress().1);
    for (mode, sum) in Mode::ALL.iter().zip(of_mode) {
        println!("  {}: {sum:.3} s", mode.as_str());
    }
}

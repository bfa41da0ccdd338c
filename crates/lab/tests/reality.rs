//! The replay against real runs of pytest-xdist 3.8 of suites of sleeping tests, which `bench/replay/record.py` made.
//! Each is predicted twice: from the times that its own tests took (what is tested is the dealing out alone), and from
//! the times of the same suite with one worker under `load`, with the sleeps longer by as much as they were. The second
//! leans on the machine's being the same in two runs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test may stop at what it did not expect"
)]

use lanescope_lab::replay::{Inflation, Measurement, Setting, TestTable, lower_bound_us, simulate};
use lanescope_lab::what_if::{Calibration, Prediction};
use lanescope_protocol::Mode;
use serde_json::Value;

struct Run {
    suite: String,
    mode: Mode,
    workers: u32,
    recorded_s: f64,
    from_one_s: f64,
    from_own_s: f64,
    bound_s: f64,
    gap_us: i64,
}

fn numbers<T: TryFrom<i64>>(value: &Value) -> Vec<T> {
    value.as_array().unwrap().iter().map(|v| T::try_from(v.as_i64().unwrap()).ok().unwrap()).collect()
}

fn predict(table: &TestTable, us: Vec<i64>, gap_us: i64, ready_us: &[i64], mode: Mode, workers: u32) -> (f64, f64) {
    let table = TestTable { us, ..table.clone() };
    let rows: Vec<u32> = (0..table.len() as u32).collect();
    let setting = Setting { gap_us, ready_us, ..Setting::new(mode, workers) };
    let trace = simulate(&table, &rows, &setting, &|_| 0);
    (trace.makespan_us() as f64 / 1e6, lower_bound_us(&table, &setting, workers) as f64 / 1e6)
}

fn runs() -> Vec<Run> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../bench/replay/facts.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    let mut found = Vec::new();
    let (mut table, mut one, mut one_gap) = (TestTable::default(), Vec::new(), 0);
    let mut sleep_us: Vec<i64> = Vec::new();
    for line in text.lines() {
        let run: Value = serde_json::from_str(line).unwrap();
        let suite = run["suite"].as_str().unwrap().to_owned();
        if run.get("mode").is_none() {
            let n = run["file"].as_array().unwrap().len() as u32;
            let groups: Vec<i64> = numbers(&run["group"]);
            table = TestTable {
                file: numbers(&run["file"]),
                scope: numbers(&run["scope"]),
                group: groups.iter().zip(0..).map(|(&g, i)| u32::try_from(g).unwrap_or(1000 + i)).collect(),
                row: (0..n).collect(),
                ..TestTable::default()
            };
            sleep_us = run["sleep_ms"].as_array().unwrap().iter().map(|v| (v.as_f64().unwrap() * 1e3) as i64).collect();
            continue;
        }
        let mode = Mode::of(run["mode"].as_str().unwrap()).unwrap();
        let workers = run["workers"].as_u64().unwrap() as u32;
        let own: Vec<i64> = numbers(&run["us"]);
        if mode == Mode::Load && workers == 1 {
            (one, one_gap) = (own.clone(), run["gap_us"].as_i64().unwrap());
        }
        let recorded_s = run["makespan_us"].as_f64().unwrap() / 1e6;
        let scale = run["scale"].as_i64().unwrap();
        let longer: Vec<i64> = one.iter().zip(&sleep_us).map(|(us, sleep)| us + sleep * (scale - 1)).collect();
        let (from_one_s, bound_s) = predict(&table, longer, one_gap, &[], mode, workers);
        let starts_us: Vec<i64> = run["starts_us"].as_array().unwrap().iter().filter_map(Value::as_i64).collect();
        let (from_own_s, _) = predict(&table, own, run["gap_us"].as_i64().unwrap(), &starts_us, mode, workers);
        found.push(Run {
            gap_us: run["gap_us"].as_i64().unwrap(),
            suite,
            mode,
            workers,
            recorded_s,
            from_one_s,
            from_own_s,
            bound_s,
        });
    }
    found
}

fn within(predicted: f64, recorded: f64) -> bool {
    (predicted - recorded).abs() <= (recorded * 0.02).max(0.05)
}

/// 2 % or 0.05 s, whichever is larger, in at least 95 of 100 runs. What is left are coin tosses: two workers that ask for
/// more within a tenth of a millisecond, one of which gets the long test; the same suite, run again, falls either way.
#[test]
fn real_runs_take_what_the_replay_says() {
    let runs = runs();
    println!("| suite | mode | workers | recorded s | from own times s | error | from one worker s | error | gap ms |");
    println!("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    let error = |p: f64, r: f64| format!("{:+.1} %{}", (p / r - 1.0) * 100.0, if within(p, r) { "" } else { " ✗" });
    for r in &runs {
        println!(
            "| {} | {} | {} | {:.3} | {:.3} | {} | {:.3} | {} | {:.1} |",
            r.suite,
            r.mode.as_str(),
            r.workers,
            r.recorded_s,
            r.from_own_s,
            error(r.from_own_s, r.recorded_s),
            r.from_one_s,
            error(r.from_one_s, r.recorded_s),
            r.gap_us as f64 / 1e3
        );
        assert!(r.bound_s > 0.0);
    }
    let share =
        |s: &dyn Fn(&Run) -> f64| runs.iter().filter(|r| within(s(r), r.recorded_s)).count() as f64 / runs.len() as f64;
    let (own, one) = (share(&|r| r.from_own_s), share(&|r| r.from_one_s));
    println!("\n{} runs within 2 % or 0.05 s: {own:.3} from own times, {one:.3} from one worker", runs.len());
    assert_eq!(runs.len(), 175);
    assert!(own >= 0.95);
    // Five runs of one suite with one worker differ by 11 % (bench/replay/README.md): this is the machine's share.
    assert!(one >= 0.85);
}

/// The narrowest band that is ever drawn, that of tests which do not slow each other down, holds what was recorded: it
/// promises nine of ten, and the coin tosses (up to 10 %) are few.
#[test]
fn the_narrowest_band_holds_predictions_from_one_worker() {
    let measurements = [1, 2].map(|workers| Measurement { workers, ratio: 1.0 }).to_vec();
    let mut calibration = Calibration::default();
    (calibration.measurements, calibration.spread) = (measurements, 0.02);
    let runs = runs();
    let held = runs.iter().filter(|r| {
        let makespan_us = (r.from_one_s * 1e6) as i64;
        let inflation = Inflation::NONE;
        let p = Prediction { makespan_us, busy_us: 0, lower_bound_us: 0, last_row: None, inflation };
        let (low, high) = calibration.band(&p);
        let inside = low <= r.recorded_s && r.recorded_s <= high;
        if !inside {
            println!("{} {} {}: {:.3} not in {low:.3}–{high:.3}", r.suite, r.mode.as_str(), r.workers, r.recorded_s);
        }
        inside
    });
    let held = held.count();
    println!("{held} of {} runs lie in the narrowest band", runs.len());
    assert!(held as f64 >= runs.len() as f64 * 0.95);
}

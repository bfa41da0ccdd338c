//! The figures of what was read of a file, against expected ones.

use std::sync::Arc;

use lanescope_ingest::{Format, Loaded, More, Source, join};
use lanescope_model::{Benchmark, Coverage, Covered, Outcome, Run};
use serde_json::Value;

/// The runs of a file: its sessions, or what they make where the tool writes a file for each attempt.
fn runs(loaded: &[Loaded]) -> Vec<Arc<Run>> {
    let sources = || loaded.iter().flat_map(|l| &l.sources);
    if sources().any(|s| s.format == Format::More(More::AllureResults)) {
        let sources: Vec<Source> = sources().cloned().collect();
        return join(&sources).into_iter().map(|joined| joined.run).collect();
    }
    sources().map(|s| Arc::clone(&s.run)).collect()
}

/// How many tests have this outcome, in all sessions of a file.
pub(crate) fn count(loaded: &[Loaded], outcome: Outcome) -> i64 {
    count_in(&runs(loaded), outcome)
}

fn count_in(runs: &[Arc<Run>], outcome: Outcome) -> i64 {
    runs.iter().map(|run| i64::from(run.counts().get(outcome))).sum()
}

pub(crate) fn tests(loaded: &[Loaded]) -> i64 {
    loaded.iter().map(|l| l.report.tests as i64).sum()
}

/// Counts of all sessions of a file.
fn counts(runs: &[Arc<Run>]) -> Vec<(&'static str, i64)> {
    vec![
        ("tests", runs.iter().map(|run| run.tests.len() as i64).sum()),
        ("passed", count_in(runs, Outcome::Passed)),
        ("failed", count_in(runs, Outcome::Failed)),
        ("errors", count_in(runs, Outcome::Error)),
        ("skipped", count_in(runs, Outcome::Skipped)),
        ("xfailed", count_in(runs, Outcome::XFailed)),
        ("xpassed", count_in(runs, Outcome::XPassed)),
        ("attempts", runs.iter().map(|run| run.attempts.len() as i64).sum()),
        ("flaky", runs.iter().map(|run| i64::from(run.flaky_count())).sum()),
    ]
}

/// Counts that are neither as expected nor in the range that is accepted.
fn wrong_counts(found: &[(&'static str, i64)], expected: &Value) -> Vec<String> {
    let mut out = Vec::new();
    for (name, found) in found {
        let Some(wanted) = expected.get(name).and_then(Value::as_i64) else { continue };
        let end = |i: usize| expected.pointer(&format!("/accept/{name}/{i}")).and_then(Value::as_i64).unwrap_or(wanted);
        if *found < end(0).min(wanted) || *found > end(1).max(wanted) {
            out.push(format!("{name} {found}, expected {wanted}"));
        }
    }
    out
}

/// What a file's figures differ in from what is expected of it.
pub(crate) fn differences(loaded: &[Loaded], expected: &Value) -> Vec<String> {
    let runs = runs(loaded);
    let found = counts(&runs);
    let mut out = wrong_counts(&found, expected);
    if let (false, Some(other)) = (out.is_empty(), expected.get("other_reading"))
        && wrong_counts(&found, other).is_empty()
    {
        out.clear();
    }
    if expected.get("has_worker") == Some(&Value::Bool(true))
        && let Some(wanted) = expected.get("workers").and_then(Value::as_u64)
    {
        let workers = runs.iter().map(|run| run.workers.len()).max().unwrap_or(0) as u64;
        // Old reports of Playwright name processes and no lanes: their lanes are packed.
        let packed = workers == 0 && expected.get("workers_accept").is_some();
        if workers != wanted && !packed {
            out.push(format!("workers {workers}, expected {wanted}"));
        }
    }
    if let [only] = runs.as_slice() {
        out.extend(of_one(only, expected));
    }
    if let Some(wanted) = expected.get("sum_duration_s").and_then(Value::as_f64) {
        let of = |run: &Arc<Run>| run.attempts.ids().filter_map(|a| run.attempts.total_us(a)).sum::<i64>();
        let sum = runs.iter().map(of).sum::<i64>() as f64 / 1e6;
        if (sum - wanted).abs() > 0.01 + wanted.abs() * 1e-4 {
            out.push(format!("sum of durations {sum}, expected {wanted}"));
        }
    }
    out
}

/// Figures that mean something for a single session only.
fn of_one(run: &Run, expected: &Value) -> Vec<String> {
    let mut out = Vec::new();
    if let Some(wanted) = expected.get("wall_s").and_then(Value::as_f64) {
        let length = run.meta.session.length_us.map(|us| us as f64 / 1e6);
        if length.is_none_or(|length| (length - wanted).abs() >= 0.002) {
            out.push(format!("session {length:?} s, expected {wanted}"));
        }
    }
    if let Some(wanted) = expected.get("starts").and_then(Value::as_i64) {
        // What never started has no start here, and in the expectations the time at which it was passed over.
        let never = |a| run.attempts.worker(a).is_none() && run.attempts.outcome(a) == Outcome::Skipped;
        let playwright = expected.get("format").and_then(Value::as_str).is_some_and(|f| f.starts_with("playwright"));
        let has_start = |&a: &_| run.attempts.start_us(a).is_some() || (playwright && never(a));
        let with_start = run.attempts.ids().filter(has_start).count() as i64;
        if with_start != wanted && expected.get("has_start_accept").is_none() {
            out.push(format!("starts {with_start}, expected {wanted}"));
        }
    }
    out
}

/// What coverage and benchmarks differ in from what is expected of them.
pub(crate) fn measures(loaded: &[Loaded], expected: &Value) -> Vec<String> {
    let mut out = Vec::new();
    let runs = runs(loaded);
    if let Some(wanted) = expected.pointer("/extra/percent").and_then(Value::as_f64) {
        let reports = runs.iter().flat_map(|run| &run.coverage);
        let sum = |report: &Coverage| {
            let files = report.files.iter().filter_map(|file| file.lines);
            report.lines.unwrap_or_else(|| files.fold(Covered::default(), Covered::plus))
        };
        let percent = reports.map(sum).next().and_then(Covered::rate).map(|rate| rate * 100.0);
        if percent.is_none_or(|percent| (percent - wanted).abs() > 0.01) {
            out.push(format!("{percent:?} % of the lines, expected {wanted}"));
        }
    }
    for (name, wanted) in expected.pointer("/extra/benchmark_means_s").and_then(Value::as_object).into_iter().flatten()
    {
        let named =
            |run: &Run, row: &Benchmark| run.strings.get(row.name).ends_with(name.as_str()).then_some(row.stats.mean);
        let rows = |run: &Arc<Run>| {
            let rows = run.benchmarks.iter().flat_map(|report| &report.rows);
            rows.filter_map(|row| named(run, row)).next()
        };
        let mean = runs.iter().find_map(rows).flatten();
        if mean != wanted.as_f64() {
            out.push(format!("mean of {name} {mean:?}, expected {wanted}"));
        }
    }
    if runs.iter().all(|run| run.coverage.is_empty() && run.benchmarks.is_empty()) {
        out.push("nothing of it is read".to_owned());
    }
    out
}

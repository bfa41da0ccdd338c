//! The figures of what was read of a file, against expected ones.

use lanescope_ingest::{Loaded, Source};
use lanescope_model::Outcome;
use serde_json::Value;

fn sources(loaded: &[Loaded]) -> Vec<&Source> {
    loaded.iter().flat_map(|l| &l.sources).collect()
}

/// How many tests have this outcome, in all sessions of a file.
pub(crate) fn count(loaded: &[Loaded], outcome: Outcome) -> i64 {
    sources(loaded).iter().map(|s| i64::from(s.run.counts().get(outcome))).sum()
}

pub(crate) fn tests(loaded: &[Loaded]) -> i64 {
    loaded.iter().map(|l| l.report.tests as i64).sum()
}

/// Counts of all sessions of a file.
fn counts(loaded: &[Loaded]) -> Vec<(&'static str, i64)> {
    let all = sources(loaded);
    vec![
        ("tests", tests(loaded)),
        ("passed", count(loaded, Outcome::Passed)),
        ("failed", count(loaded, Outcome::Failed)),
        ("errors", count(loaded, Outcome::Error)),
        ("skipped", count(loaded, Outcome::Skipped)),
        ("xfailed", count(loaded, Outcome::XFailed)),
        ("xpassed", count(loaded, Outcome::XPassed)),
        ("attempts", all.iter().map(|s| s.run.attempts.len() as i64).sum()),
        ("flaky", all.iter().map(|s| i64::from(s.run.flaky_count())).sum()),
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
    let found = counts(loaded);
    let mut out = wrong_counts(&found, expected);
    if let (false, Some(other)) = (out.is_empty(), expected.get("other_reading"))
        && wrong_counts(&found, other).is_empty()
    {
        out.clear();
    }
    let sources = sources(loaded);
    if expected.get("has_worker") == Some(&Value::Bool(true))
        && let Some(wanted) = expected.get("workers").and_then(Value::as_u64)
    {
        let workers = sources.iter().map(|s| s.run.workers.len()).max().unwrap_or(0) as u64;
        // Old reports of Playwright name processes and no lanes: their lanes are packed.
        let packed = workers == 0 && expected.get("workers_accept").is_some();
        if workers != wanted && !packed {
            out.push(format!("workers {workers}, expected {wanted}"));
        }
    }
    if let [only] = sources.as_slice() {
        out.extend(of_one(only, expected));
    }
    if let Some(wanted) = expected.get("sum_duration_s").and_then(Value::as_f64) {
        let of = |s: &&Source| s.run.attempts.ids().filter_map(|a| s.run.attempts.total_us(a)).sum::<i64>();
        let sum = sources.iter().map(of).sum::<i64>() as f64 / 1e6;
        if (sum - wanted).abs() > 0.01 + wanted.abs() * 1e-4 {
            out.push(format!("sum of durations {sum}, expected {wanted}"));
        }
    }
    out
}

/// Figures that mean something for a single session only.
fn of_one(source: &Source, expected: &Value) -> Vec<String> {
    let mut out = Vec::new();
    let run = &source.run;
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

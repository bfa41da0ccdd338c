//! Counts of real files against what is known of them.

use std::path::Path;

use lanescope_ingest::Loaded;
use lanescope_model::Outcome;
use serde_json::Value;

use crate::shared::{folder, issues, json, load};

/// Formats of containers, which are unpacked before they are read.
const PACKED: [&str; 4] = ["zip", "tar.gz", "tar.gz:allure-results", "playwright-blob-zip"];

/// Counts of all sessions of a file.
fn figures(loaded: &Loaded) -> Vec<(&'static str, i64)> {
    let count = |o: Outcome| loaded.sources.iter().map(|s| i64::from(s.run.counts().get(o))).sum();
    let runs = || loaded.sources.iter().map(|s| &s.run);
    vec![
        ("tests", loaded.report.tests as i64),
        ("passed", count(Outcome::Passed)),
        ("failed", count(Outcome::Failed)),
        ("errors", count(Outcome::Error)),
        ("skipped", count(Outcome::Skipped)),
        ("xfailed", count(Outcome::XFailed)),
        ("xpassed", count(Outcome::XPassed)),
        ("attempts", runs().map(|r| r.attempts.len() as i64).sum()),
        ("flaky", runs().map(|r| i64::from(r.flaky_count())).sum()),
    ]
}

/// What a file's counts differ in from what is expected of it.
fn differences(loaded: &Loaded, expected: &Value) -> Vec<String> {
    let figures = figures(loaded);
    let differ = |expected: &Value| -> Vec<String> {
        let mut out = Vec::new();
        for (name, found) in &figures {
            let Some(wanted) = expected.get(name).and_then(Value::as_i64) else { continue };
            let accepted = expected.pointer(&format!("/accept/{name}")).and_then(Value::as_array);
            let range = accepted.map(|a| (a[0].as_i64().unwrap(), a[1].as_i64().unwrap())).unwrap_or((wanted, wanted));
            if *found < range.0.min(wanted) || *found > range.1.max(wanted) {
                out.push(format!("{name} {found}, expected {wanted}"));
            }
        }
        out
    };
    let mut out = differ(expected);
    if let (false, Some(other)) = (out.is_empty(), expected.get("other_reading"))
        && differ(other).is_empty()
    {
        out.clear();
    }
    let sources = &loaded.sources;
    if expected.get("has_worker") == Some(&Value::Bool(true)) {
        let workers: usize = sources.iter().map(|s| s.run.workers.len()).max().unwrap_or(0);
        let wanted = expected["workers"].as_u64().unwrap() as usize;
        // Old reports of Playwright name processes and no lanes: their lanes are packed.
        let packed = workers == 0 && expected.get("workers_accept").is_some();
        if workers != wanted && !packed {
            out.push(format!("workers {workers}, expected {wanted}"));
        }
    }
    if let (true, Some(wanted)) = (sources.len() == 1, expected.get("wall_s").and_then(Value::as_f64)) {
        let length = sources[0].run.meta.session.length_us.map_or(f64::NAN, |us| us as f64 / 1e6);
        let close = (length - wanted).abs() < 0.002;
        if !close {
            out.push(format!("session {length} s, expected {wanted}"));
        }
    }
    if let (true, Some(wanted)) = (sources.len() == 1, expected.get("starts").and_then(Value::as_i64)) {
        let run = &sources[0].run;
        // What never started has no start here, and in the expectations the time at which it was passed over.
        let never = |a| run.attempts.worker(a).is_none() && run.attempts.outcome(a) == Outcome::Skipped;
        let playwright = expected["format"] == "playwright-json";
        let has_start = |&a: &_| run.attempts.start_us(a).is_some() || (playwright && never(a));
        let with_start = run.attempts.ids().filter(has_start).count() as i64;
        let accepted = expected.get("has_start_accept").is_some();
        if with_start != wanted && !accepted {
            out.push(format!("starts {with_start}, expected {wanted}"));
        }
    }
    if let Some(wanted) = expected.get("sum_duration_s").and_then(Value::as_f64) {
        let sum: i64 =
            sources.iter().flat_map(|s| s.run.attempts.ids().filter_map(|a| s.run.attempts.total_us(a))).sum();
        let sum = sum as f64 / 1e6;
        if (sum - wanted).abs() > 0.01 + wanted.abs() * 1e-4 {
            out.push(format!("sum of durations {sum}, expected {wanted}"));
        }
    }
    out
}

/// Checks all files of a folder of expectations; the number that differ.
fn check(dir: &Path, known: &[&str]) -> Vec<String> {
    let oracle = json(&dir.join("oracle.json"));
    let mut wrong = Vec::new();
    let (mut agree, mut all) = (0, 0);
    for (path, expected) in oracle.as_object().unwrap() {
        let format = expected["format"].as_str().unwrap_or("");
        if PACKED.contains(&format) {
            continue;
        }
        all += 1;
        let loaded = load(&dir.join(path));
        let mut out = differences(&loaded, expected);
        let expect = expected["expect"].as_str().unwrap_or("");
        if matches!(expect, "load" | "load-with-warning") && loaded.sources.is_empty() {
            let fine = expected["expect_accept"]
                .as_array()
                .is_some_and(|a| a.iter().any(|e| e == "recognise-only" || e == "reject"));
            if fine {
                out.clear();
            } else {
                out.push(format!("not loaded: {}", issues(&loaded)));
            }
        }
        if expect == "recognise-only" && loaded.sources.is_empty() {
            out.clear();
        }
        if out.is_empty() {
            agree += 1;
            continue;
        }
        println!("differs  {path}: {}", out.join("; "));
        if !known.contains(&path.as_str()) {
            wrong.push(path.clone());
        }
    }
    println!("{}: {agree} of {all} files agree", dir.display());
    wrong
}

#[test]
fn files_of_known_runs_agree_with_the_truth() {
    let Some(dir) = folder("artifacts/formats") else { return };
    assert_eq!(check(&dir, &[]), Vec::<String>::new());
}

#[test]
fn files_of_other_peoples_projects_agree_with_what_is_known_of_them() {
    let Some(dir) = folder("corpus") else { return };
    let known = [
        // Three of its starts are those of tests that did not run (1970), the others are all equal.
        "junit-xml/imguru__gtest_210526__test_detail.xml",
        // Nanoseconds where seconds belong: the times are unknown, with a warning.
        "junit-xml/mikepenz__action-junit-report__container-structure_test.xml",
    ];
    assert_eq!(check(&dir, &known), Vec::<String>::new());
}

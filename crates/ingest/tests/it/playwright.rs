//! Reports of Playwright, their shards, and the jobs around them.

use std::path::{Path, PathBuf};

use lanescope_ingest::{Joined, Source, join};
use lanescope_model::{Outcome, Run};
use serde_json::{Value, json};

use crate::shared::{folder, issues, load, load_bytes};

fn fixture(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(path)
}

fn sources(paths: &[&str]) -> Vec<Source> {
    paths.iter().flat_map(|p| load(&fixture(p)).sources).collect()
}

/// Every test with its attempts as lines, in an order of their own.
fn lines(run: &Run) -> Vec<String> {
    let a = &run.attempts;
    let mut lines: Vec<String> = a
        .ids()
        .map(|id| {
            let test = a.test(id);
            let group = run.tests.group(test).map_or("", |g| run.group_name(g));
            let worker = a.worker(id).map(|w| run.worker_name(w));
            let (start, total) = (a.start_us(id), a.total_us(id));
            format!("{group} {} {worker:?} {start:?} {total:?} {}", run.test_id(test), a.outcome(id).as_str())
        })
        .collect();
    lines.sort();
    lines
}

const SHARDS: [&str; 3] = [
    "playwright-json/playwright-1.65.1-shard-1.json",
    "playwright-json/playwright-1.65.1-shard-2.json",
    "playwright-json/playwright-1.65.1-shard-3.json",
];
const BLOBS: [&str; 3] = [
    "playwright-blob/playwright-1.65.1-shard-1.jsonl",
    "playwright-blob/playwright-1.65.1-shard-2.jsonl",
    "playwright-blob/playwright-1.65.1-shard-3.jsonl",
];
const JOBS: &str = "github-actions-api/jobs-of-the-shards.json";

#[test]
fn both_reports_of_a_run_tell_the_same() {
    for case in ["direct", "serial", "shard-1", "shard-2", "shard-3"] {
        let json = load(&fixture(&format!("playwright-json/playwright-1.65.1-{case}.json")));
        let blob = load(&fixture(&format!("playwright-blob/playwright-1.65.1-{case}.jsonl")));
        let (a, b) = (&json.sources[0].run, &blob.sources[0].run);
        assert_eq!(lines(a), lines(b), "{case}");
        assert_eq!((a.meta.session, a.meta.declared_workers), (b.meta.session, b.meta.declared_workers), "{case}");
        assert_eq!(a.meta.sequential, case == "serial");
        let joined = join(&[json.sources[0].clone(), blob.sources[0].clone()]);
        assert_eq!(joined.len(), 1, "{case}");
        assert_eq!(lines(&joined[0].run), lines(a), "{case}");
    }
}

#[test]
fn the_junit_file_of_a_run_joins_its_other_report() {
    for (dir, files) in [
        ("artifacts/js/playwright/direct", ["report.json", "junit.xml"]),
        ("artifacts/formats/oracle-playwright", ["pw165.json", "pw165.junit.xml"]),
    ] {
        let Some(dir) = folder(dir) else { return };
        let sources: Vec<Source> = files.iter().flat_map(|f| load(&dir.join(f)).sources).collect();
        let joined = join(&sources);
        assert_eq!(joined.len(), 1, "{}", dir.display());
        assert_eq!(lines(&joined[0].run), lines(&sources[0].run));
        assert_eq!(joined[0].run.meta.session, sources[0].run.meta.session);
    }
}

#[test]
fn shards_are_one_run_with_workers_of_their_own() {
    let direct = &sources(&["playwright-json/playwright-1.65.1-direct.json"])[0].run;
    for files in [&SHARDS[..], &BLOBS[..], &[SHARDS, BLOBS].concat()] {
        let joined = join(&sources(files));
        assert_eq!(joined.len(), 1, "{files:?}");
        let run = &joined[0].run;
        assert_eq!(run.meta.label, "playwright");
        assert_eq!(run.tests.len(), direct.tests.len());
        assert_eq!(run.counts(), direct.counts());
        let names: Vec<&str> = run.workers.iter().map(|w| run.strings.get(w.name)).collect();
        assert!(names.contains(&"1/3 · worker 0") && names.contains(&"3/3 · worker 0"), "{names:?}");
        let said = joined[0].notes.iter().any(|n| n.text.starts_with("joined from 3 of 3 shards"));
        assert!(said, "{:?}", joined[0].notes);
        let session = run.meta.session;
        let (first, last) = run.window_us().unwrap();
        assert!(session.start_us.unwrap() <= first);
        assert!(session.start_us.unwrap() + session.length_us.unwrap() >= last);
    }
}

#[test]
fn a_missing_shard_is_said_and_the_same_one_twice_is_two_runs() {
    let two = join(&sources(&SHARDS[..2]));
    assert_eq!(two.len(), 1);
    assert!(two[0].notes.iter().any(|n| n.text.contains("2 of 3 shards")));
    let twice = join(&sources(&[SHARDS[0], SHARDS[0]]));
    assert_eq!(twice.len(), 2);
}

fn with_jobs(jobs: &Value, of: &[Source]) -> Vec<Joined> {
    let list = load_bytes(serde_json::to_vec(jobs).unwrap());
    assert_eq!(issues(&list), "");
    let mut all = of.to_vec();
    all.extend(list.sources);
    join(&all)
}

#[test]
fn jobs_are_laid_around_the_one_run_that_took_place_in_them() {
    let mut all = sources(&SHARDS);
    all.extend(sources(&["playwright-json/playwright-1.65.1-direct.json", JOBS]));
    let runs = join(&all);
    assert_eq!(runs.len(), 2);
    let sharded = runs.iter().find(|j| j.sources.len() == 4).unwrap();
    let run = &sharded.run;
    assert_eq!(run.jobs.len(), 5);
    assert_eq!(run.meta.branch.as_deref(), Some("main"));
    assert_eq!(run.meta.url.as_deref(), Some("https://github.com/example/shop/actions/runs/7001"));
    assert!(sharded.notes.iter().any(|n| n.text.contains("5 jobs")));
    for (job, name) in run.jobs.iter().zip(["build", "e2e (1/3)", "e2e (2/3)", "e2e (3/3)", "deploy"]) {
        assert_eq!(run.strings.get(job.name), name);
        // Steps have another offset than their job, and lie within it all the same.
        for step in &job.steps {
            assert!(job.start_us <= step.start_us && step.stop_us <= job.stop_us, "{name}");
        }
    }
    let other = runs.iter().find(|j| j.sources.len() == 1).unwrap();
    assert!(other.run.jobs.is_empty());
}

#[test]
fn jobs_around_no_run_or_around_two_stay_alone() {
    let runs =
        sources(&["playwright-json/playwright-1.65.1-direct.json", "playwright-json/playwright-1.65.1-serial.json"]);
    let whole_day = json!({"total_count": 1, "jobs": [{"run_id": 1, "workflow_name": "CI", "name": "mobile tests",
        "created_at": "2026-11-25T00:00:00Z", "started_at": "2026-11-25T00:00:01Z", "completed_at": "2026-11-26T23:59:00Z"}]});
    assert_eq!(with_jobs(&whole_day, &runs).len(), 3);
    let one = with_jobs(&whole_day, &runs[..1]);
    assert_eq!(one.len(), 1);
    let group = one[0].run.jobs[0].group.map(|g| one[0].run.group_name(g).to_owned());
    assert_eq!(group.as_deref(), Some("mobile"));
    let elsewhen = json!([{"run_id": 1, "steps": [], "name": "test", "conclusion": "cancelled",
        "started_at": "2020-01-01T00:00:01Z", "completed_at": "2020-01-01T00:10:00Z"}]);
    let apart = with_jobs(&elsewhen, &runs[..1]);
    assert_eq!(apart.len(), 2);
    assert_eq!((apart[0].run.tests.len(), apart[0].run.jobs[0].outcome), (0, Outcome::Unknown));
}

fn report(spec_tests: &Value) -> Value {
    json!({"config": {"workers": 2}, "suites": [{"title": "a.spec.ts", "specs": [{"title": "t", "tests": spec_tests}]}]})
}

#[test]
fn tests_that_are_equal_or_did_not_run_are_counted() {
    let result = json!({"parallelIndex": 0, "status": "passed", "duration": 1, "startTime": "2026-01-01T00:00:00Z"});
    let repeated = report(&json!([
        {"projectName": "p", "results": [result]},
        {"projectName": "p", "results": [{"status": "odd", "parallelIndex": 1, "duration": 1}]},
        {"projectName": "p", "results": []},
    ]));
    let loaded = load_bytes(serde_json::to_vec(&repeated).unwrap());
    let run = &loaded.sources[0].run;
    let tests: Vec<_> = run.tests.ids().map(|t| (run.test_name(t), run.tests.outcome(t))).collect();
    assert_eq!(tests, [("t", Outcome::Passed), ("t (2)", Outcome::Unknown), ("t (3)", Outcome::Skipped)]);
    assert!(issues(&loaded).contains("“odd”"));
}

#[test]
fn the_order_of_members_makes_no_difference() {
    let path = fixture("playwright-json/playwright-1.65.1-direct.json");
    // The JSON library sorts members by name, which puts titles behind what they are titles of.
    let sorted: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let sorted = load_bytes(serde_json::to_vec(&sorted).unwrap());
    let written = load(&path);
    assert_eq!(issues(&sorted), "");
    assert_eq!(lines(&sorted.sources[0].run), lines(&written.sources[0].run));
}

#[test]
fn errors_outside_of_tests_are_tests_with_an_error() {
    let mut report = report(&json!([{"results": []}]));
    report["config"]["rootDir"] = "/work/tests".into();
    report["errors"] =
        json!([{"message": "SyntaxError: no", "location": {"file": "/work/tests/b.spec.ts", "line": 3}}]);
    let loaded = load_bytes(serde_json::to_vec(&report).unwrap());
    let run = &loaded.sources[0].run;
    let found = run.tests.ids().find(|&t| run.test_id(t) == "b.spec.ts › (outside of tests)").unwrap();
    assert_eq!((run.tests.outcome(found), run.tests.line(found)), (Outcome::Error, Some(3)));
    assert_eq!(run.tests.len(), 2);
}

#[test]
fn lanes_of_a_merged_report_are_not_believed() {
    let attempt = |second: u32| json!({"parallelIndex": 0, "status": "passed", "duration": 5000, "startTime": format!("2026-01-01T00:00:{second:02}Z")});
    let tests = |seconds: [u32; 4]| {
        let tests = seconds.map(|s| json!({"projectName": format!("p{s}"), "results": [attempt(s)]}));
        load_bytes(serde_json::to_vec(&report(&json!(tests))).unwrap())
    };
    let merged = tests([0, 1, 6, 7]);
    assert!(merged.sources[0].run.workers.is_empty());
    assert!(issues(&merged).contains("merged from shards"));
    assert_eq!(tests([0, 5, 10, 15]).sources[0].run.workers.len(), 1);
}

#[test]
fn suites_without_end_are_left_out() {
    let deep = format!("{{\"config\":{{}},{}", "\"suites\":[{".repeat(100_000));
    let loaded = load_bytes(deep.into_bytes());
    assert_eq!(loaded.report.tests, 0);
    assert!(issues(&loaded).contains("too early") || issues(&loaded).contains("deeply"), "{}", issues(&loaded));
}

//! Real and synthetic artifacts whose true figures are known, where they stand beside the workspace.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may stop at what it did not expect, and says what it found"
)]

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use lanescope_engine::{Engine, OpenFile};
use lanescope_protocol::{Request, RunSummary, Summary};
use serde_json::Value;

/// The folder of artifacts; `None`, with a word about it, where it does not stand beside the workspace.
fn artifacts(folder: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/artifacts").join(folder);
    if path.is_dir() {
        return Some(path);
    }
    println!("skipped: there is no folder {}", path.display());
    None
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn open(paths: &[PathBuf]) -> Engine {
    let file = |path: &PathBuf| OpenFile {
        path: path.file_name().unwrap().to_string_lossy().into_owned(),
        size: None,
        reader: Box::new(File::open(path).unwrap()),
    };
    let mut engine = Engine::new();
    engine.open(paths.iter().map(file).collect());
    engine
}

fn near(ours: Option<f64>, theirs: &Value, share: f64) -> bool {
    let (Some(ours), Some(theirs)) = (ours, theirs.as_f64()) else { return false };
    (ours - theirs).abs() <= share * theirs.abs()
}

/// All that is wrong, so that one run of the test shows everything.
#[derive(Default)]
struct Wrong(Vec<String>);

impl Wrong {
    fn check(&mut self, right: bool, text: String) {
        if !right {
            self.0.push(text);
        }
    }

    fn equal(&mut self, of: &str, ours: u32, theirs: u64) {
        self.check(u64::from(ours) == theirs, format!("{of}: {ours}, not {theirs}"));
    }
}

impl Drop for Wrong {
    fn drop(&mut self) {
        assert!(self.0.is_empty() || std::thread::panicking(), "\n{}", self.0.join("\n"));
    }
}

/// The files of one run: `NAME.junit.xml`, `NAME.reportlog.jsonl.gz`, `NAME.log`.
fn files_of(folder: &Path, name: &str) -> Vec<PathBuf> {
    let endings = ["junit.xml", "junit.xml.gz", "reportlog.jsonl", "reportlog.jsonl.gz", "log", "log.gz"];
    endings.map(|e| folder.join(format!("{name}.{e}"))).into_iter().filter(|p| p.is_file()).collect()
}

fn one(summary: &Summary, of: &str) -> RunSummary {
    let runs: Vec<_> = summary.runs.iter().map(|r| (&r.label, r.tests, &r.started_at)).collect();
    assert_eq!(runs.len(), 1, "{of}: {runs:?}");
    summary.runs.first().unwrap().clone()
}

#[test]
fn real_runs_of_pytest_xdist() {
    let Some(folder) = artifacts("pytest-xdist") else { return };
    let mut wrong = Wrong::default();
    for suite in ["networkx", "iosuite", "sympy-core", "numpy-subset"] {
        let folder = folder.join(suite);
        if !folder.join("oracle.json").is_file() {
            continue;
        }
        for (name, truth) in json(&folder.join("oracle.json")).as_object().unwrap() {
            let of = format!("{suite}/{name}");
            let files = files_of(&folder, name);
            let run = one(&open(&files).summary(), &of);
            let said = |word: &str| truth["summary"][word].as_u64().unwrap_or(0);
            let errors = said("error") + said("errors");
            let tests = said("passed") + said("failed") + errors + said("skipped") + said("xfailed") + said("xpassed");
            wrong.equal(&format!("{of} tests"), run.tests, tests);
            wrong.equal(&format!("{of} passed"), run.passed, said("passed"));
            wrong.equal(&format!("{of} failed"), run.failed, said("failed"));
            wrong.equal(&format!("{of} errors"), run.errors, errors);
            wrong.equal(&format!("{of} skipped"), run.skipped, said("skipped"));
            wrong.equal(&format!("{of} xfailed"), run.xfailed, said("xfailed"));
            wrong.equal(&format!("{of} xpassed"), run.xpassed, said("xpassed"));
            let log = &truth["reportlog"];
            let workers = log["per_worker"].as_object().unwrap().len() as u64;
            wrong.equal(&format!("{of} workers"), run.workers.unwrap_or(0), workers);
            let figures = [
                ("wall_s", run.wall_s, &log["span_s"], 0.01),
                ("session_s", run.session_s, &truth["tool_wall_s"], 0.01),
                ("busy_s", run.busy_s, &log["sum_of_phase_s"], 0.005),
                ("utilisation", run.utilisation, &log["utilisation"], 0.01),
            ];
            for (figure, ours, theirs, share) in figures {
                wrong.check(near(ours, theirs, share), format!("{of} {figure}: {ours:?}, not {theirs}"));
            }
            let parts = run.breakdown_s.as_ref().map(|b| {
                [b.call, b.setup, b.teardown, b.start_up, b.gap, b.tail, b.after].into_iter().flatten().sum::<f64>()
            });
            let whole = run.session_s.zip(run.workers).map(|(s, n)| s * f64::from(n));
            wrong.check(
                parts.zip(whole).is_some_and(|(p, w)| (p - w).abs() < 1e-3),
                format!("{of} breakdown: {parts:?}, not {whole:?}"),
            );
            wrong.check(run.timeline.as_str() == "recorded", format!("{of} timeline: {}", run.timeline.as_str()));
            println!(
                "{of}: wall {:.3} ({}), session {:.2} ({}), busy {:.2} ({})",
                run.wall_s.unwrap_or(f64::NAN),
                log["span_s"],
                run.session_s.unwrap_or(f64::NAN),
                truth["tool_wall_s"],
                run.busy_s.unwrap_or(f64::NAN),
                log["sum_of_phase_s"],
            );
        }
    }
}

#[test]
fn a_speedup_is_told_of_tests_and_of_the_session() {
    let Some(folder) = artifacts("pytest-xdist/networkx") else { return };
    let truth = json(&folder.join("oracle.json"));
    let names: Vec<&String> = truth.as_object().unwrap().keys().collect();
    let engine = open(&names.iter().flat_map(|name| files_of(&folder, name)).collect::<Vec<_>>());
    let runs = engine.summary().runs;
    let mut wrong = Wrong::default();
    wrong.check(runs.len() == names.len(), format!("{} runs, not {}", runs.len(), names.len()));
    for name in names {
        let wall = &truth[name]["reportlog"]["span_s"];
        let Some(run) = runs.iter().find(|r| near(r.wall_s, wall, 1e-4)) else {
            wrong.check(false, format!("{name}: no run of {wall} s"));
            continue;
        };
        println!("{name}: {}", engine.verdict(&run.id).unwrap_or_default());
        if name == "seq" {
            wrong.check(run.baseline.is_none(), "the sequential run has a baseline".to_owned());
            continue;
        }
        let base = run.baseline.clone().unwrap();
        let ends_sooner = truth["seq"]["reportlog"]["span_s"].as_f64().unwrap() / wall.as_f64().unwrap();
        let figures = [
            ("speedup", base.speedup, &ends_sooner.into()),
            ("session_speedup", base.session_speedup, &truth[name]["speedup_vs_seq (tool wall)"]),
            ("contention", base.contention, &truth[name]["duration_inflation_vs_seq (sum of phases)"]),
        ];
        for (figure, ours, theirs) in figures {
            wrong.check(near(ours, theirs, 0.01), format!("{name} {figure}: {ours:?}, not {theirs}"));
        }
        println!("{name}: {base:?}");
    }
}

#[test]
fn large_synthetic_reports() {
    let Some(folder) = artifacts("large") else { return };
    let truth = json(&folder.join("oracle.json"));
    let mut wrong = Wrong::default();
    for name in ["junit-1k.xml", "junit-10k.xml", "reportlog-10k.jsonl.gz", "playwright-20k.json.gz"] {
        let truth = &truth[name];
        let run = one(&open(&[folder.join(name)]).summary(), name);
        let counts = [
            ("tests", run.tests, "tests"),
            ("passed", run.passed, "passed"),
            ("failed", run.failed, "failed"),
            ("errors", run.errors, "error"),
            ("skipped", run.skipped, "skipped"),
            ("flaky", run.flaky, "flaky_passed_on_retry"),
            ("attempts", run.attempts, "attempts"),
        ];
        for (figure, ours, theirs) in counts {
            wrong.equal(&format!("{name} {figure}"), ours, truth[theirs].as_u64().unwrap());
        }
        let slowest = truth["slowest10"][0][0].as_f64().unwrap();
        let longest = run.longest.as_ref().unwrap();
        wrong.check((longest.seconds - slowest).abs() < 0.002, format!("{name} longest: {longest:?}, not {slowest}"));
        if !name.starts_with("junit") {
            wrong.equal(&format!("{name} workers"), run.workers.unwrap_or(0), truth["workers"].as_u64().unwrap());
            for (figure, ours, theirs) in [
                ("wall_s", run.wall_s, "wall_s"),
                ("busy_s", run.busy_s, "sum_all_attempts_s"),
                ("utilisation", run.utilisation, "mean_utilisation"),
            ] {
                let theirs = &truth[theirs];
                wrong.check(near(ours, theirs, 0.01), format!("{name} {figure}: {ours:?}, not {theirs}"));
            }
        }
    }
}

#[test]
fn reports_whose_truth_is_known() {
    let Some(folder) = artifacts("formats") else { return };
    let mut wrong = Wrong::default();
    for (name, truth) in json(&folder.join("truth.json"))["runs"].as_object().unwrap() {
        let playwright = name == "playwright";
        let is_read = |f: &&str| (f.ends_with(".jsonl") && f.contains("report")) || playwright;
        let Some(source) = truth["truth_from"].as_str().filter(is_read) else { continue };
        let mut engine = open(&[folder.join(source)]);
        let run = one(&engine.summary(), name);
        for (figure, ours) in [
            ("tests", run.tests),
            ("passed", run.passed),
            ("failed", run.failed),
            ("errors", run.errors),
            ("skipped", run.skipped),
            ("xfailed", run.xfailed),
            ("xpassed", run.xpassed),
            ("attempts", run.attempts),
            ("flaky", run.flaky),
        ] {
            wrong.equal(&format!("{name} {figure}"), ours, truth[figure].as_u64().unwrap());
        }
        // A run without worker processes has no worker in the truth, and one here.
        let workers = truth["worker_count"].as_u64().unwrap().max(1);
        wrong.equal(&format!("{name} workers"), run.workers.unwrap_or(0), workers);
        let window = &truth["test_window_s"];
        wrong.check(near(run.wall_s, window, 0.002), format!("{name} wall: {:?}, not {window}", run.wall_s));
        let lanescope_protocol::Answer::Overview(overview) = engine.answer(&Request::Overview { run: run.id }).0 else {
            panic!("no overview of {name}")
        };
        let peak = overview.concurrency.as_ref().map_or(0, |c| c.peak);
        wrong.equal(&format!("{name} peak"), peak, truth["max_concurrency"].as_u64().unwrap());
        for (worker, truth) in truth["workers"].as_object().unwrap() {
            // The truth calls the lanes of Playwright p0 and so on.
            let worker = if playwright { &worker.replace('p', "worker ") } else { worker };
            let Some(line) = overview.workers.iter().find(|w| w.name == *worker) else {
                wrong.check(false, format!("{name}: no worker {worker}"));
                continue;
            };
            wrong.equal(&format!("{name} {worker} attempts"), line.attempts, truth["attempts"].as_u64().unwrap());
            let busy = truth["busy_s"].as_f64().unwrap();
            wrong.check(
                (line.busy_s - busy).abs() < 0.001,
                format!("{name} {worker} busy: {}, not {busy}", line.busy_s),
            );
        }
    }
}

/// What Playwright itself counts: xfailed is `expected`, xpassed and error are `unexpected`.
#[test]
fn a_report_of_playwright_agrees_with_its_own_counts() {
    let Some(folder) = artifacts("js") else { return };
    let truth = &json(&folder.join("oracle.json"))["runs"]["playwright/direct"]["json"];
    let stats = &truth["stats"];
    let run = one(&open(&[folder.join("playwright/direct/report.json")]).summary(), "direct");
    let mut wrong = Wrong::default();
    for (figure, ours, theirs) in [
        ("tests", run.tests, &truth["tests"]),
        ("attempts", run.attempts, &truth["attempts"]),
        ("expected", run.passed - run.flaky + run.xfailed, &stats["expected"]),
        ("unexpected", run.failed + run.errors + run.xpassed, &stats["unexpected"]),
        ("flaky", run.flaky, &stats["flaky"]),
        ("skipped", run.skipped, &stats["skipped"]),
        ("workers", run.workers.unwrap_or(0), &truth["config_workers"]),
    ] {
        wrong.equal(figure, ours, theirs.as_u64().unwrap());
    }
    wrong.check(run.groups == ["main", "second"], format!("groups {:?}", run.groups));
    let session = stats["duration"].as_f64().unwrap() / 1e3;
    wrong.check(near(run.session_s, &session.into(), 1e-6), format!("session {:?}", run.session_s));
    wrong.check(run.timeline.as_str() == "recorded", format!("timeline {}", run.timeline.as_str()));
}

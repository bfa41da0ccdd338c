//! Runs in the formats of others, and back.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may stop at what it did not expect")]

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lanescope_engine::{Engine, OpenFile};
use lanescope_exchange::{COMMENT, ctrf, junit, markdown, tests_csv};
use lanescope_model::{AttemptRow, Outcome, Run, RunBuilder, TextKind};
use proptest::prelude::*;
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The runs in files, each with what `summary --json` prints of it; the rules by which files were joined are not the run's.
fn open(files: Vec<(String, Vec<u8>)>) -> Vec<(Arc<Run>, Value)> {
    let mut engine = Engine::new();
    let file = |(path, bytes): (String, Vec<u8>)| {
        let size = Some(bytes.len() as u64);
        OpenFile { path, size, reader: Box::new(Cursor::new(bytes)) }
    };
    engine.open(files.into_iter().map(file).collect());
    let summary = engine.summary();
    let of = |(id, run): (&str, &Arc<Run>)| {
        let known = summary.runs.iter().find(|r| r.id == id).unwrap();
        let mut known = serde_json::to_value(known).unwrap();
        known.as_object_mut().unwrap().remove("rules");
        known["baseline"] = Value::Null;
        // Which run it is compared with is not the run's either; coverage and benchmarks have no place in these formats.
        for name in ["speedup", "session_speedup", "efficiency", "contention", "coverage", "benchmarks"] {
            known["provenance"].as_object_mut().unwrap().remove(name);
        }
        (Arc::clone(run), known)
    };
    engine.runs().map(of).collect()
}

fn again(text: String) -> Value {
    let mut runs = open(vec![("unknown".to_owned(), text.into_bytes())]);
    assert_eq!(runs.len(), 1);
    runs.remove(0).1
}

fn folder(path: &Path, files: &mut Vec<(String, Vec<u8>)>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(path).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            folder(&path, files);
        } else {
            files.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
}

/// Runs of every kind: the demo's, and each fixture's by itself.
fn runs() -> Vec<(Arc<Run>, Value)> {
    let mut demo = Vec::new();
    folder(&root().join("public/demo"), &mut demo);
    let mut all = open(demo);
    let mut fixtures = Vec::new();
    folder(&root().join("fixtures"), &mut fixtures);
    // A pack keeps the id that its run had when it was made, which another build may make in another way.
    fixtures.retain(|(path, _)| !path.ends_with(".pack"));
    for file in fixtures {
        all.extend(open(vec![file]));
    }
    let shared = root().join("../shared/artifacts/pytest-xdist/networkx");
    if shared.is_dir() {
        let names = ["n4-load.junit.xml", "n4-load.log", "n4-load.reportlog.jsonl.gz"];
        all.extend(open(names.map(|n| (n.to_owned(), std::fs::read(shared.join(n)).unwrap())).into()));
    } else {
        println!("skipped: {} is not here", shared.display());
    }
    all.retain(|(run, _)| !run.tests.is_empty());
    assert!(all.len() > 60);
    all
}

#[test]
fn ctrf_and_junit_come_back_with_every_figure() {
    for (run, known) in runs() {
        assert_eq!(again(junit(&run)), known, "JUnit XML of {}", run.meta.label);
        assert_eq!(again(ctrf(&run)), known, "CTRF of {}", run.meta.label);
    }
}

#[test]
fn ctrf_keeps_to_its_schema() {
    for (run, _) in runs() {
        let report: Value = serde_json::from_str(&ctrf(&run)).unwrap();
        let only = |value: &Value, names: &[&str]| {
            let odd: Vec<&String> =
                value.as_object().unwrap().keys().filter(|k| !names.contains(&k.as_str())).collect();
            assert!(odd.is_empty(), "{odd:?}");
        };
        only(&report, &["reportFormat", "specVersion", "generatedBy", "results"]);
        assert_eq!((&report["reportFormat"], &report["specVersion"]), (&"CTRF".into(), &"0.0.0".into()));
        let results = &report["results"];
        only(results, &["tool", "summary", "environment", "extra", "tests"]);
        only(&results["environment"], &["reportName", "commit", "branchName", "buildUrl"]);
        let summary = &results["summary"];
        let statuses = ["passed", "failed", "skipped", "pending", "other"];
        assert!(statuses.iter().chain(&["tests", "start", "stop", "flaky"]).all(|name| summary[name].is_i64()));
        let sum: i64 = statuses.iter().map(|name| summary[name].as_i64().unwrap()).sum();
        assert_eq!(sum, run.tests.len() as i64);
        for test in results["tests"].as_array().unwrap() {
            let times = ["duration", "start", "stop"];
            let text = ["name", "status", "rawStatus", "filePath", "message", "trace", "threadId"];
            let lists = ["suite", "tags", "stdout", "stderr"];
            let other = ["line", "flaky", "retries", "retryAttempts", "extra"];
            only(test, &[&times[..], &text, &lists, &other].concat());
            assert!(test["duration"].is_i64() && statuses.contains(&test["status"].as_str().unwrap()));
            assert!(!test["name"].as_str().unwrap().is_empty());
            assert!(times.iter().chain(&["line", "retries"]).all(|n| test[n].is_null() || test[n].is_i64()));
            assert!(text.iter().all(|n| test[n].is_null() || test[n].is_string()));
            assert!(
                lists.iter().all(|n| test[n].is_null() || test[n].as_array().unwrap().iter().all(Value::is_string))
            );
            for (number, attempt) in test["retryAttempts"].as_array().into_iter().flatten().enumerate() {
                only(
                    attempt,
                    &["attempt", "status", "duration", "start", "stop", "message", "trace", "stdout", "stderr"],
                );
                assert_eq!(attempt["attempt"], number as i64 + 1);
            }
        }
    }
}

/// A run of one failing test whose words are all this text.
fn spoken(text: &str) -> Run {
    let mut builder = RunBuilder::new();
    builder.meta.label = text.to_owned();
    builder.meta.branch = Some(text.to_owned());
    let (group, worker) = (builder.group(text), builder.worker(text));
    let test = builder.test(Some(group), &format!("a::{text}"), 3);
    builder.test_place(test, text, Some(1));
    let row = AttemptRow { worker: Some(worker), outcome: Outcome::Failed, ..AttemptRow::new(test) };
    for _ in 0..2 {
        let attempt = builder.attempt(AttemptRow { start_us: Some(1_772_438_400_000_000), total_us: Some(7), ..row });
        for kind in [TextKind::Message, TextKind::Trace, TextKind::Stdout, TextKind::Stderr, TextKind::Log] {
            builder.set_text(attempt, kind, text);
        }
    }
    builder.finish()
}

fn nasty() -> impl Strategy<Value = String> {
    "(\\PC|]]>|<!\\[CDATA\\[|</script>|\u{1b}|\u{0}|\r\n|\t|\"|'|&amp;|\\||`|==|@|\\\\){1,20}"
}

/// The fields of a table, as RFC 4180 has them: inside quotes a comma is a comma, and two quotes are one.
fn fields(csv: &str) -> Vec<String> {
    let (mut all, mut quoted, mut closed) = (vec![String::new()], false, false);
    for letter in csv.chars() {
        match letter {
            '"' => {
                if closed {
                    all.last_mut().unwrap().push('"');
                }
                closed = quoted;
                quoted = !quoted;
                continue;
            }
            ',' | '\n' if !quoted => all.push(String::new()),
            other => all.last_mut().unwrap().push(other),
        }
        closed = false;
    }
    all
}

proptest! {
    #[test]
    fn words_of_any_kind_are_carried(text in nasty()) {
        let run = spoken(&text);
        let report: Value = serde_json::from_str(&ctrf(&run)).unwrap();
        prop_assert_eq!(&report["results"]["tests"][0]["name"], run.test_name(lanescope_model::TestId(0)));
        prop_assert_eq!(&report["results"]["tests"][0]["message"], &text);
        let back = open(vec![("x".to_owned(), junit(&run).into_bytes())]);
        prop_assert_eq!(back.len(), 1);
        prop_assert_eq!(back[0].0.tests.len(), 1);
        prop_assert_eq!(back[0].0.attempts.len(), 2);
        if !text.contains(|c: char| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}')) {
            prop_assert_eq!(back[0].0.test_id(lanescope_model::TestId(0)), run.test_id(lanescope_model::TestId(0)));
            prop_assert_eq!(back[0].0.meta.branch.as_ref(), Some(&text));
        }
        let csv = tests_csv(&run);
        // A quoted field ends where its quotes are even; nothing else may look like a row.
        let rows = csv.split("\r\n").filter(|row| row.matches('"').count() % 2 == 0).count();
        prop_assert!(rows >= 1 && csv.matches('"').count().is_multiple_of(2));
        let formula = |field: &String| field.starts_with(['=', '@']);
        prop_assert!(!fields(&csv).iter().any(formula), "{}", csv);
        let markdown = markdown(&run, 4000);
        prop_assert!(markdown.len() <= 4000);
        prop_assert!(!markdown.contains("</script>") || markdown.contains('`'));
    }
}

#[test]
fn markdown_is_cut_by_whole_lines_and_says_what_was_cut() {
    let mut builder = RunBuilder::new();
    for number in 0..5000 {
        let test = builder.test(None, &format!("tests/test_{number}.py::test_x|y`{number}"), 10);
        let row = AttemptRow { outcome: Outcome::Failed, total_us: Some(number), ..AttemptRow::new(test) };
        let attempt = builder.attempt(row);
        builder.set_text(attempt, TextKind::Message, "assert <b>1</b> == @someone #12");
    }
    let run = builder.finish();
    let text = markdown(&run, COMMENT);
    assert!(text.len() <= COMMENT && text.len() > COMMENT - 1000, "{}", text.len());
    assert!(text.ends_with("of 5000 under “Failed”, 10 of 10 under “Slowest”._\n"), "{}", &text[text.len() - 200..]);
    assert!(
        text.contains(
            "- ``tests/test_7.py::test_x|y`7``: assert &lt;b&gt;1&lt;/b&gt; == @\u{200b}someone #\u{200b}12\n"
        )
    );
    let all = markdown(&run, 1 << 20);
    assert!(!all.contains("Cut to fit") && all.contains("### Slowest (10)"));
    assert!(markdown(&run, 40).len() <= 40);
}

#[test]
fn markdown_says_what_is_not_recorded_and_makes_no_link() {
    let mut builder = RunBuilder::new();
    builder.meta.simulated = true;
    builder.meta.branch = Some("a|b".to_owned());
    let worker = Some(builder.worker("1"));
    let test = builder.test(None, "a.py::test_y|z", 6);
    let row = AttemptRow { worker, start_us: Some(0), total_us: Some(1_000_000), ..AttemptRow::new(test) };
    let attempt = builder.attempt(AttemptRow { outcome: Outcome::Failed, ..row });
    builder.set_text(attempt, TextKind::Message, "see www.evil.example, @team");
    let simulated = markdown(&builder.finish(), COMMENT);
    for line in [
        "| Workers | 1 (simulated) |",
        "| Longest test | 1.0 s `a.py::test_y\\|z` (simulated) |",
        "| Branch | `a\\|b` |",
        "- `a.py::test_y|z`: see www\u{200b}.evil.example, @\u{200b}team",
        "### Slowest, simulated (1)",
    ] {
        assert!(simulated.contains(line), "{line} in {simulated}");
    }
    let mut builder = RunBuilder::new();
    builder.meta.session.length_us = Some(2_000_000);
    let test = builder.test(None, "a.py::test_y", 6);
    builder.attempt(AttemptRow { total_us: Some(1_000_000), ..AttemptRow::new(test) });
    let rebuilt = markdown(&builder.finish(), COMMENT);
    assert!(rebuilt.contains("| Wall time of the tests | 2.0 s (rebuilt) |"), "{rebuilt}");
    assert!(rebuilt.contains("| Session | 2.0 s |"), "{rebuilt}");
}

#[test]
fn the_table_has_a_row_for_each_test() {
    let run = spoken("=1+1, \"x\"\nnext");
    let csv = tests_csv(&run);
    let (head, row) = csv.split_once("\r\n").unwrap();
    assert_eq!(head.split(',').count(), 14);
    let field = "\"'=1+1, \"\"x\"\"\nnext\"";
    let id = "\"a::=1+1, \"\"x\"\"\nnext\"";
    let times = "2026-03-02T08:00:00.000000Z,0.000007,,,";
    assert_eq!(row, format!("{field},{id},{field},1,failed,false,2,{field},{times},{field}\r\n"));
}

//! `lanescope replay` and `lanescope check` as programs.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may stop at what it did not expect")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// A reportlog of ten tests of 0.5 s and one of 2 s on two workers; one of them ran into a limit of 2 s.
fn reportlog(name: &str) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let mut text = String::from("{\"pytest_version\": \"8.4.2\", \"$report_type\": \"SessionStart\"}\n");
    let mut ends = [1_700_000_000.0, 1_700_000_000.0];
    for i in 0..11_usize {
        let on = usize::from(ends[1] < ends[0]);
        let (length, outcome, longrepr) = if i == 10 {
            (
                2.0,
                "failed",
                "{\"reprcrash\": {\"path\": \"t.py\", \"lineno\": 3, \"message\": \"Failed: Timeout (>2.0s) from pytest-timeout.\"}, \"reprtraceback\": {\"reprentries\": []}}",
            )
        } else {
            (0.5, "passed", "null")
        };
        let mut at = ends[on];
        for (when, part, outcome, longrepr) in
            [("setup", 0.0, "passed", "null"), ("call", length, outcome, longrepr), ("teardown", 0.0, "passed", "null")]
        {
            text.push_str(&format!(
                "{{\"nodeid\": \"t.py::test_{i}\", \"location\": [\"t.py\", {i}, \"test_{i}\"], \"keywords\": {{}}, \
                 \"outcome\": \"{outcome}\", \"longrepr\": {longrepr}, \"when\": \"{when}\", \"user_properties\": [], \
                 \"sections\": [], \"duration\": {part}, \"start\": {at}, \"stop\": {}, \"worker_id\": \"gw{on}\", \
                 \"$report_type\": \"TestReport\"}}\n",
                at + part
            ));
            at += part;
        }
        ends[on] = at;
    }
    text.push_str("{\"exitstatus\": 1, \"$report_type\": \"SessionFinish\"}\n");
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

fn lanescope(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lanescope")).args(arguments).env("COLUMNS", "120").output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn predictions_as_json() {
    let file = reportlog("predictions.jsonl");
    let done = lanescope(&["replay", "--json", "--mode", "lpt,loadfile", "--workers", "4,1", &file]);
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    let replay: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(replay["schema"], "lanescope.replay/1");
    assert_eq!(replay["measured"]["mode"], Value::Null);
    assert_eq!(replay["measured"]["workers"], 2);
    assert_eq!(replay["measured"]["makespan_s"], 4.5);
    let rows: Vec<_> = replay["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (r["mode"].as_str().unwrap(), r["workers"].as_u64().unwrap(), r["makespan_s"].as_f64().unwrap()))
        .collect();
    assert_eq!(rows, [("lpt", 4, 2.0), ("lpt", 1, 7.0), ("loadfile", 4, 7.0), ("loadfile", 1, 7.0)]);
    assert_eq!(replay["results"][0]["lower_bound_s"], 2.0);
    assert_eq!(replay["results"][0]["utilisation"], 7.0 / 8.0);
}

#[test]
fn predictions_for_people_and_unusable_arguments() {
    let file = reportlog("people.jsonl");
    let done = lanescope(&["replay", &file]);
    let shown = text(&done.stdout);
    assert_eq!(done.status.code(), Some(0));
    assert!(
        shown.contains("worksteal") && shown.contains("no schedule beats") && shown.contains("Recorded: 4.5 s"),
        "{shown}"
    );
    for arguments in [
        vec!["replay", "--mode", "fastest", &file],
        vec!["replay", "--workers", "0", &file],
        vec!["replay", "--workers", "257", &file],
        vec!["replay", "--run", "nowhere", &file],
        vec!["replay", "/nowhere"],
        vec!["replay"],
        vec!["check", &file],
        vec!["check", "--max-wall", "-1", &file],
        vec!["check", "--min-utilisation", "2", &file],
        vec!["check", "--max-wall", "5", "/nowhere"],
    ] {
        assert_eq!(lanescope(&arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn gates_hold_or_fail() {
    let file = reportlog("gates.jsonl");
    for (arguments, code, says) in [
        (vec!["--max-wall", "4.5"], 0, "ok: "),
        (vec!["--max-wall", "4.4"], 1, "fails: "),
        (vec!["--min-utilisation", "0.77"], 0, "ok: "),
        (vec!["--min-utilisation", "0.78"], 1, "utilisation 0.778, at least 0.78"),
        (vec!["--timeout-margin", "0.1"], 1, "t.py::test_10"),
        (vec!["--max-wall", "9", "--min-utilisation", "0.99"], 1, "fails: "),
    ] {
        let all: Vec<&str> = [vec!["check"], arguments.clone(), vec![&file]].concat();
        let done = lanescope(&all);
        let shown = text(&done.stdout);
        assert_eq!(done.status.code(), Some(code), "{arguments:?} {shown}");
        assert!(shown.contains(says), "{arguments:?} {shown}");
    }
}

//! `lanescope speedup`, on the demo's two runs.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at what it did not expect"
)]

use std::path::Path;
use std::process::{Command, Output};

fn speedup(arguments: &[&str]) -> Output {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../public");
    let mut command = Command::new(env!("CARGO_BIN_EXE_lanescope"));
    command.arg("speedup").args(arguments).current_dir(demo).env("COLUMNS", "100").output().unwrap()
}

#[test]
fn for_people_it_says_what_to_do() {
    let output = speedup(&["demo"]);
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).unwrap();
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "Use 10 workers (worksteal) for these 650 tests: the whole session takes 26.2 s then, 4.1× faster than sequentially",
        "Start tests/api/test_year_end.py::test_settlement_of_a_whole_year first: about 13.9 s instead of 20.6 s, and never below 12.6 s.",
        "The Universal Scalability Law is not fitted",
    ] {
        assert!(one_line.contains(part), "{part}\n{text}");
    }
    let row = text.lines().find(|l| l.starts_with("parallel ")).unwrap();
    assert!(row.contains("5.17×") && row.contains("4.09×") && row.contains("1.20×"), "{row}");
    assert!(text.lines().all(|l| l.chars().count() <= 100), "{text}");
}

#[test]
fn for_programs_it_has_a_schema() {
    let output = speedup(&["--json", "demo"]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["schema"], "lanescope.speedup/1");
    let suite = &json["suites"][0];
    assert_eq!(suite["runs"][0]["speedup"], serde_json::Value::Null);
    assert_eq!(suite["runs"][1]["baseline"], suite["runs"][0]["run"]);
    assert_eq!(suite["verdicts"][1]["bottlenecks"][0]["kind"], "end");
    let typed: lanescope_protocol::Speedup = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(typed.suites.len(), 1);
}

#[test]
fn what_cannot_be_read_is_a_message_and_a_status() {
    let output = speedup(&["no-such-folder"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    assert!(String::from_utf8(output.stderr).unwrap().contains("no such file"));
}

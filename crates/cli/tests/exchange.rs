//! Runs that leave by the command and come back.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at what it did not expect")]

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const DEMO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../public/demo");

fn lanescope(arguments: &[&str], stdin: &[u8]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lanescope"));
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let bytes = stdin.to_vec();
    let writer = std::thread::spawn(move || drop(input.write_all(&bytes)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The runs of a summary, without the rules by which files became one run.
fn runs(arguments: &[&str], stdin: &[u8]) -> Vec<Value> {
    let output = lanescope(arguments, stdin);
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut runs = summary["runs"].as_array().unwrap().clone();
    for run in &mut runs {
        run.as_object_mut().unwrap().remove("rules");
    }
    runs
}

#[test]
fn a_link_brings_the_runs_back_with_every_figure() {
    let link = lanescope(&["link", "--base", "https://example.org/page/#/tests", DEMO], b"");
    assert_eq!(link.status.code(), Some(0), "{}", text(&link.stderr));
    let address = text(&link.stdout);
    assert!(address.starts_with("https://example.org/page/#/overview?data=10xTUE"), "{address}");
    assert!(text(&link.stderr).contains("2 runs with 1300 tests in a link of "), "{}", text(&link.stderr));
    let back = runs(&["summary", "--json", "-"], address.as_bytes());
    assert_eq!(back, runs(&["summary", "--json", DEMO], b""));
    assert_eq!(back.len(), 2);
}

#[test]
fn a_link_leaves_out_what_does_not_fit_and_says_so() {
    let short = lanescope(&["link", "--base", "x", "--max-kb", "24", DEMO], b"");
    let said = text(&short.stderr);
    assert!(said.contains("left out to fit into 24 KB: traces and outputs of tests; messages of tests"), "{said}");
    assert!(short.stdout.len() <= 24 << 10 && short.status.code() == Some(0));
    let too_short = lanescope(&["link", "--base", "x", "--max-kb", "8", DEMO], b"");
    let said = text(&too_short.stderr);
    assert!(too_short.stdout.is_empty() && too_short.status.code() == Some(2), "{said}");
    assert!(said.contains("--max-kb") && said.contains("--mask-names") && said.contains("--run"), "{said}");
    let masked = lanescope(&["link", "--base", "http://x", "--max-kb", "8", "--mask-names", DEMO], b"");
    assert_eq!(masked.status.code(), Some(0), "{}", text(&masked.stderr));
    let back = runs(&["summary", "--json", "-"], &masked.stdout);
    let longest = back[0]["longest"]["test"].as_str().unwrap();
    assert!(longest.starts_with("file-") && longest.contains("::test-"), "{longest}");
}

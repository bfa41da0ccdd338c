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

#[test]
fn every_format_that_is_read_comes_back_with_every_figure() {
    let known = runs(&["summary", "--json", DEMO], b"");
    let id = known[1]["id"].as_str().unwrap();
    for format in ["ctrf", "junit", "pack"] {
        let file = lanescope(&["export", "--format", format, "--run", id, DEMO], b"");
        assert_eq!(file.status.code(), Some(0), "{}", text(&file.stderr));
        let mut back = runs(&["summary", "--json", "-"], &file.stdout);
        let mut known = known[1].clone();
        for run in back.iter_mut().chain([&mut known]) {
            // The sequential run is not there to compare with.
            run["baseline"] = Value::Null;
            for name in ["speedup", "session_speedup", "efficiency", "contention"] {
                run["provenance"].as_object_mut().unwrap().remove(name);
            }
            // What is measured beside the tests has no place in other tools' reports of tests.
            for name in ["coverage", "benchmarks"].into_iter().filter(|_| format != "pack") {
                run[name] = Value::Null;
                run["provenance"].as_object_mut().unwrap().remove(name);
            }
        }
        assert_eq!(back, [known], "{format}");
    }
    let history = lanescope(&["export", "--format", "pack", "--texts", "none", DEMO], b"");
    assert_eq!(runs(&["summary", "--json", "-"], &history.stdout), known);
}

#[test]
fn tables_and_markdown_are_written_and_what_is_not_to_be_told_is_left_out() {
    let table = lanescope(&["export", "--format", "tests-csv", "--mask-names", DEMO], b"");
    let rows = text(&table.stdout);
    assert!(rows.lines().count() == 651 && rows.contains("file-01::test-0001") && !rows.contains("test_"), "{rows}");
    let markdown = lanescope(&["export", "--format", "markdown", "--max-bytes", "1500", DEMO], b"");
    let words = text(&markdown.stdout);
    assert!(words.len() <= 1500 && words.contains("**650 tests**") && words.contains("Cut to fit"), "{words}");
}

#[test]
fn a_link_is_refused_while_something_looks_like_a_secret() {
    let token = format!("ghp_{}", "q7Zt1mWx9Kc4Rv8Ls2Hd6Jf3Gb5Np0Ty1234");
    let report = format!(
        "<testsuite name='s'><testcase classname='a' name='x'><failure message='boom'>sent {token}</failure></testcase></testsuite>"
    );
    let link =
        |flags: &[&str]| lanescope(&[&["link", "--base", "http://x/"][..], flags, &["-"]].concat(), report.as_bytes());
    let refused = link(&[]);
    let said = text(&refused.stderr);
    assert!(refused.stdout.is_empty() && refused.status.code() == Some(2), "{said}");
    assert!(said.contains("GitHub token in the trace of a::x, attempt 1: sent ghp_•••"), "{said}");
    assert!(said.contains("--remove-secrets") && !said.contains(&token), "{said}");
    for flags in [&["--remove-secrets"][..], &["--allow-secrets"], &["--texts", "none"], &["--mask-names"]] {
        let link = link(flags);
        assert_eq!(link.status.code(), Some(0), "{flags:?}: {}", text(&link.stderr));
        let file = lanescope(&["export", "--format", "junit", "-"], &link.stdout);
        assert_eq!(text(&file.stdout).contains(&token), flags == ["--allow-secrets"], "{flags:?}");
    }
}

#[test]
fn lanes_leave_without_what_is_not_to_be_told() {
    let token = format!("ghp_{}", "q7Zt1mWx9Kc4Rv8Ls2Hd6Jf3Gb5Np0Ty1234");
    let report = format!(
        "<testsuite name='s' hostname='build-17' timestamp='2026-03-02T08:00:00'>\
         <testcase classname='tests.a' name='test_x[{token}]' time='1.5'/></testsuite>"
    );
    for format in ["csv", "chrome-trace"] {
        let export = |flags: &[&str]| {
            let file = lanescope(&[&["export", "--format", format][..], flags, &["-"]].concat(), report.as_bytes());
            assert_eq!(file.status.code(), Some(0), "{}", text(&file.stderr));
            (text(&file.stdout), text(&file.stderr))
        };
        let (whole, said) = export(&[]);
        assert!(whole.contains(&token) && said.contains("GitHub token") && !said.contains(&token), "{said}");
        let (masked, _) = export(&["--mask-names", "--hide-hosts"]);
        assert!(masked.contains("test-0001") && !masked.contains("test_x") && !masked.contains("ghp_"), "{masked}");
        let (removed, said) = export(&["--remove-secrets"]);
        assert!(removed.contains("test_x[[removed: GitHub token]]") && !removed.contains("ghp_"), "{removed}");
        assert!(!said.contains("GitHub token"), "{said}");
        assert_eq!(whole.lines().count(), removed.lines().count());
    }
}

#[test]
fn masked_names_let_no_secret_of_the_rest_leave() {
    let password = "s3cr3t-pw9x";
    let report = serde_json::json!({ "reportFormat": "CTRF", "specVersion": "0.0.0", "results": {
        "tool": { "name": "x" },
        "summary": { "tests": 1, "passed": 1, "failed": 0, "skipped": 0, "pending": 0, "other": 0, "start": 0, "stop": 9 },
        "environment": { "buildUrl": format!("https://bot:{password}@ci.example/1") },
        "tests": [{ "name": "x", "status": "passed", "duration": 5 }],
    }});
    let report = report.to_string();
    let link = |flags: &[&str]| {
        lanescope(&[&["link", "--base", "http://x/", "--mask-names"][..], flags, &["-"]].concat(), report.as_bytes())
    };
    let pack = lanescope(&["export", "--format", "pack", "--mask-names", "-"], report.as_bytes());
    let said = text(&pack.stderr);
    assert!(said.contains("the run's url") && !said.contains(password), "{said}");
    assert_eq!(link(&[]).status.code(), Some(2));
    assert_eq!(link(&["--remove-secrets"]).status.code(), Some(0));
}

/// What is said of the first file.
fn messages(stdin: &[u8]) -> Vec<String> {
    let output = lanescope(&["summary", "--json", "-"], stdin);
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    let messages = summary["files"][0]["messages"].as_array().unwrap();
    messages.iter().map(|message| message["text"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_was_said_of_files_goes_along_and_does_not_grow() {
    let case = "<testcase classname=\"a\" name=\"test_x\" time=\"0.5\"/>";
    let cut = format!("<testsuites><testsuite name=\"s\" time=\"1\">{case}<testcase classname=\"a");
    let known: Vec<String> = messages(cut.as_bytes()).iter().map(|text| format!("-: {text}")).collect();
    assert!(known.iter().any(|text| !text.contains("No starts of tests")), "{known:?}");
    let pack = lanescope(&["export", "--format", "pack", "-"], cut.as_bytes()).stdout;
    let packed = messages(&pack);
    for text in known.iter().filter(|text| !text.contains("No starts of tests")) {
        assert!(packed.contains(text), "{text} in {packed:?}");
    }
    let again = lanescope(&["export", "--format", "pack", "-"], &pack).stdout;
    assert_eq!(messages(&again), packed);
    let link = lanescope(&["link", "--base", "https://x", "-"], cut.as_bytes()).stdout;
    assert_eq!(messages(&link), packed);
    // They name tests and files.
    let masked = lanescope(&["link", "--base", "https://x", "--mask-names", "-"], cut.as_bytes()).stdout;
    assert!(messages(&masked).iter().all(|text| !known.contains(text)));
}

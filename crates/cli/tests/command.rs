//! The command as a program: results, messages, exit status.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at what it did not expect")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use lanescope_samplegen::{Sample, Spec};

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn with(self, name: &str, content: &[u8]) -> Self {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    fn lanescope(&self, arguments: &[&str], stdin: Option<&[u8]>) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lanescope"));
        command.args(arguments).current_dir(&self.0).env("COLUMNS", "120");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        if let Some(bytes) = stdin {
            input.write_all(bytes).unwrap();
        }
        drop(input);
        child.wait_with_output().unwrap()
    }
}

/// Exit status, standard output and standard error, with the paths of this machine left out.
fn shown(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    format!(
        "exit status: {}\n--- stdout\n{}--- stderr\n{}",
        output.status.code().unwrap(),
        text(&output.stdout),
        text(&output.stderr)
    )
}

fn suite() -> (Sample, Sample) {
    let spec = Spec { tests: 60, workers: 4, failing: 0.05, flaky: 0.05, seed: 11 };
    (Sample::new(spec), Sample::new(Spec { workers: 0, ..spec }))
}

#[test]
fn a_folder_with_a_parallel_and_a_sequential_run() {
    let (parallel, sequential) = suite();
    let folder = Folder::new("folder")
        .with("ci/n4.jsonl", parallel.reportlog().as_bytes())
        .with("ci/seq.jsonl", sequential.reportlog().as_bytes())
        .with("ci/conftest.py", b"import pytest\n");
    insta::assert_snapshot!(shown(&folder.lanescope(&["summary", "ci"], None)));
}

#[test]
fn junit_alone() {
    let folder = Folder::new("junit").with("report.xml", suite().0.junit().as_bytes());
    insta::assert_snapshot!(shown(&folder.lanescope(&["summary", "report.xml"], None)));
}

#[test]
fn json_has_the_schema_and_unknown_is_null() {
    let folder = Folder::new("json").with("report.xml", suite().0.junit().as_bytes());
    let output = folder.lanescope(&["summary", "--json", "report.xml"], None);
    assert_eq!(output.status.code(), Some(0));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["schema"], "lanescope.summary/1");
    let run = &json["runs"][0];
    assert_eq!(run["tests"], 60);
    for name in ["workers", "utilisation", "lower_bound_s", "baseline", "breakdown_s", "commit"] {
        assert!(run.get(name).is_some_and(serde_json::Value::is_null), "{name}: {}", run[name]);
    }
    assert_eq!(run["timeline"], "simulated");
    assert_eq!(run["wall_s"], run["session_s"]);
}

#[test]
fn standard_input_is_read() {
    let folder = Folder::new("stdin");
    let output = folder.lanescope(&["summary", "--json", "-"], Some(suite().0.reportlog().as_bytes()));
    assert_eq!(output.status.code(), Some(0));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&json["files"][0]["path"], &json["runs"][0]["workers"]), (&"-".into(), &4.into()));
}

#[test]
fn what_cannot_be_used_is_named() {
    let folder = Folder::new("unusable").with("empty/.keep/x", b"").with("notes.txt", b"nothing to see\n");
    fs::create_dir_all(folder.0.join("hollow")).unwrap();
    let cases: [(&[&str], &str); 6] = [
        (&["summary", "missing.xml"], "missing.xml: no such file or directory"),
        (&["summary", "hollow"], "hollow: there is no file in this directory"),
        (&["summary", "notes.txt"], "notes.txt"),
        (&["summary", "empty"], "nothing in the input could be read"),
        (&["summary"], "INPUT"),
        (&["sumary", "x"], "sumary"),
    ];
    for (arguments, message) in cases {
        let output = folder.lanescope(arguments, None);
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {text}");
        assert!(text.contains(message), "{arguments:?}: {text}");
        assert!(output.stdout.is_empty(), "{arguments:?}: messages go to standard error");
    }
}

#[test]
fn a_bad_file_costs_nothing_of_the_others() {
    let report = suite().0.reportlog();
    let folder = Folder::new("mixed").with("good.jsonl", report.as_bytes()).with("bad.xml", b"<html>Sign in</html>");
    let output = folder.lanescope(&["summary", "--json", "good.jsonl", "bad.xml"], None);
    assert_eq!(output.status.code(), Some(0), "{}", shown(&output));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["runs"].as_array().unwrap().len(), 1);
    assert!(String::from_utf8(output.stderr).unwrap().contains("bad.xml"));
}

#[test]
fn a_run_is_exported_to_a_file_or_to_the_output() {
    let (parallel, sequential) = suite();
    let folder = Folder::new("export")
        .with("in/parallel.jsonl", parallel.reportlog().as_bytes())
        .with("in/sequential.jsonl", sequential.reportlog().as_bytes());
    // Without --run it is the run with most workers.
    let output = folder.lanescope(&["export", "--format", "chrome-trace", "in"], None);
    assert_eq!(output.status.code(), Some(0), "{}", shown(&output));
    let trace: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let threads = trace["traceEvents"].as_array().unwrap().iter().filter(|e| e["name"] == "thread_name").count();
    assert_eq!(threads, 4);

    let summary = folder.lanescope(&["summary", "--json", "in/sequential.jsonl"], None);
    let summary: serde_json::Value = serde_json::from_slice(&summary.stdout).unwrap();
    let (id, attempts) = (summary["runs"][0]["id"].as_str().unwrap(), summary["runs"][0]["attempts"].as_u64().unwrap());
    let output = folder.lanescope(&["export", "--format", "csv", "--run", id, "-o", "lanes.csv", "in"], None);
    assert_eq!(output.status.code(), Some(0), "{}", shown(&output));
    assert!(output.stdout.is_empty());
    let table = fs::read_to_string(folder.0.join("lanes.csv")).unwrap();
    assert_eq!(table.lines().count() as u64, attempts + 1);
}

#[test]
fn what_cannot_be_exported_is_named() {
    let report = suite().0.reportlog();
    let folder = Folder::new("export-unusable").with("a.jsonl", report.as_bytes()).with("notes.txt", b"nothing\n");
    let cases: [(&[&str], &str); 5] = [
        (&["export", "a.jsonl"], "--format"),
        (&["export", "--format", "pdf", "a.jsonl"], "chrome-trace"),
        (&["export", "--format", "csv", "--run", "nowhere", "a.jsonl"], "no run “nowhere”. The runs are: "),
        (&["export", "--format", "csv", "notes.txt"], "nothing in the input could be read"),
        (&["export", "--format", "csv", "-o", "missing/x.csv", "a.jsonl"], "missing/x.csv"),
    ];
    for (arguments, message) in cases {
        let output = folder.lanescope(arguments, None);
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {text}");
        assert!(text.contains(message), "{arguments:?}: {text}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
}

#[test]
fn help_and_version_are_results() {
    let folder = Folder::new("help");
    for arguments in [["--help"], ["--version"]] {
        let output = folder.lanescope(&arguments, None);
        assert_eq!(output.status.code(), Some(0));
        assert!(!output.stdout.is_empty() && output.stderr.is_empty());
    }
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    // Stored members: a directory behind their bytes, and its end.
    let crc = |bytes: &[u8]| {
        let mut crc = u32::MAX;
        for &byte in bytes {
            crc ^= u32::from(byte);
            for _ in 0..8 {
                crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
            }
        }
        !crc
    };
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in members {
        let at = out.len() as u32;
        let mut facts = vec![20, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        facts.extend(crc(bytes).to_le_bytes());
        facts.extend((bytes.len() as u32).to_le_bytes());
        facts.extend((bytes.len() as u32).to_le_bytes());
        facts.extend((name.len() as u16).to_le_bytes());
        facts.extend([0, 0]);
        out.extend(b"PK\x03\x04");
        out.extend(&facts);
        out.extend(name.as_bytes());
        out.extend(*bytes);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&facts);
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let start = out.len() as u32;
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend((members.len() as u16).to_le_bytes());
    out.extend((members.len() as u16).to_le_bytes());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    out
}

#[test]
fn an_archive_is_opened_and_its_jobs_are_groups() {
    let junit = suite().0.junit();
    let archive = zip(&[
        ("linux/report.xml", junit.as_bytes()),
        ("windows/report.xml", junit.as_bytes()),
        ("shot.png", b"\x89PNG\r\n\x1a\nxx"),
        ("notes.txt", b"nothing\nto see\n"),
    ]);
    let folder = Folder::new("archive").with("a.zip", &archive);
    let output = folder.lanescope(&["summary", "--json", "a.zip"], None);
    assert_eq!(output.status.code(), Some(0), "{}", shown(&output));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let files: Vec<_> = json["files"].as_array().unwrap().iter().map(|f| f["path"].as_str().unwrap()).collect();
    assert_eq!(
        files,
        ["a.zip", "a.zip!linux/report.xml", "a.zip!windows/report.xml", "a.zip!shot.png", "a.zip!notes.txt"]
    );
    let runs = json["runs"].as_array().unwrap();
    assert_eq!((runs.len(), &runs[0]["tests"]), (1, &120.into()));
    assert_eq!(runs[0]["groups"], serde_json::json!(["linux", "windows"]));
    assert_eq!(runs[0]["rules"][0]["code"], "matrix");
    assert_eq!(json["files"][1]["part_of"][0]["run"], runs[0]["id"]);
    assert_eq!(json["files"][1]["part_of"][0]["group"], "linux");
    assert_eq!(json["files"][3]["format"], "image");
    // What is no report is counted; standard input is an archive too; the user's rule goes before.
    let output = folder.lanescope(&["summary", "a.zip"], None);
    assert!(shown(&output).contains("2 files are no test report"), "{}", shown(&output));
    let output = folder.lanescope(&["summary", "--json", "--group", "none", "-"], Some(&archive));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["runs"].as_array().unwrap().len(), 2, "{}", shown(&output));
    let output = folder.lanescope(&["summary", "--group", "colour", "a.zip"], None);
    assert_eq!(output.status.code(), Some(2));
}

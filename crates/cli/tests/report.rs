//! `lanescope report` as a program.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may stop at what it did not expect")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use lanescope_samplegen::{Sample, Spec};

/// What `cargo xtask build` makes, as far as the command looks at it.
const VIEWER: &str =
    "<title>{{lanescope:title}}</title><script data-wire=\"{{lanescope:wire}}\">{{lanescope:data}}</script>";

fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    let sample = Sample::new(Spec { tests: 40, workers: 4, failing: 0.05, flaky: 0.05, seed: 3 });
    fs::write(path.join("a.junit.xml"), sample.junit().as_bytes()).unwrap();
    fs::write(path.join("viewer.html"), VIEWER).unwrap();
    path
}

fn lanescope(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lanescope")).args(arguments).current_dir(folder).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_report_goes_into_the_viewer_that_is_given() {
    let folder = folder("report-given");
    let out = lanescope(&folder, &["report", "--viewer", "viewer.html", "-o", "out.html", "a.junit.xml"]);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    assert!(text(&out.stderr).contains("1 run, 40 tests"), "{}", text(&out.stderr));
    let html = fs::read_to_string(folder.join("out.html")).unwrap();
    assert!(html.starts_with("<title>a</title>"), "{}", html.get(..80).unwrap_or(&html));
    assert!(!html.contains("{{"));
    let piped = lanescope(&folder, &["report", "--viewer", "viewer.html", "-o", "-", "a.junit.xml"]);
    assert_eq!(text(&piped.stdout), html);
}

#[test]
fn a_title_may_be_given_and_is_text() {
    let folder = folder("report-title");
    let title = ["report", "--viewer", "viewer.html", "--title", "</title><b>", "-o", "-", "a.junit.xml"];
    let html = text(&lanescope(&folder, &title).stdout);
    assert!(html.starts_with("<title>&lt;/title&gt;&lt;b&gt;</title>"), "{}", html.get(..80).unwrap_or(&html));
}

#[test]
fn what_is_no_viewer_and_what_is_no_report_are_named() {
    let folder = folder("report-wrong");
    let out = lanescope(&folder, &["report", "--viewer", "a.junit.xml", "-o", "out.html", "a.junit.xml"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(text(&out.stderr).contains("this is no viewer"), "{}", text(&out.stderr));
    let out = lanescope(&folder, &["report", "--viewer", "viewer.html", "-o", "out.html", "viewer.html"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(text(&out.stderr).contains("nothing in the input"), "{}", text(&out.stderr));
    assert!(!folder.join("out.html").exists());
}

#[test]
fn a_report_says_where_the_app_is_and_by_what_rule_its_files_are_joined() {
    let folder = folder("report-about");
    let report = |more: &[&str]| {
        let arguments = [&["report", "--viewer", "viewer.html", "-o", "-"], more, &["a.junit.xml"]].concat();
        lanescope(&folder, &arguments)
    };
    assert!(!text(&report(&[]).stdout).contains("join"));
    let html = text(&report(&["--app", "https://h.example/a/?x=1&y#/tests", "--group", "results-{}/"]).stdout);
    let about = "&quot;app&quot;:&quot;https://h.example/a/?x=1&amp;y&quot;,&quot;join&quot;:&quot;results-{}/&quot;}";
    assert!(html.contains(about), "{}", html.get(..400).unwrap_or(&html));
    for bad in
        ["javascript:alert(1)", "ftp://h.example/", "https://", "https://h.example/\"x", "h.example", "file:///a"]
    {
        let out = report(&["--app", bad]);
        assert_eq!(out.status.code(), Some(2), "{bad}");
        assert!(text(&out.stderr).contains("https:// or http://"), "{}", text(&out.stderr));
    }
    assert_eq!(report(&["--group", "colour"]).status.code(), Some(2));
}

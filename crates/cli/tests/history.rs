//! `flaky`, `compare` and `check` as programs, over a folder of runs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at what it did not expect")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

struct Folder(PathBuf);

impl Folder {
    /// A folder of runs, named against their order: run 0 of 12 is the last by name. `flaky`, `broken` and `slow` are
    /// tests among five sound ones; `outcomes` has a letter a run.
    fn history(name: &str, flaky: &str, broken: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&path);
        for (at, (a, b)) in flaky.chars().zip(broken.chars()).enumerate() {
            let folder = path.join(format!("run-{:03}", 900 - at));
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("report.xml"), report(at, a, b)).unwrap();
            let said = format!(
                r#"{{"commit": "c{at}", "branch": "main", "started_at": "2026-03-{:02}T10:00:00Z", "os": "linux"}}"#,
                at + 1
            );
            fs::write(folder.join("run.json"), said).unwrap();
        }
        Self(path)
    }

    fn lanescope(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lanescope"));
        command.args(arguments).current_dir(&self.0).env("COLUMNS", "120").output().unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.lanescope(arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

fn report(at: usize, flaky: char, broken: char) -> String {
    let case = |name: &str, time: f64, fails: bool| {
        let inner = if fails { "<failure message=\"assert 1 == 2\">E</failure>" } else { "" };
        format!("<testcase classname=\"pkg.FooTest\" name=\"{name}\" time=\"{time}\">{inner}</testcase>")
    };
    let mut cases: String = (0..5).map(|n| case(&format!("sound{n}"), 0.1, false)).collect();
    cases += &case("flaky", 0.1, flaky == 'F');
    cases += &case("broken", 0.1, broken == 'F');
    cases += &case("slow", if at < 6 { 0.2 } else { 0.9 }, false);
    format!(
        "<testsuite name=\"s\" tests=\"8\" timestamp=\"2026-03-{:02}T10:00:00Z\" time=\"1.5\">{cases}</testsuite>",
        at + 1
    )
}

#[test]
fn a_history_is_ordered_by_start_and_judged() {
    let folder = Folder::history("history", ".F..F..F.F..", "....FFFFFFFF");
    let told = folder.json(&["flaky", "--json", "."]);
    assert_eq!((&told["schema"], &told["runs"]), (&"lanescope.flaky/1".into(), &12.into()));
    let tests = told["tests"].as_array().unwrap();
    let words: Vec<_> = tests.iter().map(|t| (t["test"].as_str().unwrap(), t["class"].as_str().unwrap())).collect();
    assert_eq!(words, [("pkg.FooTest::flaky", "flaky"), ("pkg.FooTest::broken", "broken")]);
    assert_eq!(tests[0]["evidence"], serde_json::json!(["flips"]));
    assert_eq!((&tests[0]["failed_runs"], &tests[0]["flips"]), (&4.into(), &8.into()));
    assert!(tests[0]["failure_rate"]["low"].as_f64() < tests[0]["failure_rate"]["value"].as_f64());
    assert_eq!(tests[1]["broken_since"], "2026-03-05T10:00:00Z");
    assert_eq!((&tests[1]["last_good_commit"], &tests[1]["first_bad_commit"]), (&"c3".into(), &"c4".into()));
    assert_eq!(told["slower"][0]["test"], "pkg.FooTest::slow");
    assert_eq!(told["slower"][0]["from_run"], 7);
    let summary = folder.json(&["summary", "--json", "run-900"]);
    assert_eq!((&summary["runs"][0]["commit"], &summary["runs"][0]["branch"]), (&"c0".into(), &"main".into()));
    let people = folder.lanescope(&["flaky", "."]);
    let text = String::from_utf8(people.stdout).unwrap();
    assert!(text.starts_with("12 runs, 8 tests\n\nFlaky: 1\n"), "{text}");
    assert!(text.contains("Broken: 1") && text.contains("pkg.FooTest::slow from run 7"), "{text}");
    assert_eq!(String::from_utf8(people.stderr).unwrap(), "");
    let list = folder.lanescope(&["flaky", "--quarantine", "surefire", "."]);
    assert_eq!(String::from_utf8(list.stdout).unwrap(), "pkg/FooTest#flaky\n");
    let issue = folder.lanescope(&["flaky", "--issue", "pkg.FooTest::broken", "."]);
    assert!(String::from_utf8(issue.stdout).unwrap().starts_with("## Broken test: `pkg.FooTest::broken`"));
    assert_eq!(folder.lanescope(&["flaky", "--issue", "nothing", "."]).status.code(), Some(2));
    assert_eq!(folder.lanescope(&["flaky", "missing"]).status.code(), Some(2));
}

#[test]
fn two_runs_are_compared() {
    let folder = Folder::history("compared", ".F", "FF");
    let told = folder.json(&["compare", "--json", "run-900", "run-899"]);
    assert_eq!(told["schema"], "lanescope.compare/1");
    assert_eq!(told["new_failures"], serde_json::json!(["pkg.FooTest::flaky"]));
    assert_eq!(told["still_failing"], serde_json::json!(["pkg.FooTest::broken"]));
    assert_eq!((&told["fixed"], &told["added"]), (&serde_json::json!([]), &serde_json::json!([])));
    assert_eq!(told["wall_s"], serde_json::json!({"before": 1.5, "after": 1.5}));
    assert_eq!(told["base"]["commit"], "c0");
    let people = folder.lanescope(&["compare", "run-900", "run-899"]);
    let text = String::from_utf8(people.stdout).unwrap();
    assert!(text.contains("New failures: 1\n  pkg.FooTest::flaky\n"), "{text}");
    assert_eq!(folder.lanescope(&["compare", "run-900", "nothing"]).status.code(), Some(2));
}

#[test]
fn gates_hold_or_not() {
    let known = Folder::history("gate-known", ".F..F..F.F.F", "............");
    let status = |folder: &Folder, arguments: &[&str]| {
        let output = folder.lanescope(arguments);
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    assert_eq!(status(&known, &["check", "--max-flaky", "1", "."]).0, 0);
    let (code, text) = status(&known, &["check", "--max-flaky", "0", "."]);
    assert_eq!((code, text.as_str()), (1, "fails: 1 flaky, at most 0 allowed: pkg.FooTest::flaky\n"));
    // It fails in the newest run, and was flaky before.
    assert_eq!(status(&known, &["check", "--fail-on-new-flaky", ".", "run-889"]).0, 0);
    // The same test failed once before, and now again: that makes it flaky.
    let new = Folder::history("gate-new", "..F........F", "............");
    let (code, text) = status(&new, &["check", "--fail-on-new-flaky", ".", "run-889"]);
    assert_eq!((code, text.as_str()), (1, "fails: 1 newly flaky: pkg.FooTest::flaky\n"));
    assert_eq!(status(&new, &["check", "--fail-on-new-flaky", ".", "run-890"]).0, 0, "it passes there");
    assert_eq!(status(&new, &["check", "."]).0, 2, "no gate is named");
    assert_eq!(status(&new, &["check", "--fail-on-new-flaky", "nothing", "run-889"]).0, 2);
}

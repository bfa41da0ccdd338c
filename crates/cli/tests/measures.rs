//! Coverage and benchmarks on the command line.
#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use serde_json::Value;

/// Output, messages, and whether the exit status is this.
fn lanescope(arguments: &[&str], status: u8) -> (String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let all = std::iter::once("lanescope").chain(arguments.iter().copied()).map(OsString::from);
    let code = lanescope_cli::main(all, &mut out, &mut err);
    let (out, err) = (String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap());
    assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::from(status)), "{out}{err}");
    (out, err)
}

fn fixture(path: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(path).to_string_lossy().into_owned()
}

#[test]
fn coverage_is_a_key_of_its_run_and_a_gate() {
    let junit = fixture("junit-xml/pytest-cov-7.1.0-covered.xml");
    let covered = fixture("coverage-py-json/coverage.py-7.17.4-lines.json");
    let (out, _) = lanescope(&["summary", "--json", &junit, &covered], 0);
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(told["runs"].as_array().unwrap().len(), 1);
    let run = &told["runs"][0];
    assert_eq!((&run["tests"], &run["benchmarks"]), (&Value::from(4), &Value::Null));
    assert_eq!(run["coverage"]["lines"].as_f64(), Some(18.0 / 27.0));
    assert_eq!(run["coverage"]["branches"], Value::Null);
    assert_eq!(run["provenance"]["coverage"], "recorded");
    // 66.66 %.
    let (out, _) = lanescope(&["check", "--min-coverage", "66.6", &junit, &covered], 0);
    assert!(out.starts_with("ok: "), "{out}");
    let (out, _) = lanescope(&["check", "--min-coverage", "80%", &junit, &covered], 1);
    assert!(out.contains("line coverage 66.6 %, at least 80 %"), "{out}");
    let (out, _) = lanescope(&["check", "--min-branch-coverage", "1", &junit, &covered], 1);
    assert!(out.contains("is not known"), "{out}");
    let (out, _) = lanescope(&["check", "--min-coverage", "0", &junit], 1);
    assert!(out.contains("no file tells"), "{out}");
}

#[test]
fn a_run_without_coverage_or_benchmarks_says_null() {
    let (out, _) = lanescope(&["summary", "--json", &fixture("junit-xml/pytest-cov-7.1.0-covered.xml")], 0);
    let told: Value = serde_json::from_str(&out).unwrap();
    let run = told["runs"][0].as_object().unwrap();
    assert_eq!((run.get("coverage"), run.get("benchmarks")), (Some(&Value::Null), Some(&Value::Null)));
    assert!(run["provenance"].get("coverage").is_none());
}

#[test]
fn a_comparison_tells_what_lost_and_what_is_noise() {
    let before = fixture("coverage-py-json/coverage.py-7.17.4-lines.json");
    let after = fixture("coverage-py-json/coverage.py-7.17.4-shard-2.json");
    let (out, _) = lanescope(&["compare", "--json", &before, &after], 0);
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(told["coverage"]["lost"][0]["path"], "shop/cart.py");
    assert_eq!(told["benchmarks"], Value::Null);
    let bench = fixture("pytest-benchmark/pytest-benchmark-5.3.1-shop.json");
    let (out, _) = lanescope(&["compare", &bench, &bench], 0);
    assert!(out.contains("Benchmarks within noise: 3"), "{out}");
    let (out, _) = lanescope(&["check", "--max-benchmark-regression", "10%", "--benchmark-base", &bench, &bench], 0);
    assert!(out.contains("3 benchmarks compared, none slower by more than 10 %"), "{out}");
    // Without a base nothing can be slower.
    let (_, err) = lanescope(&["check", "--max-benchmark-regression", "10", &bench], 2);
    assert!(err.contains("--benchmark-base"), "{err}");
    let (out, _) = lanescope(&["flaky", "--json", &bench], 0);
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(told["benchmarks"]["runs"].as_array().unwrap().len(), 1);
}

#[test]
fn a_gate_that_compares_nothing_does_not_hold() {
    let folder = std::env::temp_dir().join(format!("lanescope-gate-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = |name: &str, rows: &[(&str, f64)]| {
        let row = |(name, s): &(&str, f64)| {
            format!(r#"{{"command": "{name}", "mean": {s}, "stddev": 0.0, "times": [{s}, {s}]}}"#)
        };
        let path = folder.join(name);
        let rows: Vec<String> = rows.iter().map(row).collect();
        std::fs::write(&path, format!(r#"{{"results": [{}]}}"#, rows.join(","))).unwrap();
        path.to_string_lossy().into_owned()
    };
    let base = file("base.json", &[("sort", 1.0), ("find", 1.0)]);
    let check = |head: &str, status| {
        lanescope(&["check", "--max-benchmark-regression", "10", "--benchmark-base", &base, head], status).0
    };
    let out = check(&file("renamed.json", &[("sort2", 9.0)]), 1);
    assert!(out.contains("no benchmark can be compared with the base; 2 of the base not in the input: "), "{out}");
    let out = check(&file("zero.json", &[("sort", 0.0), ("find", 1.0)]), 0);
    assert!(out.contains("1 benchmarks compared"), "{out}");
    assert!(out.contains("; 1 without figures that can be compared: sort"), "{out}");
    let out = check(&file("fewer.json", &[("find", 1.0)]), 0);
    assert!(out.contains("; 1 of the base not in the input: sort"), "{out}");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn the_newest_of_criterion_is_what_was_measured_last() {
    let folder = std::env::temp_dir().join(format!("lanescope-criterion-{}", std::process::id()));
    for (name, ns) in [("new", 500), ("main", 100)] {
        let inner = folder.join("target/criterion/fib").join(name);
        std::fs::create_dir_all(&inner).unwrap();
        let text = format!(r#"{{"sampling_mode":"Flat","iters":[1.0,1.0],"times":[{ns}.0,{ns}.0]}}"#);
        std::fs::write(inner.join("sample.json"), text).unwrap();
    }
    let base = folder.join("target/criterion/fib/main").to_string_lossy().into_owned();
    let head = folder.to_string_lossy().into_owned();
    let (out, _) = lanescope(&["check", "--max-benchmark-regression", "10", "--benchmark-base", &base, &head], 1);
    assert!(out.contains("1 benchmarks slower by more than 10 %"), "{out}");
    std::fs::remove_dir_all(&folder).unwrap();
}

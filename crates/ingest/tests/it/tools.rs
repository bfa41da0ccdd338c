//! What tools printed of their own runs, against what comes out of their files.

use std::path::Path;

use lanescope_ingest::{Loaded, join};
use lanescope_model::{Covered, Outcome};
use serde_json::Value;

use crate::shared::{folder, issues, json, load};

/// Passed, failed or error, skipped, flaky.
fn counts(loaded: &Loaded) -> [u64; 4] {
    let count = |o: Outcome| loaded.sources.iter().map(|s| u64::from(s.run.counts().get(o))).sum::<u64>();
    [
        count(Outcome::Passed) + count(Outcome::XFailed),
        count(Outcome::Failed) + count(Outcome::Error),
        count(Outcome::Skipped),
        loaded.sources.iter().map(|s| u64::from(s.run.flaky_count())).sum(),
    ]
}

fn check(path: &Path, expected: [u64; 4]) {
    let loaded = load(path);
    assert_eq!(counts(&loaded), expected, "{}\n{}", path.display(), issues(&loaded));
    println!("agrees: {}", path.display());
}

#[test]
fn runners_of_javascript_agree_with_their_own_words() {
    let Some(dir) = folder("artifacts/js") else { return };
    let oracle = json(&dir.join("oracle.json"));
    let n = |run: &str, path: &str| oracle["runs"][run].pointer(path).and_then(Value::as_u64).unwrap_or(0);
    let status = |run: &str, word: &str| n(run, &format!("/json/assertions_by_status/{word}"));
    // A file that could not be read is an error of its own, beside the tests.
    let vitest = |word: &str| status("vitest/threads", word);
    let broken = 1;
    check(
        &dir.join("vitest/threads.json"),
        [vitest("passed"), vitest("failed") + broken, vitest("skipped") + vitest("todo"), 2],
    );
    let jest = |word: &str| status("jest", word);
    let jest_broken = n("jest", "/json/numRuntimeErrorTestSuites");
    check(
        &dir.join("jest/jest.json"),
        [jest("passed"), jest("failed") + jest_broken, jest("pending") + jest("todo"), 2],
    );
    let ctrf = |run: &str, word: &str| n(run, &format!("/ctrf/summary/{word}"));
    check(
        &dir.join("jest/ctrf.json"),
        [
            ctrf("jest", "passed"),
            ctrf("jest", "failed"),
            ctrf("jest", "skipped") + ctrf("jest", "pending") + ctrf("jest", "other"),
            n("jest", "/ctrf/flaky"),
        ],
    );
    check(
        &dir.join("vitest/ctrf.json"),
        [
            ctrf("vitest/ctrf", "passed"),
            ctrf("vitest/ctrf", "failed"),
            ctrf("vitest/ctrf", "skipped"),
            n("vitest/ctrf", "/ctrf/flaky"),
        ],
    );
    let mocha = |word: &str| n("mocha/json", &format!("/stats/{word}"));
    // One test says twice that it is done, which Mocha counts as a pass and as a failure.
    check(&dir.join("mocha/mocha.json"), [mocha("passes") - 1, mocha("failures"), mocha("pending"), 2]);
}

#[test]
fn cargo_and_nextest_agree_with_their_own_words() {
    let Some(dir) = folder("artifacts/nextest") else { return };
    let oracle = json(&dir.join("oracle.json"));
    for krate in ["flaky-crate", "pulldown-cmark-0.13.5"] {
        let cargo = &oracle["crates"][krate]["cargo-test"];
        let n = |word: &str| cargo[word].as_u64().unwrap();
        check(&dir.join(krate).join("cargo-test.log"), [n("passed"), n("failed"), n("ignored"), 0]);
        // Summary [   6.313s] 80 tests run: 71 passed (3 flaky, 1 leaky), 8 failed, 1 timed out, 2 skipped
        let line = oracle["crates"][krate]["ci"]["summary_line"].as_str().unwrap().replace('(', ", ").replace(')', "");
        let of = |word: &str| -> u64 {
            let part = line.split([',', ':']).map(str::trim).find(|part| part.ends_with(word));
            part.and_then(|part| part.split(' ').next()?.parse().ok()).unwrap_or(0)
        };
        let expected = [of("passed"), of("failed") + of("timed out"), 0, of("flaky")];
        check(&dir.join(krate).join("ci.log"), expected);
        check(&dir.join(krate).join("junit.xml"), expected);
    }
}

/// So many of so many.
fn sum(of: impl Iterator<Item = Option<Covered>>) -> (u64, u64) {
    let all = of.flatten().fold(Covered::default(), Covered::plus);
    (u64::from(all.covered), u64::from(all.total))
}

#[test]
fn coverage_and_benchmarks_agree_with_their_own_words() {
    let Some(dir) = folder("artifacts/pytest-benchmark") else { return };
    let oracle = json(&dir.join("oracle.json"));
    let n = |path: &str| oracle.pointer(&format!("/coverage/partial-n2/{path}")).and_then(Value::as_u64).unwrap();
    for (path, name) in [
        ("coverage/partial-n2/coverage.json", "coverage-py-json"),
        ("coverage/partial-n2/coverage.contexts.json.gz", "coverage-py-json"),
        ("coverage/partial-n2/coverage.xml", "cobertura"),
        ("coverage/partial-n2/lcov.info", "lcov"),
    ] {
        let loaded = load(&dir.join(path));
        assert_eq!(loaded.report.format.as_str(), name, "{path}: {}", issues(&loaded));
        let run = &loaded.sources[0].run;
        let report = &run.coverage[0];
        let lines = (n("json_totals/covered_lines"), n("json_totals/num_statements"));
        let branches = (n("json_totals/covered_branches"), n("json_totals/num_branches"));
        assert_eq!(sum(report.files.iter().map(|f| f.lines)), lines, "{path}");
        assert_eq!(sum(report.files.iter().map(|f| f.branches)), branches, "{path}");
        assert_eq!(report.files.len() as u64, n("files"), "{path}");
        let functions = report.files.iter().position(|f| run.strings.get(f.path).ends_with("toolz/functoolz.py"));
        let missed: Vec<u64> = report.lines_of(functions.unwrap()).filter(|l| !l.1).map(|l| u64::from(l.0)).collect();
        let told = oracle.pointer("/coverage/partial-n2/missing_lines_functoolz").and_then(Value::as_array).unwrap();
        assert_eq!(missed, told.iter().filter_map(Value::as_u64).collect::<Vec<_>>(), "{path}");
    }
    for case in ["before", "after"] {
        let loaded = load(&dir.join(format!("{case}.json.gz")));
        let run = &loaded.sources[0].run;
        let told = &oracle["benchmark"][case];
        assert_eq!(run.benchmarks[0].rows.len() as u64, told["benchmarks"].as_u64().unwrap());
        for row in &run.benchmarks[0].rows {
            let name = run.strings.get(row.name).rsplit("::").next().unwrap();
            assert_eq!(row.stats.median, told["median_s"][name].as_f64(), "{name}");
            assert_eq!(row.rounds, told["rounds"][name].as_u64(), "{name}");
        }
    }
}

#[test]
fn what_is_measured_goes_to_the_run_that_it_was_measured_in() {
    let Some(dir) = folder("artifacts/pytest-benchmark") else { return };
    let paths = ["after.json.gz", "before.json.gz", "before.junit.xml", "after.junit.xml"];
    let covered =
        ["coverage.json", "coverage.xml", "junit.xml", "lcov.info"].map(|f| format!("coverage/partial-n2/{f}"));
    let mut all: Vec<String> = paths.iter().map(|&p| p.to_owned()).chain(covered).collect();
    for _ in 0..2 {
        let sources: Vec<_> = all.iter().flat_map(|path| load(&dir.join(path)).sources).collect();
        let runs = join(&sources);
        let told: Vec<_> = runs
            .iter()
            .map(|j| (j.run.meta.label.as_str(), j.run.tests.len(), j.run.coverage.len(), j.run.benchmarks.len()))
            .collect();
        assert_eq!(told, [("partial-n2", 119, 3, 0), ("before", 14, 0, 1), ("after", 14, 0, 1)]);
        for joined in &runs[1..] {
            assert!(joined.run.benchmarks[0].source.contains(&joined.run.meta.label));
        }
        all.reverse();
    }
}

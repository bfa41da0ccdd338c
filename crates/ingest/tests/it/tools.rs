//! What tools printed of their own runs, against what comes out of their files.

use std::path::Path;

use lanescope_ingest::Loaded;
use lanescope_model::Outcome;
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

#[test]
fn benchmarks_and_coverage_are_named() {
    let Some(dir) = folder("artifacts/pytest-benchmark") else { return };
    for (path, name) in [
        ("before.json.gz", "pytest-benchmark"),
        ("coverage/partial-n2/coverage.json", "coverage-py-json"),
        ("coverage/partial-n2/coverage.contexts.json.gz", "coverage-py-json"),
        ("coverage/partial-n2/coverage.xml", "cobertura"),
        ("coverage/partial-n2/lcov.info", "lcov"),
    ] {
        let loaded = load(&dir.join(path));
        assert_eq!(loaded.report.format.as_str(), name, "{path}: {}", issues(&loaded));
        assert!(loaded.sources.is_empty());
    }
}

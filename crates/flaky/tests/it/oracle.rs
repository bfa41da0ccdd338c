//! 40 real runs of pytest with a known truth, where they stand beside the workspace.

use std::fs::File;
use std::path::{Path, PathBuf};

use lanescope_flaky::Flaky;
use lanescope_ingest::{OpenFile, Opening, join};
use lanescope_protocol::{ClusterKind, FlakyClass, FlakyTest, SuspectKind};
use serde_json::Value;

use crate::rules::{rules, scores};

fn folder() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/artifacts/pytest-flaky");
    if path.is_dir() {
        return Some(path);
    }
    println!("skipped: there is no folder {}", path.display());
    None
}

fn files(at: &Path, all: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(at).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, all);
        } else {
            all.push(path);
        }
    }
}

fn analyse(at: &Path) -> Flaky {
    let mut paths = Vec::new();
    files(at, &mut paths);
    // The order of the files must not matter.
    paths.sort_by_key(|p| std::cmp::Reverse(p.clone()));
    let open = |path: PathBuf| OpenFile {
        path: path.display().to_string(),
        size: None,
        reader: Box::new(File::open(&path).unwrap()),
    };
    let sources: Vec<_> =
        Opening::new(paths.into_iter().map(open).collect()).read_all().into_iter().flat_map(|l| l.sources).collect();
    Flaky::new(join(&sources).into_iter().map(|j| j.run).collect())
}

fn row<'a>(flaky: &'a Flaky, test: &str) -> &'a FlakyTest {
    flaky.tests().find(|t| t.test == test).unwrap_or_else(|| panic!("no {test}"))
}

fn names(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn real_runs_of_pytest_are_told_as_they_are() {
    let Some(folder) = folder() else { return };
    let truth: Value = serde_json::from_slice(&std::fs::read(folder.join("oracle.json")).unwrap()).unwrap();
    let flaky = analyse(&folder.join("runs"));
    assert_eq!(flaky.history().runs().len(), 40);
    for (line, told) in flaky.trend().iter().zip(truth["runs"].as_array().unwrap()) {
        assert_eq!(line.commit.as_deref(), told["commit"].as_str());
        assert_eq!(line.branch.as_deref(), told["branch"].as_str());
        assert_eq!(line.set_aside.is_some(), line.number == 17, "{line:?}");
    }
    // Flaky: every one that failed at least twice outside the bad run, and no other.
    let should: Vec<&str> = names(&truth["truth"]["flaky"]);
    let failed_often = |test: &&str| row(&flaky, test).counted_failed >= 2;
    let called: Vec<&str> = flaky.tests().filter(|t| t.class == FlakyClass::Flaky).map(|t| t.test.as_str()).collect();
    let mut expected: Vec<&str> = should.iter().copied().filter(failed_often).collect();
    assert_eq!(expected.len(), 10, "the worker-count test never fails with four workers");
    expected.sort_unstable();
    let mut sorted = called.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, expected);
    // Broken, then fixed.
    let vat = row(&flaky, "tests/unit/test_tax.py::test_vat_rate_table");
    let regression = &truth["truth"]["not_flaky"]["regression"]["tests/unit/test_tax.py::test_vat_rate_table"];
    assert_eq!(vat.class, FlakyClass::Fixed);
    assert_eq!((vat.broken_from, vat.fixed_at), (Some(25), Some(33)));
    assert_eq!(vat.first_bad_commit.as_deref(), regression["commit_broke"].as_str());
    assert!(vat.broken_since.as_deref().is_some_and(|s| s.starts_with("2026-03-17T09:44:")));
    let cart = row(&flaky, "tests/integration/test_checkout.py::test_cart_merge");
    assert_eq!((cart.class, cart.broken_from, cart.fixed_at), (FlakyClass::Fixed, Some(12), Some(14)));
    for test in truth["truth"]["not_flaky"]["always_failing"].as_array().unwrap() {
        let row = row(&flaky, test.as_str().unwrap());
        assert_eq!((row.class, row.broken_from), (FlakyClass::Broken, Some(1)), "{row:?}");
    }
    let crashed = row(&flaky, "tests/e2e/test_flow.py::test_pdf_render");
    assert_eq!((crashed.class, crashed.crashed_runs), (FlakyClass::Healthy, 2));
    // Slower, within two runs.
    let [step] = flaky.slower() else { panic!("{:?}", flaky.slower()) };
    assert_eq!(step.test, "tests/integration/test_reports.py::test_monthly_report");
    assert!((19..=21).contains(&step.from_run) && !step.gradual, "{step:?}");
    assert!((step.before_s - 0.1215).abs() < 0.01 && (step.after_s - 0.6067).abs() < 0.02, "{step:?}");
    assert!(flaky.faster().is_empty());
    // Counts of each test against the truth's own.
    for (test, seen) in truth["observed"].as_object().unwrap() {
        let row = row(&flaky, test);
        let bad = seen["failed_runs"].as_array().unwrap().len() as u64;
        // Where the session was interrupted while a test was being run again, it has failed, as far as is known.
        let retried = seen["passed_after_rerun_runs"].as_array().unwrap();
        let interrupted = retried.iter().filter(|r| r.as_u64() == Some(22)).count() as u64;
        let counts = (u64::from(row.failed_runs), u64::from(row.retry_runs));
        assert_eq!(counts, (bad + interrupted, retried.len() as u64 - interrupted), "{test}");
    }
    // The failures of the bad run are one incident.
    let incident = flaky.clusters().iter().find(|c| c.kind == ClusterKind::Message && c.tests.len() > 30).unwrap();
    assert_eq!(incident.runs, [17]);
    print_scores(&flaky, &should);
}

#[test]
fn the_causes_are_among_the_first_suspects() {
    let Some(folder) = folder() else { return };
    let flaky = analyse(&folder);
    assert_eq!(flaky.history().runs().len(), 46);
    let first = |test: &str, kind: SuspectKind, part: &str| {
        let row = row(&flaky, test);
        let found = row.suspects.iter().take(3).any(|s| s.kind == kind && s.text.contains(part));
        assert!(found, "{test}: {:#?}", row.suspects);
    };
    first(
        "tests/integration/test_checkout.py::test_total_in_default_currency",
        SuspectKind::Polluter,
        "tests/unit/test_config.py::test_override_currency",
    );
    first("tests/unit/test_calendar.py::test_due_date_is_in_fourteen_days", SuspectKind::TimeOfDay, "22:00 to 00:00");
    first("tests/integration/test_network.py::test_payment_simulator", SuspectKind::Worker, "gw3");
    first("tests/integration/test_network.py::test_connection_pool", SuspectKind::WorkerCount, "more than 4");
    first("tests/e2e/test_flow.py::test_websocket_reconnect", SuspectKind::Timeout, "limit");
    for kind in ["counter", "gauge", "histogram", "summary"] {
        first(
            &format!("tests/integration/test_network.py::test_metrics_sink[{kind}]"),
            SuspectKind::Overlap,
            "test_metrics_sink ran at the same time",
        );
    }
    for test in ["unit/test_pricing.py::test_discount_rounding", "integration/test_search.py::test_ranking_is_stable"] {
        let row = row(&flaky, &format!("tests/{test}"));
        assert!(row.suspects.iter().all(|s| s.p_value > 0.01), "chance has no cause: {:#?}", row.suspects);
    }
    let victim = row(&flaky, "tests/integration/test_checkout.py::test_total_in_default_currency");
    assert_eq!(
        victim.suspects.first().unwrap().command,
        "pytest -p no:randomly 'tests/unit/test_config.py::test_override_currency' \
         'tests/integration/test_checkout.py::test_total_in_default_currency'"
    );
}

/// The polluter is found from the 40 runs alone.
#[test]
fn the_polluter_is_found_from_three_failures() {
    let Some(folder) = folder() else { return };
    let flaky = analyse(&folder.join("runs"));
    let victim = row(&flaky, "tests/integration/test_checkout.py::test_total_in_default_currency");
    let first = victim.suspects.first().unwrap();
    assert_eq!(first.test.as_deref(), Some("tests/unit/test_config.py::test_override_currency"));
    assert_eq!(first.table, [3, 0, 0, 35]);
    let detail = flaky.detail(&victim.test).unwrap();
    assert_eq!(detail.evidence.len(), 3 - usize::from(victim.retry_runs == 0) + victim.mixed_commits as usize - 1);
    for list in &detail.evidence {
        assert!(list.attempts.iter().all(|&at| (at as usize) < detail.attempts.len()) && !list.attempts.is_empty());
    }
}

fn print_scores(flaky: &Flaky, should: &[&str]) {
    let truth: Vec<bool> = (0..flaky.history().tests()).map(|t| should.contains(&flaky.history().name(t))).collect();
    println!("{:<26} precision recall  F1   (40 real runs, 11 flaky tests)", "rule");
    for (rule, called) in rules(flaky) {
        let (precision, recall, f1) = scores(&called, &truth);
        println!("{rule:<26} {precision:9.2} {recall:6.2} {f1:5.2}");
    }
}

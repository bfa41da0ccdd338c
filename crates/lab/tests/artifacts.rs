//! Real runs whose true figures are known, where they stand beside the workspace; and the demo.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test may stop at what it did not expect, and says what it found"
)]

mod common;

use std::path::Path;

use common::{artifacts, labelled, law, measure, near, open};
use lanescope_lab::speedup::Case;
use lanescope_lab::spread::{Options, spread};
use lanescope_protocol::{Bottleneck, Provenance, Slowdown, SpeedupSuite};

fn slowdown<'a>(suite: &'a SpeedupSuite, run: &str) -> &'a Slowdown {
    let id = &labelled(suite, run).run;
    suite.slowdowns.iter().find(|s| s.run == *id && s.by == "all").unwrap()
}

fn bottlenecks<'a>(suite: &'a SpeedupSuite, run: &str) -> &'a [Bottleneck] {
    let id = &labelled(suite, run).run;
    &suite.verdicts.iter().find(|v| v.run == *id).unwrap().bottlenecks
}

/// Whole microseconds per phase are the reader's grain: 0.1 % of a test of a millisecond.
fn quartiles(of: &Slowdown, truth: [f64; 3]) -> bool {
    [of.lower, of.median, of.upper].into_iter().zip(truth).all(|(ours, truth)| near(ours, truth, 0.01))
}

/// Walls are those of `oracle.json` (`span_s`, `tool_wall_s`); quartiles of numpy over the sums of the phases.
#[test]
fn networkx_on_two_cores() {
    let Some(folder) = artifacts("pytest-xdist/networkx") else { return };
    let speedup = measure(&open(&folder));
    assert_eq!(speedup.suites.len(), 1);
    let suite = &speedup.suites[0];
    for (run, s, session, karp_flatt, contention) in [
        ("n4-load", 110.864 / 62.858, 122.28 / 89.88, 0.4226, 2.1193),
        ("n8-load", 110.864 / 66.973, 122.28 / 124.48, 0.5475, 4.4650),
        ("n4-worksteal", 110.864 / 70.696, 122.28 / 104.51, 0.5169, 2.3812),
    ] {
        let r = labelled(suite, run);
        assert!(near(r.speedup, s, 0.002) && near(r.session_speedup, session, 0.002), "{r:?}");
        assert!(near(r.efficiency, s / f64::from(r.workers.unwrap()), 0.001), "{r:?}");
        assert!(near(r.karp_flatt, karp_flatt, 0.001), "{r:?}");
        assert!(near(r.contention, contention, 0.001), "{r:?}");
        assert_eq!(r.provenance, Provenance::Recorded);
    }
    assert!(quartiles(slowdown(suite, "n4-load"), [1.243_89, 1.902_23, 2.608_63]));
    assert!(quartiles(slowdown(suite, "n8-load"), [1.782_24, 4.493_70, 6.560_39]));
    // 6859 in the reportlog, and six modules that were skipped at collection.
    assert_eq!(slowdown(suite, "n8-load").tests, 6865);

    // Runs at three worker counts: one short for the Universal Scalability Law.
    assert!(law(suite, "usl", "wall").refused.is_some());
    let amdahl = law(suite, "amdahl", "wall");
    assert!(near(amdahl.parameters[0].value, 0.52, 0.01) && amdahl.curve_low.is_empty(), "{amdahl:?}");
    assert!(suite.differences.iter().all(|d| d.within_noise.is_none()));

    // Four workers were measured to be better than eight, and that comes first.
    let first = &bottlenecks(suite, "n8-load")[0];
    assert_eq!(first.kind, "too_many_workers");
    assert!(near(first.saves_s, 124.48 - 89.88, 0.1), "{first:?}");
    assert_eq!(bottlenecks(suite, "n4-load")[0].kind, "contention");
    let mode = &bottlenecks(suite, "n4-worksteal")[0];
    assert_eq!(mode.kind, "mode");
    assert!(near(mode.saves_s, 104.51 - 89.88, 0.1), "{mode:?}");
    assert!(bottlenecks(suite, "n4-load").iter().all(|b| b.kind != "too_few_workers"));
    assert_eq!(bottlenecks(suite, "seq")[0].kind, "too_few_workers");
}

#[test]
fn sleeping_tests_scale() {
    let Some(folder) = artifacts("pytest-xdist/iosuite") else { return };
    let speedup = measure(&open(&folder));
    // The three parts that pytest-split made are one run of the whole.
    let sizes: Vec<usize> = speedup.suites.iter().map(|s| s.runs.len()).collect();
    assert_eq!(sizes, [4]);
    let suite = &speedup.suites[0];
    for (run, s, session, contention) in
        [("n2-load", 64.216 / 34.245, 65.7 / 46.24, 1.0524), ("n4-load", 64.216 / 17.666, 65.7 / 22.24, 1.0955)]
    {
        let r = labelled(suite, run);
        assert!(near(r.speedup, s, 0.002) && near(r.session_speedup, session, 0.005), "{r:?}");
        assert!(near(r.contention, contention, 0.001), "{r:?}");
    }
    assert!(quartiles(slowdown(suite, "n4-load"), [0.990_74, 1.000_82, 1.008_69]));
    assert!(law(suite, "usl", "wall").refused.is_some());
    let amdahl = law(suite, "amdahl", "wall");
    assert!(near(amdahl.parameters[0].value, 0.031, 0.001), "{amdahl:?}");
    assert_eq!(bottlenecks(suite, "n4-load")[0].kind, "too_few_workers");
    assert_eq!(bottlenecks(suite, "n4-load")[0].provenance, Provenance::Simulated);
}

/// Reference: numpy over the sums of the phases per test of the reportlog.
#[test]
fn where_the_time_of_a_run_lies() {
    let Some(folder) = artifacts("pytest-xdist/networkx") else { return };
    let runs = open(&folder);
    let run = runs.iter().find(|r| r.meta.label == "n8-load").unwrap();
    let s = spread(&Case::of("n8", run), Options::default());
    assert!(near(Some(s.seconds), 473.818, 0.05), "{}", s.seconds);
    for (ours, truth) in s.quantiles_s[1..].iter().zip([0.038_245, 0.072_845, 1.558_739]) {
        assert!((ours / truth - 1.0).abs() < 0.01, "{ours} {truth}");
    }
    assert_eq!(s.tests[0].name, "networkx/algorithms/tests/test_smallworld.py::test_omega");
    assert!(near(Some(s.tests[0].seconds), 14.5605, 1e-3));
    assert!(near(s.tests[9].cumulative, 0.2083, 1e-3));
    assert_eq!(s.files[0].name, "networkx/classes/tests/test_special.py");
    assert!(near(Some(s.files[0].seconds), 29.571, 1e-2));
    assert_eq!(s.workers.len(), 8);
    assert!(near(s.balance_cv, 0.072_74, 1e-3) && near(s.balance_peak, 1.110_76, 1e-3), "{s:?}");
}

#[test]
fn the_demo_is_held_up_by_one_test() {
    let speedup = measure(&open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../public/demo")));
    let suite = &speedup.suites[0];
    let run = labelled(suite, "parallel");
    assert!(near(run.speedup, 5.17, 0.01) && near(run.session_speedup, 4.09, 0.01), "{run:?}");
    let first = &bottlenecks(suite, "parallel")[0];
    assert_eq!(first.kind, "end");
    assert_eq!(first.subject, "tests/api/test_year_end.py::test_settlement_of_a_whole_year");
    // 20.62 s, and 12.58 s at best.
    assert!(near(Some(first.saves_at_most_s), 8.03, 0.05), "{first:?}");
    let all = open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../public/demo"));
    let parallel = all.iter().find(|r| r.meta.label == "parallel").unwrap();
    let s = spread(&Case::of("demo", parallel), Options { near_share: 0.05, ..Options::default() });
    assert_eq!(s.limit_s, Some(30.0));
    assert_eq!(s.near_limit[0].name, first.subject);
    assert!(near(Some(s.near_limit[0].share), 9.684 / 30.0, 1e-3));
    let phases: Vec<f64> = s.phases.iter().map(|p| p.seconds).collect();
    // As demo/expected.json counts them.
    assert!(
        [32.938, 81.143, 11.766].iter().zip(&phases).all(|(truth, ours)| (truth - ours).abs() < 0.01),
        "{phases:?}"
    );
}

//! Coverage and benchmarks of real reports, and of any.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may stop at what it did not expect, and prints what it skipped"
)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use lanescope_ingest::{Joined, OpenFile, Opening, join};
use lanescope_measures::benchmarks::{ASSUMED_NOISE, compare, history};
use lanescope_measures::coverage;
use lanescope_model::{Benchmark, Benchmarks, Coverage, CoveredFile, Run, RunBuilder, Stats};
use lanescope_protocol::{BenchmarkVerdict, CoverageBasis, CoverageBy, CoverageRequest, CoverageSort};
use proptest::prelude::*;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The runs that these files make.
fn runs(paths: &[&str]) -> Vec<Joined> {
    let file = |path: &&str| {
        let bytes = std::fs::read(root().join(path)).unwrap();
        OpenFile {
            path: (*path).to_owned(),
            size: Some(bytes.len() as u64),
            reader: Box::new(std::io::Cursor::new(bytes)),
        }
    };
    let loaded = Opening::new(paths.iter().map(file).collect()).read_all();
    join(&loaded.into_iter().flat_map(|l| l.sources).collect::<Vec<_>>())
}

const PY: &str = "fixtures/coverage-py-json/coverage.py-7.17.4-";

#[test]
fn three_formats_of_one_session_say_the_same_and_are_counted_once() {
    let found = runs(&[
        &format!("{PY}branch.json"),
        "fixtures/cobertura/coverage.py-7.17.4-branch.xml",
        "fixtures/lcov/coverage.py-7.17.4-branch.info",
    ]);
    let mut merged = RunBuilder::new();
    found.iter().for_each(|joined| merged.take_measures(&joined.run));
    let run = merged.finish();
    let figures = coverage::figures(&run).unwrap();
    assert_eq!(figures.basis, CoverageBasis::Same);
    assert_eq!((figures.lines_covered, figures.lines_total), (Some(18), Some(27)));
    assert_eq!((figures.branches_covered, figures.branches_total), (Some(7), Some(16)));
    assert_eq!(figures.files, 3);
    // 25 of 43, which is what the terminal says: 58 %.
    assert!((figures.lines_and_branches.unwrap() - 25.0 / 43.0).abs() < 1e-12);
}

#[test]
fn shards_are_the_union_of_their_lines() {
    let (a, b) = (format!("{PY}shard-1.json"), format!("{PY}shard-2.json"));
    let found = runs(&[&a, &b]);
    assert_eq!(found.len(), 1, "their paths say that they are shards");
    let figures = coverage::figures(&found[0].run).unwrap();
    assert_eq!(figures.basis, CoverageBasis::Union);
    // Together they ran what the run without shards ran.
    assert_eq!((figures.lines_covered, figures.lines_total), (Some(18), Some(27)));
    assert_eq!(figures.reports.iter().map(|r| r.lines.unwrap().covered).collect::<Vec<_>>(), [15, 11]);
}

#[test]
fn what_only_counts_stands_apart_unless_it_counts_the_same() {
    let c8 = "fixtures/istanbul-json/c8-12.0.0-";
    let nyc = "fixtures/istanbul-json/nyc-18.0.0-";
    let merged = |paths: &[String]| {
        let mut merged = RunBuilder::new();
        runs(&paths.iter().map(String::as_str).collect::<Vec<_>>())
            .iter()
            .for_each(|joined| merged.take_measures(&joined.run));
        coverage::figures(&merged.finish()).unwrap()
    };
    let same = merged(&[format!("{nyc}final.json"), format!("{nyc}summary.json")]);
    assert_eq!((same.basis, same.lines_covered), (CoverageBasis::Same, Some(8)));
    let apart = merged(&[format!("{c8}summary.json"), format!("{nyc}final.json")]);
    assert_eq!((apart.basis, apart.lines), (CoverageBasis::Apart, None));
    assert_eq!(apart.reports.len(), 2);
}

#[test]
fn the_table_lists_what_is_missed_most_first_and_what_was_lost() {
    let (a, b) = (format!("{PY}lines.json"), format!("{PY}shard-2.json"));
    let (whole, part) = (runs(&[&a]), runs(&[&b]));
    let asked = CoverageRequest { limit: 100, ..CoverageRequest::default() };
    let view = coverage::view(&part[0].run, Some(&whole[0].run), &asked);
    assert_eq!(view.folder, "shop/");
    let row = &view.rows[0];
    assert_eq!((row.path.as_str(), row.lines.unwrap().missed()), ("cart.py", 9));
    assert_eq!(row.missed, [(14, 16), (20, 25)]);
    assert_eq!(view.lost, 1);
    let folders = CoverageRequest { by: CoverageBy::Folder, sort: CoverageSort::Path, ..asked.clone() };
    let view = coverage::view(&part[0].run, None, &folders);
    assert_eq!(view.rows.iter().map(|r| (r.path.as_str(), r.files)).collect::<Vec<_>>(), [("./", 3)]);
    let none = CoverageRequest { query: "CART".to_owned(), ..asked };
    assert_eq!(coverage::view(&part[0].run, None, &none).found, 1);
}

/// A run with benchmarks: a name and the rounds of each.
fn measured(at: i64, rows: &[(&str, f64, f64)]) -> Arc<Run> {
    let mut builder = RunBuilder::new();
    builder.meta.session.start_us = Some(1_700_000_000_000_000 + at * 86_400_000_000);
    builder.meta.id = at.to_string();
    let mut report = Benchmarks::default();
    for &(name, min, median) in rows {
        let (name, unit, none) = (builder.intern(name), builder.intern("s"), builder.intern(""));
        let stats = Stats {
            min: Some(min),
            median: Some(median),
            q1: Some(min * 1.01),
            q3: Some(median * 1.02),
            ..Stats::default()
        };
        report.rows.push(Benchmark {
            name,
            group: none,
            params: none,
            unit,
            stats,
            rounds: Some(1_000),
            iterations: None,
        });
    }
    builder.benchmarks.push(report);
    Arc::new(builder.finish())
}

#[test]
fn a_real_gain_is_told_and_the_rest_is_noise() {
    let dir = root().join("../shared/artifacts/pytest-benchmark");
    if !dir.is_dir() {
        return println!("skipped: {} is not here", dir.display());
    }
    let shared = "../shared/artifacts/pytest-benchmark/";
    let (before, after) = (format!("{shared}before.json.gz"), format!("{shared}after.json.gz"));
    let (before, after) = (runs(&[&before]), runs(&[&after]));
    let told = compare(&[before[0].run.as_ref()], &after[0].run).unwrap();
    let oracle: serde_json::Value = serde_json::from_slice(&std::fs::read(dir.join("oracle.json")).unwrap()).unwrap();
    assert_eq!(told.changes.len(), 14);
    for change in &told.changes {
        let name = change.name.rsplit("::").next().unwrap();
        let wanted = oracle["benchmark"]["ratio_of_minima after/before"][name].as_f64().unwrap();
        assert!((change.ratio - wanted).abs() < 1e-4, "{name} {} {wanted}", change.ratio);
        assert_ne!(change.verdict, BenchmarkVerdict::Slower, "{name}");
    }
    let faster: Vec<&str> = (told.changes.iter().filter(|c| c.verdict == BenchmarkVerdict::Faster))
        .map(|c| c.name.rsplit("::").next().unwrap())
        .collect();
    assert_eq!(faster, ["test_frequencies", "test_merge_with", "test_unique"]);
}

#[test]
fn the_differences_of_unchanged_code_on_a_shared_machine_are_no_change() {
    // Minima and medians as the same code had them in two runs on such a machine, at their worst.
    let names = ["a", "b", "c", "d", "e", "f"];
    let before: Vec<_> = names.iter().map(|n| (*n, 1e-5, 1.2e-5)).collect();
    let factors = [(0.70, 0.56), (1.03, 1.04), (0.9, 1.5), (0.985, 0.57), (1.09, 1.5), (1.0, 1.0)];
    let after: Vec<_> = names.iter().zip(factors).map(|(n, (min, med))| (*n, 1e-5 * min, 1.2e-5 * med)).collect();
    let told = compare(&[measured(0, &before).as_ref()], &measured(1, &after)).unwrap();
    assert!(told.changes.iter().all(|c| c.verdict == BenchmarkVerdict::WithinNoise), "{:?}", told.changes);
    // Nor is another machine, which makes all of them slower.
    let slow: Vec<_> = before.iter().map(|(n, min, med)| (*n, min * 2.5, med * 2.5)).collect();
    let told = compare(&[measured(0, &before).as_ref()], &measured(1, &slow)).unwrap();
    assert!(told.changes.iter().all(|c| c.verdict == BenchmarkVerdict::WithinNoise), "{:?}", told.changes);
    assert!((told.usual_factor.unwrap() - 2.5).abs() < 1e-6);
}

#[test]
fn runs_before_tell_how_small_a_change_is_seen() {
    let wobble = |at: i64| 1.0 + f64::from((at * 7 % 5) as i32 - 2) * 0.004;
    let base: Vec<Arc<Run>> = (0..8).map(|at| measured(at, &[("a", 1e-5 * wobble(at), 1.1e-5 * wobble(at))])).collect();
    let base: Vec<&Run> = base.iter().map(AsRef::as_ref).collect();
    let head = measured(9, &[("a", 1.15e-5, 1.27e-5)]);
    let told = compare(&base, &head).unwrap();
    let change = &told.changes[0];
    assert_eq!((change.noise_runs, change.verdict), (8, BenchmarkVerdict::Slower));
    assert!(change.noise < 1.1);
    // One run before does not.
    let told = compare(base.get(7..).unwrap(), &head).unwrap();
    assert_eq!((told.changes[0].noise, told.changes[0].verdict), (ASSUMED_NOISE, BenchmarkVerdict::WithinNoise));
}

#[test]
fn a_step_is_found_in_spite_of_the_machine() {
    // Every third run is on a machine that is slower by half; from run 13 on one benchmark is slower by a quarter.
    let runs: Vec<Arc<Run>> = (0..24)
        .map(|at| {
            let machine = if at % 3 == 0 { 1.5 } else { 1.0 };
            let wobble = 1.0 + f64::from((at * 11 % 7) as i32 - 3) * 0.005;
            let row = |name, base: f64| (name, base * machine * wobble, base * machine * wobble * 1.1);
            let changed = if at >= 12 { 1.25 } else { 1.0 };
            measured(
                at,
                &[
                    row("a", 1e-6),
                    row("b", 2e-6),
                    row("c", 3e-6),
                    row("d", 4e-6),
                    row("e", 5e-6),
                    row("f", 1e-6 * changed),
                ],
            )
        })
        .collect();
    // The order in which they are given says nothing.
    let all: Vec<&Run> = runs.iter().rev().map(AsRef::as_ref).collect();
    let report = history(&all).report();
    let told: Vec<_> = report.slower.iter().map(|s| (s.name.as_str(), s.from_run)).collect();
    assert_eq!(told, [("f", 13)], "{report:?}");
    assert!((report.slower[0].ratio - 1.25).abs() < 0.03);
    assert!(report.faster.is_empty());
    assert!(report.runs[0].common_factor > 1.3 && report.runs[1].common_factor < 1.1);
}

#[test]
fn criterion_is_one_run_with_a_name_from_its_files_or_its_folder() {
    let read = |part: &str| {
        std::fs::read(root().join(format!("fixtures/criterion-json/criterion-0.7.0-{part}.json"))).unwrap()
    };
    let open = |with_name: bool| {
        let mut files = Vec::new();
        for (folder, parts) in [
            ("target/criterion/total/fold/16/new", &["estimates", "sample", "benchmark"][..]),
            ("target/criterion/total/fold/16/base", &["estimates", "sample", "benchmark"]),
            ("target/criterion/plain/new", &["sample"]),
        ] {
            for part in parts.iter().filter(|part| with_name || **part != "benchmark") {
                let bytes = read(part);
                let reader = Box::new(std::io::Cursor::new(bytes));
                files.push(OpenFile { path: format!("{folder}/{part}.json"), size: None, reader });
            }
        }
        let loaded = Opening::new(files).read_all();
        join(&loaded.into_iter().flat_map(|l| l.sources).collect::<Vec<_>>())
    };
    for with_name in [true, false] {
        let found = open(with_name);
        let names: Vec<Vec<String>> = (found.iter())
            .map(|j| lanescope_measures::benchmarks::rows(&j.run).into_iter().map(|row| row.name).collect())
            .collect();
        assert!(names.iter().any(|names| names == &["total/fold/16", "plain"]), "{names:?}");
        let row = &lanescope_measures::benchmarks::rows(&found[0].run)[0];
        assert!(row.stats.min.is_some() && row.stats.mean.is_some() && row.stats.rounds == Some(10));
    }
}

/// A run with one report of one file with these lines.
fn covered(lines: &[(u32, bool)], counts_only: bool) -> Run {
    let mut builder = RunBuilder::new();
    let path = builder.intern("src/a.py");
    let mut marks: Vec<u32> = lines.iter().map(|&(line, hit)| line << 1 | u32::from(hit)).collect();
    marks.sort_unstable();
    marks.dedup_by_key(|mark| *mark >> 1);
    let hit = marks.iter().filter(|mark| **mark & 1 == 1).count() as u32;
    let lines = Some(lanescope_model::Covered { covered: hit, total: marks.len() as u32 });
    let files = vec![CoveredFile { path, package: path, lines, branches: None, first_mark: 0 }];
    let marks = if counts_only { Vec::new() } else { marks };
    builder.coverage.push(Coverage { files, marks, ..Coverage::default() });
    builder.finish()
}

fn both(a: &Run, b: &Run) -> Run {
    let mut builder = RunBuilder::new();
    builder.take_measures(a);
    builder.take_measures(b);
    builder.finish()
}

/// A run with the coverage of these reports of lcov: each with its files, of which so many of so many lines are reached.
fn lcov(reports: &[&[(&str, u32, u32)]]) -> Run {
    let mut run = RunBuilder::new();
    for report in reports {
        let mut text = String::new();
        for (path, hit, all) in *report {
            text.push_str(&format!("SF:{path}\n"));
            (1..=*all).for_each(|line| text.push_str(&format!("DA:{line},{}\n", u32::from(line <= *hit))));
            text.push_str(&format!("LF:{all}\nLH:{hit}\nend_of_record\n"));
        }
        let reader = Box::new(std::io::Cursor::new(text.into_bytes()));
        let loaded = Opening::new(vec![OpenFile { path: "lcov.info".to_owned(), size: None, reader }]).read_all();
        loaded.iter().flat_map(|l| &l.sources).for_each(|source| run.take_measures(&source.run));
    }
    run.finish()
}

#[test]
fn files_of_one_report_are_never_one_file() {
    let report: &[(&str, u32, u32)] = &[("index.js", 2, 2), ("lib/index.js", 0, 4)];
    let found = coverage::coverage(&lcov(&[report, report])).unwrap();
    assert_eq!(found.files.len(), 2);
    assert_eq!(found.lines.map(|l| (l.covered, l.total)), Some((2, 6)));
    let found = coverage::coverage(&lcov(&[&[("/w/lib/index.js", 0, 4), ("/w/index.js", 2, 2)], report])).unwrap();
    assert_eq!(found.files.iter().map(|f| f.lines.unwrap().total).collect::<Vec<_>>(), [4, 2]);
}

#[test]
fn a_new_file_has_no_figure_of_before() {
    let (base, head) = (lcov(&[&[("util.py", 2, 2)]]), lcov(&[&[("new/util.py", 0, 2), ("util.py", 2, 2)]]));
    assert_eq!(coverage::compare(&base, &head).unwrap().lost, []);
    // A report from another folder is the same file.
    let moved = lcov(&[&[("/work/util.py", 1, 2)]]);
    assert_eq!(coverage::compare(&base, &moved).unwrap().lost.len(), 1);
}

#[test]
fn a_shard_that_reached_no_file_leaves_the_others_known() {
    let mut run = lcov(&[&[("a.py", 1, 2)], &[("b.py", 1, 4)]]);
    let lines = Some(lanescope_model::Covered::default());
    run.tables_mut().coverage.push(Coverage { lines, ..Coverage::default() });
    let figures = coverage::figures(&run).unwrap();
    assert_eq!((figures.basis, figures.lines_covered, figures.lines_total), (CoverageBasis::Union, Some(2), Some(6)));
}

proptest! {
    /// The union reaches what each of two reports reached, no less and not their sum, whichever comes first.
    #[test]
    fn a_union_is_no_sum(
        a in prop::collection::vec((1_u32..60, any::<bool>()), 1..60),
        b in prop::collection::vec((1_u32..60, any::<bool>()), 1..60),
    ) {
        let (a, b) = (covered(&a, false), covered(&b, false));
        let of = |run: &Run| coverage::coverage(run).unwrap().lines.unwrap();
        let (x, y) = (of(&a), of(&b));
        let union = of(&both(&a, &b));
        prop_assert_eq!(union, of(&both(&b, &a)));
        prop_assert!(union.covered >= x.covered.max(y.covered) && union.covered <= x.covered + y.covered);
        prop_assert!(union.total >= x.total.max(y.total) && union.total <= x.total + y.total);
        prop_assert_eq!(of(&both(&a, &a)), x);
        // Stretches of missed lines hold every missed line and no other.
        let file = &coverage::coverage(&a).unwrap().files[0];
        for mark in &file.marks {
            let inside = file.missed().iter().any(|&(from, to)| (from..=to).contains(&(mark >> 1)));
            prop_assert_eq!(inside, mark & 1 == 0);
        }
    }

    /// Any two runs compare without a panic; turned around, slower is faster.
    #[test]
    fn a_comparison_turns_around(rows in prop::collection::vec((1e-9_f64..1.0, 1.0_f64..3.0, 0.1_f64..10.0), 1..12)) {
        let names: Vec<String> = (0..rows.len()).map(|i| format!("b{i}")).collect();
        let before: Vec<_> = names.iter().zip(&rows).map(|(n, r)| (n.as_str(), r.0, r.0 * r.1)).collect();
        let after: Vec<_> = names.iter().zip(&rows).map(|(n, r)| (n.as_str(), r.0 * r.2, r.0 * r.1 * r.2)).collect();
        let (before, after) = (measured(0, &before), measured(1, &after));
        let there = compare(&[before.as_ref()], &after).unwrap();
        let back = compare(&[after.as_ref()], &before).unwrap();
        let count = |c: &lanescope_protocol::BenchmarkComparison, v| c.changes.iter().filter(|c| c.verdict == v).count();
        // What stands on the edge of noise may fall to either side by the last digit.
        let usual = there.usual_factor.unwrap_or(1.0);
        let edge = |end: f64| (end - 1.0).abs() < 1e-4 || (end / usual - 1.0).abs() < 1e-4;
        prop_assume!(there.changes.iter().all(|c| !edge(c.low) && !edge(c.high)));
        prop_assert_eq!(count(&there, BenchmarkVerdict::Slower), count(&back, BenchmarkVerdict::Faster));
        prop_assert_eq!(count(&there, BenchmarkVerdict::Faster), count(&back, BenchmarkVerdict::Slower));
        for change in &there.changes {
            prop_assert!(change.low <= change.ratio && change.ratio <= change.high);
        }
    }
}

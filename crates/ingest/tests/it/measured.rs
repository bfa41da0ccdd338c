//! Formats of coverage and benchmarks: what counts, and what does not.

use lanescope_model::{Covered, Run};

use crate::shared::open_bytes;

/// The run of one file, and what is said about it.
fn read(path: &str, text: &str) -> (Run, String) {
    let loaded = open_bytes(path, text.as_bytes().to_vec());
    let said = loaded.iter().map(crate::shared::issues).collect();
    (loaded[0].sources[0].run.as_ref().clone(), said)
}

fn of(covered: u32, total: u32) -> Option<Covered> {
    Some(Covered { covered, total })
}

/// Names of benchmarks, and how many rounds each has.
fn rows(run: &Run) -> Vec<(&str, Option<u64>)> {
    run.benchmarks.iter().flat_map(|b| &b.rows).map(|row| (run.strings.get(row.name), row.rounds)).collect()
}

#[test]
fn a_tracefile_that_is_cut_off_states_no_sum() {
    let whole = "SF:a.js\nDA:1,1\nLF:1\nLH:1\nend_of_record\nSF:b.js\nDA:1,0\nDA:2,0\nLF:2\nLH:0\nend_of_record\n";
    assert_eq!(read("lcov.info", whole).0.coverage[0].lines, of(1, 3));
    let cut = &read("lcov.info", whole.split("LF:2").next().unwrap()).0.coverage[0];
    assert_eq!((cut.lines, cut.files[1].lines), (None, of(0, 2)));
}

#[test]
fn clover_counts_lines_of_the_program_only() {
    let text = r#"<coverage generated="1795690000000" clover="4.5.2">
<project><metrics statements="3" coveredstatements="2" conditionals="0" coveredconditionals="0"/>
<file path="/w/Cart.java" name="Cart.java"><line num="7" type="stmt" count="2"/><line num="7" type="stmt" count="1"/>
<line num="8" type="stmt" count="0"/></file></project>
<testproject><metrics statements="5" coveredstatements="5"/>
<file path="/w/CartTest.java" name="CartTest.java"><line num="1" type="stmt" count="1"/></file></testproject></coverage>"#;
    let report = &read("clover.xml", text).0.coverage[0];
    // Two statements of one line are one line.
    assert_eq!((report.files.len(), report.files[0].lines, report.lines), (1, of(1, 2), None));
}

#[test]
fn the_number_of_processors_is_what_all_benchmarks_of_a_package_end_with() {
    let read = |names: &[&str]| {
        let lines: String = names.iter().map(|name| format!("{name}\t1000\t12.5 ns/op\n")).collect();
        read("bench.log", &format!("goos: linux\ngoarch: amd64\npkg: shop\n{lines}PASS\nok  \tshop\t1.0s\n")).0
    };
    assert_eq!(
        rows(&read(&["BenchmarkA/size-16-8", "BenchmarkB-8", "BenchmarkB-8"])),
        [("shop.BenchmarkA/size-16", Some(1)), ("shop.BenchmarkB", Some(2))]
    );
    assert_eq!(
        rows(&read(&["BenchmarkA/size-16", "BenchmarkA/size-1024"])),
        [("shop.BenchmarkA/size-16", Some(1)), ("shop.BenchmarkA/size-1024", Some(1))]
    );
    assert_eq!(rows(&read(&["BenchmarkA", "BenchmarkA-2", "BenchmarkA-4"])).len(), 3);
}

#[test]
fn a_benchmark_that_failed_took_no_time() {
    let text = r#"{"context": {"date": "2026-11-26T05:00:00+00:00", "library_build_type": "release"}, "benchmarks": [
{"name": "BM_a/8", "run_name": "BM_a/8", "run_type": "iteration", "iterations": 10, "real_time": 5.0, "cpu_time": 5.0, "time_unit": "ns"},
{"name": "BM_a_BigO", "run_name": "BM_a", "run_type": "aggregate", "aggregate_name": "BigO", "cpu_coefficient": 1.0, "real_coefficient": 1.0, "big_o": "N", "time_unit": "ns"},
{"name": "BM_a_RMS", "run_name": "BM_a", "run_type": "aggregate", "aggregate_name": "RMS", "rms": 0.1},
{"name": "BM_b", "run_name": "BM_b", "run_type": "iteration", "error_occurred": true, "error_message": "no", "iterations": 0, "real_time": 0.0, "cpu_time": 0.0, "time_unit": "ns"},
{"name": "BM_c", "run_name": "BM_c", "run_type": "iteration", "skipped": true, "skip_message": "no", "iterations": 0, "real_time": 0.0, "cpu_time": 0.0, "time_unit": "ns"}]}"#;
    let (run, said) = read("bench.json", text);
    assert_eq!(rows(&run), [("BM_a/8", Some(1))]);
    assert!(said.contains("2 results of benchmarks that failed or were skipped are left out"), "{said}");
}

#[test]
fn a_command_with_parameters_under_one_name_is_several() {
    let row = |name: &str, n: u32| {
        format!(
            r#"{{"command": "{name}", "mean": {n}, "stddev": 0.0, "times": [{n}.0, {n}.0], "parameters": {{"n": "{n}"}}}}"#
        )
    };
    let read = |rows: [String; 2]| read("times.json", &format!(r#"{{"results": [{}]}}"#, rows.join(","))).0;
    assert_eq!(rows(&read([row("sort", 1), row("sort", 2)])), [("sort (n=1)", Some(2)), ("sort (n=2)", Some(2))]);
    assert_eq!(rows(&read([row("sort 1", 1), row("sort 2", 2)])), [("sort 1", Some(2)), ("sort 2", Some(2))]);
}

#[test]
fn branches_of_a_line_are_counted_once_without_a_mark_for_each() {
    // The class and its inner class tell one line; a line with more branches than can be says something else.
    let line = |n: u32, ways: &str| {
        format!(r#"<line number="{n}" hits="1" branch="true" condition-coverage="50% ({ways})"/>"#)
    };
    let lines = |a: &str, b: &str| format!("<lines>{}{}</lines>", line(1, a), line(2, b));
    let text = format!(
        r#"<coverage line-rate="1" branch-rate="1" version="1" timestamp="1795690000"><packages><package name="p"><classes>
<class name="A" filename="a.py">{}</class><class name="A$B" filename="a.py">{}</class></classes></package></packages></coverage>"#,
        lines("1/2", "0/1000"),
        lines("2/4", "7/1001"),
    );
    let report = &read("coverage.xml", &text).0.coverage[0];
    assert_eq!((report.files[0].lines, report.files[0].branches), (of(2, 2), of(2, 1004)));
}

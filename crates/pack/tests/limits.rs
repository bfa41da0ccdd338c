//! What a small pack may unpack to: links come from strangers.
#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use lanescope_model::{AttemptRow, Benchmark, Benchmarks, Coverage, CoveredFile, Job, Outcome, Run, RunBuilder, Stats};
use lanescope_pack::{PackError, PackOptions, pack, unpack_noted};

/// The limit of these tests, bytes.
const MOST: usize = 4 << 20;

/// How it goes to unpack these runs, whose packs are all small.
fn unpacked(runs: &[Run]) -> Option<PackError> {
    let bytes = pack(&runs.iter().collect::<Vec<_>>(), &PackOptions::default());
    assert!(bytes.len() < 100_000, "{} bytes", bytes.len());
    assert!(unpack_noted(&bytes, 1 << 29).is_ok());
    unpack_noted(&bytes, MOST).err()
}

/// As many equal runs.
fn runs(count: usize, made: &dyn Fn(&mut RunBuilder)) -> Vec<Run> {
    let run = || {
        let mut run = RunBuilder::new();
        made(&mut run);
        run.finish()
    };
    (0..count).map(|_| run()).collect()
}

fn long() -> String {
    "x".repeat(1 << 20)
}

#[test]
fn attempts_take_room_before_they_are_read() {
    let attempts = |count| {
        runs(1, &|run| {
            for i in 0..count {
                let test = run.test(None, &format!("t{}", i % 1_000), 0);
                run.attempt(AttemptRow::new(test));
            }
        })
    };
    assert_eq!(unpacked(&attempts(1_000)), None);
    assert_eq!(unpacked(&attempts(60_000)), Some(PackError::TooLarge));
}

#[test]
fn reports_of_measures_take_room_for_their_names() {
    let coverage = |count| {
        runs(1, &|run| {
            run.coverage = vec![Coverage { source: long(), ..Coverage::default() }; count];
        })
    };
    assert_eq!(unpacked(&coverage(2)), None);
    assert_eq!(unpacked(&coverage(5)), Some(PackError::TooLarge));
    let benchmarks = |count| {
        runs(1, &|run| {
            run.benchmarks =
                vec![Benchmarks { source: String::new(), format: long(), at_us: None, rows: Vec::new() }; count];
        })
    };
    assert_eq!(unpacked(&benchmarks(2)), None);
    assert_eq!(unpacked(&benchmarks(5)), Some(PackError::TooLarge));
}

#[test]
fn a_name_takes_room_in_each_run_and_once_in_a_run() {
    type Made = &'static dyn Fn(&mut RunBuilder);
    let named: [(&str, Made); 8] = [
        ("group", &|run| {
            run.group(&long());
        }),
        ("worker", &|run| {
            run.worker(&long());
        }),
        ("job", &|run| {
            let name = run.intern(&long());
            let (outcome, steps) = (Outcome::Passed, Vec::new());
            let job = Job { name, group: None, queued_us: None, start_us: None, stop_us: None, outcome, steps };
            run.jobs = vec![job; 9];
        }),
        ("file", &|run| {
            for id in ["a", "b", "c", "d", "e"] {
                let test = run.test(None, id, 0);
                run.test_place(test, &long(), None);
            }
        }),
        ("markers", &|run| {
            for id in ["a", "b", "c", "d", "e"] {
                let test = run.test(None, id, 0);
                run.test_markers(test, &long());
            }
        }),
        ("covered file", &|run| {
            let path = run.intern(&long());
            let file = CoveredFile { path, package: path, lines: None, branches: None, first_mark: 0 };
            run.coverage.push(Coverage { files: vec![file; 9], ..Coverage::default() });
        }),
        ("benchmark", &|run| {
            let name = run.intern(&long());
            let row = Benchmark {
                name,
                group: name,
                params: name,
                unit: name,
                stats: Stats::default(),
                rounds: None,
                iterations: None,
            };
            let rows = vec![row; 9];
            run.benchmarks.push(Benchmarks { source: String::new(), format: String::new(), at_us: None, rows });
        }),
        ("label", &|run| run.meta.label = long()),
    ];
    for (what, made) in named {
        assert_eq!(unpacked(&runs(2, made)), None, "{what}");
        assert_eq!(unpacked(&runs(5, made)), Some(PackError::TooLarge), "{what}");
    }
}

#[test]
fn empty_runs_take_room() {
    assert_eq!(unpacked(&runs(100, &|_| {})), None);
    assert_eq!(unpacked(&runs(3_000, &|_| {})), Some(PackError::TooLarge));
}

#[test]
fn numbers_take_room() {
    let marks = |count| {
        runs(1, &|run| {
            let path = run.intern("a");
            let file = CoveredFile { path, package: path, lines: None, branches: None, first_mark: 0 };
            let marks = (0..count).collect();
            run.coverage.push(Coverage { files: vec![file], marks, ..Coverage::default() });
        })
    };
    assert_eq!(unpacked(&marks(1_000_000)), None);
    assert_eq!(unpacked(&marks(2_000_000)), Some(PackError::TooLarge));
}

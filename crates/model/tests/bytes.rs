//! A run as bytes and back.
#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use lanescope_model::bytes::{Foreign, Sink, Source};
use lanescope_model::{
    AttemptId, AttemptRow, Benchmark, Benchmarks, Coverage, Covered, CoveredFile, Gate, Job, Outcome, Run, RunBuilder,
    Stats, Step, TestId, TextKind,
};
use proptest::prelude::*;

fn encoded(run: &Run) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut out = |part: &[u8]| bytes.extend_from_slice(part);
    let mut sink = Sink::new(&mut out);
    run.encode(&mut sink);
    sink.flush();
    bytes
}

fn decoded(bytes: &[u8]) -> Result<Run, Foreign> {
    let mut rest = bytes;
    let mut from = |to: &mut [u8]| {
        let (now, later) = rest.split_at(to.len());
        to.copy_from_slice(now);
        rest = later;
    };
    Run::decode(&mut Source::new(bytes.len(), &mut from))
}

/// A test's number, and the number and start of each attempt.
type Row = (u8, Vec<(u8, Option<i64>)>);

/// A run out of numbers: tests with attempts, texts, groups, places and jobs.
fn run(tests: &[Row], text: &str) -> Run {
    let mut builder = RunBuilder::new();
    builder.meta.label = text.to_owned();
    builder.meta.commit = Some("abc".to_owned());
    builder.meta.declared_workers = Some(7);
    builder.meta.session.length_us = Some(i64::MAX);
    for (i, (kind, attempts)) in tests.iter().enumerate() {
        let group = (kind % 3 == 0).then(|| builder.group(&format!("group {}", kind % 5)));
        let test = builder.test(group, &format!("tests/größe_{kind}.py::test_{i}"), 6);
        builder.test_place(test, &format!("tests/{kind}.py"), Some(u32::from(*kind)));
        for &(code, start_us) in attempts {
            let worker = (code % 2 == 0).then(|| builder.worker(&format!("gw{}", code % 4)));
            let outcome = Outcome::from_code(code % 7);
            let row = AttemptRow { worker, start_us, total_us: start_us, outcome, ..AttemptRow::new(test) };
            let attempt = builder.attempt(row);
            if code % 3 == 0 {
                builder.set_text(attempt, TextKind::Trace, text);
                builder.add_text(attempt, TextKind::Trace, "→ more");
            }
        }
    }
    let name = builder.intern("job");
    let step = Step { name, start_us: None, stop_us: Some(-1), outcome: Outcome::Passed };
    let times = (Some(1), None, Some(3));
    let (queued_us, start_us, stop_us) = times;
    builder.jobs.push(Job {
        name,
        group: None,
        queued_us,
        start_us,
        stop_us,
        outcome: Outcome::Error,
        steps: vec![step],
    });
    measures(&mut builder, tests);
    builder.finish()
}

/// A report of coverage and one of benchmarks, out of the same numbers.
fn measures(builder: &mut RunBuilder, tests: &[Row]) {
    let mut coverage = Coverage {
        source: "cov.xml".to_owned(),
        at_us: Some(7),
        gate: Some(Gate { least: 8000, found: None }),
        ..Coverage::default()
    };
    let mut benchmarks = Benchmarks { format: "pytest-benchmark".to_owned(), ..Benchmarks::default() };
    for (kind, attempts) in tests {
        let path = builder.intern(&format!("src/{kind}.py"));
        let first_mark = coverage.marks.len() as u32;
        coverage.marks.extend(attempts.iter().zip(1..).map(|((code, _), line)| line << 1 | u32::from(code & 1)));
        let total = attempts.len() as u32;
        let lines = (total > 0).then_some(Covered { covered: total / 2, total });
        coverage.files.push(CoveredFile { path, package: path, lines, branches: None, first_mark });
        let stats =
            Stats { min: Some(f64::from(*kind) * 1e-9), median: lines.map(|l| f64::from(l.total)), ..Stats::default() };
        let rounds = attempts.first().map(|(code, _)| u64::from(*code));
        benchmarks.rows.push(Benchmark {
            name: path,
            group: path,
            params: path,
            unit: path,
            stats,
            rounds,
            iterations: None,
        });
    }
    builder.coverage.push(coverage);
    builder.benchmarks.push(benchmarks);
}

/// Everything that can be asked of a run by row.
fn walk(run: &Run) -> Vec<String> {
    let mut said = Vec::new();
    for test in run.tests.ids() {
        let (name, suite, group) =
            (run.test_name(test), run.suite(test), run.tests.group(test).map(|g| run.group_name(g)));
        let place = (run.tests.file(test).map(|f| run.strings.get(f)), run.tests.line(test));
        said.push(format!(
            "{name} {suite} {group:?} {place:?} {:?} {}",
            run.tests.outcome(test),
            run.tests.is_flaky(test)
        ));
        for attempt in run.tests.attempts(test) {
            let a = &run.attempts;
            let times = (a.start_us(attempt), a.stop_us(attempt), a.total_us(attempt), a.call_us(attempt));
            let worker = a.worker(attempt).map(|w| run.worker_name(w));
            said.push(format!("{times:?} {worker:?} {:?} {}", a.outcome(attempt), run.text(attempt, TextKind::Trace)));
        }
    }
    said.push(format!("{:?} {:?} {:?}", run.window_us(), run.counts(), run.jobs_window_us()));
    said
}

fn tests() -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec(
        (any::<u8>(), prop::collection::vec((any::<u8>(), prop::option::of(0..1_i64 << 50)), 0..4)),
        0..60,
    )
}

proptest! {
    #[test]
    fn a_run_comes_back_as_it_was(tests in tests(), text in "\\PC{0,9000}") {
        let run = run(&tests, &text);
        let bytes = encoded(&run);
        let back = decoded(&bytes).unwrap();
        prop_assert_eq!(walk(&back), walk(&run));
        prop_assert_eq!((&back.meta, &back.jobs), (&run.meta, &run.jobs));
        prop_assert_eq!((&back.coverage, &back.benchmarks), (&run.coverage, &run.benchmarks));
        prop_assert!(encoded(&back) == bytes);
    }

    #[test]
    fn bytes_that_end_early_are_refused(tests in tests(), cut in any::<prop::sample::Index>()) {
        let bytes = encoded(&run(&tests, "text"));
        prop_assert!(decoded(&bytes[..cut.index(bytes.len())]).is_err());
    }

    #[test]
    fn other_bytes_are_refused_or_are_a_run(tests in tests(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = encoded(&run(&tests, "größer"));
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(run) = decoded(&bytes) {
            walk(&run);
        }
    }
}

#[test]
fn an_empty_run_and_a_run_that_was_never_built_come_back() {
    for run in [Run::default(), RunBuilder::new().finish()] {
        let back = decoded(&encoded(&run)).unwrap();
        assert_eq!((back.tests.len(), back.attempts.len()), (0, 0));
    }
}

#[test]
fn a_length_that_cannot_be_takes_no_memory() {
    let mut bytes = encoded(&run(&[(0, vec![(0, Some(1))])], "x"));
    // The length of the run's id, behind the four bytes that say what this is.
    bytes[4..12].copy_from_slice(&(u64::MAX / 16).to_le_bytes());
    assert!(decoded(&bytes).is_err());
}

#[test]
fn long_columns_and_texts_go_out_uncopied_and_short_values_are_gathered() {
    let text = "x".repeat(1 << 20);
    let run = run(&[(0, vec![(0, Some(1))])], &text);
    assert!(run.text(AttemptId(0), TextKind::Trace).len() > text.len() && run.test_id(TestId(0)).len() < 40);
    let mut parts = Vec::new();
    let mut out = |part: &[u8]| parts.push(part.len());
    let mut sink = Sink::new(&mut out);
    run.encode(&mut sink);
    sink.flush();
    // The label and the texts, with what is short before, between and behind.
    assert_eq!(parts.len(), 5, "{parts:?}");
}

//! A million attempts fit in a hundred bytes each beside their text.
#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use lanescope_model::{AttemptRow, Outcome, RunBuilder};

#[test]
fn a_million_attempts_take_at_most_a_hundred_bytes_each_beside_their_text() {
    const N: usize = 1_000_000;
    let mut builder = RunBuilder::new();
    let workers: Vec<_> = (0..64).map(|w| builder.worker(&format!("gw{w}"))).collect();
    for i in 0..N {
        let id = format!("tests/pkg_{}/test_{}.py::test_case_{i}", i % 97, i % 3001);
        let name_at = id.rfind("::").unwrap() + 2;
        let test = builder.test(None, &id, name_at);
        builder.test_place(test, &id[..name_at - 2], Some(1));
        builder.attempt(AttemptRow {
            worker: workers.get(i % 64).copied(),
            start_us: Some(1_700_000_000_000_000 + i as i64),
            stop_us: Some(1_700_000_000_000_900 + i as i64),
            total_us: Some(900),
            setup_us: Some(100),
            teardown_us: Some(100),
            outcome: Outcome::Passed,
            ..AttemptRow::new(test)
        });
    }
    let run = builder.finish();
    assert_eq!(run.attempts.len(), N);
    let beside_text =
        run.tests.heap_bytes() + run.attempts.heap_bytes() + run.strings.heap_bytes().1 + run.texts.heap_bytes().1;
    let each = beside_text as f64 / N as f64;
    assert!(each <= 100.0, "{each:.1} bytes an attempt");
}

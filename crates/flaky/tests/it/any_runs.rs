//! Whatever runs there are: no panic, and figures that fit together.

use std::sync::Arc;

use lanescope_flaky::{Flaky, compare};
use lanescope_model::{AttemptRow, Outcome, Run, RunBuilder, TextKind};
use lanescope_protocol::{FlakyRequest, HistoryAnswer, HistoryRequest, Quarantine};
use proptest::prelude::*;

type AnyAttempt = (u8, u8, Option<(i64, i64)>, Option<i64>, u8);

fn any_run() -> impl Strategy<Value = Run> {
    let attempt = (
        0_u8..8,
        0_u8..7,
        prop::option::of((prop_oneof![0_i64..1_000_000, any::<i64>()], prop_oneof![0_i64..1_000_000, any::<i64>()])),
        prop::option::of(prop_oneof![0_i64..1_000_000, any::<i64>()]),
        0_u8..5,
    );
    let meta = (prop::option::of(0_u8..4), 0_u8..3, prop::option::of(any::<i64>()), any::<bool>());
    (prop::collection::vec(attempt, 0..20), meta).prop_map(|(attempts, meta)| made(&attempts, meta))
}

fn made(attempts: &[AnyAttempt], (commit, branch, start, grouped): (Option<u8>, u8, Option<i64>, bool)) -> Run {
    let mut builder = RunBuilder::new();
    builder.meta.commit = commit.map(|c| c.to_string());
    builder.meta.branch = (branch > 0).then(|| branch.to_string());
    builder.meta.session.start_us = start;
    builder.meta.environment.push(("os".to_owned(), branch.to_string()));
    for &(test, outcome, span, total_us, worker) in attempts {
        let ids =
            ["a.py::x[1]", "a.py::x[2]", "b::y[0x7f3a5c2b1d90]", "b::y[0x7f3a5c2b1d91]", "", "é\n`|", "c › d", "e"];
        let group = grouped.then(|| builder.group(if test % 2 == 0 { "g" } else { "h" }));
        let id = builder.test(group, ids[usize::from(test)], 0);
        let worker = (worker > 0).then(|| builder.worker(&format!("gw{worker}")));
        let row = AttemptRow {
            worker,
            outcome: Outcome::from_code(outcome),
            start_us: span.map(|s| s.0),
            stop_us: span.map(|s| s.1),
            total_us,
            ..AttemptRow::new(id)
        };
        let attempt = builder.attempt(row);
        builder.add_text(attempt, TextKind::Message, "Timeout >0.5s at 0x7f3a5c2b1d90");
    }
    builder.finish()
}

proptest! {
    #[test]
    fn any_history_is_told(runs in prop::collection::vec(any_run(), 0..12)) {
        let runs: Vec<Arc<Run>> = runs.into_iter().map(Arc::new).collect();
        if let [base, head, ..] = runs.as_slice() {
            let report = compare(base, head);
            prop_assert_eq!(base.tests.len(), report.shared as usize + report.removed.len());
            prop_assert_eq!(head.tests.len(), report.shared as usize + report.added.len());
        }
        let flaky = Flaky::new(runs);
        let overview = flaky.overview();
        prop_assert_eq!(overview.classes.iter().sum::<u32>() as usize, flaky.history().tests());
        let report = flaky.report();
        prop_assert_eq!(report.runs as usize, overview.runs.len());
        for test in flaky.tests() {
            prop_assert!(test.failed_runs <= test.runs && test.counted_failed <= test.counted_runs);
            prop_assert!(test.counted_runs <= test.runs);
            prop_assert!((0.0..=1.0).contains(&test.score), "{}", test.score);
            prop_assert!(test.flip_rate.is_none_or(|r| (0.0..=1.0).contains(&r)));
            prop_assert!(test.suspects.iter().all(|s| (0.0..=1.0).contains(&s.p_value)));
            let detail = flaky.detail(&test.test).unwrap();
            let lists = detail.evidence.iter().flat_map(|l| &l.attempts);
            prop_assert!(lists.clone().all(|&at| (at as usize) < detail.attempts.len()));
        }
        prop_assert!(overview.cost.red_chance.iter().all(|c| (0.0..=1.0).contains(c)));
        let heat = flaky.heat(&FlakyRequest { all: true, limit: 2000, ..FlakyRequest::default() });
        prop_assert_eq!(heat.cells.len(), heat.tests.len() * heat.runs as usize);
        for form in [
            Quarantine::PytestDeselect,
            Quarantine::PytestConftest,
            Quarantine::Surefire,
            Quarantine::Nextest,
            Quarantine::Playwright,
            Quarantine::Json,
            Quarantine::Markdown,
        ] {
            let answer = flaky.answer(&HistoryRequest::Quarantine { form, tests: Vec::new() });
            let told = matches!(answer, HistoryAnswer::Quarantine { .. });
            prop_assert!(told);
        }
        serde_json::to_string(&report).unwrap();
    }
}

//! Rules of others, and the scores of all of them on the same history.

use std::sync::Arc;

use lanescope_flaky::{Flaky, History};
use lanescope_model::{AttemptRow, Outcome, Run, RunBuilder};
use lanescope_protocol::FlakyClass;
use lanescope_samplegen::HistorySample;

/// A sample as runs.
pub fn runs(sample: &HistorySample) -> Vec<Arc<Run>> {
    let run = |(at, run): (usize, &lanescope_samplegen::RunSample)| {
        let mut builder = RunBuilder::new();
        builder.meta.id = format!("run-{at}");
        builder.meta.commit = Some(run.commit.clone());
        builder.meta.branch = Some("main".to_owned());
        builder.meta.session.start_us = Some(run.start_us);
        for (test, seen) in run.seen.iter().enumerate() {
            let id = builder.test(None, &format!("tests/test_{}.py::test_{test}", test / 20), 0);
            for &failed in &seen.failed {
                let outcome = if failed { Outcome::Failed } else { Outcome::Passed };
                builder.attempt(AttemptRow { total_us: Some(seen.us), outcome, ..AttemptRow::new(id) });
            }
        }
        Arc::new(builder.finish())
    };
    sample.runs.iter().enumerate().map(run).collect()
}

/// A rule: the places of the tests that it calls flaky.
pub type Rule = (&'static str, Vec<bool>);

/// What each rule says of a history.
pub fn rules(flaky: &Flaky) -> Vec<Rule> {
    let history = flaky.history();
    let each = |is_flaky: &dyn Fn(usize) -> bool| (0..history.tests()).map(is_flaky).collect::<Vec<bool>>();
    let ours: Vec<&str> = flaky.tests().filter(|t| t.class == FlakyClass::Flaky).map(|t| t.test.as_str()).collect();
    vec![
        ("Lanescope", each(&|t| ours.contains(&history.name(t)))),
        ("flip rate > 0", each(&|t| flip_rate(history, t) > 0.0)),
        ("flip rate > 0.05", each(&|t| flip_rate(history, t) > 0.05)),
        ("flip rate > 0.1", each(&|t| flip_rate(history, t) > 0.1)),
        ("same commit or retry", each(&|t| same_commit(history, t))),
        ("Allure's last five, ever", each(&|t| allure_ever(history, t))),
    ]
}

fn outcomes(history: &History, test: usize) -> Vec<(usize, bool)> {
    history.cells(test).iter().enumerate().filter(|(_, c)| c.ran()).map(|(at, c)| (at, c.failed())).collect()
}

/// Apple's: changes over places for changes, all runs.
fn flip_rate(history: &History, test: usize) -> f64 {
    let seen = outcomes(history, test);
    let flips = seen.windows(2).filter(|w| w[0].1 != w[1].1).count();
    flips as f64 / seen.len().saturating_sub(1).max(1) as f64
}

/// Both ways at one commit, or within one run.
fn same_commit(history: &History, test: usize) -> bool {
    let seen = outcomes(history, test);
    let commit = |at: usize| history.run(at).and_then(|r| r.meta.commit.clone());
    let mixed =
        seen.iter().any(|a| seen.iter().any(|b| a.1 != b.1 && commit(a.0).is_some() && commit(a.0) == commit(b.0)));
    mixed || history.cells(test).iter().any(|c| c.retried())
}

/// Allure 2's `HistoryPlugin`: it failed now, and of the four results before, a pass is newer than a failure. Asked
/// after every run.
fn allure_ever(history: &History, test: usize) -> bool {
    let seen = outcomes(history, test);
    (1..seen.len()).any(|now| {
        if !seen[now].1 {
            return false;
        }
        let before: Vec<bool> = seen[now.saturating_sub(4)..now].iter().rev().map(|s| s.1).collect();
        let passed = before.iter().position(|failed| !failed);
        let failed = before.iter().rposition(|failed| *failed);
        matches!((passed, failed), (Some(p), Some(f)) if p < f)
    })
}

/// Precision, recall and F1.
pub fn scores(called: &[bool], truth: &[bool]) -> (f64, f64, f64) {
    let count = |of: &dyn Fn(bool, bool) -> bool| called.iter().zip(truth).filter(|&(&c, &t)| of(c, t)).count() as f64;
    let (hit, wrong, missed) = (count(&|c, t| c && t), count(&|c, t| c && !t), count(&|c, t| !c && t));
    let precision = if hit + wrong > 0.0 { hit / (hit + wrong) } else { 1.0 };
    let recall = if hit + missed > 0.0 { hit / (hit + missed) } else { 1.0 };
    (precision, recall, if hit > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 })
}

//! What flakiness costs.

use lanescope_analysis::time_us;
use lanescope_model::{Run, us_to_s};
use lanescope_protocol::{FlakyClass, FlakyCost, HistoryRun};

use crate::History;
use crate::stats::mean;
use crate::verdicts::Verdict;

/// Retries of a run, and the time of the workers in them, microseconds.
fn retries(run: &Run) -> (u32, Option<i64>) {
    let (mut n, mut us) = (0, None);
    for test in run.tests.ids() {
        let attempts = run.tests.attempts(test);
        if attempts.len() < 2 {
            continue;
        }
        let mut failed = false;
        for a in attempts {
            if failed {
                n += 1;
                let time = time_us(run, a).unwrap_or(0);
                us = Some(us.unwrap_or(0_i64).saturating_add(time));
            }
            let outcome = run.attempts.outcome(a);
            // Under `--dist each` every worker has an attempt of its own; those are no retries.
            failed = outcome.is_bad() || outcome == lanescope_model::Outcome::Unknown;
        }
    }
    (n, us)
}

/// The cost over a history.
#[must_use]
pub fn cost(history: &History, verdicts: &[Verdict], trend: &[HistoryRun]) -> FlakyCost {
    let mut cost = FlakyCost::default();
    for (run, beside) in history.runs().iter().zip(trend) {
        let (n, us) = retries(run);
        cost.retries += n;
        if let Some(seconds) = us.map(us_to_s) {
            cost.retry_worker_s = Some(cost.retry_worker_s.unwrap_or(0.0) + seconds);
            if let Some(parallelism) = beside.parallelism.filter(|&p| p > 0.0) {
                cost.retry_wall_s = Some(cost.retry_wall_s.unwrap_or(0.0) + seconds / parallelism.max(1.0));
            }
        }
    }
    let flaky = |v: &&Verdict| v.row.class == FlakyClass::Flaky;
    let mut rates: Vec<(f64, f64, &str)> = verdicts
        .iter()
        .filter(flaky)
        .map(|v| {
            let p = mean(v.row.counted_failed, v.row.counted_runs);
            (p, repeats(history, v, p), v.row.test.as_str())
        })
        .collect();
    let red = |retries: usize| {
        let all_fail = |again: f64| (0..retries).fold(1.0, |all, _| all * again);
        let green = rates.iter().fold(1.0, |green, (p, again, _)| green * (1.0 - p * all_fail(*again)));
        1.0 - green
    };
    cost.red_chance = [red(0), red(1), red(2)];
    // The largest rates first: no other list of this length leaves less.
    lanescope_model::order::sort(&mut rates, &|a, b| b.0.total_cmp(&a.0).then(a.2.cmp(b.2)));
    let goal = cost.red_chance[0] / 2.0;
    let mut left = cost.red_chance[0];
    for (at, (_, _, name)) in rates.iter().enumerate() {
        if left <= goal {
            break;
        }
        cost.halve.push((*name).to_owned());
        left = 1.0 - rates.iter().skip(at + 1).fold(1.0, |green, (p, _, _)| green * (1.0 - p));
    }
    cost.halved_to = left;
    cost
}

/// How often a retry fails as well, from the retries there were; where there were few, as often as the test itself.
fn repeats(history: &History, verdict: &Verdict, p: f64) -> f64 {
    let (mut failed, mut all) = (0.0, 0.0);
    for (run, of_run) in history.runs().iter().enumerate().filter(|(at, _)| verdict.counted.iter().any(|c| c.0 == *at))
    {
        let Some(row) = history.row(verdict.test, run) else { continue };
        let attempts = of_run.tests.attempts(row);
        if attempts.len() < 2 {
            continue;
        }
        for a in attempts.skip(1) {
            all += 1.0;
            failed += if of_run.attempts.outcome(a).is_bad() { 1.0 } else { 0.0 };
        }
    }
    // The test's own rate counts as much as one retry.
    (failed + p) / (all + 1.0)
}

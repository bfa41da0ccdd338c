//! Two runs beside each other.

use std::sync::Arc;

use lanescope_analysis::time_us;
use lanescope_model::order::{Keyed, by_keys};
use lanescope_model::{Outcome, Run, TestId, us_to_s};
use lanescope_protocol::{BeforeAfter, COMPARE_SCHEMA, CompareReport, Renamed, TimeChange};

use crate::history::names;
use crate::stats::median;
use crate::trend;

/// A test took longer, or less long, when its time changed by this factor beyond what all tests have in common, ...
const FACTOR: f32 = 1.5;
/// ... by so many times the spread of all changes, ...
const SPREADS: f32 = 3.0;
/// ... and by so many seconds.
const LEAST_S: f64 = 0.02;

/// What changed from one run to the other. Tests are matched by identity, with parameters that change from run to run
/// masked; those that were matched in spite of other ids are listed.
#[must_use]
pub fn compare(base: &Arc<Run>, head: &Arc<Run>) -> CompareReport {
    let pair = [Arc::clone(base), Arc::clone(head)];
    let (names, of_run) = names(&pair);
    let mut places: Vec<[Option<TestId>; 2]> = vec![[None; 2]; names.len()];
    for (side, tests) in of_run.into_iter().enumerate() {
        for (row, name) in tests.into_iter().enumerate() {
            if let Some(slot) = places.get_mut(name as usize).and_then(|p| p.get_mut(side)) {
                *slot = Some(TestId(row as u32));
            }
        }
    }
    let (first, second) = (trend::line(base, 1), trend::line(head, 2));
    let mut report = CompareReport {
        schema: COMPARE_SCHEMA.to_owned(),
        wall_s: BeforeAfter { before: first.wall_s, after: second.wall_s },
        parallelism: BeforeAfter { before: first.parallelism, after: second.parallelism },
        base: first,
        head: second,
        ..CompareReport::default()
    };
    let mut times: Vec<(usize, f64, f64)> = Vec::new();
    for (at, (name, place)) in names.iter().zip(&places).enumerate() {
        match *place {
            [Some(before), Some(after)] => {
                report.shared += 1;
                outcomes(&mut report, name, (base, before), (head, after));
                let (id, new) = (base.test_id(before), head.test_id(after));
                if id != new {
                    report.renamed.push(Renamed { test: name.clone(), base: id.to_owned(), head: new.to_owned() });
                }
                if let Some((x, y)) = passing_s(base, before).zip(passing_s(head, after)) {
                    times.push((at, x, y));
                }
            }
            [Some(_), None] => report.removed.push(name.clone()),
            [None, _] => report.added.push(name.clone()),
        }
    }
    changed_times(&mut report, &names, &times);
    report
}

fn outcomes(report: &mut CompareReport, name: &str, (base, before): (&Run, TestId), (head, after): (&Run, TestId)) {
    let (was, is) = (base.tests.outcome(before), head.tests.outcome(after));
    let passes = |o: Outcome| matches!(o, Outcome::Passed | Outcome::XFailed | Outcome::XPassed);
    let list = match (was.is_bad(), is.is_bad()) {
        (false, true) => Some(&mut report.new_failures),
        (true, true) => Some(&mut report.still_failing),
        // A test that is skipped now is not repaired.
        (true, false) if passes(is) => Some(&mut report.fixed),
        _ => None,
    };
    if let Some(list) = list {
        list.push(name.to_owned());
    }
    if head.tests.is_flaky(after) && !base.tests.is_flaky(before) {
        report.new_flaky.push(name.to_owned());
    }
}

/// Time of the last attempt of a test that passed, seconds.
fn passing_s(run: &Run, test: TestId) -> Option<f64> {
    let last = run.tests.attempts(test).next_back()?;
    let time = time_us(run, last).filter(|&us| us > 0 && run.tests.outcome(test) == Outcome::Passed)?;
    Some(us_to_s(time))
}

fn changed_times(report: &mut CompareReport, names: &[String], times: &[(usize, f64, f64)]) {
    let ratio = |&(_, before, after): &(usize, f64, f64)| (after / before).ln() as f32;
    let Some(usual) = median(&mut times.iter().map(ratio).collect::<Vec<_>>()) else { return };
    let mut off: Vec<f32> = times.iter().map(|t| (ratio(t) - usual).abs()).collect();
    let spread = 1.4826 * median(&mut off).unwrap_or(0.0);
    report.usual_factor = Some(f64::from(usual).exp());
    let least = FACTOR.ln().max(SPREADS * spread);
    let mut found: Vec<Keyed> = Vec::new();
    for (at, time) in times.iter().enumerate() {
        let beyond = ratio(time) - usual;
        if beyond.abs() >= least && (time.2 - time.1).abs() >= LEAST_S {
            found.push((-((time.2 - time.1).abs() * 1e6) as i64, 0, at as u32, 0));
        }
    }
    by_keys(&mut found);
    for time in found.iter().filter_map(|k| times.get(k.2 as usize)) {
        let &(at, before_s, after_s) = time;
        let change = TimeChange { test: names.get(at).cloned().unwrap_or_default(), before_s, after_s };
        let list = if ratio(time) > usual { &mut report.slower } else { &mut report.faster };
        list.push(change);
    }
}

//! What the failures of a flaky test go together with: other tests, workers, times, machines.
//!
//! Each suspect is a table of runs, with it or without it, in which the first attempt of the test failed or passed.
//! Fisher's exact test says how likely chance alone makes such a table; it is multiplied by the number of suspects of
//! its kind that could have been told (Bonferroni). A suspect is no proof: the command beside it may give one.

mod order;
mod run;

use lanescope_model::order::sort;
use lanescope_model::{AttemptId, TestId};
use lanescope_protocol::{Suspect, SuspectKind};

use crate::History;
use crate::stats::Factorials;
use crate::verdicts::Verdict;

pub(crate) use order::Lanes;

/// So many runs must have failed, and so many passed, to look for suspects.
const ENOUGH: usize = 2;
/// Suspects with a larger corrected probability are not told.
const LIKELY: f64 = 0.1;
/// More suspects are not told of one test.
const MOST: usize = 6;

/// A run in which a test's first attempt failed or passed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    /// Place of the run in the history.
    pub(crate) run: usize,
    /// The test's row in it.
    pub(crate) row: TestId,
    /// The attempt.
    pub(crate) attempt: AttemptId,
    /// Whether it failed.
    pub(crate) failed: bool,
}

/// A table before it is tested.
pub(crate) struct Candidate {
    pub(crate) kind: SuspectKind,
    /// Place of the other test in the history.
    pub(crate) test: Option<usize>,
    pub(crate) text: String,
    /// Cases with it: failed and passed.
    pub(crate) with: [u32; 2],
    /// Cases of which it is known: failed and passed.
    pub(crate) of: [u32; 2],
    pub(crate) command: String,
}

/// Looks for suspects, the most striking first.
pub(crate) fn suspects(history: &History, lanes: &Lanes, factorials: &Factorials, verdict: &Verdict) -> Vec<Suspect> {
    let cases: Vec<Case> = verdict.counted.iter().filter_map(|&(run, _)| case(history, verdict.test, run)).collect();
    let failed = cases.iter().filter(|c| c.failed).count();
    let all = [failed as u32, (cases.len() - failed) as u32];
    if failed < ENOUGH || cases.len() - failed < ENOUGH {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut test = |candidates: Vec<Candidate>, tried: usize| {
        for candidate in candidates {
            let [a, b] = candidate.with;
            let [bad, good] = candidate.of;
            let table = [a, b, bad.saturating_sub(a), good.saturating_sub(b)];
            let raw = factorials.fisher(table);
            let corrected = (raw * tried.max(1) as f64).min(1.0);
            if corrected > LIKELY {
                continue;
            }
            found.push(Suspect {
                kind: candidate.kind,
                test: candidate.test.map(|t| history.name(t).to_owned()),
                text: candidate.text,
                p_value: corrected,
                raw_p_value: raw,
                tried: tried as u32,
                table,
                command: candidate.command,
            });
        }
    };
    let context = Context { history, verdict, cases: &cases, all };
    for (candidates, tried) in order::candidates(&context, lanes, factorials) {
        test(candidates, tried);
    }
    for (candidates, tried) in run::candidates(&context) {
        test(candidates, tried);
    }
    sort(&mut found, &|a, b| a.p_value.total_cmp(&b.p_value).then(a.kind.cmp(&b.kind)).then(a.test.cmp(&b.test)));
    found.truncate(MOST);
    found
}

/// What all look-outs need.
pub(crate) struct Context<'a> {
    pub(crate) history: &'a History,
    pub(crate) verdict: &'a Verdict,
    pub(crate) cases: &'a [Case],
    /// Cases that failed, and that passed.
    pub(crate) all: [u32; 2],
}

impl Context<'_> {
    /// Of the cases for which this holds, those that failed and those that passed.
    pub(crate) fn count(&self, holds: &dyn Fn(&Case) -> bool) -> [u32; 2] {
        let mut with = [0; 2];
        for case in self.cases.iter().filter(|c| holds(c)) {
            let [failed, passed] = &mut with;
            *(if case.failed { failed } else { passed }) += 1;
        }
        with
    }

    /// The id of a test as its own tool takes it.
    pub(crate) fn id(&self, test: usize) -> Option<&str> {
        let run = (0..self.history.runs().len()).rev().find(|&at| self.history.row(test, at).is_some())?;
        let row = self.history.row(test, run)?;
        Some(self.history.run(run)?.test_id(row))
    }

    /// A command of pytest for these tests, in this order; empty if the test is none of pytest's.
    pub(crate) fn pytest(&self, arguments: &str, tests: &[usize]) -> String {
        let Some(first) = self.cases.first() else { return String::new() };
        let Some(run) = self.history.run(first.run) else { return String::new() };
        if !crate::words::is_pytest(run, first.row) {
            return String::new();
        }
        let ids: Vec<String> = tests.iter().filter_map(|&t| self.id(t)).map(crate::words::quoted).collect();
        format!("pytest {arguments} {}", ids.join(" "))
    }
}

fn case(history: &History, test: usize, at: usize) -> Option<Case> {
    let run = history.run(at)?;
    let row = history.row(test, at)?;
    let attempt = run.tests.attempts(row).next()?;
    // An earlier attempt whose outcome no file tells was run again because it failed.
    let outcome = run.attempts.outcome(attempt);
    Some(Case { run: at, row, attempt, failed: outcome.is_bad() || history.cell(test, at).retried() })
}

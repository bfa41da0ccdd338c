//! The list of tests: sorted, searched, paged.

use lanescope_analysis::natural_cmp;
use lanescope_model::order::{self, Keyed, by_keys};
use lanescope_model::{Outcome, TestId, us_to_s};
use lanescope_protocol::{Sort, TestsPage, TestsRequest};

use crate::query::Query;
use crate::run_state::RunState;

/// A page has no more rows than this.
const MAX_ROWS: u32 = 1000;

/// What is kept of the lists of a run.
#[derive(Default)]
pub(crate) struct Lists {
    /// All tests in the order of each [`Sort`].
    orders: [Option<Vec<TestId>>; 4],
    found: Option<Found>,
}

/// The last list that was asked for; scrolling asks for it again and again.
struct Found {
    q: String,
    outcomes: Vec<String>,
    sort: Sort,
    reverse: bool,
    rows: Vec<TestId>,
    counts: Vec<(String, u32)>,
    max_us: i64,
    problem: Option<String>,
}

/// A page of the list.
pub(crate) fn page(state: &mut RunState, asked: &TestsRequest) -> TestsPage {
    let same = |f: &Found| {
        f.q == asked.q && f.outcomes == asked.outcomes && f.sort == asked.sort && f.reverse == asked.reverse
    };
    let found = match state.lists.found.take() {
        Some(found) if same(&found) => found,
        _ => search(state, asked),
    };
    let rows = found.rows.iter().skip(asked.offset as usize).take(asked.limit.min(MAX_ROWS) as usize);
    let locate = asked.locate.as_ref().and_then(|id| state.find(id));
    let page = TestsPage {
        total: found.rows.len() as u32,
        offset: asked.offset,
        rows: rows.map(|&test| state.line(test)).collect(),
        counts: found.counts.clone(),
        max_s: us_to_s(found.max_us),
        located: locate.and_then(|test| found.rows.iter().position(|&t| t == test)).map(|at| at as u32),
        problem: found.problem.clone(),
    };
    state.lists.found = Some(found);
    page
}

fn search(state: &mut RunState, asked: &TestsRequest) -> Found {
    let slot = asked.sort as usize;
    let order = state.lists.orders.get_mut(slot).and_then(Option::take).unwrap_or_else(|| sorted(state, asked.sort));
    let query = Query::parse(&asked.q);
    let mut problem = query.problem.clone();
    let mut wanted = [asked.outcomes.is_empty(); Outcome::ALL.len()];
    let mut flaky_wanted = false;
    for word in &asked.outcomes {
        match (word.as_str(), Outcome::parse(word)) {
            ("flaky", _) => flaky_wanted = true,
            (_, Some(outcome)) => wanted.iter_mut().skip(outcome as usize).take(1).for_each(|w| *w = true),
            _ => {
                problem.get_or_insert_with(|| format!("“{word}” is no outcome."));
            }
        }
    }
    let matching = query.matching(&state.run, |test| state.total_us(test));
    let mut counts = [0_u32; Outcome::ALL.len()];
    let (mut flaky, mut max_us) = (0, 0);
    let mut rows = Vec::new();
    for &test in &order {
        if matching.get(test.index()) != Some(&true) {
            continue;
        }
        let outcome = state.run.tests.outcome(test);
        let is_flaky = state.run.tests.is_flaky(test);
        counts.iter_mut().skip(outcome as usize).take(1).for_each(|n| *n += 1);
        flaky += u32::from(is_flaky);
        if wanted.get(outcome as usize) == Some(&true) || (flaky_wanted && is_flaky) {
            rows.push(test);
            max_us = max_us.max(state.total_us(test).unwrap_or(0));
        }
    }
    if asked.reverse {
        rows.reverse();
    }
    let words = Outcome::ALL.iter().zip(counts).filter(|&(&o, n)| o != Outcome::Unknown || n > 0);
    let mut counts: Vec<(String, u32)> = words.map(|(o, n)| (o.as_str().to_owned(), n)).collect();
    counts.push(("flaky".to_owned(), flaky));
    if let Some(kept) = state.lists.orders.get_mut(slot) {
        *kept = Some(order);
    }
    let TestsRequest { q, outcomes, sort, reverse, .. } = asked.clone();
    Found { q, outcomes, sort, reverse, rows, counts, max_us, problem }
}

/// All tests in this order; equal ones in the order of the files.
pub(crate) fn sorted(state: &RunState, sort: Sort) -> Vec<TestId> {
    let run = &state.run;
    let mut tests: Vec<TestId> = run.tests.ids().collect();
    let longest_first = |test: TestId| -state.total_us(test).unwrap_or(-1);
    let mut by_key = |key: &dyn Fn(TestId) -> (i64, i64)| {
        let keyed = |&test: &TestId| {
            let (first, second) = key(test);
            (first, second, test.0, 0)
        };
        let mut keyed: Vec<Keyed> = tests.iter().map(keyed).collect();
        by_keys(&mut keyed);
        tests = keyed.into_iter().map(|keyed| TestId(keyed.2)).collect();
    };
    match sort {
        Sort::Attention => by_key(&|test| {
            let rank = match run.tests.outcome(test) {
                Outcome::Failed => 0,
                Outcome::Error => 1,
                _ if run.tests.is_flaky(test) => 2,
                _ => 3,
            };
            (rank, longest_first(test))
        }),
        Sort::Duration => by_key(&|test| (longest_first(test), 0)),
        Sort::Name => {
            let key = |&test: &TestId| (run.tests.group(test).map(|g| run.group_name(g)), run.test_id(test), test);
            let mut named: Vec<_> = tests.iter().map(key).collect();
            order::sort(&mut named, &|a, b| a.0.cmp(&b.0).then_with(|| natural_cmp(a.1, b.1)));
            tests = named.into_iter().map(|named| named.2).collect();
        }
        Sort::Start => by_key(&|test| {
            let start = run.tests.attempts(test).next().and_then(|a| run.attempts.start_us(a));
            (i64::from(start.is_none()), start.unwrap_or(0))
        }),
    }
    tests
}

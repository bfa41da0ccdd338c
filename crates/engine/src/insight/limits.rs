//! Time-outs of a run.

use lanescope_analysis::{LimitSource, duration};
use lanescope_model::{AttemptId, us_to_s};
use lanescope_protocol::{Limits, NearLimit};

use super::timeouts_of;
use crate::run_state::RunState;

const ROWS: usize = 50;

/// Time-outs of a run.
pub(crate) fn limits(state: &RunState) -> Limits {
    let found = timeouts_of(state);
    let source = match (found.source, found.timed_out.iter().map(|t| t.1).max()) {
        (LimitSource::Declared, _) => "pytest-timeout states it at the start of the session.".to_owned(),
        (LimitSource::Messages, _) => {
            "It is the largest that a time-out's message names, and no other test ran longer.".to_owned()
        }
        (LimitSource::SomeTests, Some(us)) => format!(
            "Time-outs name limits of up to {}, but other tests ran longer unhindered: only some tests have a limit.",
            duration(us_to_s(us))
        ),
        (LimitSource::SomeTests | LimitSource::Nowhere, _) => String::new(),
    };
    // A test that ran into its limit at each attempt is one row.
    let mut tests: Vec<_> = found.timed_out.iter().map(|&(a, _)| state.run.attempts.test(a)).collect();
    tests.dedup();
    let near = found.near.iter().take(ROWS).map(|&(attempt, us)| NearLimit {
        test: state.line(state.run.attempts.test(attempt)),
        attempt: attempt.0,
        seconds: us_to_s(us),
        share: us as f64 / found.limit_us.unwrap_or(us).max(1) as f64,
    });
    Limits {
        run: state.id.clone(),
        limit_s: found.limit_us.map(us_to_s),
        source,
        timed_out: tests.iter().take(ROWS).map(|&test| state.line(test)).collect(),
        timed_out_total: tests.len() as u32,
        near: near.collect(),
        near_total: found.near.len() as u32,
    }
}

/// Time that an attempt may take, seconds: what its own message names, or else the run's limit.
pub(crate) fn limit_s(state: &RunState, attempt: AttemptId) -> Option<f64> {
    let found = timeouts_of(state);
    let own = found.timed_out.binary_search_by_key(&attempt, |t| t.0).ok().and_then(|at| found.timed_out.get(at));
    own.map(|t| t.1).or(found.limit_us).map(us_to_s)
}

//! Time-outs: the limit of the tests, who ran into it, and who came near.

use lanescope_model::{AttemptId, Run, TextKind};

use crate::time_us;

/// Where a limit was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LimitSource {
    /// No file tells.
    #[default]
    Nowhere,
    /// A file states it for the whole run, such as pytest-timeout's line at the start of the session.
    Declared,
    /// The largest that a time-out's message names.
    Messages,
    /// Messages name limits, but other tests ran longer unhindered: only some tests have one.
    SomeTests,
}

/// Time-outs of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeouts {
    /// Time that a test may take, microseconds.
    pub limit_us: Option<i64>,
    /// Where that was found.
    pub source: LimitSource,
    /// Attempts that ran into a limit, with the limit that their message names, in order of their rows.
    pub timed_out: Vec<(AttemptId, i64)>,
    /// Attempts that took at least four fifths of the limit and were not stopped, longest first, with their time.
    pub near: Vec<(AttemptId, i64)>,
}

/// From this share of the limit on, an attempt is near it: 4/5.
const NEAR: (i64, i64) = (4, 5);

/// Time-outs of a run. Looks at the texts of failed attempts only.
#[must_use]
pub fn timeouts(run: &Run) -> Timeouts {
    let mut found = Timeouts::default();
    for a in run.attempts.ids().filter(|&a| run.attempts.outcome(a).is_bad()) {
        let stated =
            [TextKind::Message, TextKind::Trace].into_iter().find_map(|kind| stated_limit_us(run.text(a, kind)));
        found.timed_out.extend(stated.map(|limit| (a, limit)));
    }
    let largest = found.timed_out.iter().map(|t| t.1).max();
    (found.limit_us, found.source) = match (run.meta.timeout_us.filter(|&us| us > 0), largest) {
        (Some(declared), _) => (Some(declared), LimitSource::Declared),
        (None, Some(largest)) => (Some(largest), LimitSource::Messages),
        (None, None) => return found,
    };
    let limit = found.limit_us.unwrap_or(i64::MAX);
    let stopped = |a: AttemptId| found.timed_out.binary_search_by_key(&a, |t| t.0).is_ok();
    let nearly = limit / NEAR.1 * NEAR.0;
    let long = run.attempts.ids().filter_map(|a| time_us(run, a).map(|us| (a, us)));
    let mut near: Vec<(AttemptId, i64)> = long.filter(|&(a, us)| us >= nearly && !stopped(a)).collect();
    // A limit that others overstep by far is not theirs. Clocks and the end of a test may take a little.
    let overstepped = near.iter().any(|&(_, us)| us > limit.saturating_add(limit / 10).saturating_add(100_000));
    if found.source == LimitSource::Messages && overstepped {
        (found.limit_us, found.source) = (None, LimitSource::SomeTests);
        return found;
    }
    lanescope_model::order::sort(&mut near, &|a, b| (b.1, a.0).cmp(&(a.1, b.0)));
    found.near = near;
    found
}

/// The limit that a time-out's message names, microseconds: pytest-timeout ("Timeout >30.0s", "Timeout (>30.0s) from
/// pytest-timeout."), Playwright ("Test timeout of 5000ms exceeded."), Mocha ("Timeout of 200ms exceeded."), Jest
/// ("Exceeded timeout of 200 ms for a test.") and Vitest ("Test timed out in 5000ms.").
#[must_use]
pub fn stated_limit_us(text: &str) -> Option<i64> {
    let mut rest = text;
    while let Some(at) = rest.find("imeout") {
        let (before, after) = (rest.get(..at)?, rest.get(at + "imeout".len()..)?);
        let pytest = after.strip_prefix(" (>").or_else(|| after.strip_prefix(" >"));
        let limit = match (pytest, after.strip_prefix(" of ")) {
            (Some(amount), _) => amount_us(amount).map(|(us, _)| us),
            (None, Some(amount)) => amount_us(amount)
                .filter(|(_, rest)| rest.starts_with(" exceeded") || before.ends_with("Exceeded t"))
                .map(|(us, _)| us),
            (None, None) => None,
        };
        if limit.is_some() {
            return limit;
        }
        rest = after;
    }
    let (_, amount) = text.split_once("est timed out in ")?;
    amount_us(amount).map(|(us, _)| us)
}

/// A number with its unit, `30.0s`, `5000ms` or `200 ms`, as microseconds, and what stands behind it.
fn amount_us(text: &str) -> Option<(i64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, rest) = text.split_at_checked(end)?;
    let number = lanescope_model::decimal(number)?;
    let rest = rest.strip_prefix(' ').unwrap_or(rest);
    let (scale, rest) = match (rest.strip_prefix("ms"), rest.strip_prefix('s')) {
        (Some(rest), _) => (1e-3, rest),
        (None, Some(rest)) => (1.0, rest),
        (None, None) => return None,
    };
    let us = lanescope_model::s_to_us(number * scale).filter(|&us| us > 0)?;
    // `5 seconds` is a unit too; `5 something` is none.
    (!rest.starts_with(|c: char| c.is_ascii_alphanumeric())).then_some((us, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_time_outs_name_their_limit() {
        let cases = [
            ("Failed: Timeout (>0.6s) from pytest-timeout.", Some(600_000)),
            ("Failed: Timeout >30.0s", Some(30_000_000)),
            ("Test timeout of 5000ms exceeded.", Some(5_000_000)),
            ("Timeout of 200ms exceeded. For async tests and hooks, ensure \"done()\" is called", Some(200_000)),
            ("thrown: \"Exceeded timeout of 200 ms for a test.", Some(200_000)),
            ("Error: Test timed out in 5000ms.", Some(5_000_000)),
            ("@pytest.mark.timeout(0.6)\nE  Failed: Timeout (>0.6s) from pytest-timeout.", Some(600_000)),
            ("TimeoutError: no callback from the payment provider", None),
            ("the timeout of 5000ms was not reached", None),
            ("Timeout >soon", None),
            ("Timeout >0.0s", None),
            ("timeout >5 sheep", None),
            ("", None),
        ];
        for (text, limit) in cases {
            assert_eq!(stated_limit_us(text), limit, "{text}");
        }
    }
}

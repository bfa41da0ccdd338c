//! The runs of a history, each in one line.

use lanescope_analysis::{time_us, window_us};
use lanescope_model::{Outcome, Run, us_to_s};
use lanescope_protocol::HistoryRun;

use crate::history::started_us;
use crate::words::rfc3339;

/// A run in one line.
#[must_use]
pub fn line(run: &Run, number: u32) -> HistoryRun {
    let counts = run.counts();
    let window = window_us(run).map(|(first, last)| last - first);
    let wall_us = window.or(run.meta.session.length_us.filter(|&us| us >= 0));
    let busy_us = run.attempts.ids().filter_map(|a| time_us(run, a)).reduce(i64::saturating_add);
    let seen = u32::try_from(run.workers.len()).ok().filter(|&n| n > 0);
    let workers = seen.or(run.meta.sequential.then_some(1)).or(run.meta.declared_workers);
    let most = workers.zip(window).map(|(n, wall)| wall.saturating_mul(i64::from(n)));
    let busy_us = busy_us.map(|busy| most.map_or(busy, |most| busy.min(most)));
    let parallelism = match (busy_us, wall_us) {
        (Some(busy), Some(wall)) if wall > 0 => Some(busy as f64 / wall as f64),
        _ => None,
    };
    let is_page = |url: &&String| {
        let begins = |scheme: &str| url.get(..scheme.len()).is_some_and(|s| s.eq_ignore_ascii_case(scheme));
        begins("https://") || begins("http://")
    };
    HistoryRun {
        number,
        id: run.meta.id.clone(),
        label: run.meta.label.clone(),
        started_at: started_us(run).and_then(rfc3339),
        commit: run.meta.commit.clone(),
        branch: run.meta.branch.clone(),
        url: run.meta.url.as_ref().filter(is_page).cloned(),
        tests: run.tests.len() as u32,
        passed: counts.get(Outcome::Passed),
        failed: counts.get(Outcome::Failed) + counts.get(Outcome::Error),
        failed_flaky: 0,
        flaky: run.flaky_count(),
        workers,
        wall_s: wall_us.map(us_to_s),
        parallelism,
        set_aside: None,
    }
}

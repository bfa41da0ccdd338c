//! What stands around the tests: start-up, gaps between them, and what follows the last one.

use lanescope_analysis::duration;
use lanescope_model::us_to_s;
use lanescope_protocol::{Bottleneck, Provenance};

use super::measures::Measures;
use crate::speedup::Case;
use crate::speedup::quantile::{quantile, sort};

/// Part of a run's breakdown per worker, seconds.
fn per_worker(case: &Case<'_>, us: &dyn Fn(&lanescope_analysis::Breakdown) -> Option<i64>) -> Option<f64> {
    let workers = case.figures.workers.value.filter(|&n| n > 0)?;
    Some(us_to_s(us(case.breakdown.as_ref()?)?) / f64::from(workers))
}

/// What the suite's runs on other numbers of workers show is possible: the least of the medians, and the workers; of
/// the parallel runs, or, where `sequential`, of all. One run alone may have been lucky, a median less so.
fn least_of_others(
    m: &Measures<'_>,
    sequential: bool,
    us: &dyn Fn(&lanescope_analysis::Breakdown) -> Option<i64>,
) -> Option<(f64, u32)> {
    let mut by_workers: Vec<(u32, Vec<f64>)> = Vec::new();
    let others = m.around.suite.iter().filter(|c| c.workers() != m.workers && (sequential || !c.is_sequential()));
    for case in others.filter(|c| c.session_s().is_some() == m.session.is_some()) {
        let (Some(seconds), Some(workers)) = (per_worker(case, us), case.workers()) else { continue };
        match by_workers.iter_mut().find(|of| of.0 == workers) {
            Some((_, all)) => all.push(seconds),
            None => by_workers.push((workers, vec![seconds])),
        }
    }
    let median = |(workers, mut all): (u32, Vec<f64>)| {
        sort(&mut all);
        Some((quantile(&all, 0.5)?, workers))
    };
    let medians = by_workers.into_iter().filter_map(median);
    medians.reduce(|best, next| if next.0 < best.0 { next } else { best })
}

/// Failed attempts that a worker went on after, and the time until it did, seconds, where the runner is not pytest.
fn after_failures(case: &Case<'_>) -> (u32, f64) {
    let run = case.run;
    if run.tests.ids().next().is_none_or(|test| run.test_id(test).contains(".py")) {
        return (0, 0.0);
    }
    let (mut failures, mut us) = (0, 0_i64);
    for lane in &case.layout.lanes {
        let mut last: Option<(i64, bool)> = None;
        for bar in lane.index.bars() {
            if let Some((stop, true)) = last {
                failures += 1;
                us = us.saturating_add(bar.from_us.saturating_sub(stop).max(0));
            }
            last = Some((bar.to_us, bar.outcome.is_bad()));
        }
    }
    (failures, us_to_s(us))
}

pub(super) fn overheads(m: &Measures<'_>, found: &mut Vec<Bottleneck>) {
    let of_session = m.session.is_some();
    let Some(whole) = m.whole_s().filter(|_| m.case.breakdown.is_some()) else { return };
    let beyond = |cost: f64, least: Option<(f64, u32)>| least.map(|(least, n)| (cost - least, n)).filter(|l| l.0 > 0.0);
    let instead = |saves: Option<(f64, u32)>| match saves {
        Some((s, 1)) => format!(" With one worker it took {} less.", duration(s)),
        Some((s, n)) => format!(" With {n} workers it took {} less.", duration(s)),
        None => String::new(),
    };
    let mut push = |kind: &str, cost: f64, saves: Option<f64>, of_session: bool, text: String, advice: String| {
        found.push(Bottleneck {
            kind: kind.to_owned(),
            subject: String::new(),
            cost_s: cost,
            saves_s: saves,
            saves_at_most_s: cost,
            of_session,
            provenance: Provenance::Recorded,
            text,
            advice,
            next: String::new(),
        });
    };
    let with_after = of_session && m.case.breakdown.is_some_and(|b| b.after_us.is_none());
    let start_up = |b: &lanescope_analysis::Breakdown| {
        Some(b.start_up_us).filter(|_| b.after_us.is_none() == with_after || !of_session)
    };
    if let Some(cost) = per_worker(m.case, &start_up) {
        let saves = beyond(cost, least_of_others(m, false, &start_up));
        let parallel = m.workers.is_some_and(|n| n > 1);
        // A part of it every run has, the sequential one too.
        let alone = m.around.base.filter(|_| of_session).and_then(|(base, _)| per_worker(base, &start_up));
        let alone = alone.map(|s| format!(" (sequentially {})", duration(s))).unwrap_or_default();
        let text = match (of_session, with_after) {
            (true, false) => format!(
                "Start-up takes {} of the session’s {} before {}{alone}: spawning, importing, collecting.{}",
                duration(cost),
                duration(whole),
                if parallel { "a worker runs its first test" } else { "the first test" },
                instead(saves)
            ),
            (true, true) => format!(
                "{} of the session’s {} are spent around the tests{alone}: spawning, importing, collecting, reporting.{}",
                duration(cost),
                duration(whole),
                instead(saves)
            ),
            (false, _) => {
                format!("A worker begins {} after the first one on average.{}", duration(cost), instead(saves))
            }
        };
        let advice = if saves.is_some_and(|(s, n)| s > cost / 4.0 && m.workers.is_some_and(|mine| n < mine)) {
            "Use fewer workers: each imports and collects everything for itself; then look for slow imports."
        } else {
            "Make imports and collection faster (each worker does all of it): narrow the test paths, import heavy \
             modules inside the tests that need them."
        };
        push("start_up", cost, saves.map(|s| s.0), of_session, text, advice.to_owned());
    }
    if let Some(cost) = per_worker(m.case, &|b| Some(b.gap_us)) {
        let attempts = m.case.layout.placed.max(1);
        let workers = f64::from(m.workers.unwrap_or(1));
        let mut text = format!(
            "Between tests each worker waits {} in sum, {} per test.",
            duration(cost),
            duration(cost * workers / f64::from(attempts))
        );
        let mut advice = "Look at what plugins and hooks do around each test, and at reports written per test.";
        let (failures, after_bad) = after_failures(m.case);
        if after_bad > cost * workers / 2.0 && failures > 0 {
            text.push_str(&format!(
                " Most of it, {}, follows the {failures} failed attempts, {} each: the runner starts a new worker then.",
                duration(after_bad / workers),
                duration(after_bad / f64::from(failures))
            ));
            advice = "Mend, or mark as expected, what fails: after every failed attempt a new worker has to start.";
        }
        push("gaps", cost, None, false, text, advice.to_owned());
    }
    let after = |b: &lanescope_analysis::Breakdown| b.after_us;
    if let Some(cost) = per_worker(m.case, &after) {
        let saves = beyond(cost, least_of_others(m, true, &after));
        let text = format!(
            "After the last test the session goes on for {} with nothing running.{}",
            duration(cost),
            instead(saves)
        );
        let advice = "Look at what follows the tests: combining coverage, writing reports, tearing sessions down.";
        push("after", cost, saves.map(|s| s.0), true, text, advice.to_owned());
    }
}

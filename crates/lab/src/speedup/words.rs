//! What runs of one suite say together, in words.

use lanescope_analysis::{duration, factor, thousands};
use lanescope_protocol::{SpeedupRun, SpeedupSuite};

use super::Case;

/// Sessions that differ by less than this are as long as each other.
const ALIKE: f64 = 0.02;

fn times(ratio: f64) -> String {
    format!("{}×", factor(ratio))
}

fn with(run: &SpeedupRun) -> String {
    match (run.workers, &run.mode) {
        (Some(1), _) => "one worker".to_owned(),
        (Some(n), Some(mode)) => format!("{n} workers ({mode})"),
        (Some(n), None) => format!("{n} workers"),
        (None, _) => "an unknown number of workers".to_owned(),
    }
}

/// The advice on the number of workers, and what stands behind it.
pub(super) fn suite(cases: &[&Case<'_>], suite: &SpeedupSuite) -> String {
    let tests = cases.iter().map(|c| c.run.tests.len()).max().unwrap_or(0);
    let tests = format!("{} {}", thousands(tests as u64), if tests == 1 { "test" } else { "tests" });
    let runs = &suite.runs;
    let measured: Vec<&SpeedupRun> = runs.iter().filter(|r| r.speedup.or(r.session_speedup).is_some()).collect();
    if measured.is_empty() {
        return match runs.len() {
            1 => format!(
                "One run of {tests}: there is nothing to compare it with. A second run with another number of workers, best a sequential one, gives a speedup."
            ),
            n => format!(
                "{n} runs of {tests}, and none of them with a sequential run of the same tests beside it: no speedup can be given."
            ),
        };
    }
    // The session is what one waits for; where it is not recorded for all, the tests have to do.
    let by_session = measured.iter().all(|r| r.session_speedup.is_some());
    let gain = |r: &SpeedupRun| if by_session { r.session_speedup } else { r.speedup }.unwrap_or(0.0);
    let length = |r: &SpeedupRun| if by_session { r.session_s } else { r.wall_s }.map(duration).unwrap_or_default();
    let what = if by_session { "the whole session" } else { "the tests" };
    let takes = |r: &SpeedupRun| format!("{} {}", if by_session { "takes" } else { "take" }, length(r));
    // Of equal ones the one with fewer workers; runs are in the order of workers.
    let Some(best) = measured.iter().copied().reduce(|best, next| if gain(next) > gain(best) { next } else { best })
    else {
        return String::new();
    };
    let mut text = String::new();
    if gain(best) <= 1.0 + ALIKE {
        text.push_str(&format!(
            "Run these {tests} sequentially on this machine: with {} {what} {}, {} the speed of the sequential run.",
            with(best),
            takes(best),
            times(gain(best))
        ));
    } else {
        text.push_str(&format!(
            "Use {} for these {tests}: {what} {} then, {} faster than sequentially",
            with(best),
            takes(best),
            times(gain(best))
        ));
        let other = if by_session { best.speedup } else { best.session_speedup };
        let differs = other.filter(|o| (o / gain(best) - 1.0).abs() > 0.05);
        let other_name = if by_session { "the tests alone" } else { "the session" };
        text.push_str(&differs.map(|o| format!(" ({other_name} {})", times(o))).unwrap_or_default());
        text.push('.');
    }
    let more = |r: &&&SpeedupRun| r.workers > best.workers;
    match measured.iter().filter(more).max_by_key(|r| r.workers) {
        Some(most) if gain(most) < gain(best) * (1.0 - ALIKE) => {
            text.push_str(&format!(" More workers make it longer: {} with {}", length(most), with(most)));
            if gain(most) < 1.0 {
                text.push_str(", which is longer than sequentially");
            }
            text.push('.');
        }
        Some(most) => text.push_str(&format!(" More workers gain nothing: {} with {}.", length(most), with(most))),
        None => text.push_str(" No run had more workers, so the best number may be higher."),
    }
    let slowed: Vec<&SpeedupRun> =
        measured.iter().copied().filter(|r| r.contention.is_some_and(|c| c >= 1.1)).collect();
    if let Some((last, before)) = slowed.split_last() {
        text.push_str(" Side by side the same tests take ");
        let of = |r: &SpeedupRun| format!("{} as long with {}", times(r.contention.unwrap_or(1.0)), with(r));
        let words: Vec<String> = before.iter().map(|r| of(r)).collect();
        text.push_str(&words.join(", "));
        if !before.is_empty() {
            text.push_str(" and ");
        }
        text.push_str(&of(last));
        text.push_str(if last.contention >= Some(1.5) {
            ": they wait for the same cores, disk or locks."
        } else {
            " as alone."
        });
    }
    let shares: Vec<(u32, f64)> = measured.iter().filter_map(|r| r.workers.zip(r.karp_flatt)).collect();
    if let (Some(&(from, low)), Some(&(to, high))) = (shares.first(), shares.last())
        && to > from
    {
        let cause = if high > low + 0.02 {
            "it grows with the workers, so it is what workers cost each other, not work that only one can do"
        } else if high < low - 0.02 {
            "it falls as workers are added, so little of it is work that only one can do"
        } else {
            "it stays the same as workers are added, so it is work that only one at a time can do"
        };
        text.push_str(&format!(
            " The serial share by Karp and Flatt is {} with {from} workers and {} with {to}: {cause}.",
            factor(low),
            factor(high)
        ));
    }
    text
}

/// What is unknown, and why.
pub(super) fn notes(cases: &[&Case<'_>], suite: &SpeedupSuite) -> Vec<String> {
    let mut notes = Vec::new();
    let label = |r: &SpeedupRun| if r.label.is_empty() { r.run.clone() } else { r.label.clone() };
    for (case, run) in cases.iter().zip(&suite.runs) {
        if run.workers.is_none() {
            notes.push(format!(
                "{}: no file says how many workers there were, so it has no efficiency and stands in no curve.",
                label(run)
            ));
        }
        if case.wall_s().is_none() {
            notes.push(format!(
                "{}: when its tests started is not recorded, so only its session can be compared.",
                label(run)
            ));
        }
        if run.session_s.is_none() {
            notes.push(format!(
                "{}: the length of its session is not recorded, so start-up and reporting do not show.",
                label(run)
            ));
        }
        if run.baseline.is_some() && run.speedup.is_none() {
            notes.push(format!(
                "{}: has no speedup, because its wall time or that of its sequential run is unknown.",
                label(run)
            ));
        }
    }
    let mut commits: Vec<&str> = cases.iter().filter_map(|c| c.run.meta.commit.as_deref()).collect();
    commits.dedup();
    if commits.len() > 1 {
        notes.push(
            "These runs are of different commits: part of their difference may be a change of the code.".to_owned(),
        );
    }
    if suite.points.len() > 1 && suite.points.iter().all(|p| p.runs < 2) {
        notes.push("No run was repeated: small differences between runs may be noise. Three runs at each number of workers would tell.".to_owned());
    }
    notes
}

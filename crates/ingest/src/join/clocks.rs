//! Clocks of the machines that the parts of a run ran on.
//!
//! A point in time with a zone is taken as it is: the machines of CI services keep their clocks by the network. One
//! without a zone may be off by whole quarters of an hour. Beside parts that have one it is moved: by the smallest step of
//! zones with which the part began while the others ran, or else to the start of the first of them.

use lanescope_model::{Issue, Severity};

use super::start;
use crate::{Joined, Source};

/// Offsets of time zones are multiples of this.
const STEP_US: i64 = 900_000_000;
const LARGEST_US: i64 = 14 * 3_600_000_000;
/// Machines of one run are not all there at the same moment.
const SLACK_US: i64 = 600_000_000;

/// By how much each part's times are moved, in microseconds; what was done is said in the notes.
pub(super) fn align(sources: &[Source], parts: &[&Joined], notes: &mut Vec<Issue>) -> Vec<i64> {
    let naive = |j: &Joined| {
        j.run.meta.session.start_us.is_some().then_some(()).or(j.run.window_us().map(|_| ())).is_some()
            && j.sources.iter().all(|&i| sources.get(i).is_none_or(|s| s.naive_clock))
    };
    let span = |j: &Joined| {
        let session = j.run.meta.session;
        let known = || Some((session.start_us?, session.start_us?.checked_add(session.length_us.unwrap_or(0))?));
        j.run.window_us().or_else(known)
    };
    let zoned = || parts.iter().filter(|j| !naive(j)).filter_map(|j| span(j));
    let first = zoned().map(|(from, _)| from).min();
    let last = zoned().map(|(_, to)| to).max();
    let some_naive = parts.iter().any(|j| naive(j));
    let (Some(first), Some(last), true) = (first, last, some_naive) else {
        let timed = parts.iter().filter(|j| span(j).is_some()).count();
        if timed > 1 {
            let text = if some_naive {
                "the times of these parts name no zone: their machines are taken to be in one, and nothing is moved"
            } else {
                "each part is laid by the clock of its own machine, as recorded"
            };
            notes.push(Issue::new(Severity::Info, text));
        }
        return parts.iter().map(|_| 0).collect();
    };
    let mut moved = 0;
    let mut whole = true;
    let shifts = parts
        .iter()
        .map(|j| {
            let Some(at) = start(&j.run).filter(|_| naive(j)) else { return 0 };
            let fits = |shift: i64| {
                let at = at.saturating_add(shift);
                at >= first.saturating_sub(SLACK_US) && at <= last.saturating_add(SLACK_US)
            };
            let steps = (0..=LARGEST_US / STEP_US).flat_map(|n| [n * STEP_US, -n * STEP_US]);
            let shift = steps.into_iter().find(|&shift| fits(shift));
            whole &= shift.is_some();
            let shift = shift.unwrap_or(first.saturating_sub(at));
            moved += usize::from(shift != 0);
            shift
        })
        .collect();
    if moved > 0 {
        let how = if whole { "by whole steps of time zones" } else { "to the start of the others" };
        let text = format!(
            "the times of {moved} parts name no zone: they are moved {how}, so that they lie beside those that name one"
        );
        notes.push(Issue::new(Severity::Warning, text));
    }
    shifts
}

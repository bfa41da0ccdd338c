//! What costs a run time, dearest first, and what to do.
//!
//! Each bottleneck says what it costs now, what its removal is expected to save, and the most that it can save. The
//! figures are those of the waterfall and of the critical end; nothing here is simulated unless it says so.

mod ends;
mod measures;
mod overheads;
mod words;
mod workers;

use lanescope_analysis::Comparison;
use lanescope_protocol::{Bottleneck, RunVerdict};

use self::measures::Measures;
use crate::speedup::Case;

/// What stands around a run.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// Its sequential run, and what the two say.
    pub base: Option<&'a (&'a Case<'a>, Comparison)>,
    /// All runs of its suite, itself among them.
    pub suite: &'a [&'a Case<'a>],
    /// Workers and wall times, seconds, of the runs that lie on one curve.
    pub walls: &'a [(u32, f64)],
}

/// Savings below this share of the run's time are no bottleneck.
const WORTH: f64 = 0.02;
/// Nor are savings below this, seconds.
const WORTH_S: f64 = 0.05;

/// From this share of the run's time on, an expected saving goes before everything that is not sure.
const SURE: f64 = 0.05;

/// What stands for the expected saving in the ranking. Where nothing can be expected for sure: what it costs now, and
/// no more than half of the most that can be saved.
fn weight(bottleneck: &Bottleneck) -> f64 {
    bottleneck.saves_s.unwrap_or(bottleneck.cost_s.min(bottleneck.saves_at_most_s / 2.0))
}

/// The verdict on a run.
#[must_use]
pub fn verdict(case: &Case<'_>, around: &Around<'_>) -> RunVerdict {
    let mut found: Vec<Bottleneck> = Vec::new();
    let mut unknown = Vec::new();
    let measures = Measures::of(case, around);
    measures.unknown(&mut unknown);
    ends::pieces(&measures, &mut found);
    ends::uneven(&measures, &mut found);
    overheads::overheads(&measures, &mut found);
    workers::contention(&measures, &mut found);
    workers::too_many(&measures, &mut found);
    workers::too_few(&measures, &mut found);
    for bottleneck in &mut found {
        // No removal saves less than nothing, or more than there is, and no promise is above its bound. A session may
        // be recorded shorter than its tests.
        let whole = if bottleneck.of_session { measures.session } else { measures.wall.or(measures.session) };
        bottleneck.saves_at_most_s = bottleneck.saves_at_most_s.min(whole.unwrap_or(f64::MAX)).max(0.0);
        bottleneck.saves_s = bottleneck.saves_s.map(|s| s.max(0.0).min(bottleneck.saves_at_most_s));
    }
    let whole = measures.whole_s().unwrap_or(0.0);
    let least = (whole * WORTH).max(WORTH_S);
    found.retain(|b| weight(b) >= least);
    let sure = |b: &Bottleneck| b.saves_s.is_some_and(|s| s >= whole * SURE);
    lanescope_model::order::sort(&mut found, &|a, b| {
        sure(b).cmp(&sure(a)).then_with(|| weight(b).total_cmp(&weight(a)))
    });
    words::next(&measures, &mut found);
    let text = words::verdict(&measures, &found);
    RunVerdict { run: case.id.to_owned(), text, bottlenecks: found, unknown }
}

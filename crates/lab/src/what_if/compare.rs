//! A plan beside the run as it was.

use lanescope_model::{Run, us_to_s};
use lanescope_protocol::{Mode, Plan, WhatIf};

use super::{Calibration, Planned};
use crate::replay::{Work, longest_piece};

/// What a plan changes. Both sides are replayed, so that the model's error does not look like a gain.
#[must_use]
pub fn what_if(run: &Run, work: &Work, plan: &Plan, calibration: &Calibration) -> WhatIf {
    let planned = Planned::new(run, work, plan);
    let point = planned.point(run, work, plan.mode, plan.workers, calibration);
    let before = work.recorded.workers.map(|workers| {
        let mode = calibration.runs_as.unwrap_or(Mode::Load);
        let as_it_was = Plan { mode, workers, price_per_minute: plan.price_per_minute, ..Plan::default() };
        Planned::new(run, work, &as_it_was).point(run, work, mode, workers, calibration)
    });
    let setting = planned.setting(plan.mode, plan.workers, 1.0);
    let limited_by = longest_piece(&planned.tests, &setting).and_then(|piece| {
        let row = planned.tests.row.get(piece.row as usize).copied()?;
        let name = work.test_name(run, row)?;
        let name = if piece.tests == 1 {
            name
        } else {
            let test = work.test_ids.get(row as usize).copied()?;
            match plan.mode {
                Mode::Loadgroup => name.rsplit_once('@').map_or(name.as_str(), |(_, group)| group).to_owned(),
                Mode::Loadscope => name.rsplit_once("::").map_or(name.as_str(), |(scope, _)| scope).to_owned(),
                _ => run.tests.file(test).map_or_else(
                    || name.split_once("::").map_or(name.as_str(), |(file, _)| file).to_owned(),
                    |file| run.strings.get(file).to_owned(),
                ),
            }
        };
        Some((name, us_to_s(piece.us)))
    });
    let gain = |of: &dyn Fn(f64, f64) -> f64| before.as_ref().map(|b| of(b.makespan_s, point.makespan_s));
    // What was recorded is known; only the plan's end moves with the band.
    WhatIf {
        gain_s: gain(&|before, after| before - after),
        gain_low_s: gain(&|before, _| before - point.high_s),
        gain_high_s: gain(&|before, _| before - point.low_s),
        unknown_tests: planned.unknown,
        limited_by,
        before,
        point: point.clone(),
    }
}

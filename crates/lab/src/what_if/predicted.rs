//! The run as it is predicted, for the timeline.

use lanescope_model::{AttemptRow, Outcome, Run, RunBuilder};

use super::Planned;
use crate::replay::{Schedule, Work};

/// A run with the starts and workers of a prediction, marked as simulated ([`lanescope_model::RunMeta::simulated`]).
///
/// Tests keep their identity, file, line, markers and final outcome; a test that the plan cuts has a test for each
/// part. Each has one attempt, since a test's attempts are replayed as one.
#[must_use]
pub fn predicted_run(run: &Run, work: &Work, planned: &Planned, schedule: &Schedule) -> Run {
    let mut b = RunBuilder::new();
    let base = run.window_us().map_or(0, |(first, _)| first);
    b.meta.id = format!("{} predicted", run.meta.id);
    b.meta.label = format!("{} (predicted)", run.meta.label);
    b.meta.commit.clone_from(&run.meta.commit);
    b.meta.branch.clone_from(&run.meta.branch);
    b.meta.timeout_us = run.meta.timeout_us;
    b.meta.dist_mode = Some(planned.plan.mode.as_str().to_owned());
    b.meta.declared_workers = Some(schedule.workers);
    b.meta.sequential = schedule.workers == 1;
    b.meta.simulated = true;
    let per_machine = planned.plan.workers.max(1);
    let workers: Vec<_> = (0..schedule.workers)
        .map(|i| {
            let name = if planned.plan.shards > 1 {
                format!("shard {}/gw{}", i / per_machine + 1, i % per_machine)
            } else {
                format!("gw{i}")
            };
            b.worker(&name)
        })
        .collect();
    let mut part = (u32::MAX, 0);
    for (i, &row) in planned.tests.row.iter().enumerate() {
        part = if part.0 == row { (row, part.1 + 1) } else { (row, 1) };
        let Some(&test) = work.test_ids.get(row as usize) else { continue };
        let worker = schedule.worker.get(i).and_then(|&w| workers.get(w as usize)).copied();
        let (Some(worker), Some(&start), Some(&length)) = (worker, schedule.start_us.get(i), schedule.length_us.get(i))
        else {
            continue;
        };
        let group = run.tests.group(test).map(|g| b.group(run.group_name(g)));
        let name_at = run.tests.name_at(test);
        let new = if part.1 == 1 {
            b.test(group, run.test_id(test), name_at)
        } else {
            b.test(group, &format!("{} (part {})", run.test_id(test), part.1), name_at)
        };
        if let Some(file) = run.tests.file(test) {
            b.test_place(new, run.strings.get(file), run.tests.line(test));
        }
        b.test_markers(new, run.strings.get(run.tests.markers(test)));
        let start = base.saturating_add(start);
        b.attempt(AttemptRow {
            worker: Some(worker),
            start_us: Some(start),
            stop_us: Some(start.saturating_add(length)),
            total_us: Some(length),
            outcome: match run.tests.outcome(test) {
                Outcome::Unknown => Outcome::Unknown,
                known => known,
            },
            ..AttemptRow::new(new)
        });
    }
    b.finish()
}

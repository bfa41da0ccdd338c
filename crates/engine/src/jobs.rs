//! The CI service's jobs around a run, as lanes of their own.

use lanescope_model::{Job, us_to_s};
use lanescope_protocol::{JobLane, JobStep};

use crate::run_state::RunState;

/// The jobs around a run, on its clock; without tests the first job starts at 0.
pub(crate) fn lanes(state: &RunState) -> Vec<JobLane> {
    let run = &state.run;
    let session_us = run.meta.session.start_us.filter(|_| !run.tests.is_empty());
    let first_us = || run.jobs.iter().filter_map(|job| job.start_us).min();
    let Some(zero_us) = state.layout.zero_us.or(session_us).or_else(first_us) else { return Vec::new() };
    let at = |us: Option<i64>| us.and_then(|us| us.checked_sub(zero_us)).map(us_to_s);
    let lane = |job: &Job| JobLane {
        name: run.strings.get(job.name).to_owned(),
        group: job.group.map(|group| run.group_name(group).to_owned()),
        queued_from_s: at(job.queued_us),
        from_s: at(job.start_us),
        to_s: at(job.stop_us),
        outcome: job.outcome.as_str().to_owned(),
        steps: job
            .steps
            .iter()
            .map(|step| JobStep {
                name: run.strings.get(step.name).to_owned(),
                from_s: at(step.start_us),
                to_s: at(step.stop_us),
                outcome: step.outcome.as_str().to_owned(),
            })
            .collect(),
    };
    run.jobs.iter().map(lane).collect()
}
